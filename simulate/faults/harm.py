"""How large a fault must be to do harm: one size a kind, and why.

A fault does harm when the scan is worse for a stack than no scan with its ordinary weight, or breaks a published rule:
it adds a fifth to the variance of the scan's own residual where it acts, costs a tenth of the scan's weight, moves
stars or their brightness by several times what a single scan can be off, or falls under the survey's limits.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Harm:
    """Smallest harmful size of a kind of fault, the largest that is drawn (over the smallest), the unit, and the
    reason."""

    smallest: float
    largest: float
    unit: str
    why: str


HARM = {
    "meteor": Harm(
        5.0, 8.0, "peak in the coadd, multiples of the pixel noise",
        "a trail 5 arcsec wide adds a fifth to the variance of the 8 arcmin it crosses, and is detected as sources",
    ),
    "airglow": Harm(
        0.5, 6.0, "rms in the coadd, multiples of the pixel noise", "adds a quarter to the variance of the residual"
    ),
    "cloud": Harm(0.1, 6.0, "largest loss of light", "magnitudes off by 0.1: the survey's limit of a photometric scan"),
    "seeing": Harm(
        0.20, 4.0, "added to the seeing shape", "the shape reaches 1.25 from an ordinary 1.05: the survey's limit"
    ),
    "defocus": Harm(0.19, 2.6, "1 - ratio of the second moments", "a ratio below 0.81: the survey's limit"),
    "untracked": Harm(
        0.25, 3.6, "added to the seeing shape at one end", "the largest shape reaches 1.30: the survey's limit"
    ),
    "insects": Harm(
        4.0, 6.0, "peak in the coadd, multiples of the pixel noise",
        "spots of half an arcmin add a tenth to the variance of the frames they cross, and shift skies of photometry",
    ),
    "tracking": Harm(
        0.6, 6.0, "arcsec of a jump, a third of a trail",
        "a jump of 7 times the error of a position; a trail of 1.8 arcsec costs a tenth of the weight",
    ),
    "zeropoint": Harm(0.1, 5.0, "mag", "the survey's limit for the scatter of overlaps, ten times an ordinary error"),
    "mispointed": Harm(
        0.6, 40.0, "arcsec", "images shifted by a fifth of their width against the positions of their own extractions"
    ),
    "glitch": Harm(
        5.0, 8.0, "peak in the coadd, multiples of the pixel noise", "half the rows of a frame are off by 5 sigma"
    ),
}  # fmt: skip
KINDS = tuple(kind for kind in HARM if kind != "glitch")
NEAR = 1.5  # half of the harmful faults of a kind are smaller than this, over the smallest harmful size
SLIGHT = (0.3, 0.85)  # range of faults below harm, over the smallest harmful size
