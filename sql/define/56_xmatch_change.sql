-- Which sources gained, lost or changed a best match, and in which refresh? Since refresh 17: WHERE xmatch_run > 17.
CREATE VIEW deepcal.xmatch_change AS
SELECT now.from_run AS xmatch_run, now.tile, now.name, now.catalog,
       CASE WHEN before.cat_key IS NULL THEN 'gained' ELSE 'changed' END AS change,
       before.cat_key AS old_key, now.cat_key AS new_key
  FROM deepcal.xmatch_history AS now
  LEFT JOIN deepcal.xmatch_history AS before
    ON (before.tile, before.name, before.catalog, before.to_run) = (now.tile, now.name, now.catalog, now.from_run)
UNION ALL
SELECT before.to_run, before.tile, before.name, before.catalog, 'lost', before.cat_key, NULL
  FROM deepcal.xmatch_history AS before
 WHERE before.to_run IS NOT NULL
   AND NOT EXISTS (SELECT FROM deepcal.xmatch_history AS now
                    WHERE (now.tile, now.name, now.catalog, now.from_run) = (before.tile, before.name, before.catalog, before.to_run));

COMMENT ON VIEW deepcal.xmatch_change IS 'One change of the best match of a source in a current run; since refresh 17: WHERE xmatch_run > 17';
COMMENT ON COLUMN deepcal.xmatch_change.xmatch_run IS 'The refresh that found it';
COMMENT ON COLUMN deepcal.xmatch_change.tile IS 'The field';
COMMENT ON COLUMN deepcal.xmatch_change.name IS 'The source, by the name it keeps across runs';
COMMENT ON COLUMN deepcal.xmatch_change.catalog IS 'psc or xsc';
COMMENT ON COLUMN deepcal.xmatch_change.change IS 'gained, changed or lost; a source that is no longer there lost its match';
COMMENT ON COLUMN deepcal.xmatch_change.old_key IS 'pts_key or ext_key of the best match before';
COMMENT ON COLUMN deepcal.xmatch_change.new_key IS 'pts_key or ext_key of the best match since';
