-- Which row of a file was left out, and why?
INSERT INTO deepcal.ingest_reject (file_id, line, column_name, value, reason, line_text)
VALUES (%(file_id)s, %(line)s, %(column)s, %(value)s, %(reason)s, %(text)s)
