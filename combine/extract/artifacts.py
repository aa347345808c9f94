"""Artifact flags: which sources stand where a bright star leaves false light."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from combine.extract.spots import Spot
from combine.extract.stray import Stray
from combine.measure.aperture import Floats
from schema.settings import Settings

BANDS = "jhk"
FAINT = 99.0
Flags = NDArray[np.bool_]
Letters = NDArray[np.str_]


@dataclass(frozen=True)
class Parents:
    """Stars that may leave false light: positions (pixels) and (stars, 3) magnitudes, FAINT where unknown."""

    x: Floats
    y: Floats
    mag: Floats


@dataclass(frozen=True)
class Suspects:
    """The sources to be flagged.

    x, y : pixels
    mag : (sources, 3) total magnitudes of their fluxes, NaN where not positive
    snr : (sources, 3) in the detection filter of N+S
    mag_dir : {n, s}: (sources, 3) magnitudes on one direction
    noise_mag : {n, s}: (sources, 3) magnitude of one sigma there
    hollow : an aperture finds little of the light that the core tells of: no star
    striped : in every band that sees it no brighter than the electronic stripe that was taken off under it
    """

    x: Floats
    y: Floats
    mag: Floats
    snr: Floats
    mag_dir: dict[str, Floats]
    noise_mag: dict[str, Floats]
    hollow: Flags
    striped: Flags


@dataclass(frozen=True)
class Surroundings:
    """Hemispheres of a run's scans, and the density class of its field."""

    hemispheres: str
    density: str


def flags(suspects: Suspects, parents: Parents, stray: Stray, field: Surroundings, settings: Settings) -> Letters:
    """Return the artifact flag of every source: P, G, D, A or 0."""
    out = np.full(suspects.x.size, "0")
    for letter, found in (
        ("A", suspects.hollow | suspects.striped | halo(suspects, parents, settings)),
        ("D", spikes(suspects, parents, stray, settings)),
        ("G", glints(suspects, parents, stray, field.density, settings)),
        ("P", persistence(suspects, parents, stray, field.hemispheres, settings)),
    ):
        out[found] = letter
    return out


def persistence(suspects: Suspects, parents: Parents, stray: Stray, hemispheres: str, settings: Settings) -> Flags:
    """Mark sources that may be latent images: ahead of a star in the scan direction, not brighter than such are.

    Only latents that are expected above 1.5 sigma count; fainter ones hide below everything.
    """
    found = np.zeros(suspects.x.size, bool)
    steps = {settings[f"frame_step_{hemisphere}"][0] for hemisphere in hemispheres}
    for direction, sign in (("n", 1), ("s", -1)):
        if direction not in suspects.mag_dir:
            continue
        for step in steps:
            for times in range(1, len(settings["persistence_ratio"]) + 1):
                me, parent = near(
                    suspects, parents.x, parents.y + sign * times * step, settings["persistence_radius"][0]
                )
                for b in range(3):
                    expected = parents.mag[parent, b] - 2.5 * np.log10(stray.latent[b][times - 1])
                    seen = expected < suspects.noise_mag[direction][me, b] - 2.5 * np.log10(1.5)
                    most = expected - 2.5 * np.log10(settings["persistence_spread"][0])
                    with np.errstate(invalid="ignore"):
                        fits = suspects.mag_dir[direction][me, b] > most
                    found[me[seen & fits & _significant(suspects)[me, b]]] = True
    return found


def glints(suspects: Suspects, parents: Parents, stray: Stray, density: str, settings: Settings) -> Flags:
    """Mark sources at the fixed offsets of filter glints from bright stars.

    Parents are brighter, in any band, than the limit of the field's density class, or so bright that glints as the
    field itself shows them must be seen. A glint has its place in one band:
    a source about as bright in a band without a glint there is real; what is fainter than a star's glint is the glint.
    """
    limit = settings["glint_seed_mag"][("low", "medium", "high").index(density)]
    bright = np.asarray((parents.mag < limit).any(axis=1))
    fits = np.zeros((suspects.x.size, 3), bool)
    noise = _noise(suspects)
    for b in range(3):
        for spot in stray.spots[b]:
            me, parent = near(suspects, parents.x + spot.dx, parents.y + spot.dy, settings["glint_radius"][0])
            with np.errstate(invalid="ignore"):
                fainter = suspects.mag[me, b] - parents.mag[parent, b]
                # Where the field shows how bright glints are, so do stars below the limit whose glint must be seen.
                expected = parents.mag[parent, b] - 2.5 * np.log10(spot.ratio)
                strong = np.asarray(expected < noise[me, b] - 2.5 * np.log10(settings["glint_seen"][0]))
                seed = bright[parent] | (strong & (spot.stars > 0))
                hit = np.asarray(seed & (fainter > _brightest(spot, settings)))
            fits[me[hit], b] = True
    significant = _significant(suspects)
    elsewhere = np.where(significant & ~fits, suspects.mag, np.inf).min(axis=1, initial=np.inf)
    with np.errstate(invalid="ignore"):
        glint = np.where(fits & significant, suspects.mag, np.inf).min(axis=1, initial=np.inf)
        return np.asarray(np.isfinite(glint) & ~(elsewhere < glint + settings["glint_colour"][0]))


def _noise(suspects: Suspects) -> Floats:
    """Return (sources, 3) magnitudes of one sigma on N+S."""
    with np.errstate(invalid="ignore"):
        weight = [np.nan_to_num(10 ** (0.8 * mag)) for mag in suspects.noise_mag.values()]
        return np.asarray(1.25 * np.log10(np.maximum(np.sum(weight, axis=0), 1e-300)))


def _brightest(spot: Spot, settings: Settings) -> float:
    """Return how much fainter than its star a glint is at least, mag: a brighter source is real."""
    most = spot.ratio * settings["glint_spread"][0] if spot.stars else settings["glint_ratio"][1]
    return float(-2.5 * np.log10(most))


def spikes(suspects: Suspects, parents: Parents, stray: Stray, settings: Settings) -> Flags:
    """Mark sources on the diffraction spikes of bright stars, false and real ones alike."""
    found = np.zeros(suspects.x.size, bool)
    width = settings["spike_width"][0]
    for b, band in enumerate(BANDS):
        law = stray.arms[b]
        bright = parents.mag[:, b] < max(law.mag, settings["spike_mag"][b])
        length = law.length * 10 ** (law.growth * (law.mag - parents.mag[bright, b]))
        me, parent = near(suspects, parents.x[bright], parents.y[bright], float(length.max(initial=1)))
        east, north = parents.x[bright][parent] - suspects.x[me], suspects.y[me] - parents.y[bright][parent]
        with np.errstate(invalid="ignore"):
            faint = suspects.mag[me, b] - parents.mag[bright][parent, b] > settings["spike_fainter"][0]
        for angle in settings[f"spike_angles_{band}"]:
            s, c = np.sin(np.radians(angle)), np.cos(np.radians(angle))
            along, across = east * s + north * c, np.abs(east * c - north * s)
            wide = 2 * width if 225 < angle < 315 else width
            found[me[(along > 2) & (along < length[parent]) & (across < wide) & faint]] = True
    return found


def halo(suspects: Suspects, parents: Parents, settings: Settings) -> Flags:
    """Mark faint sources close to the brightest stars, where the light of the star itself makes false ones."""
    limit = settings["halo_mag"][0]
    first, growth = settings["halo_radius"]
    best = parents.mag.min(axis=1) if parents.x.size else np.empty(0)
    bright = best < limit
    radius = first * 10 ** (growth * (limit - best[bright]))
    me, parent = near(suspects, parents.x[bright], parents.y[bright], float(radius.max(initial=1)))
    apart = np.hypot(suspects.x[me] - parents.x[bright][parent], suspects.y[me] - parents.y[bright][parent])
    with np.errstate(invalid="ignore"):
        fainter = np.nanmin(np.where(np.isnan(suspects.mag), FAINT, suspects.mag), axis=1)[me] - best[bright][parent]
    found = np.zeros(suspects.x.size, bool)
    found[me[(apart < radius[parent]) & (fainter > settings["halo_fainter"][0])]] = True
    return found


def near(suspects: Suspects, x: Floats, y: Floats, radius: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs (source, place) within `radius` pixels of the places `x`, `y`."""
    if suspects.x.size == 0 or x.size == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    here = cKDTree(np.column_stack((suspects.x, suspects.y)))
    found = here.query_ball_point(np.column_stack((x, y)), radius)
    place = np.repeat(np.arange(x.size), [len(each) for each in found])
    source = np.concatenate([np.asarray(each, np.int64) for each in found])
    return source.astype(np.int64), place.astype(np.int64)


def _significant(suspects: Suspects) -> Flags:
    """Tell in which bands the sources are seen."""
    with np.errstate(invalid="ignore"):
        return np.asarray(suspects.snr >= 5)


def density_class(psc_per_square_degree: float, settings: Settings) -> str:
    """Return low, medium or high: how dense the stars of a field are."""
    sparse, dense = settings["glint_density"]
    return "low" if psc_per_square_degree < sparse else "medium" if psc_per_square_degree < dense else "high"
