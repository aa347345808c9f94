-- What did a file bring that another content of it replaces? Its cells are found by place and key.
WITH gone AS (
    DELETE FROM twomass.xsc WHERE file_id = %(file_id)s
    RETURNING ext_key, (q3c_ang2ipix(ra, decl) >> 34)::integer AS cell
)
DELETE FROM twomass.xsc_cell AS c
 USING gone
 WHERE (c.cell, c.ext_key) = (gone.cell, gone.ext_key)
