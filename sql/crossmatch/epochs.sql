-- Between which epochs do the rows of a table lie?
SELECT min(epoch), max(epoch)
  FROM ({positions}) AS p
