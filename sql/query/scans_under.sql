-- Which scans lie under a source: those whose images in its stacks cover it?
-- Values: name (of a source of a current run)
SELECT *
  FROM deepcal.scans_under(%(name)s)
