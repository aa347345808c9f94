"""Catalogue files become rows: the server reads what we send as it reads the text itself, in q3c order, once."""

import gzip
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

import ingest
from ingest.catalogs import CATALOGS
from schema.connection import Connection, connect
from schema.published import published
from tests.bars import line, random_lines, write


def count(conn: Connection, table: str) -> int:
    row = conn.execute(SQL("SELECT count(*) FROM {}").format(Identifier(*table.split(".")))).fetchone()
    assert row is not None
    return int(row[0])


def tables(conn: Connection) -> list[Any]:
    """Return everything a catalogue file may change."""
    names = ("twomass.psc", "deepcal.detection", "deepcal.ingest_file")
    query = "SELECT to_jsonb(t) FROM {} AS t ORDER BY 1"
    return [conn.execute(SQL(query).format(Identifier(*name.split(".")))).fetchall() for name in names]


@pytest.mark.parametrize("kind", ["psc", "xsc", "detections"])
def test_rows_are_what_the_server_would_read_in_the_text(conn: Connection, tmp_path: Path, kind: str) -> None:
    catalog = CATALOGS[kind]
    text = "".join(row + "\n" for row in random_lines(catalog.columns, 300, np.random.default_rng(2)))
    path = tmp_path / "file.bar"
    path.write_text(text)
    (result,) = getattr(ingest, kind)(conn, [path])
    assert (result.state, result.rows, result.error) == ("loaded", 300, None)

    names = SQL(", ").join(Identifier(column.name) for column in published(catalog.columns))
    table = Identifier(*catalog.table)
    conn.execute(SQL("CREATE TEMP TABLE plain AS SELECT {} FROM {} WITH NO DATA").format(names, table))
    with conn.cursor().copy(b"COPY plain FROM STDIN (DELIMITER '|')") as copy:
        copy.write(text)
    differing = SQL(
        "(SELECT {0} FROM {1} EXCEPT SELECT * FROM plain) UNION (SELECT * FROM plain EXCEPT SELECT {0} FROM {1})"
    )
    assert conn.execute(differing.format(names, table)).fetchall() == []


def test_a_file_ingested_twice_changes_nothing(conn: Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "psc_aaa.bar", "psc", [{"pts_key": 1}, {"pts_key": 2}])
    ingest.psc(conn, [path])
    before = tables(conn)
    (again,) = ingest.psc(conn, [path])
    assert (again.state, again.rows) == ("known", 2)
    assert tables(conn) == before


def test_a_file_under_another_name_changes_nothing(conn: Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "psc_aaa.bar", "psc", [{"pts_key": 1}])
    other = write(tmp_path / "psc_copy.bar", "psc", [{"pts_key": 1}])
    ingest.psc(conn, [path])
    before = tables(conn)
    assert ingest.psc(conn, [other])[0].state == "known"
    assert tables(conn) == before


def test_a_gzipped_file_is_read_whatever_its_name(conn: Connection, tmp_path: Path) -> None:
    path = tmp_path / "psc_aaa"
    path.write_bytes(gzip.compress((line("psc", pts_key=1) + "\n").encode()))
    assert ingest.psc(conn, [path])[0].rows == 1


def test_line_ends_of_other_systems_are_read(conn: Connection, tmp_path: Path) -> None:
    path = tmp_path / "psc.bar"
    path.write_bytes((line("psc", pts_key=1) + "\r\n" + line("psc", pts_key=2) + "\r\n").encode())
    assert ingest.psc(conn, [path])[0].rows == 2


def test_a_designation_loses_its_trailing_blank(conn: Connection, tmp_path: Path) -> None:
    ingest.psc(conn, [write(tmp_path / "psc.bar", "psc", [{"pts_key": 1, "designation": "00420000-2015000 "}])])
    assert conn.execute("SELECT designation FROM twomass.psc").fetchall() == [("00420000-2015000",)]


def test_rows_lie_in_q3c_order_on_disk(
    fresh_database: Callable[[], AbstractContextManager[str]], tmp_path: Path
) -> None:
    rng = np.random.default_rng(3)
    places = zip(rng.uniform(0, 360, 500).round(6), rng.uniform(-90, 90, 500).round(6), strict=True)
    rows = [{"pts_key": n, "ra": ra, "decl": decl} for n, (ra, decl) in enumerate(places)]
    # A table of its own: one that rolled-back tests have left holes in is filled where the holes are.
    with fresh_database() as dsn, connect(dsn) as conn:
        ingest.psc(conn, [write(tmp_path / "psc.bar", "psc", rows)])
        cells = conn.execute("SELECT q3c_ang2ipix(ra, decl) FROM twomass.psc ORDER BY ctid").fetchall()
    assert len(cells) == 500
    assert cells == sorted(cells)


def test_a_file_larger_than_a_block_comes_in_whole(
    conn: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.text.BLOCK", 1000)
    ingest.psc(conn, [write(tmp_path / "psc.bar", "psc", [{"pts_key": n} for n in range(100)])])
    assert conn.execute("SELECT count(*), sum(pts_key) FROM twomass.psc").fetchall() == [(100, 4950)]


def test_a_fault_far_into_a_file_leaves_nothing_of_it(
    conn: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.text.BLOCK", 1000)
    rows = [{"pts_key": n} for n in range(90)] + [{"pts_key": 90, "j_m": "x1.2"}, {"pts_key": 91, "ra": 400}]
    (result,) = ingest.psc(conn, [write(tmp_path / "psc.bar", "psc", rows)])
    assert result.error == "line 91, column j_m: 'x1.2', expected a number (real)"
    assert count(conn, "twomass.psc") == 0


def test_the_other_files_go_on_after_a_refused_one(conn: Connection, tmp_path: Path) -> None:
    for name, ra in (("psc_a.bar", 1), ("psc_b.bar", 999), ("psc_c.bar", 2)):
        write(tmp_path / name, "psc", [{"pts_key": ra, "ra": ra}])
    assert [result.state for result in ingest.psc(conn, [tmp_path])] == ["loaded", "refused", "loaded"]
    assert count(conn, "twomass.psc") == 2


def test_a_refused_file_is_tried_again(conn: Connection, tmp_path: Path) -> None:
    first = write(tmp_path / "psc_a.bar", "psc", [{"pts_key": 1}])
    clash = write(tmp_path / "psc_b.bar", "psc", [{"pts_key": 1, "ra": 11}])
    ingest.psc(conn, [first])
    assert ingest.psc(conn, [clash])[0].state == "refused"
    conn.execute("DELETE FROM twomass.psc")
    assert ingest.psc(conn, [clash])[0].state == "loaded"
    recorded = conn.execute("SELECT state, error, row_count FROM deepcal.ingest_file WHERE path = %s", (str(clash),))
    assert recorded.fetchall() == [("loaded", None, 1)]


def test_extractions_of_a_new_tile_get_a_partition(conn: Connection, tmp_path: Path) -> None:
    rows = [{"cntr": 1, "tile": 90004}, {"cntr": 1, "tile": 90013}]
    assert ingest.detections(conn, [write(tmp_path / "cal.bar", "detection", rows)])[0].rows == 2
    where = conn.execute("SELECT tableoid::regclass::text, origin FROM deepcal.detection ORDER BY 1").fetchall()
    assert where == [("detection_90004", "catalog"), ("detection_90013", "catalog")]


def test_a_refused_file_of_extractions_leaves_no_partition(conn: Connection, tmp_path: Path) -> None:
    rows = [{"cntr": 1, "tile": 90021}, {"cntr": 1, "tile": 90021}]
    assert ingest.detections(conn, [write(tmp_path / "cal.bar", "detection", rows)])[0].state == "refused"
    assert conn.execute("SELECT to_regclass('deepcal.detection_90021')").fetchone() == (None,)


def test_a_connection_killed_while_copying_leaves_nothing(
    fresh_database: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.text.BLOCK", 20_000)
    monkeypatch.setattr("ingest.runs.RUN", 100)
    path = write(tmp_path / "psc.bar", "psc", [{"pts_key": n} for n in range(2000)])
    with fresh_database() as dsn, connect(dsn) as other:
        doomed = connect(dsn)

        def kill(stage: str, done: int, total: int) -> None:
            if 2 * done > total:
                other.execute("SELECT pg_terminate_backend(%s, 10000)", (doomed.info.backend_pid,))

        with pytest.raises(psycopg.OperationalError):
            ingest.psc(doomed, [path], kill)
        doomed.close()
        assert (count(other, "twomass.psc"), count(other, "deepcal.ingest_file")) == (0, 0)
        other.commit()
        assert ingest.psc(other, [path])[0].rows == 2000


def test_the_real_line_of_the_point_source_catalog_is_read(conn: Connection, realdata: Path) -> None:
    assert ingest.psc(conn, [realdata / "psc" / "psc_aaa_line1.bar"])[0].rows == 1
    query = "SELECT designation, decl, j_m, ext_key, date::text, scan FROM twomass.psc"
    assert conn.execute(query).fetchone() == (
        "00042876-8955069",
        -89.91861,
        pytest.approx(12.467),
        None,
        "2000-09-22",
        64,
    )


def test_the_real_truncated_table_is_refused(conn: Connection, realdata: Path) -> None:
    (result,) = ingest.psc(conn, [realdata / "psc" / "m16_psc_truncated.tbl"])
    assert result.state == "refused"
    assert result.error is not None
    assert result.error.startswith("929 rows, the header promises 23938")


def test_two_ingests_of_one_file_at_once_load_it_once(fresh_database: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "psc.bar", "psc", [{"pts_key": n} for n in range(3000)])

    def load(dsn: str) -> str:
        with connect(dsn) as mine:
            return ingest.psc(mine, [path])[0].state

    with fresh_database() as dsn, ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(load, [dsn, dsn])) == ["known", "loaded"]
        with connect(dsn) as reader:
            assert count(reader, "twomass.psc") == 3000


def test_a_writer_s_rights_are_enough_to_ingest(conn: Connection, tmp_path: Path) -> None:
    conn.execute("SET LOCAL ROLE deepcal_writer")
    cal = write(tmp_path / "cal.bar", "detection", [{"cntr": 1, "tile": 90067}])
    scan = write(tmp_path / "scan.bar", "scan", [{"scan_key": 1}])
    states = [ingest.detections(conn, [cal])[0], ingest.scans(conn, [scan])[0], ingest.tiles(conn)[0]]
    assert [(result.state, result.error) for result in states] == [("loaded", None)] * 3
    assert ingest.score(conn).new == 1
    ingest.review(conn, 1, 3, "A. Observer", "aircraft")
