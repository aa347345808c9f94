"""Variable stars: which stars vary, how, and how bright they are at any time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

KINDS = ("", "detached", "contact", "pulsating", "rotating", "longperiod")
"""Kinds of variables by number; 0 does not vary."""
PERIODS = ((0.0, 0.0), (0.6, 20.0), (0.2, 0.8), (0.25, 30.0), (0.3, 40.0), (30.0, 100.0))
"""Smallest and largest period (days) of each kind, even in its logarithm."""
AMPLITUDES = ((0.0, 0.0), (0.08, 0.40), (0.05, 0.35), (0.08, 0.35), (0.01, 0.08), (0.04, 0.50))
"""Half the range of the light in J (mag), even in its logarithm."""
COLOURS = ((0, 0, 0), (1, 0.98, 0.96), (1, 0.97, 0.95), (1, 0.72, 0.62), (1, 0.82, 0.72), (1, 0.85, 0.70))
"""Amplitude in J, H, Ks over that in J."""
MIXTURE = (0.20, 0.20, 0.12, 0.36, 0.12)  # of the kinds 1 to 5
SHARE = 0.012  # of stars
PHASES = 256
EPOCH = 2451545.0  # Julian date near which phase 0 lies


@dataclass(frozen=True)
class Variability:
    """How objects vary, arrays (n,): kind (see KINDS), period (days), half range in J (mag), Julian date of phase 0."""

    kind: Ints
    period: Array
    amplitude: Array
    epoch: Array

    def part(self, mine: Ints) -> "Variability":
        """Return some of the objects."""
        return Variability(self.kind[mine], self.period[mine], self.amplitude[mine], self.epoch[mine])

    def light(self, jdate: Array) -> Array:
        """Return by how much (mag, positive is fainter) the objects differ from their mean: (times, n, 3)."""
        time = np.atleast_1d(np.asarray(jdate, float))
        found = np.zeros((time.size, self.kind.size, 3))
        mine = np.flatnonzero(self.kind)
        if mine.size:
            kind = self.kind[mine]
            phase = (time[:, None] - self.epoch[mine]) / self.period[mine]
            place = (phase % 1) * PHASES
            low = np.minimum(place.astype(np.int64), PHASES - 1)
            part = place - low
            value = SHAPES[kind, low] * (1 - part) + SHAPES[kind, (low + 1) % PHASES] * part
            found[:, mine] = (value * self.amplitude[mine])[..., None] * np.array(COLOURS)[kind]
        return found


def draw_variability(rng: np.random.Generator, star: NDArray[np.bool_], planted: Ints) -> Variability:
    """Draw which stars vary: a share of all, and those `planted` (indices), which take every kind in turn."""
    n = star.size
    kind = np.where(rng.random(n) < SHARE, rng.choice(np.arange(1, len(KINDS)), n, p=MIXTURE), 0)
    kind[planted] = 1 + np.arange(planted.size) % (len(KINDS) - 1)
    kind = np.where(star, kind, 0)
    low, high = np.log(np.maximum(np.array(PERIODS), 1e-9))[kind].T
    period = np.where(kind > 0, np.exp(rng.uniform(0, 1, n) * (high - low) + low), np.nan)
    low, high = np.log(np.maximum(np.array(AMPLITUDES), 1e-9))[kind].T
    amplitude = np.where(kind > 0, np.exp(rng.uniform(0, 1, n) * (high - low) + low), 0.0)
    return Variability(kind, period, amplitude, EPOCH + rng.uniform(0, 1, n) * np.nan_to_num(period))


def _shapes() -> Array:
    """Return the light curves of the kinds over one period: mean 0, range 2, positive is fainter."""
    p = np.arange(PHASES) / PHASES

    def dip(centre: float, width: float) -> Array:
        away = (p - centre + 0.5) % 1 - 0.5
        return np.exp(-0.5 * (away / width) ** 4)

    rise = 0.18
    curves = np.stack(
        (
            np.zeros(PHASES),
            dip(0.0, 0.035) + 0.55 * dip(0.5, 0.035),
            np.abs(np.cos(2 * np.pi * p)) ** 3 + 0.12 * np.cos(2 * np.pi * p),
            np.where(p < rise, 1 - p / rise, (p - rise) / (1 - rise)),
            np.cos(2 * np.pi * p) + 0.2 * np.cos(4 * np.pi * p + 1),
            np.cos(2 * np.pi * p),
        )
    )
    span = np.ptp(curves, axis=1, keepdims=True)
    curves = 2 * curves / np.where(span > 0, span, 1)
    centred: Array = curves - curves.mean(axis=1, keepdims=True)
    return centred


SHAPES = _shapes()
