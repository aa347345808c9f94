-- Which lines of a file bring a key that an earlier line has, or a row that another file has brought?
SELECT n.line, nullif(n.first, n.line) AS earlier, concat_ws(', ', {keys}) AS value
  FROM (SELECT {keys}, line, min(line) OVER (PARTITION BY {keys}) AS first FROM pg_temp.key_in) AS n
  LEFT JOIN {table} AS t USING ({keys})
 WHERE n.line > n.first OR (t.tableoid IS NOT NULL AND t.file_id IS DISTINCT FROM %(replaces)s::integer)
 ORDER BY n.line
 LIMIT %(most)s
