"""What a stack predicts of one scan: its image, where it is faint, and how stars change with gain, seeing and shift."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from combine.measure.background import background

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Model:
    """A stack as a prediction of single scans.

    image : (ny, nx) DN
    faint : pixels without light of sources: only noise and background differ there
    star : pixels of stars bright enough to compare gain, seeing and position by
    basis : (4, ny, nx) light of sources, its Laplacian, and its slope in x and y, DN
    """

    image: Plane
    faint: Mask
    star: Mask
    basis: Plane


def make_model(image: Plane, sigma: float) -> Model:
    """Describe a stack, `sigma` being the noise of a pixel of one scan in DN."""
    blank = ~np.isfinite(image)
    basis = np.empty((4, *image.shape), np.float32)
    light = basis[0]
    np.subtract(image, _sky(image), out=light)
    light[blank] = 0
    _derivatives(basis)
    edge = ndimage.binary_dilation(blank, iterations=2)
    smooth = ndimage.uniform_filter(light, 3)
    below = smooth[~blank & (smooth < 0)]
    own = 1.4826 * np.median(-below) if below.size else 0.0  # the noise of the stack itself: half of it knows no source
    source = ndimage.binary_dilation(smooth > max(0.5 * sigma, 3 * own), iterations=3)
    faint = ~blank & ~source
    if faint.sum() < 0.1 * (~blank).sum():  # a crowded field has no empty sky: take its faintest part
        faint = ~blank & (light <= np.percentile(light[~blank], 30))
    star = (light > 10 * sigma) & ~edge
    return Model(image, faint, star, basis)


def _derivatives(basis: Plane) -> None:
    """Fill the Laplacian and the slopes of the light, each in its place."""
    light, laplacian, slope_x, slope_y = basis
    ndimage.laplace(light, output=laplacian, mode="nearest")
    np.subtract(light[:, :-2], light[:, 2:], out=slope_x[:, 1:-1])
    np.subtract(light[:-2], light[2:], out=slope_y[1:-1])
    slope_x[:, 1:-1] *= np.float32(0.5)
    slope_y[1:-1] *= np.float32(0.5)
    slope_x[:, 0], slope_x[:, -1] = light[:, 0] - light[:, 1], light[:, -2] - light[:, -1]
    slope_y[0], slope_y[-1] = light[0] - light[1], light[-2] - light[-1]


def _sky(image: Plane) -> Plane:
    """Return the smooth background from every other pixel: a quarter of the work."""
    coarse = background(image[::2, ::2], cell=32.0)
    return coarse.repeat(2, axis=0).repeat(2, axis=1)[: image.shape[0], : image.shape[1]]
