"""Who is in danger: the chance of an impact in an area, against counting, and what may be named."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.geodesy import destination, inside
from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.errors import AlertError
from tocsin.warning.areas import (
    NAMED_LONG_M,
    Area,
    AreaList,
    ExpectedImpact,
    chance_inside,
    circle,
    holds,
    in_danger,
    met,
    stale,
)
from tocsin.warning.evidence import Spot

NOW = tai_from_utc("2026-03-01T08:00:00Z")


def spot(
    latitude_deg: float = 40.0,
    longitude_deg: float = 30.0,
    sigma_m: float = 5_000.0,
    ratio: float = 1.0,
    turn: float = 0.0,
) -> Spot:
    long, short = sigma_m**2, (sigma_m / ratio) ** 2
    sine, cosine = math.sin(turn), math.cos(turn)
    return Spot(
        latitude_rad=math.radians(latitude_deg),
        longitude_rad=math.radians(longitude_deg),
        east_m2=long * sine**2 + short * cosine**2,
        east_north_m2=(long - short) * sine * cosine,
        north_m2=long * cosine**2 + short * sine**2,
    )


def box(area_id: str, south: float, west: float, north: float, east: float, **other: str) -> Area:
    corners = ((south, west), (south, east), (north, east), (north, west))
    ring = tuple((math.radians(lat), math.radians(lon)) for lat, lon in corners)
    return Area(id=area_id, name=area_id.title(), version="1", polygons=(ring,), **other)


def listed(*areas: Area) -> AreaList:
    return AreaList(name="Testland", version="7", as_of_tai_ns=NOW - 10**15, areas=areas)


def counted(where: Spot, area: Area, draws: int = 200_000) -> float:
    """Give the share of drawn impacts that lie in an area, by geodesics and a crossing count."""
    cover = [[where.east_m2, where.east_north_m2], [where.east_north_m2, where.north_m2]]
    off = np.random.default_rng(5).multivariate_normal([0.0, 0.0], cover, draws)
    latitude, longitude = destination(
        where.latitude_rad,
        where.longitude_rad,
        np.arctan2(off[:, 0], off[:, 1]),
        np.hypot(off[:, 0], off[:, 1]),
    )
    polygon = [(math.degrees(lon), math.degrees(lat)) for lat, lon in area.polygons[0]]
    return float(inside(polygon, latitude, longitude).mean())


@pytest.mark.parametrize(
    ("where", "area"),
    [
        (spot(), box("a", 39.9, 29.9, 40.1, 30.2)),
        (spot(ratio=6.0, turn=0.7), box("off-centre", 40.02, 30.0, 40.2, 30.3)),
        (spot(0.0, 180.0, 20e3, 2.0, 1.0), box("date line", -0.2, 179.9, 0.1, -179.8)),
        (spot(89.95, 10.0, 8e3), circle("pole", "Pole", (math.pi / 2, 0.0), 9e3)),
        (spot(60.0, 20.0, 150e3, 3.0, 2.0), box("long edges", 60.5, 10.0, 63.0, 30.0)),
    ],
    ids=["around", "off centre", "over the date line", "over the pole", "with long edges"],
)
def test_the_chance_is_the_share_of_impacts_that_fall_inside(where: Spot, area: Area) -> None:
    share = counted(where, area)

    assert 0.02 < share < 0.98
    assert chance_inside(where, area) == pytest.approx(share, abs=0.005)


@pytest.mark.parametrize("sigma_m", [3e3, 20e3, 80e3])
def test_the_chance_in_a_circle_around_the_middle_is_rayleighs(sigma_m: float) -> None:
    where = spot(sigma_m=sigma_m)
    area = circle("c", "C", (where.latitude_rad, where.longitude_rad), 20e3)

    assert chance_inside(where, area) == pytest.approx(
        1.0 - math.exp(-0.5 * (20e3 / sigma_m) ** 2), abs=2e-3
    )


@given(
    latitude=st.floats(-89.0, 89.0),
    longitude=st.floats(-180.0, 180.0),
    sigma_m=st.floats(100.0, 2e5),
    split=st.floats(0.2, 0.8),
)
def test_two_halves_have_the_chance_of_the_whole(
    latitude: float, longitude: float, sigma_m: float, split: float
) -> None:
    west, east = longitude - 0.5, longitude + 0.7
    south, north = max(latitude - 0.4, -89.9), min(latitude + 0.3, 89.9)
    middle = west + split * (east - west)
    where = spot(latitude, longitude, sigma_m, ratio=2.0, turn=0.4)
    whole = box("w", south, west, north, east)
    parts = [box("p", south, west, north, middle), box("q", south, middle, north, east)]

    both = sum(chance_inside(where, part) for part in parts)

    # edges are followed in straight pieces of half a degree; the halves' pieces are shorter
    assert both == pytest.approx(chance_inside(where, whole), abs=1e-3)
    assert 0.0 <= both <= 1.0 + 1e-9


def test_an_area_of_two_islands_has_the_chance_of_both() -> None:
    one, two = box("one", 39.95, 29.9, 40.05, 29.98), box("two", 39.95, 30.02, 40.05, 30.1)
    both = Area(id="both", name="Both", version="1", polygons=one.polygons + two.polygons)

    assert chance_inside(spot(), both) == pytest.approx(
        chance_inside(spot(), one) + chance_inside(spot(), two), abs=1e-12
    )


def test_a_far_area_has_no_chance_and_a_sure_impact_is_where_it_is() -> None:
    assert chance_inside(spot(), box("far", -10.0, 100.0, -9.0, 101.0)) == 0.0
    sure = spot(sigma_m=0.0)
    assert chance_inside(sure, box("here", 39.9, 29.9, 40.1, 30.1)) == pytest.approx(1.0)
    assert chance_inside(sure, box("beside", 40.1, 29.9, 40.3, 30.1)) == 0.0


def test_the_plane_does_not_hold_for_an_ellipse_as_wide_as_a_continent() -> None:
    assert holds(spot(sigma_m=100e3))
    assert not holds(spot(sigma_m=500e3))


def impact(
    where: Spot, in_s: float = 600.0, sigma_s: float = 5.0, name: str = "o1"
) -> ExpectedImpact:
    return ExpectedImpact(
        id=name, spot=where, tai_ns=NOW + round(in_s * SECOND_NS), sigma_s=sigma_s
    )


def test_who_is_in_danger_has_a_chance_a_window_and_the_time_left() -> None:
    town = box("town", 39.9, 29.9, 40.1, 30.2, region="North")
    areas = listed(town, box("far", 50.0, 29.9, 50.1, 30.2))
    later = impact(spot(sigma_m=8e3), in_s=700.0, sigma_s=20.0, name="o2")

    (danger,) = in_danger([impact(spot()), later], areas, NOW)

    one, two = chance_inside(spot(), town), chance_inside(spot(sigma_m=8e3), town)
    assert danger.chance == pytest.approx(1.0 - (1.0 - one) * (1.0 - two))
    assert (danger.area, danger.region, danger.named) == ("town", "North", True)
    assert danger.left_s == pytest.approx(600.0)
    assert danger.left_sigma_s == 5.0
    assert danger.earliest_tai_ns == NOW + 590 * SECOND_NS
    assert danger.latest_tai_ns == NOW + 740 * SECOND_NS
    assert danger.impacts == ("o1", "o2")


def test_a_wide_ellipse_names_no_single_place_unless_its_chance_there_is_high() -> None:
    narrow = spot(sigma_m=0.9 * NAMED_LONG_M / math.sqrt(5.99146))
    wide = spot(sigma_m=200e3)
    town, country = box("town", 39.9, 29.9, 40.1, 30.2), box("country", 37.0, 25.0, 43.0, 35.0)
    areas = listed(town, country)

    named = {each.area: each.named for each in in_danger([impact(wide)], areas, NOW)}

    assert named == {"town": False, "country": True}
    assert all(each.named for each in in_danger([impact(narrow)], areas, NOW))


def test_what_the_ellipse_touches_is_met_and_what_lies_beyond_it_is_not() -> None:
    def ring_at(sigmas: float) -> Area:
        north_deg = 40.0 + math.degrees(sigmas * 5e3 / 6.36e6)
        return box(f"at {sigmas}", north_deg, 29.99, north_deg + 0.01, 30.01)

    found = [area.id for area, _ in met(spot(), listed(ring_at(2.3), ring_at(2.6)))]

    assert found == ["at 2.3"]


def test_a_list_older_than_the_boundaries_or_from_the_future_is_stale() -> None:
    areas = listed()

    assert stale(areas, areas.as_of_tai_ns, NOW) == ""
    assert "load the newer list" in stale(areas, areas.as_of_tai_ns + 1, NOW)
    assert "later than now" in stale(areas, 0, areas.as_of_tai_ns - 1)


def test_an_assumed_circle_says_so() -> None:
    area = circle("c", "C", (0.5, 3.14), 12e3)

    assert area.assumed
    assert area.version == "circle of 12 km, assumed"
    assert len(area.polygons[0]) == 64


@pytest.mark.parametrize(
    ("ring", "said"),
    [
        (((0.1, 0.1), (0.2, 0.1)), "3 different corners"),
        (((0.1, 0.1), (0.2, 0.1), (math.nan, 0.2)), "not a number"),
        (((0.1, 0.1), (2.2, 0.1), (0.3, 0.2)), "beyond 90 degrees"),
        (((0.0, 0.0), (0.1, 0.1), (0.1, 0.0), (0.0, 0.1)), "crosses itself"),
        (((0.0, 0.0), (0.0, 2.0), (1.0, 1.0)), "split it"),
    ],
)
def test_an_outline_that_is_none_is_refused(
    ring: tuple[tuple[float, float], ...], said: str
) -> None:
    with pytest.raises(AlertError, match=said):
        Area(id="x", name="X", version="1", polygons=(ring,))


def test_a_list_holds_an_id_once() -> None:
    with pytest.raises(AlertError, match="twice"):
        listed(box("a", 1.0, 1.0, 2.0, 2.0), box("a", 3.0, 3.0, 4.0, 4.0))


@given(latitude=st.floats(-90.0, 90.0), longitude=st.floats(-180.0, 180.0))
def test_a_circle_anywhere_is_an_outline(latitude: float, longitude: float) -> None:
    area = circle("c", "C", (math.radians(latitude), math.radians(longitude)), 20e3)

    assert 19.8e3 < area.reach_m < 20.9e3


@given(
    latitude=st.floats(38.0, 42.0),
    longitude=st.floats(27.0, 33.0),
    sigma_m=st.floats(1e2, 3e5),
    ratio=st.floats(1.0, 8.0),
)
def test_no_area_in_danger_is_passed_over_for_being_far(
    latitude: float, longitude: float, sigma_m: float, ratio: float
) -> None:
    where = spot(latitude, longitude, sigma_m, ratio, 1.0)
    areas = listed(box("town", 39.9, 29.9, 40.1, 30.2), box("country", 37.0, 25.0, 43.0, 35.0))

    found = {area.id for area, _ in met(where, areas)}

    assert {area.id for area in areas.areas if chance_inside(where, area) >= 0.01} <= found
