"""The picture of a period: the periodogram, and the light folded by the period."""

from pathlib import Path
from typing import Any

import numpy as np

from crossmatch.merged.light_curve import LightCurve
from crossmatch.merged.periods import Period
from deepcal.report.style import BAND_COLOUR, BAND_MARK, BAND_NAME, SECOND, SOFT, canvas, look, save


def plot_period(source: str, curve: LightCurve, found: Period, path: Path) -> Path:
    """Draw the periodogram of a star, and its J, H and Ks magnitudes over two turns of the period.

    Parameters
    ----------
    source : str
        How the star is called.
    curve : LightCurve
    found : Period
    path : Path
        The file to write, PNG or JPEG by its name.
    """
    with look():
        figure, (spectrum, *folded) = canvas(8, 9, 4, gridspec_kw={"height_ratios": (1.2, 1, 1, 1)})
        spectrum.plot(1 / found.periodogram.frequency, found.periodogram.power, color=SOFT, lw=0.6)
        spectrum.axvline(found.period, color=SECOND, lw=1, alpha=0.6)
        spectrum.set(xscale="log", xlabel="period (days)", ylabel="power (share of chi-square)")
        spectrum.set_title(
            f"{source}: {found.period:.6g} days, false alarm {found.false_alarm:.1g}, "
            f"{found.epochs} scans in {found.visits} visits"
        )
        phase = (curve.time - found.epoch) / found.period % 1
        for number, (axes, band) in enumerate(zip(folded, BAND_NAME, strict=True)):
            mag, sigma = (np.tile(values[:, number], 2) for values in (curve.mag, curve.sigma))
            marks: dict[str, Any] = {"fmt": BAND_MARK[band], "color": BAND_COLOUR[band], "ms": 2.5, "lw": 0.4}
            axes.errorbar(np.concatenate([phase, phase + 1]), mag, sigma, alpha=0.5, **marks)
            axes.set(ylabel=f"{BAND_NAME[band]} (mag)", xlim=(0, 2))
            axes.invert_yaxis()
        folded[-1].set_xlabel("phase, two turns; the light is at its maximum at 0")
        return save(figure, path)
