"""Tables for other programs: what is written is what astropy reads, without a warning."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from astropy.io import votable
from astropy.table import Table

from deepcal.export import Format, write
from schema.errors import BadArgument

FRAME = pd.DataFrame(
    {
        "name": ["DC 1", "DC 2", None],
        "ra": [10.123456789012, 20.0, 30.0],
        "dec": [-5.0, 0.0, 5.0],
        "j_m": [15.25, np.nan, 17.5],
        "noise": [0.5, 1.0, np.nan],
        "key": pd.array([1, None, 3], dtype="Int64"),
        "used": pd.array([True, None, False], dtype="boolean"),
        "confirmed": [True, True, False],
        "cc_flg": ["0", "G", "D"],
        "list": [[1.0, 2.0], None, []],
    }
)
FRAME.attrs |= {
    "units": {"ra": "deg", "dec": "deg", "j_m": "mag", "noise": "DN", "key": "parsnips"},
    "ucds": {"ra": "pos.eq.ra;meta.main", "j_m": "phot.mag;em.IR.J"},
    "comments": {"j_m": "J magnitude " + "of a long story " * 9},
    "single": ["j_m"],
}


def same(read: Table) -> None:
    """Compare a table that was read with the frame."""
    assert read.colnames == list(FRAME.columns)
    assert list(read["ra"]) == list(FRAME.ra)
    assert [None if gone else float(value) for value, gone in zip(read["j_m"], empty(read["j_m"]), strict=True)] == [
        15.25,
        None,
        17.5,
    ]
    assert [None if gone else int(value) for value, gone in zip(read["key"], empty(read["key"]), strict=True)] == [
        1,
        None,
        3,
    ]
    assert list(read["cc_flg"]) == list(FRAME.cc_flg)
    assert (str(read["ra"].unit), str(read["j_m"].unit)) == ("deg", "mag")


def empty(column: "np.ma.MaskedArray[tuple[int, ...], np.dtype[np.float64]]") -> list[bool]:
    """Tell which values are missing."""
    mask = np.ma.getmaskarray(np.ma.asarray(column))
    values = np.ma.getdata(np.ma.asarray(column))
    return [bool(gone or (values.dtype.kind == "f" and np.isnan(v))) for v, gone in zip(values, mask, strict=True)]


def test_a_fits_table_has_units_ucds_and_meanings(tmp_path: Path) -> None:
    out = tmp_path / "x.fits"
    write(FRAME, Format.FITS, out, "sources")
    read = Table.read(out)
    same(read)
    assert read["j_m"].dtype.itemsize == 4
    words = read.meta["TUCD4"], read.meta["EXTNAME"]
    assert words == ("phot.mag;em.IR.J", "SOURCES")


def test_a_votable_is_valid_and_complete(tmp_path: Path) -> None:
    out = tmp_path / "x.xml"
    write(FRAME, Format.VOTABLE, out, "sources")
    file = votable.parse(out, verify="exception")
    table = file.get_first_table()
    fields = {field.name: field for field in table.fields}
    assert fields["j_m"].ucd == "phot.mag;em.IR.J"
    assert fields["j_m"].description.startswith("J magnitude of a long story")
    assert fields["key"].description == "[parsnips]"
    assert file.resources[0].coordinate_systems[0].system == "ICRS"
    same(table.to_table())


def test_an_ipac_table_has_nulls_and_units(tmp_path: Path) -> None:
    out = tmp_path / "x.tbl"
    write(FRAME, Format.IPAC, out, "sources")
    same(Table.read(out, format="ascii.ipac"))
    assert max(len(line) for line in out.read_text().splitlines() if line.startswith("\\")) <= 81


def test_regions_have_flags_as_colours_and_tags(tmp_path: Path) -> None:
    out = tmp_path / "x.reg"
    write(FRAME, Format.DS9, out)
    circles = [line for line in out.read_text().splitlines() if line.startswith("circle")]
    assert circles[0].startswith('circle(10.1234568,-5.0000000,4.0") # color=green tag={clean}')
    assert "color=magenta tag={flag G} text={G: filter glint}" in circles[1]


def test_an_empty_table_can_be_written(tmp_path: Path) -> None:
    for form in (Format.FITS, Format.VOTABLE, Format.IPAC, Format.DS9):
        write(FRAME.iloc[:0], form, tmp_path / f"x.{form}")
    assert len(Table.read(tmp_path / "x.fits")) == 0
    assert len(votable.parse_single_table(io.BytesIO((tmp_path / "x.votable").read_bytes())).array) == 0


def test_what_has_no_place_has_no_region(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match="no ra and dec"):
        write(FRAME.drop(columns="ra"), Format.DS9, tmp_path / "x.reg")


def test_bytes_are_not_for_the_screen() -> None:
    with pytest.raises(BadArgument, match="name one with --out FILE"):
        write(FRAME, Format.FITS, None)
