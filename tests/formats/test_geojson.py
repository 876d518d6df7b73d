"""Lists of defended areas from GeoJSON: read right, and refused with a way out."""

import contextlib
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.time import tai_from_utc
from tocsin.errors import AlertError
from tocsin.formats.geojson import read_areas

SQUARE = [[141.0, 43.0], [142.0, 43.0], [142.0, 44.0], [141.0, 44.0], [141.0, 43.0]]
ISLET = [[178.0, 1.0], [178.2, 1.0], [178.1, 1.5], [178.0, 1.0]]
ISLAND = [[179.5, 1.0], [-179.5, 1.0], [-179.5, 2.0], [179.5, 1.0]]


def document(**changes: Any) -> dict[str, Any]:
    feature = {
        "type": "Feature",
        "properties": {"id": "sapporo", "name": "Sapporo", "region": "Hokkaido", "people": 2e6},
        "geometry": {"type": "Polygon", "coordinates": [[list(corner) for corner in SQUARE]]},
    }
    return {
        "type": "FeatureCollection",
        "name": "Japan",
        "version": "2026-01",
        "as_of": "2026-01-01T00:00:00Z",
        "features": [feature],
    } | changes


def data(held: object) -> bytes:
    return json.dumps(held).encode()


def test_a_list_is_read_with_its_version_date_and_outlines() -> None:
    held = document()
    held["features"].append(
        {
            "type": "Feature",
            "properties": {"id": 7, "name": "Islands", "version": "3", "assumed": True},
            "geometry": {"type": "MultiPolygon", "coordinates": [[ISLAND], [ISLET]]},
        }
    )

    areas = read_areas(data(held))

    assert (areas.name, areas.version) == ("Japan", "2026-01")
    assert areas.as_of_tai_ns == tai_from_utc("2026-01-01T00:00:00Z")
    sapporo, islands = areas.areas
    assert (sapporo.id, sapporo.name, sapporo.version) == ("sapporo", "Sapporo", "2026-01")
    assert areas.region_of(sapporo) == "Hokkaido"
    assert areas.region_of(islands) == "Japan"
    assert sapporo.polygons[0][1] == (math.radians(43.0), math.radians(142.0))
    assert len(sapporo.polygons[0]) == 4
    assert (islands.id, islands.version, islands.assumed) == ("7", "3", True)
    assert len(islands.polygons) == 2
    assert math.degrees(islands.middle_rad[0]) == pytest.approx(1.3, abs=0.2)
    assert islands.reach_m < 300e3


def changed(where: list[Any], value: object) -> dict[str, Any]:
    held = document()
    inside: Any = held
    for key in where[:-1]:
        inside = inside[key]
    if value is None:
        del inside[where[-1]]
    else:
        inside[where[-1]] = value
    return held


FEATURE = ["features", 0]
RING = [*FEATURE, "geometry", "coordinates", 0]


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        (["type"], "Feature", 'must be a "FeatureCollection"'),
        (["features"], [], "must have 1 to 5,000"),
        (["version"], None, "version is None"),
        (["as_of"], "yesterday", "as_of: time 'yesterday' is not UTC"),
        ([*FEATURE, "properties"], None, 'must be a "Feature" with "properties"'),
        ([*FEATURE, "properties", "id"], None, "feature 1: id is None"),
        ([*FEATURE, "properties", "name"], "", r"feature 1 \(sapporo\): name is ''"),
        ([*FEATURE, "properties", "assumed"], "yes", "must be true or false"),
        ([*FEATURE, "geometry"], None, "give a Polygon or a MultiPolygon"),
        ([*FEATURE, "geometry", "type"], "Point", "geometry 'Point'"),
        (RING, SQUARE[:4], "its last position must be its first"),
        (RING, SQUARE[:2], "4 positions or more"),
        ([*RING, 1], [43.0, 142.0], r"must be longitude \(-180 to 180\)"),
        ([*RING, 1], ["142", "43"], "must be longitude, latitude"),
        ([*RING, 1], [141.5, 44.5], "crosses itself"),
        ([*FEATURE, "geometry", "coordinates"], [SQUARE, SQUARE], "has a hole"),
    ],
)
def test_what_is_wrong_is_named_with_its_feature_and_a_way_out(
    where: list[Any], value: object, said: str
) -> None:
    with pytest.raises(AlertError, match=said) as caught:
        read_areas(data(changed(where, value)), "areas.geojson")

    assert str(caught.value).startswith("areas.geojson: ")
    assert "\n" not in str(caught.value)


def test_an_id_that_is_there_twice_is_refused() -> None:
    held = document()
    held["features"] *= 2

    with pytest.raises(AlertError, match="'sapporo' is there twice"):
        read_areas(data(held))


@pytest.mark.parametrize(
    "held",
    [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000, b'{"type": NaN}', b'{"type": ' + b"9" * 5000],
)
def test_what_is_not_json_is_refused(held: bytes) -> None:
    with pytest.raises(AlertError):
        read_areas(held)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@given(where=st.sampled_from([["type"], ["name"], FEATURE, RING, [*RING, 2]]), value=JSON)
def test_hostile_json_is_read_or_refused_and_nothing_else(where: list[Any], value: object) -> None:
    with contextlib.suppress(AlertError):
        read_areas(data(changed(where, value)))
