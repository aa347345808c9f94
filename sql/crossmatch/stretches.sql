-- Into which stretches of cells fall about as many rows of a table each? The cells where the next one begins, from a sample of pages.
SELECT percentile_disc({shares}::double precision[]) WITHIN GROUP (ORDER BY (q3c_ang2ipix(ra, dec) >> 34)::integer)
  FROM ({positions}) AS p
