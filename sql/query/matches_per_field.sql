-- How many sources of every field have a counterpart in PSC and XSC, how many would by chance, and how far off are they?
-- Values: tile (a field, or NULL for all)
SELECT s.tile, s.run, count(*) AS n_sources,
       count(s.cntr_psc) AS n_psc,
       count(s.cntr_xsc) AS n_xsc,
       max(c.false_psc) AS false_psc, max(c.false_xsc) AS false_xsc,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY x.separation) AS psc_separation,
       avg(x.separation * sind(x.pa)) AS psc_dra,
       avg(x.separation * cosd(x.pa)) AS psc_ddec
  FROM deepcal.deepcal_src AS s
  LEFT JOIN deepcal.xmatch AS x ON x.run = s.run AND x.id = s.id AND x.catalog = 'psc' AND x.best
  LEFT JOIN deepcal.xmatch_state AS c ON c.run = s.run
 WHERE %(tile)s::integer IS NULL OR s.tile = %(tile)s::integer
 GROUP BY s.tile, s.run
 ORDER BY s.tile
