-- Which pairs are there, in the order of the left table, nearest first?
SELECT left_key, right_key, separation, pa, rank_left, rank_right
  FROM ({pairs}) AS pairs
 ORDER BY left_key, rank_left
