-- Which version of an extension does this database have? No row where it has none.
SELECT extversion FROM pg_extension WHERE extname = %(name)s;
