"""Which objects a catalogue of 2.8 arcsec seeing tells apart: close ones become one source."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Array = NDArray[np.float64]

APART = 3.0  # arcsec; nearer objects are one source
FITTED = 5.5  # arcsec; objects between are fitted together


def sources(x: Array, y: Array, flux: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Group objects into sources.

    Parameters
    ----------
    x, y : (n,) arrays
        Positions, arcsec.
    flux : (n,) array
        What decides which object of a group is the brightest.

    Returns
    -------
    main : (m,) array
        The brightest object of every source.
    owner : (n,) array
        For every object, the index in `main` of its source.
    """
    pairs = cKDTree(np.column_stack((x, y))).query_pairs(APART, output_type="ndarray")
    both = np.concatenate((pairs, pairs[:, ::-1]))
    both = both[np.argsort(both[:, 0], kind="stable")]
    crowd = np.unique(both[:, 0])
    start = np.append(np.searchsorted(both[:, 0], crowd), len(both))
    neighbours = {int(i): both[a:b, 1].tolist() for i, a, b in zip(crowd, start[:-1], start[1:], strict=True)}
    parent = np.arange(x.size)
    taken = np.zeros(x.size, bool)
    for i in crowd[np.argsort(-flux[crowd], kind="stable")].tolist():
        if taken[i]:
            continue
        for j in [i, *(near for near in neighbours[i] if not taken[near])]:
            taken[j], parent[j] = True, i
    main = np.flatnonzero(parent == np.arange(x.size))
    main = main[np.argsort(-flux[main], kind="stable")]
    place = np.empty(x.size, np.int64)
    place[main] = np.arange(main.size)
    return main, place[parent]


def paired(x: Array, y: Array) -> NDArray[np.bool_]:
    """Return which sources are so close to another that both are fitted together."""
    if x.size < 2:
        return np.zeros(x.size, bool)
    places = np.column_stack((x, y))
    near: NDArray[np.bool_] = cKDTree(places).query(places, k=2)[0][:, 1] < FITTED
    return near


def total_flux(flux: Array, owner: NDArray[np.int64], number: int) -> Array:
    """Return the (m, 3) fluxes of sources from the (n, 3) fluxes of their objects."""
    return np.column_stack([np.bincount(owner, flux[:, band], number) for band in range(flux.shape[1])])


def centroids(x: Array, flux: Array, owner: NDArray[np.int64], number: int) -> Array:
    """Return the flux-weighted mean of a coordinate for every source."""
    return np.bincount(owner, x * flux, number) / np.bincount(owner, flux, number)
