"""What residuals say of a scan, and when it is left out of a stack."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from combine.measure.robust import robust_sigma
from combine.stack.noise import freed
from combine.stack.passes import Statistics
from combine.stack.residual import FIT
from schema.settings import Settings

Array = NDArray[np.float64]
Plane = NDArray[np.float32]
GAIN = "star gain off by {:.3f}"
SHAPES = ("seeing off by {:.2f} pixel2", "shifted by {:.2f} arcsec", "star cores off by {:.2f} times the median")
"""What the images of stars tell: all bands of a scan were exposed together. Their gain may be off in one band alone,
where its zero point is wrong: it is asked last, so that it is the reason only where nothing else is."""


@dataclass(frozen=True)
class Verdict:
    """Residual statistics of one scan in one band; names and units as in deepcal.stack_scan."""

    noise_pixel: float
    noise_aper: float
    noise_wide: float
    resid_mean: float
    structure: float
    outlier_fraction: float
    fit: Array
    fit_resid: float

    @property
    def weight(self) -> float:
        """Inverse square of the noise in an empty aperture."""
        return self.noise_aper**-2

    def without(self, variance: float) -> "Verdict":
        """Return the verdict freed of the noise of the stack it was taken against: its variance in an aperture."""
        left = np.sqrt(max(1 - variance / self.noise_aper**2, 0.25))
        noises = {name: getattr(self, name) * left for name in ("noise_pixel", "noise_aper", "noise_wide")}
        return replace(self, **noises)

    @property
    def shift(self) -> float:
        """Residual shift, arcsec."""
        return float(np.hypot(self.fit[2], self.fit[3]))


def judge(statistics: Statistics, above: Plane, members: list[list[int]], part: Array) -> list[Verdict]:
    """Sum the statistics of each scan's images up, freed of the scans' own parts in the model.

    Parameters
    ----------
    statistics : of all images
    above : its apertures above their surroundings
    members : per scan, its images
    part : (scans,) part each scan has in the model that was subtracted: w/W, summing to 1; zeros where the model holds
        no scan's noise
    """
    sums = np.array([statistics.sums[images].sum(axis=0) for images in members])
    n = np.maximum(sums[:, 0], 1.0)
    mean = sums[:, 1] / n
    pixel = np.sqrt(freed(np.maximum(sums[:, 2] / n - mean**2, 1e-12), part))
    aper, wide = (_aperture_noise(sums_of, members, part, pixel) for sums_of in (above, statistics.apertures))
    verdicts = []
    for k, images in enumerate(members):
        cells = statistics.cells[images]
        structure = float(np.nanstd(cells) / aper[k]) if np.isfinite(cells).sum() > 10 else np.nan
        fit, chi = _star_fit(sums[k, 4:])
        outliers = float(sums[k, 3] / (n[k] + sums[k, 3]))
        middle = float(mean[k] / pixel[k])
        noises = float(pixel[k]), float(aper[k]), float(wide[k])
        verdicts.append(Verdict(*noises, middle, structure, outliers, fit, chi))
    return verdicts


def _aperture_noise(apertures: Plane, members: list[list[int]], part: Array, pixel: Array) -> Array:
    """Return the noise of each scan in its empty apertures."""
    seen = np.array([robust_sigma(apertures[images]) for images in members])
    # Without an empty place: the correlated noise of real images, 2.9 sqrt(49) times that of a pixel.
    return np.where(np.isfinite(seen) & (seen > 0), np.sqrt(freed(np.nan_to_num(seen) ** 2, part)), 20.3 * pixel)


def _star_fit(sums: Array) -> tuple[Array, float]:
    """Solve gain, Laplacian and shift from normal equations; return them and the reduced chi left."""
    normal, right, chi, count = sums[:16].reshape(FIT, FIT), sums[16:20], sums[20], sums[21]
    if count < 200:
        return np.zeros(FIT), np.nan
    scale = np.sqrt(np.maximum(np.diag(normal), 1e-30))
    fit = np.linalg.lstsq(normal / np.outer(scale, scale), right / scale, rcond=1e-10)[0] / scale
    return fit, float(np.sqrt(max(chi - right @ fit, 0.0) / count))


def reject(verdicts: list[Verdict], settings: Settings, doubted: NDArray[np.bool_] | None = None) -> list[str | None]:
    """Return per scan of one band and direction why it is left out, or None where it is good.

    Every quantity is compared with the median scan's, so that a limit means the same in every field.

    Parameters
    ----------
    doubted : (scans,) whose stars another band found wrong: limits of stars are lower for them (`reject_doubted`)
    """
    if len(verdicts) < 3:
        return [None] * len(verdicts)
    noise = np.array([v.noise_aper for v in verdicts])
    wide = np.array([v.noise_wide for v in verdicts])
    structure = np.array([v.structure for v in verdicts])
    outliers = np.array([v.outlier_fraction for v in verdicts])
    fit = np.array([v.fit for v in verdicts])
    rest = np.array([v.fit_resid for v in verdicts])
    centre = np.median(fit, axis=0)
    shift = np.hypot(fit[:, 2] - centre[2], fit[:, 3] - centre[3])
    usual = np.median(rest[np.isfinite(rest)]) if np.isfinite(rest).any() else np.nan
    rough = np.median(structure[np.isfinite(structure)]) if np.isfinite(structure).any() else np.nan
    tests = [
        ("noise {:.2f} times the median", noise / np.median(noise), settings["reject_noise"][0]),
        ("sky {:.2f} times as rough as the median", wide / np.median(wide), settings["reject_rough"][0]),
        ("structure {:.2f} times the median", structure / rough, settings["reject_structure"][0]),
        ("{:.5f} more of its pixels are outliers", outliers - np.median(outliers), settings["reject_outliers"][0]),
        (SHAPES[0], np.abs(fit[:, 1] - centre[1]), settings["reject_shape"][0]),
        (SHAPES[1], shift, settings["reject_shift"][0]),
        (SHAPES[2], rest / usual, settings["reject_cores"][0]),
        (GAIN, np.abs(fit[:, 0] - centre[0]), settings["reject_gain"][0]),
    ]
    reasons: list[str | None] = [None] * len(verdicts)
    for words, value, limit in tests:
        strict = settings["reject_doubted"][0] if words in (GAIN, *SHAPES) else 1.0
        for k in np.flatnonzero(value > (limit if doubted is None else limit * np.where(doubted, strict, 1.0))):
            reasons[k] = reasons[k] or words.format(value[k])
    return reasons


def by_stars(reason: str | None) -> bool:
    """Tell whether a scan was left out for the images of its stars, which tells of its other bands."""
    return reason is not None and reason.startswith(tuple(words.split("{", 1)[0] for words in SHAPES))
