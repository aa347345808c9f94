-- Where do the extractions of a field lie on its plane (arcsec east and north of the centre), freed of the offsets of their scans as far as
-- these are known, and how bright are they where that was measured? (OFFSET 0 keeps the planner from writing the projection out ten times.)
-- The offset is a polynomial in u (along the rows of the grid, growing to the west) and v (north): 1, u, v, u2, uv, v2, u2v, uv2, v3, v4, uv3, v5,
-- v6, uv4, v7, v8, v9, v10, v11, v12.
CREATE TEMP TABLE m_extraction AS
SELECT cntr, scan_key, coalesce(jdate, scan_jdate) AS jdate, coalesce(registered, false) AS registered,
       (east - coalesce(dra[1] + u * (dra[2] + u * (dra[4] + v * dra[7]) + v * (dra[5] + v * (dra[8] + v * (dra[11] + v * dra[14]))))
                        + v * (dra[3] + v * (dra[6] + v * (dra[9] + v * (dra[10] + v * (dra[12] + v * (dra[13] + v * (dra[15] + v * (dra[16]
                        + v * (dra[17] + v * (dra[18] + v * (dra[19] + v * dra[20]))))))))))), 0))::real AS x,
       (north - coalesce(ddec[1] + u * (ddec[2] + u * (ddec[4] + v * ddec[7]) + v * (ddec[5] + v * (ddec[8] + v * (ddec[11] + v * ddec[14]))))
                         + v * (ddec[3] + v * (ddec[6] + v * (ddec[9] + v * (ddec[10] + v * (ddec[12] + v * (ddec[13] + v * (ddec[15] + v * (ddec[16]
                        + v * (ddec[17] + v * (ddec[18] + v * (ddec[19] + v * ddec[20]))))))))))), 0))::real AS y,
       coalesce((err_maj ^ 2 + err_min ^ 2) / 2, %(pos_err)s ^ 2)::real AS err2,
       deepcal.measured(j_m, coalesce(j_msigcom, j_cmsig), cc_flg, 1) AS j_m, coalesce(j_msigcom, j_cmsig) AS j_sig,
       deepcal.measured(h_m, coalesce(h_msigcom, h_cmsig), cc_flg, 2) AS h_m, coalesce(h_msigcom, h_cmsig) AS h_sig,
       deepcal.measured(k_m, coalesce(k_msigcom, k_cmsig), cc_flg, 3) AS k_m, coalesce(k_msigcom, k_cmsig) AS k_sig
  FROM (SELECT *, -east / (%(naxis1)s / 2.0::double precision) AS u, north / (%(naxis2)s / 2.0::double precision) AS v
          FROM (SELECT d.cntr, d.scan_key, d.jdate, s.jdate AS scan_jdate, m.registered, m.dra, m.ddec, d.err_maj, d.err_min, d.cc_flg,
                       d.j_m, d.j_msigcom, d.j_cmsig, d.h_m, d.h_msigcom, d.h_cmsig, d.k_m, d.k_msigcom, d.k_cmsig,
                       deepcal.plane_east(d.ra, d.decl, %(ra0)s, %(dec0)s) AS east,
                       deepcal.plane_north(d.ra, d.decl, %(ra0)s, %(dec0)s) AS north
                  FROM deepcal.detection AS d
                  LEFT JOIN m_model AS m ON m.scan_key = d.scan_key
                  LEFT JOIN deepcal.scan AS s ON s.scan_key = d.scan_key
                 WHERE d.tile = %(tile)s AND d.origin = 'catalog'
                   AND abs(d.decl - %(dec0)s) < 10 AND cos(radians(d.ra - %(ra0)s)) * cos(radians(d.decl)) > -0.5
                OFFSET 0) AS plane
        OFFSET 0) AS place
