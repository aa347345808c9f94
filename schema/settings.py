"""Assumptions and tuning values: the defaults in settings/*.csv, and the table deepcal.setting."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import psycopg

from sql import load

Settings = dict[str, list[float]]


@dataclass(frozen=True)
class Setting:
    """One assumption or tuning value with its source; `group` is the file that describes it."""

    group: str
    name: str
    value: list[float]
    unit: str
    assumed: bool
    source: str


@cache
def described() -> tuple[Setting, ...]:
    """Return every setting with its default value, by name."""
    found = []
    folder = files(__package__).joinpath("settings")
    for path in sorted(folder.iterdir(), key=lambda item: item.name):
        for row in csv.DictReader(path.read_text().splitlines()):
            value = [float(word) for word in row["value"].split()]
            found.append(
                Setting(
                    path.name.removesuffix(".csv"),
                    row["name"],
                    value,
                    row["unit"],
                    row["assumed"] == "yes",
                    row["source"],
                )
            )
    return tuple(sorted(found, key=lambda setting: setting.name))


def defaults() -> Settings:
    """Return the default value of every setting."""
    return {setting.name: list(setting.value) for setting in described()}


def of_groups(settings: Settings, groups: set[str]) -> Settings:
    """Return the settings of some groups: the files they are described in."""
    names = {setting.name for setting in described() if setting.group in groups}
    return {name: value for name, value in sorted(settings.items()) if name in names}


def read(conn: psycopg.Connection) -> Settings:
    """Return the settings of a database, the defaults where it has none."""
    return defaults() | dict(conn.execute(load("select/settings.sql")).fetchall())
