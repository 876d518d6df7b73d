"""The maps: right projection, nothing cut, one scale for all, honest about what is not seen."""

import dataclasses
import math
import re
import runpy
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Proj

from tocsin.studies.report_maps import (
    MapLook,
    Scale,
    flights_svg,
    legend_svg,
    map_svg,
    scale_for,
    short_name,
    view_for,
)
from tocsin.studies.report_projection import (
    WIDTH,
    View,
    choose_centre_deg,
    coastlines,
    destination,
    equal_earth,
    land_path,
    line_path,
    offset_deg,
    project,
)
from tocsin.studies.results import MapLayer, StudyMap

RESULT = runpy.run_path(str(Path(__file__).with_name("report_example.py")))["make_result"]()
STUDY_MAP: StudyMap = RESULT.compared.map
LAYERS = {(one.coalition, one.figure): one for one in STUDY_MAP.layers}
latitudes = st.floats(-89.9, 89.9)
longitudes = st.floats(-180.0, 180.0)


@settings(max_examples=50, deadline=None)
@given(latitude=latitudes, east=longitudes)
def test_the_projection_is_equal_earth_as_proj_has_it(latitude: float, east: float) -> None:
    # PROJ's is our own independent reference; it stops its series at the same term.
    expected = Proj("+proj=eqearth +R=1")(east, latitude)
    assert equal_earth(latitude, east) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(points=st.lists(longitudes, min_size=1, max_size=12))
def test_the_map_is_cut_through_the_widest_gap_between_launch_points(points: list[float]) -> None:
    around = sorted({point % 360.0 for point in points})
    gaps = [b - a for a, b in zip(around, [*around[1:], around[0] + 360.0], strict=True)]
    centre = choose_centre_deg(points)
    nearest = min(180.0 - abs(offset_deg(point, centre)) for point in points)
    if 15.0 <= max(gaps) < 359.0:
        assert nearest >= 0.5 * max(gaps) - 2.5 - 1e-6


def test_the_south_pacific_and_the_indian_ocean_are_both_whole() -> None:
    view = view_for(STUDY_MAP, RESULT.sensors)
    assert 110.0 <= view.centre_deg <= 160.0
    half_cell = 0.5 * STUDY_MAP.spacing_deg / math.cos(math.radians(58.0))
    offsets = [abs(offset_deg(east, view.centre_deg)) for east in STUDY_MAP.longitude_deg]
    assert max(offsets) + half_cell < 180.0


@settings(max_examples=30, deadline=None)
@given(centre=longitudes)
def test_land_stays_inside_the_map_wherever_it_is_cut(centre: float) -> None:
    view = View(centre_deg=round(centre), south_deg=-90.0, north_deg=90.0)
    path = land_path(view)
    for piece in re.findall(r"M([^z]+)z", path):
        x = y = 0.0
        for step in piece.replace("l", " L").split("L"):
            numbers = [float(number) for number in re.findall(r"-?\d+", step)]
            for east, down in zip(numbers[::2], numbers[1::2], strict=True):
                x, y = x + east, y + down
                assert -1.0 <= x <= WIDTH + 1.0
                assert -1.0 <= y <= view.height + 1.0


def test_no_coast_is_drawn_straight_across_the_map() -> None:
    # The antimeridian cuts Chukotka and Fiji; a careless join draws a bar through every ocean.
    path = land_path(View(centre_deg=150.0))
    for piece in re.findall(r"M([^z]+)z", path):
        start = re.match(r"-?\d+ (-?\d+)", piece)
        assert start is not None
        steps = re.findall(r"(-?\d+) (-?\d+)", piece.split("l")[1])
        north_of_antarctica = int(start[1]) < 400
        if north_of_antarctica:
            assert max(abs(int(east)) for east, _ in steps) < 60


def test_the_coastlines_are_natural_earth_and_light_enough_to_carry() -> None:
    rings = coastlines()
    assert 100 < len(rings) < 200
    assert 4_000 < sum(len(ring) for ring in rings) < 6_000
    assert all(
        -180.0 <= east <= 180.0 and -90.0 <= north <= 90.0 for r in rings for east, north in r
    )


@settings(max_examples=50, deadline=None)
@given(latitude=st.floats(-80.0, 80.0), longitude=longitudes, azimuth=st.floats(0.0, 360.0))
def test_sector_edges_lie_at_the_published_range(
    latitude: float, longitude: float, azimuth: float
) -> None:
    reached = destination((latitude, longitude), azimuth, 6.0e6)
    _, _, distance_m = Geod(ellps="WGS84").inv(longitude, latitude, reached[1], reached[0])
    # The mean sphere is within 0.56 % of the ellipsoid along any great circle.
    assert distance_m == pytest.approx(6.0e6, rel=0.0056)


def test_a_line_is_lifted_where_the_map_is_cut() -> None:
    view = View(centre_deg=150.0)
    assert line_path(view, [(0.0, 140.0), (0.0, 160.0)]).count("M") == 1
    assert line_path(view, [(0.0, -40.0), (0.0, -20.0)]).count("M") == 2


def test_every_launch_point_is_drawn_once_and_hatched_exactly_where_it_is_unseen() -> None:
    layer = LAYERS["russia", "warning_min"]
    svg = map_svg(STUDY_MAP, layer, "Russia alone")
    unseen = sum(value <= 0.0 for value in layer.values)
    assert 0 < unseen < len(layer.values)
    assert len(re.findall(r'<path d="[^"]*" class="unseen"', svg)) == unseen
    assert len(re.findall(r'<path d="[^"]*" class="cell q', svg)) == len(layer.values) - unseen


def test_a_point_that_gains_nothing_looks_unlike_one_that_nobody_sees() -> None:
    layer = MapLayer(coalition="j", figure="gain_min", values=(0.0, 0.0, 3.0, -1.0), before="r")
    study_map = StudyMap(
        latitude_deg=(0.0, 0.0, 0.0, 0.0),
        longitude_deg=(60.0, 70.0, 80.0, 90.0),
        area=("a",) * 4,
        spacing_deg=10.0,
        layers=(layer,),
    )
    look = MapLook(
        view=view_for(study_map),
        scale=scale_for([layer]),
        unseen=(True, False, False, False),
        standalone=False,
    )
    svg = map_svg(study_map, layer, "gain", look)
    drawn = re.findall(r'class="(unseen|none|loss|cell q\d)"', svg)
    assert drawn == ["unseen", "none", "cell q5", "loss"]


def test_a_point_without_a_figure_is_left_blank() -> None:
    layer = dataclasses.replace(LAYERS["russia", "warning_min"])
    values = (math.nan, *layer.values[1:])
    svg = map_svg(STUDY_MAP, dataclasses.replace(layer, values=values), "one missing")
    cells = re.findall(r'<path d="[^"]*" class="(?:unseen|cell q\d)"', svg)
    assert len(cells) == len(values) - 1


@given(
    first=st.floats(0.01, 100.0),
    second=st.floats(0.01, 100.0),
    largest=st.floats(0.1, 100.0),
)
def test_a_larger_figure_never_has_a_weaker_colour(
    first: float, second: float, largest: float
) -> None:
    layer = MapLayer(coalition="c", figure="warning_min", values=(largest,))
    scale = scale_for([layer])
    low, high = sorted((first, second))
    assert scale.colour(low) <= scale.colour(high)
    assert scale.step * scale.count >= largest * (1.0 - 1e-9)
    assert 1 <= scale.count <= 6


def test_one_scale_serves_all_the_maps_of_a_figure() -> None:
    layers = [one for one in STUDY_MAP.layers if one.figure == "warning_min"]
    scale = scale_for(layers)
    assert scale == scale_for(layers[::-1])
    assert float(scale.labels[-1]) >= max(max(one.values) for one in layers)
    assert scale_for([LAYERS["russia", "share_seen"]]).labels == (
        "0",
        "20",
        "40",
        "60",
        "80",
        "100",
    )


def test_the_edge_of_a_colour_belongs_to_the_colour_below() -> None:
    scale = Scale(figure="share_seen", step=0.2, count=5)
    assert [scale.colour(value) for value in (0.01, 0.2, 0.21, 1.0)] == ["q0", "q0", "q1", "q5"]


def test_a_map_alone_is_a_whole_file_with_its_styles_and_legend() -> None:
    svg = map_svg(STUDY_MAP, LAYERS["joined-l4", "share_seen"], "Joined <&> seen")
    root = ET.fromstring(svg)  # noqa: S314 - our own text
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root[0].text == "Joined <&> seen"
    assert ".map .cell" in svg
    framed = root.find("{http://www.w3.org/2000/svg}svg")
    assert framed is not None  # what lies below the map's edge must not run into the legend
    assert float(framed.attrib["height"]) == pytest.approx(view_for(STUDY_MAP).height, abs=0.1)
    assert "not seen" in svg
    assert "South Pacific" in svg


def test_only_the_sensors_asked_for_are_drawn() -> None:
    look = MapLook(
        view=view_for(STUDY_MAP),
        scale=scale_for([LAYERS["russia", "share_seen"]]),
        sensors=tuple(one for one in RESULT.sensors if one.partner == "russia"),
        colour_of=("russia", "china"),
        labels=True,
        standalone=False,
    )
    svg = map_svg(STUDY_MAP, LAYERS["russia", "share_seen"], "Russia", look)
    assert svg.count('class="site"') == 4
    assert svg.count('class="satellite"') == 1
    assert svg.count('class="wedge"') == 4
    assert "Lekhtusi" in svg
    assert "Yiyuan" not in svg


def test_names_of_sensors_on_one_spot_never_cover_each_other() -> None:
    crowd = tuple(
        dataclasses.replace(RESULT.sensors[0], id=f"s{n}", name=f"S{n}") for n in range(12)
    )
    look = MapLook(
        view=view_for(STUDY_MAP), scale=scale_for([]), sensors=crowd, labels=True, standalone=False
    )
    svg = map_svg(STUDY_MAP, LAYERS["russia", "share_seen"], "crowd", look)
    names = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" class="on-map name">', svg)
    places = [(float(x), float(y)) for x, y in names]
    assert 1 <= len(places) < 12
    apart = [
        abs(a[0] - b[0]) > 14.0 or abs(a[1] - b[1]) >= 16.0
        for n, a in enumerate(places)
        for b in places[n + 1 :]
    ]
    assert all(apart)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Armavir Voronezh-DM no. 2", "Armavir"),
        ("Cape Cod UEWR", "Cape Cod"),
        ("SBIRS GEO-1", "SBIRS GEO-1"),
        ("EKS-5 (Kosmos 2552)", "EKS-5"),
        ("", ""),
    ],
)
def test_a_sensor_is_named_shortly_on_the_map(name: str, short: str) -> None:
    assert short_name(name) == short


def test_the_legend_says_its_figure_and_its_edges() -> None:
    svg = legend_svg(scale_for([LAYERS["russia", "share_seen"]]), "x")
    assert "share of launches seen, %" in svg
    assert all(f">{edge}</text>" in svg for edge in (0, 20, 40, 60, 80, 100))


def test_every_launch_of_a_scenario_is_numbered_on_the_map_of_flights() -> None:
    look = MapLook(view=view_for(STUDY_MAP), scale=scale_for([]), standalone=False)
    svg = flights_svg(RESULT.launches, look)
    assert re.findall(r'class="pad-number">(\d)<', svg) == list("123456")
    start = project(look.view, -30.0, -130.0)
    assert f'cx="{start[0]:.1f}"' in svg
