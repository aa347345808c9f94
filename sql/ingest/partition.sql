-- Has this tile a place for its extractions? It is made if not.
SELECT deepcal.add_tile_partition(%(tile)s)
