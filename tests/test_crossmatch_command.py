"""`deepcal xmatch refresh`, as people and schedulers run it."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from schema.connection import connect
from tests.conftest import Command
from tests.test_crossmatch_refresh import EAST, NEAR, add_catalog, add_run, around, extract


@pytest.fixture
def waiting(
    fresh_database: Callable[[], AbstractContextManager[str]], monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A database with one field that waits for its first refresh."""
    with fresh_database() as dsn:
        with connect(dsn) as conn:
            add_run(conn, 90001, NEAR)
            extract(conn, NEAR, 90001, around(EAST))
            add_catalog(conn, "psc", around(EAST))
        monkeypatch.setenv("DEEPCAL_DSN", dsn)
        yield


@pytest.mark.usefixtures("waiting")
def test_a_refresh_reports_what_it_did_and_the_next_one_nothing(command: Command) -> None:
    first = json.loads(command("xmatch", "refresh", "--json").stdout)
    assert (first["matched"], first["sources"], first["best"], first["stored"]) == ([NEAR], 3, 3, 3)
    second = command("xmatch", "refresh")
    assert second.returncode == 0
    assert re.search(r"^runs matched +0$", second.stdout, re.MULTILINE)
