-- Where are the nuclei of the XSC? (The catalogue lists no position errors.)
SELECT ext_key AS key, ra, decl AS dec, %(error)s::double precision AS err_maj, %(error)s::double precision AS err_min, 0 AS err_ang, file_id
  FROM twomass.xsc
