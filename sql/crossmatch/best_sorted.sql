-- Which right row is the nearest to each left row, where its key is no small number?
SELECT DISTINCT ON (left_key) left_key, right_key, 3600 * q3c_dist(left_ra, left_dec, right_ra, right_dec) AS separation
  FROM ({near}) AS near
 ORDER BY left_key, separation, right_key
