-- Which rows of a download are there already, by their key? They are left out.
DELETE FROM pg_temp.download_in AS d
 USING {table} AS t
 WHERE t.{key} = d.{key}
