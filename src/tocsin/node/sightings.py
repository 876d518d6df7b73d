"""From a centre's tracks to what its judge asks of each: where from, where to, what it may be."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tocsin.earth.constants import EARTH_MEAN_RADIUS_M, EARTH_OMEGA_RAD_S
from tocsin.earth.frames import east_north_up, geodetic_from_ecef_batch
from tocsin.earth.sun import sun_position_ecef
from tocsin.earth.time import SECOND_NS
from tocsin.lanes import Floats
from tocsin.messages.picture import TrackReport
from tocsin.node.picture import Picture
from tocsin.node.view import at_instants, on_sphere, sight_directions
from tocsin.sensors.infrared import glint_angle_rad
from tocsin.sensors.measurement import Plots, Site
from tocsin.tracking.fate import THREAT, fates, judged
from tocsin.tracking.impact import Impacts, impacts
from tocsin.tracking.known import NOTHING, Known
from tocsin.tracking.launchpoint import UNKNOWN, LaunchPoints, launch_points
from tocsin.tracking.track import BOOST, Tracks
from tocsin.warning.evidence import Sighting, Spot

PLUME_HEIGHT_M = 20_000.0
"""Where a plume is taken to be when only its direction is known: just over the clouds."""
PLACE_LEAST_M2 = 25e6
"""Of a launch point: no ellipse is smaller than 5 km (one sigma), whatever the fit claims."""

FALLS_FROM_M = 150_000.0
"""What falls out of a round orbit was no higher in its last half revolution."""
ORBITAL_M_S = 7_500.0
"""A round orbit 100 km up has 7,840 m/s; a missile of 12,000 km on an arc of least energy has
7,300, and flies higher."""
SURE = 3.0
"""Standard deviations."""


def sightings(picture: Picture, origin: str) -> tuple[Sighting, ...]:
    """Give every believed track as a judge sees it, at the tracker's instant.

    Args:
        picture: Of one data class.
        origin: The partner whose picture it is.
    """
    tracker = picture.tracker
    rows = tracker.confirmed()
    if rows.size == 0:
        return ()
    tracks = tracker.tracks_at(rows)
    flights = flights_of(tracks)
    born, seen = tracker.born_tai_ns[rows], tracker.seen_tai_ns[rows]
    rose = _launches(picture, tracks)
    found = []
    for row in range(tracks.count):
        number = int(tracks.track[row])
        fed = _fed(picture, number)
        found.append(
            Sighting(
                id=f"{origin}:{number}",
                origin=origin,
                first_tai_ns=int(born[row]),
                last_tai_ns=int(seen[row]),
                sensors=_sensors(int(tracks.sensors[row]), picture.sites),
                plots=int(tracks.hits[row]),
                residual=float(tracker.bank.surprise[rows[row]]),
                drift_m=_drift_m(fed, picture.sites),
                catalogued=_named(picture.claims.get(number)),
                may_be=_named(picture.may_be.get(number)),
                sun_off_rad=_sun_off_rad(fed, picture.sites),
                parent=f"{origin}:{int(tracks.parent[row])}" if tracks.parent[row] else "",
                **flights[row],
                **rose.get(row, {}),
            )
        )
    return tuple(found)


def flights_of(tracks: Tracks) -> list[dict[str, Any]]:
    """Give what a sighting says of how each track flies and where it comes down."""
    fate = fates(tracks)
    verdict = judged(tracks, _nothing(tracks), fate)
    landing = impacts(tracks)
    found = []
    for row in range(tracks.count):
        falls = bool(verdict.verdict[row] == THREAT)
        lands = bool(landing.lands[row]) and falls
        found.append(
            {
                "time_tai_ns": int(tracks.time_tai_ns[row]),
                "comes_down": float(verdict.comes_down[row]) if falls else 0.0,
                "burning": bool(tracks.phase[row] == BOOST),
                "in_orbit": float(verdict.in_orbit[row]),
                "impact": _impact_spot(landing, row) if lands else None,
                "impact_tai_ns": _impact_tai_ns(landing, tracks, row) if lands else None,
                "impact_sigma_s": float(landing.time_sigma_s[row]) if lands else 0.0,
                "apogee_m": _number(landing.apogee_m[row]) if lands else None,
                "heading_rad": _heading_rad(tracks.state[row]),
                "rises": _rises(tracks.state[row], tracks.covariance[row]),
                "orbital": _orbital(tracks.state[row], tracks.covariance[row]),
                **_place(tracks, row),
            }
        )
    return found


def _named(catalogued: int | None) -> str:
    return "" if catalogued is None else f"object {catalogued}"


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _nothing(tracks: Tracks) -> Known:
    """Stand for tracks that no catalogue was asked of: whose claims are held apart."""
    n = tracks.count
    return Known(
        track=tracks.track,
        row=np.full(n, NOTHING),
        number=np.zeros(n, np.int64),
        distance2=np.full(n, np.nan),
        probability=np.zeros(n),
        vague=np.zeros(n, np.bool_),
        claimed=np.zeros(n, np.bool_),
    )


def _sensors(bits: int, sites: tuple[Site, ...]) -> tuple[str, ...]:
    return tuple(sorted(site.id for k, site in enumerate(sites) if bits >> k & 1))


def _spot(latitude_rad: float, longitude_rad: float, covariance_m2: Floats) -> Spot:
    return Spot(
        latitude_rad=float(latitude_rad),
        longitude_rad=float(longitude_rad),
        east_m2=float(covariance_m2[0, 0]),
        east_north_m2=float(covariance_m2[0, 1]),
        north_m2=float(covariance_m2[1, 1]),
    )


def _impact_spot(landing: Impacts, row: int) -> Spot:
    place = landing.latitude_rad[row], landing.longitude_rad[row]
    return _spot(*place, landing.covariance_m2[row])


def _impact_tai_ns(landing: Impacts, tracks: Tracks, row: int) -> int:
    return int(tracks.time_tai_ns[row]) + round(float(landing.time_s[row]) * SECOND_NS)


def _launches(picture: Picture, tracks: Tracks) -> dict[int, dict[str, Any]]:
    """Give launches by row: from plots of the ascent, else from the free flight."""
    found = coasting_launches(tracks)
    for place, number in enumerate(tracks.track.tolist()):
        _, seen, own = picture.rose.get(number, (0, None, -1))
        if seen is not None and own >= 0 and seen.how[own] != UNKNOWN:
            found[place] = _launch(seen, own)
    return found


def coasting_launches(tracks: Tracks) -> dict[int, dict[str, Any]]:
    """Give launches by row, from the free flight of what came off nothing."""
    points = launch_points(tracks)
    rows = np.flatnonzero((points.how != UNKNOWN) & (tracks.parent == 0))
    return {int(row): _launch(points, int(row)) for row in rows}


def _launch(points: LaunchPoints, row: int) -> dict[str, Any]:
    cover = points.covariance_m2[row] + PLACE_LEAST_M2 * np.eye(2)
    return {
        "launch": _spot(points.latitude_rad[row], points.longitude_rad[row], cover),
        "launch_tai_ns": int(points.time_tai_ns[row]),
        "launch_sigma_s": float(points.time_sigma_s[row]),
    }


def _place(tracks: Tracks, row: int) -> dict[str, Any]:
    """Give where a track is, and how well that is known."""
    x, y, z = tracks.state[row, :3].tolist()
    variance = float(np.trace(tracks.covariance[row, :3, :3]))
    return {"place": (x, y, z), "place_sigma_m": math.sqrt(max(variance, 0.0))}


def _heading_rad(state: Floats) -> float | None:
    """Give the direction of flight along the ground; none straight up or down."""
    latitude, longitude, _ = geodetic_from_ecef_batch(state[None, :3])
    east, north, _ = np.array(east_north_up(float(latitude[0]), float(longitude[0]))) @ state[3:]
    if math.hypot(east, north) < 50.0:
        return None
    return math.atan2(east, north) % (2.0 * math.pi)


def _rises(state: Floats, covariance: Floats) -> bool | None:
    """Tell whether a track surely climbs or is high (true), or surely sinks (false)."""
    latitude, longitude, height_m = geodetic_from_ecef_batch(state[None, :3])
    up = np.array(east_north_up(float(latitude[0]), float(longitude[0]))[2])
    climb, sigma = float(up @ state[3:6]), math.sqrt(max(up @ covariance[3:6, 3:6] @ up, 0.0))
    high = float(height_m[0]) - SURE * math.sqrt(max(up @ covariance[:3, :3] @ up, 0.0))
    if climb > SURE * sigma or high > FALLS_FROM_M:
        return True
    return False if climb < -SURE * sigma else None


def _orbital(state: Floats, covariance: Floats) -> bool:
    """Tell whether a track is surely as fast as what is in orbit, seen from the stars."""
    turned = EARTH_OMEGA_RAD_S * np.array([-state[1], state[0], 0.0])
    speed = float(np.linalg.norm(state[3:6] + turned))
    worst = math.sqrt(max(float(np.linalg.eigvalsh(covariance[3:6, 3:6])[-1]), 0.0))
    return speed - SURE * worst > ORBITAL_M_S


def _fed(picture: Picture, track: int) -> tuple[Plots, Plots] | None:
    """Give the first and the last plot of one satellite that fed a track."""
    first = picture.ascents.plots.get(track, {})
    sights = [plot for _, plot in sorted(first.items()) if math.isnan(plot.range_m[0])]
    if not sights:
        return None
    tracker = picture.tracker
    rows = np.flatnonzero(tracker.bank.number == track)
    numbers = tracker.bank.recent[rows[0]] if rows.size else np.empty(0, np.int64)
    for number in numbers.tolist():
        for each in reversed(picture.ascents.recent):
            if each.first <= number < each.first + each.plots.count:
                last = each.plots.take(np.array([number - each.first]))
                if last.sensor[0] == sights[0].sensor[0]:
                    return sights[0], last
    same = [plot for plot in sights if plot.sensor[0] == sights[0].sensor[0]]
    return sights[0], same[-1]


def _plume_m(plot: Plots, sites: tuple[Site, ...]) -> tuple[Floats, Floats]:
    """Give where a plume seems to be, just over the clouds, and where the satellite is."""
    own = at_instants(sites[int(plot.sensor[0])], plot.time_tai_ns)
    line = sight_directions(plot.azimuth_rad, plot.elevation_rad)
    return on_sphere(own, line, EARTH_MEAN_RADIUS_M + PLUME_HEIGHT_M)[0], own[0]


def _drift_m(fed: tuple[Plots, Plots] | None, sites: tuple[Site, ...]) -> float:
    """Give how far a plume has moved as one satellite sees it; infinite where none does."""
    if fed is None:
        return math.inf
    first, last = (_plume_m(plot, sites)[0] for plot in fed)
    return float(np.linalg.norm(last - first))


def _sun_off_rad(fed: tuple[Plots, Plots] | None, sites: tuple[Site, ...]) -> float | None:
    """Give how far a line of sight is from the Sun's mirror image on level clouds."""
    if fed is None:
        return None
    place, own = _plume_m(fed[1], sites)
    sun = sun_position_ecef(fed[1].time_tai_ns)[0]
    up = place / np.linalg.norm(place)
    axes = tuple(map(tuple, (up, own - place, sun - place)))
    return float(glint_angle_rad(*axes))


def told_sightings(reports: Sequence[TrackReport], tracks: Tracks) -> list[Sighting]:
    """Give partners' tracks as sightings, in their order.

    Where a track comes down is worked out here, from its state and covariance, by our own rules.

    Args:
        reports: Of any partners.
        tracks: The same as columns.
    """
    flights, rose = flights_of(tracks), coasting_launches(tracks)
    return [
        Sighting(
            id=told.track,
            origin=told.partner,
            first_tai_ns=told.first_tai_ns,
            last_tai_ns=told.last_tai_ns,
            sensors=tuple(f"{told.partner}:{kind}" for kind in told.sources),
            plots=told.plots,
            residual=told.residual,
            parent=told.parent or "",
            **flights[row],
            **rose.get(row, {}),
        )
        for row, told in enumerate(reports)
    ]
