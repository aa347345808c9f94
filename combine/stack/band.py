"""One band of one field: from registered images to the sums of both directions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from combine.measure.background import background
from combine.stack.background import fit_background
from combine.stack.geometry import Frame, Placement
from combine.stack.judge import Verdict, judge, reject
from combine.stack.medians import median_sums, without_holes
from combine.stack.memory import give_back
from combine.stack.model import Model, make_model
from combine.stack.noise import levelled
from combine.stack.options import Options
from combine.stack.passes import Stacker, Sums
from combine.stack.pixels import Cover, Pixels
from combine.stack.residual import APERTURE_STEP
from combine.stack.scales import scales_by_stars
from combine.stack.sky import scan_skies
from combine.stack.strengths import point_source, sharpness
from schema.settings import Settings

Array = NDArray[np.float64]
Plane = NDArray[np.float32]
Step = Callable[[str], None]
T = TypeVar("T")
DEFAULT = Options()
EVERY = ((120, 1), (1000, 4), (10**9, 8))
"""Up to so many scans of a direction, every so many-th block of rows tells enough of each."""
TURNS = 6
"""Most rounds of rejection; the set is stable long before."""


@dataclass(frozen=True)
class Member:
    """One scan in one band: its key, its visit, its placed images, their pixels and its photometric scale."""

    scan_key: int
    visit: int
    placements: list[Placement]
    pixels: list[Pixels]
    scale: float
    covers: list[Cover | None] = field(default_factory=list)

    @property
    def exposure(self) -> float:
        """Exposure of a point of the sky, s."""
        return float(np.mean([p.image.exptime for p in self.placements]))


@dataclass(frozen=True)
class Part:
    """What one scan did in a stack."""

    member: Member
    verdict: Verdict
    weight: float
    masked: int
    reason: str | None
    rescaled: float | None = None


@dataclass(frozen=True)
class DirectionStack:
    """The sums of one direction, the part of every scan, and the residuals of scans in empty apertures (scans, places;
    DN) that noise is predicted from."""

    sums: Sums
    parts: list[Part]
    residuals: Plane


class Direction:
    """The scans of one band and direction while their stack is being made."""

    def __init__(
        self,
        members: list[Member],
        frame: Frame,
        settings: Settings,
        doubted: frozenset[int] = frozenset(),
        options: Options = DEFAULT,
    ) -> None:
        self.members = members
        self.options = options
        self.rescaled: Array | None = None
        self.doubted = np.array([m.scan_key in doubted for m in members], bool)
        self.frame = frame
        self.settings = settings
        placements = [p for m in members for p in m.placements]
        owner = [k for k, m in enumerate(members) for _ in m.placements]
        self.images = [[i for i, k in enumerate(owner) if k == scan] for scan in range(len(members))]
        scale = np.array([members[k].scale for k in owner])
        self.owner = np.array(owner, np.int64)
        skies = np.array([sky for m in members for sky in scan_skies(m.placements, m.pixels)])
        covers = [c for m in members for c in m.covers or [None] * len(m.placements)]
        pixels = [p for m in members for p in m.pixels]
        self.stacker = Stacker(placements, pixels, scale, frame, skies, options.resampler, covers)
        self.noise = np.array([np.median([p.image.noise_measured * m.scale for p in m.placements]) for m in members])
        self.verdicts: list[Verdict] = []
        self.reasons: list[str | None] = [None] * len(members)
        self.weight = np.ones(len(members))
        self.part = np.zeros(len(members))
        self.masked = np.zeros(len(members), np.int64)
        self.residuals = np.zeros((len(members), 0), np.float32)

    @property
    def few(self) -> bool:
        """True where too few scans are there for residuals to say anything."""
        return len(self.members) < 3

    def first_pass(self) -> Plane:
        """Median over groups of visits of the mean of each group, weighted by exposure."""
        visits = sorted({m.visit for m in self.members})
        groups = int(self.settings["first_groups"][0])
        group = {visit: k % groups for k, visit in enumerate(visits)}
        scans = np.array([group[m.visit] for m in self.members], np.int64)
        exposure = np.array([m.exposure for m in self.members])
        self.part = exposure / (min(groups, len(visits)) * np.bincount(scans, exposure)[scans])
        return self.stacker.median(scans[self.owner], exposure[self.owner])

    def fit_backgrounds(self, model: Model) -> None:
        """Fit each image's background against a common model."""
        across, along = self.settings["background_order"]
        mean, count = self.stacker.cells(model)
        for i in range(len(self.stacker)):
            fitted = fit_background(mean[i], count[i], self.frame, (int(across), int(along)))
            self.stacker.layers.background[i] += fitted

    def examine(self, image: Plane) -> Model:
        """Judge every scan against a stack of its direction; set noises, weights and reasons."""
        model = make_model(image, float(np.median(self.noise)))
        if self.few:  # a stack of one or two scans holds their noise: compare with its smooth sky alone
            model = Model(background(image), model.faint, np.zeros_like(model.star), model.basis)
        every = next(every for most, every in EVERY if len(self.members) <= most)
        self._look(model, every, np.zeros_like(self.part) if self.few else self.part)
        self.reasons = reject(self.verdicts, self.settings, self.doubted)
        self._weigh()
        if self.options.weights == "point-source":
            sharp = sharpness(model, np.array([v.fit[1] for v in self.verdicts]))
            self.weight = point_source(self.weight, sharp, np.array([r is None for r in self.reasons]))
        return model

    def examine_added(self, held: DirectionStack) -> None:
        """Judge scans that are added to a stack, which holds none of their noise but has noise of its own."""
        model = make_model(held.sums.mean, float(np.median(self.noise)))
        blocks, row = len(self.stacker.blocks), 2 * ((self.stacker.nx + 9) // APERTURE_STEP)
        seen = {row * len(range(every // 2, blocks, every)): every for _, every in EVERY}
        self._look(model, seen[held.residuals.shape[1]], np.zeros(len(self.members)))
        total = sum(part.weight for part in held.parts if part.reason is None)
        self.verdicts = [verdict.without(1 / total) for verdict in self.verdicts]
        others = [part.verdict for part in held.parts]
        doubted = np.concatenate([np.zeros(len(others), bool), self.doubted])
        self.reasons = reject([*others, *self.verdicts], self.settings, doubted)[len(others) :]
        self._weigh()

    def _look(self, model: Model, every: int, part: Array) -> None:
        """Take residuals against a model on every so many-th block; `part` has the scans' parts in it."""
        found = self.stacker.statistics(model, self.noise[self.owner], every)
        above = levelled(found.apertures, found.cells)
        self.residuals = np.stack([_joined(above[images]) for images in self.images])
        self.verdicts = judge(found, above, self.images, part)

    def _weigh(self) -> None:
        """Take noises and weights from the verdicts."""
        self.noise = np.array([v.noise_pixel for v in self.verdicts])
        self.weight = np.array([v.weight for v in self.verdicts])

    def sum(self) -> Sums:
        """Sum the scans that are in, under their weights."""
        used = np.where([r is None for r in self.reasons], self.weight, 0.0)
        self.part = used / max(used.sum(), 1e-30)
        return self.stacker.sum(used[self.owner])

    def mask(self, image: Plane) -> None:
        """Mask outlier regions, or single pixels where that was chosen, of the scans that are in."""
        if self.few:
            return
        model = make_model(image, float(np.median(self.noise)))
        light = model.basis[0]
        local = ndimage.maximum_filter(light, 3) - ndimage.minimum_filter(light, 3)
        slope = (self.settings["mask_gradient"][0] * local).astype(np.float32)
        sigma, least, grow = (self.settings[f"mask_{word}"][0] for word in ("sigma", "region", "grow"))
        if self.options.clip is not None:
            sigma, least, grow = self.options.clip, 1, 0
        limit = np.where([r is None for r in self.reasons], sigma * self.noise, np.nan)
        fit = np.array([v.fit for v in self.verdicts])
        masked = self.stacker.mask_outliers(model, limit[self.owner], slope, fit[self.owner], int(least), int(grow))
        self.masked = np.bincount(self.owner, masked, len(self.members)).astype(np.int64)

    def without_background(self, model: Model) -> Plane:
        """Take off the backgrounds of all images and make the first pass again."""
        self.fit_backgrounds(model)
        return self.first_pass()

    def settled(self, image: Plane) -> bool:
        """Judge every scan against a stack; tell whether the same are in as before, under nearly the same weights."""
        before, weight, first = _set(self.reasons), self.weight, not self.verdicts
        self.examine(image)
        kept = np.array(before, bool)
        return not first and before == _set(self.reasons) and np.allclose(self.weight[kept], weight[kept], rtol=0.1)

    def mean(self) -> Plane:
        """Return the mean of the scans that are in."""
        return self.sum().mean

    def finished(self, image: Plane) -> DirectionStack:
        """Join the scans that are in, as it was chosen: masked against a stack, by their median, or all of them."""
        scan = np.where([r is None for r in self.reasons], np.arange(len(self.members)), -1)[self.owner]
        if self.options.median:
            return self.result(median_sums(self.stacker, scan, self.weight[self.owner]))
        if self.options.grow:
            return self.result(self.sum())
        self.mask(image)
        clean = self.sum().mean  # an outlier still in the mean makes good scans look bad: look again without it
        self.mask(np.where(np.isfinite(clean), clean, image))
        return self.result(without_holes(self.stacker, self.sum(), scan, self.weight[self.owner]))

    def rescale(self, factor: Array) -> None:
        """Change the scales of the scans; NaN leaves one as it is."""
        self.rescaled = factor
        known = np.where(np.isfinite(factor), factor, 1.0)
        self.members = [replace(m, scale=m.scale * f) for m, f in zip(self.members, known.tolist(), strict=True)]
        self.stacker.layers.scale[:] *= known[self.owner].astype(np.float32)
        self.noise = self.noise * known

    def result(self, sums: Sums) -> DirectionStack:
        """Describe the finished direction."""
        parts = [
            Part(member, self.verdicts[k], self.weight[k], int(self.masked[k]), self.reasons[k], self._rescaled(k))
            for k, member in enumerate(self.members)
        ]
        return DirectionStack(sums, parts, self.residuals)

    def _rescaled(self, k: int) -> float | None:
        """Return by what the stars changed the scale of a scan, magnitudes; None where they did not."""
        if self.rescaled is None or not np.isfinite(self.rescaled[k]):
            return None
        return float(2.5 * np.log10(self.rescaled[k]))


def stack_band(
    members: dict[str, list[Member]],
    frame: Frame,
    settings: Settings,
    step: Step,
    doubted: frozenset[int] = frozenset(),
    options: Options = DEFAULT,
) -> dict[str, DirectionStack]:
    """Stack one band: first pass, backgrounds, rejection until the set is stable, masks, weighted means.

    Parameters
    ----------
    members : scans by direction, n and s; directions without scans are absent
    frame : of the field grid
    settings : of the run
    step : called with the name of each step as it begins
    doubted : scans whose stars another band found wrong
    options : of the run

    Returns
    -------
    The sums of each direction in DN at the reference zero point above the scans' skies.
    """
    give_back()
    directions, images = judge_band(members, frame, settings, step, doubted, options)
    step("masks and sums")
    return _both({d: partial(one.finished, images[d]) for d, one in directions.items()})


def judge_band(
    members: dict[str, list[Member]],
    frame: Frame,
    settings: Settings,
    step: Step,
    doubted: frozenset[int] = frozenset(),
    options: Options = DEFAULT,
) -> tuple[dict[str, Direction], dict[str, Plane]]:
    """Do all of `stack_band` up to the masks: return the directions with their scans judged, and their means."""
    directions = {d: Direction(found, frame, settings, doubted, options) for d, found in members.items()}
    step("first pass")
    images = _both({d: one.first_pass for d, one in directions.items()})
    noise = float(np.median(np.concatenate([one.noise for one in directions.values()])))
    if options.solve_scale:
        _rescale(list(directions.values()), common_image(list(images.values())), noise, settings)
        images = _both({d: one.first_pass for d, one in directions.items()})
    step("backgrounds")
    common = make_model(common_image(list(images.values())), noise)
    images = _both({d: partial(one.without_background, common) for d, one in directions.items()})
    for _ in range(TURNS):
        step("residuals")
        if all(_both({d: partial(one.settled, images[d]) for d, one in directions.items()}).values()):
            break
        images = _both({d: one.mean for d, one in directions.items()})
    return directions, images


def _rescale(directions: list[Direction], image: Plane, noise: float, settings: Settings) -> None:
    """Give the scans of both directions relative scales by their stars; the median scan keeps its own."""
    placed = [(m.placements, m.pixels, m.scale) for one in directions for m in one.members]
    factor = scales_by_stars(placed, image, directions[0].frame, noise, settings)
    for one in directions:
        one.rescale(factor[: len(one.members)])
        factor = factor[len(one.members) :]


def _joined(apertures: Plane) -> Plane:
    """Join the apertures of one scan's images (images, blocks, places): each place is seen by one."""
    return np.asarray(np.fmax.reduce(apertures, axis=0).ravel())


def _both(work: dict[str, Callable[[], T]]) -> dict[str, T]:
    """Do the work of both directions at once: where one keeps a single core busy, the other has the next."""
    with ThreadPoolExecutor(len(work)) as pool:
        started = {d: pool.submit(job) for d, job in work.items()}
        return {d: job.result() for d, job in started.items()}


def _set(reasons: list[str | None]) -> list[bool]:
    """Return which scans are in."""
    return [reason is None for reason in reasons]


def common_image(images: list[Plane]) -> Plane:
    """Join the directions on one background: half of their smooth difference goes to each."""
    if len(images) == 1:
        return images[0]
    north, south = images
    difference = south - north
    smooth = np.float32(0) if np.isnan(difference).all() else background(difference, cell=120.0)
    both = np.stack([north + smooth / 2, south - smooth / 2])
    count = np.isfinite(both).sum(axis=0)
    total = np.where(np.isfinite(both), both, 0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(np.float32)
