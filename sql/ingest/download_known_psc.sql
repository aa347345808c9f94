-- Which rows of a download without keys are there already: the same name at the same place? They are left out.
DELETE FROM pg_temp.download_in AS d
 USING twomass.psc AS p
 WHERE d.pts_key IS NULL
   AND q3c_join(d.ra, d.decl, p.ra, p.decl, 1 / 3600.)
   AND p.designation = d.designation
