-- Which scans were known only from their images? The scan table fills them; the new key follows into images and scores.
UPDATE deepcal.scan AS s
   SET ({columns}, provisional) = (
           SELECT {columns}, false
             FROM pg_temp.scan_in AS i
            WHERE (i.hemis, i.date, i.scan) = (s.hemis, s.date, s.scan)
       )
 WHERE s.provisional
   AND EXISTS (SELECT FROM pg_temp.scan_in AS i WHERE (i.hemis, i.date, i.scan) = (s.hemis, s.date, s.scan))
