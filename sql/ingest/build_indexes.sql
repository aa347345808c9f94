-- What does a catalogue lack of primary key, sky index and cell index? It is made.
SELECT deepcal.build_catalog_indexes(%(kind)s)
