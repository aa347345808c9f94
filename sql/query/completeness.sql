-- How complete is the list of a field in each band, by magnitude, and how many of its sources does noise make?
-- Values: tile (a field, or NULL for all)
SELECT f.tile, c.*, c.found / nullif(c.injected, 0)::real AS fraction,
       1 - c.false_inverted / nullif(c.sources, 0)::real AS reliability
  FROM deepcal.field AS f
  JOIN deepcal.completeness AS c
    ON c.run = coalesce(f.current_run, (SELECT r.run
                                          FROM deepcal.stack_run AS r
                                         WHERE r.tile = f.tile
                                         ORDER BY r.stacked_at DESC, r.run
                                         LIMIT 1))
 WHERE %(tile)s::integer IS NULL OR f.tile = %(tile)s::integer
 ORDER BY f.tile, strpos('jhk', c.band), c.kind DESC, c.mag_low
