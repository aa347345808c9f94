"""Positions where sky indexes go wrong, and the plain geometry that says what is right."""

import numpy as np
from numpy.typing import NDArray
from psycopg.sql import SQL, Identifier

from schema.connection import Connection

Array = NDArray[np.float64]
ARCSEC = np.pi / 180 / 3600


def hard_places(rng: np.random.Generator) -> Array:
    """Return (n, 2) positions in deg: poles, RA 0, the seams and corners of the cube of q3c, and others."""
    quarters = (45.0, 135.0, 225.0, 315.0)
    corners = [(ra, sign * edge_of_pole(ra)) for ra in quarters for sign in (-1, 1)]
    seams = [(ra, dec) for ra in quarters for dec in (-30, -1e-4, 0, 17.3)]
    polar = [(ra, sign * edge_of_pole(ra)) for ra in (0.0, 20.0, 90.0, 200.0) for sign in (-1, 1)]
    poles = [(0, 90), (0, -90), (123, 89.9995), (321, -89.9995), (277, 85)]
    round_numbers = [(0, 0), (0, 45), (0, -62), (180, 0), (90, 0)]
    anywhere = np.column_stack([rng.uniform(0, 360, 20), np.degrees(np.arcsin(rng.uniform(-1, 1, 20)))])
    return np.vstack([corners, seams, polar, poles, round_numbers, anywhere])


def edge_of_pole(ra: float) -> float:
    """Return the declination in deg where the northern face of the cube begins."""
    return float(np.degrees(np.arctan(np.cos(np.radians((ra + 45) % 90 - 45)))))


def scattered(rng: np.random.Generator, places: Array, count: int, radius: float) -> Array:
    """Return `count` positions within about `radius` arcsec of every place, the place itself among them twice."""
    offsets = rng.normal(0, radius / 2 * ARCSEC, (len(places), count, 2))
    ra, dec = np.radians(places).T[:, :, None]
    east = np.stack([-np.sin(ra), np.cos(ra), np.zeros_like(ra)], axis=-1)
    north = np.stack([-np.sin(dec) * np.cos(ra), -np.sin(dec) * np.sin(ra), np.cos(dec)], axis=-1)
    moved = positions(vectors(places)[:, None] + offsets[..., :1] * east + offsets[..., 1:] * north)
    moved[:, :2] = places[:, None]
    return moved.reshape(-1, 2)


def positions(xyz: Array) -> Array:
    """Return the positions in deg of directions (..., 3)."""
    x, y, z = np.moveaxis(xyz, -1, 0)
    ra = np.degrees(np.arctan2(y, x)) % 360 % 360  # twice, since a tiny negative angle becomes 360 the first time
    return np.stack([ra, np.degrees(np.arctan2(z, np.hypot(x, y)))], axis=-1)


def vectors(places: Array) -> Array:
    """Return unit vectors of positions in deg."""
    ra, dec = np.radians(places).T
    return np.column_stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])


def separations(left: Array, right: Array) -> Array:
    """Return the (n, m) matrix of great-circle distances in arcsec, from the chord, which is exact for small ones."""
    chord = np.linalg.norm(vectors(left)[:, None] - vectors(right)[None], axis=-1)
    return np.asarray(2 * np.arcsin(chord / 2) / ARCSEC)


def load(conn: Connection, name: str, places: Array, columns: tuple[str, str, str] = ("key", "ra", "dec")) -> None:
    """Make a temporary table of positions in deg, numbered from 0, with a sky index."""
    key, ra, dec = map(Identifier, columns)
    names = {"table": Identifier(name), "key": key, "ra": ra, "dec": dec}
    conn.execute(SQL("CREATE TEMP TABLE {table} ({key} int PRIMARY KEY, {ra} float8, {dec} float8)").format(**names))
    with conn.cursor() as cursor, cursor.copy(SQL("COPY {table} FROM STDIN").format(**names)) as copy:
        for number, (alpha, delta) in enumerate(places):
            copy.write_row((number, float(alpha), float(delta)))
    conn.execute(SQL("CREATE INDEX ON {table} (q3c_ang2ipix({ra}, {dec}))").format(**names))
    conn.execute(SQL("ANALYZE {table}").format(**names))
