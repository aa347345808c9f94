-- Which rows of two sets of positions lie close together, how far apart, in which direction, and in which order of nearness?
-- Both sets are queries: the left one gives key, part, preferred, ra, dec, err; the right one key, ra, dec, err_maj, err_min, err_ang.
-- A pair is kept within the cap, and beyond the floor only within so many combined position errors.
SELECT part, left_key, right_key, separation, pa, norm_distance,
       row_number() OVER (PARTITION BY part, left_key ORDER BY separation, right_key) AS rank_left,
       row_number() OVER (PARTITION BY part, right_key ORDER BY preferred DESC, separation, left_key) AS rank_right
  FROM (SELECT l.part, l.key AS left_key, r.key AS right_key, l.preferred, near.separation, near.pa,
               deepcal.norm_distance(near.separation, near.pa, l.err, r.err_maj, r.err_min, r.err_ang) AS norm_distance
          FROM ({left}) AS l
         CROSS JOIN LATERAL -- each left position looks into the sky index of the right; OFFSET keeps the planner from another order
               (SELECT * FROM ({right}) AS positions
                 WHERE q3c_join(l.ra, l.dec, positions.ra, positions.dec, %(cap)s / 3600.0)
                OFFSET 0) AS r
         CROSS JOIN LATERAL
               (SELECT 3600 * q3c_dist(l.ra, l.dec, r.ra, r.dec) AS separation,
                       deepcal.position_angle(l.ra, l.dec, r.ra, r.dec) AS pa) AS near) AS pair
 WHERE separation <= %(floor)s OR norm_distance <= %(sigmas)s
