"""Which objects that are expected to decay a sighting may be: by plane, way, speed and time."""

import math

import numpy as np

from tocsin.earth.constants import EARTH_OMEGA_RAD_S
from tocsin.earth.time import SECOND_NS
from tocsin.lanes import Floats
from tocsin.sensors.sky import Sky, sky_at, taken
from tocsin.warning.evidence import Sighting

Decay = tuple[int, int, int]
"""Catalogue number, from when, until when (TAI ns)."""

PLANE_M = 150e3
"""From the plane of its orbit. Assumed: planes are foretold to some kilometres, a plume's place by
one satellite to some tens, of unknown height."""
HEADING_RAD = math.radians(15.0)
LATE_RAD = math.radians(40.0)
"""Along its orbit from where its elements have it: ten minutes. Source of the size: last forecasts
of a decay are good to some per cent of the time left, at best minutes."""
DRIFT_LEAST_M_S = 4_000.0
"""Over the ground, on average since it was first seen. A rocket is slower in its first minutes; a
body that comes out of orbit has nearly its whole speed down to 60 km."""
DRIFT_S = 20.0


def decaying(sighting: Sighting, sky: Sky | None, decays: tuple[Decay, ...]) -> str:
    """Name the object expected to decay that a sighting may be; empty if none.

    It serves what is held against no catalogue: what satellites alone see. It takes a window, the
    plane of the orbit, the way along it, the time on it within some minutes, and its speed over
    the ground. What ever surely climbed is none.
    """
    if sky is None or sighting.rises or sighting.place is None or sighting.heading_rad is None:
        return ""
    age_s = (sighting.last_tai_ns - sighting.first_tai_ns) / SECOND_NS
    if age_s < DRIFT_S or sighting.drift_m < DRIFT_LEAST_M_S * age_s:
        return ""
    due = tuple(n for n, first, last in decays if first <= sighting.time_tai_ns <= last)
    if not due:
        return ""
    at = sky_at(_objects(sky, due), sighting.time_tai_ns)
    place = np.array(sighting.place)
    for row in range(at.count):
        if math.isfinite(sighting.drift_m) and in_orbit_of(at.state[row], place, sighting):
            return f"object {int(at.sky.numbers[at.row[row]])}"
    return ""


def in_orbit_of(state: Floats, place_m: Floats, sighting: Sighting) -> bool:
    """Tell whether a place and a heading lie along an orbit, near where the object is on it.

    Args:
        state: [6] of the object by its elements, Earth-fixed.
        place_m: [3] of the sighting.
        sighting: With its heading.
    """
    spin = np.array([0.0, 0.0, EARTH_OMEGA_RAD_S])
    speed = state[3:] + np.cross(spin, state[:3])
    normal = np.cross(state[:3], speed)
    normal /= np.linalg.norm(normal)
    up = place_m / np.linalg.norm(place_m)
    there = state[:3] / np.linalg.norm(state[:3])
    if abs(float(place_m @ normal)) > PLANE_M or float(up @ there) < math.cos(LATE_RAD):
        return False
    ahead = np.cross(normal, up) * np.linalg.norm(speed) - np.cross(spin, place_m)
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= max(float(np.linalg.norm(east)), 1e-9)
    way = math.atan2(float(ahead @ east), float(ahead @ np.cross(up, east)))
    assert sighting.heading_rad is not None
    return abs(math.remainder(way - sighting.heading_rad, 2.0 * math.pi)) <= HEADING_RAD


def _objects(sky: Sky, numbers: tuple[int, ...]) -> Sky:
    return taken(sky, np.flatnonzero(np.isin(sky.numbers, numbers)))
