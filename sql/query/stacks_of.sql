-- Which stacks was a scan considered for, and what is its share in each?
-- Values: scan_key
SELECT *
  FROM deepcal.stacks_of(%(scan_key)s::integer)
