"""The published catalogues: PSC, XSC and the calibration standards."""

import sqlalchemy as sa

from schema.cells import CELL_MARGIN
from schema.published import nullable, published
from schema.tables.column import BAND_UCD, BANDS, col, file_id, metadata, position_checks, published_col

psc = sa.Table(
    "psc",
    metadata,
    *(published_col(column, null=nullable("psc", column)) for column in published("psc")),
    file_id(bulk=True),
    sa.Index("psc_file_id_idx", "file_id", postgresql_using="brin"),
    sa.PrimaryKeyConstraint("pts_key"),
    *position_checks("ra", "decl"),
    schema="twomass",
    comment="2MASS All-Sky Point Source Catalog: one source, all 60 published columns; a download of some columns leaves the others empty",
)

xsc = sa.Table(
    "xsc",
    metadata,
    *(published_col(column) for column in published("xsc")),
    file_id(bulk=True),
    sa.Index("xsc_file_id_idx", "file_id", postgresql_using="brin"),
    sa.PrimaryKeyConstraint("ext_key"),
    *position_checks("ra", "decl"),
    schema="twomass",
    comment="2MASS All-Sky Extended Source Catalog: one source, all 389 published columns",
)


def _cells(catalog: str, key: str) -> sa.Table:
    """Describe the narrow table that joins with a catalogue walk through in the order of the sky.

    A row stands in its own cell and in every other one within the margin, so that up to this radius whatever is near a
    position stands in the cell of the position.
    """
    return sa.Table(
        f"{catalog}_cell",
        metadata,
        col("cell", "integer", "Cell of the sky, 20 to 40 arcsec wide: the q3c pixel shifted right by 34 bits", null=False, ucd="pos.healpix"),
        col(key, "integer", f"The row of twomass.{catalog}", null=False, ucd="meta.id;meta.main"),
        col("ra", "double precision", "Right ascension J2000", unit="deg", null=False, ucd="pos.eq.ra;meta.main"),
        col("decl", "double precision", "Declination J2000", unit="deg", null=False, ucd="pos.eq.dec;meta.main"),
        sa.Index(f"{catalog}_cell_cell_idx", "cell", postgresql_include=[key, "ra", "decl"]),
        schema="twomass",
        comment=f"Where the rows of twomass.{catalog} lie on the sky: each in its own cell and in those within {CELL_MARGIN:g} arcsec; kept by the load, read by large matches",
    )


psc_cell = _cells("psc", "pts_key")
xsc_cell = _cells("xsc", "ext_key")

standard = sa.Table(
    "standard",
    metadata,
    col("name", "text", "Name of the standard star", primary_key=True, null=False, ucd="meta.id;meta.main"),
    col("tile", "integer", "Calibration tile the star lies in", null=False, ucd="meta.id;obs.field"),
    col("ra", "double precision", "Right ascension J2000 at the epoch", unit="deg", null=False, ucd="pos.eq.ra;meta.main"),
    col("dec", "double precision", "Declination J2000 at the epoch", unit="deg", null=False, ucd="pos.eq.dec;meta.main"),
    col("epoch", "double precision", "Epoch of the position; unknown where the star is not known to move", unit="yr", ucd="time.epoch"),
    col("pmra", "real", "Proper motion in right ascension times cos(dec)", unit="mas/yr", ucd="pos.pm;pos.eq.ra"),
    col("pmdec", "real", "Proper motion in declination", unit="mas/yr", ucd="pos.pm;pos.eq.dec"),
    *(
        column
        for band, letter in (("j", "j"), ("h", "h"), ("ks", "k"))
        for column in (
            col(band, "real", f"{BANDS[letter]} magnitude", unit="mag", ucd=f"phot.mag;{BAND_UCD[letter]}"),
            col(f"s{band}", "real", f"Uncertainty of the {BANDS[letter]} magnitude", unit="mag", ucd=f"stat.error;phot.mag;{BAND_UCD[letter]}"),
        )
    ),
    file_id(),
    *position_checks(),
    sa.CheckConstraint("sj > 0 AND sh > 0 AND sks > 0", name="uncertainty"),
    schema="twomass",
    comment="One primary or secondary standard star of a calibration tile",
)
