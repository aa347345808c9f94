-- What did a file bring that another content of it replaces? Its cells are found by place and key, among more than can be its.
WITH gone AS (
    DELETE FROM twomass.xsc WHERE file_id = %(file_id)s
    RETURNING ext_key, deepcal.cells_near(ra, decl, 3 * deepcal.cell_margin() / 3600) AS cells
)
DELETE FROM twomass.xsc_cell AS c
 USING gone
 WHERE c.cell = ANY (gone.cells) AND c.ext_key = gone.ext_key
