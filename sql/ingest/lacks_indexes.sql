-- Has a load left this catalogue without one of its indexes?
SELECT deepcal.lacks_catalog_indexes(%(kind)s)
