"""Periods: found where the light varies, and not where it does not."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from crossmatch.merged.light_curve import LightCurve, read_light_curve
from crossmatch.merged.merge import merge
from crossmatch.merged.periods import power, search
from crossmatch.merged.shuffles import highest_peaks
from deepcal.cli import app
from schema.connection import Connection, connect
from schema.errors import BadArgument
from tests.epochs import TILE, observe, scattered, store, store_run, times

Array = NDArray[np.float64]
SIGMA, GAP = 0.03, 0.05


def sine(phase: Array) -> Array:
    return np.cos(2 * np.pi * phase)


def sawtooth(phase: Array) -> Array:
    """Rise within 0.15 of the period, as stars of RR Lyrae do."""
    return np.interp(phase % 1, (0, 0.15, 1), (1, -1, 1))


def contact(phase: Array) -> Array:
    """Two minima, almost alike."""
    return 0.9 * np.cos(4 * np.pi * phase) + 0.1 * np.cos(2 * np.pi * phase)


def curve(
    period: float,
    ratio: float,
    seed: int,
    scans: int = 500,
    common: float = 0.0,
    shape: Callable[[Array], Array] = sine,
) -> LightCurve:
    """Return a light curve of a shape whose semi-amplitude is `ratio` times the sigma of one epoch; `common` is the
    scatter (mag) that the scans of a visit share."""
    rng = np.random.default_rng(seed)
    time = times(scans, seed=seed)
    wave = ratio * SIGMA * shape(time / period + rng.random())
    shared = common * np.repeat(rng.standard_normal(-(-scans // 6)), 6)[:scans]
    mag = np.array([15.0, 14.5, 14.3]) + (wave + shared)[:, None] + rng.normal(0, SIGMA, (scans, 3))
    return LightCurve.of(time, mag, np.full_like(mag, SIGMA), GAP)


def test_ninety_percent_are_recovered_at_half_a_sigma() -> None:
    periods = 10 ** np.random.default_rng(1).uniform(np.log10(0.2), 2, 12)
    found = [search(curve(period, 0.5, i), 0.19, 110, shuffles=0).period for i, period in enumerate(periods)]
    right = np.abs(1 / np.array(found) - 1 / periods) < 1 / 1280
    assert right.mean() >= 0.9


@pytest.mark.parametrize(("shape", "cycles"), [(sawtooth, 1), (contact, 2)])
def test_sawteeth_are_recovered_too_and_contact_binaries_at_half_their_period(
    shape: Callable[[Array], Array], cycles: int
) -> None:
    periods = np.array([0.31, 2.7, 41.0])
    found = [
        search(curve(period, 0.5, i, shape=shape), 0.14, 110, shuffles=0).period for i, period in enumerate(periods)
    ]
    np.testing.assert_allclose(1 / np.array(found), cycles / periods, atol=1 / 1280)


def test_a_variable_is_no_false_alarm_and_its_sine_is_measured() -> None:
    one = curve(1.2345, 1.0, 3)
    found = search(one, 0.5, 50, shuffles=20)
    assert found.period == pytest.approx(1.2345, rel=2e-4)
    assert found.false_alarm < 1e-6
    assert found.above == 0
    np.testing.assert_allclose(found.amplitude, SIGMA, rtol=0.3)
    bright = np.abs((one.time - found.epoch) / found.period % 1 - 0.5) > 0.4
    assert one.mag[bright, 0].mean() < one.mag[:, 0].mean() - 0.5 * SIGMA


def test_a_constant_star_is_a_false_alarm_also_where_visits_have_something_in_common() -> None:
    chances = [search(curve(1.0, 0.0, 10 + i, 240, 0.03), 1.5, 50, shuffles=20).false_alarm for i in range(6)]
    assert np.median(chances) > 0.05
    assert min(chances) > 1e-3


def test_shuffles_are_measured_as_astropy_measures() -> None:
    one = curve(3.0, 2.0, 6, scans=120)
    one.mag[5:9, 0] = np.nan
    one.sigma[:, 1] *= 3
    alone = LightCurve(one.time, one.mag, one.sigma, np.zeros(120, int))  # one visit: a shuffle changes nothing
    frequency = np.linspace(0.01, 2, 3000)
    assert highest_peaks(alone, frequency, 2) == pytest.approx([power(alone, frequency, "cython").max()] * 2, rel=1e-4)


def test_shuffles_keep_visits_together() -> None:
    one = curve(3.0, 0.0, 6, scans=240, common=0.3)
    apart = LightCurve(one.time, one.mag, one.sigma, np.arange(240))
    frequency = np.linspace(0.01, 2, 3000)
    assert highest_peaks(one, frequency, 10).mean() > 1.5 * highest_peaks(apart, frequency, 10).mean()


def test_visits_end_at_a_gap() -> None:
    time = np.array([10.0, 10.01, 10.02, 10.2, 11.0, 10.015])
    found = LightCurve.of(time, np.zeros((6, 3)), np.ones((6, 3)), GAP)
    assert list(found.visit) == [0, 0, 0, 0, 1, 2]


def test_a_light_curve_is_read_without_what_is_ambiguous(conn: Connection) -> None:
    epochs = scattered(3, 24)
    rows = observe(epochs)
    rows[0] |= {"j_msigcom": None}
    store(conn, epochs, rows)
    store_run(conn, epochs)
    merge(conn, TILE)
    conn.execute("UPDATE merged_link SET ambiguous = true WHERE cntr = 24000")
    found = read_light_curve(conn, "star 0", GAP)
    assert found.mag.shape == (23, 3)
    assert np.isnan(found.mag).sum() == 1
    np.testing.assert_allclose(found.time, epochs.jdate[:23])
    np.testing.assert_array_equal(read_light_curve(conn, "1000", GAP).mag, found.mag)


def test_what_cannot_be_searched_is_said(conn: Connection) -> None:
    with pytest.raises(BadArgument, match="star nobody: no extractions"):
        read_light_curve(conn, "nobody", GAP)
    with pytest.raises(BadArgument, match="too few"):
        search(curve(1.0, 1.0, 1, scans=9), 0.5, 50)
    with pytest.raises(BadArgument, match="from 5 to 2 days"):
        search(curve(1.0, 1.0, 1), 5, 2)


def test_the_commands_merge_a_field_and_draw_a_period(
    fresh_database: Callable[[], AbstractContextManager[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    epochs = scattered(3, 240)
    with fresh_database() as dsn:
        with connect(dsn) as conn:
            store(conn, epochs, observe(epochs, light=lambda jdate: 0.1 * np.cos(2 * np.pi * jdate / 7.3) * np.ones(3)))
            store_run(conn, epochs)
            conn.execute("UPDATE setting SET value = '{20}' WHERE name = 'merged_shuffles'")
        monkeypatch.setenv("DEEPCAL_DSN", dsn)
        done = CliRunner().invoke(app, ["xmatch", "merge", "--json"])
        assert done.exit_code == 0, done.exception
        merged = json.loads(done.stdout)
        assert [(one["tile"], one["links"]) for one in merged] == [(TILE, 720)]
        words = ["show", "period", "star 1", "--from", "5", "--to", "20", "--plot", str(tmp_path / "p.png"), "--json"]
        told = json.loads(CliRunner().invoke(app, words).stdout)
    assert told["period"] == pytest.approx(7.3, rel=1e-3)
    assert told["false_alarm"] < 0.01
    assert (tmp_path / "p.png").stat().st_size > 10_000
