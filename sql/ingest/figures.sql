-- How many rows has a table, and what are least, largest and sum of some of its columns?
SELECT {figures}
  FROM {table}
