"""Saturated stars have the magnitude of the short exposures."""

import numpy as np
import pytest

from combine.extract.saturated import ShortExposures, with_short_exposures
from combine.extract.table import Columns
from schema.settings import defaults

SETTINGS = defaults()
VEGA = SETTINGS["vega_jy"]


def rows() -> Columns:
    """Return a star whose long exposures saturate, beside a faint neighbour."""
    out: Columns = {"id": np.array([1, 2]), "x": np.array([100.0, 101.5]), "y": np.array([200.0, 200.0])}
    for b, band in enumerate("jhk"):
        flux = VEGA[b] * 1e6 * 10 ** (-0.4 * np.array([7.9, 15.0]))
        out |= {f"{band}_{name}": np.full(2, np.nan) for name in ("m", "msig", "m_mean", "m95", "flux_sig")}
        out[f"{band}_flux"] = flux
    return out | {"rd_flg": np.array(["444", "444"], object)}


def short(count: int, scans: int, bands: tuple[bool, bool, bool] = (True, False, True)) -> ShortExposures:
    rng = np.random.default_rng(3)
    mag = np.where(bands, rng.normal((7.0, 6.5, 6.4), 0.03, (count, 3)), np.nan)
    x, y = 100.4 + rng.normal(0, 0.1, count), 200.5 + rng.normal(0, 0.1, count)
    return ShortExposures(x, y, mag, scans)


def test_the_magnitude_of_short_exposures_replaces_that_of_the_stack() -> None:
    found = with_short_exposures(rows(), short(30, 60), VEGA, SETTINGS)
    assert found["rd_flg"].tolist() == ["141", "444"]
    assert found["j_m"][0] == pytest.approx(7.0, abs=0.02)
    assert found["j_msig"][0] == pytest.approx(np.hypot(0.012, 1.2533 * 0.03 / 30**0.5), rel=0.1)
    assert found["j_flux"][0] == pytest.approx(VEGA[0] * 1e6 * 10 ** (-0.4 * found["j_m"][0]))
    assert np.isnan(found["h_m"][0])


def test_the_neighbour_keeps_its_own_values() -> None:
    before = rows()
    found = with_short_exposures(before, short(30, 60), VEGA, SETTINGS)
    assert found["j_flux"][1] == before["j_flux"][1]


def test_a_star_that_few_scans_saturate_is_measured_on_the_stack() -> None:
    found = with_short_exposures(rows(), short(6, 60), VEGA, SETTINGS)
    assert found["rd_flg"].tolist() == ["444", "444"]


def test_without_extractions_nothing_changes() -> None:
    none = ShortExposures(*np.empty((2, 0)), np.empty((0, 3)), 60)
    before = rows()
    found = with_short_exposures(before, none, VEGA, SETTINGS)
    assert found["j_flux"].tolist() == before["j_flux"].tolist()
