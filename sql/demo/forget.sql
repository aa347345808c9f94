-- How does a demo leave the database? Its runs with their sources and matches, its scans, its catalogue rows, its files.
UPDATE deepcal.field SET current_run = NULL WHERE tile = current_setting('deepcal.demo_tile')::integer;
DELETE FROM deepcal.stack_run WHERE tile = current_setting('deepcal.demo_tile')::integer;
DELETE FROM deepcal.merged_link WHERE tile = current_setting('deepcal.demo_tile')::integer;
DELETE FROM deepcal.merged_source WHERE tile = current_setting('deepcal.demo_tile')::integer;
DELETE FROM deepcal.detection WHERE tile = current_setting('deepcal.demo_tile')::integer;
CREATE TEMPORARY TABLE demo_file ON COMMIT DROP AS
SELECT file_id FROM deepcal.ingest_file WHERE starts_with(path, current_setting('deepcal.demo_folder'));
CREATE TEMPORARY TABLE demo_scan ON COMMIT DROP AS
SELECT scan_key FROM deepcal.scan WHERE tile = current_setting('deepcal.demo_tile')::integer;
DELETE FROM deepcal.image WHERE scan_key IN (SELECT scan_key FROM demo_scan);
DELETE FROM deepcal.scan_review WHERE scan_key IN (SELECT scan_key FROM demo_scan);
DELETE FROM deepcal.scan WHERE scan_key IN (SELECT scan_key FROM demo_scan);
DELETE FROM twomass.psc WHERE file_id IN (SELECT file_id FROM demo_file);
DELETE FROM twomass.xsc WHERE file_id IN (SELECT file_id FROM demo_file);
DELETE FROM twomass.standard WHERE file_id IN (SELECT file_id FROM demo_file);
DELETE FROM deepcal.field WHERE file_id IN (SELECT file_id FROM demo_file);
DELETE FROM deepcal.ingest_file WHERE file_id IN (SELECT file_id FROM demo_file)
