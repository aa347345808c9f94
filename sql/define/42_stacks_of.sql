-- Which stacks is a scan in, and what did it do there, or why was it left out?
CREATE FUNCTION deepcal.stacks_of(scan integer)
RETURNS TABLE (tile integer, run character(12), current boolean, band character(1), direction character(1), used boolean, reason text,
               weight double precision, share double precision, path text)
LANGUAGE sql STABLE AS
$$
    SELECT r.tile, r.run, r.run = f.current_run, ss.band, ss.direction, ss.used, ss.reason, ss.weight,
           CASE WHEN ss.used THEN ss.weight / (SELECT nullif(sum(o.weight), 0)
                                                 FROM deepcal.stack_scan AS o
                                                WHERE o.run = ss.run AND o.band = ss.band AND o.used) END,
           st.path
      FROM deepcal.stack_scan AS ss
      JOIN deepcal.stack_run AS r USING (run)
      JOIN deepcal.field AS f ON f.tile = r.tile
      LEFT JOIN deepcal.stack AS st ON st.run = ss.run AND st.band = ss.band AND st.direction = 'NS' AND st.kind = 'image'
     WHERE ss.scan_key = scan
     ORDER BY r.tile, r.stacked_at, r.run, ss.band
$$;

COMMENT ON FUNCTION deepcal.stacks_of IS 'The stacks a scan was considered for, given by its scan_key: used or why not, its weight and its share of all weights in the band';
