-- A large load goes without the indexes of its catalogue, unless somebody reads the table for longer than this.
SELECT deepcal.drop_catalog_indexes(%(kind)s)
  FROM set_config('lock_timeout', '3s', true)
