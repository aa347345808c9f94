-- Against which stars are scans compared where no stack has registered them? Those of the PSC.
CREATE TEMP TABLE m_reference AS
SELECT pts_key AS seed,
       deepcal.plane_east(ra, decl, %(ra0)s, %(dec0)s) AS x,
       deepcal.plane_north(ra, decl, %(ra0)s, %(dec0)s) AS y
  FROM twomass.psc
 WHERE q3c_join(%(ra0)s, %(dec0)s, ra, decl, sqrt(%(naxis1)s ^ 2 + %(naxis2)s ^ 2) / 7200)
