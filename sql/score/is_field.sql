-- Is this number that of a field, or of a tile with scans?
SELECT EXISTS (SELECT FROM deepcal.field WHERE tile = %(tile)s) OR EXISTS (SELECT FROM deepcal.scan WHERE tile = %(tile)s)
