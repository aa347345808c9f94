"""The figures in words and rows, the same for the terminal and the report."""

from collections.abc import Sequence
from dataclasses import dataclass

from deepcal.report.figures import NAMES, Check, Figures, LeftOut

FLAGS = {"G": "glint", "P": "persistence", "D": "spike", "A": "other"}


@dataclass(frozen=True)
class Rows:
    """A table: its title, its head, its rows as text, and which columns are numbers."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int]


def scan_rows(figures: Figures) -> Rows:
    """Tell per band how many scans were used, how many left out by what, and whether the right ones."""
    rows = []
    for band, one in figures.planted.items():
        good_out = one.good_by_score + one.good_by_residuals
        numbers = (
            figures.used[band], one.bad, one.by_score, one.by_residuals, one.weighed, one.missed, one.good, good_out,
            one.slight, one.spoiled_elsewhere,
        )  # fmt: skip
        rows.append((NAMES[band], *map(str, numbers)))
    head = (
        "band",
        "used",
        "bad",
        "score",
        "residuals",
        "weighed",
        "missed",
        "good",
        "lost",
        "slight",
        "other",
    )
    title = (
        "Scans: planted bad ones left out by score or residuals, good ones lost; weighed: airglow, used at the weight "
        "of its noise; slight: left out with a fault below harm; other: left out for a fault in another band"
    )
    return Rows(title, head, rows, frozenset(range(1, 11)))


def left_out_rows(figures: Figures) -> Rows:
    """Tell scan by scan why it was left out, in one line where the bands agree on how, and what was planted in it."""
    by_scan: dict[tuple[str, str], list[LeftOut]] = {}
    for one in figures.left_out:
        by_scan.setdefault((one.scan, one.by), []).append(one)
    rows = []
    for (scan, by), parts in by_scan.items():
        bands = " ".join(NAMES[part.band] for part in parts)
        planted = next((part.planted for part in parts if part.planted), "nothing")
        rows.append((scan, bands, by, parts[0].why, planted))
    return Rows("Scans left out", ("scan", "bands", "by", "why (first band)", "planted"), rows, frozenset())


def depth_rows(figures: Figures) -> Rows:
    """Tell the depths of one scan and of the stack."""
    rows = []
    for band, one in figures.depths.items():
        numbers = (one.one_scan, one.stack, one.gain, one.expected, one.m5_det)
        rows.append((NAMES[band], f"{one.scans:.0f}", *(mag(number) for number in numbers), f"{one.fwhm:.2f}"))
    head = ("band", "scans", "one scan", "stack", "gain", "2.5 log √N", "5σ detection", 'FWHM "')
    return Rows("Depth: magnitude of 5σ in a 4″ aperture", head, rows, frozenset(range(1, 8)))


def magnitude_rows(figures: Figures) -> Rows:
    """Tell the magnitude errors of isolated stars above S/N 20, and the noise over its prediction."""
    rows = []
    for band, one in figures.errors.items():
        mags = (f"{one.mag_median:+.4f}", f"{one.mag_scatter:.4f}", f"{one.mag_predicted:.4f}")
        rows.append((NAMES[band], str(one.stars), *mags, f"{figures.noise_ratio[band]:.3f}"))
    head = ("band", "stars", "median error", "scatter", "predicted", "noise / predicted")
    return Rows("Magnitudes of isolated stars above S/N 20 against truth, mag", head, rows, frozenset(range(1, 6)))


def position_rows(figures: Figures) -> Rows:
    """Tell the position errors of the same stars."""
    rows = []
    for band, one in figures.errors.items():
        axes = (f"{one.ra_median:+.1f}", f"{one.ra_scatter:.1f}", f"{one.dec_median:+.1f}", f"{one.dec_scatter:.1f}")
        rows.append((NAMES[band], *axes, f"{one.pos_predicted:.1f}"))
    head = ("band", "median RA error", "scatter", "median Dec error", "scatter", "predicted")
    return Rows("Positions of the same stars against truth, mas", head, rows, frozenset(range(1, 6)))


def completeness_rows(figures: Figures) -> Rows:
    """Tell the share of isolated stars, and of all objects, that are confirmed by true signal to noise."""
    bands = list(figures.completeness)
    rows = []
    for place, one in enumerate(figures.completeness[bands[0]]):
        label = f"{one.low:.0f} to {one.high:.0f}" if one.high < 1e6 else f"above {one.low:.0f}"
        cells = []
        for band in bands:
            here = figures.completeness[band][place]
            cells += [share(here.isolated_found, here.isolated), share(here.found, here.objects)]
        rows.append((label, *cells))
    head = ("S/N", *(word for band in bands for word in (f"{NAMES[band]} stars", f"{NAMES[band]} all")))
    return Rows("Completeness: confirmed, %", head, rows, frozenset(range(1, 1 + 2 * len(bands))))


def check_rows(figures: Figures) -> Rows:
    """Tell every aim, its figure and whether it is met."""
    rows = [
        (one.what, number(one.value, one.unit), _limit(one), "ok" if one.met else "missed") for one in figures.checks
    ]
    return Rows("Aims", ("what", "figure", "limit", ""), rows, frozenset((1, 2)))


def sources_words(figures: Figures) -> list[str]:
    """Tell of sources, flags, matches and purity in a few lines."""
    found, purity = figures.sources, figures.purity
    flags = ", ".join(f"{count} {FLAGS[letter]} ({letter})" for letter, count in found.flagged.items())
    bands = ", ".join(f"{NAMES[band]} {count:,}" for band, count in found.by_band.items())
    return [
        f"{found.confirmed:,} confirmed sources ({bands}); flagged: {flags}",
        f"{found.psc:,} have a counterpart in the PSC, {found.xsc:,} in the XSC",
        f"{purity.spurious} of {purity.sources:,} clean confirmed sources ({100 * purity.share:.2f} %) have no true "
        f"object within 1 arcsec, {purity.on_artifact} of these on planted false light; {purity.unlike} have one of an "
        f"unlike flux (by chance {100 * purity.chance:.1f} % of places have an object, "
        f"{100 * purity.chance_alike:.2f} % one of like flux)",
    ]


def mag(value: float) -> str:
    """Return a magnitude, or a dash."""
    return "–" if value != value else f"{value:.2f}"


def share(part: int, whole: int) -> str:
    """Return a share in percent, or a dash."""
    return f"{100 * part / whole:.0f}" if whole else "–"


def number(value: float, unit: str) -> str:
    """Return a figure with its unit."""
    if value != value:
        return "–"
    patterns = {"mag": "{:+.4f} mag", "mas": "{:+.1f} mas", "scans": "{:.0f} scans", "share": "{:.2%}", "": "{:+.1%}"}
    return patterns[unit].format(value)


def _limit(check: Check) -> str:
    """Return a limit with its unit."""
    return f"{check.limit:g} {check.unit}" if check.unit in ("mag", "mas", "scans") else f"{check.limit:.0%}"


def score_lines(figures: Figures) -> list[str]:
    """Draw the histogram of the scores with blocks."""
    most = max(figures.scores.values(), default=1)
    return [f"{score:5d}  {'█' * max(1, round(30 * count / most))} {count}" for score, count in figures.scores.items()]
