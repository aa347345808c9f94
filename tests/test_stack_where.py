"""Conditions on scans: what may be asked, and what is refused."""

from datetime import date

import pytest

from combine.stack.select import choose_scans
from schema.connection import Connection
from schema.errors import BadArgument
from schema.settings import Settings, defaults
from schema.tables.field import field as field_table
from schema.tables.scan import scan
from tests.rows import put

TILE = 99001
GOOD = {
    "sd = 'n' AND date < '1999-01-02'": [1],
    "quality >= 8": [2],
    "origin = 'review' OR reviewer = 'nobody'": [2],
    "quality_k > 3 AND reason LIKE '%dark; --%'": [2],
    "date + interval '1 day' >= '1999-01-04'": [4],
    "extract(isodow FROM date) BETWEEN 5 AND 6 AND NOT scan IN (10, 99)": [2, 3],
    "CASE WHEN sd = 's' THEN scan % 2 = 1 ELSE false END": [2, 4],
    "scan = 10 -- the first of all": [1],
    "scan = 10) OR (scan = 11": [1, 2],
    "q3c_dist(coalesce(ra, 10), coalesce(decl, 0), 10, 0) < 1 /* degrees */": [1, 2, 3, 4],
    "candidate.scan_key = 3": [3],
    "false": [],
}
BAD = {
    "": "syntax error",
    "date <": "syntax error",
    "date < '1999": "unterminated",
    "nonsense = 1": "nonsense",
    "qualty > 1": "qualty",
    "quality": "boolean",
    "scan_key": "boolean",
    "true; DROP TABLE deepcal.scan": "",
    "true); DROP TABLE deepcal.scan; --": "",
    "true); DELETE FROM deepcal.scan WHERE (true": "",
    "true) UNION SELECT generate_series(1, 9": "",
    "true) ORDER BY (1": "",
    "true) LIMIT (1": "",
    "true) --": "",
    "true /*": "unterminated",
    "scan_key IN (DELETE FROM deepcal.scan RETURNING 1)": "",
    "scan_key IN (SELECT scan_key FROM deepcal.scan)": "subquery",
    "(SELECT pg_sleep(9)) IS NULL": "subquery",
    "EXISTS (SELECT set_config('role', 'none', false))": "subquery",
    "pg_sleep(9) IS NULL": "immutable",
    "set_config('role', 'none', false) = ''": "immutable",
    "pg_read_file('/etc/passwd') = ''": "immutable",
    "nextval('deepcal.scan_review_review_seq') > 0": "immutable",
    "pg_terminate_backend(1)": "immutable",
    "query_to_xml('DROP TABLE deepcal.scan', true, true, '') IS NULL": "immutable",
    "date > now()": "immutable",
    "random() < 0.5": "immutable",
    "count(*) > 1": "aggregate",
    "row_number() OVER () < 5": "window",
    "generate_series(1, 2) = 1": "set-returning",
    "1 / (scan_key - scan_key) = 1": "division by zero",
    "date < 'yesterday noon or so'": "date",
    "true\0": "NUL",
    "sd = '\ud800'": "surrogates",
    "%s": "",
    "$1": "",
}


@pytest.fixture
def rows(conn: Connection) -> Settings:
    """Four scans of three nights, one of them reviewed."""
    put(conn, field_table, [{"tile": TILE}])
    nights = (1, 1, 2, 3)
    common = {"hemis": "n", "tile": TILE, "ra": 10.0, "decl": 0.0}
    put(
        conn,
        scan,
        [
            common | {"scan_key": k + 1, "date": date(1999, 1, n), "scan": 10 + k, "sd": "ns"[k % 2]}
            for k, n in enumerate(nights)
        ],
    )
    conn.execute(
        "INSERT INTO deepcal.scan_review (scan_key, quality, reviewer, reason)"
        " VALUES (2, 9, 'someone', 'dark; -- quiet')"
    )
    return defaults()


@pytest.mark.parametrize(("where", "keys"), GOOD.items())
def test_a_condition_may_use_every_column_of_scans_and_their_quality(
    conn: Connection, rows: Settings, where: str, keys: list[int]
) -> None:
    assert choose_scans(conn, where, rows) == keys


def test_each_column_can_be_asked_for(conn: Connection, rows: Settings) -> None:
    listed = conn.execute(
        "SELECT DISTINCT attname FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped"
        " AND attrelid IN ('deepcal.scan'::regclass, 'deepcal.scan_quality'::regclass)"
    ).fetchall()
    assert len(listed) > 60
    every = " OR ".join(f"{name} IS NOT NULL" for (name,) in listed)
    assert choose_scans(conn, every, rows) == [1, 2, 3, 4]


@pytest.mark.parametrize(("where", "said"), BAD.items())
def test_what_is_no_condition_is_refused_and_changes_nothing(
    conn: Connection, rows: Settings, where: str, said: str
) -> None:
    with pytest.raises(BadArgument, match=f"--where.*{said}"):
        choose_scans(conn, where, rows)
    assert conn.execute("SELECT count(*), current_user = session_user FROM deepcal.scan").fetchone() == (4, True)


def test_a_condition_is_asked_as_the_reader_and_read_only(conn: Connection, rows: Settings) -> None:
    conn.execute(  # a function whose author lies about it
        "CREATE FUNCTION deepcal.lies() RETURNS boolean LANGUAGE plpgsql IMMUTABLE"
        " AS $$ BEGIN DELETE FROM deepcal.scan; RETURN true; END $$"
    )
    conn.execute("GRANT EXECUTE ON FUNCTION deepcal.lies TO deepcal_reader")
    with pytest.raises(BadArgument, match="--where"):
        choose_scans(conn, "deepcal.lies()", rows)
    assert conn.execute("SELECT count(*) FROM deepcal.scan").fetchone() == (4,)
