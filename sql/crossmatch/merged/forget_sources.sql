-- Which groups had this field before? Removes them.
DELETE FROM deepcal.merged_source
 WHERE tile = %(tile)s
