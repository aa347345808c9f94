"""The resampler against exact images of stars, and against double precision."""

import numpy as np
import pytest
from numpy.typing import NDArray

from combine.measure.aperture import aperture
from combine.stack.geometry import Offset, Placement, place
from combine.stack.passes import Stacker
from combine.stack.pixels import Pixels
from combine.stack.weights import RESAMPLERS
from tests.exact import reference
from tests.stacks import FRAME, GRID, image_row, noise_image, star_image

Array = NDArray[np.float64]
X, Y = (a.ravel() for a in np.meshgrid(np.arange(22, 140, 23) + 0.07, np.arange(22, 300, 23) + 0.03))
FLUX = np.full(X.size, 1e4)
SPREAD = np.linspace(0, 1, X.size, endpoint=False)
"""Added to places, so that every sub-pixel phase occurs."""


def through(data: Array, placed: Placement, resampler: str = "lagrange") -> NDArray[np.float32]:
    """Put one image on the grid."""
    pixels = [Pixels(np.ascontiguousarray(data, ">f4"))]
    return Stacker([placed], pixels, np.ones(1), FRAME, resampler=resampler).sum(np.ones(1)).mean


def errors(fwhm: float, turn: float, offset: tuple[float, float], resampler: str = "lagrange") -> tuple[Array, Array]:
    """Resample stars; return relative errors of their fluxes in 4 arcsec, and distances of their centroids, arcsec."""
    row = image_row(1, crota2=turn)
    x, y = X + SPREAD, Y + (7 * SPREAD) % 1
    ra, dec = GRID.sky(x - offset[0], y + offset[1])
    data = star_image(*row.wcs.pixel(ra, dec), FLUX, fwhm)
    placed = place(row, GRID, Offset(np.array([offset[0]]), np.array([offset[1]])), 0.0005)
    assert placed is not None
    image, truth = through(data, placed, resampler), star_image(x, y, FLUX, fwhm).astype(np.float32)
    keep = (x > 20) & (x < 140) & (y > 20) & (y < 300)
    x, y = x[keep], y[keep]
    flux = aperture(image, x, y, 4.0).sum / aperture(truth, x, y, 4.0).sum - 1
    apart = np.hypot(*(a - b for a, b in zip(centroids(image, x, y), centroids(truth, x, y), strict=True)))
    return flux, apart


def centroids(image: NDArray[np.float32], x: Array, y: Array) -> tuple[Array, Array]:
    """Return the centroids of stars under a Gaussian window."""
    k = np.arange(-6, 7)
    py, px = np.rint(y).astype(int)[:, None, None] + k[:, None], np.rint(x).astype(int)[:, None, None] + k
    window = np.exp(-0.5 * ((px - x[:, None, None]) ** 2 + (py - y[:, None, None]) ** 2) / 1.3**2)
    light = np.nan_to_num(image)[py, px] * window
    total = light.sum(axis=(1, 2))
    shift_x, shift_y = ((light * (p - q[:, None, None])).sum(axis=(1, 2)) / total for p, q in ((px, x), (py, y)))
    return x + 2 * shift_x, y + 2 * shift_y


@pytest.mark.parametrize("turn", [0.0, 0.2, -0.6, 1.0])
@pytest.mark.parametrize("fwhm", [2.5, 3.5])
def test_flux_and_place_of_stars_stay_at_every_phase_and_rotation(fwhm: float, turn: float) -> None:
    for offset in ((0.0, 0.0), (0.25, -0.4), (0.5, 0.5)):
        flux, apart = errors(fwhm, turn, offset)
        assert np.abs(flux).max() < 1e-3
        assert apart.max() < 0.005


@pytest.mark.parametrize(
    ("resampler", "flux", "place"), [("lanczos3", 0.004, 0.006), ("cubic", 0.003, 0.035), ("bilinear", 0.014, 0.030)]
)
def test_other_resamplers_lose_what_is_known_of_them(resampler: str, flux: float, place: float) -> None:
    worst = np.zeros(2)
    for fwhm in (2.5, 3.5):
        for turn, offset in ((0.0, (0.0, 0.0)), (0.0, (0.5, 0.5)), (0.2, (0.25, -0.4)), (1.0, (0.5, 0.5))):
            found = errors(fwhm, turn, offset, resampler)
            worst = np.maximum(worst, [np.abs(found[0]).max(), found[1].max()])
    assert flux / 2 < worst[0] < flux
    assert place / 2 < worst[1] < place


@pytest.mark.parametrize("turn", [0.0, 0.7])
def test_a_stack_agrees_with_double_precision(turn: float) -> None:
    rng = np.random.default_rng(8)
    placements, images, exact = [], [], []
    for k in range(5):
        data = noise_image(k, 0.8) + 150 + star_image(X, Y, FLUX)
        offset = Offset(*(np.array([rng.normal(0, 0.4), 0.05, 0.1, 0.02, 0.03, -0.1]) for _ in range(2)))
        placed = place(image_row(k, crota2=turn), GRID, offset, 1e-9)
        assert placed is not None
        placements.append(placed)
        images.append(Pixels(data.astype(">f4")))
        exact.append(reference(data, placed, GRID) - 150)
    weight = rng.uniform(0.5, 2, 5)
    stacker = Stacker(placements, images, np.ones(5), FRAME, np.full(5, 150.0))
    stack = stacker.sum(weight).mean
    both = np.isfinite(stack)
    truth = np.average(np.stack(exact), axis=0, weights=weight)
    noise = 0.8 / np.sqrt(5)
    faint = both & np.isfinite(truth) & (np.abs(truth) < 5)
    assert faint.sum() > 25000
    assert np.abs(stack - truth)[faint].max() < 1e-4 * noise
    assert (np.isfinite(truth) <= both).all()


def test_backgrounds_are_taken_off_as_polynomials() -> None:
    placed = place(image_row(1), GRID, Offset(np.zeros(1), np.zeros(1)), 0.005)
    assert placed is not None
    v = (np.arange(GRID.ny) - FRAME.cy) / FRAME.hy
    u = (np.arange(GRID.nx) - FRAME.cx) / FRAME.hx
    c = np.zeros((3, 33))
    c[0, [0, 3, 7]], c[1, 1], c[2, 2] = (2.0, 1.0, 0.5), 0.7, -0.4
    surface = sum(u**i * np.polynomial.chebyshev.chebval(v, c[i])[:, None] for i in range(3))
    stacker = Stacker([placed], [Pixels((100 + surface).astype(">f4"))], np.ones(1), FRAME, np.full(1, 100.0))
    stacker.layers.background[0] = c
    assert np.nanmax(np.abs(stacker.sum(np.ones(1)).mean)) < 1e-4


def test_every_resampler_keeps_a_constant() -> None:
    placed = place(image_row(1), GRID, Offset(np.array([0.37]), np.array([-0.21])), 0.005)
    assert placed is not None
    for resampler in RESAMPLERS:
        image = through(np.full((320, 160), 50.0), placed, resampler)
        assert np.nanmax(np.abs(image - 50)) < 1e-4
