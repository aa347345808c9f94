"""The walk-through of the README does what it says."""

import importlib.util
import re
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType

from schema.compiled import compiled_home

ROOT = Path(__file__).parent.parent


def walkthrough() -> ModuleType:
    spec = importlib.util.spec_from_file_location("walkthrough", ROOT / "docs" / "walkthrough.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["walkthrough"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def form(output: str) -> list[str]:
    """Return the lines of an output without its numbers, run names and the room they take."""
    lines = (re.sub(r"\b[0-9a-f]{12}\b", "RUN", line) for line in output.splitlines())
    return [" ".join(re.sub(r"-?[\d,.]*\d", "N", re.sub("-{2,}", "--", line)).split()) for line in lines]


def test_the_walk_through_prints_what_the_readme_shows(
    fresh_database: Callable[[], AbstractContextManager[str]], tmp_path: Path
) -> None:
    steps = walkthrough().read()
    with fresh_database() as dsn:
        place = {"DEEPCAL_DSN": dsn, "DEEPCAL_HOME": str(tmp_path / "home"), "NUMBA_CACHE_DIR": str(compiled_home())}
        done = walkthrough().run([step.line for step in steps], tmp_path, place)
    assert [one.code for one in done] == [0] * len(steps)
    for written, printed in zip(steps, done, strict=True):
        assert form(printed.output) == form(written.output), "run `python -m docs.walkthrough`"


def test_the_walk_through_has_six_lines_and_no_make() -> None:
    lines = [step.line for step in walkthrough().read()]
    assert len(lines) == 6
    assert not any("make" in line for line in lines)


def test_links_of_the_readme_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)\)", (ROOT / "README.md").read_text())
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_picture_of_the_readme_is_small() -> None:
    assert (ROOT / "docs" / "scan-and-stack.jpg").stat().st_size < 500_000
