"""Planes of images that are freed go back to the system at once, instead of being kept for the next."""

import ctypes

M_MMAP_THRESHOLD = -3
"""glibc's number of the option, from malloc.h."""
LARGE = 1 << 20
"""Bytes from which on an array has pages of its own."""


def give_back() -> None:
    """Let every large array have pages of its own, which end with it; where the C library knows no such thing, nothing.

    glibc raises its limit to the largest array that was ever freed, and then keeps holes between planes of 8 MB in the
    arena of each thread: twice the memory that is in use.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE)
