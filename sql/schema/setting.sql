-- Is this setting known yet, as this version describes it?  A value that somebody has set stays; one that nobody has, follows.
INSERT INTO deepcal.setting AS s (name, value, preset, unit, assumed, source)
VALUES (%(name)s, %(value)s, %(value)s, %(unit)s, %(assumed)s, %(source)s)
ON CONFLICT (name) DO UPDATE
   SET value   = CASE WHEN s.value = s.preset THEN EXCLUDED.value ELSE s.value END,
       preset  = EXCLUDED.preset,
       unit    = EXCLUDED.unit,
       assumed = EXCLUDED.assumed,
       source  = EXCLUDED.source
 WHERE (s.preset, s.unit, s.assumed, s.source)
       IS DISTINCT FROM (EXCLUDED.preset, EXCLUDED.unit, EXCLUDED.assumed, EXCLUDED.source);
