"""Background happenings of a soak, each with what it makes a tracker, a link or a site tell."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tocsin.catalog.load import Catalog
from tocsin.earth.constants import EARTH_MEAN_RADIUS_M, GM_M3_S2
from tocsin.earth.frames import (
    east_north_up,
    ecef_from_geodetic_batch,
    ecef_velocity_from_eci,
    geodetic_from_ecef_batch,
)
from tocsin.earth.time import DAY_NS, SECOND_NS
from tocsin.lanes import Floats
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.measurement import Site
from tocsin.simulation import soak_rates as rates
from tocsin.simulation.scenario import LaunchPlan
from tocsin.simulation.soak_flights import Flight, Frame, flight_of, into_orbit, told_of
from tocsin.simulation.soak_sky import Skies, frames_of
from tocsin.tracking.motion import transition
from tocsin.tracking.track import REENTRY
from tocsin.warning.evidence import (
    Feed,
    Notice,
    Refusal,
    Sighting,
    SiteReport,
    Source,
    Spot,
    Summary,
)

BALLISTIC_M2_KG = 0.008
"""Drag coefficient times area over mass of a decaying body: 2.2 of 0.36 m^2 in 100 kg. Assumed."""
SPACE_SITES = ((28.5, -80.6, 45.0), (34.6, -120.6, 190.0), (41.0, 100.3, 120.0),
               (19.6, 110.9, 100.0), (28.2, 102.0, 100.0), (45.9, 63.3, 62.0),
               (62.9, 40.6, 340.0), (13.7, 80.2, 110.0))
"""Places of space launches, latitude, longitude and azimuth, degrees; rounded."""
SOUNDING_SITES = ((69.3, 16.0, 340.0), (67.9, 21.1, 345.0), (37.9, -75.5, 120.0),
                  (32.4, -106.4, 350.0), (31.3, 131.1, 120.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What is told beside sightings, from an instant to another; at once where they are equal."""

    tai_ns: int
    until_tai_ns: int
    feeds: tuple[Feed, ...] = ()
    summaries: tuple[Summary, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    site_reports: tuple[SiteReport, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happens, and all that is told of it."""

    id: str
    kind: str
    tai_ns: int
    frames: tuple[Frame, ...] = ()
    words: tuple[Word, ...] = ()
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a soak is set in."""

    catalog: Catalog
    sites: tuple[Site, ...]
    sources: tuple[Source, ...]
    begin_tai_ns: int
    days: float

    def within(self, draw: np.random.Generator) -> int:
        """Draw an instant."""
        return self.begin_tai_ns + round(float(draw.random()) * self.days * DAY_NS)


def background(world: World, skies: Skies, seed: int) -> list[Happening]:
    """Draw all that happens in the background, each kind from a stream of its own."""
    found = []
    for number, rate in enumerate(rates.RATES):
        draw = np.random.default_rng([seed, 100 + number])
        for k in range(int(draw.poisson(rate.per_day * world.days))):
            found.append(_MAKERS[rate.kind](world, f"{_TAGS[rate.kind]}{k}", rate.kind, draw))
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


def _space(world: World, name: str, kind: str, draw: np.random.Generator) -> Happening:
    latitude, longitude, azimuth = SPACE_SITES[int(draw.integers(len(SPACE_SITES)))]
    at = world.within(draw)
    plan = LaunchPlan(
        name=name,
        vehicle="space-launcher",
        from_latitude_deg=latitude,
        from_longitude_deg=longitude,
        azimuth_deg=azimuth,
        range_km=15_000.0,
    )
    flight = into_orbit(flight_of(name, plan, _vehicle(world, plan), at))
    seen = told_of(flight, world.sites, draw)
    told = _notice(name, plan, at, "space-launcher") if kind == rates.SPACE else None
    return Happening(id=name, kind=kind, tai_ns=at, frames=seen.frames, notice=told)


def _sounding(world: World, name: str, kind: str, draw: np.random.Generator) -> Happening:
    latitude, longitude, azimuth = SOUNDING_SITES[int(draw.integers(len(SOUNDING_SITES)))]
    at = world.within(draw)
    plan = LaunchPlan(
        name=name,
        vehicle="sounding-rocket",
        from_latitude_deg=latitude,
        from_longitude_deg=longitude,
        azimuth_deg=azimuth,
        range_km=float(draw.uniform(300.0, 1_000.0)),
    )
    seen = told_of(flight_of(name, plan, _vehicle(world, plan), at), world.sites, draw)
    told = _notice(name, plan, at, "sounding-rocket") if kind == rates.SOUNDING else None
    return Happening(id=name, kind=kind, tai_ns=at, frames=seen.frames, notice=told)


def _vehicle(world: World, plan: LaunchPlan) -> Any:
    return world.catalog.vehicle_of(world.catalog.vehicles[plan.vehicle])


def _notice(name: str, plan: LaunchPlan, at_tai_ns: int, kind: str) -> Notice:
    assert plan.azimuth_deg is not None
    return Notice(
        id=f"n-{name}",
        origin="soak",
        kind=kind,
        window_tai_ns=(at_tai_ns - 3_600 * SECOND_NS, at_tai_ns + 3 * 3_600 * SECOND_NS),
        latitude_rad=math.radians(plan.from_latitude_deg),
        longitude_rad=math.radians(plan.from_longitude_deg),
        radius_m=30e3,
        direction_rad=math.radians(plan.azimuth_deg),
        direction_slack_rad=math.radians(10.0),
        range_m=None if kind == "space-launcher" else 1e3 * (plan.range_km or 0.0),
    )


def decay_path(draw: np.random.Generator) -> tuple[Floats, float]:
    """Give the last way of a decaying body, [m, 6] every 10 s from 125 km down, and its plane.

    Anywhere within an inclination of 98 degrees, with the drag of a body that breaks up late.
    """
    inclination = float(draw.choice(np.radians([28.5, 42.0, 51.6, 53.0, 65.0, 82.0, 97.5])))
    along, node = draw.uniform(0.0, 2.0 * math.pi, 2)
    radius = EARTH_MEAN_RADIUS_M + 125e3
    place = radius * np.array(
        [
            math.cos(node) * math.cos(along)
            - math.sin(node) * math.sin(along) * math.cos(inclination),
            math.sin(node) * math.cos(along)
            + math.cos(node) * math.sin(along) * math.cos(inclination),
            math.sin(along) * math.sin(inclination),
        ]
    )
    ahead = np.array(
        [
            -math.cos(node) * math.sin(along)
            - math.sin(node) * math.cos(along) * math.cos(inclination),
            -math.sin(node) * math.sin(along)
            + math.cos(node) * math.cos(along) * math.cos(inclination),
            math.cos(along) * math.sin(inclination),
        ]
    )
    speed = math.sqrt(GM_M3_S2 / radius)
    rate = ecef_velocity_from_eci(place[None], speed * ahead[None], 0.0)[0]
    state = np.concatenate([place, rate])[None]
    states = [state[0]]
    while len(states) < 400:
        ballistic = np.array([BALLISTIC_M2_KG])
        state = transition(state, np.array([10.0]), np.array([REENTRY]), ballistic).state
        states.append(state[0])
        if geodetic_from_ecef_batch(state[:, :3])[2][0] < 30e3:
            break
    return np.array(states), inclination


def _decay(world: World, name: str, kind: str, draw: np.random.Generator) -> Happening:
    path, _ = decay_path(draw)
    at = world.within(draw)
    height = geodetic_from_ecef_batch(path[:, :3])[2]
    bright = draw.random() < rates.GLOW_SHARE
    glows = (height < rates.GLOW_M[0]) & (height > rates.GLOW_M[1]) & bright
    flight = Flight(
        id=name,
        lift_off_tai_ns=at,
        time_s=10.0 * np.arange(len(path)),
        state=path,
        plume_w_sr=np.where(glows, rates.GLOW_W_SR, 0.0),
        rcs_m2=1.0 if bright else 0.1,
        cutoff_s=-1.0,
        rises=False,
    )
    frames = told_of(flight, world.sites, draw).frames
    if kind == rates.DECAY:
        frames = tuple(
            replace(
                each,
                sightings=tuple(replace(one, decaying=f"object {name}") for one in each.sightings),
            )
            for each in frames
        )
    return Happening(id=name, kind=kind, tai_ns=at, frames=frames)


def _meteor(world: World, name: str, kind: str, draw: np.random.Generator) -> Happening:
    lasts_s = rates.METEOR_MEDIAN_S * math.exp(rates.METEOR_SPREAD * draw.standard_normal())
    at = world.within(draw)
    count = max(int(lasts_s / 10.0 + draw.random()), 0)
    if count == 0:
        return Happening(id=name, kind=kind, tai_ns=at)
    latitude = math.asin(draw.uniform(-1.0, 1.0))
    longitude = draw.uniform(-math.pi, math.pi)
    east, north, up = np.array(east_north_up(latitude, longitude))
    turn = draw.uniform(0.0, 2.0 * math.pi)
    way = rates.METEOR_M_S * (math.cos(turn) * east + math.sin(turn) * north - 0.1 * up)
    start = np.array(
        ecef_from_geodetic_batch(np.array([latitude]), np.array([longitude]), np.array([95e3]))
    )[0]
    time_s = 10.0 * np.arange(count)
    flight = Flight(
        id=name,
        lift_off_tai_ns=at,
        time_s=time_s,
        state=np.hstack([start + time_s[:, None] * way, np.tile(way, (count, 1))]),
        plume_w_sr=np.full(count, 1e6),
        rcs_m2=1e-3,
        cutoff_s=-1.0,
        rises=False,
    )
    return Happening(
        id=name, kind=kind, tai_ns=at, frames=told_of(flight, world.sites, draw).frames
    )


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


# ---- links and people ----


def _feed(world: World, name: str, kind: str, draw: np.random.Generator) -> Happening:
    at, lasts_s = world.within(draw), float(draw.exponential(1_800.0))
    until = at + round(lasts_s * SECOND_NS)
    ids = [source.id for source in world.sources]
    if kind == rates.FEED:
        named = [ids[int(draw.integers(len(ids)))]]
        group = ""
    else:
        named = draw.choice(ids, 3, replace=False).tolist()
        group = f"relay-{name}"
    feeds = tuple(Feed(id=each, group=group, since_tai_ns=at) for each in named)
    word = Word(tai_ns=at, until_tai_ns=until, feeds=feeds)
    return Happening(id=name, kind=kind, tai_ns=at, words=(word,))


def _count(world: World, name: str, kind: str, draw: np.random.Generator) -> Happening:
    """Make a link tell of missiles that nobody counts: figures of a faulty circuit."""
    at = world.within(draw)
    words = []
    for look in range(int(draw.integers(2, 12))):
        now = at + look * 10 * SECOND_NS
        digits = draw.choice([0, 2], 4, p=[0.7, 0.3])
        value = int("".join(map(str, digits)))
        summary = Summary(
            feed=f"hub-{name}",
            link=f"link-{name}",
            count=value,
            signed=True,
            whole=bool(draw.random() < 0.5),
            identities=(),
            tai_ns=now,
        )
        words.append(Word(tai_ns=now, until_tai_ns=now, summaries=(summary,)))
    return Happening(id=name, kind=kind, tai_ns=at, words=tuple(words))


def _refused(world: World, name: str, kind: str, draw: np.random.Generator) -> Happening:
    at = world.within(draw)
    sender = world.sources[int(draw.integers(len(world.sources)))].id
    reason = str(draw.choice(["corrupt", "truncated", "wrong signature", "future-dated"]))
    words = []
    for look in range(int(draw.integers(1, 6))):
        now = at + look * 20 * SECOND_NS
        refusal = Refusal(
            sender=sender, reason=reason, count=int(draw.integers(1, 9)), tai_ns=now
        )
        words.append(Word(tai_ns=now, until_tai_ns=now, refusals=(refusal,)))
    return Happening(id=name, kind=kind, tai_ns=at, words=tuple(words))


def _site(world: World, name: str, kind: str, draw: np.random.Generator) -> Happening:
    at = world.within(draw)
    sensor = world.sources[int(draw.integers(len(world.sources)))].id
    told = SiteReport(
        sensor=sensor,
        valid=bool(draw.random() < 0.2),
        confidence=str(draw.choice(["low", "medium", "high"])),
        tai_ns=at,
    )
    word = Word(tai_ns=at, until_tai_ns=at, site_reports=(told,))
    return Happening(id=name, kind=kind, tai_ns=at, words=(word,))


Maker = Callable[[World, str, str, np.random.Generator], Happening]
_MAKERS: dict[str, Maker] = {
    rates.DECAY: _decay,
    rates.DECAY_UNKNOWN: _decay,
    rates.METEOR: _meteor,
    rates.GLINT: _glint,
    rates.CLUTTER: _clutter,
    rates.SPACE: _space,
    rates.SPACE_UNKNOWN: _space,
    rates.SOUNDING: _sounding,
    rates.SOUNDING_UNKNOWN: _sounding,
    rates.FEED: _feed,
    rates.SHARED: _feed,
    rates.COUNT: _count,
    rates.REFUSED: _refused,
    rates.SITE: _site,
}
_TAGS = {kind: f"{kind.split(',', maxsplit=1)[0].split(maxsplit=1)[0]}{k}-" for k, kind in enumerate(_MAKERS)}
