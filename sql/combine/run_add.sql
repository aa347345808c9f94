-- Store a run.
INSERT INTO deepcal.stack_run (run, tile, selection, bands, parameters, code, state, folder,
                               field_terms, field_dra, field_ddec, tie_stars, tie_rms, inputs, parent, added)
VALUES (%(run)s, %(tile)s, %(selection)s, %(bands)s, %(parameters)s, %(code)s, 'stacked', %(folder)s,
        %(field_terms)s, %(field_dra)s, %(field_ddec)s, %(tie_stars)s, %(tie_rms)s, %(inputs)s, %(parent)s, %(added)s)
