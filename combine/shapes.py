"""The files beside the images: point-spread functions and noise spectra, for photometry of one's own."""

from pathlib import Path

import numpy as np
from astropy.io import fits
from scipy import fft

from combine.measure.aperture import Floats
from combine.measure.psf import Psf
from combine.measure.render import OVERSAMPLE, RADIUS
from combine.measure.shapes import Shapes
from combine.products import Cards, make_header, write_hdus

RADII = np.arange(1, 2 * RADIUS - 1) / 2
"""Radii of the curve of growth, pixels: every half of one."""


def write_psf(path: Path, psf: Psf, cards: Cards) -> str:
    """Write the point-spread function of a stack; return the SHA-256 of the file.

    The primary image is the star on a grid four times finer than the pixels, as photutils' ImagePSF takes it; STAMP is
    the same in whole pixels, GROWTH the part of the light within a radius.
    """
    fine = {
        "BUNIT": ("pixel**(-2)", "flux in a pixel of a star of flux 1 there"),
        "OVERSAMP": (OVERSAMPLE, "samples in a pixel; their sum is OVERSAMP**2"),
        "FWHM": (round(psf.fwhm, 4), "full width at half maximum, pixel of 1 arcsec"),
        "PSFRAD": (RADIUS, "radius that holds all light of a star, pixel"),
        "APCOR4": (round(psf.growth(4.0), 5), "part of the light within 4 pixels"),
        "NSTARS": (psf.stars, "stars it was measured on; 0: assumed Gaussian"),
    }
    middle = psf.fine.shape[0] // 2 + 1
    growth = [
        fits.Column("RADIUS", "D", "pixel", array=RADII),
        fits.Column("LIGHT", "D", array=psf.curve(RADII)),
    ]
    stamp = {"BUNIT": ("pixel**(-2)", "flux in a pixel of a star of flux 1")} | _axes("DX", "DY", RADIUS + 1, 1.0)
    hdus = [
        fits.PrimaryHDU(psf.fine.astype(">f8"), make_header(cards | fine | _axes("DX", "DY", middle, 1 / OVERSAMPLE))),
        fits.ImageHDU(psf.stamp().astype(">f8"), make_header(cards | stamp), name="STAMP"),
        fits.BinTableHDU.from_columns(growth, make_header(cards), name="GROWTH"),
    ]
    return write_hdus(path, hdus)


def write_noise(path: Path, power: Floats, cards: Cards) -> str:
    """Write the noise spectrum of the stacks of a band; return the SHA-256 of the file.

    The primary image is the power, its zero frequency in the middle; CORR is its transform, the covariance of two
    pixels at a displacement. Both are in units of VAR.
    """
    size = power.shape[0]
    unit = {"BUNIT": ("", "times VAR of the pixel")}
    space = unit | _axes("DX", "DY", size // 2 + 1, 1.0)
    frequency = unit | _axes("FX", "FY", size // 2 + 1, 1 / size, "pixel**(-1)")
    covariance = fft.fftshift(np.real(fft.ifft2(power)))
    hdus = [
        fits.PrimaryHDU(fft.fftshift(power).astype(">f8"), make_header(cards | frequency)),
        fits.ImageHDU(covariance.astype(">f8"), make_header(cards | space), name="CORR"),
    ]
    return write_hdus(path, hdus)


def read_shapes(psf: dict[str, Path], noise: Path) -> Shapes:
    """Read the point-spread functions of a band by direction, and its noise spectrum.

    Raises
    ------
    OSError, KeyError
        A file is gone or broken.
    """
    functions = {}
    for direction, path in psf.items():
        with fits.open(path, memmap=False) as hdus:
            header = hdus[0].header
            functions[direction] = Psf(hdus[0].data.astype(float), float(header["FWHM"]), int(header["NSTARS"]))
    with fits.open(noise, memmap=False) as hdus:
        return Shapes(functions, fft.ifftshift(hdus[0].data.astype(float)))


def _axes(x: str, y: str, middle: int, step: float, unit: str = "pixel") -> Cards:
    """Return the cards of two linear axes that are zero in the middle."""
    cards: Cards = {}
    for number, name in ((1, x), (2, y)):
        cards |= {
            f"CTYPE{number}": name, f"CUNIT{number}": unit, f"CRPIX{number}": float(middle), f"CRVAL{number}": 0.0,
            f"CDELT{number}": step,
        }  # fmt: skip
    return cards
