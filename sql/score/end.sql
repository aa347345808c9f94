-- Nothing of one scoring stays for the next in the same transaction.
DROP TABLE score_visit, score_todo, score_photometry, score_depth, score_night, score_band, score_new
