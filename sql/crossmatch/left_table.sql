-- Which rows of any table with positions are to be matched?
SELECT 0 AS part, {key} AS key, TRUE AS preferred, {ra} AS ra, {dec} AS dec, 0 AS err
  FROM {table}
