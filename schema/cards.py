"""The header cards of an Atlas Image, written as the archive has them."""

import csv
import datetime
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from astropy.io import fits

from schema.header import HEMISPHERES, AtlasHeader


def write_cards(image: AtlasHeader, extra: Mapping[str, str | float] | None = None) -> fits.Header:
    """Make the header of an image as the archive's Atlas Images have it, every card in their order.

    Parameters
    ----------
    image : AtlasHeader
        Identity, grid and photometry; `coadd` and `exptime` have no card.
    extra : mapping, optional
        Values of further cards (UT, AM_SOS, QT5000, ...); cards not given keep an ordinary value.

    Raises
    ------
    KeyError
        `extra` names a card that Atlas Images do not have.
    """
    values = _identity_cards(image) | dict(extra or {})
    header = fits.Header([("SIMPLE", True), ("BITPIX", -32), ("NAXIS", 2, "# of Axes")])
    header["NAXIS1"], header["NAXIS2"] = image.naxis1, image.naxis2
    for card, default, comment in _template():
        header.append((card, values.pop(card, default), comment), end=True)
    if image.bunit:
        header["BUNIT"] = image.bunit
    if values:
        raise KeyError(f"Atlas Images have no card {', '.join(values)}")
    return header


def _identity_cards(image: AtlasHeader) -> dict[str, str | float]:
    day = (image.date - datetime.date(1997, 3, 1)).days + 1
    cards: dict[str, str | float] = {
        "ORDATE": f"{image.date:%y%m%d}",
        "DAYNUM": f"{day:04d}",
        "FN_PRFX": f"{image.band}{day:04d}{image.scan:03d}",
        "TYPE": image.type,
        "SCANNO": image.scan,
        "SCANDIR": image.direction,
        "STRIP_ID": image.tile,
        "CRPIX1": image.wcs.crpix[0],
        "CRPIX2": image.wcs.crpix[1],
        "CRVAL1": image.wcs.crval[0],
        "CRVAL2": image.wcs.crval[1],
        "CROTA2": image.wcs.crota2,
        "CDELT1": image.wcs.cdelt[0],
        "CDELT2": image.wcs.cdelt[1],
        "USXREF": image.usxref,
        "USYREF": image.usyref,
        "SKYVAL": image.skyval,
        "SKYSIG": image.skysig,
        "MAGZP": image.magzp,
        "SEESH": image.seesh,
        "DYFS": image.dyfs,
        "NUMFRMS": image.numfrms,
        "TELNAME": next(name for name, hemis in HEMISPHERES.items() if hemis == image.hemis),
        "FILTER": image.band,
    }
    return cards if image.dxfs is None else cards | {"DXFS": image.dxfs}


@cache
def _template() -> tuple[tuple[str, str | float, str], ...]:
    """Return the cards of an ordinary Atlas Image: keyword, usual value, comment."""
    text = files(__package__).joinpath("atlas_cards.csv").read_text()
    rows = csv.DictReader(text.splitlines())
    return tuple((row["card"], _typed(row["type"], row["value"]), row["comment"]) for row in rows)


def _typed(kind: str, text: str) -> str | float:
    match kind:
        case "i":
            return int(text)
        case "f":
            return float(text)
        case "b":
            return text == "True"
        case _:
            return text
