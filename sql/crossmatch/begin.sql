-- Which number has this refresh?
INSERT INTO deepcal.xmatch_run (method, radius, parameters, runs_changed, catalog_files, psc_rows, xsc_rows)
VALUES (%(method)s, %(radius)s, %(parameters)s, %(runs_changed)s, %(catalog_files)s, %(psc_rows)s, %(xsc_rows)s)
RETURNING xmatch_run
