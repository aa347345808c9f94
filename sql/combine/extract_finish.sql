-- A run has its sources: how were they confirmed and calibrated?
UPDATE deepcal.stack_run
   SET state = 'extracted',
       extracted_at = clock_timestamp(),
       extract_code = %(code)s,
       confirm = %(confirm)s,
       density = %(density)s,
       calibration = %(calibration)s,
       stray = %(stray)s,
       parameters = parameters || %(parameters)s
 WHERE run = %(run)s
