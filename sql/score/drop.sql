-- Nothing of one field stays for the next.
DROP TABLE score_seen, score_star, score_cell, score_match, score_bright, score_zone, score_scan, score_place, score_standard
