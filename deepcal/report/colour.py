"""Three infrared bands as one colour picture: Ks red, H green, J blue, the same stretch for every picture."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

Plane = NDArray[np.float32]
Picture = NDArray[np.float32]
BANDS = "khj"  # red, green, blue
WHITE = {"j": 0.0, "h": 0.55, "k": 0.75}  # J less this band of what is shown white: between stars and galaxies
BLANK = 0.1


@dataclass(frozen=True)
class Stretch:
    """An asinh stretch of brightness, from `black` to `white`, linear near `linear`, all in noises of the stack.

    The bands are weighted so that an object of the colours WHITE is grey. Colours are those of the smoothed picture,
    and fade below `faint`: those of single pixels are noise.
    Source: Lupton et al. 2004, PASP 116, 133.
    """

    noise: float
    gain: Mapping[str, float]
    black: float = -5.5
    linear: float = 5.0
    white: float = 450.0
    faint: float = 16.0
    vivid: float = 0.9

    @classmethod
    def of(cls, noise: Mapping[str, float], magzp: Mapping[str, float]) -> "Stretch":
        """Make the stretch for stacks of this noise of a pixel (DN) and zero point (mag)."""
        gain = {band: 10 ** (-0.4 * (magzp[band] - magzp["j"] + WHITE[band])) for band in BANDS}
        return cls(float(np.mean([noise[band] * gain[band] for band in BANDS])), gain)

    def picture(self, planes: Mapping[str, Plane]) -> Picture:
        """Return (ny, nx, 3) from 0 to 1 of planes without their sky (DN); blank pixels are dark grey."""
        light = np.stack([planes[band] * np.float32(self.gain[band] / self.noise) for band in BANDS], axis=-1)
        blank = np.asarray(~np.isfinite(light).all(axis=-1))
        light = np.where(blank[..., None], np.float32(0), light)
        bright = self._brightness(light.mean(axis=-1, keepdims=True))
        smooth = gaussian_filter(light, (1, 1, 0))
        mean = smooth.mean(axis=-1, keepdims=True)
        tint = (smooth - mean) / np.maximum(np.abs(mean), self.faint)
        colour = bright * (1 + self.vivid * np.clip(tint, -1, 1.5))
        colour /= np.maximum(colour.max(axis=-1, keepdims=True), 1)  # what is too bright keeps its colour
        colour = np.clip(colour, 0, 1)
        colour[blank] = BLANK
        return np.asarray(colour, np.float32)

    def grey(self, plane: Plane, band: str) -> Picture:
        """Return one band from 0 to 1 under the same stretch."""
        light = plane * np.float32(self.gain[band] / self.noise)
        return np.asarray(np.where(np.isfinite(light), self._brightness(np.nan_to_num(light)), np.float32(BLANK)))

    def _brightness(self, light: Plane) -> Picture:
        low, high = (np.arcsinh(level / self.linear) for level in (self.black, self.white))
        return np.asarray(np.clip((np.arcsinh(light / self.linear) - low) / (high - low), 0, 1), np.float32)
