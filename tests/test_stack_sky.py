"""The sky of a scan that comes in several images."""

import numpy as np
import pytest

from combine.stack.geometry import Offset, Placement, place
from combine.stack.pixels import Pixels
from combine.stack.sky import scan_skies
from schema.grid import SinWcs
from tests.stacks import GRID, image_row, noise_image

SLOPE = 5.0
"""DN of sky gained from the south to the north end of the field."""


def half(first: int, last: int, constant: float) -> tuple[Placement, Pixels]:
    """Cut rows out of a sloping sky as an image of their own, a constant apart."""
    sky = 100 + SLOPE * np.linspace(0, 1, 320)[:, None] + noise_image(1, 0.5) + constant
    data = sky[first:last]
    wcs = SinWcs(GRID.crval, (GRID.crpix[0], GRID.crpix[1] - first))
    row = image_row(
        1, usy=first, naxis2=last - first, y1=last - first, crpix2=wcs.crpix[1], sky_measured=float(np.median(data))
    )
    placed = place(row, GRID, Offset(np.zeros(1), np.zeros(1)), 0.005)
    assert placed is not None
    return placed, Pixels(data.astype(">f4"))


def test_images_that_share_rows_are_freed_of_one_sky() -> None:
    parts = [half(0, 187, 0.0), half(133, 320, 0.6)]
    skies = scan_skies([p for p, _ in parts], [q for _, q in parts])
    assert skies[1] - skies[0] == pytest.approx(0.6, abs=0.05)
    assert np.mean(skies) == pytest.approx(np.mean([p.image.sky_measured for p, _ in parts]))


def test_images_that_share_nothing_keep_their_own() -> None:
    parts = [half(0, 100, 0.0), half(200, 320, 3.0)]
    skies = scan_skies([p for p, _ in parts], [q for _, q in parts])
    assert skies == pytest.approx([p.image.sky_measured for p, _ in parts])
