"""Background happenings of a soak, each with what it makes a tracker, a link or a site tell."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tocsin.earth.constants import EARTH_MEAN_RADIUS_M, GM_M3_S2
from tocsin.earth.frames import (
    east_north_up,
    ecef_velocity_from_eci,
    geodetic_from_ecef_batch,
)
from tocsin.earth.geodesy import destination, distance_m
from tocsin.earth.time import SECOND_NS
from tocsin.lanes import Floats
from tocsin.node.decays import DRIFT_LEAST_M_S, DRIFT_S, in_orbit_of
from tocsin.sensors.infrared import Infrared
from tocsin.simulation import soak_rates as rates
from tocsin.simulation.soak_flights import (
    LOOK_S,
    Flight,
    Frame,
    Way,
    flown,
    into_orbit,
    look_times_s,
    told_of,
)
from tocsin.simulation.soak_sky import Skies, frames_of
from tocsin.simulation.soak_words import count_told, feed_told, refused_told, site_told
from tocsin.simulation.soak_world import Happening, World
from tocsin.tracking.motion import transition
from tocsin.tracking.track import REENTRY
from tocsin.warning.evidence import (
    Notice,
    Sighting,
    Spot,
)

BALLISTIC_M2_KG = 0.008
"""Drag coefficient times area over mass of a decaying body: 2.2 of 0.36 m^2 in 100 kg. Assumed."""
CLAIMED_S = 90.0
"""After its first plot a track of a catalogued object is claimed: seven looks after it is believed,
the median of the tracker's own (`docs/explanation/soak.md`)."""
LATE_S = 120.0
"""Standard deviation of when a decaying body passes, beside its elements. Assumed."""
INCLINATIONS_RAD = np.radians([28.5, 42.0, 51.6, 53.0, 65.0, 82.0, 97.5])
SPACE_SITES = (
    (28.5, -80.6, 45.0),
    (34.6, -120.6, 190.0),
    (41.0, 100.3, 120.0),
    (19.6, 110.9, 100.0),
    (28.2, 102.0, 100.0),
    (45.9, 63.3, 62.0),
    (62.9, 40.6, 340.0),
    (13.7, 80.2, 110.0),
)
"""Places of space launches, latitude, longitude and azimuth, degrees; rounded."""
SOUNDING_SITES = (
    (69.3, 16.0, 340.0),
    (67.9, 21.1, 345.0),
    (37.9, -75.5, 120.0),
    (32.4, -106.4, 350.0),
    (31.3, 131.1, 120.0),
)


def background(world: World, skies: Skies, seed: int) -> list[Happening]:
    """Draw all that happens in the background, each kind from a stream of its own."""
    found = []
    for number, rate in enumerate(rates.RATES):
        draw = np.random.default_rng([seed, 100 + number])
        count = int(draw.poisson(rate.per_day * world.days))
        names = [f"{_TAGS[rate.kind]}{k}" for k in range(count)]
        found += _MAKERS[rate.kind](world, names, rate.kind, draw) if count else []
    return [*found, *_passing(world, skies, np.random.default_rng([seed, 99]))]


def _passing(world: World, skies: Skies, draw: np.random.Generator) -> list[Happening]:
    """Draw passes of catalogued objects that seem to come down, as often as in the sample."""
    if not skies.fallers:
        return []
    count = int(draw.poisson(len(skies.fallers) * world.days / skies.days))
    picked = draw.integers(len(skies.fallers), size=count)
    return [
        Happening(
            id=f"known{k}",
            kind=rates.CATALOGUED,
            tai_ns=(at := world.within(draw)),
            frames=frames_of(skies.fallers[int(row)], f"known{k}", at),
        )
        for k, row in enumerate(picked)
    ]


# ---- what flies ----


def _space(world: World, names: list[str], kind: str, draw: np.random.Generator) -> list[Happening]:
    found = []
    ways, turns = _ways(world, names, SPACE_SITES, (12_000e3, 12_000e3), draw)
    for flight in flown(world.vehicle("space-launcher"), ways):
        seen = told_of(into_orbit(flight), world.sites, draw)
        way, turn_rad = turns[flight.id]
        notice = None
        if kind == rates.SPACE:
            notice = _notice(way, "space-launcher", turn_rad, None)
        found.append(_flew(flight, kind, seen.frames, notice))
    return found


def _sounding(
    world: World, names: list[str], kind: str, draw: np.random.Generator
) -> list[Happening]:
    found = []
    ways, turns = _ways(world, names, SOUNDING_SITES, (300e3, 900e3), draw)
    for flight in flown(world.vehicle("sounding-rocket"), ways):
        seen = told_of(flight, world.sites, draw)
        way, turn_rad = turns[flight.id]
        notice = None
        if kind == rates.SOUNDING:
            notice = _notice(way, "sounding-rocket", turn_rad, _range_m(way))
        found.append(_flew(flight, kind, seen.frames, notice))
    return found


def _ways(
    world: World,
    names: list[str],
    sites_deg: tuple[tuple[float, float, float], ...],
    range_m: tuple[float, float],
    draw: np.random.Generator,
) -> tuple[list[Way], dict[str, tuple[Way, float]]]:
    """Draw from where and how far rockets fly; give each with its azimuth, by name, too."""
    ways, turns = [], {}
    for name in names:
        site = np.radians(sites_deg[int(draw.integers(len(sites_deg)))])
        far_m = float(draw.uniform(*range_m))
        end = destination(site[:1], site[1:2], float(site[2]), far_m)
        way = Way(
            id=name,
            lift_off_tai_ns=world.within(draw),
            start_rad=(float(site[0]), float(site[1])),
            end_rad=(float(end[0][0]), float(end[1][0])),
        )
        ways.append(way)
        turns[name] = (way, float(site[2]))
    return ways, turns


def _range_m(way: Way) -> float:
    return float(distance_m(*way.start_rad, *way.end_rad))


def _flew(
    flight: Flight, kind: str, frames: tuple[Frame, ...], notice: Notice | None = None
) -> Happening:
    return Happening(
        id=flight.id, kind=kind, tai_ns=flight.lift_off_tai_ns, frames=frames, notice=notice
    )


def _notice(way: Way, kind: str, turn_rad: float, range_m: float | None) -> Notice:
    hour_ns = 3_600 * SECOND_NS
    return Notice(
        id=f"n-{way.id}",
        origin="soak",
        kind=kind,
        window_tai_ns=(way.lift_off_tai_ns - hour_ns, way.lift_off_tai_ns + 3 * hour_ns),
        latitude_rad=way.start_rad[0],
        longitude_rad=way.start_rad[1],
        radius_m=30e3,
        direction_rad=turn_rad,
        direction_slack_rad=math.radians(10.0),
        range_m=range_m,
    )


def decay_paths(count: int, draw: np.random.Generator) -> list[Floats]:
    """Give the last ways of decaying bodies, each [m, 6] every 10 s from 115 km down to 30.

    Anywhere on round orbits of the usual inclinations, with the drag of a body that breaks up late.
    """
    tilt = draw.choice(INCLINATIONS_RAD, count)
    along, node = draw.uniform(0.0, 2.0 * math.pi, (2, count))
    radius = EARTH_MEAN_RADIUS_M + 115e3
    ahead = along + 0.5 * math.pi
    place, way = (
        np.stack(
            [
                np.cos(node) * np.cos(u) - np.sin(node) * np.sin(u) * np.cos(tilt),
                np.sin(node) * np.cos(u) + np.cos(node) * np.sin(u) * np.cos(tilt),
                np.sin(u) * np.sin(tilt),
            ],
            axis=1,
        )
        for u in (along, ahead)
    )
    rate = ecef_velocity_from_eci(radius * place, math.sqrt(GM_M3_S2 / radius) * way, 0.0)
    state = np.concatenate([radius * place, rate], axis=1)
    states = [state]
    step_s, phase = np.full(count, 10.0), np.full(count, REENTRY)
    while len(states) < 300 and np.any(_height_m(state) > 30e3):
        state = transition(state, step_s, phase, BALLISTIC_M2_KG).state
        states.append(state)
    whole = np.stack(states, axis=1)
    up = np.stack([_height_m(each) > 30e3 for each in states], axis=1)
    return [whole[k, : int(np.argmin(up[k])) or None] for k in range(count)]


def _height_m(state: Floats) -> Floats:
    return geodetic_from_ecef_batch(state[:, :3])[2]


def _decay(world: World, names: list[str], kind: str, draw: np.random.Generator) -> list[Happening]:
    found = []
    for name, path in zip(names, decay_paths(len(names), draw), strict=True):
        height, bright = _height_m(path), draw.random() < rates.GLOW_SHARE
        glows = (height < rates.GLOW_M[0]) & (height > rates.GLOW_M[1]) & bright
        flight = Flight(
            id=name,
            lift_off_tai_ns=(at := world.within(draw)),
            time_s=look_times_s(len(path)),
            state=path,
            plume_w_sr=np.where(glows, rates.GLOW_W_SR, 0.0),
            rcs_m2=1.0 if bright else 0.1,
            cutoff_s=-1.0,
            rises=False,
        )
        frames = told_of(flight, world.sites, draw).frames
        if kind == rates.DECAY:
            late = round(float(draw.normal(0.0, LATE_S)) / LOOK_S)
            frames = tuple(_expected(each, _elements(path, each, (at, late))) for each in frames)
        found.append(_flew(flight, kind, frames))
    return found


def _elements(path: Floats, frame: Frame, when: tuple[int, int]) -> Floats:
    """Give the state that elements have at a frame: on the same way, some looks early or late."""
    begin_tai_ns, late = when
    look = round((frame.tai_ns - begin_tai_ns) / SECOND_NS / LOOK_S) + late
    return np.asarray(path[min(max(look, 0), len(path) - 1)])


def _expected(frame: Frame, elements: Floats) -> Frame:
    """Say of what is told that it fits an object that was expected to decay.

    What a radar tells may be it at first; it is claimed once it has fitted for long enough. What
    satellites see is held against the list of decays as a centre does it.

    Args:
        frame: Of one decay.
        elements: State [6] by its elements then.
    """
    told = []
    for each in frame.sightings:
        name, age_s = f"object {each.origin}", (each.last_tai_ns - each.first_tai_ns) / SECOND_NS
        if each.burning:
            fast = age_s >= DRIFT_S and each.drift_m >= DRIFT_LEAST_M_S * age_s
            assert each.place is not None
            fits = fast and not each.rises and in_orbit_of(elements, np.array(each.place), each)
            told.append(replace(each, decaying=name if fits else ""))
        elif age_s < CLAIMED_S:
            told.append(replace(each, may_be=name))
        else:
            told.append(replace(each, decaying=name))
    return replace(frame, sightings=tuple(told))


def _meteor(world: World, name: str, kind: str, draw: np.random.Generator) -> Happening:
    lasts_s = rates.METEOR_MEDIAN_S * math.exp(rates.METEOR_SPREAD * draw.standard_normal())
    at = world.within(draw)
    first_s = LOOK_S * draw.random((len(world.sites), 1))
    looks = first_s + LOOK_S * np.arange(int(lasts_s / LOOK_S) + 1) < lasts_s
    count = looks.shape[1]
    state = _meteor_path(count, lasts_s, draw)
    flight = Flight(
        id=name,
        lift_off_tai_ns=at,
        time_s=look_times_s(count),
        state=state,
        plume_w_sr=np.full(count, 1e6),
        rcs_m2=1e-3,
        cutoff_s=-1.0,
        rises=False,
    )
    return _flew(flight, kind, told_of(flight, world.sites, draw, looks).frames)


def _meteor_path(count: int, lasts_s: float, draw: np.random.Generator) -> Floats:
    """Give the way of a meteor, [looks, 6]: along the ground anywhere, and down while it shines."""
    latitude, longitude = math.asin(draw.uniform(-1.0, 1.0)), draw.uniform(-math.pi, math.pi)
    east, north, up = np.array(east_north_up(latitude, longitude))
    turn = draw.uniform(0.0, 2.0 * math.pi)
    way = math.cos(turn) * east + math.sin(turn) * north
    time_s = look_times_s(count)[:, None]
    top_m, end_m = rates.METEOR_M
    sinks_m_s = (top_m - end_m) / lasts_s
    radius = EARTH_MEAN_RADIUS_M + np.maximum(top_m - sinks_m_s * time_s, end_m)
    turned = rates.METEOR_M_S / EARTH_MEAN_RADIUS_M * time_s
    above = np.cos(turned) * up + np.sin(turned) * way
    ahead = np.cos(turned) * way - np.sin(turned) * up
    return np.hstack([radius * above, rates.METEOR_M_S * ahead - sinks_m_s * above])


def _glint(world: World, name: str, kind: str, draw: np.random.Generator) -> Happening:
    """Make one satellite tell of a bright cloud for some minutes."""
    at = world.within(draw)
    eyes = [site for site in world.sites if isinstance(site.sensor, Infrared)]
    eye = eyes[int(draw.integers(len(eyes)))]
    lasts_s = float(draw.uniform(60.0, 300.0))
    spot = _spot(math.radians(draw.uniform(-60.0, 60.0)), draw.uniform(-math.pi, math.pi), 8e3)
    frames = []
    for look in range(2, int(lasts_s / 10.0)):
        now = at + look * 10 * SECOND_NS
        sighting = Sighting(
            id=f"{name}:1",
            origin=name,
            time_tai_ns=now,
            first_tai_ns=at,
            last_tai_ns=now,
            sensors=(eye.id,),
            plots=look + 1,
            comes_down=0.0,
            burning=True,
            drift_m=20.0 * 10.0 * look,
            launch=spot,
            launch_tai_ns=at - 30 * SECOND_NS,
            launch_sigma_s=15.0,
            sun_off_rad=math.radians(float(abs(draw.normal(0.0, 3.0)))),
        )
        frames.append(Frame(tai_ns=now, sightings=(sighting,)))
    frames.append(Frame(tai_ns=at + round((lasts_s + 60.0) * SECOND_NS), sightings=()))
    return Happening(id=name, kind=kind, tai_ns=at, frames=tuple(frames))


def _spot(latitude_rad: float, longitude_rad: float, sigma_m: float) -> Spot:
    return Spot(
        latitude_rad=float(latitude_rad),
        longitude_rad=float(longitude_rad),
        east_m2=sigma_m**2,
        east_north_m2=0.0,
        north_m2=sigma_m**2,
    )


def _clutter(world: World, name: str, kind: str, draw: np.random.Generator) -> Happening:
    """Make false plots of one radar line up as a fall for some looks."""
    at = world.within(draw)
    radars = [site.id for site in world.sites if site.kind == "radar"]
    eye = radars[int(draw.integers(len(radars)))]
    spot = _spot(math.radians(draw.uniform(20.0, 70.0)), draw.uniform(-math.pi, math.pi), 150e3)
    frames = []
    for look in range(int(draw.integers(1, 4))):
        now = at + look * 10 * SECOND_NS
        sighting = Sighting(
            id=f"{name}:1",
            origin=name,
            time_tai_ns=now,
            first_tai_ns=at - 50 * SECOND_NS,
            last_tai_ns=now,
            sensors=(eye,),
            plots=5 + look,
            comes_down=0.8,
            burning=False,
            residual=float(draw.uniform(1.0, 3.0)),
            impact=spot,
            impact_tai_ns=at + 600 * SECOND_NS,
            impact_sigma_s=60.0,
        )
        frames.append(Frame(tai_ns=now, sightings=(sighting,)))
    frames.append(Frame(tai_ns=frames[-1].tai_ns + 40 * SECOND_NS, sightings=()))
    return Happening(id=name, kind=kind, tai_ns=at, frames=tuple(frames))


Maker = Callable[[World, list[str], str, np.random.Generator], list[Happening]]
One = Callable[[World, str, str, np.random.Generator], Happening]


def _each(one: One) -> Maker:
    """Make a maker of several of one that makes one."""

    def several(
        world: World, names: list[str], kind: str, draw: np.random.Generator
    ) -> list[Happening]:
        return [one(world, name, kind, draw) for name in names]

    return several


_MAKERS: dict[str, Maker] = {
    rates.DECAY: _decay,
    rates.DECAY_UNKNOWN: _decay,
    rates.METEOR: _each(_meteor),
    rates.GLINT: _each(_glint),
    rates.CLUTTER: _each(_clutter),
    rates.SPACE: _space,
    rates.SPACE_UNKNOWN: _space,
    rates.SOUNDING: _sounding,
    rates.SOUNDING_UNKNOWN: _sounding,
    rates.FEED: _each(feed_told),
    rates.SHARED: _each(feed_told),
    rates.COUNT: _each(count_told),
    rates.REFUSED: _each(refused_told),
    rates.SITE: _each(site_told),
}
_TAGS = {
    kind: f"{kind.split(',', maxsplit=1)[0].split(maxsplit=1)[0]}{k}-"
    for k, kind in enumerate(_MAKERS)
}
