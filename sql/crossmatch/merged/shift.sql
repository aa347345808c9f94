-- Moves the extractions of scans without a model by the offsets found for them.
UPDATE m_extraction AS e
   SET (x, y) = (e.x - s.dx, e.y - s.dy)
  FROM m_shift AS s
 WHERE s.scan_key = e.scan_key
