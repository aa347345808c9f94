-- What did a file bring that another content of it replaces?
DELETE FROM deepcal.detection WHERE file_id = %(file_id)s
