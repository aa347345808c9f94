-- Whose extraction is whose? They lie in the order of groups, so that a light curve is read from one place.
INSERT INTO deepcal.merged_link (tile, cntr, gcntr, separation, ambiguous)
SELECT %(tile)s, l.cntr, g.gcntr, sqrt(l.distance2), l.ambiguous
  FROM m_link AS l
  JOIN m_group AS g USING (seed)
