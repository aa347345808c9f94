"""The documentation: generated pages are up to date, links lead somewhere, no name has gone stale."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from schema.connection import Connection

DOCS = Path(__file__).parent.parent / "docs"


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
    assert written == generator().PAGES[name](conn), "run `python docs/generate.py`"


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
