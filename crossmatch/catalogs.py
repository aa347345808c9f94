"""The two catalogues that sources are matched with: where their rows are, and how far a match may lie."""

from psycopg.sql import SQL, Composed

from crossmatch.pairs import Limits, pairs_query
from schema.settings import Settings
from sql import load

CATALOGS = ("psc", "xsc")


def values(catalog: str, settings: Settings) -> dict[str, float]:
    """Return what the queries of a catalogue are bound to: how far a pair may be apart, and the error of a nucleus."""
    if catalog == "psc":
        limits = Limits(*(settings[f"xmatch_psc_{name}"][0] for name in ("cap", "floor", "sigmas")))
    else:
        limits = Limits.within(settings["xmatch_xsc_radius"][0])
    return vars(limits) | {"error": settings["xmatch_xsc_error"][0]}


def source_pairs(catalog: str) -> Composed:
    """Return the query that finds the pairs between the sources of some runs and a catalogue."""
    return pairs_query(_sources(), _rows(catalog))


def touched_runs(catalog: str) -> Composed:
    """Return the query that finds the runs with sources near the rows of some files of a catalogue."""
    return SQL(load("crossmatch/touched_runs.sql").decode()).format(left=_sources(), right=_rows(catalog))


def _sources() -> SQL:
    return SQL(load("crossmatch/left_sources.sql").decode())


def _rows(catalog: str) -> SQL:
    return SQL(load(f"crossmatch/right_{catalog}.sql").decode())
