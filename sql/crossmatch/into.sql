-- Which rows of two tables belong together? Made beside the table it may replace.
CREATE TABLE {into} AS
{matches}
