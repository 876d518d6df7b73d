"""Where each watcher would have said that a launch came from, beside where it did."""

import math
from dataclasses import dataclass

import numpy as np

from tocsin.earth.geodesy import azimuth_rad, distance_m
from tocsin.earth.time import SECOND_NS
from tocsin.lanes import Integers
from tocsin.sensors.measurement import Site
from tocsin.studies.watch_results import LaunchTold
from tocsin.studies.watch_scores import Flown, Kept
from tocsin.tracking.beginnings import launched
from tocsin.tracking.impact import CHI2_95
from tocsin.tracking.launchpoint import FROM_ASCENT, UNKNOWN, LaunchPoints, launch_points
from tocsin.tracking.track import COAST

HOW = {FROM_ASCENT: "its ascent"}
FROM_FLIGHT = "its free flight"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """What a watcher's tracks say of where they were launched."""

    track: Integers
    """Number of each track whose ascent was seen."""
    ascents: LaunchPoints


def origins(kept: Kept, sites: tuple[Site, ...]) -> Origins:
    """Give what a watcher's tracks say of where they were launched, by their ascents."""
    following = kept.following
    rows, points = launched(
        following.ascents, following.newly.track, following.newly_born_tai_ns, sites
    )
    return Origins(track=following.newly.track[rows], ascents=points)


def launch_told(kept: Kept, found: Origins, flown: Flown) -> LaunchTold | None:
    """Give where a watcher would have said that a launch came from; nothing if it could not.

    By the ascent, if any track of it saw that; else by the last of its free flight.
    """
    rows = np.flatnonzero(kept.at.object == flown.place)
    newly = np.flatnonzero(kept.newly.object == flown.place)
    tracks = kept.following.tracks
    mine = np.union1d(tracks.track[rows], kept.following.newly.track[newly])
    seen = np.flatnonzero(np.isin(found.track, mine) & (found.ascents.how != UNKNOWN))
    if seen.size:
        return _told(found.ascents, int(seen[0]), flown)
    coasting = rows[tracks.phase[rows] == COAST]
    if coasting.size == 0:
        return None
    points = launch_points(tracks.take(coasting[-1:]))
    return _told(points, 0, flown) if points.how[0] != UNKNOWN else None


def _told(points: LaunchPoints, row: int, flown: Flown) -> LaunchTold:
    """Give one launch point beside the true one."""
    one = np.array([row])
    latitude, longitude = points.latitude_rad[one], points.longitude_rad[one]
    true = tuple(np.radians(np.array([each])) for each in flown.launch_deg)
    miss, way = distance_m(latitude, longitude, *true), azimuth_rad(latitude, longitude, *true)
    offset = np.array([miss[0] * np.sin(way[0]), miss[0] * np.cos(way[0])])
    away = float(offset @ np.linalg.solve(points.covariance_m2[row], offset))
    long_m, short_m, azimuth = (each[row] for each in points.ellipse_m())
    return LaunchTold(
        how=HOW.get(int(points.how[row]), FROM_FLIGHT),
        latitude_deg=math.degrees(latitude[0]),
        longitude_deg=math.degrees(longitude[0]),
        long_km=float(long_m) / 1e3,
        short_km=float(short_m) / 1e3,
        azimuth_deg=math.degrees(azimuth),
        miss_km=float(miss[0]) / 1e3,
        holds=away <= CHI2_95,
        time_error_s=float(points.time_tai_ns[row] - flown.lift_off_tai_ns) / SECOND_NS,
        time_sigma_s=float(points.time_sigma_s[row]),
    )
