-- Which stars of the PSC lie in a field, and which source of its current run is each? By a circle around the grid, and then the grid itself.
-- Through psc_cone: the planner cannot guess how few stars a circle around a field holds, and would read the whole catalogue.
CREATE VIEW deepcal.field_psc AS
SELECT f.tile, f.current_run AS run, p.pts_key, p.ra, p.decl, p.j_m, p.h_m, p.k_m, p.ph_qual, p.cc_flg,
       s.name AS source, x.separation
  FROM deepcal.field AS f
 CROSS JOIN LATERAL deepcal.psc_cone(f.ra, f.dec, sqrt(f.naxis1 ^ 2 + f.naxis2 ^ 2) / 2) AS p
  LEFT JOIN deepcal.xmatch AS x ON x.run = f.current_run AND x.catalog = 'psc' AND x.cat_key = p.pts_key AND x.best
  LEFT JOIN deepcal.source AS s ON s.run = x.run AND s.id = x.id
 WHERE abs(deepcal.plane_east(p.ra, p.decl, f.ra, f.dec)) < f.naxis1 / 2.0
   AND abs(deepcal.plane_north(p.ra, p.decl, f.ra, f.dec)) < f.naxis2 / 2.0;

COMMENT ON VIEW deepcal.field_psc IS 'Stars of the PSC inside the grid of a field, with the source of the current run that is their best match';
COMMENT ON COLUMN deepcal.field_psc.run IS 'The current run of the field';
COMMENT ON COLUMN deepcal.field_psc.pts_key IS 'Key of the star in the PSC';
COMMENT ON COLUMN deepcal.field_psc.ra IS 'Right ascension J2000 in the PSC [deg]';
COMMENT ON COLUMN deepcal.field_psc.decl IS 'Declination J2000 in the PSC [deg]';
COMMENT ON COLUMN deepcal.field_psc.j_m IS 'J magnitude of the PSC [mag]';
COMMENT ON COLUMN deepcal.field_psc.h_m IS 'H magnitude of the PSC [mag]';
COMMENT ON COLUMN deepcal.field_psc.k_m IS 'Ks magnitude of the PSC [mag]';
COMMENT ON COLUMN deepcal.field_psc.ph_qual IS 'Photometric quality per band in the PSC';
COMMENT ON COLUMN deepcal.field_psc.cc_flg IS 'Artifact flag per band in the PSC';
COMMENT ON COLUMN deepcal.field_psc.source IS 'Name of the source that is the star; empty where the stack has none';
