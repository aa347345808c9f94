"""Registration against offsets that are known."""

import numpy as np
import pytest

from combine.stack.register import Positions, register
from schema.grid import Grid
from schema.settings import defaults

GRID = Grid.of(28.6575, 0.7172)
RNG = np.random.default_rng(3)


def field(stars: int) -> tuple[np.ndarray, np.ndarray]:
    """Scatter stars over the field: pixel positions."""
    return RNG.uniform(5, 535, stars), RNG.uniform(5, 3595, stars)


def pattern(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Offset of the whole field that changes inside it, arcsec east and north."""
    u, v = (x - 269.5) / 270, (y - 1799.5) / 1800
    return -0.10 + 0.05 * u + 0.12 * v, 0.66 - 0.10 * v**2 + 0.03 * u


def seen(x: np.ndarray, y: np.ndarray, east: np.ndarray, north: np.ndarray, error: float) -> Positions:
    """Return the sky positions a scan with these offsets reports."""
    dx, dy = RNG.normal(0, error, (2, len(x)))
    return Positions(*GRID.sky(x - east + dx, y + north + dy))


def test_scan_and_field_offsets_are_found() -> None:
    x, y = field(400)
    east, north = pattern(x, y)
    shifts = RNG.normal(0, 0.1, (12, 2))
    shifts -= shifts.mean(axis=0)
    scans = {k: seen(x, y, east + s[0], north + s[1], 0.08) for k, s in enumerate(shifts)}
    found = register(GRID, scans, Positions(*GRID.sky(x, y)), defaults())
    for k, s in enumerate(shifts):
        own = found.scans[k].offset
        assert (own.dra[0], own.ddec[0]) == pytest.approx(tuple(s), abs=0.02)
    from combine.stack.geometry import Frame

    got_east, got_north = found.field.offset.at(Frame.of(GRID), x, y)
    assert np.abs(got_east - east).max() < 0.02
    assert np.abs(got_north - north).max() < 0.02
    assert found.field.terms >= 6  # what the pattern has


def test_a_pattern_that_bends_within_the_field_has_more_terms() -> None:
    from combine.stack.geometry import Frame

    x, y = field(600)
    wave = 0.12 * np.sin(6.8 * (y / GRID.ny * 2 - 1) + 0.4)
    scans = {k: seen(x, y, wave, -wave, 0.08) for k in range(12)}
    found = register(GRID, scans, Positions(*GRID.sky(x, y)), defaults())
    assert found.field.terms >= 13
    east, north = found.field.offset.at(Frame.of(GRID), x, y)
    assert np.std(east - wave) < 0.02
    assert np.std(north + wave) < 0.02


def test_without_the_psc_offsets_are_relative() -> None:
    x, y = field(200)
    scans = {k: seen(x, y, np.full(200, s), np.zeros(200), 0.05) for k, s in enumerate((-0.2, 0.0, 0.2))}
    found = register(GRID, scans, Positions(np.zeros(0), np.zeros(0)), defaults())
    assert found.field.terms == 0
    assert [found.scans[k].offset.dra[0] for k in range(3)] == pytest.approx([-0.2, 0.0, 0.2], abs=0.02)


def test_a_scan_without_detections_takes_the_offset_of_the_ensemble() -> None:
    x, y = field(100)
    zero = np.zeros(100)
    scans = {1: seen(x, y, zero, zero, 0.05), 2: Positions(np.zeros(0), np.zeros(0)), 3: seen(x, y, zero, zero, 0.05)}
    found = register(GRID, scans, Positions(*GRID.sky(x, y)), defaults())
    assert found.scans[2].stars == 0
    assert not found.scans[2].offset.dra.any()


def test_few_stars_give_a_shift_and_no_more() -> None:
    x, y = field(12)
    scans = {k: seen(x, y, np.full(12, s), np.zeros(12), 0.05) for k, s in enumerate((-0.3, 0.3))}
    found = register(GRID, scans, Positions(*GRID.sky(x, y)), defaults())
    assert not found.scans[0].offset.dra[1:].any()
    assert found.field.terms == 1


def test_registration_beats_a_mean_shift_where_the_offset_varies() -> None:
    from combine.stack.geometry import Frame

    x, y = field(500)
    east, north = pattern(x, y)
    east, north = east + 0.08 * np.sin(4.3 * (y - 1799.5) / 1800), north + 0.08 * np.cos(6.8 * (y - 1799.5) / 1800)
    own = RNG.normal(0, 0.1, (12, 2))
    scans = {k: seen(x, y, east + s[0], north + s[1], 0.1) for k, s in enumerate(own)}
    psc = Positions(*GRID.sky(*(place + RNG.normal(0, 0.08, 500) for place in (x, y))))
    found = register(GRID, scans, psc, defaults())
    for k, s in enumerate(own):
        got = (found.scans[k].offset + found.field.offset).at(Frame.of(GRID), x, y)
        for axis, true in enumerate((east + s[0], north + s[1])):
            assert np.std(got[axis] - true) < 0.03
            assert 2.5 * np.std(got[axis] - true) < np.std(true)  # what a mean shift leaves
