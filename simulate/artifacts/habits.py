"""How each camera makes false light, drawn per seed from ranges: nobody who looks at the images is told."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simulate.seeds import Stream, stream

LATENT = (0.0052, 0.0009)  # of the star's light, one and two frames later: measured on M17, in Ks in the south
LATENT_SPREAD = (0.10, 0.20)  # dex, from band to band and camera to camera
GLINT_NUMBER = {"n": (2, 1, 2), "s": (4, 2, 2)}  # J H Ks, as published
GLINT_ANGLES = (15.0, 195.0)  # deg east of north: half past eleven and half past five
GLINT_TURN = 6.0  # deg, half range about them
GLINT_DISTANCE = (20.0, 40.0)  # arcsec
GLINT_APART = 4.0  # arcsec, between two glints of one side
GLINT_FAINTER = (5.4, 6.6)  # mag
SPIKE_ANGLES = (
    (0.0, 89.05, 91.48, 180.0, 269.47, 271.63),
    (0.0, 89.12, 91.46, 180.0, 269.49, 271.60),
    (0.0, 89.10, 91.49, 180.0, 269.49, 271.60),
)
"""Deg east of north, as published; the last two of Ks are assumed to be those of H."""
SPIKE_LENGTH = (10.5, 18.0)  # arcsec, at the faintest parent
SPIKE_GROWTH = (0.09, 0.15)  # dex per mag of a brighter parent
SPIKE_FLUX = (0.0013, 0.0030)  # of the star, in each arm
SPIKE_WIDTH = (0.55, 0.85)  # arcsec, sigma
WEST_WIDER, WEST_SHORTER = (2.0, 3.0), (0.80, 0.90)  # the western arms against the others, as published
STRIPE = (1e-6, 5e-6)  # of a star's light (DN to DN/arcsec^2), along the rows of the array it lies on
STRIPE_WIDTH = (1.0, 2.5)  # pixels, sigma
STRIPE_ECHO = (0.3, 0.8)  # of it, half the array away, where the other quadrant is read
GHOST = (3e-4, 1.2e-3)  # of a star's light, mirrored at the middle of the array
GHOST_WIDTH = (4.0, 8.0)  # pixels, sigma


@dataclass(frozen=True)
class Habits:
    """The false light of one camera; lists by band, J H Ks.

    `latent` (fractions one and two frames later), `glints` (angle in deg east of north, distance in arcsec),
    `glint_fainter` (mag), the arms of spikes: `angles` (deg east of north), `length` (arcsec, at the faintest parent),
    `growth` (dex per mag), `flux` (of the star, in an arm), `width` (arcsec), `west` (wider, shorter by these factors);
    `stripe` (fraction, width in pixels, echo), `ghost` (fraction, width in pixels).
    """

    latent: tuple[tuple[float, float], ...]
    glints: tuple[tuple[tuple[float, float], ...], ...]
    glint_fainter: tuple[float, ...]
    angles: tuple[tuple[float, ...], ...]
    length: tuple[float, ...]
    growth: tuple[float, ...]
    flux: tuple[float, ...]
    width: tuple[float, ...]
    west: tuple[float, float]
    stripe: tuple[float, float, float]
    ghost: tuple[float, float]


@lru_cache(maxsize=100)
def habits(seed: int, hemis: str) -> Habits:
    """Draw how the camera of one observatory makes false light; it is the same for every field of a seed."""
    rng = stream(0, seed, Stream.ARTIFACTS, "ns".index(hemis))

    def each(low: float, high: float) -> tuple[float, ...]:
        return tuple(rng.uniform(low, high, 3).tolist())

    def one(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    latent = np.array(LATENT) * 10 ** rng.normal(0, LATENT_SPREAD, (3, 2))
    if hemis == "s":
        latent[2] = LATENT
    return Habits(
        latent=tuple((float(first), float(second)) for first, second in latent),
        glints=tuple(_glints(rng, number) for number in GLINT_NUMBER[hemis]),
        glint_fainter=each(*GLINT_FAINTER),
        angles=SPIKE_ANGLES,
        length=each(*SPIKE_LENGTH),
        growth=each(*SPIKE_GROWTH),
        flux=each(*SPIKE_FLUX),
        width=each(*SPIKE_WIDTH),
        west=(one(*WEST_WIDER), one(*WEST_SHORTER)),
        stripe=(one(*STRIPE), one(*STRIPE_WIDTH), one(*STRIPE_ECHO)),
        ghost=(one(*GHOST), one(*GHOST_WIDTH)),
    )


def _glints(rng: np.random.Generator, number: int) -> tuple[tuple[float, float], ...]:
    """Draw the places of glints, on both sides of the star in turn and not upon each other."""
    found: list[tuple[float, float]] = []
    while len(found) < number:
        side = GLINT_ANGLES[len(found) % 2]
        angle, distance = side + rng.uniform(-GLINT_TURN, GLINT_TURN), rng.uniform(*GLINT_DISTANCE)
        if all(abs(distance - other) > GLINT_APART for _, other in found):
            found.append((float(angle), float(distance)))
    return tuple(found)
