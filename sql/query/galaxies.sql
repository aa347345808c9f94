-- Which galaxies of the XSC are in the stacks, and how bright is their core in 4 arcsec beside the whole galaxy?
-- Values: tile (a field, or NULL for all)
SELECT s.tile, s.name, x.designation, x.ext_key, s.ra, s.dec, x.r_k20fe,
       x.j_m_k20fe, x.h_m_k20fe, x.k_m_k20fe,
       s.j_m, s.h_m, s.k_m, s.k_m - x.k_m_k20fe AS k_core_excess
  FROM deepcal.deepcal_src AS s
  JOIN twomass.xsc AS x ON x.ext_key = s.cntr_xsc
 WHERE %(tile)s::integer IS NULL OR s.tile = %(tile)s::integer
 ORDER BY x.k_m_k20fe NULLS LAST, x.ext_key
