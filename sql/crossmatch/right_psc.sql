-- Where are the stars of the PSC, and how well are they known?
SELECT pts_key AS key, ra, decl AS dec, err_maj, err_min, err_ang, file_id
  FROM twomass.psc
