-- Where do the rows of a bulk file go?
COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)
