"""The list of calibration tiles."""

from schema.tiles import tiles


def test_every_tile_number_is_known_once() -> None:
    assert len(tiles()) == 37
    assert all(90000 <= number < 93000 for number in tiles())


def test_an_unknown_centre_stays_empty() -> None:
    assert tiles()[90298].ra is None
    assert tiles()[90004].ra == 28.6575
    assert tiles()[90004].source


def test_known_centres_are_on_the_sky() -> None:
    centres = [(tile.ra, tile.dec) for tile in tiles().values() if tile.ra is not None and tile.dec is not None]
    assert len(centres) == 35
    assert all(0 <= ra < 360 and abs(dec) < 90 for ra, dec in centres)
