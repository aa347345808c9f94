"""Compiled loops never outlive their code."""

from pathlib import Path

import pytest
from numba import config

from schema.code import code_digest
from schema.compiled import keep_compiled


@pytest.fixture
def loops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with one module, and numba's own setting put back in the end."""
    monkeypatch.setattr(config, "CACHE_DIR", config.CACHE_DIR)
    monkeypatch.setenv("DEEPCAL_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.syspath_prepend(tmp_path)
    package = tmp_path / "loops_for_test"
    package.mkdir()
    (package / "__init__.py").write_text("")
    return package


def test_a_change_anywhere_in_a_package_leaves_the_old_machine_code_behind(loops: Path) -> None:
    before = keep_compiled(loops.name)
    assert before == keep_compiled(loops.name)
    (loops / "inner.py").write_text("x = 1\n")
    after = keep_compiled(loops.name)
    assert after != before
    assert after.parent == loops.parent / "home" / "compiled"
    assert str(after) == config.CACHE_DIR


def test_the_digest_of_a_module_is_of_that_module_alone(loops: Path) -> None:
    (loops / "inner.py").write_text("x = 1\n")
    before = code_digest(f"{loops.name}.inner")
    (loops / "other.py").write_text("y = 2\n")
    assert code_digest(f"{loops.name}.inner") == before
    assert code_digest(loops.name) != before
    with pytest.raises(ModuleNotFoundError):
        code_digest("no_such_package_at_all")
