"""Band merge, names and artifact flags, by position alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from combine.extract.artifacts import Parents, Surroundings, Suspects, density_class, flags
from combine.extract.merge import merge, weighted
from combine.extract.names import name_all, position_name
from combine.extract.stray import assumed
from schema.settings import defaults

SETTINGS = defaults()


def bands(*positions: list[tuple[float, float]]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    return [np.array([p[0] for p in band]) for band in positions], [
        np.array([p[1] for p in band]) for band in positions
    ]


def test_the_same_place_in_three_bands_is_one_source() -> None:
    joined = merge(*bands([(10, 10)], [(10.3, 10)], [(10, 9.8)]), 1.5)
    assert joined.tolist() == [[0, 0, 0]]


def test_a_star_seen_in_one_band_stays_alone() -> None:
    joined = merge(*bands([(10, 10)], [(14, 10)], []), 1.5)
    assert sorted(joined.tolist()) == [[-1, 0, -1], [0, -1, -1]]


def test_of_two_candidates_the_nearer_one_wins() -> None:
    joined = merge(*bands([(10, 10), (11.2, 10)], [(11.0, 10)]), 1.5)
    assert sorted(joined.tolist()) == [[0, -1], [1, 0]]


def test_a_chain_breaks_at_its_longest_link() -> None:
    joined = merge(*bands([(10, 10)], [(11.2, 10)], [(12.2, 10)]), 1.5)
    assert sorted(joined.tolist()) == [[-1, 0, 0], [0, -1, -1]]


places = st.lists(st.tuples(st.floats(0, 20), st.floats(0, 20)), max_size=8)


@given(places, places, places)
def test_every_detection_is_in_just_one_source_and_near_the_others_of_it(
    one: list[tuple[float, float]], two: list[tuple[float, float]], three: list[tuple[float, float]]
) -> None:
    x, y = bands(one, two, three)
    joined = merge(x, y, 1.5)
    for band, positions in enumerate((one, two, three)):
        assert sorted(joined[joined[:, band] >= 0, band]) == list(range(len(positions)))
    for row in joined:
        members = [(x[b][i], y[b][i]) for b, i in enumerate(row) if i >= 0]
        assert all(np.hypot(a[0] - b[0], a[1] - b[1]) <= 1.5 for a in members for b in members)


def test_a_weighted_mean_leaves_out_what_is_unknown() -> None:
    mean, error = weighted(np.array([[1.0, 3.0, np.nan], [np.nan] * 3]), np.array([[1.0, 1.0, 1.0], [1.0] * 3]))
    assert mean[0] == 2.0
    assert error[0] == pytest.approx(0.5**0.5)
    assert np.isnan(mean[1])


def test_a_name_is_the_position_cut_off() -> None:
    assert position_name(0.0, 0.0) == "DC J000000.00+000000.0"
    assert position_name(105.2167, 48.49) == "DC J070052.00+482924.0"
    assert position_name(359.99999, -89.99999) == "DC J235959.99-895959.9"
    assert position_name(15.0, -0.0001) == "DC J010000.00-000000.3"


def test_a_source_keeps_the_name_it_had() -> None:
    ra, dec = np.array([10.0, 10.01]), np.array([0.0, 0.0])
    old = ["DC old"]
    names = name_all(ra, dec, old, ra[:1] + 0.5 / 3600, dec[:1], 0.7)
    assert names == ["DC old", position_name(10.01, 0.0)]


def test_a_name_goes_to_the_nearest_source_only() -> None:
    ra, dec = np.array([10.0, 10.0 + 0.6 / 3600]), np.zeros(2)
    names = name_all(ra, dec, ["DC old"], np.array([10.0 + 0.4 / 3600]), np.zeros(1), 0.7)
    assert names[1] == "DC old"
    assert names[0] == position_name(10.0, 0.0)


def test_two_new_sources_at_one_place_have_different_names() -> None:
    names = name_all(np.array([10.0, 10.0]), np.zeros(2), [], np.empty(0), np.empty(0), 0.7)
    assert len(set(names)) == 2


def suspects(x: float, y: float, mag: tuple[float, float, float], **changes: object) -> Suspects:
    """Describe one source of these magnitudes, seen in all bands, N and S alike."""
    mags, noise = np.array([mag], float), np.full((1, 3), 21.0)
    values: dict[str, object] = {
        "x": np.array([x]), "y": np.array([y]), "mag": mags, "snr": np.where(np.isnan(mags), 0.0, 50.0),
        "mag_dir": {"n": mags, "s": mags}, "noise_mag": {"n": noise, "s": noise}, "hollow": np.zeros(1, bool),
        "striped": np.zeros(1, bool),
    }  # fmt: skip
    return Suspects(**(values | changes))  # type: ignore[arg-type]  # the values are of the types of the fields


STAR = Parents(np.array([200.0]), np.array([500.0]), np.array([[8.0, 7.6, 7.5]]))


def flag(them: Suspects, density: str = "low", hemispheres: str = "n") -> str:
    return flag_of(them, STAR, density, hemispheres)


def flag_of(them: Suspects, parents: Parents, density: str, hemispheres: str = "n") -> str:
    stray = assumed(hemispheres, SETTINGS)
    return str(flags(them, parents, stray, Surroundings(hemispheres, density), SETTINGS)[0])


def test_a_latent_image_ahead_of_its_star_is_p() -> None:
    latent = (13.75, 13.35, 13.25)
    assert flag(suspects(200.3, 582.4, latent)) == "P"
    assert flag(suspects(200.3, 500 + 2 * 82.4, tuple(m + 1.75 for m in latent))) == "P"


def test_a_star_much_brighter_than_a_latent_image_is_real() -> None:
    assert flag(suspects(200.3, 582.4, (11.0, 10.5, 10.4))) == "0"


def test_a_glint_in_its_band_is_g_and_a_star_there_is_not() -> None:
    angle, distance = np.radians(SETTINGS["glint_n_j"][0]), SETTINGS["glint_n_j"][1]
    x, y = 200 - distance * np.sin(angle), 500 + distance * np.cos(angle)
    assert flag(suspects(x, y, (14.0, np.nan, np.nan))) == "G"
    assert flag(suspects(x, y, (14.0, 13.6, np.nan))) == "0"  # also seen in H, whose glint lies elsewhere
    assert flag(suspects(x, y + 5, (14.0, np.nan, np.nan))) == "0"


def test_glint_seeds_follow_the_density_of_the_field() -> None:
    angle, distance = np.radians(SETTINGS["glint_n_j"][0]), SETTINGS["glint_n_j"][1]
    place = 200 - distance * np.sin(angle), 500 + distance * np.cos(angle), (18.0, np.nan, np.nan)
    faint = Parents(STAR.x, STAR.y, np.full((1, 3), 12.0))
    found = {density: flag_of(suspects(*place), faint, density) for density in ("low", "medium", "high")}
    assert found == {"low": "G", "medium": "0", "high": "0"}


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_sources_on_the_four_arms_are_d(angle: float) -> None:
    x, y = 200 - 15 * np.sin(np.radians(angle)), 500 + 15 * np.cos(np.radians(angle))
    assert flag(suspects(x, y, (15.0, 14.6, 14.5))) == "D"
    x, y = 200 - 15 * np.sin(np.radians(angle + 45)), 500 + 15 * np.cos(np.radians(angle + 45))
    assert flag(suspects(x, y, (13.5, 13.1, 13.0))) == "0"


def test_what_stands_in_the_glare_or_is_hollow_is_a() -> None:
    assert flag(suspects(195.5, 504.5, (16.0, 15.6, 15.5))) == "A"
    assert flag(suspects(300.0, 900.0, (16.0, 15.6, 15.5), hollow=np.ones(1, bool))) == "A"


def test_density_classes_follow_the_counts() -> None:
    assert [density_class(n, SETTINGS) for n in (1000.0, 10000.0, 50000.0)] == ["low", "medium", "high"]
