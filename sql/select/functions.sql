-- Which functions are there for everybody, and what do they return?
SELECT p.proname || '(' || pg_get_function_arguments(p.oid) || ')', obj_description(p.oid, 'pg_proc')
  FROM pg_proc AS p
 WHERE p.pronamespace = 'deepcal'::regnamespace AND NOT p.prosecdef
 ORDER BY p.proname
