"""Completeness and false matches against the truth of a simulated field."""

from dataclasses import dataclass

import numpy as np
import pytest

from crossmatch import refresh
from schema.connection import Connection
from simulate.catalogs.psc import Psc, make_psc
from simulate.plan import Plan, make_plan
from tests.test_crossmatch_refresh import NEAR, add_catalog, add_run, extract

LIMIT, ERROR = 18.5, 0.1  # J magnitude of the faintest source, deeper than the PSC; arcsec per axis


@dataclass(frozen=True)
class Outcome:
    """Stars of the PSC, those whose best match is the source of the same object, and best matches of other objects."""

    stars: int
    right: int
    wrong: int
    false_rate: float
    sources: int


@pytest.fixture(scope="module")
def plan_and_psc() -> tuple[Plan, Psc]:
    plan = make_plan(90067, 1, 6, "strips", "real", None)
    return plan, make_psc(plan)


def outcome(conn: Connection, plan: Plan, psc: Psc) -> Outcome:
    """Match the objects of a field, as an extraction would see them, with its PSC."""
    sky, rng = plan.sky, np.random.default_rng(4)
    seen = np.flatnonzero(sky.mag[:, 0] < LIMIT)
    shift = rng.normal(0, ERROR / 3600, (len(seen), 2))
    places = np.column_stack(
        [sky.ra[seen] + shift[:, 0] / np.cos(np.radians(sky.dec[seen])), sky.dec[seen] + shift[:, 1]]
    )
    add_run(conn, 90067, NEAR)
    extract(conn, NEAR, 90067, places, pos_err=np.full(len(seen), ERROR))
    where = np.column_stack([psc.ra, psc.dec])
    error = np.full(len(where), 0.1)
    add_catalog(conn, "psc", where, first=0, err_maj=error, err_min=error)
    refresh(conn)
    best = conn.execute("SELECT id, cat_key FROM deepcal.xmatch WHERE best AND catalog = 'psc'").fetchall()
    same = sum(seen[source] == psc.main[star] for source, star in best)
    (rate,) = conn.execute("SELECT false_psc FROM deepcal.xmatch_state").fetchall()[0]
    return Outcome(len(where), int(same), len(best) - int(same), rate, len(seen))


def test_the_stars_of_the_psc_are_found_again(conn: Connection, plan_and_psc: tuple[Plan, Psc]) -> None:
    """Stars that move by over an arcsec between the epochs, and pairs the PSC did not split, may be missed."""
    found = outcome(conn, *plan_and_psc)
    assert found.stars > 100
    assert found.right > 0.95 * found.stars
    assert found.wrong < 0.03 * found.stars


def test_the_false_rate_is_that_of_chance(conn: Connection, plan_and_psc: tuple[Plan, Psc]) -> None:
    """So many stars of the PSC on the part of the sky they cover, within 1.5 arcsec of any place, by Poisson's law."""
    found = outcome(conn, *plan_and_psc)
    psc = plan_and_psc[1]
    area = np.ptp(psc.ra) * np.cos(np.radians(psc.dec.mean())) * np.ptp(psc.dec) * 3600**2
    expected = found.stars * np.pi * 1.5**2 / area
    assert found.false_rate == pytest.approx(expected, abs=4 * np.sqrt(expected / (8 * found.sources)))
