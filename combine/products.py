"""The product files: what is in a stack's FITS file, written the same to the byte every time."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

Cards = dict[str, Any]


@dataclass(frozen=True)
class Product:
    """One stacked image: `image` (DN, NaN where blank), `var` (DN squared), `count` (scans), header cards."""

    image: NDArray[np.float32]
    var: NDArray[np.float32]
    count: NDArray[np.int16]
    header: Cards


def file_name(tile: int, band: str, direction: str, kind: str) -> str:
    """Return the name of a product file; `kind` is image, masked, psf, or, one a band, coverage or noise."""
    if kind in ("coverage", "noise"):
        return f"{tile}_{band}_{kind}.fits"
    return f"{tile}_{band}_{direction}{'' if kind == 'image' else f'_{kind}'}.fits"


def write_image(path: Path, product: Product) -> str:
    """Write an image with its VAR and COUNT extensions; return the SHA-256 of the file."""
    extensions = [("VAR", product.var.astype(">f4"), "DN**2"), ("COUNT", product.count.astype(">i2"), "")]
    hdus = [fits.PrimaryHDU(product.image.astype(">f4"), make_header(product.header))]
    for name, data, unit in extensions:
        header = make_header({key: value for key, value in product.header.items() if key not in ("BUNIT", "MAGZP")})
        if unit:
            header["BUNIT"] = unit
        hdus.append(fits.ImageHDU(data, header, name=name))
    return write_hdus(path, hdus)


def write_coverage(path: Path, counts: dict[str, NDArray[np.int16]], cards: Cards) -> str:
    """Write the coverage maps NS, N and S of a band; return the SHA-256 of the file."""
    hdus: list[Any] = [fits.PrimaryHDU(header=make_header({k: v for k, v in cards.items() if not _is_wcs(k)}))]
    hdus += [fits.ImageHDU(counts[d].astype(">i2"), make_header(cards), name=d) for d in ("NS", "N", "S")]
    return write_hdus(path, hdus)


def read_product(path: Path) -> Product:
    """Read an image product into native arrays."""
    with fits.open(path, memmap=False) as hdus:
        header = {key: value for key, value in hdus[0].header.items() if key not in ("COMMENT", "HISTORY", "")}
        return Product(
            image=hdus[0].data.astype(np.float32),
            var=hdus["VAR"].data.astype(np.float32),
            count=hdus["COUNT"].data.astype(np.int16),
            header=header,
        )


def _is_wcs(key: str) -> bool:
    """Tell whether a card belongs to the world coordinates."""
    return key.startswith(("CTYPE", "CRPIX", "CRVAL", "CDELT", "CROTA", "CUNIT"))


def make_header(cards: Cards) -> fits.Header:
    """Make a header of cards given as value or (value, comment)."""
    header = fits.Header()
    for key, value in cards.items():
        header[key] = value
    return header


def write_hdus(path: Path, hdus: list[Any]) -> str:
    """Write HDUs with checksums that hold no time; return the SHA-256 of the file."""
    file = fits.HDUList(hdus)
    file.update_extend()  # before the sums, which hold for every card
    for hdu in file:
        hdu.add_checksum(when="data and header sums")
    whole = io.BytesIO()  # numpy's own way to a file loses the reason when the disk is full
    file.writeto(whole)
    path.write_bytes(whole.getbuffer())
    return hashlib.sha256(whole.getbuffer()).hexdigest()
