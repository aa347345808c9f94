"""The page: what went in, how deep it is, what is in it, how true it is."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from deepcal.report.figures import NAMES, Figures
from deepcal.report.html import heading, paragraph, picture, table, tiles
from deepcal.report.words import (
    Rows,
    check_rows,
    completeness_rows,
    depth_rows,
    left_out_rows,
    magnitude_rows,
    position_rows,
    scan_rows,
    sources_words,
)

Pictures = Mapping[str, Path | None]

CAPTIONS = {
    "beside": "The same part of the sky in one scan and in the stack, under the same stretch: J blue, H green, Ks red.",
    "field": "The whole field, 9 by 60 arcmin, turned sideways: north is left, east is down. Spots of one colour by "
    "the brightest stars are planted false light: glints and latent images.",
    "scores": "The quality scores of all scans.",
    "statistics": "The residuals of every scan against the first stack. Dotted lines are the limits; a cross is a scan "
    "that is left out, for the reason in the table below.",
    "offsets": "The mean offset of every used scan from the frame of the PSC, as it comes and after registration. The "
    "common part is the pattern between USNO-A2.0 and Tycho-2 that all scans of a field share.",
    "noise": "The magnitude of five times the noise of a 4 arcsec aperture. Small points: single scans. Open symbols: "
    "edges of the stack that fewer scans cover. Full symbols: the N, S and N+S stacks.",
    "coverage": "How many scans cover the field. The scans of a visit step 5 arcsec to the east, so that the edges are "
    "covered less; below 30 percent the masked stacks are blank.",
    "counts": "Objects per half magnitude. The band of colour runs from the depth of one scan to that of the stack.",
    "colours": "Sources that PSC and XSC know, and those that only the stack shows, in magnitude and colour.",
    "artifacts": "The brightest flagged sources on the north- and the south-going stack, in one band. A latent image "
    "lies ahead of its star along the scan, so that it has another place in each of the two.",
    "residuals": "Measured less true magnitude and position of isolated, confirmed, unflagged stars. The dashed line "
    "is the scatter that the sources' own uncertainties predict.",
    "completeness": "The share of true objects that are confirmed. The dotted line is the limit of the detection.",
}
NARROW = ("noise", "scores")
SELECTION = (
    "Every scan gets a quality score from 0 to 10 before anything is stacked; what is below 2, or flagged as an "
    "anomaly, a cloud or a photometric problem, is not selected. The others are compared with a first stack of their "
    "direction, and those whose residuals stand out are left out too."
)


def page(figures: Figures, pictures: Pictures) -> str:
    """Return the report as HTML; its pictures lie in the same folder.

    Parameters
    ----------
    figures : Figures
    pictures : mapping
        Path by name; None where there was nothing to draw.
    """
    shown = {
        name: picture(path, CAPTIONS[name], narrow=name in NARROW) if path else "" for name, path in pictures.items()
    }
    return Template(files("deepcal.report").joinpath("page.html").read_text()).substitute(
        title=f"Deep stack of 2MASS calibration tile {figures.tile}",
        lead=_lead(figures),
        tiles=tiles(_numbers(figures)),
        body="\n".join(_sections(figures, shown)),
        made=f"Run {figures.run} of deepcal.",
    )


def _lead(figures: Figures) -> str:
    used = ", ".join(f"{count} of them in {NAMES[band]}" for band, count in figures.used.items())
    return (
        f"{figures.scans} simulated scans of one field, each 7.8 s long and some of them spoiled, were scored, "
        f"registered to the PSC, judged and stacked ({used}); sources were extracted from the north- and the "
        "south-going stack and matched with PSC and XSC."
    )


def _numbers(figures: Figures) -> list[tuple[str, str]]:
    gains = [one.gain for one in figures.depths.values()]
    return [
        (f"{figures.sources.confirmed:,}", "confirmed sources"),
        (f"+{sum(gains) / len(gains):.2f} mag", "deeper than one scan"),
        (f"{figures.sources.psc:,} + {figures.sources.xsc:,}", "matched with PSC + XSC"),
        (f"{100 * figures.purity.share:.2f} %", "spurious among clean ones"),
        (f"{sum(check.met for check in figures.checks)} of {len(figures.checks)}", "aims met"),
    ]


def _sections(figures: Figures, shown: Mapping[str, str]) -> list[str]:
    """Return the parts of the page in order."""
    sources, matches, purity = sources_words(figures)
    return [
        shown["beside"],
        shown["field"],
        heading("The scans"),
        paragraph(SELECTION),
        shown["scores"],
        html_table(scan_rows(figures)),
        shown["statistics"],
        html_table(left_out_rows(figures)),
        shown["offsets"],
        heading("How deep"),
        html_table(depth_rows(figures)),
        shown["noise"],
        shown["coverage"],
        heading("The sources"),
        paragraph(f"{sources}."),
        paragraph(f"{matches}."),
        shown["counts"],
        shown["colours"],
        shown["artifacts"],
        heading("How true"),
        html_table(check_rows(figures)),
        html_table(magnitude_rows(figures)),
        html_table(position_rows(figures)),
        paragraph(f"{purity}."),
        shown["residuals"],
        shown["completeness"],
        html_table(completeness_rows(figures)),
    ]


def html_table(rows: Rows) -> str:
    """Return a table in HTML."""
    return table(rows.title, rows.head, rows.rows, rows.numbers)
