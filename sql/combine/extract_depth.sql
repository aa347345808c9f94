-- How wide is a star in these stacks, how does its light grow with the radius, and how faint a star does the detection filter find at five sigma?
UPDATE deepcal.stack
   SET fwhm = %(fwhm)s,
       growth = %(growth)s,
       m5_det = %(m5_det)s,
       m5_det_100 = m5_det_100 + (%(m5_det)s - m5_det), -- the tie shifts them all
       m5_det_60 = m5_det_60 + (%(m5_det)s - m5_det),
       m5_det_30 = m5_det_30 + (%(m5_det)s - m5_det)
 WHERE run = %(run)s AND band = %(band)s AND direction = %(direction)s AND kind IN ('image', 'masked')
