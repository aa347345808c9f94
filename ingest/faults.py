"""What may stand in a column, in words: the slow reading of a line that says which value is wrong, and why."""

import datetime
import math
import re
from dataclasses import dataclass
from functools import cache

from schema.published import PublishedColumn

NULL = r"\N"
WIDE = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63}
LARGEST = {"real": 3.4028235e38, "double precision": math.inf}
NIGHTS = datetime.date(1997, 3, 1), datetime.date(2002, 12, 31)  # day 1 of the survey's count, and well past its end
LETTERS = {"hemis": ("n", "s"), "sd": ("n", "s")}
_WHOLE = re.compile(r"-?\d+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_PLAIN = re.compile(r"[ -~]*")


@dataclass(frozen=True)
class Fault:
    """One value that cannot be used: its column, its text, and what belongs there."""

    column: str
    value: str
    expected: str


def line_fault(columns: tuple[PublishedColumn, ...], line: str) -> Fault | None:
    """Return the first fault of a bar-delimited line (a letter for each byte: Latin 1), None if there is none."""
    fields = line.split("|")
    for name, value in zip([*(column.name for column in columns), "after the last"], fields, strict=False):
        if not _PLAIN.fullmatch(value):
            shown = value.encode("latin-1").decode("ascii", "backslashreplace")
            return Fault(name, shown[:40], "plain ASCII text")
    if len(fields) != len(columns):
        name = columns[min(len(fields), len(columns)) - 1].name
        return Fault(f"{name} (the last)", fields[-1][:40], f"{len(columns)} columns, this line has {len(fields)}")
    for column, value in zip(columns, fields, strict=True):
        if expected := value_fault(column, value):
            return Fault(column.name, value, expected)
    return None


def value_fault(column: PublishedColumn, value: str) -> str | None:
    """Return what was expected in place of a value, None if the value will do."""
    if value == NULL:
        return None if column.null else f"{_what(column)}, never null"
    if column.type in WIDE:
        text = value.strip(" ")
        good = bool(_WHOLE.fullmatch(text)) and -WIDE[column.type] <= int(text) < WIDE[column.type]
        good = good and _within(column, int(text))
    elif column.type in LARGEST:
        text = value.strip(" ")
        good = bool(_NUMBER.fullmatch(text)) and abs(float(text)) < LARGEST[column.type]
        good = good and _within(column, float(text))
    elif column.type == "date":
        good = _night(value.strip(" "))
    else:
        text = value.rstrip(" ")
        good = len(text) <= width(column) and text in LETTERS.get(column.name, (text,))
    return None if good else _what(column)


@cache
def limits(column: PublishedColumn) -> tuple[float, float] | None:
    """Return the smallest and largest number a column may hold, None where physics sets no limit."""
    named = {"qual": (0.0, 10.0), "scan": (1.0, 999.0)}
    keys = {"scan_key", "pts_key", "ext_key", "cntr", "tile"}
    if column.name in named:
        return named[column.name]
    if column.name in keys:
        return 0.0, float(WIDE[column.type] - 1)
    circle = {"pos.eq.ra": math.nextafter(360, 0), "pos.galactic.lon": 360.0}
    for start, most in circle.items():
        if column.ucd.startswith(start) and column.unit == "deg":
            return 0.0, most
    if column.ucd.startswith(("pos.eq.dec", "pos.galactic.lat")) and column.unit == "deg":
        return -90.0, 90.0
    return None


@cache
def width(column: PublishedColumn) -> int:
    """Return the most characters a text column holds."""
    found = re.fullmatch(r"character\((\d+)\)", column.type)
    return int(found.group(1)) if found else 1000


def _within(column: PublishedColumn, number: float) -> bool:
    allowed = limits(column)
    return allowed is None or allowed[0] <= number <= allowed[1]


def _night(text: str) -> bool:
    try:
        return len(text) == 10 and NIGHTS[0] <= datetime.date.fromisoformat(text) <= NIGHTS[1]
    except ValueError:
        return False


def _what(column: PublishedColumn) -> str:
    """Return in words what a column holds."""
    if column.name in LETTERS:
        return " or ".join(repr(letter) for letter in LETTERS[column.name])
    if column.type == "date":
        return f"a night as YYYY-MM-DD, {NIGHTS[0]} to {NIGHTS[1]}"
    if column.type in WIDE or column.type in LARGEST:
        kind = "a whole number" if column.type in WIDE else "a number"
        allowed = limits(column)
        if allowed is None:
            return f"{kind} ({column.type})"
        top = "below 360" if allowed[1] == math.nextafter(360, 0) else f"to {allowed[1]:.10g}"
        return f"{kind} from {allowed[0]:g} {top}" + (f" {column.unit}" if column.unit else "")
    return f"text of at most {width(column)} characters"
