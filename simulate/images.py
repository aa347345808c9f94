"""The image files of one scan in one band: a strip, or four Atlas Images, with the cards real ones have."""

import datetime
import gzip
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from schema.cards import write_cards
from schema.header import AtlasHeader
from schema.settings import defaults
from simulate.artifacts.points import frame_step
from simulate.camera.expose import expose
from simulate.camera.pointing import FRAMES
from simulate.frames import ATLAS_IMAGES, Cut, Frame
from simulate.nights.visits import Scan
from simulate.plan import BANDS, Plan
from simulate.seeds import Stream, stream
from simulate.sky.angles import sexagesimal

Image = NDArray[np.float32]

SCAN_SECONDS = 72  # from start to end
PERCENTILES = (2.27, 6.68, 15.86, 30.85, 50.00, 69.14, 84.13, 93.31, 97.72)
LEVEL_STEP = 0.4  # DN, between the Atlas Images of one scan
BLOCK = 2880
USXREF = -256.5  # arcsec, of every image
COVERAGE = ("BUNIT", "frames", "a map of how many frames saw each pixel")
SQUEEZE = 1  # gzip's level: noise does not get smaller


@dataclass(frozen=True)
class Output:
    """How images are written: compressed by gzip or plain, with coverage maps beside them or without."""

    gz: bool = False
    coverage: bool = False


def write_images(
    plan: Plan, scan: Scan, band: int, frame: Frame, folder: Path, output: Output | None = None
) -> list[Path]:
    """Draw a scan in one band and write its strip, or its Atlas Images.

    A coverage map has the name of its image with c in place of the leading a, and its cards; BUNIT is 'frames'.

    Returns
    -------
    list of Path
        The images, in the order of the scan; coverage maps are not listed.
    """
    output = output or Output()
    canvas, coverage = expose(plan, scan, band, frame)
    rng = stream(plan.number, plan.seed, Stream.IMAGE, scan.index, band, 1)
    found = []
    for cut in frame.cuts:
        level = np.float32(rng.normal(0, LEVEL_STEP)) if len(frame.cuts) == ATLAS_IMAGES else np.float32(0)
        pixels = canvas[cut.first : cut.first + cut.rows] + level
        kind = "strip" if cut.coadd is None else "asky"
        number = "" if cut.coadd is None else f"{cut.coadd:04d}"
        name = f"{BANDS[band].upper()}_{kind}_{scan.name}{number}.fits" + (".gz" if output.gz else "")
        header = _cards(plan, scan, band, cut, pixels)
        _write(folder / f"a{name}", header, pixels, output.gz)
        found.append(folder / f"a{name}")
        if output.coverage:
            header.set(COVERAGE[0], *COVERAGE[1:])
            _write(folder / f"c{name}", header, coverage[cut.first : cut.first + cut.rows], output.gz)
    return found


def _write(path: Path, header: fits.Header, pixels: Image, gz: bool) -> None:
    with path.open("wb") as file:
        whole = io.BytesIO() if gz else file
        whole.write(header.tostring().encode("ascii"))
        whole.write(pixels.astype(">f4").tobytes())
        whole.write(b"\0" * (-pixels.nbytes % BLOCK))
        if isinstance(whole, io.BytesIO):
            file.write(gzip.compress(whole.getvalue(), SQUEEZE, mtime=0))


def _cards(plan: Plan, scan: Scan, band: int, cut: Cut, pixels: Image) -> fits.Header:
    sample = pixels[::3, ::3]
    levels = np.percentile(sample[np.isfinite(sample)], PERCENTILES)
    i = scan.index
    image = AtlasHeader(
        hemis=scan.hemis,
        date=scan.date,
        scan=scan.scan,
        band=BANDS[band],
        direction=scan.direction,
        tile=plan.number,
        usy=cut.usy,
        usxref=USXREF,
        usyref=float(cut.usy),
        naxis1=pixels.shape[1],
        naxis2=pixels.shape[0],
        wcs=cut.wcs,
        magzp=round(float(plan.magzp[i, band]), 4),
        skyval=round(float(levels[4]), 5),
        skysig=round(float(plan.measured.noise[i, band]), 6),
        seesh=round(float(plan.measured.shape[i, band]), 2),
        numfrms=FRAMES,
        dyfs=frame_step(scan.hemis, scan.direction),
        coadd=cut.coadd,
        exptime=defaults()["exptime"][0],
        type="cal",
    )
    header = write_cards(image, _observation(scan, plan) | _levels(levels))
    header.add_history("> Image made by deepcal simulate: not an observation")
    return header


def _levels(levels: Image) -> dict[str, str | float]:
    names = (f"QT{round(100 * p):04d}" for p in PERCENTILES)
    return {name: round(float(level), 5) for name, level in zip(names, levels, strict=True)}


def _observation(scan: Scan, plan: Plan) -> dict[str, str | float]:
    """Return the cards that tell when and under which sky the scan was made."""
    end = scan.start + datetime.timedelta(seconds=SCAN_SECONDS)
    ra, dec = plan.grid.crval
    half = plan.grid.ny / 7200 * (1 if scan.direction == "n" else -1)
    cards: dict[str, str | float] = {
        "POSITNID": f"{scan.hemis}{round(abs(dec)):02d}{int(ra / 15):02d}{int(ra * 4 % 60):02d}",
        "UT_DATE": f"{scan.start:%y%m%d}",
        "UT": f"{scan.start:%H:%M:%S}.00",
        "AMASS_FC": round(scan.airmass, 6),
        "FOCUS": scan.focus,
    }
    for mark, time, place in (("SOS", scan.start, dec - half), ("EOS", end, dec + half)):
        later = (time - scan.start).total_seconds() / 3600
        cards |= {
            f"DATE_{mark}": f"{time:%y%m%d}",
            f"UT_{mark}": f"{time:%H:%M:%S}.00",
            f"AM_{mark}": round(scan.airmass, 4),
            f"ZD_{mark}": round(scan.zenith, 4),
            f"HA_{mark}": sexagesimal(scan.hour_angle + later, 2, "+"),
            f"ST_{mark}": sexagesimal((ra / 15 + scan.hour_angle + later) % 24, 2),
            f"RA_{mark}": sexagesimal(ra / 15, 2),
            f"DEC_{mark}": sexagesimal(place, 1, "+"),
            f"HUM_{mark}": scan.humidity,
            f"AIRT_{mark}": scan.air,
            f"TELT_{mark}": scan.telescope,
        }
    return cards
