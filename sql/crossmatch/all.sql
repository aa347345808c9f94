-- Which rows lie near which, how far apart, in which direction, and in which order of nearness from both sides?
SELECT left_key, right_key, separation, deepcal.position_angle(left_ra, left_dec, right_ra, right_dec) AS pa,
       row_number() OVER (PARTITION BY left_key ORDER BY separation, right_key) AS rank_left,
       row_number() OVER (PARTITION BY right_key ORDER BY separation, left_key) AS rank_right,
       count(*) OVER (PARTITION BY left_key)                                    AS n_left,
       count(*) OVER (PARTITION BY right_key)                                   AS n_right
  FROM (SELECT *, 3600 * q3c_dist(left_ra, left_dec, right_ra, right_dec) AS separation
          FROM ({near}) AS near) AS pair
