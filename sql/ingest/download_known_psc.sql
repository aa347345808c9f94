-- Which rows of a download without keys are there already: the same name at the same place? They are left out.
-- OFFSET 0 keeps the search by place before the one by name, which has no index: a cone must not read the whole sky.
DELETE FROM pg_temp.download_in AS d
 USING (SELECT c.line
          FROM pg_temp.download_in AS c
         CROSS JOIN LATERAL (SELECT p.designation FROM twomass.psc AS p WHERE q3c_join(c.ra, c.decl, p.ra, p.decl, 1 / 3600.) OFFSET 0) AS near
         WHERE c.pts_key IS NULL AND near.designation = c.designation) AS there
 WHERE d.line = there.line
