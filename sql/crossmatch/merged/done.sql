-- What was needed on the way only? Removes it.
DROP TABLE m_model, m_extraction, m_reference, m_reference_cell, m_shift, m_seed, m_seed_cell, m_lonely, m_link, m_group, m_index, m_footprint, m_opportunity
