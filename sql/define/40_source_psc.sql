-- How do sources compare with their stars of the PSC? One row for each clean source with a clean counterpart.
CREATE VIEW deepcal.source_psc AS
SELECT s.tile, s.run, s.id, s.name, s.ra, s.dec, x.separation, x.pa, p.pts_key,
       s.j_m, s.h_m, s.k_m,
       p.j_m AS j_psc, p.h_m AS h_psc, p.k_m AS k_psc,
       s.j_m - p.j_m AS j_diff, s.h_m - p.h_m AS h_diff, s.k_m - p.k_m AS k_diff
  FROM deepcal.field AS f
  JOIN deepcal.source AS s ON s.run = f.current_run AND s.confirmed
  JOIN deepcal.xmatch AS x ON x.run = s.run AND x.id = s.id AND x.catalog = 'psc' AND x.best
  JOIN twomass.psc AS p ON p.pts_key = x.cat_key
 WHERE s.cc_flg = '0' AND p.cc_flg = '000';

COMMENT ON VIEW deepcal.source_psc IS 'Clean sources of current runs beside their clean stars of the PSC';
COMMENT ON COLUMN deepcal.source_psc.j_psc IS 'J magnitude of the PSC [mag]';
COMMENT ON COLUMN deepcal.source_psc.h_psc IS 'H magnitude of the PSC [mag]';
COMMENT ON COLUMN deepcal.source_psc.k_psc IS 'Ks magnitude of the PSC [mag]';
COMMENT ON COLUMN deepcal.source_psc.j_diff IS 'J magnitude of the stack minus that of the PSC [mag]';
COMMENT ON COLUMN deepcal.source_psc.h_diff IS 'H magnitude of the stack minus that of the PSC [mag]';
COMMENT ON COLUMN deepcal.source_psc.k_diff IS 'Ks magnitude of the stack minus that of the PSC [mag]';
