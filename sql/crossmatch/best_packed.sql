-- Which right row is the nearest to each left row? Distance and key go into one number, whose minimum needs no sort; ties closer than a
-- part in 2^31 of the radius go to the smaller key.
SELECT left_key, (nearest & 2147483647)::{key_type} AS right_key, (nearest >> 31) / 2147483647.0::double precision * {radius} AS separation
  FROM (SELECT left_key,
               min((3600 * q3c_dist(left_ra, left_dec, right_ra, right_dec) / {radius} * 2147483647)::bigint << 31 | right_key) AS nearest
          FROM ({near}) AS near
         GROUP BY left_key) AS packed
