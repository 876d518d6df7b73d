"""Where the watching satellites are: public element sets, fixed longitudes, plain ellipses."""

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from sgp4.api import SGP4_ERRORS
from sgp4.conveniences import sat_epoch_datetime

from tocsin.earth.constants import GM_M3_S2
from tocsin.earth.frames import ecef_from_eci, ecef_velocity_from_eci
from tocsin.earth.time import (
    DAY_NS,
    gmst_rad,
    julian_date_utc,
    tai_ns_from_datetime,
    utc_from_tai,
)
from tocsin.errors import OrbitError
from tocsin.lanes import Floats, Integers
from tocsin.sensors.element_sets import check_lines, satrec

GEO_RADIUS_M = 42_164_170.0
"""Distance of a geostationary satellite from Earth's centre. Soop, Handbook of Geostationary
Orbits, 1994, chapter 1 (42,164.2 km)."""

SIDEREAL_DAY_NS = 86_164_090_530_833
"""Time in which Earth turns once against the equinox. Explanatory Supplement to the Astronomical
Almanac, 1992, section 2.24."""

AGE_MAX_DAYS = 30.0
"""Elements are used as they stand up to this age; older or younger ones are moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elements:
    """An ellipse about Earth's centre at an instant, in inertial axes of date (earth.frames)."""

    epoch_tai_ns: int
    semi_major_axis_m: float
    eccentricity: float
    inclination_rad: float
    node_rad: float
    """Right ascension of the ascending node."""
    perigee_rad: float
    """Argument of perigee."""
    mean_anomaly_rad: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Orbit:
    """A satellite's orbit, in one of three forms; make one with the functions below it."""

    name: str
    """Of the satellite; errors name it."""
    kind: Literal["tle", "geo", "kepler"]
    line1: str = ""
    line2: str = ""
    longitude_rad: float = 0.0
    """East; for kind "geo"."""
    elements: Elements | None = None
    """For kind "kepler"."""
    run_tai_ns: int | None = None
    """Instant of the run that old elements are moved to serve; None: each call's first instant."""

    def __post_init__(self) -> None:
        if self.kind == "tle":
            check_lines(self.name, self.line1, self.line2)
        elif self.kind == "geo":
            _check(self.name, "longitude_rad", self.longitude_rad, -2 * math.pi, 2 * math.pi)
        elif self.kind == "kepler":
            _check_elements(self.name, self.elements)
        else:
            raise OrbitError(
                f"satellite {self.name!r}: kind is {self.kind!r};"
                f" it must be 'tle', 'geo' or 'kepler'"
            )


def orbit_from_lines(name: str, line1: str, line2: str) -> Orbit:
    """Give the orbit of a public two-line element set (without its line of name)."""
    return Orbit(name=name, kind="tle", line1=line1.rstrip(), line2=line2.rstrip())


def geostationary(name: str, longitude_rad: float) -> Orbit:
    """Give the orbit that stays over a longitude, in the plane of the equator."""
    return Orbit(name=name, kind="geo", longitude_rad=longitude_rad)


def orbit_from_elements(name: str, elements: Elements) -> Orbit:
    """Give the orbit of an undisturbed ellipse."""
    return Orbit(name=name, kind="kepler", elements=elements)


def in_run(orbit: Orbit, run_tai_ns: int) -> Orbit:
    """Give an orbit that is moved by one number of days, whatever the instants it is asked for."""
    return replace(orbit, run_tai_ns=run_tai_ns)


def _check(name: str, key: str, value: float, low: float, high: float) -> None:
    """Refuse a number outside its limits, and one that is not a number."""
    if not low <= value <= high:
        raise OrbitError(
            f"satellite {name!r}: {key} is {value:.10g}; it must be from {low:g} to {high:g}"
        )


def _check_elements(name: str, elements: Elements | None) -> None:
    """Refuse an ellipse that is none, or that runs into the ground."""
    if elements is None:
        raise OrbitError(f"satellite {name!r}: elements are missing; kind 'kepler' needs them")
    _check(name, "semi_major_axis_m", elements.semi_major_axis_m, 6.4e6, 1.0e9)
    _check(name, "eccentricity", elements.eccentricity, 0.0, 0.99)
    _check(name, "inclination_rad", elements.inclination_rad, 0.0, math.pi)
    for key in ("node_rad", "perigee_rad", "mean_anomaly_rad"):
        _check(name, key, getattr(elements, key), -2 * math.pi, 2 * math.pi)
    perigee_m = elements.semi_major_axis_m * (1.0 - elements.eccentricity)
    _check(name, "distance of perigee from Earth's centre (m)", perigee_m, 6.4e6, 1.0e9)


def epoch_tai_ns(orbit: Orbit) -> int | None:
    """Give the instant that an orbit's elements are for; None for a geostationary one."""
    if orbit.kind == "tle":
        return tai_ns_from_datetime(sat_epoch_datetime(satrec(orbit.line1, orbit.line2)))
    return None if orbit.elements is None else orbit.elements.epoch_tai_ns


def epoch_age_days(orbit: Orbit, time_tai_ns: int) -> float:
    """Give how old an orbit's elements are at an instant; below 0 if they are from after it.

    A geostationary orbit has no epoch: 0. Beyond `AGE_MAX_DAYS` either way the positions are those
    of an epoch moved as `positions_ecef_m` says, and whoever shows them says so.
    """
    epoch = epoch_tai_ns(orbit)
    return 0.0 if epoch is None else (time_tai_ns - epoch) / DAY_NS


def positions_ecef_m(orbit: Orbit, times_tai_ns: Integers) -> Floats:
    """Give a satellite's Earth-fixed positions [n, 3] at instants [n].

    Args:
        orbit: Of one satellite.
        times_tai_ns: Any order. If the orbit names no run, the first instant speaks for all, and
            two calls may differ: whoever asks more than once makes it an orbit of its run
            (`in_run`).

    Elements more than `AGE_MAX_DAYS` from the run cannot say where the satellite is. Their epoch is
    then moved by the whole number of sidereal days that brings it nearest, the same
    number for all the instants. After a sidereal day Earth faces the stars as before: the orbit's
    shape and its track over the ground stay as they were at the epoch. For a satellite whose
    revolutions fit the sidereal day (geosynchronous, 12-hour Molniya) its place on the track, too,
    is what a satellite that keeps its station has; for any other it is only an example. The Sun's
    side is not kept.

    Good to 1 km near the epoch (UT1 taken as UTC, no wander of the pole) and what the elements are
    good for; an ellipse is undisturbed: no oblateness, Moon or Sun.

    Raises:
        OrbitError: The elements cannot be carried to an instant, or the satellite has come down.

    Source of "tle": Vallado et al., Revisiting Spacetrack Report #3, AIAA 2006-6753 (SGP4), with
    the WGS72 constants that the public elements are made with.
    """
    times = np.atleast_1d(np.asarray(times_tai_ns, np.int64))
    if orbit.kind == "geo":
        east, north = math.cos(orbit.longitude_rad), math.sin(orbit.longitude_rad)
        return np.tile(GEO_RADIUS_M * np.array([east, north, 0.0]), (times.size, 1))
    if times.size == 0:
        return np.empty((0, 3))
    run_tai_ns = int(times[0]) if orbit.run_tai_ns is None else orbit.run_tai_ns
    moved = times - whole_days_moved(orbit, run_tai_ns) * SIDEREAL_DAY_NS
    tle = orbit.kind == "tle"
    inertial = _by_sgp4(orbit, moved, times) if tle else _by_kepler(orbit, moved)
    return ecef_from_eci(inertial, gmst_rad(moved))


def whole_days_moved(orbit: Orbit, time_tai_ns: int) -> int:
    """Give by how many sidereal days an epoch is moved to serve an instant; 0 if near."""
    epoch = epoch_tai_ns(orbit)
    return 0 if epoch is None else days_from_epoch(epoch, time_tai_ns)


def days_from_epoch(epoch_tai_ns: int, time_tai_ns: int) -> int:
    """Give the whole sidereal days from elements' epoch to an instant; 0 if they serve it as is."""
    if abs(time_tai_ns - epoch_tai_ns) <= AGE_MAX_DAYS * DAY_NS:
        return 0
    return round((time_tai_ns - epoch_tai_ns) / SIDEREAL_DAY_NS)


def states_ecef(batch: Any, times_tai_ns: Integers, moved_ns: int = 0) -> tuple[Floats, Floats]:
    """Give Earth-fixed positions and velocities of many objects, each [objects, instants, 3].

    Args:
        batch: SGP4 models of all of them, as one array of the sgp4 package.
        times_tai_ns: [instants].
        moved_ns: Whole sidereal days, ns, by which all the elements are moved to serve them.

    NaN where SGP4 has no answer: the object has come down, or its elements cannot be carried there.

    Source: as for `positions_ecef_m`.
    """
    moved = np.asarray(times_tai_ns, np.int64) - moved_ns
    code, position_km, velocity_km_s = batch.sgp4(*julian_date_utc(moved))
    turned = gmst_rad(moved)
    position_m, velocity_m_s = 1000.0 * position_km, 1000.0 * velocity_km_s
    position_m[code != 0] = np.nan
    return ecef_from_eci(position_m, turned), ecef_velocity_from_eci(
        position_m, velocity_m_s, turned
    )


def _by_sgp4(orbit: Orbit, moved_tai_ns: Integers, times_tai_ns: Integers) -> Floats:
    """Give inertial positions [n, 3], m, from an element set; errors speak of the times asked."""
    code, position_km, _ = satrec(orbit.line1, orbit.line2).sgp4_array(
        *julian_date_utc(moved_tai_ns)
    )
    for row in np.flatnonzero(code)[:1]:
        reason = SGP4_ERRORS.get(int(code[row]), "unknown fault")
        raise OrbitError(
            f"satellite {orbit.name!r}: no position at {utc_from_tai(int(times_tai_ns[row]))}:"
            f" {reason} (SGP4 error {int(code[row])}); take elements from nearer that time"
        )
    return np.asarray(1000.0 * position_km)


def _by_kepler(orbit: Orbit, times_tai_ns: Integers) -> Floats:
    """Give inertial positions [n, 3], m, on an undisturbed ellipse.

    Source: Montenbruck and Gill, Satellite Orbits, 2000, section 2.2.
    """
    at = orbit.elements
    assert at is not None, "checked when the orbit was made"
    axis, e = at.semi_major_axis_m, at.eccentricity
    passed_s = (times_tai_ns - at.epoch_tai_ns) / 1e9
    mean = np.mod(at.mean_anomaly_rad + math.sqrt(GM_M3_S2 / axis**3) * passed_s, 2.0 * math.pi)
    eccentric = np.where(e < 0.8, mean, math.pi)
    for _ in range(30):
        slope = 1.0 - e * np.cos(eccentric)
        eccentric = eccentric - (eccentric - e * np.sin(eccentric) - mean) / slope
    along = axis * (np.cos(eccentric) - e)
    across = axis * math.sqrt(1.0 - e * e) * np.sin(eccentric)
    to_perigee, ahead = _plane(at)
    return along[:, None] * to_perigee + across[:, None] * ahead


def _plane(at: Elements) -> tuple[Floats, Floats]:
    """Give an ellipse's inertial directions to the perigee and a quarter turn ahead of it."""
    node_c, node_s = math.cos(at.node_rad), math.sin(at.node_rad)
    turn_c, turn_s = math.cos(at.perigee_rad), math.sin(at.perigee_rad)
    tilt_c, tilt_s = math.cos(at.inclination_rad), math.sin(at.inclination_rad)
    to_node = np.array([node_c, node_s, 0.0])
    past_node = np.array([-tilt_c * node_s, tilt_c * node_c, tilt_s])
    return turn_c * to_node + turn_s * past_node, turn_c * past_node - turn_s * to_node
