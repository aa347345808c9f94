-- Make room for the detections of a tile.
SELECT deepcal.add_tile_partition(%(tile)s)
