"""GeoJSON: lists of defended areas, read.

A FeatureCollection with `name`, `version` and `as_of` (a UTC date and time) beside its `features`;
each feature is a Polygon or a MultiPolygon with `id` and `name` in its `properties`, and, where
wanted, `version` (else the list's), `region` (named where a place cannot be) and `assumed`. What
else stands there is left alone.

Source: RFC 7946, The GeoJSON Format, 2016. Holes are refused: people inside one must be warned by
name, or not be in the list.
"""

import json
import math
from typing import Any

from tocsin.earth.time import TimeError, tai_from_utc
from tocsin.errors import AlertError
from tocsin.warning.areas import AREAS_MAX, Area, AreaList, Ring

GEOJSON_BYTES_MAX = 64 * 1024 * 1024


def read_areas(data: bytes, name: str = "areas.geojson") -> AreaList:
    """Give the areas of a file.

    Args:
        data: GeoJSON in UTF-8.
        name: Of the file, for errors.

    Raises:
        AlertError: It is not such a file; the error names the feature, the key and the fix.
    """
    document = _document(data, name)
    features = document.get("features")
    if document.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise AlertError(f'{name}: it must be a "FeatureCollection" with a list of "features"')
    if not 0 < len(features) <= AREAS_MAX:
        raise AlertError(f"{name}: {len(features):,} areas; it must have 1 to {AREAS_MAX:,}")
    version = _word(document, "version", name)
    try:
        as_of_tai_ns = tai_from_utc(_word(document, "as_of", name))
    except TimeError as error:
        raise AlertError(f"{name}: as_of: {error}") from None
    areas = tuple(
        _area(each, version, f"{name}: feature {k}") for k, each in enumerate(features, start=1)
    )
    title = _word(document, "name", name)
    try:
        return AreaList(name=title, version=version, as_of_tai_ns=as_of_tai_ns, areas=areas)
    except AlertError as error:
        raise AlertError(f"{name}: {error}") from None


def _document(data: bytes, name: str) -> dict[str, Any]:
    if len(data) > GEOJSON_BYTES_MAX:
        raise AlertError(f"{name}: {len(data):,} bytes; at most {GEOJSON_BYTES_MAX:,}: simplify it")
    try:
        document = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise AlertError(f"{name}: this is not JSON in UTF-8: {error}") from None
    if not isinstance(document, dict):
        raise AlertError(f'{name}: it must be a "FeatureCollection" in braces')
    return document


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not a number in JSON")


def _area(feature: object, version: str, where: str) -> Area:
    record = feature if isinstance(feature, dict) else {}
    properties, geometry = record.get("properties"), record.get("geometry")
    if record.get("type") != "Feature" or not isinstance(properties, dict):
        raise AlertError(f'{where}: it must be a "Feature" with "properties"')
    if not isinstance(geometry, dict):
        raise AlertError(f'{where}: it has no "geometry"; give a Polygon or a MultiPolygon')
    known_id = _word(properties, "id", where) if "id" in properties else _word(record, "id", where)
    where = f"{where} ({known_id})"
    assumed = properties.get("assumed", False)
    if not isinstance(assumed, bool):
        raise AlertError(f"{where}: assumed is {assumed!r}; it must be true or false")
    parts = {
        "name": _word(properties, "name", where),
        "version": _word(properties, "version", where) if "version" in properties else version,
        "region": _word(properties, "region", where) if "region" in properties else "",
    }
    polygons = _polygons(geometry, where)
    try:
        return Area(id=known_id, polygons=polygons, assumed=assumed, **parts)
    except AlertError as error:
        raise AlertError(f"{where}: {error}") from None


def _polygons(geometry: dict[str, Any], where: str) -> tuple[Ring, ...]:
    kind, held = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        raise AlertError(f"{where}: geometry {kind!r}; it must be a Polygon or a MultiPolygon")
    pieces = [held] if kind == "Polygon" else held
    if not isinstance(pieces, list) or not pieces:
        raise AlertError(f"{where}: it has no coordinates")
    rings = []
    for piece in pieces:
        if not isinstance(piece, list) or not piece:
            raise AlertError(f"{where}: a polygon has no ring")
        if len(piece) > 1:
            raise AlertError(f"{where}: a polygon has a hole; fill it, or split the area around it")
        rings.append(_ring(piece[0], where))
    return tuple(rings)


def _ring(held: object, where: str) -> Ring:
    if not isinstance(held, list) or len(held) < 4:
        raise AlertError(f"{where}: a ring needs 4 positions or more, the last as the first")
    corners = [_corner(each, where) for each in held]
    if held[0][:2] != held[-1][:2]:
        raise AlertError(f"{where}: a ring is not closed: its last position must be its first")
    return tuple(corners[:-1])


def _corner(held: object, where: str) -> tuple[float, float]:
    """Give latitude and longitude (rad) of a position, which has longitude first."""
    numbers = isinstance(held, list) and len(held) >= 2
    if numbers and isinstance(held, list):
        numbers = all(
            isinstance(each, int | float) and not isinstance(each, bool) for each in held[:2]
        )
    if not numbers or not isinstance(held, list):
        raise AlertError(f"{where}: position {held!r:.60} must be longitude, latitude")
    longitude, latitude = held[0], held[1]
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise AlertError(
            f"{where}: position {held!r:.60} must be longitude (-180 to 180), latitude (-90 to 90)"
        )
    return math.radians(latitude), math.radians(longitude)


def _word(record: dict[str, Any], key: str, where: str) -> str:
    value = record.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and key in ("id", "version"):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise AlertError(f"{where}: {key} is {value!r:.60}; it must be a text that is not empty")
    return value.strip()
