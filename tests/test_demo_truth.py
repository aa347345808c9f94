"""The comparison with the truth: what counts as found, as false, as an error."""

import numpy as np
import pandas as pd
import pytest

from deepcal.truth.depth import Sight
from deepcal.truth.errors import errors, predicted, residuals
from deepcal.truth.recovery import completeness, purity
from deepcal.truth.spoiled import rejections
from tests.truths import sight, sources, truth


def test_a_source_without_a_true_object_within_an_arcsecond_is_spurious() -> None:
    found = purity(truth({"x": 10.0}), sources({"x": 10.9}, {"x": 11.1}))
    assert (found.sources, found.spurious, found.unlike) == (2, 1, 0)


def test_a_flagged_source_is_not_spurious() -> None:
    found = purity(truth({}), sources({"x": 50.0, "cc_flg": "G"}))
    assert (found.sources, found.spurious, found.flagged["G"], found.flagged_real["G"]) == (0, 0, 1, 0)


def test_an_object_of_less_than_half_the_flux_is_another_one() -> None:
    found = purity(truth({"j_m": 16.0}), sources({"j_m": 15.0}))
    assert (found.spurious, found.unlike) == (0, 1)


def test_the_light_of_objects_closer_than_an_arcsecond_is_added_up() -> None:
    two = truth({"j_m": 15.8}, {"x": 0.5, "j_m": 15.8})
    assert purity(two, sources({"j_m": 15.0})).unlike == 0


def test_chance_is_measured_20_arcsec_away() -> None:
    crowd = truth(*({"x": 20.0 + dx, "y": dy} for dx in (-0.4, 0.4) for dy in (-0.4, 0.4)))
    assert purity(crowd, sources({})).chance == pytest.approx(0.25)


@pytest.mark.parametrize(("x", "y", "on"), [(0.5, 14.0, 1), (0.5, 26.0, 0), (5.0, 14.0, 0)])
def test_false_light_on_the_arm_of_a_spike_is_told_apart(x: float, y: float, on: int) -> None:
    arm = pd.DataFrame({"kind": ["spike"], "x": [0.0], "y": [15.0], "angle": [0.0], "length": [20.0]})
    assert purity(truth({"x": 100.0}, artifacts=arm), sources({"x": x, "y": y})).on_artifact == on


def test_errors_are_measured_less_true_with_east_and_north_positive() -> None:
    found = residuals(truth({"x": 50.0}), sources({"x": 49.9, "y": 0.2, "j_m": 15.03}), "j", sight())
    assert (found.dmag[0], found.dra[0], found.ddec[0]) == pytest.approx((0.03, 100, 200), abs=1e-4)


def test_errors_count_isolated_bright_stars_only() -> None:
    sky = truth({"x": 9.0}, {"x": 29.0, "blended": True}, {"x": 49.0, "kind": "galaxy"}, {"x": 69.0, "j_m": 19.0})
    seen = sources({"x": 9.0}, {"x": 29.0}, {"x": 49.0}, {"x": 69.0, "j_m": 19.0})
    assert errors(residuals(sky, seen, "j", sight())).stars == 1


def test_the_predicted_scatter_of_equal_errors_is_that_error() -> None:
    assert predicted(np.full(50, 0.02)) == pytest.approx(0.02, rel=0.02)


def test_no_star_has_no_error() -> None:
    assert np.isnan(errors(residuals(truth({}), sources({"x": 90.0}), "j", sight())).mag_median)


def test_objects_are_counted_by_true_signal_to_noise() -> None:
    sky = truth({"x": 9.0, "j_m": 19.6}, {"x": 29.0, "j_m": 19.6}, {"x": 49.0, "j_m": 10.0})
    bins = completeness(sky, sources({"x": 9.0, "j_m": 19.5}, {"x": 49.0, "j_m": 12.0}), "j", sight())
    assert [(b.low, b.objects, b.found) for b in bins if b.objects] == [(7.0, 2, 1), (50.0, 1, 0)]


def test_a_quarter_of_the_scans_sees_half_the_signal_to_noise() -> None:
    share = np.ones((10, 10), np.float32)
    share[:, 0], share[:, 1] = 0, 0.25
    snr = Sight(20.0, share).snr(np.full(4, 20.0), np.array([0.0, 1, 2, 40]), np.full(4, 5.0))
    assert snr == pytest.approx([0, 2.5, 5, 0])


def test_scans_are_counted_by_what_was_planted_and_what_became_of_them() -> None:
    fates = [
        (1, True, True, None),  # good and used
        (2, False, None, "cloud"),  # bad, by its score
        (3, False, False, "seeing"),  # bad, by its residuals
        (4, False, True, "meteor"),  # bad and missed
        (5, True, None, None),  # good, by its score
        (6, True, False, None),  # good, by its residuals
        (7, True, None, None),  # good here, bad in H
    ]
    rows = [(key, "j", good, used, fault) for key, good, used, fault in fates]
    rows += [(key, "h", key != 7, True, None) for key, *_ in fates]
    scans = pd.DataFrame(rows, columns=["scan_key", "band", "good", "used", "fault"]).astype({"used": "boolean"})
    found = rejections(scans, "j")
    assert (found.bad, found.by_score, found.by_residuals, found.missed) == (3, 1, 1, 1)
    assert (found.good, found.good_by_score, found.good_by_residuals, found.spoiled_elsewhere) == (4, 1, 1, 1)
    assert found.missed_kinds == ("meteor",)


def test_objects_are_held_against_where_they_were_when_the_scans_were_made() -> None:
    moving = truth({"pmra": 600.0, "pmdec": -500.0})
    there = moving.at(1998.0)
    assert (there.objects.x[0], there.objects.y[0]) == pytest.approx((1.2, 1.0))
    east = (there.objects.ra[0] - moving.objects.ra[0]) * np.cos(np.radians(moving.objects.dec[0])) * 3600
    assert (east, (there.objects.dec[0] - moving.objects.dec[0]) * 3600) == pytest.approx((-1.2, 1.0))


def test_variable_stars_tell_nothing_of_magnitude_errors() -> None:
    steady, variable = ({"x": x, "variable": kind} for x, kind in ((50.0, None), (100.0, "RR Lyrae")))
    found = residuals(truth(steady, variable), sources({"x": 50.0}, {"x": 100.0, "j_m": 15.4}), "j", sight())
    assert found.dmag.tolist() == pytest.approx([0.0])


def test_a_good_scan_with_a_fault_below_harm_may_be_left_out() -> None:
    rows = [(1, True, None, False), (2, True, "meteor", False), (3, True, None, True), (4, False, None, False)]
    scans = pd.DataFrame(rows, columns=["scan_key", "good", "slight", "used"]).assign(band="j", fault=None)
    found = rejections(scans, "j")
    assert (found.bad, found.good, found.good_by_residuals, found.slight) == (1, 3, 1, 1)


def test_airglow_that_the_weight_tells_of_is_not_missed() -> None:
    scans = pd.DataFrame(
        {
            "scan_key": [1, 2, 3],
            "band": "h",
            "good": [False, False, True],
            "fault": ["airglow", "cloud", None],
            "used": [True, True, True],
        }
    )
    found = rejections(scans, "h")
    assert (found.bad, found.weighed, found.missed, found.missed_kinds) == (2, 1, 1, ("cloud",))
