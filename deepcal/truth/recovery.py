"""How much of the sky is found, and how much of what is found is in the sky."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from deepcal.truth.depth import Sight
from deepcal.truth.tables import BANDS, Flags, Floats, Truth, band_columns

RADIUS = 1.0  # arcsec
ALIKE = 0.5, 2.0  # flux of a source over the noiseless one
SHIFT = 20.0  # arcsec, of the positions that tell the chance rate
NEAR_ARTIFACT = 2.0  # arcsec
EDGES = (3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0, 50.0, np.inf)


@dataclass(frozen=True)
class Bin:
    """Truth objects in one interval of true signal to noise: how many, and how many of them the band confirms.

    The `isolated_` ones are stars without a neighbour within 8 arcsec.
    """

    low: float
    high: float
    objects: int
    found: int
    isolated: int
    isolated_found: int


@dataclass(frozen=True)
class Purity:
    """Confirmed sources without an artifact flag, held against the truth.

    sources : how many
    spurious : without a truth object within 1 arcsec
    on_artifact : of these, within 2 arcsec of planted false light
    unlike : with an object there, but of another flux (less than half or more than twice) in all bands
    chance, chance_alike : share of positions 20 arcsec away that have an object within 1 arcsec, and a like one
    flagged : confirmed sources with a flag, by letter
    flagged_real : of these, with a truth object of like flux within 1 arcsec
    """

    sources: int
    spurious: int
    on_artifact: int
    unlike: int
    chance: float
    chance_alike: float
    flagged: dict[str, int] = field(default_factory=dict)
    flagged_real: dict[str, int] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Spurious sources over all of them."""
        return self.spurious / self.sources if self.sources else 0.0


def completeness(truth: Truth, sources: pd.DataFrame, band: str, sight: Sight) -> list[Bin]:
    """Count objects by true signal to noise, and those of them that a confirmed source of like flux stands for."""
    b = BANDS.index(band)
    mag, (x, y) = truth.magnitudes()[:, b], truth.positions().T
    snr = sight.snr(mag, x, y)
    mine = sources[sources.confirmed & (sources[f"{band}_rule"] > 0)]
    found = _claimed(truth, mine, b)
    alone = (~truth.objects.blended & (truth.objects.kind == "star")).to_numpy(bool)
    bins = []
    for low, high in pairwise(EDGES):
        here = (snr >= low) & (snr < high)
        bins.append(Bin(low, high, *(int((here & kind).sum()) for kind in (True, found, alone, alone & found))))
    return bins


def are_real(truth: Truth, sources: pd.DataFrame) -> Flags:
    """Tell which sources have a truth object of like flux within 1 arcsec, in a band that confirms them."""
    return _real(truth, sources[["x", "y"]].to_numpy(float), _measured(sources))[1]


def purity(truth: Truth, sources: pd.DataFrame) -> Purity:
    """Hold the confirmed sources against the truth."""
    confirmed = sources[sources.confirmed]
    clean = (confirmed.cc_flg == "0").to_numpy(bool)
    flux = _measured(confirmed)
    places = confirmed[["x", "y"]].to_numpy(float)
    near, alike = _real(truth, places, flux)
    letters = confirmed.cc_flg.to_numpy(str)
    by_chance = [
        _real(truth, places[clean] + SHIFT * np.array(way), flux[clean]) for way in ((1, 0), (-1, 0), (0, 1), (0, -1))
    ]
    false = places[clean & ~near]
    return Purity(
        sources=int(clean.sum()),
        spurious=len(false),
        on_artifact=int(_on_artifact(truth, false).sum()),
        unlike=int((clean & near & ~alike).sum()),
        chance=_share([one[0] for one in by_chance]),
        chance_alike=_share([one[1] for one in by_chance]),
        flagged={letter: int((letters == letter).sum()) for letter in "GPDA"},
        flagged_real={letter: int(((letters == letter) & alike).sum()) for letter in "GPDA"},
    )


def _measured(sources: pd.DataFrame) -> Floats:
    """Return the fluxes of sources in the bands that confirm them, of zero magnitude 1; NaN elsewhere.

    The better measured of fit and aperture counts: the aperture of a source at the limit has twice the noise of a fit.
    """
    mag = band_columns(sources, "{}_m")
    if "j_m_psf" in sources:
        fits, sigma, error = (band_columns(sources, f"{{}}_{name}") for name in ("m_psf", "msig_psf", "msig"))
        mag = np.where(np.isfinite(mag) & ~(sigma < error), mag, fits)
    return np.where(band_columns(sources, "{}_rule") > 0, _flux(mag), np.nan)


def _flux(mag: Floats) -> Floats:
    return np.asarray(10 ** (-0.4 * mag))


def _share(ways: list[Flags]) -> float:
    every = np.concatenate(ways)
    return float(every.mean()) if every.size else 0.0


def _real(truth: Truth, places: Floats, flux: Floats) -> tuple[Flags, Flags]:
    """Tell which places have a truth object within 1 arcsec, and which have one of like flux in some band.

    What lies within 1 arcsec of the place is one object to any telescope: its light is added up.
    """
    if len(places) == 0:
        return np.zeros(0, bool), np.zeros(0, bool)
    light = _flux(truth.magnitudes())
    near = cKDTree(truth.positions()).query_ball_point(places, RADIUS)
    there = np.array([light[members].sum(axis=0) for members in near])
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = flux / there
        alike = ((ratio >= ALIKE[0]) & (ratio <= ALIKE[1])).any(axis=1)
    return np.array([len(members) > 0 for members in near]), np.asarray(alike)


def _claimed(truth: Truth, sources: pd.DataFrame, b: int) -> Flags:
    """Tell which truth objects are within 1 arcsec of a source that has 0.5 to 2 times their flux in a band."""
    found = np.zeros(len(truth.objects), bool)
    if sources.empty:
        return found
    light, measured = _flux(truth.magnitudes()[:, b]), _flux(band_columns(sources, "{}_m")[:, b])
    near = cKDTree(sources[["x", "y"]].to_numpy(float)).query_ball_point(truth.positions(), RADIUS)
    for i, members in enumerate(near):
        found[i] = any(ALIKE[0] * light[i] <= measured[j] <= ALIKE[1] * light[i] for j in members)
    return found


def _on_artifact(truth: Truth, places: Floats) -> Flags:
    """Tell which places lie on planted false light: a latent image, a glint, a hot pixel, the arm of a spike."""
    spots = truth.artifacts[truth.artifacts.kind != "spike"]
    arms = truth.artifacts[truth.artifacts.kind == "spike"]
    if len(places) == 0:
        return np.zeros(0, bool)
    apart, _ = (
        cKDTree(spots[["x", "y"]].to_numpy(float)).query(places) if len(spots) else (np.full(len(places), np.inf), 0)
    )
    on = np.asarray(apart <= NEAR_ARTIFACT)
    angle, half = np.radians(arms.angle.to_numpy(float)), arms.length.to_numpy(float) / 2
    for x, y, s, c, reach in zip(arms.x, arms.y, np.sin(angle), np.cos(angle), half, strict=True):
        dx, dy = places[:, 0] - x, places[:, 1] - y
        along, across = -s * dx + c * dy, c * dx + s * dy
        on |= (np.abs(along) <= reach) & (np.abs(across) <= NEAR_ARTIFACT)
    return on
