"""The generated pages of the documentation: `python -m docs.generate` writes them, a test says when they are old."""

import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from deepcal.recipes import recipes
from schema.connection import Connection
from schema.settings import described
from schema.tables import metadata
from sql import load

HERE = Path(__file__).parent
MADE = "<!-- Made by docs/generate.py from {}: edit those. -->\n"


def tables(conn: Connection) -> str:
    """Return the reference page of all tables, views and functions; views and functions are asked of a database."""
    found = [
        "# Tables",
        MADE.format("schema/ and sql/define/"),
        "Units and UCDs are those of the Virtual Observatory; null says whether a column can be empty. In psql,",
        "`\\d+ deepcal.source` shows the same words.\n",
        _contents(conn),
    ]
    for table in sorted(metadata.tables.values(), key=lambda table: str(table.fullname)):
        found += [f"## {table.fullname}\n", f"{table.comment}.\n", *_constraints(table), ""]
        rows = ((c.name, _type(c), "yes" if c.nullable else "", *_described(c)) for c in table.columns)
        found += [*_table(("column", "type", "null", "unit", "UCD", "meaning"), rows), ""]
    for name, comment, columns in _views(conn):
        found += [f"## {name}\n", f"A view. {comment}.\n", *_table(("column", "type", "meaning"), columns), ""]
    found += ["## Functions\n", *_table(("function", "what it returns"), _functions(conn))]
    return "\n".join(found) + "\n"


def assumptions(conn: Connection) -> str:
    """Return the page of all settings, those without a source first."""
    found = [
        "# Assumptions",
        MADE.format("schema/settings/*.csv"),
        "What no source gives, and what is a matter of tuning, is a row of deepcal.setting and never a bare constant.",
        "Every run stores the values it used (stack_run.parameters, xmatch_run.parameters). Change one with",
        "`UPDATE deepcal.setting SET value = '{2.5}' WHERE name = 'xmatch_psc_cap'`: an upgrade keeps your value.\n",
    ]
    for title, assumed in (("Assumed", True), ("From a source", False)):
        rows = (
            (f"`{s.name}`", " ".join(f"{v:g}" for v in s.value), s.unit, s.source)
            for s in described()
            if s.assumed is assumed
        )
        found += [f"## {title}\n", *_table(("setting", "value", "unit", "where it comes from"), rows), ""]
    return "\n".join(found)


def cookbook(conn: Connection) -> str:
    """Return the page of all queries, each with what it answers on the demo field."""
    answers = json.loads((HERE / "results.json").read_text())
    found = [
        "# The astronomers' cookbook",
        MADE.format("sql/query/*.sql and docs/results.json"),
        "Each question is asked by its name, from Python or on the command line:\n",
        '    deepcal.query("cone", ra=247.89, dec=30.15, radius=60)',
        "    deepcal show query cone -v ra=247.89 -v dec=30.15 -v radius=60\n",
        "In psql, put the values in place of `%(name)s`. Below each query stands what it answers on the field of",
        "`deepcal demo`: the first rows, and the first columns where there are many.\n",
        *(f"- [{found.name}](#{found.name}): {found.question}" for found in recipes().values()),
        "",
    ]
    for asked in recipes().values():
        found += [
            f"## {asked.name}\n",
            f"{asked.question} Values: {asked.explained or 'none'}.\n",
            "```sql",
            asked.statement,
            "```\n",
            *_answer(answers.get(asked.name)),
        ]
    return "\n".join(found)


def _answer(kept: dict[str, Any] | None) -> Iterable[str]:
    if kept:
        given = ", ".join(f"{name} {value}" for name, value in kept["values"].items())
        yield f"With {given}, {kept['rows']:,} rows:\n" if given else f"{kept['rows']:,} rows:\n"
        yield from ("```text", kept["text"], "```\n")


PAGES: dict[str, Callable[[Connection], str]] = {
    "tables.md": tables,
    "assumptions.md": assumptions,
    "cookbook.md": cookbook,
}


def _contents(conn: Connection) -> str:
    tables = [(str(table.fullname), str(table.comment)) for table in metadata.tables.values()]
    views = [(name, comment) for name, comment, _ in _views(conn)]
    lines = [f"- [{name}](#{name.replace('.', '')}): {comment}" for name, comment in sorted(tables + views)]
    return "\n".join(lines) + "\n"


def _described(column: "sa.Column[object]") -> tuple[str, str, str]:
    unit = column.info["unit"]
    return unit, column.info["ucd"], str(column.comment).removesuffix(f" [{unit}]")


def _type(column: "sa.Column[object]") -> str:
    return str(column.type.compile(dialect=postgresql.dialect())).lower()  # type: ignore[no-untyped-call]


def _constraints(table: sa.Table) -> Iterable[str]:
    yield f"Key: {', '.join(column.name for column in table.primary_key.columns)}."
    for key in sorted(table.foreign_key_constraints, key=lambda key: list(key.column_keys)):
        yield f"{', '.join(key.column_keys)} → {key.elements[0].target_fullname.rpartition('.')[0]}."


def _views(conn: Connection) -> list[tuple[str, str, list[tuple[str, ...]]]]:
    views: dict[str, tuple[str, list[tuple[str, ...]]]] = {}
    for name, comment, *column in conn.execute(load("select/views.sql")):
        views.setdefault(name, (comment, []))[1].append(tuple(column))
    return [(name, comment, columns) for name, (comment, columns) in views.items()]


def _functions(conn: Connection) -> list[tuple[str, ...]]:
    return [(f"`{name}`", comment) for name, comment in conn.execute(load("select/functions.sql"))]


def _table(head: tuple[str, ...], rows: Iterable[Iterable[str]]) -> list[str]:
    """Return a Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines]


def main() -> None:
    """Write all pages."""
    from deepcal import connect

    with connect() as conn:
        for name, page in PAGES.items():
            (HERE / name).write_text(page(conn))
            print(HERE / name, file=sys.stderr)


if __name__ == "__main__":
    main()
