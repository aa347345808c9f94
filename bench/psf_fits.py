"""Fits of stars with their neighbours at given places: ours beside photutils, same stack, same star image.

    python -m bench.psf_fits [--quick] [--json]

Peer: photutils (`pip install photutils`), PSFPhotometry with the places fixed and SourceGrouper joining what lies
within 5 arcsec; its least squares take pixels for independent, which those of Atlas Images are not.
"""

import argparse
import importlib.util
import json
import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from bench.extract import SHAPE
from bench.pulls import DEPTH, made_up
from combine.extract.images import Layer, prepare
from combine.extract.neighbours import model
from combine.measure.render import OVERSAMPLE
from combine.measure.robust import robust_sigma
from schema.settings import defaults

Floats = NDArray[np.float64]
TOGETHER = 5.0


def with_deepcal(layer: Layer, x: Floats, y: Floats, guess: Floats) -> Floats:
    """Return fluxes, DN."""
    return model(layer, x, y, guess / layer.flux_sigma(x, y)).flux


def with_photutils(layer: Layer, x: Floats, y: Floats, guess: Floats) -> Floats:
    """Return fluxes, DN."""
    from astropy.table import Table
    from photutils.psf import ImagePSF, PSFPhotometry, SourceGrouper

    star = ImagePSF(layer.psf.fine, oversampling=OVERSAMPLE)
    star.x_0.fixed = star.y_0.fixed = True
    places = Table({"x_init": x, "y_init": y, "flux_init": guess})
    fit = PSFPhotometry(star, (7, 7), grouper=SourceGrouper(TOGETHER))
    found = fit(layer.image, error=np.sqrt(layer.var), init_params=places)
    return np.asarray(found["flux_fit"], float)


def run(rows: int, peer: bool) -> dict[str, float]:
    """Compare both on one stack of medium crowding; fluxes above 5 sigma at their true places."""
    truth, products = made_up(7000, 5, rows)
    layer = prepare("j", products, defaults()).both
    seen = truth.flux > DEPTH
    x, y, flux, star = truth.x[seen], truth.y[seen], truth.flux[seen], truth.star[seen]
    apart = cKDTree(np.column_stack((x, y))).query(np.column_stack((x, y)), 2)[0][:, 1]
    guess = flux * np.random.default_rng(6).uniform(0.7, 1.4, flux.size)
    figures = {"sources": float(x.size)}
    programs: dict[str, Callable[[Layer, Floats, Floats, Floats], Floats]] = {"deepcal": with_deepcal}
    if peer:
        programs["photutils"] = with_photutils
    for name, program in programs.items():
        if name == "deepcal":
            program(layer, x, y, guess)  # compiles
        start = time.process_time()
        found = program(layer, x, y, guess)
        figures[f"{name}_cpu_ms_a_source"] = (time.process_time() - start) / x.size * 1000
        for kind, here in (("alone", apart > 8), ("near", apart < TOGETHER)):
            faint = here & star & (flux < 4 * DEPTH)
            figures[f"{name}_{kind}_scatter_dn"] = robust_sigma(found[faint] - flux[faint])
            bright = here & star & (flux > 8 * DEPTH)
            figures[f"{name}_{kind}_bias"] = float(np.median(found[bright] / flux[bright] - 1))
    for figure in ("cpu_ms_a_source", "alone_scatter_dn", "near_scatter_dn") if peer else ():
        figures[f"{figure}_over_photutils"] = figures[f"deepcal_{figure}"] / figures[f"photutils_{figure}"]
    return {name: round(value, 5) for name, value in figures.items()}


def main() -> None:
    """Run the comparison and print it."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--json", action="store_true", help="one object: figure to value")
    words.add_argument("--quick", action="store_true", help="a sixth of a field")
    asked = words.parse_args()
    figures = run(600 if asked.quick else SHAPE[0], importlib.util.find_spec("photutils") is not None)
    if asked.json:
        json.dump(figures, sys.stdout, indent=1)
        print()
        return
    for name, value in figures.items():
        print(f"{name:36} {value:10g}")


if __name__ == "__main__":
    main()
