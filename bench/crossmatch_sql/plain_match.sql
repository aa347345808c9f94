-- Which PSC row is the nearest to each detection, as one would ask q3c as it is shipped?
CREATE TABLE found AS
SELECT DISTINCT ON (d.id) d.id AS left_key, p.pts_key AS right_key, 3600 * q3c_dist(d.ra, d.dec, p.ra, p.decl) AS separation
  FROM {left} AS d
  JOIN psc AS p ON q3c_join(d.ra, d.dec, p.ra, p.decl, 2 / 3600.0)
 ORDER BY d.id, separation
