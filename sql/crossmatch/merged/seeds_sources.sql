-- Which deep sources are the seeds, and where do they lie on the field's plane?
CREATE TEMP TABLE m_seed AS
SELECT id AS seed, name, j_m, h_m, k_m,
       deepcal.plane_east(ra, dec, %(ra0)s, %(dec0)s) AS x,
       deepcal.plane_north(ra, dec, %(ra0)s, %(dec0)s) AS y
  FROM deepcal.source
 WHERE run = %(run)s AND confirmed
