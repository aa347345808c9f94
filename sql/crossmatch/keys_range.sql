-- Between which numbers do the keys of a table lie?
SELECT min({key}), max({key})
  FROM {table}
