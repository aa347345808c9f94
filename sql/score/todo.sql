-- Which visits have extractions, standards or settings that their photometry was not measured with?
CREATE TEMPORARY TABLE score_todo ON COMMIT DROP AS
WITH ties AS (
    SELECT tile, string_agg(md5(concat_ws(' ', ra, dec, epoch, pmra, pmdec, j, sj, h, sh, ks, sks)), '' ORDER BY name) AS standards
      FROM twomass.standard
     GROUP BY tile
), compared AS (
    SELECT v.scan_key, v.visit, now.file AS detections_file,
           left(md5(%(digest)s || coalesce(ties.standards, '')), 12) AS made_with,
           (now.file, v.visit, CASE WHEN now.file IS NOT NULL THEN left(md5(%(digest)s || coalesce(ties.standards, '')), 12) END)
           IS DISTINCT FROM
           (old.detections_file, coalesce(old.visit, v.visit), old.made_with::text) AS changed
      FROM score_visit AS v
      LEFT JOIN ties USING (tile)
      LEFT JOIN LATERAL (
               SELECT coalesce(d.file_id, 0) AS file
                 FROM deepcal.detection AS d
                WHERE d.tile = v.tile AND d.scan_key = v.scan_key AND d.origin = 'catalog'
                LIMIT 1
           ) AS now ON true
      LEFT JOIN deepcal.scan_photometry AS old ON old.scan_key = v.scan_key AND old.band = 'j'
), touched AS (
    SELECT visit
      FROM compared
     GROUP BY visit
    HAVING bool_or(changed)
)
SELECT v.*, c.detections_file, c.made_with
  FROM touched
  JOIN score_visit AS v USING (visit)
  JOIN compared AS c USING (scan_key);
CREATE INDEX ON score_todo (scan_key);
ANALYZE score_todo;

-- What the fields say, one after the other.
CREATE TEMPORARY TABLE score_photometry (LIKE deepcal.scan_photometry) ON COMMIT DROP;
CREATE TEMPORARY TABLE score_depth (visit integer, band text, m10 double precision) ON COMMIT DROP
