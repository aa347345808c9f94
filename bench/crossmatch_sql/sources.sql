-- Ten thousand sources of a field: four tenths of them on stars of the PSC, the others anywhere.
INSERT INTO deepcal.source (run, id, tile, name, ra, dec, pos_err, x, y, j_rule, h_rule, k_rule, confirmed)
SELECT %(run)s, id, %(tile)s, 'DC ' || id, ra, dec, 0.1, 1, 1, 1, 1, 1, TRUE
  FROM unnest(%(ra)s::float8[], %(dec)s::float8[]) WITH ORDINALITY AS s (ra, dec, id)
