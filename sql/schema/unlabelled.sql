-- Which q3c functions of the join path keep queries on one core? The statements that label them (q3c 2.0.0 labels none;
-- their only state is a cache of one process). The radial path stays as it is: it gets slower with workers.
SELECT format('ALTER FUNCTION %s PARALLEL SAFE;', p.oid::regprocedure)
FROM pg_proc AS p
JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
JOIN pg_extension AS e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND e.extname = 'q3c'
WHERE p.proname IN ('q3c_ang2ipix', 'q3c_dist', 'q3c_join', 'q3c_nearby_it', 'q3c_seloper', 'q3c_sindist')
  AND p.proparallel <> 's'
ORDER BY 1;
