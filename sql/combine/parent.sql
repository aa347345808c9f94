-- Which runs with the same parameters and code have kept their sums, and hold some of these images and no others?
-- Those that hold the most come first.
SELECT r.run, r.folder, r.inputs, r.added, r.bands, r.field_terms, r.field_dra, r.field_ddec, r.tie_stars, r.tie_rms,
       (SELECT array_agg(DISTINCT s.direction || ' ' || s.band) FROM deepcal.stack_scan AS s WHERE s.run = r.run) AS parts
  FROM deepcal.stack_run AS r
 WHERE r.tile = %(tile)s
   AND r.code = %(code)s
   AND r.inputs <@ %(inputs)s
   AND r.field_terms > 0
   AND r.parameters @> %(parameters)s
   AND NOT r.parameters ?| %(absent)s
 ORDER BY cardinality(r.inputs) DESC, r.run
