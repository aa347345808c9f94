"""What residuals say of a scan, and when it is left out of a stack."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from combine.measure.robust import robust_sigma
from combine.stack.passes import Statistics
from combine.stack.residual import FIT
from schema.settings import Settings

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Verdict:
    """Residual statistics of one scan in one band; names and units as in deepcal.stack_scan."""

    noise_pixel: float
    noise_aper: float
    resid_mean: float
    structure: float
    outlier_fraction: float
    fit: Array
    fit_resid: float

    @property
    def weight(self) -> float:
        """Inverse square of the noise in an empty aperture."""
        return self.noise_aper**-2

    @property
    def shift(self) -> float:
        """Residual shift, arcsec."""
        return float(np.hypot(self.fit[2], self.fit[3]))


def judge(statistics: Statistics, members: list[list[int]], weight: Array, own: bool) -> list[Verdict]:
    """Sum the statistics of each scan's images up, freed of the scan's own share in the stack.

    Parameters
    ----------
    statistics : of all images
    members : per scan, its images
    weight : (scans,) weight each scan has in the stack that was subtracted; 0 for scans outside
    own : False where the model holds no scan's noise, so that there is no share to take out

    Notes
    -----
    A scan inside the stack leaves its variance times 1 - w/W; one outside adds the stack's 1/W to its own.
    """
    total = weight.sum()
    verdicts = []
    for k, images in enumerate(members):
        sums = statistics.sums[images].sum(axis=0)
        apertures = statistics.apertures[images]
        n = max(sums[0], 1.0)
        mean = sums[1] / n
        variance = max(sums[2] / n - mean**2, 1e-12)
        share = max(1 - weight[k] / total, 0.05) if own and weight[k] > 0 and total > 0 else 1.0
        pixel = float(np.sqrt(variance / share))
        aper = robust_sigma(apertures) / np.sqrt(share)
        if not np.isfinite(aper) or aper <= 0:
            aper = 20.3 * pixel  # no empty place: the correlated noise of real images, 2.9 sqrt(49)
        if own and weight[k] == 0 and total > 0:
            aper = np.sqrt(max(aper**2 - 1 / total, 0.25 * aper**2))
        cells = statistics.cells[images]
        structure = float(np.nanstd(cells)) / aper if np.isfinite(cells).sum() > 10 else np.nan
        fit, chi = _star_fit(sums[4:])
        verdicts.append(
            Verdict(pixel, float(aper), float(mean / pixel), structure, float(sums[3] / (n + sums[3])), fit, chi)
        )
    return verdicts


def _star_fit(sums: Array) -> tuple[Array, float]:
    """Solve gain, Laplacian and shift from normal equations; return them and the reduced chi left."""
    normal, right, chi, count = sums[:16].reshape(FIT, FIT), sums[16:20], sums[20], sums[21]
    if count < 200:
        return np.zeros(FIT), np.nan
    scale = np.sqrt(np.maximum(np.diag(normal), 1e-30))
    fit = np.linalg.lstsq(normal / np.outer(scale, scale), right / scale, rcond=1e-10)[0] / scale
    return fit, float(np.sqrt(max(chi - right @ fit, 0.0) / count))


def reject(verdicts: list[Verdict], settings: Settings) -> list[str | None]:
    """Return per scan of one band and direction why it is left out, or None where it is good.

    Every quantity is compared with the median scan's, so that a limit means the same in every field.
    """
    if len(verdicts) < 3:
        return [None] * len(verdicts)
    noise = np.array([v.noise_aper for v in verdicts])
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
        ("structure {:.2f} times the median", structure / rough, settings["reject_structure"][0]),
        ("{:.5f} more of its pixels are outliers", outliers - np.median(outliers), settings["reject_outliers"][0]),
        ("star gain off by {:.3f}", np.abs(fit[:, 0] - centre[0]), settings["reject_gain"][0]),
        ("seeing off by {:.2f} pixel2", np.abs(fit[:, 1] - centre[1]), settings["reject_shape"][0]),
        ("shifted by {:.2f} arcsec", shift, settings["reject_shift"][0]),
        ("star cores off by {:.2f} times the median", rest / usual, settings["reject_cores"][0]),
    ]
    reasons: list[str | None] = [None] * len(verdicts)
    for words, value, limit in tests:
        for k in np.flatnonzero(value > limit):
            reasons[k] = reasons[k] or words.format(value[k])
    return reasons
