"""The lines of the scan table: what the survey knew of each scan, good or spoiled."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from schema.settings import defaults
from simulate.catalogs.bar import write_bar
from simulate.frames import VALID_COLUMNS
from simulate.plan import Plan
from simulate.seeds import Stream, stream
from simulate.sky.angles import galactic

Array = NDArray[np.float64]

LEVEL_1 = (15.8, 15.1, 14.3)  # mag, J H Ks: counts of SNR 10 sources go so far
GALAXY_LIMIT = 13.5  # Ks of the extended sources counted
FLAGS = {"meteor": "anom", "insects": "anom", "cloud": "cld", "glitch": "hgl"}


def write_scans(plan: Plan, path: Path) -> Path:
    """Write the 64 columns; the quality score is null: nobody has scored the scans yet."""
    scans = plan.scans
    rng = stream(plan.number, plan.seed, Stream.SCAN_TABLE)
    columns: dict[str, object] = {
        name: [getattr(scan, attribute) for scan in scans]
        for name, attribute in (
            ("scan_key", "scan_key"),
            ("hemis", "hemis"),
            ("date", "date"),
            ("scan", "scan"),
            ("sd", "direction"),
            ("jdate", "jdate"),
            ("airm", "airmass"),
            ("zd", "zenith"),
            ("ha", "hour_angle"),
            ("rh", "humidity"),
            ("air_temp", "air"),
            ("tel_temp", "telescope"),
            ("focus", "focus"),
        )
    }
    columns |= {"tile": plan.number, "c_strat": 1, "xph": 0, "rel0": 0, "rel1": 0, "rel2": 0}
    columns["ut"] = [scan.start.hour + scan.start.minute / 60 + scan.start.second / 3600 for scan in scans]
    columns["hry"] = [int(scan.hemis == "n" and scan.date.year >= 1999) for scan in scans]
    columns |= _flags(plan) | _corners(plan) | _bands(plan)
    columns["h_zperr_ap"], columns["k_zperr_ap"] = rng.uniform(0.004, 0.012, (2, len(scans)))
    return write_bar(path, "scan", columns, len(scans))


def _flags(plan: Plan) -> dict[str, object]:
    flags = {name: [0] * len(plan.scans) for name in ("hgl", "cld", "anom")}
    for index, fault in plan.faults.items():
        if fault.noted and fault.kind in FLAGS:
            flags[FLAGS[fault.kind]][index] = 1
    return dict(flags)


def _corners(plan: Plan) -> dict[str, object]:
    """Return centre and corners: 1 east and 2 west at the start of the scan, 3 east and 4 west at its end."""
    grid = plan.grid
    middle, half = (grid.nx - 1) / 2, VALID_COLUMNS / 2
    east = np.array([scan.east for scan in plan.scans])
    start = np.where([scan.direction == "n" for scan in plan.scans], 0.0, grid.ny - 1.0)
    end = grid.ny - 1 - start
    ra, dec = grid.sky(middle - east, np.full(east.size, (grid.ny - 1) / 2))
    glon, glat = galactic(ra, dec)
    columns: dict[str, object] = {"ra": ra, "decl": dec, "glon": glon, "glat": glat}
    for number, (side, row) in enumerate(((-half, start), (half, start), (-half, end), (half, end)), 1):
        columns[f"ra_{number}"], columns[f"dec_{number}"] = grid.sky(middle - east + side, row)
    return columns


def _bands(plan: Plan) -> dict[str, object]:
    measured, sky = plan.measured, plan.sky
    seen = (np.abs(sky.x - (plan.grid.nx - 1) / 2) < VALID_COLUMNS / 2) & (
        np.abs(sky.y - (plan.grid.ny - 1) / 2) < plan.grid.ny / 2
    )
    columns: dict[str, object] = {"n_ext": int(np.sum(seen & sky.galaxy & (sky.mag[:, 2] < GALAXY_LIMIT)))}
    for b, band in enumerate("jhk"):
        limit = np.minimum(LEVEL_1[b], measured.msnr10[:, b])
        bright = np.sort(sky.mag[seen, b])
        columns |= {
            f"{band}_zp_ap": plan.magzp[:, b] - defaults()["zp_ref"][b],
            f"{band}_n_snr10": np.searchsorted(bright, limit),
            f"{band}_shape_avg": measured.shape[:, b],
            f"{band}_shape_rms": measured.shape_rms[:, b],
            f"{band}_2mrat": measured.ratio[:, b],
            f"{band}_psp": measured.psp[:, b],
            f"{band}_pts_noise": np.log10(measured.noise[:, b]),
            f"{band}_msnr10": measured.msnr10[:, b],
        }
    return columns
