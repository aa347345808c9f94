-- Is there a function of this name and these arguments?
SELECT to_regprocedure(%(name)s) IS NOT NULL
