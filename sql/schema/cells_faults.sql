-- How many rows of a sample of a catalogue are missing from a cell at their place or within the margin north and south of it, how many rows
-- of a sample of its cells are no rows of the catalogue, and how many rows were looked at?
SELECT (SELECT count(*) FROM {table} TABLESAMPLE SYSTEM ({percent}) REPEATABLE (1)),
       (SELECT count(DISTINCT t.{key})
          FROM {table} AS t TABLESAMPLE SYSTEM ({percent}) REPEATABLE (1)
         CROSS JOIN LATERAL (VALUES (0), (1), (-1)) AS step (north)
         WHERE NOT EXISTS (SELECT FROM {cells} AS c
                            WHERE c.cell = (q3c_ang2ipix(t.ra, greatest(least(t.decl + north * deepcal.cell_margin() / 3600, 90), -90)) >> 34)::integer
                              AND (c.{key}, c.ra, c.decl) = (t.{key}, t.ra, t.decl))),
       (SELECT count(*)
          FROM {cells} AS c TABLESAMPLE SYSTEM ({cells_percent}) REPEATABLE (1)
         WHERE NOT EXISTS (SELECT FROM {table} AS t WHERE (t.{key}, t.ra, t.decl) = (c.{key}, c.ra, c.decl)))
