-- Which right row is the nearest to each left row, and how far away? From the smallest of the numbers made of distance and key.
SELECT left_key, (nearest & 2147483647)::{key_type} AS right_key, (nearest >> 31) * ({radius} / 2147483647.0)::double precision AS separation
  FROM ({packed}) AS packed
