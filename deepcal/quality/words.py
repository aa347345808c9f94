"""Why a scan has its score, in words: every measured value, its limit and what it did."""

import datetime
from dataclasses import dataclass
from typing import Any

from psycopg.rows import dict_row

from ingest import named_scan
from schema.connection import Connection
from sql import load

BANDS = {"j": "J", "h": "H", "k": "Ks"}


@dataclass(frozen=True)
class Kind:
    """One kind of measurement: its column, the column of what it did, and how people call it."""

    name: str
    factor: str
    words: str
    unit: str = ""
    digits: int = 3
    good: str = "below"


KINDS = (
    Kind("overlap", "p_overlap", "zero point of the scan against its visit", "mag"),
    Kind("dispersion", "p_dispersion", "scatter of the visit and its better neighbour", "mag"),
    Kind("night", "p_night", "zero point of the visit against its night", "mag"),
    Kind("visits", "p_visits", "visits of the night with a zero point", "", 0, "at least"),
    Kind("depth", "f_sensitivity", "magnitude at a signal-to-noise ratio of 10", "mag", 2, "above"),
    Kind("seeing", "f_seeing", "mean J seeing shape", "", 3),
    Kind("seeing_max", "f_seeing", "largest J seeing shape along the scan", "", 3),
    Kind("focus", "f_focus", "second image moment ratio", "", 3, "at least"),
    Kind("airglow", "f_airglow", "background noise over that of ordinary scans", "dex"),
    Kind("untracked", "f_untracked", "profile against aperture magnitudes along the scan", "mag"),
    Kind("shape_rms", "f_untracked", "rms of the J seeing shape", "", 3),
    Kind("position", "f_position", "bright stars of the visit found at their places", "", 2, "at least"),
)
FACTORS = {
    "photometric": ("flags", "overlap", "dispersion", "night", "visits"),
    "sensitivity": ("depth",),
    "seeing": ("seeing", "seeing_max"),
    "focus": ("focus",),
    "airglow": ("airglow",),
    "untracked": ("untracked", "shape_rms"),
    "position": ("position",),
}


@dataclass(frozen=True)
class Part:
    """One measurement in J, H, Ks (None where it is not known), its limits, and the factors it led to."""

    name: str
    words: str
    unit: str
    limits: tuple[float | None, ...]
    good: str
    values: tuple[float | None, ...]
    factors: tuple[float | None, ...]
    digits: int

    @property
    def limit(self) -> str:
        """What is good, in words; one number where the bands have the same."""
        numbers = list(dict.fromkeys(f"{limit:g}" for limit in self.limits if limit is not None))
        return f"{self.good} {' '.join(numbers)}" if numbers else ""

    def text(self, band: int) -> str:
        """The value in one band, and the factor where it is not 1."""
        value, factor = self.values[band], self.factors[band]
        if value is None:
            return ""
        return f"{value:.{self.digits}f}" + (f" → {factor:.2g}" if factor is not None and factor < 1 else "")


@dataclass(frozen=True)
class Review:
    """What a person said of a scan."""

    quality: float
    reviewer: str
    reason: str
    reviewed_at: datetime.datetime


@dataclass(frozen=True)
class Why:
    """The score of a scan explained; `sentences` say it, `parts` are the measurements, `bands` the scores J, H, Ks."""

    scan: str
    scan_key: int
    tile: int
    quality: float | None
    origin: str | None
    rules: int | None
    sentences: tuple[str, ...]
    parts: tuple[Part, ...]
    bands: tuple[float | None, ...]
    missing: tuple[str, ...]
    reviews: tuple[Review, ...]


def why(conn: Connection, scan: int | str) -> Why:
    """Explain the score of a scan.

    Parameters
    ----------
    conn : Connection
    scan : int or str
        scan_key, or a name as n980321106 or 980321n106.

    Raises
    ------
    BadArgument
        There is no such scan.
    """
    key = {"scan_key": named_scan(conn, scan)}
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(load("score/why.sql"), key).fetchall()
    reviews = tuple(Review(*row) for row in conn.execute(load("score/reviews.sql"), key).fetchall())
    first, bands = rows[0], [row for row in rows if row["band"]]
    parts = tuple(_part(kind, bands) for kind in KINDS) if bands else ()
    missing = tuple(dict.fromkeys(word for row in bands for word in row["missing"] or ()))
    return Why(
        scan=f"{first['date']:%y%m%d}{first['hemis']}{first['scan']:03d}",
        scan_key=key["scan_key"],
        tile=first["tile"],
        quality=first["quality"],
        origin=first["origin"],
        rules=first["rules"],
        sentences=tuple(_sentences(first, bands, parts, reviews)),
        parts=parts,
        bands=tuple(first[f"quality_{band}"] for band in BANDS),
        missing=missing,
        reviews=reviews,
    )


def is_field(conn: Connection, number: str) -> bool:
    """Tell whether a word is the number of a field."""
    if not number.isdigit() or len(number) > 9:
        return False
    row = conn.execute(load("score/is_field.sql"), {"tile": int(number)}).fetchone()
    return row == (True,)


def _part(kind: Kind, bands: list[dict[str, Any]]) -> Part:
    return Part(
        kind.name,
        kind.words,
        kind.unit,
        tuple(row[f"{kind.name}_limit"] for row in bands),
        kind.good,
        tuple(row[kind.name] for row in bands),
        tuple(row[kind.factor] for row in bands),
        kind.digits,
    )


def _sentences(
    scan: dict[str, Any], bands: list[dict[str, Any]], parts: tuple[Part, ...], reviews: tuple[Review, ...]
) -> list[str]:
    if scan["quality"] is None:
        return ["It has no score: `deepcal score` makes one once the scan table tells of the scan."]
    said = []
    if scan["origin"] == "review":
        last = reviews[-1]
        said.append(f"{last.reviewer} gave it {last.quality:g} on {last.reviewed_at:%Y-%m-%d}: {last.reason}.")
    if scan["rules"] is None:
        return said
    said.append(_base(scan))
    worst = scan["worst_factor"]
    if worst is None:
        return [*said, "No factor lowers it."]
    if not bands:
        return [*said, f"The {worst} factor lowers it to {scan['score']:.3g}."]
    said += [_reason(row, worst, parts, number) for number, row in enumerate(bands) if row[f"f_{worst}"] < 1]
    lowest = min(row[f"f_{worst}"] for row in bands)
    return [*said, f"{scan['base']:g} x {lowest:.3g} = {scan['score']:.3g}, the score by rules {scan['rules']}."]


def _base(scan: dict[str, Any]) -> str:
    if scan["base"] == 10:
        return "The base is 10: the night is dithered."
    if scan["step_phase"] is not None and scan["step_phase"] < scan["step_limit"]:
        return (
            f"The base is {scan['base']:g}: two frames fall on the same part of a pixel, "
            f"to {scan['step_phase']:.2f} pixel (limit {scan['step_limit']:.2g})."
        )
    return f"The base is {scan['base']:g}: the night is not dithered (on or before 1997-06-06)."


def _reason(row: dict[str, Any], worst: str, parts: tuple[Part, ...], number: int) -> str:
    """Say what made the worst factor of one band."""
    factor, band = row[f"f_{worst}"], BANDS[row["band"]]
    causes = []
    if worst == "photometric" and row["p_flags"] == 0:
        causes.append("it is flagged for clouds or photometry")
    for part in parts:
        value = part.values[number]
        own = part.factors[number]
        if part.name in FACTORS[worst] and value is not None and own is not None and own < 1 and _beyond(part, number):
            causes.append(
                f"{part.words} {value:.{part.digits}f}{_unit(part)} (good: {part.good} {part.limits[number]:g})"
            )
    return f"{band}: {worst} {factor:.3g}, since {' and '.join(causes) or 'of rounding'}."


def _beyond(part: Part, number: int) -> bool:
    """Tell whether a value is worse than its limit; a depth lowers the factor a little before it."""
    value, limit = part.values[number], part.limits[number]
    if value is None or limit is None or part.name == "depth":
        return True
    return value < limit if part.good == "at least" else value >= limit


def _unit(part: Part) -> str:
    return f" {part.unit}" if part.unit else ""
