"""Which scans and bands the default selection takes, by their scores."""

import ingest
from combine.stack.select import choose_images, choose_scans, read_field
from schema.connection import Connection
from schema.settings import defaults
from schema.tables.field import field
from schema.tables.scan import image
from tests.rows import put
from tests.visits import CENTRE, TILE, put_visit, stars
from tests.world import STRIP

AIRGLOW = {"h_psp": 5.25, "h_shape_avg": 1.02, "h_pts_noise": 0.1}


def chosen(conn: Connection, where: str | None = None) -> str:
    """Return the bands of the images of scan 1 that are chosen."""
    put(conn, field, [{"tile": TILE, "ra": CENTRE[0], "dec": CENTRE[1]}])
    place = {"ra": CENTRE[0], "dec": CENTRE[1], "crval1": CENTRE[0], "crval2": CENTRE[1]}
    for band in "jhk":
        row = {"scan_key": 1, "band": band, "usy": 0, "form": "strip", "path": band, "magzp": 20.5}
        put(conn, image, [STRIP | row | place | {"x0": 0, "x1": 540, "y0": 0, "y1": 3600}])
    ingest.score(conn)
    scans = choose_scans(conn, where, defaults())
    images = choose_images(conn, read_field(conn, TILE), scans, "jhk", defaults(), default=where is None)
    return "".join(sorted(found.band for found in images))


def test_airglow_in_h_costs_the_h_image_alone(conn: Connection) -> None:
    put_visit(conn, stars(20), **AIRGLOW)
    assert chosen(conn) == "jk"


def test_clouds_cost_all_images(conn: Connection) -> None:
    put_visit(conn, stars(20), xph=1)
    assert chosen(conn) == ""


def test_a_scan_of_good_quality_gives_all_its_images(conn: Connection) -> None:
    put_visit(conn, stars(20))
    assert chosen(conn) == "hjk"


def test_a_condition_of_the_user_replaces_the_judgement_of_bands(conn: Connection) -> None:
    put_visit(conn, stars(20), **AIRGLOW)
    assert chosen(conn, "scan_key = 1") == "hjk"


def test_a_review_counts_in_every_band(conn: Connection) -> None:
    put_visit(conn, stars(20), **AIRGLOW)
    ingest.review(conn, 1, 9, "A. Observer", "the glow is faint")
    assert chosen(conn) == "hjk"
