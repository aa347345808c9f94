-- Which stars were seen in many scans? Mean positions go from the field's plane back to the sky.
INSERT INTO deepcal.merged_source
       (tile, gcntr, name, napp, n_ambiguous, opportunities, ra, dec, pos_sd, epoch, pmra, pmdec, pm_err,
        j_m, j_msig, j_msd, j_n, j_chi2, h_m, h_msig, h_msd, h_n, h_chi2, k_m, k_msig, k_msd, k_n, k_chi2, var_index)
SELECT %(tile)s, g.gcntr, m_seed.name, g.napp, g.n_ambiguous, greatest(coalesce(o.opportunities, 0), g.napp),
       turned.ra - 360 * floor(turned.ra / 360),
       degrees(asin(north * cos(radians(%(dec0)s)) + depth * sin(radians(%(dec0)s)))),
       sqrt(g.variance / 2), g.epoch,
       CASE WHEN moves THEN 1000 * g.pm_x END, CASE WHEN moves THEN 1000 * g.pm_y END,
       CASE WHEN moves THEN 1000 * sqrt(greatest(g.variance * (g.n - 1) - (g.pm_x ^ 2 + g.pm_y ^ 2) * g.sxx, 0) / 2 / (g.n - 2) / g.sxx) END,
       g.j_m, g.j_msig, g.j_msd, g.j_n, CASE WHEN g.j_n > 1 THEN g.j_chi2 END,
       g.h_m, g.h_msig, g.h_msd, g.h_n, CASE WHEN g.h_n > 1 THEN g.h_chi2 END,
       g.k_m, g.k_msig, g.k_msd, g.k_n, CASE WHEN g.k_n > 1 THEN g.k_chi2 END,
       i.var_index
  FROM m_group AS g
  JOIN m_seed USING (seed)
  LEFT JOIN m_index AS i USING (seed)
  LEFT JOIN m_opportunity AS o USING (seed)
 CROSS JOIN LATERAL (SELECT radians(g.x / 3600) AS east, radians(g.y / 3600) AS north) AS angle
 CROSS JOIN LATERAL (SELECT sqrt(1 - east ^ 2 - north ^ 2) AS depth, g.n > 2 AND g.sxx > 0 AS moves) AS plane
 CROSS JOIN LATERAL (SELECT %(ra0)s + degrees(atan2(east, depth * cos(radians(%(dec0)s)) - north * sin(radians(%(dec0)s)))) AS ra) AS turned
 ORDER BY g.gcntr
