"""Compiled loops never outlive their code, and are kept as long as it stands."""

import sys
from pathlib import Path

import pytest

from schema.code import code_digest
from schema.compiled import folder_of

HOUSE = Path(__file__).parents[1]


@pytest.fixture
def loops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with three modules, of which one imports another."""
    monkeypatch.setenv("DEEPCAL_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "loops_for_test", raising=False)
    package = tmp_path / "loops_for_test"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "inner.py").write_text("x = 1\n")
    (package / "outer.py").write_text("from loops_for_test.inner import x\n")
    (package / "other.py").write_text("y = 1\n")
    return package


@pytest.mark.parametrize(("changed", "moves"), [("inner", True), ("outer", True), ("other", False)])
def test_machine_code_is_left_behind_by_a_change_of_the_module_or_of_what_it_imports(
    loops: Path, changed: str, moves: bool
) -> None:
    folder_of.cache_clear()
    before = folder_of(f"{loops.name}.outer")
    (loops / f"{changed}.py").write_text((loops / f"{changed}.py").read_text() + "z = 2\n")
    folder_of.cache_clear()
    after = folder_of(f"{loops.name}.outer")
    assert (after != before) == moves
    assert after.parent == loops.parent / "home" / "compiled"


def test_every_compiled_loop_is_kept_by_its_code() -> None:
    packages = ("combine", "crossmatch", "deepcal", "ingest", "simulate")
    sources = [path for package in packages for path in (HOUSE / package).rglob("*.py")]
    assert not [path for path in sources if "njit" in path.read_text()]


def test_the_digest_of_a_module_is_of_that_module_alone(loops: Path) -> None:
    before = code_digest(f"{loops.name}.inner")
    (loops / "other.py").write_text("y = 2\n")
    assert code_digest(f"{loops.name}.inner") == before
    assert code_digest(loops.name) != before
    with pytest.raises(ModuleNotFoundError):
        code_digest("no_such_package_at_all")
