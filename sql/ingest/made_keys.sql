-- Has any source a key that deepcal gave it?
SELECT EXISTS (SELECT FROM twomass.psc WHERE pts_key >= %(first)s)
