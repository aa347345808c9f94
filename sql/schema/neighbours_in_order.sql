-- Which share of the rows of some pages has a cell not before that of the row before it? 1: in q3c order, 0.5: in none.
SELECT avg((cell >= before)::integer)
  FROM (SELECT q3c_ang2ipix(ra, decl) AS cell,
               lag(q3c_ang2ipix(ra, decl)) OVER (PARTITION BY (ctid::text::point)[0] ORDER BY ctid) AS before
          FROM {table} TABLESAMPLE SYSTEM ({percent}) REPEATABLE (1)) AS s
 WHERE before IS NOT NULL
