-- Who says what of a scan, and why? Appended; the last word counts.
INSERT INTO deepcal.scan_review (scan_key, quality, reviewer, reason)
VALUES (%(scan_key)s, %(quality)s, %(by)s, %(reason)s)
RETURNING review
