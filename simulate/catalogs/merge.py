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
    order = np.argsort(-flux, kind="stable")
    points = np.column_stack((x, y))
    near = cKDTree(points).query_ball_point(points, APART)
    owner = np.full(x.size, -1, np.int64)
    main: list[int] = []
    for i in order.tolist():
        if owner[i] >= 0:
            continue
        for j in near[i]:
            if owner[j] < 0:
                owner[j] = len(main)
        main.append(i)
    return np.array(main, np.int64), owner


def total_flux(flux: Array, owner: NDArray[np.int64], number: int) -> Array:
    """Return the (m, 3) fluxes of sources from the (n, 3) fluxes of their objects."""
    return np.column_stack([np.bincount(owner, flux[:, band], number) for band in range(flux.shape[1])])


def centroids(x: Array, flux: Array, owner: NDArray[np.int64], number: int) -> Array:
    """Return the flux-weighted mean of a coordinate for every source."""
    return np.bincount(owner, x * flux, number) / np.bincount(owner, flux, number)
