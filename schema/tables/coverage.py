"""Coverage maps: how many frames every pixel of an image is made of."""

import sqlalchemy as sa

from schema.tables.column import col, file_id, metadata

image_coverage = sa.Table(
    "image_coverage",
    metadata,
    col("scan_key", "integer", "The scan it belongs to", sa.ForeignKey("deepcal.scan.scan_key", onupdate="CASCADE"), null=False, ucd="meta.id;obs"),
    col("band", "character(1)", "Band: j, h or k", null=False, ucd="instr.bandpass"),
    col("usy", "integer", "USYREF of the header, rounded: with scan and band it names the image", unit="arcsec", null=False, ucd="pos.cartesian.y;instr.det"),
    col("path", "text", "Path of the file", null=False, ucd="meta.ref;meta.file"),
    col("sha256", "character(64)", "SHA-256 of the file", null=False, ucd="meta.id;meta.file"),
    col("pixel_sha256", "character(64)", "SHA-256 of the pixels as big-endian float32, by which a working copy is verified", null=False, ucd="meta.id"),
    col("naxis1", "integer", "Columns", unit="pixel", null=False, ucd="phys.size;instr.pixel"),
    col("naxis2", "integer", "Rows", unit="pixel", null=False, ucd="phys.size;instr.pixel"),
    col("frames_median", "real", "Median number of frames of the pixels that have any", null=False, ucd="meta.number;stat.median"),
    col("frames_max", "real", "Largest number of frames of a pixel", null=False, ucd="meta.number;stat.max"),
    col("bare_fraction", "real", "Pixels without any frame over all pixels", null=False, ucd="stat.value"),
    file_id(),
    sa.PrimaryKeyConstraint("scan_key", "band", "usy"),
    sa.CheckConstraint("band IN ('j', 'h', 'k')", name="band"),
    sa.CheckConstraint("frames_median > 0 AND frames_max >= frames_median", name="frames"),
    sa.CheckConstraint("bare_fraction BETWEEN 0 AND 1", name="bare_fraction"),
    schema="deepcal",
    comment="The coverage map of one image: frames per pixel; it may come before its image and is linked by scan, band and place",
)
