"""What people say over a score: a review is appended, never edited, and the last one counts."""

import datetime
import re

from schema.connection import Connection
from schema.errors import BadArgument
from sql import load


def review(conn: Connection, scan: int | str, quality: float, by: str, reason: str) -> int:
    """Give a scan another score; earlier reviews stay, the last one counts.

    Parameters
    ----------
    conn : Connection
    scan : int or str
        scan_key, or hemisphere, night and number as in n980321106 or 980321n106.
    quality : float
        0 to 10.
    by, reason : str
        Who says so, and why.

    Returns
    -------
    int
        Number of the review.

    Raises
    ------
    BadArgument
        There is no such scan, the quality is off the scale, or nobody or nothing is named.
    """
    if not 0 <= quality <= 10:
        raise BadArgument(f"quality {quality}: expected 0 to 10")
    if not by.strip() or not reason.strip():
        raise BadArgument("a review names who gives it (--by) and why (--reason)")
    with conn.transaction():
        row = {"scan_key": named_scan(conn, scan), "quality": quality, "by": by.strip(), "reason": reason.strip()}
        made = conn.execute(load("score/review.sql"), row).fetchone()
    assert made is not None, "an insert returns its number"
    return int(made[0])


def named_scan(conn: Connection, scan: int | str) -> int:
    """Return the scan_key of a scan that a person names: by its key, or as n980321106 or 980321n106.

    Raises
    ------
    BadArgument
        There is no such scan.
    """
    text = str(scan).strip().lower()
    if re.fullmatch(r"-?\d{1,9}", text):
        row = conn.execute(load("score/scan_by_key.sql"), {"scan_key": int(text)}).fetchone()
    else:
        row = conn.execute(load("ingest/scan.sql"), _identity(text)).fetchone()
    if row is None:
        raise BadArgument(f"no scan {scan}: `deepcal show scans` lists them")
    return int(row[0])


def _identity(text: str) -> dict[str, object]:
    """Return hemisphere, night and number of a scan written as n980321106 or 980321n106."""
    found = re.fullmatch(r"(?P<h>[ns])(?P<d>\d{6})(?P<s>\d{1,3})|(?P<d2>\d{6})(?P<h2>[ns])(?P<s2>\d{1,3})", text)
    parts = [found[name] or found[f"{name}2"] for name in "hds"] if found else []
    try:
        hemis, night, number = parts
        century = "19" if night[:2] >= "90" else "20"
        return {"hemis": hemis, "date": datetime.date.fromisoformat(century + night), "scan": int(number)}
    except ValueError:
        raise BadArgument(f"scan {text!r}: expected a scan_key, or a scan as n980321106 or 980321n106") from None
