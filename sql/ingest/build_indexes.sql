-- Primary key, sky index, cell index and statistics of a catalogue.
SELECT deepcal.build_catalog_indexes(%(kind)s)
