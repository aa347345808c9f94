-- Against which stars are the scans compared that the stack has not registered? Its sources.
CREATE TEMP TABLE m_reference AS
SELECT seed, x, y
  FROM m_seed
