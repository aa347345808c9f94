-- How large is a table without its indexes?
SELECT pg_table_size(%(table)s::regclass)
