"""What a sensors file tells the tracker."""

import json

import pytest

from tocsin.formats.tracker_settings import TrackerSettingsError, read_settings
from tocsin.tracking.motion import WGS84
from tocsin.tracking.rules import Settings


def test_a_file_that_tells_nothing_gives_the_usual() -> None:
    assert read_settings('{"sensors": []}') == Settings()
    assert read_settings("[]") == Settings()


def test_what_is_told_is_taken_and_the_rest_stays_as_usual() -> None:
    told = {"earth": {"radius_m": 6.371e6, "j2": 0}, "expected": {"false_plots_m_rad2": 1e-6}}
    found = read_settings(json.dumps(told))
    assert found.earth.radius_m == 6.371e6
    assert found.earth.j2 == 0.0
    assert found.earth.gm_m3_s2 == WGS84.gm_m3_s2
    assert found.false_density == (1e-6, Settings().false_density[1])
    assert found.detection_probability == Settings().detection_probability


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"earth": {"radius_km": 6371}}, "'radius_km' is not known; did you mean 'radius_m'"),
        ({"earth": {"radius_m": 6371}}, "radius_m is 6371; it must be a number from 1e+06 to"),
        ({"earth": 3}, "'earth' must be a record in braces"),
        ({"expected": {"detection_probability": 1}}, "it must be a number from 0.01 to 0.99"),
        ({"expected": {"detection_probability": True}}, "detection_probability is True"),
        ({"expected": {"false_plots_rad2": "4"}}, "false_plots_rad2 is '4'"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_is_allowed(told: object, says: str) -> None:
    with pytest.raises(TrackerSettingsError) as caught:
        read_settings(json.dumps(told), "s.json")
    assert str(caught.value).startswith("s.json: ")
    assert says in str(caught.value)
