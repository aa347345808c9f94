-- Which files does the inventory list, how large are they and what are their sums?
-- Values: tile (a field, or NULL for all)
SELECT r.tile, st.run, st.path, st.bytes, st.sha256
  FROM deepcal.stack AS st
  JOIN deepcal.stack_run AS r USING (run)
 WHERE %(tile)s::integer IS NULL OR r.tile = %(tile)s::integer
 ORDER BY r.tile, r.stacked_at, st.run, st.path
