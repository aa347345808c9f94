-- Where are the rows of any table with positions?
SELECT {key} AS key, {ra} AS ra, {dec} AS dec, 0 AS err_maj, 0 AS err_min, 0 AS err_ang
  FROM {table}
