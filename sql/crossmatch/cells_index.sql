-- Which rows lie in a cell?
CREATE INDEX ON {cells} (cell) INCLUDE (ra, decl, key)
