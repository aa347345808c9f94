-- What did the visits to be measured see in one field? Places in arcsec from a corner, and magnitudes that can be trusted.
CREATE TEMPORARY TABLE score_seen ON COMMIT DROP AS
WITH origin AS (
    SELECT ra AS ra0, decl AS dec0
      FROM deepcal.detection
     WHERE tile = %(tile)s AND origin = 'catalog'
     LIMIT 1
), flat AS (
    SELECT v.visit, d.scan_key, d.cntr,
           ((d.ra - ra0) - 360 * round((d.ra - ra0) / 360)) * cosd(dec0) * 3600 AS x,
           (d.decl - dec0) * 3600 AS y,
           CASE WHEN substr(rd_flg, 1, 1) IN ('1', '2') AND substr(cc_flg, 1, 1) = '0' THEN j_cmsig END AS js,
           CASE WHEN substr(rd_flg, 2, 1) IN ('1', '2') AND substr(cc_flg, 2, 1) = '0' THEN h_cmsig END AS hs,
           CASE WHEN substr(rd_flg, 3, 1) IN ('1', '2') AND substr(cc_flg, 3, 1) = '0' THEN k_cmsig END AS ks,
           j_m, h_m, k_m,
           CASE WHEN substr(rd_flg, 1, 1) = '2' THEN j_m - j_m_stdap END AS jp,
           CASE WHEN substr(rd_flg, 2, 1) = '2' THEN h_m - h_m_stdap END AS hp,
           CASE WHEN substr(rd_flg, 3, 1) = '2' THEN k_m - k_m_stdap END AS kp
      FROM deepcal.detection AS d
      JOIN score_todo AS v USING (scan_key)
     CROSS JOIN origin
     WHERE d.tile = %(tile)s AND d.origin = 'catalog'
)
SELECT visit, scan_key, cntr, x, y, js, hs, ks, jp, hp, kp,
       CASE WHEN js IS NOT NULL THEN j_m END AS j, CASE WHEN hs IS NOT NULL THEN h_m END AS h,
       CASE WHEN ks IS NOT NULL THEN k_m END AS k,
       floor(x / (%(score_match)s::float8[])[2])::bigint * 1000000 + floor(y / (%(score_match)s::float8[])[2])::bigint AS cell
  FROM flat
 WHERE coalesce(js, hs, ks) IS NOT NULL;
ANALYZE score_seen
