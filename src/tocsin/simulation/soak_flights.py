"""Rockets in a soak: a flight, which sensors see it at each look, and what a tracker then tells.

A track while a rocket burns is told by what any satellite or radar sees of the plume or the body;
its launch point is drawn about the truth. Once it coasts, radars' looks feed the filter of
`soak_tracks`, and fate, impact and launch are worked out from the track by the same functions that
a centre uses.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np

from tocsin.earth.constants import EARTH_OMEGA_RAD_S, GM_M3_S2
from tocsin.earth.frames import (
    east_north_up,
    ecef_velocity_from_eci,
    geodetic_from_ecef_batch,
)
from tocsin.earth.time import SECOND_NS
from tocsin.flight.launch import REACHED, Wanted, aim
from tocsin.flight.trajectory import fly_dense
from tocsin.flight.vehicle import Vehicle
from tocsin.lanes import Flags, Floats
from tocsin.node.sightings import ORBITAL_M_S, coasting_launches, flights_of
from tocsin.sensors.echoes import Targets
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.measurement import Site, site_positions_m
from tocsin.sensors.sights import infrared_seen
from tocsin.simulation.soak_tracks import bias_m, coasted, detected, looked, unseen
from tocsin.tracking.motion import transition
from tocsin.tracking.track import COAST, Tracks, joined_tracks, plain_tracks
from tocsin.warning.evidence import Sighting, Spot

LOOK_S = 10
BELIEVED = 3
"""Plots of a track that is believed."""
PLACED = 5
"""Radar plots of free flight after which it is told where a track comes down."""
LOST_S = 60.0
"""A track without plots is dropped after so long."""
LAUNCH_SIGMA_M = 8_000.0
LAUNCH_SIGMA_S = 6.0
"""Of a launch point told from the plots of an ascent: of the size that the tracker states for what
a satellite sees (`benchmarks/ellipses.py`)."""
ORBIT_S = 2_400.0
"""A space launch is followed for so long after it has reached its orbit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """A rocket's way, at every look."""

    id: str
    lift_off_tai_ns: int
    time_s: Floats
    """[m], of the looks, from lift-off on."""
    state: Floats
    """[m, 6], Earth-fixed."""
    plume_w_sr: Floats
    rcs_m2: float
    cutoff_s: float
    orbits: bool = False
    rises: bool = True
    """It leaves the ground; a body that falls out of orbit does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is told from an instant on of one thing, until the next frame of it."""

    tai_ns: int
    sightings: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFlight:
    """What is told of a flight, and who saw it."""

    frames: tuple[Frame, ...]
    infrared: tuple[str, ...]
    """Satellites with enough plots for a track by themselves."""
    radars: tuple[str, ...]
    """Likewise; of the free flight."""
    coasting_plots: int
    """Of all radars, in free flight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """From where to where a rocket flies, when and as what."""

    id: str
    lift_off_tai_ns: int
    start_rad: tuple[float, float]
    """Latitude, longitude."""
    end_rad: tuple[float, float]


def flown(vehicle: Vehicle, ways: Sequence[Way]) -> list[Flight]:
    """Fly the payloads of one vehicle, all at once, on arcs of least energy.

    Those that it does not reach are left out.
    """
    if not ways:
        return []
    start, end = (
        np.array([getattr(each, key) for each in ways]) for key in ("start_rad", "end_rad")
    )
    free = np.full(len(ways), math.nan)
    wanted = Wanted(
        latitude_rad=end[:, 0], longitude_rad=end[:, 1], apogee_m=free, flight_time_s=free
    )
    aimed = aim(vehicle, start[:, 0], start[:, 1], wanted)
    rows = np.flatnonzero(aimed.code == REACHED)
    if rows.size == 0:
        return []
    dense = fly_dense(vehicle, aimed.launches.take(rows), 1.0)
    states = np.concatenate([dense.position_ecef_m, dense.velocity_ecef_m_s], axis=-1)
    return [
        _flight(vehicle, ways[row], states[k], float(dense.flights.burnout_s[k]))
        for k, row in enumerate(rows.tolist())
    ]


def _flight(vehicle: Vehicle, way: Way, states: Floats, cutoff_s: float) -> Flight:
    state = states[np.isfinite(states[:, 0])][::LOOK_S]
    time_s = look_times_s(len(state))
    ends = np.cumsum([stage.burn_s for stage in vehicle.stages])
    plumes = np.array([*(stage.plume_w_sr for stage in vehicle.stages), 0.0])
    stage = np.minimum(np.searchsorted(ends, time_s, side="right"), len(plumes) - 1)
    return Flight(
        id=way.id,
        lift_off_tai_ns=way.lift_off_tai_ns,
        time_s=time_s,
        state=state,
        plume_w_sr=np.where(time_s < cutoff_s, plumes[stage], 0.0),
        rcs_m2=vehicle.rcs_m2,
        cutoff_s=cutoff_s,
    )


def look_times_s(count: int) -> Floats:
    """Give the times of looks, from lift-off on."""
    return np.asarray(np.arange(count) * float(LOOK_S), dtype=np.float64)


def into_orbit(flight: Flight) -> Flight:
    """Give a flight that goes on round the Earth from its cutoff.

    Its last stage is taken to bring it level and to the speed of a round orbit at that height.
    """
    last = int(np.searchsorted(flight.time_s, flight.cutoff_s))
    place, rate = flight.state[last, :3], flight.state[last, 3:]
    from_eci = ecef_velocity_from_eci(place[None], np.zeros((1, 3)), 0.0)[0]
    speed = rate - from_eci
    radius = float(np.linalg.norm(place))
    up = place / radius
    level = speed - (speed @ up) * up
    level *= math.sqrt(GM_M3_S2 / radius) / np.linalg.norm(level)
    state = np.concatenate([place, level + from_eci])[None]
    states = [*flight.state[:last], state[0]]
    while len(states) * LOOK_S < flight.cutoff_s + ORBIT_S:
        state = transition(state, np.array([float(LOOK_S)]), np.array([COAST])).state
        states.append(state[0])
    count = len(states)
    plume = np.zeros(count)
    plume[:last] = flight.plume_w_sr[:last]
    time_s = look_times_s(count)
    return replace(flight, time_s=time_s, state=np.array(states), plume_w_sr=plume, orbits=True)


def plots_of(flight: Flight, sites: tuple[Site, ...], draw: np.random.Generator) -> Flags:
    """Tell which sensors have a plot of a flight at each look, [sites, m]."""
    times = flight.lift_off_tai_ns + np.round(flight.time_s * SECOND_NS).astype(np.int64)
    count = flight.time_s.size
    targets = Targets(
        look=np.arange(count),
        position_ecef_m=flight.state[:, :3],
        velocity_ecef_m_s=flight.state[:, 3:],
        rcs_m2=np.full(count, flight.rcs_m2),
        plume_w_sr=flight.plume_w_sr,
    )
    found = np.zeros((len(sites), count), np.bool_)
    for row, site in enumerate(sites):
        if isinstance(site.sensor, Infrared):
            seen = infrared_seen(site.sensor, site_positions_m(site, times), targets, draw)
            found[row, seen.look] = True
        else:
            found[row], _ = detected(site, flight.state, targets.rcs_m2, draw)
    return found


def told_of(
    flight: Flight,
    sites: tuple[Site, ...],
    draw: np.random.Generator,
    looks: Flags | None = None,
) -> SeenFlight:
    """Give what a tracker tells of a flight as it goes on.

    Args:
        flight: It.
        sites: Of all sensors.
        draw: Chance.
        looks: [sites, m], which looks fall into its time; all where left out.
    """
    plots = plots_of(flight, sites, draw)
    plots = plots if looks is None else plots & looks
    rows, tracks, at = _tracked(flight, sites, plots, draw)
    flying = flights_of(tracks) if rows.size else []
    rose = coasting_launches(tracks) if rows.size else {}
    told = {look: (flying[k], rose.get(k, {})) for k, look in enumerate(at)}
    radar = np.array([site.kind == "radar" for site in sites])
    coasts = flight.time_s >= flight.cutoff_s
    free = plots & coasts
    return SeenFlight(
        frames=_frames(flight, sites, plots, told, draw),
        infrared=_enough(sites, plots, ~radar, BELIEVED),
        radars=_enough(sites, free, radar, PLACED),
        coasting_plots=int(free[radar].sum()),
    )


def _enough(sites: tuple[Site, ...], plots: Flags, of_kind: Flags, least: int) -> tuple[str, ...]:
    return tuple(
        site.id
        for row, site in enumerate(sites)
        if of_kind[row] and np.count_nonzero(plots[row]) >= least
    )


def _tracked(
    flight: Flight, sites: tuple[Site, ...], plots: Flags, draw: np.random.Generator
) -> tuple[Floats, Tracks, list[int]]:
    """Run the filter of the free flight; give tracks at the looks at which it is placed."""
    error, found, at = unseen(1, 1), [], []
    known = {
        row: bias_m(site, flight.state[-1:, :3], draw)
        for row, site in enumerate(sites)
        if site.kind == "radar" and plots[row].any()
    }
    first = int(np.searchsorted(flight.time_s, flight.cutoff_s)) + 1
    for look in range(first, flight.time_s.size):
        state = flight.state[look][None]
        if error.hits[0]:
            error, _ = coasted(error, flight.state[look - 1][None], float(LOOK_S))
        fresh = False
        for row in known:
            if plots[row, look]:
                _, snr = detected(sites[row], state, np.array([flight.rcs_m2]), draw)
                error = looked(error, sites[row], (state, np.array([True]), snr), draw)
                fresh = True
        if fresh and error.hits[0] >= PLACED:
            found.append(_track(flight, look, state + error.off[:, 0], error))
            at.append(look)
    if not found:
        return np.empty(0), cast("Any", None), []
    return np.array(at), joined_tracks(found), at


def _track(flight: Flight, look: int, state: Floats, error: Any) -> Tracks:
    return plain_tracks(
        track=np.ones(1, np.int64),
        time_tai_ns=np.array([_when(flight, look)]),
        state=state,
        covariance=error.covariance,
        existence=np.full(1, 0.999),
        phase=np.full(1, COAST),
        sensors=np.ones(1, np.int64),
        hits=error.hits,
        misses=np.zeros(1, np.int64),
    )


def _when(flight: Flight, look: int) -> int:
    return flight.lift_off_tai_ns + round(float(flight.time_s[look]) * SECOND_NS)


def launch_spot(flight: Flight, draw: np.random.Generator) -> dict[str, Any]:
    """Draw a launch point and time as they are told from the ascent."""
    latitude, longitude, _ = (
        float(each[0]) for each in geodetic_from_ecef_batch(flight.state[:1, :3])
    )
    east, north, late = draw.standard_normal(3)
    variance = LAUNCH_SIGMA_M**2
    radius = float(np.linalg.norm(flight.state[0, :3]))
    return {
        "launch": Spot(
            latitude_rad=latitude + north * LAUNCH_SIGMA_M / radius,
            longitude_rad=longitude + east * LAUNCH_SIGMA_M / (radius * math.cos(latitude)),
            east_m2=variance,
            east_north_m2=0.0,
            north_m2=variance,
        ),
        "launch_tai_ns": flight.lift_off_tai_ns + round(late * LAUNCH_SIGMA_S * SECOND_NS),
        "launch_sigma_s": LAUNCH_SIGMA_S,
    }


def _frames(
    flight: Flight,
    sites: tuple[Site, ...],
    plots: Flags,
    told: dict[int, Any],
    draw: np.random.Generator,
) -> tuple[Frame, ...]:
    """Tell the track at every look with a plot, and that it is lost when it is."""
    frames: list[Frame] = []
    rose, spot = launch_spot(flight, draw), dict[str, Any]()
    looks = np.flatnonzero(plots.any(axis=0)).tolist()
    number, hits, first = 1, 0, looks[0] if looks else 0
    sensors: set[str] = set()
    for at, look in enumerate(looks):
        if at and float(flight.time_s[look] - flight.time_s[looks[at - 1]]) > LOST_S:
            frames.append(_lost(flight, looks[at - 1]))
            number, hits, first, sensors, spot = number + 1, 0, look, set(), {}
        seen = [site.id for row, site in enumerate(sites) if plots[row, look]]
        hits, sensors = hits + len(seen), sensors | set(seen)
        burning = bool(flight.plume_w_sr[look] > 0.0)
        if hits < BELIEVED:
            continue
        spot = rose if burning and flight.rises else spot
        placed = len(sensors) > 1 and burning
        way, launched = told.get(look, ({}, {}))
        sighting = Sighting(
            **(_plain(flight, look, (burning, placed)) | way | (spot or launched)),
            id=f"{flight.id}:{number}",
            origin=flight.id,
            first_tai_ns=_when(flight, first),
            last_tai_ns=_when(flight, look),
            sensors=tuple(sorted(sensors)),
            plots=hits,
            drift_m=float(np.linalg.norm(flight.state[look, :3] - flight.state[first, :3])),
        )
        frames.append(Frame(tai_ns=_when(flight, look), sightings=(sighting,)))
    if looks:
        frames.append(_lost(flight, looks[-1]))
    return tuple(frames)


def _lost(flight: Flight, look: int) -> Frame:
    return Frame(tai_ns=_when(flight, look) + round(LOST_S * SECOND_NS), sightings=())


def _plain(flight: Flight, look: int, seen: tuple[bool, bool]) -> dict[str, Any]:
    """Give what is told of a track that burns, or of whose fall nothing is known.

    Args:
        flight: It.
        look: At which it is told.
        seen: Whether it burns, and whether several sensors place it while it does.
    """
    burning, placed = seen
    state = flight.state[look]
    x, y, z = state[:3].tolist()
    turned = EARTH_OMEGA_RAD_S * np.array([-y, x, 0.0])
    return {
        "time_tai_ns": _when(flight, look),
        "comes_down": 0.0,
        "burning": burning,
        "rises": bool(state[:3] @ state[3:] > 0.0) if placed else None,
        "orbital": placed and float(np.linalg.norm(state[3:] + turned)) > ORBITAL_M_S,
        "heading_rad": _heading_rad(state),
        "place": (x, y, z),
        "place_sigma_m": 5_000.0,
    }


def _heading_rad(state: Floats) -> float:
    """Give the direction of flight along the ground."""
    latitude, longitude, _ = geodetic_from_ecef_batch(state[None, :3])
    east, north, _ = np.array(east_north_up(float(latitude[0]), float(longitude[0]))) @ state[3:]
    return math.atan2(east, north) % (2.0 * math.pi)
