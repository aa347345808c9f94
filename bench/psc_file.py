"""Point Source Catalog files of any length for benches: 60 columns, in the order of the real psc_*.gz, quickly made."""

import gzip
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from schema.published import PublishedColumn, published

ZONE = 100_000  # millionths of a degree: the real files go from zone to zone of declination, in each by right ascension
DENSITY = 470_992_970 / 41_253  # sources in a square degree, the mean of the real catalogue
SCAN = 141_667, 6_000_000  # millionths of a degree: width and length of a survey scan
KEYS = 22_511  # a scan has so many keys: pts_key over scan_key of the first real line
POOL = 65_536  # lines with different measurements; they come again and again at other places
PLACED = ("ra", "decl", "designation", "pxcntr", "pts_key", "scan_key", "glon", "glat")  # new in every line

Ints = NDArray[np.int64]


def write_psc(path: Path, rows: int, south: float = -30.0) -> float:
    """Write a file of so many rows northward from a declination; the same arguments give the same bytes.

    Parameters
    ----------
    path : Path
        Packed if its name ends with .gz.
    rows : int
    south : float
        deg, whole tenths.

    Returns
    -------
    float
        Declination (deg) from where another file has other positions and keys.
    """
    rng = np.random.default_rng(2)
    parts, edge = _pool(), round(south * 1e6)
    with gzip.open(path, "wb", compresslevel=1) if path.suffix == ".gz" else path.open("wb") as out:
        done = 0
        while done < rows:
            count = int(DENSITY * 360 * np.cos(np.radians((edge + ZONE / 2) / 1e6)) * ZONE / 1e6)
            ra = np.sort(rng.integers(0, 360_000_000, count))[: rows - done]
            out.write(_lines(done, ra, edge + rng.integers(0, ZONE, count)[: rows - done], parts))
            done, edge = done + len(ra), edge + ZONE
    return edge / 1e6


def _lines(number: int, ra: Ints, decl: Ints, parts: dict[str, pa.Array]) -> memoryview:
    """Return the lines of a zone, the first of which is row `number` of the file."""
    strip, band = ra // SCAN[0], (decl[0] + 90_000_000) // SCAN[1]
    _, first = np.unique(strip, return_index=True)
    within = np.arange(len(ra)) - np.repeat(first, np.diff([*first, len(ra)]))
    scan = strip + band * (360_000_000 // SCAN[0] + 1)
    key = scan * KEYS + (decl[0] + 90_000_000) % SCAN[1] // ZONE * (KEYS // (SCAN[1] // ZONE)) + within
    placed = {
        "ra": _decimal(ra, 6),
        "decl": _decimal(decl, 6),
        "designation": pc.binary_join_element_wise(_decimal(ra + 10**9, 0), _decimal(decl // 100 + 10**6, 0), ""),
        "pxcntr": _decimal(key + 1, 0),
        "pts_key": _decimal(key, 0),
        "scan_key": _decimal(scan, 0),
        "glon": _decimal(ra // 1000, 3),
        "glat": _decimal(decl // 1000, 3),
    }
    which = pa.array((np.arange(number, number + len(ra)) * 40_503) % POOL)
    fields = [placed[name] if name in placed else part.take(which) for name, part in parts.items()]
    text = pc.binary_join_element_wise(pc.binary_join_element_wise(*fields, "|"), "\n", "").buffers()[2]
    return memoryview(text)


def _decimal(number: Ints, places: int) -> pa.Array:
    """Return numbers, given in units of the last of their decimal places, as text."""
    wide = np.stack([number, number >> 63], axis=1)  # 128 bits, the lower half first
    return pa.Array.from_buffers(pa.decimal128(18, places), len(number), [None, pa.py_buffer(wide)]).cast(pa.string())


@cache
def _pool() -> dict[str, pa.Array]:
    """Return the columns in order: the placed ones empty, those between them joined."""
    rng = np.random.default_rng(1)
    runs: dict[str, list[list[str]]] = {}
    for column in published("psc"):
        if column.name in PLACED or not runs or [*runs][-1] in PLACED:
            runs[column.name] = []
        if column.name not in PLACED:
            runs[[*runs][-1]].append(_texts(column, rng))
    return {name: pa.array(["|".join(words) for words in zip(*run, strict=True)]) for name, run in runs.items()}


def _texts(column: PublishedColumn, rng: np.random.Generator) -> list[str]:
    """Return plausible values of a column as they stand in a file, nulls where they may be."""
    if column.name in ("hemis", "date"):
        return [{"hemis": "s", "date": "2000-09-22"}[column.name]] * POOL
    if column.type.startswith("character"):
        return [str(n)[-1] * int(column.type[10:-1]) for n in rng.integers(0, 7, POOL)]
    if column.type in ("smallint", "integer"):
        words = [str(n) for n in rng.integers(1, 10_000 if column.type == "integer" else 360, POOL)]
    else:
        top = 0.3 if "sig" in column.name else {".3f": 17, ".2f": 2, ".1f": 30, ".4f": 2_452_000}[column.format]
        words = [format(x, column.format) for x in rng.uniform(0.95 * top if top > 10 else 0.01, top, POOL)]
    missing = rng.random(POOL) < (0.15 if column.null else 0)
    return [r"\N" if null else word for word, null in zip(words, missing, strict=True)]
