-- Is this setting known yet? Defaults never change a value that somebody has set.
INSERT INTO deepcal.setting (name, value, unit, assumed, source)
VALUES (%(name)s, %(value)s, %(unit)s, %(assumed)s, %(source)s)
ON CONFLICT (name) DO NOTHING;
