-- Which links of before are no longer so? Removes them. Where only scans were added, the others stay as they lie.
DELETE FROM deepcal.merged_link AS old
 WHERE old.tile = %(tile)s
   AND NOT EXISTS (SELECT
                     FROM m_link AS l
                     JOIN m_group AS g USING (seed)
                    WHERE l.cntr = old.cntr AND g.gcntr = old.gcntr AND l.ambiguous = old.ambiguous AND sqrt(l.distance2)::real = old.separation)
