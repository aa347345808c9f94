-- What does another content of a scan table say of the scans that it brought? A new key follows into images and scores.
UPDATE deepcal.scan AS s
   SET ({columns}) = (
           SELECT {columns}
             FROM pg_temp.scan_in AS i
            WHERE (i.hemis, i.date, i.scan) = (s.hemis, s.date, s.scan)
       )
 WHERE s.file_id = ANY(%(replaces)s) AND NOT s.provisional
   AND EXISTS (SELECT FROM pg_temp.scan_in AS i WHERE (i.hemis, i.date, i.scan) = (s.hemis, s.date, s.scan))
