"""The header of an Atlas Image: which scan, band and rows it is, where it lies and how bright its numbers are."""

import datetime
import math
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from astropy.io import fits

from schema.errors import BadFile
from schema.grid import SinWcs
from schema.settings import defaults

HEMISPHERES = {"CTIO": "s", "Hopkins": "n"}
IDENTITY = ("TELNAME", "ORDATE", "SCANNO", "FILTER", "SCANDIR", "STRIP_ID", "USYREF")
FRAME_MS = 1298.0  # exposure of an ordinary frame, card TIMER1; the 6x scans of the survey took six times as long
FRAMES = "frames"  # BUNIT of a coverage map
SIX = 0.02  # how far an exposure may be from a whole number of ordinary ones
PIXEL = (0.2, 5.0)  # arcsec: pixels of Atlas Images and strips have 1
NAME = re.compile(r"[ac][JHK]_asky_\d{6}[ns]\d{3}(\d{4})\.fits")


@dataclass(frozen=True)
class AtlasHeader:
    """What deepcal reads of one Atlas Image or registered strip.

    `usy` is USYREF rounded to whole rows: with hemisphere, date, scan and band it identifies an image. `coadd` comes
    from the file's name, the only place that holds it. Units: DN (`skyval`, `skysig`), mag (`magzp`), s (`exptime`),
    arcsec (`usxref`, `usyref`, `dxfs`, `dyfs`); `seesh` is the seeing shape. `bunit` is "frames" in a coverage map.
    """

    hemis: str
    date: datetime.date
    scan: int
    band: str
    direction: str
    tile: int
    usy: int
    usxref: float
    usyref: float
    naxis1: int
    naxis2: int
    wcs: SinWcs
    magzp: float
    skyval: float
    skysig: float
    seesh: float
    numfrms: int
    dyfs: float
    coadd: int | None
    exptime: float
    type: str
    dxfs: float | None = None
    bunit: str = ""

    @property
    def is_coverage(self) -> bool:
        """True for a coverage map: its pixels count frames."""
        return self.bunit.lower() == FRAMES


class _Cards:
    """The cards of one file; a card that cannot be used raises BadFile with its value and what was expected."""

    def __init__(self, path: Path, header: Mapping[str, object]) -> None:
        self.path = path
        self.header = header

    def refuse(self, card: str, expected: str) -> BadFile:
        value = self.header.get(card, "missing")
        found = "is missing" if value == "missing" else f"is {value!r}"
        return BadFile(self.path, f"card {card} {found}, expected {expected}")

    def number(self, card: str, expected: str, *, positive: bool = False) -> float:
        value = self.header.get(card)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.refuse(card, expected)
        if positive and value <= 0:
            raise self.refuse(card, expected)
        return float(value)

    def whole(self, card: str, expected: str) -> int:
        text = str(self.header.get(card, "")).strip()
        if not re.fullmatch(r"\d+", text):
            raise self.refuse(card, expected)
        return int(text)

    def choice(self, card: str, choices: Iterable[str]) -> str:
        text = str(self.header.get(card, "")).strip()
        if text not in choices:
            raise self.refuse(card, "one of " + ", ".join(repr(choice) for choice in choices))
        return text

    def date(self, card: str) -> datetime.date:
        text = str(self.header.get(card, "")).strip()
        found = re.fullmatch(r"(\d\d)(\d\d)(\d\d)", text)
        try:
            year, month, day = (int(part) for part in found.groups()) if found else (0, 0, 0)
            return datetime.date(year + (1900 if year >= 90 else 2000), month, day)
        except ValueError:
            raise self.refuse(card, "the date of the night as yymmdd") from None


def read_header(path: Path) -> AtlasHeader:
    """Read and check the header of an Atlas Image.

    Parameters
    ----------
    path : Path
        A .fits, .fits.gz or .fits.fz file.

    Raises
    ------
    BadFile
        The file is no FITS image, has no scan identity, or a card cannot be used.
    """
    cards = _Cards(path, _image_header(path))
    lost = [card for card in IDENTITY if card not in cards.header]
    if lost:
        raise BadFile(
            path,
            f"no scan identity: card {', '.join(lost)} missing. Expected an Atlas Image or strip of one scan; "
            "a mosaic or a stack of scans cannot be ingested",
        )
    wcs = _wcs(cards)
    usyref = cards.number("USYREF", "the U-scan y of the grid's origin in arcsec")
    named = NAME.search(path.name)
    return AtlasHeader(
        hemis=HEMISPHERES[cards.choice("TELNAME", HEMISPHERES)],
        date=cards.date("ORDATE"),
        scan=cards.whole("SCANNO", "the scan's number in its night"),
        band=cards.choice("FILTER", "jhk"),
        direction=cards.choice("SCANDIR", "ns"),
        tile=cards.whole("STRIP_ID", "the number of the tile"),
        usy=round(usyref),
        usxref=cards.number("USXREF", "the U-scan x of the grid's origin in arcsec"),
        usyref=usyref,
        naxis1=cards.whole("NAXIS1", "the number of columns"),
        naxis2=cards.whole("NAXIS2", "the number of rows"),
        wcs=wcs,
        magzp=cards.number("MAGZP", "a finite zero point in mag"),
        skyval=cards.number("SKYVAL", "the sky in DN"),
        skysig=cards.number("SKYSIG", "the noise in DN, above zero", positive=True),
        seesh=cards.number("SEESH", "the seeing shape, above zero", positive=True),
        numfrms=cards.whole("NUMFRMS", "the number of frames of the scan"),
        dyfs=cards.number("DYFS", "the frame step along the scan in arcsec"),
        coadd=int(named.group(1)) if named else None,
        exptime=_exptime(cards),
        type=str(cards.header.get("TYPE", "")).strip(),
        dxfs=cards.number("DXFS", "the frame step across the scan in arcsec") if "DXFS" in cards.header else None,
        bunit=str(cards.header.get("BUNIT", "")).strip(),
    )


def _exptime(cards: _Cards) -> float:
    """Return the exposure of a point of the sky: card EXPTIME where there is one, else a frame's exposure tells it.

    Ordinary images have no card: 6 frames of 1.3 s. The 6x scans have frames of 7.8 s: 46.8 s, which EXPTIME or TIMER1
    tells.
    """
    ordinary = defaults()["exptime"][0]
    times: dict[str, float] = {}
    if "EXPTIME" in cards.header:
        given = cards.number("EXPTIME", "the exposure of a point of the sky in s", positive=True)
        times["EXPTIME"] = given / ordinary
        if abs(times["EXPTIME"] - max(1, round(times["EXPTIME"]))) > SIX:
            raise cards.refuse("EXPTIME", f"{ordinary} s, or a multiple: {6 * ordinary:g} s of a 6x scan")
    if "TIMER1" in cards.header:
        times["TIMER1"] = cards.number("TIMER1", "the frame's exposure in ms", positive=True) / FRAME_MS
    found = {card: max(1, round(ratio)) for card, ratio in times.items()}
    if len(set(found.values())) > 1:
        raise cards.refuse("EXPTIME", f"{found['TIMER1'] * ordinary:g} s, as TIMER1 {cards.header['TIMER1']} ms tells")
    return ordinary * next(iter(found.values()), 1)


def _wcs(cards: _Cards) -> SinWcs:
    for card, kind in (("CTYPE1", "RA---SIN"), ("CTYPE2", "DEC--SIN")):
        cards.choice(card, (kind,))
    values = {
        card: cards.number(card, "a number of the SIN projection")
        for card in ("CRVAL1", "CRVAL2", "CRPIX1", "CRPIX2", "CDELT1", "CDELT2")
    }
    if not (0 <= values["CRVAL1"] < 360 and abs(values["CRVAL2"]) <= 90):
        place = f"{values['CRVAL1']}, {values['CRVAL2']}"
        raise BadFile(cards.path, f"cards CRVAL1, CRVAL2 are {place}, expected right ascension and declination in deg")
    for card in ("CDELT1", "CDELT2"):
        if not PIXEL[0] <= abs(values[card]) * 3600 <= PIXEL[1]:
            raise cards.refuse(card, "about 1 arcsec a pixel (0.000278 deg)")
    rotation = cards.number("CROTA2", "the image twist in deg") if "CROTA2" in cards.header else 0.0
    return SinWcs(
        crval=(values["CRVAL1"], values["CRVAL2"]),
        crpix=(values["CRPIX1"], values["CRPIX2"]),
        cdelt=(values["CDELT1"], values["CDELT2"]),
        crota2=rotation,
    )


def _image_header(path: Path) -> dict[str, object]:
    """Return the cards of the file's first two-dimensional image, values that do not parse as their text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # astropy warns of what the checks here refuse or allow by themselves
            with fits.open(path, memmap=True, lazy_load_hdus=True) as hdus:
                for hdu in hdus:
                    if hdu.header.get("NAXIS") == 2 and (hdu.is_image or hdu.name == "COMPRESSED_IMAGE"):
                        _complete(path, hdu)
                        return {card.keyword: _value(card) for card in hdu.header.cards}
    except (OSError, EOFError, ValueError, KeyError, TypeError, fits.VerifyError) as error:
        raise BadFile(path, f"no readable FITS file: {error}") from error
    raise BadFile(path, "no two-dimensional image in the file, expected an Atlas Image")


def _complete(path: Path, hdu: fits.ImageHDU) -> None:
    """Refuse a plain file that ends before its pixels do; compressed files tell when they are read."""
    if path.suffix != ".fits":
        return
    info = hdu.fileinfo()
    needed = info["datLoc"] + abs(hdu.header["BITPIX"]) // 8 * hdu.header["NAXIS1"] * hdu.header["NAXIS2"]
    if path.stat().st_size < needed:
        raise BadFile(path, f"truncated: {path.stat().st_size} bytes, expected at least {needed}")


def _value(card: fits.Card) -> object:
    try:
        value: object = card.value
    except fits.VerifyError:
        return str(card.image[10:]).strip()
    return value
