"""The false light of bright stars as a field itself shows it, and as the settings tell where it cannot."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from combine.extract.arms import Arms, arms
from combine.extract.images import Band, Layer
from combine.extract.spots import Spot, spots
from combine.measure.aperture import Floats
from schema.settings import Settings

BANDS = "jhk"


@dataclass(frozen=True)
class Stray:
    """What false light to expect in each of the bands J, H, Ks, and whether it was measured on this field.

    spots : glints
    arms : diffraction spikes
    latent : flux of a latent image over that of its star after one and two frame steps
    measured : by band, names of what was measured
    """

    spots: tuple[tuple[Spot, ...], ...]
    arms: tuple[Arms, ...]
    latent: tuple[tuple[float, ...], ...]
    measured: tuple[tuple[str, ...], ...]

    def stored(self) -> dict[str, Any]:
        """Return it as it is kept with the run."""
        return {
            band: {
                "glints": [asdict(spot) for spot in self.spots[b]],
                "spikes": asdict(self.arms[b]),
                "persistence": list(self.latent[b]),
                "measured": list(self.measured[b]),
            }
            for b, band in enumerate(BANDS)
        }


def stray_light(bands: list[Band], hemispheres: str, x: Floats, y: Floats, mag: Floats, settings: Settings) -> Stray:
    """Measure the false light of a field's bright stars.

    Parameters
    ----------
    bands : those of the run
    hemispheres : of its scans, "n", "s" or both
    x, y, mag : of bright stars in and around the field; pixels, (stars, 3) magnitudes
    """
    by_letter = {band.letter: band for band in bands}
    each = [_band(by_letter.get(letter), b, hemispheres, x, y, mag[:, b], settings) for b, letter in enumerate(BANDS)]
    return Stray(*(tuple(column) for column in zip(*each, strict=True)))


def assumed(hemispheres: str, settings: Settings) -> Stray:
    """Return the false light that the settings tell of."""
    return stray_light([], hemispheres, np.empty(0), np.empty(0), np.empty((0, 3)), settings)


def _band(
    band: Band | None, number: int, hemispheres: str, x: Floats, y: Floats, mag: Floats, settings: Settings
) -> tuple[tuple[Spot, ...], Arms, tuple[float, ...], tuple[str, ...]]:
    """Measure one band; what it does not show is as the settings say."""
    limit, (first, growth) = settings["spike_mag"][number], settings["spike_length"]
    found, told, latent = list[Spot](), Arms(limit, first, growth, 0), tuple(settings["persistence_ratio"])
    names: list[str] = []
    if band is not None:
        angles = settings[f"spike_angles_{BANDS[number]}"]
        found = spots(band.both, band.magzp, x, y, mag, settings)
        with np.errstate(invalid="ignore"):
            bright = mag < limit
        seen = arms(band.both, angles, x[bright], y[bright], mag[bright], settings)
        ratios = _latent(band, hemispheres, x, y, mag, settings)
        names = [name for name, there in (("glints", found), ("spikes", seen), ("persistence", ratios)) if there]
        told, latent = seen or told, ratios or latent
    return tuple(found or _expected(BANDS[number], hemispheres, settings)), told, latent, tuple(names)


def _expected(band: str, hemispheres: str, settings: Settings) -> list[Spot]:
    """Return the glints of the settings: places assumed, fluxes only bounded."""
    low, high = settings["glint_ratio"]
    found = []
    for hemisphere in hemispheres:
        pairs = settings[f"glint_{hemisphere}_{band}"]
        for angle, distance in zip(pairs[::2], pairs[1::2], strict=True):
            dx, dy = -distance * np.sin(np.radians(angle)), distance * np.cos(np.radians(angle))
            found.append(Spot(float(dx), float(dy), float(np.sqrt(low * high)), 0))
    return found


def _latent(band: Band, hemispheres: str, x: Floats, y: Floats, mag: Floats, settings: Settings) -> tuple[float, ...]:
    """Measure how strong latent images are, one and two frame steps ahead of the stars; empty where few are seen."""
    found = []
    for times, usual in enumerate(settings["persistence_ratio"], 1):
        values = [
            value
            for letter, sign in (("n", 1), ("s", -1))
            if letter in band.directions
            for value in _ahead(
                band.directions[letter], band.magzp, x, y, mag, hemispheres, sign * times, usual, settings
            )
        ]
        if len(values) < settings["persistence_stars"][0]:
            break
        found.append(float(np.clip(np.median(values), 0.2 * usual, 5 * usual)))
    usual_ratios = settings["persistence_ratio"]
    return (*found, *(u * found[0] / usual_ratios[0] for u in usual_ratios[len(found) :])) if found else ()


def _ahead(
    layer: Layer, magzp: float, x: Floats, y: Floats, mag: Floats, hemispheres: str, times: int, usual: float,
    settings: Settings,
) -> list[float]:  # fmt: skip
    """Return flux ratios where latent images of bright stars should be well seen."""
    step = float(np.mean([settings[f"frame_step_{hemisphere}"][0] for hemisphere in hemispheres]))
    flux = 10 ** (0.4 * (magzp - mag))
    px, py = x, y + times * step
    sigma = layer.flux_sigma(px, py)
    with np.errstate(invalid="ignore"):
        strong = np.flatnonzero(flux * usual > settings["persistence_seen"][0] * sigma)
    around = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    signal = np.max([layer.at(layer.snr, px[strong] + dx, py[strong] + dy) for dx, dy in around], axis=0)
    return [float(value) for value in signal * sigma[strong] / flux[strong] if np.isfinite(value)]
