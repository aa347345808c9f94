-- Which standard stars did contents of a file bring that another one replaces?
DELETE FROM twomass.standard WHERE file_id = ANY(%(file_ids)s)
