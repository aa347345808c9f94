"""How fast scans are stacked: CPU seconds of a pass and of a whole build, beside SWarp and beside reading alone."""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.strips import FRAME, GRID, Stars, members, write_atlas, write_strip
from bench.swarp import need_swarp, run_swarp
from combine.stack.band import Member, stack_band
from combine.stack.inventory import write_band
from combine.stack.passes import Stacker
from combine.stack.select import Image
from schema.settings import defaults

Figures = dict[str, float]


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return CPU and wall-clock seconds, the least of three."""
    rounds = []
    for _ in range(3):
        cpu, wall = time.process_time(), time.perf_counter()
        work()
        rounds.append((time.process_time() - cpu, time.perf_counter() - wall))
    return min(cpu for cpu, _ in rounds), min(wall for _, wall in rounds)


class PeakMemory:
    """The most memory of its own that this process has while a block runs, MB.

    Pages of mapped images belong to the system's cache, whoever has mapped them, and do not count.
    """

    def __enter__(self) -> "PeakMemory":
        self.peak, self._done = 0.0, threading.Event()
        self._watch = threading.Thread(target=self._look)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._done.wait(0.01):
            status = Path("/proc/self/status").read_text()
            self.peak = max(self.peak, int(status.split("RssAnon:")[1].split()[0]) / 1024)


def measure_pass(images: list[Image], scans: int, name: str) -> Figures:
    """Time one weighted sum over so many scans: on one core and on all."""
    by_direction = members(images, scans)
    parts = [m for found in by_direction.values() for m in found]
    placements = [p for m in parts for p in m.placements]
    pixels = [p for m in parts for p in m.pixels]
    stacker = Stacker(placements, pixels, np.ones(len(placements)), FRAME, np.full(len(placements), 150.0))
    weight = np.ones(len(placements))
    owned = sum((p.rect[1] - p.rect[0] - 6) * (p.rect[3] - p.rect[2]) for p in placements)
    stacker.sum(weight)
    cpu, wall = timed(lambda: stacker.sum(weight))
    stacker.threads = 1
    cpu_one, wall_one = timed(lambda: stacker.sum(weight))
    before = time.thread_time()
    stacker.sum(weight)
    alone = (time.thread_time() - before) / cpu_one
    return {
        f"{name}_gpix_per_cpu_s": owned / min(cpu, cpu_one) / 1e9,
        f"{name}_cpu_s": min(cpu, cpu_one),
        f"{name}_two_threads_over_one": wall_one / wall,
        f"{name}_two_threads_at_most": 2 / (1 + alone),  # what is left to one thread lets no machine be faster
    }


def measure_reading(images: list[Image]) -> Figures:
    """Time the sum of all bytes of the images, in page cache: no pass can be faster."""
    maps = [np.memmap(image.path, np.uint64, "r") for image in images]
    cpu, _ = timed(lambda: [int(one.sum()) for one in maps])
    return {"reading_gpix_per_cpu_s": sum(one.nbytes for one in maps) / 4 / cpu / 1e9}


def measure_build(images: list[Image], scans: int, folder: Path) -> Figures:
    """Time all passes and products of one band."""
    by_direction: dict[str, list[Member]] = members(images, scans)

    def build() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        stacks = stack_band(by_direction, FRAME, defaults(), lambda words: None)
        write_band(folder, folder, (90330, GRID), "0" * 12, "j", stacks, defaults())

    cpu, wall = time.process_time(), time.perf_counter()
    with PeakMemory() as memory:
        build()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {f"build_{scans}_cpu_s": cpu, f"build_{scans}_wall_s": wall, f"build_{scans}_private_mb": memory.peak}


def measure_swarp(images: list[Image], folder: Path) -> Figures:
    """Time SWarp on the same images: LANCZOS3, WEIGHTED, one thread."""
    need_swarp()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run_swarp(images, GRID, folder, "WEIGHTED", "N")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    pixels = sum(image.naxis1 * image.naxis2 for image in images)
    return {"swarp_cpu_s": cpu, "swarp_gpix_per_cpu_s": pixels / cpu / 1e9}


def measure_process(folder: Path, scans: int) -> Figures:
    """Time a whole process that stacks once: interpreter, imports, loops from their cache, and the pass."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "bench.stack", "--alone", str(folder), str(scans)], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"process_cpu_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


def strips(folder: Path, count: int) -> list[Image]:
    """Write strips, always the same."""
    stars = Stars.scattered(1500)
    return [write_strip(folder / f"{k}.fits", stars, k) for k in range(count)]


def atlas(folder: Path, scans: int) -> list[Image]:
    """Write the four Atlas Images of some scans."""
    stars = Stars.scattered(1500)
    return [write_atlas(folder / f"a{k}.fits", stars, k, k % 4) for k in range(4 * scans)]


def measure(quick: bool) -> Figures:
    """Measure everything; quick: fewer and smaller."""
    figures: Figures = {}
    files, sizes = (12, (12, 60, 120)) if quick else (60, (60, 600, 3700))
    with tempfile.TemporaryDirectory(prefix="deepcal-bench-") as name:
        folder = Path(name)
        images = strips(folder, files)
        for scans in sizes:
            figures |= measure_pass(images, scans, f"strips_{scans}")
        few, many = sizes[0], sizes[-1]
        figures["cpu_a_strip_many_over_few"] = (
            figures[f"strips_{many}_cpu_s"] / many / (figures[f"strips_{few}_cpu_s"] / few)
        )
        figures |= measure_pass(atlas(folder, files // 4), files // 4, "atlas")
        figures |= measure_reading(images)
        figures |= measure_process(folder, files)
        figures |= measure_swarp(images, folder)
        figures["swarp_over_pass"] = figures["swarp_cpu_s"] / figures[f"strips_{files}_cpu_s"]
        figures["swarp_over_process"] = figures["swarp_cpu_s"] / figures["process_cpu_s"]
        for scans in sizes[:1] if quick else sizes:
            figures |= measure_build(images, scans, folder / "products")
    return figures


def stack_once(folder: Path, scans: int) -> None:
    """Stack the strips of a folder once."""
    images = [write_strip(folder / f"{k}.fits", None, k) for k in range(scans)]
    parts = [m for found in members(images, scans).values() for m in found]
    placements, pixels = ([x for m in parts for x in part(m)] for part in (lambda m: m.placements, lambda m: m.pixels))
    Stacker(placements, pixels, np.ones(scans), FRAME, np.full(scans, 150.0)).sum(np.ones(scans))


def main() -> None:
    """Print the figures as a table, or as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one object, figure to value")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, the same figures")
    parser.add_argument("--alone", nargs=2, metavar=("FOLDER", "SCANS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        stack_once(Path(options.alone[0]), int(options.alone[1]))
        return
    figures = measure(options.quick)
    if options.json:
        print(json.dumps(figures, indent=1))
        return
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name, value in figures.items():
        print(f"{name:32} {value:10.3f}")


if __name__ == "__main__":
    main()
