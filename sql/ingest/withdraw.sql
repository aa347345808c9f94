-- Why must a loaded file go after all? Its rows were removed.
UPDATE deepcal.ingest_file SET state = 'refused', row_count = 0, error = %(error)s WHERE file_id = %(file_id)s
