-- What did a file bring that another content of it replaces? Its cells are found by place and key.
WITH gone AS (
    DELETE FROM twomass.psc WHERE file_id = %(file_id)s
    RETURNING pts_key, (q3c_ang2ipix(ra, decl) >> 34)::integer AS cell
)
DELETE FROM twomass.psc_cell AS c
 USING gone
 WHERE (c.cell, c.pts_key) = (gone.cell, gone.pts_key)
