"""From latitude and longitude to a flat equal-area map that cuts nothing the study asks about."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

from tocsin.earth.constants import EARTH_MEAN_RADIUS_M

Point = tuple[float, float]

WIDTH = 1000.0
"""Width of a map in drawing units: the whole equator."""
DEFAULT_CENTRE_DEG = 150.0
"""Central meridian when the launch points leave no gap to cut through: the Atlantic is cut."""
NARROWEST_CUT_DEG = 30.0
"""A gap in longitude at least this wide is kept clear of sensors as well as launch points."""

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_HALF_EQUATOR = 2.0 * math.pi / (math.sqrt(3.0) * _A1)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What part of the world a map shows: all longitudes, between two latitudes."""

    centre_deg: float
    """Longitude in the middle; the map is cut at the opposite meridian."""
    south_deg: float = -63.0
    north_deg: float = 84.0

    @property
    def height(self) -> float:
        """Height of the map in drawing units."""
        return project(self, self.south_deg, self.centre_deg)[1]


def equal_earth(latitude_deg: float, offset_deg: float) -> Point:
    """Give x east and y north of the Equal Earth map, for a sphere of radius 1.

    Source: Savric, Patterson, Jenny, The Equal Earth map projection, International Journal of
    Geographical Information Science 33(3), 2019, 454-465, equations 9 and 10.
    """
    theta = math.asin(0.5 * math.sqrt(3.0) * math.sin(math.radians(latitude_deg)))
    square = theta * theta
    sixth = square * square * square
    slope = _A1 + 3.0 * _A2 * square + sixth * (7.0 * _A3 + 9.0 * _A4 * square)
    x = 2.0 * math.radians(offset_deg) * math.cos(theta) / (math.sqrt(3.0) * slope)
    y = theta * (_A1 + _A2 * square + sixth * (_A3 + _A4 * square))
    return x, y


def offset_deg(longitude_deg: float, centre_deg: float) -> float:
    """Give how far east of the map's centre a longitude lies, -180 to below 180."""
    return (longitude_deg - centre_deg + 180.0) % 360.0 - 180.0


def project_offset(view: View, latitude_deg: float, east_deg: float) -> Point:
    """Give x right and y down in drawing units, for a longitude as offset from the centre."""
    scale = 0.5 * WIDTH / _HALF_EQUATOR
    x, y = equal_earth(latitude_deg, east_deg)
    top = equal_earth(view.north_deg, 0.0)[1]
    return 0.5 * WIDTH + scale * x, scale * (top - y)


def project(view: View, latitude_deg: float, longitude_deg: float) -> Point:
    """Give x right and y down in drawing units of one place on the map."""
    return project_offset(view, latitude_deg, offset_deg(longitude_deg, view.centre_deg))


def _widest_gap(longitudes_deg: Iterable[float]) -> tuple[float, float]:
    """Give the width and the middle of the widest gap between longitudes around the Earth."""
    around = sorted({longitude % 360.0 for longitude in longitudes_deg})
    if not around:
        return 0.0, 0.0
    following = [*around[1:], around[0] + 360.0]
    width, start = max((b - a, a) for a, b in zip(around, following, strict=True))
    return width, (start + 0.5 * width) % 360.0


def choose_centre_deg(launch_deg: Sequence[float], sensor_deg: Sequence[float] = ()) -> float:
    """Give the central meridian that cuts no launch area, nor a sensor where that can be had.

    The map is cut through the middle of the widest gap in longitude, rounded to 5 degrees. Where
    the points leave no gap of 15 degrees the cut goes through the Atlantic.

    Args:
        launch_deg: Longitudes of the launch points, degrees east, any turn.
        sensor_deg: Longitudes of the sensors.
    """
    width, middle = _widest_gap([*launch_deg, *sensor_deg])
    if width < NARROWEST_CUT_DEG:
        width, middle = _widest_gap(launch_deg)
    if width < 15.0 or width > 359.0:
        return DEFAULT_CENTRE_DEG
    return offset_deg(5.0 * round((middle + 180.0) / 5.0), 0.0)


@cache
def coastlines() -> tuple[tuple[Point, ...], ...]:
    """Give the land as rings of longitude, latitude in degrees, from the committed data."""
    text = files("tocsin.studies").joinpath("report/coastlines.json").read_text(encoding="utf-8")
    data = json.loads(text)
    rings = []
    for flat in data["rings"]:
        x = y = 0
        ring = []
        for east, north in zip(flat[::2], flat[1::2], strict=True):
            x, y = x + east, y + north
            ring.append((x / data["units_per_degree"], y / data["units_per_degree"]))
        rings.append(tuple(ring))
    return tuple(rings)


def _clip(ring: Sequence[Point], edge: float, keep: float) -> list[Point]:
    """Clip a ring of offset, latitude at one meridian (Sutherland and Hodgman, 1974).

    Args:
        ring: Offset from the centre and latitude, degrees.
        edge: Offset of the meridian.
        keep: 1 keeps what lies west of it, -1 what lies east.
    """
    kept: list[Point] = []
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
        inside0, inside1 = keep * (edge - x0) >= 0.0, keep * (edge - x1) >= 0.0
        if inside0:
            kept.append((x0, y0))
        if inside0 != inside1:
            kept.append((edge, y0 + (y1 - y0) * (edge - x0) / (x1 - x0)))
    return kept


def _ring_path(view: View, ring: Sequence[Point]) -> str:
    """Give one closed ring of offset, latitude as a path of whole drawing units."""
    return _whole_path([project_offset(view, latitude, east) for east, latitude in ring])


def _whole_path(flat: Iterable[Point]) -> str:
    """Give one closed ring of x, y as a path of whole drawing units."""
    x0 = y0 = 0
    steps: list[str] = []
    for x, y in flat:
        column, row = round(x), round(y)
        if steps and (column, row) == (x0, y0):
            continue
        steps.append(f"{column - x0} {row - y0}")
        x0, y0 = column, row
    return f"m{steps[0]}l{' '.join(steps[1:])}z" if len(steps) > 3 else ""


def _unrolled(ring: Sequence[Point], centre_deg: float) -> list[Point]:
    """Give a ring as offset, latitude without a jump; one that goes round a pole closes over it."""
    east = offset_deg(ring[0][0], centre_deg)
    placed = [(east, ring[0][1])]
    for (before, _), (longitude, latitude) in pairwise([*ring, ring[0]]):
        east += offset_deg(longitude, before)
        placed.append((east, latitude))
    if abs(east - placed[0][0]) < 180.0:
        return placed[:-1]
    pole = math.copysign(90.0, ring[0][1])
    return [*placed, (east, pole), (placed[0][0], pole)]


@cache
def land_path(view: View) -> str:
    """Give all land as the `d` of one SVG path, cut cleanly where the map is cut."""
    return "".join(_ring_path(view, ring).replace("m", "M", 1) for ring in _land(view))


@cache
def _land(view: View) -> tuple[tuple[Point, ...], ...]:
    """Give all land as rings of offset, latitude, cut where the map is cut."""
    pieces = []
    for ring in coastlines():
        placed = _unrolled(ring, view.centre_deg)
        for turn in (-360.0, 0.0, 360.0):
            shifted = [(east + turn, latitude) for east, latitude in placed]
            inside = _clip(shifted, 180.0, 1.0)
            inside = _clip(inside, -180.0, -1.0) if inside else []
            if len(inside) > 2:
                pieces.append(tuple(inside))
    return tuple(pieces)


@cache
def land_path_within(view: View, box: tuple[float, float, float, float]) -> str:
    """Give the land inside a part of a map as the `d` of one SVG path.

    Args:
        view: Of the whole map.
        box: Left, top, width and height of the part, in drawing units.
    """
    left, top, right, bottom = box[0], box[1], box[0] + box[2], box[1] + box[3]
    pieces = []
    for ring in _land(view):
        flat: list[Point] = [project_offset(view, latitude, east) for east, latitude in ring]
        for edge, keep in ((right, 1.0), (left, -1.0)):
            flat = _clip(flat, edge, keep) if flat else []
        flat = [(y, x) for x, y in flat]
        for edge, keep in ((bottom, 1.0), (top, -1.0)):
            flat = _clip(flat, edge, keep) if flat else []
        if len(flat) > 2:
            pieces.append(_whole_path((x, y) for y, x in flat).replace("m", "M", 1))
    return "".join(pieces)


def line_path(view: View, places: Sequence[Point]) -> str:
    """Give a line through latitude, longitude places as a path, lifted where the map is cut."""
    steps = []
    before: float | None = None
    for latitude, longitude in places:
        east = offset_deg(longitude, view.centre_deg)
        x, y = project_offset(view, latitude, east)
        lifted = before is None or abs(east - before) > 180.0
        steps.append(f"{'M' if lifted else 'L'}{x:.1f} {y:.1f}")
        before = east
    return "".join(steps)


def outline_path(view: View) -> str:
    """Give the outer edge of the map as an SVG path."""
    count = 24
    rows = [
        view.south_deg + step * (view.north_deg - view.south_deg) / count
        for step in range(count + 1)
    ]
    east = [project_offset(view, latitude, 180.0) for latitude in rows]
    west = [project_offset(view, latitude, -180.0) for latitude in reversed(rows)]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in [*east, *west]) + "Z"


def destination(place: Point, azimuth_deg: float, distance_m: float) -> Point:
    """Give latitude, longitude in degrees reached along a great circle of the mean sphere.

    For drawing only: up to 0.5 % from the ellipsoid, less than the width of a line on these maps.
    """
    latitude, longitude = map(math.radians, place)
    azimuth, angle = math.radians(azimuth_deg), distance_m / EARTH_MEAN_RADIUS_M
    sine = math.sin(latitude) * math.cos(angle)
    sine += math.cos(latitude) * math.sin(angle) * math.cos(azimuth)
    north = math.asin(max(-1.0, min(1.0, sine)))
    east = longitude + math.atan2(
        math.sin(azimuth) * math.sin(angle) * math.cos(latitude),
        math.cos(angle) - math.sin(latitude) * math.sin(north),
    )
    return math.degrees(north), math.degrees(east)
