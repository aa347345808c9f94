"""Random numbers that depend on the seed and on what they are for, never on the order or the thread of the work."""

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What a stream of random numbers is for; a number is never given a second meaning."""

    SKY = 1
    STANDARDS = 2
    VISITS = 3
    CONDITIONS = 4
    OFFSETS = 5
    FAULTS = 6
    PSC = 7
    XSC = 8
    DETECTIONS = 9
    IMAGE = 10
    NOISE = 11
    SCAN_TABLE = 12
    CAMERA = 13
    POINTING = 14
    STRAY = 15
    ARTIFACTS = 16
    NIGHT = 30
    MONTH = 31
    SCHEDULE = 32
    SPOILED = 33
    TABLES = 34
    VARIABLES = 35


def stream(tile: int, seed: int, purpose: Stream, *item: int) -> np.random.Generator:
    """Return the random numbers of one purpose, and of one item (scan, band) where there are several.

    Parameters
    ----------
    tile, seed : int
        The field and the user's seed.
    purpose : Stream
    item : int
        Numbers of the scan, the band: each item has its own independent stream.
    """
    source = np.random.SeedSequence([tile, seed], spawn_key=(int(purpose), *item))
    return np.random.Generator(np.random.SFC64(source))
