"""Build the stacks of a field: stack each band of a plan, store files and rows together."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from psycopg.types.json import Jsonb

from combine.stack.band import DEFAULT, Member, Part, stack_band
from combine.stack.folder import keep, kept, new_folder, publish
from combine.stack.geometry import Frame, place, share_rows
from combine.stack.grow import grow_band, read_sums, write_sums
from combine.stack.inputs import check_inputs
from combine.stack.inventory import bytes_of, write_band
from combine.stack.judge import by_stars
from combine.stack.options import Options
from combine.stack.parent import added_since, input_name, sums_file, there
from combine.stack.pixels import Pixels, open_cover, open_pixels
from combine.stack.plan import Plan, make_plan, stack_code
from combine.stack.register import SCAN_TERMS
from schema.errors import NotReady
from schema.progress import Progress, silent
from sql import load

STEPS = 7
"""Steps of one band that are told of."""


@dataclass(frozen=True)
class StackResult:
    """A run: whether it was built now, its folder, and how many scans it used and left out by band.

    `rescaled` has the scatter of (scale by stars over scale by zero points) by band, magnitudes, where it was solved.
    """

    run: str
    tile: int
    built: bool
    folder: str
    used: dict[str, int]
    rejected: dict[str, int]
    rescaled: dict[str, float]


def stack_field(
    conn: psycopg.Connection[Any],
    tile: int,
    *,
    where: str | None = None,
    options: Options = DEFAULT,
    home: Path,
    progress: Progress = silent,
) -> StackResult:
    """Stack the scans of a field that the default rule, or a condition, chooses.

    Parameters
    ----------
    conn : connection, not in a transaction
    tile : the field
    where : condition in SQL on the columns of scan and scan_quality; replaces the default rule
    options : resampler, weights, how pixels are joined, where scales come from
    home : data folder: products go to ``products/TILE/RUN``, working copies of compressed images to ``working``

    Returns
    -------
    The run; `built` is False where it was there already, and then nothing was done.

    Raises
    ------
    BadArgument
        Unknown field, or a condition that is none.
    NotReady
        No centre, or no image of a chosen scan overlaps the field.
    BadFile
        An input image is gone or altered; told before any work begins.
    NoRoom
        The disk is too full; everything is as it was.
    """
    plan = make_plan(conn, tile, where, options, home, progress)
    folder = home.resolve() / "products" / str(tile) / plan.run
    with conn.transaction():
        conn.execute(load("combine/lock.sql"), {"tile": tile})
        if built := not there(conn, plan.run):
            check_inputs(conn, (image.image_id for image in plan.images))
            needed = len(plan.bands) * bytes_of(plan.field.grid, sums=plan.options.grow)
            with new_folder(folder, needed) as part:
                _build(conn, plan, part, folder, progress)
    return _result(conn, plan.run, tile, built=built)


def _build(conn: psycopg.Connection[Any], plan: Plan, part: Path, folder: Path, progress: Progress) -> None:
    """Stack every band, or go on after those that are finished; store rows and files together."""
    conn.execute(load("combine/run_forget.sql"), {"run": plan.run})
    _store_run(conn, plan, folder)
    if plan.parent is not None:
        conn.execute(load("combine/hold_scans.sql"), {"run": plan.run, "parent": plan.parent.run})
    doubted: frozenset[int] = frozenset()  # J, whose stars stand highest above the noise, comes first
    for number, band in enumerate(plan.bands):
        found = kept(part, band)
        if found is None:
            found = _build_band(plan, band, part, folder, doubted, _teller(progress, plan, number))
            keep(part, band, found)
        _store_band(conn, found)
        doubted |= frozenset(found["doubted"])
    publish(part, folder)


def use(conn: psycopg.Connection[Any], run: str) -> bool:
    """Make a run the current one of its field; return False where it was that already.

    Raises
    ------
    NotReady
        There is no such run, or it has no sources yet.
    """
    with conn.transaction():
        row = conn.execute(load("combine/run_exists.sql"), {"run": run}).fetchone()
        if row is None:
            raise NotReady(f"run {run!r} is not known: see `deepcal show runs`")
        if row[2] != "extracted":
            raise NotReady(f"run {run} has no sources yet: `deepcal extract {row[1]} --run {run}` makes them")
        return conn.execute(load("combine/use.sql"), {"run": run}).rowcount > 0


def _teller(progress: Progress, plan: Plan, number: int) -> Any:
    """Return a callback that counts the steps of one band."""
    done = iter(range(1, STEPS * 9))
    total = STEPS * len(plan.bands)
    return lambda words: progress("stack", min(number * STEPS + next(done), (number + 1) * STEPS - 1), total)


def _members(plan: Plan, band: str) -> dict[str, list[Member]]:
    """Place the images of a band on the grid, by direction and scan."""
    grid, shift_max = plan.field.grid, plan.settings["block_shift_max"][0] / 1000
    placed = []
    for image in plan.images:
        if image.band == band and image.scan_key in plan.registration.scans:
            offset = plan.registration.scans[image.scan_key].offset + plan.registration.field.offset
            placement = place(image, grid, offset, shift_max)
            if placement is not None:
                placed.append(placement)
    members: dict[str, list[Member]] = {}
    shared = share_rows(placed)
    for key in dict.fromkeys(p.image.scan_key for p in shared):
        mine = [p for p in shared if p.image.scan_key == key]
        pixels: list[Pixels] = [open_pixels(p.image, plan.copies) for p in mine]
        magzp = float(np.mean([p.image.magzp for p in mine]))
        scale = 10 ** (0.4 * (plan.settings["zp_ref"]["jhk".index(band)] - magzp))
        covers = [open_cover(p.image, plan.copies) for p in mine]
        members.setdefault(mine[0].image.sd, []).append(Member(key, plan.visits[key], mine, pixels, scale, covers))
    return members


def _build_band(
    plan: Plan, band: str, part: Path, folder: Path, doubted: frozenset[int], tell: Any
) -> dict[str, list[Any]]:
    """Stack one band and write its files; return its rows, and the scans whose stars it found wrong."""
    members = _members(plan, band)
    how = (members, Frame.of(plan.field.grid), plan.settings, tell, doubted, plan.options)
    if plan.parent is None:
        stacks = stack_band(*how)
    else:
        held = read_sums(sums_file(plan.parent.folder, plan.field.tile, band), plan.images)
        stacks = grow_band(held, plan.visits, *how)
    tell("products")
    rows = write_band(part, folder, (plan.field.tile, plan.field.grid), plan.run, band, stacks, plan.settings)
    if plan.options.grow:
        write_sums(sums_file(part, plan.field.tile, band), stacks)
    tell("stored")
    parts = [(d, p) for d, one in stacks.items() for p in one.parts if p.member.scan_key in plan.registration.scans]
    return {
        "stacks": rows,
        "scans": [_scan_row(plan, band, direction, part) for direction, part in parts],
        "doubted": sorted(part.member.scan_key for _, part in parts if by_stars(part.reason)),
    }


def _store_band(conn: psycopg.Connection[Any], found: dict[str, list[Any]]) -> None:
    """Store what each scan did, and the inventory."""
    with conn.cursor() as cursor:
        with cursor.copy(load("combine/stack_scan.sql")) as copy:
            for row in found["scans"]:
                copy.write_row(row)
        cursor.executemany(load("combine/stack.sql"), found["stacks"])


def _store_run(conn: psycopg.Connection[Any], plan: Plan, folder: Path) -> None:
    """Store the row of the run."""
    tie = plan.registration.field
    values = {
        "run": plan.run, "tile": plan.field.tile, "selection": plan.selection, "bands": plan.bands,
        "parameters": Jsonb(plan.settings | plan.options.chosen()), "code": stack_code(), "folder": str(folder),
        "field_terms": tie.terms, "field_dra": list(map(float, tie.offset.dra)),
        "field_ddec": list(map(float, tie.offset.ddec)), "tie_stars": tie.stars, "tie_rms": tie.rms,
        "inputs": [input_name(image) for image in plan.images] if plan.options.grow else None,
        "parent": plan.parent and plan.parent.run, "added": added_since(plan.parent, plan.images),
    }  # fmt: skip
    conn.execute(load("combine/run_add.sql"), values)


def _scan_row(plan: Plan, band: str, direction: str, part: Part) -> list[Any]:
    """Return the row of deepcal.stack_scan of one scan."""
    own, verdict = plan.registration.scans[part.member.scan_key], part.verdict
    coefficients = [[float(c[k]) if k < len(c) else 0.0 for k in SCAN_TERMS] for c in (own.offset.dra, own.offset.ddec)]
    numbers = [
        own.rms, part.member.scale, verdict.noise_pixel, verdict.noise_aper, part.weight, verdict.resid_mean,
        verdict.structure, verdict.outlier_fraction, verdict.fit[0], verdict.fit[1], verdict.shift, verdict.fit_resid,
    ]  # fmt: skip
    plain = [float(n) if np.isfinite(n) else None for n in numbers]
    return [
        plan.run, part.member.scan_key, band, direction, part.member.visit, len(part.member.placements),
        *coefficients, own.stars, *plain, part.masked, part.reason is None, part.reason, part.rescaled,
        verdict.noise_wide,
    ]  # fmt: skip


def _result(conn: psycopg.Connection[Any], run: str, tile: int, *, built: bool) -> StackResult:
    """Describe a run that is stored."""
    with conn.transaction():
        rows = conn.execute(load("combine/run_counts.sql"), {"run": run}).fetchall()
        row = conn.execute(load("combine/run_exists.sql"), {"run": run}).fetchone()
    folder = row[3] if row else ""
    used, rejected = ({row[0]: row[k] for row in rows} for k in (1, 2))
    rescaled = {row[0]: row[3] for row in rows if row[3] is not None}
    return StackResult(run, tile, built, folder, used, rejected, rescaled)
