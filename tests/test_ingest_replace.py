"""Files that changed, bad rows that are tolerated, indexes that come after the rows."""

import gzip
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest

import ingest
from schema.connection import Connection, connect
from tests.bars import line, random_lines, write

Fresh = Callable[[], AbstractContextManager[str]]
HOME = """
    SELECT cell, pts_key, ra, decl FROM twomass.psc_cell WHERE cell = (q3c_ang2ipix(ra, decl) >> 34)::integer
    INTERSECT ALL
    SELECT (q3c_ang2ipix(ra, decl) >> 34)::integer, pts_key, ra, decl FROM twomass.psc
"""
HOME_ROWS = "SELECT count(*) FROM twomass.psc_cell WHERE cell = (q3c_ang2ipix(ra, decl) >> 34)::integer"
KEYS = "SELECT array_agg(DISTINCT pts_key ORDER BY pts_key) FROM twomass.psc_cell"


@pytest.fixture
def own(fresh_database: Fresh) -> Iterator[Connection]:
    """A connection to a database of the test's own, outside any transaction."""
    with fresh_database() as dsn, connect(dsn) as conn:
        yield conn


def one(conn: Connection, query: str) -> object:
    with conn.transaction():
        row = conn.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def psc(path: Path, *keys: int, **values: object) -> Path:
    rng = np.random.default_rng(keys[0])
    return write(path, "psc", [{"pts_key": key, "ra": round(rng.uniform(0, 359), 6)} | values for key in keys])


def test_cells_are_what_the_server_computes(conn: Connection, tmp_path: Path) -> None:
    path = tmp_path / "psc.bar"
    path.write_text("\n".join(random_lines("psc", 3000, np.random.default_rng(5))) + "\n")
    ingest.psc(conn, [path])
    assert len(conn.execute(HOME.encode()).fetchall()) == 3000
    assert one(conn, HOME_ROWS) == 3000


def test_extended_sources_have_cells_too(conn: Connection, tmp_path: Path) -> None:
    ingest.xsc(conn, [write(tmp_path / "xsc.bar", "xsc", [{"ext_key": 7, "ra": 20}])])
    query = "SELECT bool_or(c = ((q3c_ang2ipix(x.ra, x.decl) >> 34)::integer, 7, x.ra, x.decl)::twomass.xsc_cell)"
    assert one(conn, f"{query} FROM twomass.xsc AS x, twomass.xsc_cell AS c") is True


def test_a_changed_file_is_noticed_and_nothing_of_it_is_in(conn: Connection, tmp_path: Path) -> None:
    path = psc(tmp_path / "psc.bar", 1, 2)
    ingest.psc(conn, [path])
    (result,) = ingest.psc(conn, [psc(path, 3, 4)])
    assert result.state == "refused"
    assert "`--replace`" in str(result.error)
    assert one(conn, "SELECT array_agg(pts_key ORDER BY pts_key) FROM twomass.psc") == [1, 2]


def test_a_replaced_file_leaves_no_row_and_no_cell(conn: Connection, tmp_path: Path) -> None:
    path = psc(tmp_path / "psc.bar", 1, 2)
    ingest.psc(conn, [psc(tmp_path / "other.bar", 9), path])
    (result,) = ingest.psc(conn, [psc(path, 2, 3)], replace=True)
    assert (result.state, result.rows) == ("loaded", 2)
    assert one(conn, "SELECT array_agg(pts_key ORDER BY pts_key) FROM twomass.psc") == [2, 3, 9]
    assert one(conn, KEYS) == [2, 3, 9]
    states = "SELECT string_agg(state || row_count, ' ' ORDER BY state, file_id) FROM deepcal.ingest_file"
    assert one(conn, states) == "loaded1 loaded2 replaced0"


def test_a_replacement_that_cannot_go_in_leaves_the_old_rows(conn: Connection, tmp_path: Path) -> None:
    path = psc(tmp_path / "psc.bar", 1, 2)
    ingest.psc(conn, [psc(tmp_path / "other.bar", 9), path])
    (result,) = ingest.psc(conn, [psc(path, 3, 9)], replace=True)
    assert "'9', expected a key that no other file has brought" in str(result.error)
    assert one(conn, KEYS) == [1, 2, 9]


def test_a_file_that_gets_its_old_content_back_is_loaded_again(conn: Connection, tmp_path: Path) -> None:
    path = tmp_path / "psc.bar"
    for keys in ((1, 2), (3,), (1, 2)):
        assert ingest.psc(conn, [psc(path, *keys)], replace=True)[0].state == "loaded"
    assert one(conn, "SELECT array_agg(pts_key ORDER BY pts_key) FROM twomass.psc") == [1, 2]


def test_extractions_are_replaced(conn: Connection, tmp_path: Path) -> None:
    path = write(tmp_path / "cal.bar", "detection", [{"cntr": 1, "tile": 90004}, {"cntr": 2, "tile": 90004}])
    ingest.detections(conn, [path])
    write(path, "detection", [{"cntr": 2, "tile": 90004}])
    assert ingest.detections(conn, [path], replace=True)[0].rows == 1
    assert one(conn, "SELECT array_agg(cntr) FROM deepcal.detection") == [2]


def test_a_packed_copy_brings_no_row_twice(conn: Connection, tmp_path: Path) -> None:
    path = psc(tmp_path / "psc.bar", 1, 2)
    copy = tmp_path / "psc_aaa.gz"
    copy.write_bytes(gzip.compress(path.read_bytes()))
    ingest.psc(conn, [path])
    (result,) = ingest.psc(conn, [copy])
    assert (result.state, result.rows, result.same_as) == ("known", 2, path)
    assert one(conn, KEYS) == [1, 2]


def test_a_file_whose_packed_copy_was_loaded_is_known(conn: Connection, tmp_path: Path) -> None:
    path = psc(tmp_path / "psc_b.bar", 1, 2)
    (tmp_path / "psc_a.bar.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert [result.state for result in ingest.psc(conn, [tmp_path])] == ["loaded", "known"]  # of one batch
    assert ingest.psc(conn, [path])[0].same_as == tmp_path / "psc_a.bar.gz"


def test_keys_that_are_taken_are_tolerated(conn: Connection, tmp_path: Path) -> None:
    ingest.psc(conn, [psc(tmp_path / "a.bar", 3)])
    (result,) = ingest.psc(conn, [psc(tmp_path / "b.bar", 1, 2, 1, 3)], tolerate=2)
    assert (result.state, result.rows) == ("loaded", 2)
    rejects = conn.execute("SELECT line, column_name, value, reason FROM ingest_reject ORDER BY line").fetchall()
    assert rejects == [
        (3, "pts_key", "1", "expected a key used once; line 1 has it too"),
        (4, "pts_key", "3", "expected a key that no other file has brought"),
    ]
    assert one(conn, KEYS) == [1, 2, 3]


def test_a_taken_key_too_many_refuses_the_file(conn: Connection, tmp_path: Path) -> None:
    (result,) = ingest.psc(conn, [psc(tmp_path / "b.bar", 1, 1, 1, 1)], tolerate=2)
    assert "more than the 2 bad rows that --tolerate allows; line 2, column pts_key: '1'" in str(result.error)
    assert one(conn, "SELECT count(*) FROM twomass.psc") == 0


def test_a_replacement_may_leave_out_taken_keys(conn: Connection, tmp_path: Path) -> None:
    path = psc(tmp_path / "psc.bar", 1, 2)
    ingest.psc(conn, [psc(tmp_path / "other.bar", 9), path])
    assert ingest.psc(conn, [psc(path, 2, 3, 9)], replace=True, tolerate=1)[0].rows == 2
    assert one(conn, "SELECT array_agg(pts_key ORDER BY pts_key) FROM twomass.psc") == [2, 3, 9]


def test_extractions_with_taken_keys_are_tolerated(conn: Connection, tmp_path: Path) -> None:
    keys = [{"cntr": 1, "tile": 90004}, {"cntr": 1, "tile": 90013}, {"cntr": 1, "tile": 90004}]
    assert ingest.detections(conn, [write(tmp_path / "cal.bar", "detection", keys)], tolerate=1)[0].rows == 2
    assert one(conn, "SELECT value FROM ingest_reject") == "90004, 1"


def test_one_content_under_two_names_in_one_command_is_loaded_once(conn: Connection, tmp_path: Path) -> None:
    psc(tmp_path / "psc_a.bar", 1, 2)
    psc(tmp_path / "psc_b.bar", 1, 2)
    assert [result.state for result in ingest.psc(conn, [tmp_path])] == ["loaded", "known"]


def bad(path: Path, *wrong: int, rows: int = 20) -> Path:
    """Write a file whose lines of some numbers have letters in a magnitude."""
    return write(path, "psc", [{"pts_key": n, "j_m": "x1" if n in wrong else "9.5"} for n in range(1, rows + 1)])


def test_tolerated_rows_are_kept_aside_with_their_reasons(conn: Connection, tmp_path: Path) -> None:
    (result,) = ingest.psc(conn, [bad(tmp_path / "psc.bar", 1, 7, 20)], tolerate=3)
    assert (result.state, result.rows) == ("loaded", 17)
    rows = conn.execute(
        "SELECT line, column_name, value, reason, line_text FROM ingest_reject ORDER BY line"
    ).fetchall()
    text = line("psc", pts_key=7, j_m="x1")
    assert rows[1] == (7, "j_m", "x1", "expected a number (real)", text)
    assert [row[0] for row in rows] == [1, 7, 20]


def test_a_bad_row_too_many_refuses_the_file(conn: Connection, tmp_path: Path) -> None:
    (result,) = ingest.psc(conn, [bad(tmp_path / "psc.bar", 3, 7, 9)], tolerate=2)
    assert "more than the 2 bad rows that --tolerate allows" in str(result.error)
    assert one(conn, "SELECT (SELECT count(*) FROM twomass.psc) + (SELECT count(*) FROM ingest_reject)") == 0


def test_a_line_with_a_column_too_many_or_foreign_letters_can_be_tolerated(conn: Connection, tmp_path: Path) -> None:
    path = tmp_path / "psc.bar"
    lines = [line("psc", pts_key=1), line("psc", pts_key=2) + "|7", "", line("psc", pts_key=3, designation="\xe9\0")]
    path.write_bytes("".join(text + "\n" for text in lines).encode("latin-1"))
    assert ingest.psc(conn, [path], tolerate=3)[0].rows == 1
    assert one(conn, "SELECT array_agg(line ORDER BY line) FROM ingest_reject") == [2, 3, 4]


def test_keys_after_tolerated_rows_are_told_with_their_lines(conn: Connection, tmp_path: Path) -> None:
    ingest.psc(conn, [psc(tmp_path / "a.bar", 18)])
    assert ingest.psc(conn, [bad(tmp_path / "b.bar", 3, 7)], tolerate=3)[0].rows == 17
    assert one(conn, "SELECT array_agg(line ORDER BY line) FROM ingest_reject") == [3, 7, 18]


def test_the_rejects_of_a_replaced_file_go_with_it(conn: Connection, tmp_path: Path) -> None:
    path = bad(tmp_path / "psc.bar", 3)
    ingest.psc(conn, [path], tolerate=1)
    ingest.psc(conn, [bad(path, 4, rows=21)], tolerate=1, replace=True)
    assert one(conn, "SELECT array_agg(line) FROM ingest_reject") == [4]


@pytest.fixture
def later(own: Connection) -> Connection:
    """A database where any load of the PSC goes before its indexes."""
    own.execute("UPDATE setting SET value = '{0}' WHERE name LIKE 'ingest_indexes_%'")
    own.commit()
    return own


INDEXES = "SELECT array_agg(indexname::text ORDER BY indexname) FROM pg_indexes WHERE tablename IN ('psc', 'psc_cell')"
ALL = ["psc_cell_cell_idx", "psc_file_id_idx", "psc_pkey", "psc_q3c_idx"]


def test_indexes_made_after_the_rows_are_those_there_were(later: Connection, tmp_path: Path) -> None:
    before = later.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'twomass' ORDER BY 1").fetchall()
    keys = later.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'psc_pkey'").fetchall()
    later.commit()
    ingest.psc(later, [psc(tmp_path / "psc.bar", 1, 2)])
    assert one(later, INDEXES) == ALL
    after = later.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'twomass' ORDER BY 1").fetchall()
    assert after == before
    again = later.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'psc_pkey'").fetchall()
    assert again == keys


def test_a_key_twice_found_while_the_indexes_are_made_refuses_the_later_file(later: Connection, tmp_path: Path) -> None:
    files = [psc(tmp_path / "a.bar", 1, 2), psc(tmp_path / "b.bar", 3, 2), psc(tmp_path / "c.bar", 4)]
    with later.transaction():
        later.execute("UPDATE setting SET value = '{1}' WHERE name = 'ingest_batch_rows'")  # each file by itself
    results = ingest.psc(later, files)
    assert [result.state for result in results] == ["loaded", "refused", "loaded"]
    assert results[1].error == "line 2, column pts_key: '2', expected a key that no other file has brought"
    assert one(later, KEYS) == [1, 2, 4]
    assert one(later, INDEXES) == ALL


def test_a_key_twice_found_while_the_indexes_are_made_may_be_tolerated(later: Connection, tmp_path: Path) -> None:
    with later.transaction():
        later.execute("UPDATE setting SET value = '{1}' WHERE name = 'ingest_batch_rows'")
    results = ingest.psc(later, [psc(tmp_path / "a.bar", 1, 2), psc(tmp_path / "b.bar", 3, 2)], tolerate=1)
    assert [(result.state, result.rows) for result in results] == [("loaded", 2), ("loaded", 1)]
    assert one(later, "SELECT array_agg(line) FROM ingest_reject") == [2]
    assert one(later, INDEXES) == ALL


def test_indexes_that_a_killed_load_left_out_are_made_by_the_next_one(later: Connection, tmp_path: Path) -> None:
    path = psc(tmp_path / "psc.bar", 1, 2)
    ingest.psc(later, [path])
    with later.transaction():
        later.execute("SELECT deepcal.drop_catalog_indexes('psc')")
    assert one(later, "SELECT deepcal.lacks_catalog_indexes('psc')") is True
    assert ingest.psc(later, [path])[0].state == "known"
    assert one(later, INDEXES) == ALL


def test_files_that_are_known_cost_no_index(later: Connection, tmp_path: Path) -> None:
    path = psc(tmp_path / "psc.bar", 1, 2)
    ingest.psc(later, [path])
    numbers = "SELECT array_agg(indexrelid ORDER BY indexrelid) FROM pg_index WHERE indrelid = 'twomass.psc'::regclass"
    before = one(later, numbers)
    assert ingest.psc(later, [path])[0].state == "known"
    assert one(later, numbers) == before


def test_the_last_of_two_ingests_makes_the_indexes(later: Connection, tmp_path: Path) -> None:
    with connect(later.info.dsn) as other:
        other.execute("SELECT pg_advisory_lock_shared(hashtext('deepcal.ingest'), hashtext('psc'))")  # one under way
        other.commit()
        ingest.psc(later, [psc(tmp_path / "a.bar", 1)])
        assert one(later, "SELECT deepcal.lacks_catalog_indexes('psc')") is True
    ingest.psc(later, [psc(tmp_path / "b.bar", 2)])
    assert one(later, INDEXES) == ALL


def test_a_long_reader_keeps_the_indexes_where_they_are(later: Connection, tmp_path: Path) -> None:
    with connect(later.info.dsn) as reader:
        reader.execute("SELECT count(*) FROM twomass.psc")
        assert ingest.psc(later, [psc(tmp_path / "a.bar", 1)])[0].state == "loaded"
        assert one(later, INDEXES) == ALL


def test_a_writer_may_load_before_the_indexes(later: Connection, tmp_path: Path) -> None:
    with connect(later.info.dsn, role="deepcal_writer") as writer:
        assert ingest.psc(writer, [psc(tmp_path / "a.bar", 1)])[0].state == "loaded"
    assert one(later, INDEXES) == ALL


def test_a_small_file_of_a_batch_is_refused_alone(conn: Connection, tmp_path: Path) -> None:
    for number in range(6):
        keys = [{"cntr": number, "tile": 90004}, {"cntr": 3 if number == 4 else 10 + number, "tile": 90004}]
        write(tmp_path / f"cal_{number}.bar", "detection", keys)
    results = ingest.detections(conn, [tmp_path])
    assert [result.state for result in results] == ["loaded"] * 4 + ["refused", "loaded"]
    assert results[4].error == "line 2, column tile, cntr: '90004, 3', expected a key that no other file has brought"
    assert one(conn, "SELECT count(DISTINCT file_id) FROM deepcal.detection") == 5
