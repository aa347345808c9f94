-- An image tells of a scan that no scan table has: its key is negative until one does. Under the lock of the scans.
INSERT INTO deepcal.scan (scan_key, hemis, date, scan, tile, sd, provisional, file_id)
SELECT least(min(scan_key), 0) - 1, %(hemis)s, %(date)s, %(scan)s, %(tile)s, %(sd)s, true, %(file_id)s
  FROM deepcal.scan
    ON CONFLICT (hemis, date, scan) DO NOTHING
