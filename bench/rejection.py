"""Which spoiled scans the residuals find, against the strength of their fault, and whether a good scan is lost.

    python -m bench.rejection [--quick] [--json] [--field FOLDER] [--plot FILE.png]

One simulated field in J, 300 good scans and two of every kind of fault at 0.7, 1, 1.4 and 2.2 times the smallest
harmful size, is stacked in many mixtures: 60 and 300 scans of which none, 5 and 20 percent are spoiled. All steps up to
the rejection are the stack's own; positions are the true ones, scores and flags are not asked. Airglow and glitches,
which the simulator has in H, are put into J here. There is no peer: nobody else judges calibration scans.
"""

import argparse
import json
import tempfile
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

import combine  # noqa: F401  # first: it says where compiled loops are kept
import simulate
from combine.stack.band import Member, judge_band
from combine.stack.geometry import Frame, Offset, place
from combine.stack.pixels import open_pixels
from combine.stack.select import Image
from combine.stack.weights import TERMS
from deepcal.report.style import INK, canvas, look, save
from ingest.pixels import look as measured
from schema.errors import BadFile
from schema.grid import Grid
from schema.header import AtlasHeader, read_header
from schema.settings import defaults
from simulate.faults import Fault
from simulate.faults.draw import _draw
from simulate.faults.harm import HARM
from simulate.nights.visits import Scan
from simulate.offsets import basis

STRENGTHS = (0.7, 1.0, 1.4, 2.2)
FORMS = 2
GOOD, QUICK_GOOD = 300, 18
TILE, SEED = 90161, 21
SHARES = (0.0, 0.05, 0.2)
COLOURS = ("#0072b2", "#56b4e9", "#d55e00", "#cc79a7")
Figures = dict[str, float]


def make_field(folder: Path, good: int, strengths: tuple[float, ...]) -> None:
    """Simulate the field: so many good scans, and the spoiled ones among them."""
    spoiled = len(HARM) * len(strengths) * FORMS

    def planned(_tile: int, _seed: int, scans: list[Scan]) -> dict[int, Fault]:
        rng = np.random.default_rng(20)
        order = rng.permutation(len(scans)).tolist()
        every = [(kind, strength, form) for kind in HARM for strength in strengths for form in range(FORMS)]
        return {order.pop(): _fault(rng, *one) for one in every}

    with patch("simulate.plan.plan_faults", planned):
        simulate.field(TILE, scans=good + spoiled, seed=SEED, out=folder, bands="j", crowding="low")


def _fault(rng: np.random.Generator, kind: str, strength: float, form: int) -> Fault:
    """Draw a fault that spoils J and that no flag tells of, in one of its two forms."""
    drawn = _draw(rng, kind, HARM[kind].smallest * strength)
    detail = dict(drawn.detail)
    if kind == "tracking":
        detail["smeared"] = float(form)
    if kind == "meteor":
        detail["lines"] = (1.0, 3.0)[form]
    return Fault(kind, drawn.strength, (0,), False, detail)


def read_members(folder: Path) -> pd.DataFrame:
    """Return the scans of the field: key, direction, kind and harm of their fault, and how they lie on the grid."""
    truth = pd.read_parquet(folder / "truth" / "scans.parquet")
    truth = truth[truth.band == "j"].set_index("scan_key")
    tile = pd.read_csv(folder / "tiles.csv").iloc[0]
    grid = Grid.of(float(tile.ra), float(tile.dec))
    rows = []
    for path in sorted((folder / "images").glob("aJ_strip_*.fits")):
        head = read_header(path)
        key = _key(truth, head)
        told = truth.loc[key]
        kind = told.fault if isinstance(told.fault, str) else told.slight
        rows.append(
            {
                "key": key,
                "sd": head.direction,
                "kind": kind if isinstance(kind, str) else None,
                "harm": round(float(told.harm), 2) if isinstance(kind, str) else 0.0,
                "member": _member(path, head, key, grid, told),
            }
        )
    table = pd.DataFrame(rows).sort_values("key", ignore_index=True)
    table.attrs["centre"] = grid.crval
    return table


def _key(truth: pd.DataFrame, head: AtlasHeader) -> int:
    """Return the key of the scan of an image."""
    same = (truth.hemis == head.hemis) & (truth.date == head.date) & (truth.scan == head.scan)
    return int(truth.index[same][0])


def _member(path: Path, head: AtlasHeader, key: int, grid: Grid, told: pd.Series) -> Member:
    """Place the strip of a scan by its true offset."""
    seen, w = measured(path), head.wcs
    image = Image(
        image_id=key, scan_key=key, band="j", usy=head.usy, path=str(path), sha256="", pixel_sha256=None,
        naxis1=head.naxis1, naxis2=head.naxis2, crval1=w.crval[0], crval2=w.crval[1], crpix1=w.crpix[0],
        crpix2=w.crpix[1], cdelt1=w.cdelt[0], cdelt2=w.cdelt[1], crota2=w.crota2, x0=seen.x0, x1=seen.x1, y0=seen.y0,
        y1=seen.y1, magzp=head.magzp, sky_measured=seen.sky_measured, noise_measured=seen.noise_measured,
        seesh=head.seesh, exptime=head.exptime, form="strip", hemis=head.hemis, date=head.date, scan=head.scan,
        sd=head.direction, hgl=0, tile=head.tile,
    )  # fmt: skip
    placed = place(image, grid, _offset(told, Frame.of(grid)), defaults()["block_shift_max"][0] / 1000)
    if placed is None:
        raise BadFile(path, "beside the field: is it of another tile?")
    scale = 10 ** (0.4 * (defaults()["zp_ref"][0] - head.magzp))
    return Member(key, int(told.visit), [placed], [open_pixels(image, Path())], scale)


def _offset(told: pd.Series, frame: Frame) -> Offset:
    """Write the true offset of a scan in the terms of a registration."""
    y, x = (a.ravel() for a in np.mgrid[0:3600:60, 0:540:60].astype(float))
    waves = basis(-(x - frame.cx) / frame.hx, (y - frame.cy) / frame.hy)  # the simulator counts u to the east
    design = frame.design(x, y, len(TERMS))
    true = np.stack([np.asarray(told[name]) @ waves for name in ("offset_ra", "offset_dec")], axis=1)
    fitted = np.linalg.lstsq(design, true, rcond=1e-12)[0]
    return Offset(fitted[:, 0], fitted[:, 1])


def mixtures(table: pd.DataFrame, scans: int, share: float) -> list[pd.DataFrame]:
    """Mix so many scans of which a share is spoiled, until every spoiled scan was in one mixture."""
    rng = np.random.default_rng(int(1000 * share) + scans)
    good, bad = table[table.kind.isna()], table[table.kind.notna()]
    each = round(share * scans)
    order = rng.permutation(len(bad))
    mixed = []
    for first in range(0, len(bad) if each else 1, max(each, 1)):
        chosen = order[first : first + each]
        chosen = np.concatenate([chosen, rng.choice(np.setdiff1d(order, chosen), each - len(chosen), replace=False)])
        mixed.append(pd.concat([bad.iloc[chosen], good.sample(scans - each, random_state=rng.integers(1 << 30))]))
    return [one.sort_values("key") for one in mixed]


def judged(mixture: pd.DataFrame, frame: Frame) -> pd.DataFrame:
    """Judge the scans of a mixture as a stack does; return the mixture with what was measured, and why each is out."""
    members = {d: mixture.member[mixture.sd == d].tolist() for d in "ns"}
    directions, _ = judge_band(members, frame, defaults(), lambda words: None)
    rows = []
    for one in directions.values():
        for member, verdict, reason in zip(one.members, one.verdicts, one.reasons, strict=True):
            rows.append({"key": member.scan_key, "reason": reason, "verdict": verdict})
    return mixture.drop(columns="member").merge(pd.DataFrame(rows), on="key")


def measure(table: pd.DataFrame, quick: bool) -> pd.DataFrame:
    """Judge all mixtures; one row a scan in a mixture."""
    frame = Frame.of(Grid.of(*table.attrs["centre"]))
    found = []
    for scans in (20,) if quick else (60, 300):
        for share in SHARES:
            for n, mixture in enumerate(mixtures(table, scans, share)):
                found.append(judged(mixture, frame).assign(scans=scans, share=share, mixture=n))
                if quick:
                    break
    return pd.concat(found, ignore_index=True)


def summary(found: pd.DataFrame) -> Figures:
    """Return shares found by kind and strength, and good scans lost, for every size and share of spoiled scans."""
    figures: Figures = {}
    for (scans, share), mine in found.groupby(["scans", "share"]):
        name = f"{scans}_scans_{100 * share:.0f}_percent"
        good = mine[mine.kind.isna()]
        figures[f"{name}_good"], figures[f"{name}_good_lost"] = len(good), int(good.reason.notna().sum())
        for (kind, harm), few in mine[mine.kind.notna()].groupby(["kind", "harm"]):
            figures[f"{name}_{kind}_{harm:g}"] = float(few.reason.notna().mean())
    return figures


def draw(found: pd.DataFrame, path: Path) -> None:
    """Draw the share of spoiled scans that are found, by kind and strength."""
    bad = found[found.kind.notna()]
    kinds = sorted(bad.kind.unique())
    sizes = sorted({(int(a), float(b)) for a, b in zip(bad.scans, bad.share, strict=True)})
    with look():
        figure, axes = canvas(12, 6.4, 3, 4, sharex=True, sharey=True)
        for axis, kind in zip(axes, kinds, strict=False):
            for n, (scans, share) in enumerate(sizes):
                mine = bad[(bad.kind == kind) & (bad.scans == scans) & (bad.share == share)]
                curve = mine.groupby("harm").reason.apply(lambda one: one.notna().mean())
                label = f"{scans} scans, {100 * share:.0f} % spoiled"
                axis.plot(curve.index, curve + 0.012 * n, marker="o", ms=4, color=COLOURS[n], label=label)
            axis.axvline(1, color=INK, lw=0.8, ls=":")
            axis.set_title(kind, fontsize=10)
        for axis in axes[len(kinds) :]:
            axis.set_axis_off()
        axes[0].legend(fontsize=7, loc="center right")
        axes[4].set_ylabel("share left out by its residuals")
        axes[9].set_xlabel("strength over the smallest harmful one")
        save(figure, path)


def main() -> None:
    """Make or read the field, judge, draw, and print figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="20 scans, two strengths: the same figures, few of each")
    parser.add_argument("--json", action="store_true", help="one object, figure to value")
    parser.add_argument("--field", type=Path, help="where the simulated field is kept; made if it is not there")
    parser.add_argument("--plot", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="deepcal-bench-") as name:
        folder = given.field or Path(name)
        if not (folder / "scan.bar").is_file():
            make_field(folder, QUICK_GOOD if given.quick else GOOD, STRENGTHS[1::2] if given.quick else STRENGTHS)
        found = measure(read_members(folder), given.quick)
    if given.plot:
        draw(found, given.plot)
    figures = summary(found)
    print(json.dumps(figures, indent=1) if given.json else "\n".join(f"{k:44} {v:8.2f}" for k, v in figures.items()))


if __name__ == "__main__":
    main()
