"""The report's pieces: stretch, numbers in words, HTML."""

import numpy as np
import pytest

from deepcal.report.colour import BLANK, Stretch
from deepcal.report.figures import Check
from deepcal.report.html import picture, table
from deepcal.report.style import canvas, look, save
from deepcal.report.words import number

STRETCH = Stretch.of({"j": 0.1, "h": 0.1, "k": 0.1}, {"j": 20.9, "h": 20.5, "k": 20.0})


def test_the_stretch_runs_from_dark_sky_to_white_and_keeps_blank_pixels_apart() -> None:
    sky, star, blank = 0.0, 1000.0, np.nan
    planes = {band: np.array([[sky, star, blank]], np.float32) for band in "jhk"}
    seen = STRETCH.picture(planes).max(axis=-1)[0]
    assert 0 < seen[0] < 0.4
    assert seen[1] == 1
    assert seen[2] == pytest.approx(BLANK)


def test_a_red_star_is_red_under_the_stretch() -> None:
    star = np.zeros((9, 9), np.float32)
    star[4, 4] = 20
    red, green, blue = STRETCH.picture({"j": star * 0.2, "h": star * 0.5, "k": star})[4, 4]
    assert red > green > blue


def test_text_in_the_page_is_escaped() -> None:
    made = table("a < b", ("what",), [("<b>",)])
    assert "&lt;b&gt;" in made
    assert "a &lt; b" in made


def test_only_cells_are_coloured_not_heads(tmp_path) -> None:  # type: ignore[no-untyped-def]
    made = table("", ("missed",), [("missed",)])
    assert made.count('class="bad"') == 1
    assert 'alt="One part"' in picture(tmp_path / "a.png", "One part. The rest.")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0.0123, "mag", "+0.0123 mag"), (-4.4, "mas", "-4.4 mas"), (0.0063, "share", "0.63%"), (-0.02, "", "-2.0%")],
)
def test_figures_are_told_with_their_unit(value: float, unit: str, text: str) -> None:
    assert number(value, unit) == text


def test_a_figure_that_could_not_be_had_is_a_dash() -> None:
    assert number(float("nan"), "mag") == "–"
    assert not Check("what", float("nan"), 1, "mag", met=False).met


def test_the_same_picture_has_the_same_bytes(tmp_path) -> None:  # type: ignore[no-untyped-def]
    made = []
    for name in ("a.png", "b.png"):
        with look():
            figure, (axis,) = canvas(2, 2)
            axis.plot([0, 1])
            made.append(save(figure, tmp_path / name).read_bytes())
    assert made[0] == made[1]
