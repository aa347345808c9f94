"""Downloads for tests: rows of PSC or XSC as IPAC table, VOTable, FITS, Parquet and text, with archives' names."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io.votable import writeto
from astropy.table import MaskedColumn, Table

from schema.published import PublishedColumn, published
from tests.bars import random_lines

NUMBERS = {"double precision": "f8", "real": "f4", "bigint": "i8", "integer": "i4", "smallint": "i2"}
_PAIRS = """
ra RAJ2000 decl DEJ2000 err_maj errMaj err_min errMin err_ang errPA designation _2MASS
j_m Jmag j_cmsig Jcmsig j_msigcom e_Jmag j_snr Jsnr h_m Hmag h_cmsig Hcmsig h_msigcom e_Hmag h_snr Hsnr
k_m Kmag k_cmsig Kcmsig k_msigcom e_Kmag k_snr Ksnr ph_qual Qflg rd_flg Rflg bl_flg Bflg cc_flg Cflg ndet Ndet
prox prox pxpa pxPA pxcntr pxCntr gal_contam Xflg mp_flg Aflg pts_key Cntr hemis Hemis date Date scan Scan
glon GLON glat GLAT x_scan Xscan jdate _tab1_36 j_psfchi Jpsfchi h_psfchi Hpsfchi k_psfchi Kpsfchi
j_m_stdap Jstdap j_msig_stdap e_Jstdap h_m_stdap Hstdap h_msig_stdap e_Hstdap k_m_stdap Kstdap k_msig_stdap e_Kstdap
dist_edge_ns edgeNS dist_edge_ew edgeEW dist_edge_flg edge dup_src dup use_src use a opt dist_opt Dopt phi_opt PAopt
b_m_opt Bmag vr_m_opt Rmag nopt_mchs Nopt ext_key extKey scan_key scanKey coadd_key coaddKey coadd coadd
"""
_WORDS = _PAIRS.split()
VIZIER = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))
"""The names of VizieR's II/246, as a table of all its columns has them."""


def lines_and_table(table: str, count: int, seed: int = 1) -> tuple[list[str], Table]:
    """Return random rows of a published table as bar-delimited lines, and as an astropy table with Gator's names."""
    lines = random_lines(table, count, np.random.default_rng(seed))
    cells = list(zip(*(line.split("|") for line in lines), strict=True))
    columns = {gator(c): _column(c, values) for c, values in zip(published(table), cells, strict=True)}
    return lines, Table(columns)


def gator(column: PublishedColumn) -> str:
    """Return the name that Gator gives a column."""
    return "dec" if column.name == "decl" else column.name


def vizier(table: Table) -> Table:
    """Return a PSC table with VizieR's names, and VizieR's own further columns."""
    renamed = Table({VIZIER["decl" if name == "dec" else name]: table[name] for name in table.colnames})
    renamed.add_column(np.arange(len(renamed), dtype="f4"), index=0, name="_r")
    renamed["Opt"] = ["Opt"] * len(renamed)
    return renamed


def _column(column: PublishedColumn, values: tuple[str, ...]) -> MaskedColumn:
    mask = [value == r"\N" for value in values]
    kind = NUMBERS.get(column.type)
    plain = [("" if kind is None else "0") if m else value for m, value in zip(mask, values, strict=True)]
    return MaskedColumn(np.array(plain, kind), mask=mask, dtype=kind)


def as_ipac(path: Path, table: Table) -> Path:
    table = table.copy()
    table["clon"] = "00h42m00.00s"
    table.meta["keywords"] = {"RowsRetrieved": {"value": len(table)}}
    table.write(path, format="ascii.ipac")
    return path


def as_votable(path: Path, table: Table, serialisation: str = "tabledata") -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names such as 2MASS are no XML identifiers
        writeto(table, str(path), tabledata_format=serialisation)
    return path


def as_fits(path: Path, table: Table) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # integers without a null value of their own
        table.write(path, format="fits")
    return path


def as_parquet(path: Path, table: Table) -> Path:
    frame: Any = table.to_pandas(index=False)
    frame.to_parquet(path)
    return path


def as_csv(path: Path, table: Table) -> Path:
    table.write(path, format="ascii.csv")
    return path


def as_ecsv(path: Path, table: Table) -> Path:
    table.write(path, format="ascii.ecsv")
    return path


WRITERS: dict[str, tuple[str, Callable[[Path, Table], Path]]] = {
    "IPAC": ("psc.tbl", as_ipac),
    "VOTable": ("psc.vot", as_votable),
    "VOTable binary2": ("psc.xml", lambda path, table: as_votable(path, table, "binary2")),
    "FITS": ("psc.fits", as_fits),
    "gzipped FITS": ("psc.fits.gz", as_fits),
    "Parquet": ("psc.parquet", as_parquet),
    "CSV": ("psc.csv", as_csv),
    "ECSV": ("psc.ecsv", as_ecsv),
}
"""File name and writer of every form of a download."""
