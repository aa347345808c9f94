-- Whose extraction is whose, where that is new? In the order of the key, which halves the cost of its index.
INSERT INTO deepcal.merged_link (tile, cntr, gcntr, separation, ambiguous)
SELECT %(tile)s, l.cntr, g.gcntr, sqrt(l.distance2), l.ambiguous
  FROM m_link AS l
  JOIN m_group AS g USING (seed)
  LEFT JOIN deepcal.merged_link AS kept ON kept.tile = %(tile)s AND kept.cntr = l.cntr
 WHERE kept.cntr IS NULL
 ORDER BY l.cntr
