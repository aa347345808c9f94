"""The resampler: flux, position, blanks, and the sign of an offset."""

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from scipy import ndimage

from combine.stack.band import Direction
from combine.stack.geometry import Frame, Offset, place, share_rows
from combine.stack.passes import Stacker
from combine.stack.pixels import Pixels, open_pixels
from combine.stack.weights import TERMS, at_row
from schema.grid import Grid
from schema.pixels import WorkingCopies
from schema.settings import defaults
from tests.stacks import FRAME, GRID, image_row, member, star_image


def centroid(image: np.ndarray) -> tuple[float, float, float]:
    """Return flux and centroid (x, y) of what is not blank."""
    light = np.nan_to_num(image)
    y, x = np.mgrid[: light.shape[0], : light.shape[1]]
    return float(light.sum()), float((light * x).sum() / light.sum()), float((light * y).sum() / light.sum())


def stacked(data: np.ndarray, offset: tuple[float, float]) -> np.ndarray:
    """Resample one image by the offset of its scan."""
    one = member(1, data, offset=offset)
    return Stacker(one.placements, one.pixels, np.ones(1), FRAME).sum(np.ones(1)).mean


@pytest.mark.parametrize("phase", [0.0, 0.13, 0.25, 0.5, 0.77])
def test_every_subpixel_phase_keeps_flux_and_position(phase: float) -> None:
    data = star_image(np.array([80.3]), np.array([150.6]), np.array([1000.0]), fwhm=2.5)
    flux, x, y = centroid(stacked(data, (phase, phase)))
    assert flux == pytest.approx(1000, rel=1e-3)
    assert (x, y) == pytest.approx((80.3 + phase, 150.6 - phase), abs=0.005)


def test_the_peak_in_4_arcsec_is_kept_at_the_worst_phase() -> None:
    from combine.measure.aperture import aperture

    data = star_image(np.array([80.0]), np.array([150.0]), np.array([1000.0]), fwhm=2.5)
    whole, half = (stacked(data, (shift, shift)) for shift in (0.0, 0.5))
    sums = [float(aperture(image, 80.0 + s, 150.0 - s, 4.0).sum[0]) for image, s in ((whole, 0.0), (half, 0.5))]
    assert sums[1] / sums[0] == pytest.approx(1, abs=1e-3)


def test_an_offset_is_scan_minus_reference(tmp_path: Path) -> None:
    # One star by hand at Dec +59: the scan sees it 0.664" too far north, and 0.3" of true angle too far east.
    ra, dec = 145.75, 59.05
    header = WCS(naxis=2)
    header.wcs.ctype, header.wcs.crval, header.wcs.crpix = ["RA---SIN", "DEC--SIN"], [145.7446, 59.0619], [80.5, 160.5]
    header.wcs.cdelt = [-1 / 3600, 1 / 3600]
    seen_ra, seen_dec = ra + 0.3 / 3600 / np.cos(np.radians(dec)), dec + 0.664 / 3600
    x, y = header.all_world2pix(seen_ra, seen_dec, 0)
    data = star_image(np.array([x]), np.array([y]), np.array([1000.0]))
    path = tmp_path / "star.fits"
    fits.writeto(path, data.astype(">f4"), header.to_header())
    row = image_row(1, path=str(path))
    placed = place(row, GRID, Offset(np.array([0.3]), np.array([0.664])), 0.005)
    assert placed is not None
    image = Stacker([placed], [open_pixels(row, WorkingCopies(tmp_path, 1e9))], np.ones(1), FRAME).sum(np.ones(1)).mean
    _, cx, cy = centroid(image)
    found_ra, found_dec = GRID.sky(cx, cy)
    assert (found_dec - dec) * 3600 == pytest.approx(0, abs=0.005)
    assert (found_ra - ra) * 3600 * np.cos(np.radians(dec)) == pytest.approx(0, abs=0.005)


def test_a_blank_pixel_spoils_only_its_footprint() -> None:
    data = np.full((320, 160), 100.0)
    data[100, 80] = np.nan
    image = stacked(data, (0.4, 0.4))
    blank = np.argwhere(np.isnan(image[20:-20, 20:-20])) + 20
    assert len(blank) == 36
    assert blank.min(axis=0).tolist() == [97, 78]
    assert np.ptp(blank, axis=0).tolist() == [5, 5]


def test_a_rotated_image_keeps_positions() -> None:
    rotated = image_row(1, crota2=1.0)
    ra, dec = GRID.sky(np.array([30.0, 130.0, 80.0]), np.array([40.0, 290.0, 160.0]))
    x, y = rotated.wcs.pixel(ra, dec)
    data = star_image(x, y, np.full(3, 1000.0))
    placed = place(rotated, GRID, Offset(np.zeros(1), np.zeros(1)), 0.005)
    assert placed is not None
    image = Stacker([placed], [Pixels(data.astype(">f4"))], np.ones(1), FRAME).sum(np.ones(1)).mean
    labels, n = ndimage.label(np.nan_to_num(image) > 1)
    found = np.array([centroid(np.where(labels == k, image, np.nan)[:, :])[1:] for k in range(1, n + 1)])
    assert found == pytest.approx(np.array([[30.0, 40.0], [80.0, 160.0], [130.0, 290.0]]), abs=0.02)


def test_rows_that_two_coadds_share_count_once() -> None:
    low, high = image_row(1, usy=0, y1=200), image_row(1, usy=146, y0=146)
    zero = Offset(np.zeros(1), np.zeros(1))
    placed = [p for p in (place(i, GRID, zero, 0.005) for i in (low, high)) if p is not None]
    shared = share_rows(placed)
    pixels = [Pixels(np.full((320, 160), value, ">f4")) for value in (1.0, 3.0)]
    sums = Stacker(shared, pixels, np.ones(2), FRAME).sum(np.ones(2))
    assert sums.count.max() == 1
    assert set(np.unique(sums.mean[10:-10, 10:-10].round(3))) == {1.0, 3.0}


def test_native_and_swapped_bytes_give_the_same_stack() -> None:
    data = star_image(np.array([80.3]), np.array([150.6]), np.array([1000.0]))
    placed = place(image_row(1), GRID, Offset(np.array([0.3]), np.array([0.2])), 0.005)
    assert placed is not None
    stacks = [
        Stacker([placed], [Pixels(data.astype(kind))], np.ones(1), FRAME).sum(np.ones(1)).mean
        for kind in (">f4", "<f4")
    ]
    assert np.array_equal(stacks[0], stacks[1], equal_nan=True)


def test_an_image_off_the_grid_has_no_place() -> None:
    elsewhere = Grid.of(200.0, -30.0, 160, 320)
    assert place(image_row(1, elsewhere), GRID, Offset(np.zeros(1), np.zeros(1)), 0.005) is None


def test_the_first_pass_is_a_median_of_visit_means() -> None:
    values = [1.0, 2.0, 6.0, 50.0]
    members = [member(k, np.full((320, 160), 100.0 + v), visit=k) for k, v in enumerate(values)]
    direction = Direction(members, Frame.of(GRID), defaults())
    assert direction.first_pass()[100, 80] == pytest.approx(4.0, abs=1e-3)


def test_a_map_at_a_row_is_the_sum_of_all_its_terms() -> None:
    coefficients = np.random.default_rng(5).normal(0, 1, len(TERMS))
    u, v = 0.37, -0.81
    p, q, r = at_row(coefficients, v)
    whole = sum(c * u**i * v**j for c, (i, j) in zip(coefficients, TERMS, strict=True))
    assert p + u * (q + u * r) == pytest.approx(whole)
