"""Pixels and sky: the SIN projection of field grids, strips and Atlas Images."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

ARCSEC = 1.0 / 3600.0
Array = NDArray[np.float64]


@dataclass(frozen=True)
class SinWcs:
    """An orthographic (SIN) projection with a rotation, as in Atlas Image headers.

    `crpix` counts from 1 as in FITS; every pixel coordinate of the methods counts from 0 at the first pixel's centre.
    Source: Calabretta & Greisen 2002, A&A 395, 1077, section 5.1.5.
    """

    crval: tuple[float, float]
    crpix: tuple[float, float]
    cdelt: tuple[float, float] = (-ARCSEC, ARCSEC)
    crota2: float = 0.0

    def pixel(self, ra: ArrayLike, dec: ArrayLike) -> tuple[Array, Array]:
        """Project sky positions (deg) to pixels; NaN on the far hemisphere."""
        ra0, dec0 = np.radians(self.crval)
        a, d = np.radians(np.asarray(ra, float)) - ra0, np.radians(np.asarray(dec, float))
        xi = np.cos(d) * np.sin(a)
        eta = np.sin(d) * np.cos(dec0) - np.cos(d) * np.sin(dec0) * np.cos(a)
        behind = np.sin(d) * np.sin(dec0) + np.cos(d) * np.cos(dec0) * np.cos(a) <= 0
        xi, eta = np.degrees(np.where(behind, np.nan, xi)), np.degrees(np.where(behind, np.nan, eta))
        c, s = np.cos(np.radians(self.crota2)), np.sin(np.radians(self.crota2))
        x = (xi * c + eta * s) / self.cdelt[0] + self.crpix[0] - 1
        y = (-xi * s + eta * c) / self.cdelt[1] + self.crpix[1] - 1
        return x, y

    def sky(self, x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
        """Return right ascension (0 to 360) and declination, in degrees, of pixels."""
        u = np.radians((np.asarray(x, float) + 1 - self.crpix[0]) * self.cdelt[0])
        v = np.radians((np.asarray(y, float) + 1 - self.crpix[1]) * self.cdelt[1])
        c, s = np.cos(np.radians(self.crota2)), np.sin(np.radians(self.crota2))
        xi, eta = u * c - v * s, u * s + v * c
        ra0, dec0 = np.radians(self.crval)
        depth = np.sqrt(1 - xi**2 - eta**2)
        dec = np.arcsin(eta * np.cos(dec0) + depth * np.sin(dec0))
        ra = ra0 + np.arctan2(xi, depth * np.cos(dec0) - eta * np.sin(dec0))
        return np.degrees(ra) % 360, np.degrees(dec)


@dataclass(frozen=True)
class Grid(SinWcs):
    """The pixel grid of a field: 1 arcsec pixels, north up, the tile's centre in the middle."""

    nx: int = 540
    ny: int = 3600

    @classmethod
    def of(cls, ra: float, dec: float, nx: int = 540, ny: int = 3600) -> "Grid":
        """Make the grid of a field centred on `ra`, `dec` (deg), `nx` by `ny` pixels."""
        return cls(crval=(ra, dec), crpix=((nx + 1) / 2, (ny + 1) / 2), nx=nx, ny=ny)

    def cards(self) -> dict[str, str | float]:
        """Return the FITS world-coordinate cards of the grid."""
        return {
            "CTYPE1": "RA---SIN",
            "CTYPE2": "DEC--SIN",
            "CRPIX1": self.crpix[0],
            "CRPIX2": self.crpix[1],
            "CRVAL1": self.crval[0],
            "CRVAL2": self.crval[1],
            "CDELT1": self.cdelt[0],
            "CDELT2": self.cdelt[1],
            "CROTA2": self.crota2,
        }
