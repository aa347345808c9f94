-- Which right row is the nearest to each left row? Distance and key go into one number, whose minimum needs no sort; ties closer than a
-- part in 2^31 of the radius go to the smaller key.
SELECT left_key, min((q3c_dist(left_ra, left_dec, right_ra, right_dec) * (3600 * 2147483647.0 / {radius})::double precision)::bigint << 31 | right_key) AS nearest
  FROM ({near}) AS near
 GROUP BY {groups}
