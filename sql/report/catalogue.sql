-- Which PSC stars and XSC galaxies lie around the centre of a field?
-- Values: tile (a field), radius (deg)
SELECT 'psc' AS catalog, p.ra, p.decl AS dec, p.j_m, p.h_m, p.k_m
  FROM deepcal.field AS f
  JOIN twomass.psc AS p ON q3c_join(f.ra, f.dec, p.ra, p.decl, %(radius)s)
 WHERE f.tile = %(tile)s
 UNION ALL
SELECT 'xsc', x.ra, x.decl, x.j_m_k20fe, x.h_m_k20fe, x.k_m_k20fe
  FROM deepcal.field AS f
  JOIN twomass.xsc AS x ON q3c_join(f.ra, f.dec, x.ra, x.decl, %(radius)s)
 WHERE f.tile = %(tile)s
