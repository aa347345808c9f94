"""What the page on products says of them, and what is drawn and verified of them, on a small field."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
from typer.testing import CliRunner

import combine
from deepcal.cli import app
from schema.connection import connect
from tests.stacks import SMALL, small_field

PAGE = Path(__file__).parent.parent / "docs" / "products.md"


@pytest.fixture(scope="module")
def folder(
    fresh_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The products of a small field in three bands, in a database that DEEPCAL_DSN names."""
    with fresh_database() as dsn, pytest.MonkeyPatch.context() as patch:
        with connect(dsn) as conn:
            small_field(conn, tmp_path_factory.mktemp("images"), "jhk")
            conn.commit()
            result = combine.stack_field(conn, SMALL, home=tmp_path_factory.mktemp("home"))
        patch.setenv("DEEPCAL_DSN", dsn)
        yield Path(result.folder)


def test_the_examples_run_and_agree(folder: Path) -> None:
    text = PAGE.read_text().replace("90330", str(SMALL))
    names: dict[str, object] = {}
    for example in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(example, names)  # noqa: S102 - our own documentation
    magnitude, fitted, error, flux, sigma = (
        float(names[name]) for name in ("magnitude", "fitted", "error", "flux", "sigma")
    )  # type: ignore[arg-type]
    assert fitted == pytest.approx(magnitude, abs=0.03)
    assert error == pytest.approx(1.0857 * sigma / flux, rel=1e-3)
    assert sigma == pytest.approx(names["header"]["NOISEAP"], rel=0.25)  # type: ignore[index]  # 50,000 pixels


def test_the_stacks_are_drawn(folder: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["show", "stacks", str(SMALL), "--plot", str(tmp_path), "--json"])
    assert done.exit_code == 0, done.output
    names = [f"{SMALL}_{band}_{direction}.png" for band in "jhk" for direction in ("NS", "N", "S")]
    others = [f"{SMALL}_{name}" for name in ("colour.jpg", "scan_and_stack.jpg", "coverage.png")]
    assert [Path(path).name for path in json.loads(done.stdout)["pictures"]] == names + others
    for path in tmp_path.iterdir():
        seen = matplotlib.image.imread(path)
        assert np.std(seen[..., :3].astype(float) / seen.max()) > 0.05, f"{path.name} is empty"


def test_altered_products_are_found(folder: Path) -> None:
    words = ["show", "stacks", str(SMALL), "--verify", "--json"]
    done = CliRunner().invoke(app, words)
    assert (done.exit_code, json.loads(done.stdout)["files"]) == (0, 33)
    path = folder / f"{SMALL}_h_N.fits"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"\1")
    (folder / f"{SMALL}_j_noise.fits").rename(folder / "elsewhere")
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 3
    faults = {Path(one["path"]).name: one["fault"] for one in json.loads(done.stdout)["faulty"]}
    assert faults == {
        path.name: "altered: its SHA-256 is another",
        f"{SMALL}_j_noise.fits": "No such file or directory",
    }
