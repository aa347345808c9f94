-- Which scans lie under a source: those whose images in its stacks cover it, with their weight?
CREATE FUNCTION deepcal.scans_under(source text)
RETURNS TABLE (scan_key integer, hemis character(1), date date, scan smallint, band character(1), direction character(1),
               weight double precision, scale double precision, seesh real, path text)
LANGUAGE sql STABLE AS
$$
    SELECT s.scan_key, s.hemis, s.date, s.scan, ss.band, ss.direction, ss.weight, ss.scale, i.seesh, i.path
      FROM deepcal.field AS f
      JOIN deepcal.source AS o ON o.run = f.current_run
      JOIN deepcal.stack_scan AS ss ON ss.run = o.run AND ss.used
      JOIN deepcal.image AS i ON i.scan_key = ss.scan_key AND i.band = ss.band
      JOIN deepcal.scan AS s ON s.scan_key = ss.scan_key
     WHERE o.name = source
       AND deepcal.covers(i, o.ra, o.dec)
     ORDER BY s.date, s.hemis, s.scan, ss.band
$$;

COMMENT ON FUNCTION deepcal.scans_under IS 'The scans in the current stacks under a source, given by its name: one row a band';
