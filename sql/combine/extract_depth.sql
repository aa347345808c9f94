-- How wide is a star in these stacks, and how faint a star does the detection filter find at five sigma?
UPDATE deepcal.stack
   SET fwhm = %(fwhm)s,
       m5_det = %(m5_det)s
 WHERE run = %(run)s AND band = %(band)s AND direction = %(direction)s AND kind IN ('image', 'masked')
