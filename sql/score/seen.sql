-- What did the visits to be measured see in one field? Places in arcsec from a corner, and magnitudes that can be trusted.
CREATE TEMPORARY TABLE score_seen ON COMMIT DROP AS
WITH origin AS (
    SELECT ra AS ra0, decl AS dec0
      FROM deepcal.detection
     WHERE tile = %(tile)s AND origin = 'catalog'
     LIMIT 1
), flagged AS (
    SELECT v.visit, d.scan_key, d.cntr, d.ra, d.decl, j_m, h_m, k_m, j_cmsig, h_cmsig, k_cmsig,
           j_m - j_m_stdap AS jp, h_m - h_m_stdap AS hp, k_m - k_m_stdap AS kp,
           -- how each band was measured: 1 and 2 are trusted unless it is an artifact
           CASE WHEN cc_flg = '000' OR substr(cc_flg, 1, 1) = '0' THEN substr(rd_flg, 1, 1) END AS jr,
           CASE WHEN cc_flg = '000' OR substr(cc_flg, 2, 1) = '0' THEN substr(rd_flg, 2, 1) END AS hr,
           CASE WHEN cc_flg = '000' OR substr(cc_flg, 3, 1) = '0' THEN substr(rd_flg, 3, 1) END AS kr
      FROM deepcal.detection AS d
      JOIN score_todo AS v USING (scan_key)
     WHERE d.tile = %(tile)s AND d.origin = 'catalog' AND v.tile = %(tile)s
    OFFSET 0
), flat AS (
    SELECT visit, scan_key, cntr,
           ((ra - ra0) - 360 * round((ra - ra0) / 360)) * cosd(dec0) * 3600 AS x, (decl - dec0) * 3600 AS y,
           CASE WHEN jr IN ('1', '2') THEN j_cmsig END AS js, CASE WHEN jr IN ('1', '2') THEN j_m END AS j,
           CASE WHEN hr IN ('1', '2') THEN h_cmsig END AS hs, CASE WHEN hr IN ('1', '2') THEN h_m END AS h,
           CASE WHEN kr IN ('1', '2') THEN k_cmsig END AS ks, CASE WHEN kr IN ('1', '2') THEN k_m END AS k,
           CASE WHEN jr = '2' THEN jp END AS jp, CASE WHEN hr = '2' THEN hp END AS hp, CASE WHEN kr = '2' THEN kp END AS kp
      FROM flagged
     CROSS JOIN origin
)
SELECT *,
       floor(x / (%(score_match)s::float8[])[2])::bigint * 1000000 + floor(y / (%(score_match)s::float8[])[2])::bigint AS cell
  FROM flat;
ANALYZE score_seen
