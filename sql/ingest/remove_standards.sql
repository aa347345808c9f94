-- What did a file bring that another content of it replaces?
DELETE FROM twomass.standard WHERE file_id = %(file_id)s
