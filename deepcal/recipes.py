"""The cookbook: named queries below sql/query, each of which says what it answers and which values it needs."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from schema.errors import BadArgument
from sql import load

PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Recipe:
    """One query of the cookbook.

    Attributes
    ----------
    name : str
        What it is asked for by.
    question : str
        What it answers.
    values : tuple of str
        Names of the values it needs.
    explained : str
        The same in words, with units; empty where it needs none.
    text : str
        The statement, after the comments that say all this.
    """

    name: str
    question: str
    values: tuple[str, ...]
    explained: str
    text: str

    @property
    def statement(self) -> str:
        """The statement without these comments."""
        return "\n".join(line for line in self.text.splitlines() if not line.startswith("--"))


@cache
def recipes() -> dict[str, Recipe]:
    """Return the whole cookbook by name."""
    names = (entry.name for entry in files("sql").joinpath("query").iterdir())
    return {name[:-4]: _read(name[:-4]) for name in sorted(names) if name.endswith(".sql")}


def recipe(name: str) -> Recipe:
    """Return one query of the cookbook.

    Raises
    ------
    BadArgument
        There is none of that name.
    """
    try:
        return recipes()[name]
    except KeyError:
        raise BadArgument(f"no query {name!r} in the cookbook; there are {', '.join(recipes())}") from None


def check_values(asked: Recipe, values: dict[str, object]) -> None:
    """Compare the values given with those a query needs.

    Raises
    ------
    BadArgument
        Some are missing or not known.
    """
    if set(values) != set(asked.values):
        needs = asked.explained or "no values"
        raise BadArgument(f"query {asked.name}: given {', '.join(values) or 'no values'}; it needs {needs}")


def _read(name: str) -> Recipe:
    text = load(f"query/{name}.sql").decode()
    comments = [line.removeprefix("--").strip() for line in text.splitlines() if line.startswith("--")]
    explained = next((line.removeprefix("Values: ") for line in comments if line.startswith("Values: ")), "")
    return Recipe(name, comments[0], tuple(dict.fromkeys(PLACEHOLDER.findall(text))), explained, text)
