-- Is this run there already, and where are its products?
SELECT run, tile, state, folder
  FROM deepcal.stack_run
 WHERE run = %(run)s
