"""What may be chosen for a stack beside its scans: resampler, weights, how pixels are joined, source of scales."""

from dataclasses import asdict, dataclass
from typing import Any

from combine.stack.weights import RESAMPLERS
from schema.errors import BadArgument

WEIGHTS = ("noise", "point-source")


@dataclass(frozen=True)
class Options:
    """Choices of a stack; they are parameters of its run, and part of its name.

    resampler : interpolation between pixels: 6-point Lagrange, Lanczos' window of order 3, Keys' cubic, bilinear
    weights : by the noise of an empty aperture, or also by the sharpness of stars: 1 / (sigma^2 n_eff)
    clip : leave single pixels out that are so many deviations off, instead of masking outlier regions
    median : median of the scans instead of their weighted mean
    grow : keep every pixel of the scans that are in, and the sums: later scans are added to them
    solve_scale : relative scales of the scans from their stars, instead of the zero points of their images
    """

    resampler: str = RESAMPLERS[0]
    weights: str = WEIGHTS[0]
    clip: float | None = None
    median: bool = False
    grow: bool = False
    solve_scale: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no choice.

        Raises
        ------
        BadArgument
            An unknown word, a limit that clips nearly everything, or two ways of joining pixels.
        """
        for name, value, words in (("resampler", self.resampler, RESAMPLERS), ("weights", self.weights, WEIGHTS)):
            if value not in words:
                raise BadArgument(f"--{name} {value!r}: expected one of {', '.join(words)}")
        if self.clip is not None and not self.clip >= 1:
            raise BadArgument(f"--clip {self.clip:g}: expected at least 1 standard deviation, usually 3 to 5")
        if (self.clip is not None) + self.median + self.grow > 1:
            raise BadArgument("--clip, --median and --grow are three ways of joining pixels: choose one")

    def chosen(self) -> dict[str, Any]:
        """Return what differs from the default, for the parameters of a run."""
        usual = asdict(Options())
        return {name: value for name, value in asdict(self).items() if value != usual[name]}
