-- Where are the rows of a table that has no sky index? A copy for one match, in the order of the sky.
CREATE UNLOGGED TABLE {copy} AS
SELECT *
  FROM ({positions}) AS p
 ORDER BY q3c_ang2ipix(ra, dec)
