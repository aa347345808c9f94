"""The form of a table, told by the first bytes of its content."""

import re

from ingest.faults import NULL

NAME = rb" *\"?_?(2MAS)?[A-Za-z][\w.\-]*\"? *"
NAMES = re.compile(NAME + rb"([,|;\t ]" + NAME + rb"){2,}[,|;]?\s*", re.ASCII)
"""A line of at least three column names; VizieR has a column 2MASS."""


def sniff(first: bytes) -> str | None:
    """Return "ipac", "fits", "votable", "parquet", "names" (text that begins with column names) or None.

    Parameters
    ----------
    first : bytes
        The beginning of the file, unpacked.
    """
    if first.startswith(b"SIMPLE  ="):
        return "fits"
    if first.startswith(b"PAR1"):
        return "parquet"
    if re.match(rb"(\xef\xbb\xbf)?\s*(<\?xml|<!--|<VOTABLE)", first):
        return "votable"
    if first.startswith(b"|") or (first.startswith(b"\\") and not first.startswith(NULL.encode() + b"|")):
        return "ipac"
    return "names" if NAMES.fullmatch(first_line(first)) else None


def first_line(first: bytes) -> bytes:
    """Return the first line that is neither empty nor a comment."""
    for line in first.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        text = line.rstrip(b"\r")
        if text.strip() and not text.startswith(b"#"):
            return text
    return b""
