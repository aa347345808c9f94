-- Which stars did the scans of a run measure on short exposures, since long ones saturate, and how bright are they?
SELECT d.ra, d.decl,
       CASE WHEN substr(d.rd_flg, 1, 1) IN ('1', '3') THEN coalesce(d.j_m, 'NaN') ELSE 'NaN' END AS j_m,
       CASE WHEN substr(d.rd_flg, 2, 1) IN ('1', '3') THEN coalesce(d.h_m, 'NaN') ELSE 'NaN' END AS h_m,
       CASE WHEN substr(d.rd_flg, 3, 1) IN ('1', '3') THEN coalesce(d.k_m, 'NaN') ELSE 'NaN' END AS k_m
  FROM deepcal.detection AS d
 WHERE d.tile = %(tile)s
   AND d.rd_flg ~ '[13]'
   AND d.scan_key IN (SELECT p.scan_key FROM deepcal.stack_scan AS p WHERE p.run = %(run)s AND p.used)
 ORDER BY d.scan_key, d.cntr
