"""What is at a place of the sky, and which rule keeps it in the list of a run or out of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from combine.extract import artifacts
from combine.extract.artifacts import Parents, Suspects
from combine.extract.confirm import Rule
from combine.extract.images import Band, Layer
from combine.extract.work import Work, work_out
from schema.errors import NotReady
from schema.progress import Progress, silent
from schema.settings import Settings
from schema.tables.column import BANDS
from schema.tables.source import ARTIFACTS
from sql import load

NEAR = 2.0
"""Arcsec to the detection that is meant."""
AROUND = 10.0
"""Arcsec within which sources and catalogue rows are named."""
REACH = 400.0
"""Pixels from where a star may leave false light at a place."""


@dataclass(frozen=True)
class Look:
    """One band at the place.

    count, count_n, count_s : scans on N+S, N and S
    snr, snr_n, snr_s : of a star there: of the detection where there is one, else of the highest pixel within 1 arcsec;
        None where a stack is blank or missing
    detected, rule : whether a detection is there, and the rules it passes
    words : what that means
    """

    band: str
    count: int
    count_n: int
    count_s: int
    snr: float | None
    snr_n: float | None
    snr_s: float | None
    detected: bool
    rule: int
    words: str


@dataclass(frozen=True)
class Shadow:
    """A star that may have left false light at the place: position (deg), brightest magnitude, distance (arcsec)."""

    flag: str
    ra: float
    dec: float
    mag: float
    distance: float


@dataclass(frozen=True)
class Why:
    """Everything known of a place.

    x, y : pixels of the field's grid
    listed : rows of deepcal.source within 10 arcsec, nearest first
    psc, xsc : the same of the catalogues
    detection : distance (arcsec) of the nearest detection, where that is within 2
    looks : by band
    shadows : stars that explain an artifact flag
    verdict : in words
    """

    tile: int
    run: str
    ra: float
    dec: float
    x: float
    y: float
    listed: list[dict[str, Any]]
    psc: list[dict[str, Any]]
    xsc: list[dict[str, Any]]
    detection: float | None
    flag: str | None
    looks: list[Look]
    shadows: list[Shadow]
    verdict: list[str]


def why(
    conn: psycopg.Connection[Any],
    ra: float,
    dec: float,
    *,
    tile: int | None = None,
    run: str | None = None,
    home: Path,
    progress: Progress = silent,
) -> Why:
    """Look at a position (deg): the stacks are searched anew, with every detection kept, and nothing is stored.

    Parameters
    ----------
    tile, run : which; by default the field around the place, its current run or else its newest

    Raises
    ------
    NotReady
        No field with a stack covers the place.
    """
    with conn.transaction(), conn.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        place = {"ra": ra, "dec": dec, "tile": tile, "run": run}
        field = cursor.execute(load("combine/why_field.sql"), place).fetchone()
        if field is None:
            raise NotReady(f"no stacked field covers {ra:.5f}, {dec:.5f}: see `deepcal show fields`")
        near = place | {"run": field["run"], "radius": AROUND / 3600}
        listed, psc, xsc = (
            cursor.execute(load(f"combine/why_{name}.sql"), near).fetchall() for name in ("sources", "psc", "xsc")
        )
    work = work_out(conn, field["tile"], run=field["run"], confirm="none", home=home, progress=progress)
    x, y = (float(v) for v in work.run.grid.pixel(ra, dec))
    number, apart = _nearest(work, x, y)
    looks = [_look(work, n, x, y, number) for n in range(len(work.bands))]
    flag = None if number is None else str(work.flags[number])
    shadows = [] if number is None else _shadows(work, number)
    verdict = _verdict(work, looks, listed, number, flag, shadows)
    return Why(
        field["tile"], field["run"], ra, dec, x, y, listed, psc, xsc, apart, flag, looks, shadows, verdict,
    )  # fmt: skip


def _nearest(work: Work, x: float, y: float) -> tuple[int | None, float | None]:
    """Return the detection at a place, and how far it is (arcsec)."""
    apart = np.hypot(work.found.x - x, work.found.y - y)
    if apart.size == 0 or apart.min() > NEAR:
        return None, None
    return int(apart.argmin()), float(apart.min())


def _look(work: Work, n: int, x: float, y: float, number: int | None) -> Look:
    """Look at one band."""
    band, found = work.bands[n], work.found
    layers = {"": band.both, **band.directions}
    values: dict[str, float | None] = {"": None, "n": None, "s": None}
    values |= {name: _highest(layer, x, y) for name, layer in layers.items()}
    detected, rule = False, 0
    if number is not None and np.isfinite(found.snr[number, n]):
        detected, rule = True, int(found.rule[number, n])
        for name, column in (("", found.snr), ("n", found.snr_n), ("s", found.snr_s)):
            if np.isfinite(column[number, n]):
                values[name] = float(column[number, n])
    count = {name: int(np.nan_to_num(layer.at(layer.count, *_at(x, y))[0])) for name, layer in layers.items()}
    words = _words(band, values, detected, rule, work.settings)
    return Look(
        band.letter, count[""], count.get("n", 0), count.get("s", 0), values[""], values["n"], values["s"], detected,
        rule, words,
    )  # fmt: skip


def _at(x: float, y: float) -> tuple[Any, Any]:
    """Return a place as arrays."""
    return np.array([x]), np.array([y])


def _highest(layer: Layer, x: float, y: float) -> float | None:
    """Return the highest signal to noise within a pixel; None where all is blank."""
    step = np.array([-1.0, 0.0, 1.0])
    around = layer.at(layer.snr, *(v.ravel() for v in np.meshgrid(x + step, y + step)))
    return float(np.nanmax(around)) if np.isfinite(around).any() else None


def _words(band: Band, snr: dict[str, float | None], detected: bool, rule: int, settings: Settings) -> str:
    """Say which rule decides in one band."""
    total, each = settings["confirm_snr"]
    both, north, south = snr[""], snr["n"], snr["s"]
    if both is None:
        return "blank: too few scans cover the place"
    if len(band.directions) == 1:
        seen = "seen" if detected else "not seen"
        return f"{seen} on the only direction there is: nothing can be confirmed"
    if not detected:
        if both < settings["detect_snr"][0]:
            return f"N+S {both:.1f} sigma is below {settings['detect_snr'][0]:g}: no detection"
        return f"N+S {both:.1f} sigma, but no peak that stands above the light of its neighbours: no detection"
    if rule & Rule.DEFAULT:
        return "confirmed by the default rule" + (" and by the published one" if rule & Rule.PUBLISHED else "")
    reasons = [f"N+S {both:.1f} sigma is below {total:g}"] if both < total else []
    for name, value in (("N", north), ("S", south)):
        if value is None:
            reasons.append(f"{name} is blank here")
        elif value < each:
            reasons.append(f"{name} {value:.1f} sigma is below {each:g}")
    also = "; the published rule passes" if rule & Rule.PUBLISHED else ""
    limit = settings["confirm_difference"][0]
    return "not confirmed: " + (", ".join(reasons) or f"N and S differ by more than {limit:g} sigma") + also


def _shadows(work: Work, number: int) -> list[Shadow]:
    """Return the stars that each rule of the artifact flags holds responsible, nearest first: tried one by one."""
    them, all_of = _one(work.suspects, number), work.parents
    apart = np.hypot(all_of.x - them.x[0], all_of.y - them.y[0])
    found = []
    for i in np.flatnonzero((apart > NEAR) & (apart < REACH)):
        star = Parents(all_of.x[[i]], all_of.y[[i]], all_of.mag[[i]])
        for flag in _caused(work, them, star):
            ra, dec = work.run.grid.sky(star.x, star.y)
            found.append(Shadow(flag, float(ra[0]), float(dec[0]), float(star.mag.min()), float(apart[i])))
    return sorted(found, key=lambda shadow: shadow.distance)


def _one(them: Suspects, number: int) -> Suspects:
    """Return one of the suspects."""
    me = [number]
    mag_dir, noise_mag = ({d: v[me] for d, v in side.items()} for side in (them.mag_dir, them.noise_mag))
    plain = them.x[me], them.y[me], them.mag[me], them.snr[me]
    return Suspects(*plain, mag_dir, noise_mag, them.hollow[me], them.striped[me])


def _caused(work: Work, them: Suspects, star: Parents) -> list[str]:
    """Return the letters of the flags that a star gives a suspect."""
    stray, settings = work.stray, work.settings
    rules = {
        "P": artifacts.persistence(them, star, stray, work.run.hemispheres, settings),
        "G": artifacts.glints(them, star, stray, work.density, settings),
        "D": artifacts.spikes(them, star, stray, settings),
        "A": artifacts.halo(them, star, settings),
    }
    return [letter for letter, hit in rules.items() if hit[0]]


def _verdict(
    work: Work, looks: list[Look], listed: list[dict[str, Any]], number: int | None, flag: str | None,
    shadows: list[Shadow],
) -> list[str]:  # fmt: skip
    """Say what all this means."""
    mine = [row for row in listed if row["separation"] <= NEAR]
    told = [f"in the list: {row['name']}, {row['separation']:.2f} arcsec away" for row in mine[:1]]
    if not mine:
        told.append("not in the list")
    if number is None:
        blank = all(look.snr is None for look in looks)
        told.append("the stacks are blank here" if blank else "no band detects anything within 2 arcsec")
    elif not any(look.rule for look in looks):
        told.append("detected, but no band confirms it")
    told += [f"{BANDS[look.band]}: {look.words}" for look in looks]
    if flag not in (None, "0"):
        told.append(f"artifact flag {flag}: {ARTIFACTS[str(flag)]}" + _blamed(work, str(flag), number, shadows))
    return told


def _blamed(work: Work, flag: str, number: int | None, shadows: list[Shadow]) -> str:
    """Say which star, or what else, gave a source its flag."""
    for shadow in shadows:
        if shadow.flag == flag:
            return f" of the {shadow.mag:.1f} mag star {shadow.distance:.0f} arcsec away"
    if number is not None and work.suspects.striped[number]:
        return ", no brighter than the electronic stripe under it"
    return ", an aperture finds little of the light of its core" if flag == "A" else ""
