"""When each radar would see a rocket of which only the launch is known, if it were one.

The way of a rocket is not known from its plume alone. It is taken to fly to one of the defended
areas, on the arc of least energy, a lofted or a low one; a radar is due to see it once it would
have seen it on every one of these. Before that its silence says nothing.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tocsin.earth.constants import EARTH_MEAN_RADIUS_M, GM_M3_S2
from tocsin.earth.time import SECOND_NS
from tocsin.flight.kepler import Arc, arc_from_angle
from tocsin.lanes import Floats
from tocsin.node.view import radar_sees
from tocsin.sensors.measurement import Site
from tocsin.warning.areas import AreaList
from tocsin.warning.evidence import Spot

BURN_S = 180.0
"""A rocket's burn is longer than the arc's impulse at once: it is later than the arc by half of
this, and every window is that much later."""
STEP_S = 10.0
REACH_RAD = 2.36
"""15,000 km: farther than any class flies."""
NEAR_RAD = 0.05
"""300 km: nearer areas are none of a ballistic rocket's."""
STEEPER_RAD = (-0.12, 0.0, 0.12)
"""Of the launch above the angle of least energy: low, least, lofted. Assumed."""
SPIN_RAD_S = 7.292115e-5
"""Of the Earth. World Geodetic System 1984, NGA.STND.0036, 2014, table 3.1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When one radar is due to see something, whatever way it flies."""

    sensor: str
    from_tai_ns: int
    """From then on it would have been in view on every way, now or before."""
    least_s: float
    """For at least so long it is in view on every way."""


def due(launch: Spot, launch_tai_ns: int, areas: AreaList, sites: tuple[Site, ...]) -> list[Due]:
    """Give when radars are due to see a launch; those that might never see it are left out.

    Args:
        launch: Where it rose.
        launch_tai_ns: When.
        areas: What it may fly to.
        sites: Of the radars; satellites are passed over.
    """
    place = (launch.latitude_rad, launch.longitude_rad)
    targets = tuple(area.middle_rad for area in areas.areas)
    return [
        Due(
            sensor=site.id,
            from_tai_ns=launch_tai_ns + round(window[0] * SECOND_NS),
            least_s=window[1],
        )
        for site in sites
        if site.kind == "radar" and (window := _window(place, targets, site)) is not None
    ]


@lru_cache(maxsize=4_096)
def _window(
    place_rad: tuple[float, float], targets_rad: tuple[tuple[float, float], ...], site: Site
) -> tuple[float, float] | None:
    """Give when after launch one radar is due, and for how long at least, s; None: maybe never."""
    launch = _up(*place_rad)
    ways = [way for target in targets_rad for way in _ways(launch, _up(*target))]
    first, long = [], []
    for way in ways:
        seen = np.flatnonzero(radar_sees(site, way))
        if seen.size == 0:
            return None
        first.append(int(seen[0]))
        long.append(seen.size)
    if not ways:
        return None
    return max(first) * STEP_S + BURN_S / 2.0, min(long) * STEP_S


def _ways(start: Floats, end: Floats) -> list[Floats]:
    """Give arcs from one direction to another as positions [n, 3] every `STEP_S`, Earth-fixed."""
    angle = float(np.arccos(np.clip(start @ end, -1.0, 1.0)))
    if not NEAR_RAD < angle < REACH_RAD:
        return []
    return [_way(start, end, angle, steeper) for steeper in STEEPER_RAD]


def _up(latitude_rad: float, longitude_rad: float) -> Floats:
    flat = np.cos(latitude_rad)
    return np.array(
        [flat * np.cos(longitude_rad), flat * np.sin(longitude_rad), np.sin(latitude_rad)]
    )


def _way(start: Floats, end: Floats, angle: float, steeper: float) -> Floats:
    """Follow one arc; the Earth turns under it, so it is aimed at where the place will be."""
    arc = arc_from_angle(np.array(angle), np.array(0.25 * (np.pi - angle) + steeper))
    turned = SPIN_RAD_S * float(arc.time_s)
    cos, sin = np.cos(turned), np.sin(turned)
    later = np.array([cos * end[0] - sin * end[1], sin * end[0] + cos * end[1], end[2]])
    wide = float(np.arccos(np.clip(start @ later, -1.0, 1.0)))
    arc = arc_from_angle(np.array(wide), np.array(0.25 * (np.pi - wide) + steeper))
    times = np.arange(0.0, float(arc.time_s), STEP_S)
    radius, swept = _along(arc, times)
    across = later - (start @ later) * start
    across /= max(float(np.linalg.norm(across)), 1e-12)
    place = radius[:, None] * (np.cos(swept)[:, None] * start + np.sin(swept)[:, None] * across)
    back = -SPIN_RAD_S * times
    x = np.cos(back) * place[:, 0] - np.sin(back) * place[:, 1]
    y = np.sin(back) * place[:, 0] + np.cos(back) * place[:, 1]
    return np.stack([x, y, place[:, 2]], axis=1)


def _along(arc: Arc, times_s: Floats) -> tuple[Floats, Floats]:
    """Give radius and swept angle along an arc at times after its start, by Kepler's equation."""
    radius, speed, angle = EARTH_MEAN_RADIUS_M, float(arc.speed_m_s), float(arc.angle_rad)
    q = speed**2 * radius / GM_M3_S2
    axis = radius / (2.0 - q)
    e = float(np.sqrt(max(1.0 + q * (q - 2.0) * np.cos(angle) ** 2, 1e-12)))
    rate = np.sqrt(GM_M3_S2 / axis**3)
    first = float(np.arccos(np.clip((1.0 - radius / axis) / e, -1.0, 1.0)))
    mean = first - e * np.sin(first) + rate * times_s
    eccentric = mean + e * np.sin(mean)
    for _ in range(30):
        eccentric -= (eccentric - e * np.sin(eccentric) - mean) / (1.0 - e * np.cos(eccentric))
    factor = np.sqrt((1.0 + e) / (1.0 - e))
    anomaly = 2.0 * np.arctan2(factor * np.sin(0.5 * eccentric), np.cos(0.5 * eccentric))
    start = 2.0 * np.arctan2(factor * np.sin(0.5 * first), np.cos(0.5 * first))
    return axis * (1.0 - e * np.cos(eccentric)), anomaly - start
