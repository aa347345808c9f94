"""Working copies of packed images: verified, bounded, made again when they are gone or damaged; originals untouched."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from combine.stack.pixels import open_pixels
from schema.errors import BadFile
from schema.pixels import WorkingCopies, digest, mapped, read_pixels
from tests.stacks import image_row

SHAPE = (320, 160)
BYTES = SHAPE[0] * SHAPE[1] * 4


def packed(folder: Path, seed: int) -> tuple[Path, str]:
    """Write a gzipped image; return its path and the digest of its pixels."""
    pixels = np.random.default_rng(seed).normal(100, 1, SHAPE).astype(">f4")
    path = folder / f"{seed}.fits.gz"
    fits.writeto(folder / "plain.fits", pixels, overwrite=True)
    path.write_bytes(gzip.compress((folder / "plain.fits").read_bytes(), mtime=0))
    return path, digest(pixels)


def names(copies: WorkingCopies) -> set[str]:
    return {path.stem for path in copies.folder.glob("*")}


def test_a_copy_holds_the_pixels_and_is_made_once(tmp_path: Path) -> None:
    path, key = packed(tmp_path, 1)
    copies = WorkingCopies(tmp_path / "working", 1e9)
    first = copies.pixels(path, key, SHAPE)
    before = (copies.folder / f"{key}.pix").stat().st_ino
    assert np.array_equal(first, read_pixels(path))
    WorkingCopies(tmp_path / "working", 1e9).pixels(path, key, SHAPE)
    assert (copies.folder / f"{key}.pix").stat().st_ino == before


def test_a_copy_that_is_gone_is_made_again(tmp_path: Path) -> None:
    path, key = packed(tmp_path, 1)
    copies = WorkingCopies(tmp_path / "working", 1e9)
    copies.pixels(path, key, SHAPE)
    (copies.folder / f"{key}.pix").unlink()
    assert digest(copies.pixels(path, key, SHAPE)) == key


@pytest.mark.parametrize("damage", ["shorter", "changed"])
def test_a_damaged_copy_is_made_again(tmp_path: Path, damage: str) -> None:
    path, key = packed(tmp_path, 1)
    WorkingCopies(tmp_path / "working", 1e9).pixels(path, key, SHAPE)
    copy = tmp_path / "working" / f"{key}.pix"
    copy.write_bytes(copy.read_bytes()[:-4] + (b"" if damage == "shorter" else b"\0\0\0\0"))
    assert digest(WorkingCopies(tmp_path / "working", 1e9).pixels(path, key, SHAPE)) == key


def test_an_original_with_other_pixels_is_refused(tmp_path: Path) -> None:
    path, _ = packed(tmp_path, 1)
    with pytest.raises(BadFile, match=r"1\.fits\.gz: changed since it was ingested"):
        WorkingCopies(tmp_path / "working", 1e9).pixels(path, packed(tmp_path, 2)[1], SHAPE)
    assert list((tmp_path / "working").glob("*")) == []


def test_those_not_used_for_longest_go_when_there_is_no_room(tmp_path: Path) -> None:
    copies = WorkingCopies(tmp_path / "working", 3.5 * BYTES)
    made = [packed(tmp_path, seed) for seed in range(4)]
    for age, (path, key) in enumerate(made[:3]):
        copies.pixels(path, key, SHAPE)
        os.utime(copies.folder / f"{key}.pix", (1000 + age,) * 2)
    first, second, third, fourth = (key for _, key in made)
    copies.pixels(made[0][0], first, SHAPE)
    copies.pixels(made[3][0], fourth, SHAPE)
    assert names(copies) == {first, third, fourth}
    assert second not in names(copies)


def test_a_copy_in_use_outlives_its_removal(tmp_path: Path) -> None:
    copies = WorkingCopies(tmp_path / "working", 1.5 * BYTES)
    (path, key), (other, other_key) = packed(tmp_path, 1), packed(tmp_path, 2)
    used = copies.pixels(path, key, SHAPE)
    copies.pixels(other, other_key, SHAPE)
    assert names(copies) == {other_key}
    assert digest(used) == key


def test_the_copy_that_is_asked_for_is_kept_whatever_the_room(tmp_path: Path) -> None:
    path, key = packed(tmp_path, 1)
    copies = WorkingCopies(tmp_path / "working", 0)
    assert digest(copies.pixels(path, key, SHAPE)) == key
    assert names(copies) == {key}


def test_a_plain_image_is_mapped_where_it_lies(tmp_path: Path) -> None:
    path, _ = packed(tmp_path, 1)
    plain = mapped(tmp_path / "plain.fits")
    assert plain is not None
    assert plain.filename == tmp_path / "plain.fits"
    assert mapped(path) is None


def test_a_packed_image_is_told_by_its_content(tmp_path: Path) -> None:
    path, key = packed(tmp_path, 1)
    path.rename(tmp_path / "misnamed.fits")
    row = image_row(1, path=str(tmp_path / "misnamed.fits"), pixel_sha256=key)
    copies = WorkingCopies(tmp_path / "working", 1e9)
    assert digest(open_pixels(row, copies).data) == key
    assert names(copies) == {key}


def test_whole_numbers_get_a_copy_of_what_they_stand_for(tmp_path: Path) -> None:
    path = tmp_path / "scaled.fits"
    hdu = fits.PrimaryHDU(np.random.default_rng(1).normal(100, 1, SHAPE).astype("f4"))
    hdu.scale("int16", bzero=100, bscale=0.001)
    hdu.writeto(path)
    pixels = read_pixels(path)
    row = image_row(1, path=str(path), pixel_sha256=digest(pixels))
    assert np.array_equal(open_pixels(row, WorkingCopies(tmp_path / "working", 1e9)).data, pixels)


def test_the_original_is_never_altered(tmp_path: Path) -> None:
    path, key = packed(tmp_path, 1)
    before = path.read_bytes(), path.stat().st_mtime_ns
    WorkingCopies(tmp_path / "working", 0).pixels(path, key, SHAPE)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
