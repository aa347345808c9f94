-- Which rows lie near a position?
CREATE INDEX ON {copy} (q3c_ang2ipix(ra, dec))
