-- Which standards lie in a field, and where do they stand at the epoch of the stack?
SELECT ra + coalesce(pmra, 0) / 3.6e6 / cos(radians(dec)) * coalesce(%(epoch)s - epoch, 0) AS ra,
       dec + coalesce(pmdec, 0) / 3.6e6 * coalesce(%(epoch)s - epoch, 0) AS dec,
       coalesce(j, 'NaN'), coalesce(h, 'NaN'), coalesce(ks, 'NaN'),
       coalesce(sj, 'NaN'), coalesce(sh, 'NaN'), coalesce(sks, 'NaN')
  FROM twomass.standard
 WHERE tile = %(tile)s
   AND sqrt(coalesce(pmra, 0) ^ 2 + coalesce(pmdec, 0) ^ 2) <= %(motion)s
 ORDER BY name
