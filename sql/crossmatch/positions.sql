-- Where are the rows of a table? Rows without a position (NULL, NaN, infinite, beyond a pole) are left out.
SELECT {key} AS key, {ra} AS ra, {dec} AS dec{more}
  FROM {table}{sample}
 WHERE {bare_ra} > '-Infinity' AND {bare_ra} < 'Infinity' AND {dec} BETWEEN -90 AND 90
