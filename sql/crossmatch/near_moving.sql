-- Which rows lie near which at the epoch of the row that stands still? The moving row goes to the middle of the epochs of the other table, looks
-- into its sky index as far as it moves until the ends of them (OFFSET keeps the planner from another order), and what it finds there counts
-- where the row was at that very epoch.
SELECT {left_key} AS left_key, {right_key} AS right_key, {left_place}, {right_place}
  FROM ({moving}) AS m
 CROSS JOIN LATERAL (SELECT * FROM deepcal.moved(m.ra, m.dec, m.pmra * ({middle} - m.epoch) / 1000, m.pmdec * ({middle} - m.epoch) / 1000)
                     OFFSET 0) AS centre
 CROSS JOIN LATERAL
       (SELECT * FROM ({still}) AS s
         WHERE q3c_join(centre.ra, centre.decl, s.ra, s.dec, (1.000001 * {radius} + sqrt(m.pmra ^ 2 + m.pmdec ^ 2) * {half} / 1000) / 3600)
        OFFSET 0) AS s
 CROSS JOIN LATERAL (SELECT * FROM deepcal.moved(m.ra, m.dec, m.pmra * (s.epoch - m.epoch) / 1000, m.pmdec * (s.epoch - m.epoch) / 1000)
                     OFFSET 0) AS at
 WHERE q3c_sindist(at.ra, at.decl, s.ra, s.dec) < pow(sin(radians({radius}::double precision / 3600) / 2), 2)
