-- How was this field merged?
INSERT INTO deepcal.merged_run (tile, run, parameters, scans, seeds, extractions, links, ambiguous, groups, made_at, seconds)
SELECT %(tile)s, %(run)s, %(parameters)s,
       (SELECT count(*) FROM m_footprint), (SELECT count(*) FROM m_seed), (SELECT count(*) FROM m_extraction),
       (SELECT count(*) FROM m_link), (SELECT count(*) FROM m_link WHERE ambiguous), (SELECT count(*) FROM m_group),
       now(), extract(epoch FROM clock_timestamp() - %(started)s)
    ON CONFLICT (tile) DO UPDATE
   SET (run, parameters, scans, seeds, extractions, links, ambiguous, groups, made_at, seconds)
     = (excluded.run, excluded.parameters, excluded.scans, excluded.seeds, excluded.extractions, excluded.links, excluded.ambiguous,
        excluded.groups, excluded.made_at, excluded.seconds)
RETURNING scans, seeds, extractions, links, ambiguous, groups, seconds
