"""The passes over all images of one band and direction, block by block on every core."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from combine.stack.background import SHAPE
from combine.stack.cells import CELL, cell_rows
from combine.stack.geometry import Frame, Placement
from combine.stack.kernel import ROWS, Layers
from combine.stack.model import Model
from combine.stack.pixels import Cover, Pixels
from combine.stack.residual import APERTURE_STEP, STRUCTURE, statistic_rows
from combine.stack.sums import mask_rows, middle_rows, sum_rows
from combine.stack.weights import RESAMPLERS

Array = NDArray[np.float64]
Plane = NDArray[np.float32]
MEDIAN_BYTES = 32e6
"""Scans whose median is taken are held so many bytes at a time by each core."""
MARGIN = 3
SUMS = 26


@dataclass(frozen=True)
class Sums:
    """Running sums of a direction: weighted values, weights and the number of images under each pixel."""

    value: Plane
    weight: Plane
    count: NDArray[np.int16]

    @property
    def mean(self) -> Plane:
        """The weighted mean; NaN where nothing is."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.weight > 0, self.value / self.weight, np.float32(np.nan)).astype(np.float32)

    def __add__(self, other: "Sums") -> "Sums":
        """Join two directions: summed weighted values over summed weights."""
        return Sums(self.value + other.value, self.weight + other.weight, self.count + other.count)


@dataclass(frozen=True)
class Statistics:
    """What the residuals of N images say, before the image's own share is taken out.

    sums : (N, 26) counts, sums, normal equations of the star fit
    apertures : (N, blocks, A) sums in empty circles of 4 pixels, DN
    cells : (N, blocks, C) means of cells of 32 by 30 pixels, DN
    """

    sums: Array
    apertures: Plane
    cells: Plane


def _valid(placement: Placement, pixels: Pixels) -> list[int]:
    """Return the columns and rows of an image that hold pixels."""
    image, (ny, nx) = placement.image, pixels.data.shape
    return [max(0, image.x0), min(nx, image.x1), max(0, image.y0), min(ny, image.y1)]


def _cover_layers(layers: Layers, covers: list[Cover | None]) -> Layers:
    """Return the coverage maps of images as images themselves: parts of the full exposure, read between pixels."""
    n = len(covers)
    return layers._replace(
        address=np.array([c.pixels.address if c else 0 for c in covers], np.uint64),
        swap=np.array([c.pixels.swapped if c else False for c in covers], np.bool_),
        scale=np.array([1 / c.frames if c else 1 for c in covers], np.float32),
        pedestal=np.zeros(n, np.float32),
        background=np.zeros((n, *SHAPE)),
        resampler=RESAMPLERS.index("bilinear"),
    )


class Stacker:
    """The images of one band and direction on their grid; every pass reads their pixels once."""

    def __init__(
        self,
        placements: list[Placement],
        pixels: list[Pixels],
        scale: Array,
        frame: Frame,
        pedestal: Array | None = None,
        resampler: str = RESAMPLERS[0],
        covers: list[Cover | None] | None = None,
    ) -> None:
        self.placements = placements
        self.pixels = pixels, covers  # keeps the maps open
        self.threads = os.cpu_count()
        self.nx, self.ny = round(2 * frame.hx), round(2 * frame.hy)
        self.blocks = [(y, min(self.ny, y + ROWS)) for y in range(0, self.ny, ROWS)]
        n = len(placements)
        level = (np.zeros(n) if pedestal is None else pedestal).astype(np.float32)
        self.layers = Layers(
            address=np.array([p.address for p in pixels], np.uint64),
            swap=np.array([p.swapped for p in pixels], np.bool_),
            width=np.array([p.data.shape[1] for p in pixels], np.int64),
            valid=np.array([_valid(p, q) for p, q in zip(placements, pixels, strict=True)], np.int64).reshape(n, 4),
            rect=np.array([p.rect for p in placements], np.int64).reshape(n, 4),
            map_x=np.array([p.map_x for p in placements]).reshape(n, -1),
            map_y=np.array([p.map_y for p in placements]).reshape(n, -1),
            step=np.array([p.step for p in placements], np.int64).reshape(n, 2),
            scale=scale.astype(np.float32),
            pedestal=level,
            background=np.zeros((n, *SHAPE)),
            mask_start=np.zeros((n, len(self.blocks) + 1), np.int64),
            mask_pixel=np.zeros(0, np.int32),
            frame=np.array([frame.cx, frame.hx, frame.cy, frame.hy]),
            resampler=RESAMPLERS.index(resampler),
        )
        self.covers = _cover_layers(self.layers, covers or [None] * n)

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.placements)

    def _each_block(self, work: Callable[[int, int, int], None], blocks: Iterable[int] | None = None) -> None:
        """Call work(block, y0, y1) for blocks, spread over the cores; blocks write to places of their own."""
        chosen = [(b, *self.blocks[b]) for b in (range(len(self.blocks)) if blocks is None else blocks)]
        with ThreadPoolExecutor(self.threads) as pool:
            for done in [pool.submit(work, *block) for block in chosen]:
                done.result()

    def median(self, group: NDArray[np.int64], weight: Array, blocks: Iterable[int] | None = None) -> Plane:
        """Median over groups of the weighted means, of all pixels, masked or not; group -1 leaves an image out.

        With a choice of blocks the rest of the field stays NaN.
        """
        out = np.full((self.ny, self.nx), np.nan, np.float32)
        groups = int(group.max(initial=-1)) + 1
        layers = self._unmasked()
        mine = [np.where(group == g, weight, 0).astype(np.float32) for g in range(groups)]
        step = max(4, min(ROWS, int(MEDIAN_BYTES / (8 * max(groups, 1) * self.nx))))

        def work(b: int, first: int, last: int) -> None:
            for y0 in range(first, last, step):
                y1 = min(last, y0 + step)
                sums, weights = np.zeros((2, groups, (y1 - y0) * self.nx), np.float32)
                count = np.empty((y1 - y0) * self.nx, np.float32)
                for g in range(groups):
                    sum_rows(layers, self.covers, mine[g], y0, y1, self.nx, sums[g], weights[g], count)
                middle_rows(sums, weights, out[y0:y1].ravel())

        if groups:
            self._each_block(work, blocks)
        return out

    def _unmasked(self) -> Layers:
        """Return the images with all their pixels."""
        return self.layers._replace(mask_start=np.zeros_like(self.layers.mask_start), mask_pixel=np.zeros(0, np.int32))

    def sum(self, weight: Array) -> Sums:
        """Weighted sums over the images with a positive weight."""
        value, weights, count = (np.zeros((self.ny, self.nx), np.float32) for _ in range(3))
        w = weight.astype(np.float32)
        self._each_block(
            lambda b, y0, y1: sum_rows(
                self.layers,
                self.covers,
                w,
                y0,
                y1,
                self.nx,
                value[y0:y1].ravel(),
                weights[y0:y1].ravel(),
                count[y0:y1].ravel(),
            )
        )
        return Sums(value, weights, count.astype(np.int16))

    def masked_pixels(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return image and place (row times columns plus column) of every masked pixel."""
        sizes = np.diff(self.layers.mask_start, axis=1)
        block = np.tile(np.arange(len(self.blocks)), len(self))
        place = np.repeat(block, sizes.ravel()) * (ROWS * self.nx) + self.layers.mask_pixel
        return np.repeat(np.arange(len(self)), sizes.sum(axis=1)), place

    def cells(self, model: Model) -> tuple[Array, Array]:
        """Clipped means of image - model in cells: mean (DN) and pixel count, both (N, blocks, cells)."""
        shape = (len(self.blocks), len(self), (self.nx + CELL - 1) // CELL)
        mean, count = np.zeros(shape), np.zeros(shape)

        def work(b: int, y0: int, y1: int) -> None:
            image, faint = model.image[y0:y1].ravel(), model.faint[y0:y1].ravel()
            cell_rows(self.layers, y0, y1, self.nx, image, faint, mean[b], count[b])

        self._each_block(work)
        return mean.transpose(1, 0, 2), count.transpose(1, 0, 2)

    def statistics(self, model: Model, sigma: Array, every: int) -> Statistics:
        """Residual statistics of each image against the model on every so many-th block; `sigma` in DN."""
        chosen = range(every // 2, len(self.blocks), every)
        n, nap, ncell = len(self), 2 * ((self.nx + 9) // APERTURE_STEP), (self.nx + STRUCTURE - 1) // STRUCTURE
        sums = np.zeros((len(chosen), n, SUMS))
        apertures, cells = (np.full((len(chosen), n, size), np.nan, np.float32) for size in (nap, ncell))

        def work(b: int, y0: int, y1: int) -> None:
            basis = model.basis[:, y0:y1].reshape(len(model.basis), -1)
            image, faint, star = (a[y0:y1].ravel() for a in (model.image, model.faint, model.star))
            k = chosen.index(b)
            statistic_rows(
                self.layers, 0, n, sigma, y0, y1, self.nx, image, faint, star, basis, sums[k], apertures[k], cells[k]
            )

        self._each_block(work, chosen)
        return Statistics(sums.sum(axis=0), *(a.transpose(1, 0, 2) for a in (apertures, cells)))

    def mask_outliers(
        self, model: Model, limit: Array, slope: Plane, fit: Array, least: int, grow: int
    ) -> NDArray[np.int64]:
        """Find outlier regions of every image and mask them in all later passes; return the pixels masked of each.

        Parameters
        ----------
        limit : (N,) largest residual (DN) away from sources; NaN leaves an image alone
        slope : (ny, nx) what is added to it near sources (DN)
        fit : (N, 4) gain, Laplacian and shift of each image against the model
        least : connected pixels that make a region
        grow : pixels a region grows by on every side
        """
        n, nb = len(self), len(self.blocks)
        found = [np.zeros(0, np.int32)] * nb
        ends = np.zeros((nb, n), np.int64)
        self._set_masks(np.zeros((n, nb + 1), np.int64), np.zeros(0, np.int32))

        def work(b: int, y0: int, y1: int) -> None:
            a, z = max(0, y0 - MARGIN), min(self.ny, y1 + MARGIN)
            basis = np.ascontiguousarray(model.basis[:, a:z].reshape(len(model.basis), -1))
            image, steep = model.image[a:z].ravel(), slope[a:z].ravel()
            place = ((a, z), (y0 - a, y1 - a), self.nx)
            found[b] = mask_rows(
                self.layers, self.covers, *place, image, basis, fit, limit, steep, least, grow, ends[b]
            )

        self._each_block(work)
        pieces = [np.split(pixels, ends[b, :-1]) for b, pixels in enumerate(found)]
        sizes = np.diff(ends, axis=1, prepend=0).T
        last = np.cumsum(sizes.ravel()).reshape(n, nb)
        start = np.concatenate([last[:, :1] - sizes[:, :1], last], axis=1)
        self._set_masks(start, np.concatenate([pieces[b][i] for i in range(n) for b in range(nb)]))
        return np.asarray(sizes.sum(axis=1), np.int64)

    def _set_masks(self, start: NDArray[np.int64], pixel: NDArray[np.int32]) -> None:
        """Let every later pass see these pixels as blank."""
        self.layers = self.layers._replace(mask_start=np.ascontiguousarray(start), mask_pixel=pixel)
