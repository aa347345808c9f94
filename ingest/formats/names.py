"""The names that archives give the published columns, Gator and VizieR, and which a row cannot do without."""

from pathlib import Path

from ingest.formats.source import Source
from schema.errors import BadFile
from schema.published import nullable, published

BANDS = {"j": "J", "h": "H", "k": "K"}
OF_A_BAND = {
    "m": "{}mag",
    "cmsig": "{}cmsig",
    "msigcom": "e_{}mag",
    "snr": "{}snr",
    "psfchi": "{}psfchi",
    "m_stdap": "{}stdap",
    "msig_stdap": "e_{}stdap",
}
VIZIER = {
    "ra": ("RAJ2000", "RA_ICRS", "RAdeg"),
    "decl": ("dec", "DEJ2000", "DE_ICRS", "DEdeg", "DECJ2000"),
    "err_maj": ("errMaj", "errHalfMaj"),
    "err_min": ("errMin", "errHalfMin"),
    "err_ang": ("errPA", "errPosAng"),
    "designation": ("2MASS", "_2MASS", "2MASX", "_2MASX"),
    "ph_qual": ("Qflg", "Qfl"),
    "rd_flg": ("Rflg", "Rfl"),
    "bl_flg": ("Bflg",),
    "cc_flg": ("Cflg",),
    "pxpa": ("pxPA",),
    "pxcntr": ("pxCntr",),
    "gal_contam": ("Xflg",),
    "mp_flg": ("Aflg",),
    "x_scan": ("Xscan",),
    "jdate": ("JD", "_tab1_36", "MeasureJD"),
    "dist_edge_ns": ("edgeNS",),
    "dist_edge_ew": ("edgeEW",),
    "dist_edge_flg": ("edge",),
    "dup_src": ("dup",),
    "use_src": ("use",),
    "a": ("opt",),
    "dist_opt": ("Dopt",),
    "phi_opt": ("PAopt",),
    "b_m_opt": ("Bmag", "Bopt"),
    "vr_m_opt": ("Rmag", "Ropt"),
    "nopt_mchs": ("Nopt",),
    "ext_key": ("extKey",),
    "scan_key": ("scanKey",),
    "coadd_key": ("coaddKey",),
}
"""Published name to the names of VizieR's II/246 and of the CDS cross-match; `dec` is Gator's own."""
KEYS = {"psc": "pts_key", "xsc": "ext_key"}
MADE_KEY = {"psc"}
"""Tables whose rows get a key of deepcal's own where a download has none."""
WHOLE = {
    "psc": "get all columns: Gator (Select All), TAP of IRSA (SELECT * FROM fp_psc) or VizieR (all of II/246)",
    "xsc": "get all columns: Gator (Select All) or TAP of IRSA (SELECT * FROM fp_xsc); VizieR has no ext_key",
    "scan": "expected the 64 columns of the scan table by name",
    "detection": "expected the columns of the calibration extractions by name",
}


def choose(path: Path, table: str, source: Source) -> dict[str, str]:
    """Return which column of a download is which published one: published name to the file's name.

    Raises
    ------
    BadFile
        A column that no row can do without is missing, or two columns of the file have one name.
    """
    twice = sorted({name for name in source.names if source.names.count(name) > 1})
    if twice:
        raise BadFile(path, f"column {', '.join(twice)} more than once in the table, expected every name once")
    lower = {name.lower(): name for name in reversed(source.names)}
    chosen: dict[str, str] = {}
    for column in published(table):
        for name in (column.name, *_others(table, column.name)):
            found = name if name in source.names else lower.get(name.lower())
            if found is not None:
                chosen[column.name] = found
                break
    names = [column.name for column in published(table)]
    missing = [name for name in names if name not in chosen and not may_lack(table, name)]
    if missing:
        words = f"column {', '.join(missing)} missing; {WHOLE[table]}"
        raise BadFile(path, f"{words}. The table has {_listed(source.names)}")
    return chosen


def may_lack(table: str, name: str) -> bool:
    """Tell whether a download is of use without a column."""
    if table == "scan":
        return False
    if table in MADE_KEY and name == KEYS[table]:
        return True
    (column,) = (column for column in published(table) if column.name == name)
    return nullable(table, column)


def _others(table: str, name: str) -> tuple[str, ...]:
    """Return the further names of a published column, the likeliest first."""
    if name == KEYS.get(table):
        return (*VIZIER.get(name, ()), "cntr")
    letter, _, rest = name.partition("_")
    of_band = (OF_A_BAND[rest].format(BANDS[letter]),) if letter in BANDS and rest in OF_A_BAND else ()
    return of_band + VIZIER.get(name, ())


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:12])
    return shown + (f" and {len(names) - 12} more" if len(names) > 12 else "")
