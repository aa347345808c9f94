-- Which files does this run have, and how large are they?
SELECT path, bytes
  FROM deepcal.stack
 WHERE run = %(run)s
