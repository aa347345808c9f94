-- How bright was a star in every scan that saw it?
-- Values: name (of a deep source, or the number of a group: gcntr)
SELECT *
  FROM deepcal.light_curve(%(name)s)
