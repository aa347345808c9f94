"""The walk-through of the README: read from it, run, and written back with `python -m docs.walkthrough`."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One line a user types, what it prints, and its exit code."""

    line: str
    output: str
    code: int = 0


def read() -> list[Step]:
    """Return the steps of the README as they are written there."""
    found = BLOCK.search(README.read_text())
    assert found is not None, "the README has a console block"
    parts = re.split(r"^\$ ", found.group(), flags=re.MULTILINE)[1:]
    return [Step(line, output.strip("\n")) for line, _, output in (part.partition("\n") for part in parts)]


def run(lines: Sequence[str], folder: Path, environment: Mapping[str, str]) -> list[Step]:
    """Run lines one after the other in a folder, `deepcal` being the one of this checkout; stop where one fails."""
    shim = folder / "bin" / "deepcal"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m deepcal "$@"\n')
    shim.chmod(0o755)
    path = f"{shim.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **environment, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    done: list[Step] = []
    for line in lines:
        shell = ["bash", "-o", "pipefail", "-c", line]
        made = subprocess.run(shell, cwd=folder, env=environment, capture_output=True, text=True)  # noqa: S603
        done.append(Step(line, "\n".join(map(str.rstrip, made.stdout.strip("\n").splitlines())), made.returncode))
        if made.returncode:
            print(made.stderr, file=sys.stderr)
            break
    return done


def main() -> None:
    """Put what the lines print now into the README."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        home = {"DEEPCAL_HOME": f"{folder}/home"}
        done = run([step.line for step in read()], Path(folder), home)
        run(["deepcal db stop"], Path(tempfile.mkdtemp(dir=folder)), home)
    block = "\n".join(f"$ {step.line}\n{step.output}\n" for step in done)
    README.write_text(BLOCK.sub(lambda _: block, README.read_text(), count=1))
    sys.exit(done[-1].code)


if __name__ == "__main__":
    main()
