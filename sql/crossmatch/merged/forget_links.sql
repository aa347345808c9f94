-- What was linked in this field before? Removes it.
DELETE FROM deepcal.merged_link
 WHERE tile = %(tile)s
