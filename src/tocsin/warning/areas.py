"""Who is in danger, and how long they have: defended areas under predicted impacts.

The chance that an impact lies in an area is the normal distribution of its error, summed over the
area's polygons on the plane that touches the ground at the predicted place: distances and azimuths
from there are true (an azimuthal equidistant map), as in `tracking.impact`. A date line or a pole
inside a polygon therefore needs no care. The sum has a closed form, one term an edge.

Sources: Owen, Tables for computing bivariate normal probabilities, Annals of Mathematical
Statistics 27(4), 1956, 1075-1090, section 3 (polygons). Straight edges in longitude and latitude:
RFC 7946, The GeoJSON Format, 2016, section 3.1.1.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from scipy.special import owens_t

from tocsin.earth.constants import EARTH_MEAN_RADIUS_M
from tocsin.earth.geodesy import azimuth_rad, destination, distance_m
from tocsin.earth.time import SECOND_NS, utc_from_tai
from tocsin.errors import AlertError
from tocsin.lanes import Floats
from tocsin.tracking.impact import CHI2_95
from tocsin.warning.evidence import Spot

Distance = TypeVar("Distance", float, Floats)
Ring = tuple[tuple[float, float], ...]
"""Corners as latitude, longitude (rad); not closed."""

CORNERS_MAX = 20_000
"""Most corners of one area."""
CROSSING_CORNERS_MAX = 2_000
"""Outlines of more corners are taken at their word not to cross themselves."""
AREAS_MAX = 5_000
REACH_MAX_M = 3_000_000.0
"""An area that goes further from its middle is no place to warn."""
PIECE_RAD = math.radians(0.5)
"""Edges are followed in pieces no longer than this."""

PLANE_LONG_M = 1_000_000.0
"""To this long half axis (95 %) the plane is within 0.5 % of the ground in every direction."""
SIGMA_LEAST_M = 1.0
NEVER_SIGMAS = 9.0
"""Beyond so many standard deviations nothing is summed: less than 1e-17 is there."""

CHANCE_LEAST = 0.01
"""An area with less, which the 95 % ellipse does not touch, is not in danger. Assumed."""
NAMED_LONG_M = 60_000.0
"""To this long half axis (95 %) of the ellipse an area is named. Assumed: a large town's reach."""
NAMED_CHANCE = 0.1
"""With at least this chance it is named whatever the ellipse. Assumed."""
WINDOW_SIGMAS = 2.0
"""Earliest and latest arrival lie so many standard deviations from the expected one."""

CIRCLE_CORNERS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A defended area: people who are warned together."""

    id: str
    name: str
    """As it is read out in a warning."""
    version: str
    polygons: tuple[Ring, ...]
    """One or more that do not overlap; edges are straight in latitude and longitude, go the short
    way round and do not cross."""
    region: str = ""
    """The larger region that is named where a place cannot be; empty: the list's name."""
    assumed: bool = False
    """Whether its outline is a circle that somebody assumed, not a published boundary."""
    middle_rad: tuple[float, float] = field(init=False, compare=False)
    reach_m: float = field(init=False, compare=False)
    """From its middle to its furthest corner."""

    def __post_init__(self) -> None:
        """Refuse an outline that is none."""
        where = f"area {self.id!r}"
        if not self.id or not self.name:
            raise AlertError(f"{where}: it must have an id and a name")
        if not self.polygons:
            raise AlertError(f"{where}: it has no polygon; give one with 3 corners or more")
        if sum(len(ring) for ring in self.polygons) > CORNERS_MAX:
            raise AlertError(f"{where}: more than {CORNERS_MAX:,} corners; simplify its outline")
        for ring in self.polygons:
            _check_ring(where, ring)
        middle, reach_m = _middle(np.concatenate([followed(ring) for ring in self.polygons]))
        if not reach_m <= REACH_MAX_M:
            raise AlertError(
                f"{where}: it reaches {reach_m / 1e3:,.0f} km from its middle; "
                f"at most {REACH_MAX_M / 1e3:,.0f} km: split it"
            )
        object.__setattr__(self, "middle_rad", middle)
        object.__setattr__(self, "reach_m", reach_m)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaList:
    """Defended areas as they were at a date."""

    name: str
    """Of all of them together, as it is read out where no region has a name."""
    version: str
    as_of_tai_ns: int
    areas: tuple[Area, ...] = ()

    def __post_init__(self) -> None:
        """Refuse two areas of one id."""
        if not self.name or not self.version:
            raise AlertError("area list: it must have a name and a version")
        if len(self.areas) > AREAS_MAX:
            raise AlertError(f"area list {self.name!r}: more than {AREAS_MAX:,} areas; split it")
        seen: set[str] = set()
        for area in self.areas:
            if area.id in seen:
                raise AlertError(f"area list {self.name!r}: {area.id!r} is there twice; leave one")
            seen.add(area.id)

    def region_of(self, area: Area) -> str:
        """Give the region that is named where this area cannot be."""
        return area.region or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedImpact:
    """One object that comes down: where and when, and how well that is known."""

    id: str
    spot: Spot
    tai_ns: int
    sigma_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger:
    """One area in danger."""

    area: str
    name: str
    region: str
    chance: float
    """That one object or more comes down in it."""
    named: bool
    """Whether it may be named; if not, only its region may, and certainty is Possible."""
    earliest_tai_ns: int
    expected_tai_ns: int
    """Of the first to arrive."""
    latest_tai_ns: int
    left_s: float
    """From now to the expected arrival; below zero once it is past."""
    left_sigma_s: float
    impacts: tuple[str, ...]


def circle(area_id: str, name: str, centre_rad: tuple[float, float], radius_m: float) -> Area:
    """Give a place as a circle of 64 corners around it, marked as assumed.

    Args:
        area_id, name: Of the place.
        centre_rad: Latitude, longitude.
        radius_m: Assumed by whoever asks; above zero. Corners lie on it, so that the sides cut
            0.1 % of it off.
    """
    if not 0.0 < radius_m <= REACH_MAX_M:
        raise AlertError(f"area {area_id!r}: radius {radius_m:g} m must be above zero, at most 3e6")
    turn = np.arange(CIRCLE_CORNERS) * (2.0 * np.pi / CIRCLE_CORNERS)
    latitude, longitude = destination(*centre_rad, turn, radius_m)
    ring = tuple(zip(latitude.tolist(), longitude.tolist(), strict=True))
    version = f"circle of {radius_m / 1e3:g} km, assumed"
    return Area(id=area_id, name=name, version=version, polygons=(ring,), assumed=True)


def stale(areas: AreaList, geometry_tai_ns: int, now_tai_ns: int) -> str:
    """Say why a list must not be used to name areas; empty if it may.

    Args:
        areas: As this centre holds it.
        geometry_tai_ns: Since when the boundaries that are in force are what they are.
        now_tai_ns: A list from later than now has a wrong date.
    """
    as_of = utc_from_tai(areas.as_of_tai_ns)
    held = f"area list {areas.name!r}, version {areas.version}, is of {as_of}"
    if areas.as_of_tai_ns > now_tai_ns:
        return f"{held}, later than now; set its date right"
    if areas.as_of_tai_ns < geometry_tai_ns:
        return f"{held}; boundaries changed at {utc_from_tai(geometry_tai_ns)}: load the newer list"
    return ""


def holds(spot: Spot) -> bool:
    """Tell whether a chance on the plane is right for so wide an ellipse."""
    return spot.long_m() <= PLANE_LONG_M


def chance_inside(spot: Spot, area: Area) -> float:
    """Give the chance, 0 to 1, that an impact lies in an area.

    Holds for a normal error on a plane; see `holds` for the width to which the ground is one. An
    ellipse wider than that names no place in any case.
    """
    return _meeting(spot, area)[0]


def met(spot: Spot, areas: AreaList) -> tuple[tuple[Area, float], ...]:
    """Give the areas in danger of one impact, each with its chance, the likeliest first.

    In danger is what the 95 % ellipse touches, and what has a chance of `CHANCE_LEAST`.
    """
    found = []
    for area in _near(spot, areas):
        chance, away = _meeting(spot, area)
        if away**2 <= CHI2_95 or chance >= CHANCE_LEAST:
            found.append((area, chance))
    return tuple(sorted(found, key=lambda each: (-each[1], each[0].id)))


def in_danger(
    impacts: Sequence[ExpectedImpact], areas: AreaList, now_tai_ns: int
) -> tuple[Danger, ...]:
    """Give who is in danger and how long they have, those who have least time first.

    Errors of different objects are taken for independent.
    """
    hits: dict[str, list[tuple[ExpectedImpact, float]]] = {}
    known = {area.id: area for area in areas.areas}
    for impact in impacts:
        for area, chance in met(impact.spot, areas):
            hits.setdefault(area.id, []).append((impact, chance))
    found = [
        _danger(known[area], areas.region_of(known[area]), those, now_tai_ns)
        for area, those in hits.items()
    ]
    return tuple(sorted(found, key=lambda each: (each.expected_tai_ns, each.area)))


def _danger(
    area: Area, region: str, hits: Sequence[tuple[ExpectedImpact, float]], now_tai_ns: int
) -> Danger:
    first = min((impact for impact, _ in hits), key=lambda each: (each.tai_ns, each.id))
    windows = [(each.tai_ns, round(WINDOW_SIGMAS * each.sigma_s * SECOND_NS)) for each, _ in hits]
    return Danger(
        area=area.id,
        name=area.name,
        region=region,
        chance=1.0 - math.prod(1.0 - chance for _, chance in hits),
        named=any(
            chance >= NAMED_CHANCE or impact.spot.long_m() <= NAMED_LONG_M
            for impact, chance in hits
        ),
        earliest_tai_ns=min(tai_ns - slack for tai_ns, slack in windows),
        expected_tai_ns=first.tai_ns,
        latest_tai_ns=max(tai_ns + slack for tai_ns, slack in windows),
        left_s=(first.tai_ns - now_tai_ns) / SECOND_NS,
        left_sigma_s=first.sigma_s,
        impacts=tuple(sorted(impact.id for impact, _ in hits)),
    )


# ---- outlines ----


def unrolled(ring: Ring) -> Floats:
    """Give a ring's corners [m + 1, 2], latitude and longitude, the first again at the end.

    Longitudes run on where it crosses 180 degrees; one round a pole ends a whole turn from where it
    began.
    """
    corners = np.array([*ring, ring[0]], dtype=np.float64)
    steps = (np.diff(corners[:, 1]) + np.pi) % (2.0 * np.pi) - np.pi
    longitude = corners[0, 1] + np.concatenate([[0.0], np.cumsum(steps)])
    return np.stack([corners[:, 0], longitude], axis=1)


def followed(ring: Ring) -> Floats:
    """Give places along a ring's edges [k, 2], at most half a degree apart; closed."""
    corners = unrolled(ring)
    step = np.diff(corners, axis=0)
    count = np.maximum(np.ceil(np.abs(step).max(axis=1) / PIECE_RAD), 1.0).astype(np.int64)
    which = np.repeat(np.arange(len(count)), count)
    done = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    part = (done / count[which])[:, None]
    return np.concatenate([corners[which] + part * step[which], corners[-1:]])


def _check_ring(where: str, ring: Ring) -> None:
    values = np.array(ring, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] != 2 or len(set(ring)) < 3:
        raise AlertError(f"{where}: a polygon must have 3 different corners or more")
    if not np.all(np.isfinite(values)):
        raise AlertError(f"{where}: a corner is not a number")
    if np.abs(values[:, 0]).max() > 0.5 * np.pi or np.abs(values[:, 1]).max() > 2.0 * np.pi:
        raise AlertError(
            f"{where}: a corner lies beyond 90 degrees of latitude or 360 of longitude"
        )
    if len(ring) <= CROSSING_CORNERS_MAX and _crosses_itself(ring):
        raise AlertError(f"{where}: its outline crosses itself; put its corners in order")


def _crosses_itself(ring: Ring) -> bool:
    """Tell whether two edges cross; edges that only touch do not."""
    corners = unrolled(ring)
    start, end = corners[:-1], corners[1:]

    def side(a: Floats, b: Floats, c: Floats) -> Floats:
        turn = (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1])
        return np.asarray(np.sign(turn - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])))

    for k in range(len(start) - 2):
        last = len(start) - (k == 0)  # the last edge ends where the first begins
        a, b, rest = start[k], end[k], slice(k + 2, last)
        apart = side(a, b, start[rest]) * side(a, b, end[rest]) < 0.0
        through = side(start[rest], end[rest], a) * side(start[rest], end[rest], b) < 0.0
        if np.any(apart & through):
            return True
    return False


def _middle(places: Floats) -> tuple[tuple[float, float], float]:
    """Give the middle (latitude, longitude) of places [k, 2] and the furthest of them from it."""
    latitude, longitude = places[:, 0], places[:, 1]
    flat = np.cos(latitude)
    ways = np.stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)], axis=1)
    total = ways.mean(axis=0)
    size = float(np.linalg.norm(total))
    if size < 1e-3:
        return (0.0, 0.0), math.inf
    cosine = float((ways @ (total / size)).min())
    middle = (float(np.arcsin(total[2] / size)), float(np.arctan2(total[1], total[0])))
    return middle, EARTH_MEAN_RADIUS_M * math.acos(max(-1.0, min(1.0, cosine)))


# ---- the sum over polygons ----


def _near(spot: Spot, areas: AreaList) -> list[Area]:
    """Give the areas that may be met.

    What lies wholly beyond r standard deviations has a chance of at most exp(-r^2 / 2).
    """
    if not areas.areas:
        return []
    middles = np.array([area.middle_rad for area in areas.areas])
    reaches = np.array([area.reach_m for area in areas.areas])
    sigmas = math.sqrt(max(CHI2_95, -2.0 * math.log(CHANCE_LEAST)))
    far = distance_m(spot.latitude_rad, spot.longitude_rad, middles[:, 0], middles[:, 1])
    near = far <= reaches + sigmas * _sigma_m(spot) + _slack_m(far)
    return [areas.areas[place] for place in np.flatnonzero(near)]


def _meeting(spot: Spot, area: Area) -> tuple[float, float]:
    """Give the chance in an area, and how many standard deviations away its nearest edge lies."""
    far_m = float(distance_m(spot.latitude_rad, spot.longitude_rad, *area.middle_rad))
    if far_m > area.reach_m + NEVER_SIGMAS * _sigma_m(spot) + _slack_m(far_m):
        return 0.0, math.inf
    pairs = [_over(_whitened(spot, followed(ring))) for ring in area.polygons]
    return min(1.0, sum(chance for chance, _ in pairs)), min(away for _, away in pairs)


def _sigma_m(spot: Spot) -> float:
    """Give the standard deviation along the long axis."""
    return spot.long_m() / math.sqrt(CHI2_95) + SIGMA_LEAST_M


def _slack_m(far_m: Distance) -> Distance:
    """Give more than the round Earth of `reach_m` may be off, over a distance."""
    return 0.01 * far_m + 1_000.0


def _whitened(spot: Spot, places: Floats) -> Floats:
    """Give places [k, 2] as standard deviations east and north-ish of an impact, uncorrelated."""
    here = (spot.latitude_rad, spot.longitude_rad)
    far = distance_m(*here, places[:, 0], places[:, 1])
    way = azimuth_rad(*here, places[:, 0], places[:, 1])
    local = np.stack([far * np.sin(way), far * np.cos(way)])
    cover = np.array(
        [[spot.east_m2, spot.east_north_m2], [spot.east_north_m2, spot.north_m2]]
    ) + np.diag([SIGMA_LEAST_M**2] * 2)
    return np.asarray(np.linalg.solve(np.linalg.cholesky(cover), local).T)


def _over(corners: Floats) -> tuple[float, float]:
    """Give the standard normal's share inside a closed ring [k, 2] and the ring's distance from 0.

    In polar coordinates an edge sweeps the angle between its ends, with exp(-r^2 / 2) of it missing
    beyond the edge: Owen's T of the edge's distance and the two ends' slopes.
    """
    start, step = corners[:-1], np.diff(corners, axis=0)
    length = np.linalg.norm(step, axis=1)
    start, step, length = start[length > 0.0], step[length > 0.0], length[length > 0.0]
    cross = (start[:, 0] * step[:, 1] - start[:, 1] * step[:, 0]) / length
    along = np.einsum("ki,ki->k", start, step) / length
    height = np.maximum(np.abs(cross), 1e-12)
    first, last = along / height, (along + length) / height
    swept = (np.arctan(last) - np.arctan(first)) / (2.0 * np.pi)
    missing = owens_t(height, last) - owens_t(height, first)
    chance = abs(float(np.sum(np.sign(cross) * (swept - missing))))
    part = np.clip(-along / length, 0.0, 1.0)[:, None]
    return min(1.0, chance), float(np.linalg.norm(start + part * step, axis=1).min())
