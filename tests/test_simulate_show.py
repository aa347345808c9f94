"""Pictures of what was planted: drawn from the files of a simulated field, by the function and by the command."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.image import imread

import simulate
from deepcal.planted import show_planted
from schema.errors import BadFile

COMMAND = [sys.executable, "-c", "from deepcal.cli import main; main()", "simulate"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulate.field(90004, scans=7, seed=3, out=tmp_path_factory.mktemp("field"), bands="k", crowding="low").out


@pytest.mark.parametrize("form", ["strips", "atlas"])
def test_a_scan_and_the_field_are_drawn(form: str, made: Path, tmp_path: Path) -> None:
    out = made
    if form == "atlas":
        out = simulate.field(90004, scans=1, seed=3, out=tmp_path, bands="k", crowding="low", form=form).out
    pictures = show_planted(out, tmp_path / "pictures")
    assert [path.name for path in pictures] == ["planted-scan.png", "planted-field.png"]
    for path in pictures:
        assert imread(path).std() > 0.05


def test_pictures_are_drawn_again_from_a_field_that_is_there(made: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--out", str(made), "--show", "--json"], capture_output=True, text=True, check=True
    )
    assert [Path(path).name for path in json.loads(done.stdout)["pictures"]] == [
        "planted-scan.png",
        "planted-field.png",
    ]


def test_a_folder_without_a_field_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="deepcal simulate"):
        show_planted(tmp_path)
