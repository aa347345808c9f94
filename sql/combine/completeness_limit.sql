-- At which magnitude are half of the stars found on the stacks of a band, and where would noise alone put it?
UPDATE deepcal.stack
   SET m50 = %(m50)s,
       m50_noise = %(m50_noise)s
 WHERE run = %(run)s AND band = %(band)s AND direction = 'NS' AND kind IN ('image', 'masked')
