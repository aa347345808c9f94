"""Faults of simulated scans: graded strengths, what is harmful, and which pixels they touch."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simulate.artifacts.habits import GLINT_NUMBER, Habits, habits
from simulate.camera.expose import expose
from simulate.faults import KINDS, Fault, plan_faults
from simulate.faults.harm import HARM, NEAR, SLIGHT
from simulate.faults.marks import mark_columns
from simulate.nights.visits import observe
from simulate.plan import Plan, make_plan

EVERY = (0, 1, 2)


@cache
def _plan() -> Plan:
    return replace(make_plan(90004, 3, 4, "strips", "low", None), faults={})


@pytest.fixture(scope="module")
def plan() -> Plan:
    return _plan()


@cache
def clean(band: int) -> NDArray[np.float32]:
    """Return the first scan without faults."""
    return expose(_plan(), _plan().scans[0], band, _plan().frame(_plan().scans[0]))[0]


def spoiled(plan: Plan, fault: Fault, band: int) -> tuple[NDArray[np.float32], list[dict[str, Any]]]:
    """Return how the first scan differs with a fault (DN), and the marks of the fault."""
    one = replace(plan, scans=plan.scans[:1], faults={0: fault})
    difference = expose(one, one.scans[0], band, one.frame(one.scans[0]))[0] - clean(band)
    columns = mark_columns(one, "jhk"[band])
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return difference, [row for row in rows if row["kind"] == fault.kind]


def strengths(kinds: tuple[str, ...]) -> dict[str, list[float]]:
    """Return the strengths, over the smallest harmful ones, of the faults of many fields."""
    found: dict[str, list[float]] = {kind: [] for kind in kinds}
    scans = observe(90330, 1, 247.89, 30.15, 120)
    for seed in range(20):
        for fault in plan_faults(90330, seed, scans).values():
            found[fault.kind].append(fault.harm)
    return found


def test_half_of_the_harmful_faults_of_a_kind_are_near_the_smallest() -> None:
    for kind, found in strengths((*KINDS, "glitch")).items():
        harmful = np.array([harm for harm in found if harm >= 1])
        assert harmful.size > 20, kind
        assert 0.3 < np.mean(harmful < NEAR) < 0.7, kind
        assert harmful.max() <= HARM[kind].largest + 1e-9


def test_some_faults_are_too_small_to_do_harm() -> None:
    small = [harm for found in strengths((*KINDS, "glitch")).values() for harm in found if harm < 1]
    assert len(small) > 60
    assert SLIGHT[0] <= min(small) < max(small) <= SLIGHT[1]


def test_every_kind_of_fault_does_harm_in_a_demo() -> None:
    planned = plan_faults(90330, 1, observe(90330, 1, 247.89, 30.15, 60))
    assert {fault.kind for fault in planned.values() if fault.harmful} == {*KINDS, "glitch"}


@pytest.mark.parametrize(("kind", "detail"), [("meteor", {"lines": 1.0}), ("insects", {"blobs": 6.0}), ("glitch", {})])
def test_light_of_a_fault_is_as_strong_as_told_and_inside_its_box(
    plan: Plan, kind: str, detail: dict[str, float]
) -> None:
    difference, (mark,) = spoiled(plan, Fault(kind, 40.0, EVERY, detail=detail), 1)
    skysig = plan.conditions.skysig[0, 1]
    y, x = np.nonzero(np.abs(np.nan_to_num(difference)) > 6 * skysig)
    assert mark["x0"] - 4 <= x.min() < x.max() <= mark["x1"] + 4
    assert mark["y0"] - 4 <= y.min() < y.max() <= mark["y1"] + 4
    assert 0.3 < np.nanpercentile(difference[difference > 3 * skysig], 99) / (40 * skysig) < 1.7


def test_the_way_of_a_meteor_runs_along_its_trail(plan: Plan) -> None:
    difference, (mark,) = spoiled(plan, Fault("meteor", 60.0, EVERY, detail={"lines": 1.0}), 1)
    at = np.linspace(0.1, 0.9, 40)
    x = np.interp(at, [0, 1], mark["path_x"])
    y = np.interp(at, [0, 1], mark["path_y"])
    inside = (x > 20) & (x < 500) & (y > 5) & (y < 3590)
    on = difference[np.round(y[inside]).astype(int), np.round(x[inside]).astype(int)]
    assert np.mean(on > 10 * plan.conditions.skysig[0, 1]) > 0.9


def test_airglow_has_the_told_strength_in_the_coadd(plan: Plan) -> None:
    ratios = []
    for index in range(4):
        calm = expose(plan, plan.scans[index], 1, plan.frame(plan.scans[index]))[0]
        bad = replace(plan, faults={index: Fault("airglow", 3.0, (1,))})
        image = expose(bad, plan.scans[index], 1, plan.frame(plan.scans[index]))[0]
        ratios.append(np.nanstd(image - calm) / plan.conditions.skysig[index, 1] / 3.0)
    assert 0.6 < np.mean(ratios) < 1.4


def test_banding_is_in_some_southern_j_scans_only() -> None:
    plan = make_plan(90004, 3, 60, "strips", "low", None)
    columns = mark_columns(replace(plan, faults={}), "jh")
    banded = {key for key, kind in zip(columns["scan_key"], columns["kind"], strict=True) if kind == "banding"}
    bands = {band for band, kind in zip(columns["band"], columns["kind"], strict=True) if kind == "banding"}
    south = {scan.scan_key for scan in plan.scans if scan.hemis == "s"}
    assert banded < south
    assert 0.08 < len(banded) / len(south) < 0.45
    assert bands == {"j"}


def test_cameras_have_habits_of_their_own_for_every_seed() -> None:
    both = [habits(seed, hemis) for seed in (1, 2) for hemis in "ns"]
    assert len({camera.glints for camera in both}) == len({camera.length for camera in both}) == 4
    for camera, hemis in zip(both, "nsns", strict=True):
        assert tuple(len(glints) for glints in camera.glints) == GLINT_NUMBER[hemis]
    assert isinstance(both[0], Habits)
    assert habits(1, "n") == both[0]


def test_the_page_on_the_simulator_names_the_smallest_harmful_size_of_every_fault() -> None:
    page = (Path(__file__).parent.parent / "docs" / "simulator.md").read_text()
    for kind, harm in HARM.items():
        assert f"| {kind} | {harm.smallest:g} | {harm.smallest * harm.largest:.3g} | {harm.unit} | {harm.why} |" in page
