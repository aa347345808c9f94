"""The errors of deepcal: a small tree whose messages name value, place, expectation and what to do."""

from pathlib import Path


class DeepcalError(Exception):
    """Base of every error a user can mend; `exit_code` is what the command returns."""

    exit_code = 1


class BadInput(DeepcalError):
    """Something given to deepcal does not fit; nothing was changed."""

    exit_code = 3


def _shown(letter: str) -> str:
    """Return a letter of a message, escaped where a terminal or a database would stumble over it."""
    return letter if letter.isprintable() else letter.encode("unicode_escape", "surrogatepass").decode()


class BadFile(BadInput):
    """A file that is refused whole."""

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path = Path(path)
        self.reason = "".join(map(_shown, reason))
        super().__init__(f"{self.path.name}: {self.reason}")


class BadRow(BadFile):
    """One value of one line of a file that is refused whole.

    Parameters
    ----------
    path : path of the file
    line : line number, from 1
    column : column name
    value : the text that was found
    expected : what belongs there, in words
    word : what the number counts: "line", or "row" where a format has no lines
    """

    def __init__(self, path: Path | str, line: int, column: str, value: str, expected: str, word: str = "line") -> None:
        self.line = line
        self.column = column
        self.value = value
        self.expected = expected
        shown = repr(value).replace("\\\\", "\\")  # what was escaped when it was read is not escaped again
        super().__init__(path, f"{word} {line}, column {column}: {shown}, expected {expected}")


class BadArgument(DeepcalError):
    """An argument that cannot be used; the message says which and what would do."""

    exit_code = 2


class NotReady(DeepcalError):
    """Something that must come first is missing; the message says which command makes it."""

    exit_code = 4


class ServerError(DeepcalError):
    """The PostgreSQL server cannot be reached, started or used."""

    exit_code = 5


class NoRoom(DeepcalError):
    """A disk is too full for what is to be written; everything is as it was."""

    exit_code = 6
