-- Has a table an index that q3c_join uses for two of its columns?
SELECT EXISTS (
    SELECT FROM pg_index AS i
     WHERE i.indrelid = %(oid)s AND i.indpred IS NULL AND i.indisvalid
       AND pg_get_indexdef(i.indexrelid, 1, true) = format('q3c_ang2ipix(%%I, %%I)', %(ra)s::text, %(dec)s::text))
