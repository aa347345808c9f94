"""The documentation: generated pages are up to date, links lead somewhere, no name has gone stale."""

import importlib.util
import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from deepcal.door import query
from deepcal.recipes import recipes
from schema.connection import Connection, connect
from tests.world import make_world

DOCS = Path(__file__).parent.parent / "docs"


KNOWN: dict[str, Any] = {"ra": 1.0, "dec": 1.0, "radius": 1.0, "tile": 1, "band": "j", "name": "", "scan_key": 1}
KNOWN |= dict.fromkeys(("magnitude", "snr", "index", "sigmas", "bright", "faint"), 10.0)


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", generator().PAGES)
def test_a_generated_page_is_up_to_date(conn: Connection, name: str) -> None:
    written = (DOCS / name).read_text()
    assert written == generator().PAGES[name](conn), "run `python -m docs.generate`"


def test_the_answers_in_the_cookbook_have_the_columns_that_the_queries_bring(conn: Connection) -> None:
    for name, kept in json.loads((DOCS / "results.json").read_text()).items():
        frame = query(name, conn, **{value: KNOWN[value] for value in recipes()[name].values})
        assert kept["columns"] == list(frame.columns), "run `python -m docs.results` after `deepcal demo`"


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", page.read_text())
    for target, anchor in links:
        aimed = (DOCS / target) if target else page
        assert aimed.exists(), target
        assert not anchor or anchor in anchors(aimed), anchor


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def test_the_python_examples_run(
    fresh_database: Callable[[], AbstractContextManager[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = re.findall(r"```python\n(.*?)```", (DOCS / "python.md").read_text(), re.DOTALL)
    with fresh_database() as dsn:
        with connect(dsn) as conn:
            make_world(conn)
        monkeypatch.setenv("DEEPCAL_DSN", dsn)
        names: dict[str, object] = {}
        for example in examples:
            exec(example, names)  # noqa: S102 - our own documentation
    assert all(len(names[name]) > 0 for name in ("near", "faint", "stars", "scans_here"))  # type: ignore[arg-type]
