"""Periods of variable stars: Lomb-Scargle over J, H and Ks together, with false alarms from shuffled visits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crossmatch.merged.light_curve import LightCurve
from crossmatch.merged.shuffles import highest_peaks
from schema.errors import BadArgument
from schema.progress import Progress, silent

Array = NDArray[np.float64]
OVERSAMPLING = 5  # points of the frequency grid in one peak
LEAST = 10  # measurements of a band that make a periodogram
EULER = 0.5772156649


@dataclass(frozen=True)
class Periodogram:
    """Power by frequency (1/day): the share of the chi-square of all bands that a sine of that frequency takes away."""

    frequency: Array
    power: Array


@dataclass(frozen=True)
class Period:
    """What the search found.

    Attributes
    ----------
    period : float
        Days, of the highest peak.
    power : float
        Its height, 0 to 1.
    false_alarm : float
        Probability of a peak as high somewhere in the range without any period: a Gumbel distribution put through the
        highest peaks of shuffled light curves.
    shuffles, above : int
        Shuffles made, and how many of them had a peak as high.
    amplitude : (3,) half the range of the fitted sine in J, H and Ks, mag; NaN in a band without measurements
    epoch : float
        Julian date of a maximum of light.
    epochs, visits : int
        Measurements in time, and visits.
    periodogram : Periodogram
    """

    period: float
    power: float
    false_alarm: float
    shuffles: int
    above: int
    amplitude: Array
    epoch: float
    epochs: int
    visits: int
    periodogram: Periodogram


def search(
    curve: LightCurve, shortest: float, longest: float, shuffles: int = 100, seed: int = 1, progress: Progress = silent
) -> Period:
    """Search a light curve for its period.

    J, H and Ks of a scan are simultaneous: each band has its own mean and sine, and what these take off the chi-square
    is added up (VanderPlas & Ivezic 2015, ApJ 812, 18, section 4.1).

    Parameters
    ----------
    curve : LightCurve
    shortest, longest : float
        The range of periods, days.
    shuffles : int
        Behind the false alarm; 0 leaves it unknown (NaN).
    seed : int
        Of the shuffles.
    progress : Progress
        Told of the shuffles.

    Raises
    ------
    BadArgument
        The range is none, or no band has ten measurements.
    """
    if not 0 < shortest < longest:
        raise BadArgument(f"periods from {shortest} to {longest} days: expected more than 0, the shorter one first")
    if np.isfinite(curve.mag).sum(axis=0).max(initial=0) < LEAST:
        raise BadArgument(f"no band has {LEAST} measurements: too few for a period")
    frequency = _grid(float(np.ptp(curve.time)), shortest, longest)
    spectrum = power(curve, frequency)
    best = _refined(curve, frequency, int(spectrum.argmax()))
    heights = highest_peaks(curve, frequency, shuffles, seed, progress) if shuffles else np.zeros(0)
    amplitude, epoch = _fit(curve, best)
    peak = float(spectrum.max())
    return Period(
        period=1 / best,
        power=peak,
        false_alarm=_false_alarm(peak, heights),
        shuffles=shuffles,
        above=int(np.sum(heights >= peak)),
        amplitude=amplitude,
        epoch=epoch,
        epochs=len(curve.time),
        visits=int(curve.visit[-1]) + 1,
        periodogram=Periodogram(frequency, spectrum),
    )


def _grid(baseline: float, shortest: float, longest: float) -> Array:
    step = 1 / (OVERSAMPLING * max(baseline, longest))
    return np.arange(1 / longest, 1 / shortest + step, step)


def power(curve: LightCurve, frequency: Array, method: str = "fast") -> Array:
    """Return the share of the chi-square of all bands that a sine takes away, by frequency."""
    from astropy.timeseries import LombScargle  # here, since astropy takes half a second to import

    taken, whole, mag, sigma = np.zeros(len(frequency)), 0.0, curve.mag, curve.sigma
    regular = {"assume_regular_frequency": True} if method == "fast" else {}
    for band in range(mag.shape[1]):
        good = np.isfinite(mag[:, band]) & (sigma[:, band] > 0)
        if good.sum() < LEAST:
            continue
        m, s = mag[good, band], sigma[good, band]
        chi2 = float(np.sum(((m - np.average(m, weights=s**-2)) / s) ** 2))
        taken += chi2 * LombScargle(curve.time[good], m, s).power(frequency, method=method, **regular)
        whole += chi2
    return taken / max(whole, 1e-300)


def _refined(curve: LightCurve, frequency: Array, place: int) -> float:
    """Return the frequency of a peak to a hundredth of its width."""
    step = frequency[1] - frequency[0]
    near = frequency[place] + step * np.linspace(-1, 1, 41)
    return float(near[power(curve, near, "cython").argmax()])


def _false_alarm(peak: float, heights: Array) -> float:
    """Return the probability of a peak this high, from the mean and scatter of the highest peaks of shuffles."""
    if len(heights) < 2:
        return float("nan")
    scale = heights.std(ddof=1) * np.sqrt(6) / np.pi
    return float(-np.expm1(-np.exp(-(peak - heights.mean() + EULER * scale) / scale)))


def _fit(curve: LightCurve, frequency: float) -> tuple[Array, float]:
    """Return the semi-amplitude of a sine in each band, and when the light of the best band is at its maximum."""
    from astropy.timeseries import LombScargle

    amplitude, weight, epoch = np.full(curve.mag.shape[1], np.nan), 0.0, float("nan")
    for band in range(curve.mag.shape[1]):
        good = np.isfinite(curve.mag[:, band]) & (curve.sigma[:, band] > 0)
        if good.sum() < LEAST:
            continue
        found = LombScargle(curve.time[good], curve.mag[good, band], curve.sigma[good, band])
        _, sine, cosine = found.model_parameters(frequency)
        amplitude[band] = np.hypot(sine, cosine)
        if (strength := amplitude[band] / np.median(curve.sigma[good, band])) > weight:
            weight = strength
            phase = np.arctan2(-sine, -cosine) / (2 * np.pi)  # the magnitude is smallest there
            epoch = (phase + np.ceil(curve.time[0] * frequency - phase)) / frequency
    return amplitude, float(epoch)
