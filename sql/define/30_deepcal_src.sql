-- What would the published list of combined sources hold today? The confirmed sources of every field's current run.
-- `id` numbers the sources of a field by declination; `tile`, `name` and `run` lead back to deepcal.source.
CREATE VIEW deepcal.deepcal_src AS
SELECT s.id, s.ra, s.dec,
       s.j_m, s.j_msig, s.h_m, s.h_msig, s.k_m, s.k_msig,
       psc.cat_key AS cntr_psc,
       xsc.cat_key AS cntr_xsc,
       inside.ext_key AS in_xsc,
       s.cc_flg,
       s.tile, s.name, s.run
  FROM deepcal.field AS f
  JOIN deepcal.source AS s ON s.run = f.current_run AND s.confirmed
  LEFT JOIN deepcal.xmatch AS psc ON psc.run = s.run AND psc.id = s.id AND psc.catalog = 'psc' AND psc.best
  LEFT JOIN deepcal.xmatch AS xsc ON xsc.run = s.run AND xsc.id = s.id AND xsc.catalog = 'xsc' AND xsc.best
  LEFT JOIN deepcal.xmatch_inside AS inside ON inside.run = s.run AND inside.id = s.id AND inside.innermost
                                           AND inside.ext_key IS DISTINCT FROM xsc.cat_key;

COMMENT ON VIEW deepcal.deepcal_src IS 'The combined source list: confirmed sources of the current run of every field';
COMMENT ON COLUMN deepcal.deepcal_src.cntr_psc IS 'pts_key of the best match in the All-Sky PSC; empty where there is none';
COMMENT ON COLUMN deepcal.deepcal_src.cntr_xsc IS 'ext_key of the best match in the All-Sky XSC; empty where there is none';
COMMENT ON COLUMN deepcal.deepcal_src.in_xsc IS 'ext_key of the galaxy in whose ellipse the source lies deepest, unless it is its nucleus; empty where there is none';
COMMENT ON COLUMN deepcal.deepcal_src.run IS 'The current run of the field';
