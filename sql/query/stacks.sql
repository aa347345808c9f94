-- Which products has a field's current run, or its newest where none is current yet, and how deep are they?
-- Values: tile (a field, or NULL for all)
SELECT f.tile, st.*
  FROM deepcal.field AS f
  JOIN deepcal.stack AS st
    ON st.run = coalesce(f.current_run, (SELECT r.run
                                           FROM deepcal.stack_run AS r
                                          WHERE r.tile = f.tile
                                          ORDER BY r.stacked_at DESC, r.run
                                          LIMIT 1))
 WHERE %(tile)s::integer IS NULL OR f.tile = %(tile)s::integer
 ORDER BY f.tile, st.band, st.direction, st.kind
