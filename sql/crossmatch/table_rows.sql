-- How many rows has a table, how many of them have a position, between which right ascensions, and do the keys tell them apart?
SELECT count(*)                                       AS rows,
       count(*) FILTER (WHERE usable)                 AS usable,
       coalesce(min(ra) FILTER (WHERE usable), 0)     AS least,
       coalesce(max(ra) FILTER (WHERE usable), 0)     AS most,
       count({distinct})                              AS keys
  FROM (SELECT {key} AS key, {ra}::double precision AS ra,
               coalesce({ra}::double precision > '-Infinity' AND {ra}::double precision < 'Infinity'
                    AND {dec}::double precision BETWEEN -90 AND 90, false) AS usable
          FROM {table}) AS t
