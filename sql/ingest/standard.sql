-- Is a standard star there with other values? They come back; otherwise it goes in, or is there already.
WITH stored AS (
    INSERT INTO twomass.standard (name, tile, ra, dec, epoch, pmra, pmdec, j, sj, h, sh, ks, sks, file_id)
    VALUES (%(name)s, %(tile)s, %(ra)s, %(dec)s, %(epoch)s, %(pmra)s, %(pmdec)s,
            %(j)s, %(sj)s, %(h)s, %(sh)s, %(ks)s, %(sks)s, %(file_id)s)
        ON CONFLICT (name) DO NOTHING
)
SELECT concat_ws(', ', tile, ra, dec, epoch, pmra, pmdec, j, sj, h, sh, ks, sks)
  FROM twomass.standard
 WHERE name = %(name)s
   AND (tile, ra, dec, epoch, pmra, pmdec, j, sj, h, sh, ks, sks) IS DISTINCT FROM
       (%(tile)s::integer, %(ra)s::float8, %(dec)s::float8, %(epoch)s::float8, %(pmra)s::real, %(pmdec)s::real,
        %(j)s::real, %(sj)s::real, %(h)s::real, %(sh)s::real, %(ks)s::real, %(sks)s::real)
