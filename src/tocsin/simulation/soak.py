"""A soak: weeks of background through the judge, with real launches strewn in.

Nothing happens most of the time: each happening tells its sightings, faults and words at its own
instants (`soak_background`, `soak_flights`, `soak_sky`), and the judge is called at those, and
every few seconds while an event is open. One centre judges, which has every sensor of the built-in
scenario joined-watch.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from tocsin.catalog.load import Catalog, load_catalog
from tocsin.earth.geodesy import distance_m
from tocsin.earth.time import DAY_NS, SECOND_NS
from tocsin.simulation import soak_rates as rates
from tocsin.simulation.centres import defended, placed_sensors
from tocsin.simulation.read import load_scenario
from tocsin.simulation.roster import roster
from tocsin.simulation.scenario import Scenario
from tocsin.simulation.soak_background import background
from tocsin.simulation.soak_flights import SeenFlight, Way, flown, told_of
from tocsin.simulation.soak_sky import skies_of
from tocsin.simulation.soak_world import Happening, Word, World
from tocsin.warning import assess
from tocsin.warning.areas import AreaList
from tocsin.warning.checks import ALL_CHECKS
from tocsin.warning.events import FAULT, Event, Judgement, JudgeSettings
from tocsin.warning.evidence import Facts, Notice, Sighting, Source, Summary
from tocsin.warning.levels import CONFIRMED, POSSIBLE, QUIET, REPORTED, THREAT

SCENARIO = "joined-watch"
OWN = "soak"
"""The centre that judges: all sensors are its own."""
MISSILE = "missiles"
VEHICLES = {
    "irbm-solid": (1_500e3, 2_800e3),
    "slbm": (2_800e3, 7_500e3),
    "icbm-liquid-light": (7_500e3, 12_500e3),
}
"""Generic classes, and the distances that each is flown over."""
SPARE = 3
"""As many ways are drawn as missiles are wanted, times this: some are too long or too short."""
DEFENDED_SHARE = 0.6
"""Of the missiles that fly to a defended place."""
CLEAR_M = 1_000e3
"""The others come down at least so far from every defended place."""
THREAT_PLOTS = 18
"""Radar plots of free flight from which an impact ellipse is taken to be short enough to name a
place."""
ACTIVE_S, OPEN_S = 10.0, 60.0
"""Between two calls of the judge while something is seen, and while an event is only open."""
SUMMARY_S = 60.0
"""A count is held for so long, as in a centre."""
OTHER = "not told apart"


@dataclass(frozen=True, slots=True, kw_only=True)
class SoakSettings:
    """What to soak in."""

    days: float = 30.0
    launches: int = 100
    seed: int = 1
    sky_s: float = 3_600.0
    """Time through which the whole catalogue is watched pass."""
    sky_draws: int = 24
    """How often each pass is drawn."""


SKY_S_PER_DAY = 120.0


def settings_for(days: float, launches: int, seed: int) -> SoakSettings:
    """Give settings in which the sky is watched the longer, the longer the soak is."""
    return SoakSettings(days=days, launches=launches, seed=seed, sky_s=SKY_S_PER_DAY * days)


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """What became of one kind of background."""

    kind: str
    happenings: int
    launch: bool
    """They are launches: up to A3 is right."""
    levels: tuple[int, ...]
    """Events by their highest level, A1 to A4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchRow:
    """What became of one missile."""

    id: str
    vehicle: str
    defended: bool
    infrared: tuple[str, ...]
    radars: tuple[str, ...]
    expected: int
    reached: int
    events: int
    """That it was judged as; more than one is a missile counted twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Soak:
    """What a soak showed."""

    settings: SoakSettings
    kinds: tuple[KindRow, ...]
    launches: tuple[LaunchRow, ...]
    passes: int
    """Passes of catalogued objects that were drawn."""
    passes_per_day: float
    fallers: int
    """Of these, tracks that at some look seemed to come down."""
    steps: int
    """Calls of the judge."""

    def false_per_day(self, level: int) -> float:
        """Give how many events of no launch reached a level at most, a day."""
        found = sum(each.levels[level - 1] for each in self.kinds if not each.launch)
        return found / self.settings.days

    @property
    def false_confirmed(self) -> int:
        """Count what was confirmed and is no launch, and what was a threat and is no missile."""
        none = sum(sum(each.levels[CONFIRMED - 1 :]) for each in self.kinds if not each.launch)
        return none + sum(each.levels[THREAT - 1] for each in self.kinds if each.launch)

    @property
    def right(self) -> int:
        """Count the missiles that reached their right level and no other."""
        return sum(each.reached == each.expected for each in self.launches)

    @property
    def holds(self) -> bool:
        """Tell whether the budget holds and every missile is right."""
        return (
            self.false_per_day(REPORTED) <= rates.A1_PER_DAY
            and self.false_per_day(POSSIBLE) <= rates.A2_PER_DAY
            and self.false_confirmed == 0
            and self.right == len(self.launches)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Missile:
    happening: Happening
    seen: SeenFlight
    vehicle: str
    defended: bool


def soak(settings: SoakSettings) -> Soak:
    """Judge so many days of background and so many launches, and count what came of each."""
    catalog = load_catalog()
    scenario = load_scenario(SCENARIO, catalog)
    world, areas = _world(settings, scenario, catalog)
    radars = tuple(site for site in world.sites if site.kind == "radar")
    skies = skies_of(
        radars, scenario.start_tai_ns, settings.sky_s, settings.sky_draws, settings.seed
    )
    missiles = _missiles(world, areas, settings)
    happenings = background(world, skies, settings.seed)
    told = [*happenings, *(each.happening for each in missiles)]
    found, steps = _judged(world, areas, told)
    return Soak(
        settings=settings,
        kinds=_rows(happenings, found),
        launches=tuple(_launch(each, found) for each in missiles),
        passes=skies.passes * skies.draws,
        passes_per_day=skies.passes * 86_400.0 / skies.sample_s,
        fallers=len(skies.fallers),
        steps=steps,
    )


def _world(settings: SoakSettings, scenario: Scenario, catalog: Catalog) -> tuple[World, AreaList]:
    sensors = placed_sensors(scenario, roster(scenario, catalog))
    lists = [defended(scenario, catalog, each.id) for each in scenario.partners]
    areas = replace(lists[0], areas=tuple(area for each in lists for area in each.areas))
    world = World(
        catalog=catalog,
        sites=tuple(each.site for each in sensors),
        sources=tuple(Source(id=each.site.id, kind=each.site.kind, owner=OWN) for each in sensors),
        begin_tai_ns=scenario.start_tai_ns,
        days=settings.days,
    )
    return world, areas


# ---- missiles ----


def _missiles(world: World, areas: AreaList, settings: SoakSettings) -> list[_Missile]:
    """Fly missiles from the catalogue's areas and sites, most of them to defended places."""
    draw = np.random.default_rng([settings.seed, 3])
    ways = _ways(world, areas, SPARE * settings.launches, draw)
    flights = [
        (flight, vehicle)
        for vehicle, (least_m, most_m) in VEHICLES.items()
        for flight in flown(
            world.vehicle(vehicle),
            [way for way, _ in ways.values() if least_m <= _away_m(way) < most_m],
        )
    ]
    order = draw.permutation(len(flights))[: settings.launches]
    found = []
    for flight, vehicle in (flights[k] for k in sorted(order.tolist())):
        seen = told_of(flight, world.sites, draw)
        happening = Happening(
            id=flight.id, kind=MISSILE, tai_ns=flight.lift_off_tai_ns, frames=seen.frames
        )
        aimed = ways[flight.id][1]
        found.append(_Missile(happening=happening, seen=seen, vehicle=vehicle, defended=aimed))
    return found


def _ways(
    world: World, areas: AreaList, count: int, draw: np.random.Generator
) -> dict[str, tuple[Way, bool]]:
    """Draw from where to where missiles fly, and whether it is to a defended place."""
    points = [
        (math.radians(latitude), math.radians(math.remainder(longitude, 360.0)))
        for area in world.catalog.areas.values()
        for longitude, latitude in area.sample_points
    ]
    points += [(math.radians(s.lat), math.radians(s.lon)) for s in world.catalog.sites.values()]
    towns = [each.middle_rad for each in areas.areas]
    clear = [
        point for point in points if min(float(distance_m(*point, *t)) for t in towns) > CLEAR_M
    ]
    found = {}
    for number in range(count):
        aimed = bool(draw.random() < DEFENDED_SHARE)
        ends = towns if aimed else clear
        way = Way(
            id=f"missile{number}",
            lift_off_tai_ns=world.within(draw),
            start_rad=points[int(draw.integers(len(points)))],
            end_rad=ends[int(draw.integers(len(ends)))],
        )
        found[way.id] = (way, aimed)
    return found


def _away_m(way: Way) -> float:
    return float(distance_m(*way.start_rad, *way.end_rad))


def right_level(seen: SeenFlight, to_defended: bool) -> int:
    """Give the level that a missile must reach, by what saw it."""
    if not seen.infrared and not seen.radars:
        return QUIET
    kinds = bool(seen.infrared) + bool(seen.radars)
    if kinds < 2 and len(seen.infrared) < 2 and len(seen.radars) < 2:
        return POSSIBLE
    placed = bool(seen.radars) and seen.coasting_plots >= THREAT_PLOTS
    return THREAT if to_defended and placed else CONFIRMED


def _launch(missile: _Missile, found: dict[str, Event]) -> LaunchRow:
    name = missile.happening.id
    own = [event for event in found.values() if name in _happenings(event)]
    return LaunchRow(
        id=name,
        vehicle=missile.vehicle,
        defended=missile.defended,
        infrared=missile.seen.infrared,
        radars=missile.seen.radars,
        expected=right_level(missile.seen, missile.defended),
        reached=max((event.level_max for event in own), default=QUIET),
        events=len(own),
    )


# ---- the judge ----


@dataclass(frozen=True, slots=True, kw_only=True)
class _Now:
    """What is told at an instant."""

    sightings: dict[str, tuple[Sighting, ...]]
    words: tuple[Word, ...]
    notices: tuple[Notice, ...]


def _judged(
    world: World, areas: AreaList, happenings: list[Happening]
) -> tuple[dict[str, Event], int]:
    """Call the judge at every instant at which something happens; give every event's last state."""
    line = sorted(
        [(frame.tai_ns, each.id, frame) for each in happenings for frame in each.frames]
        + [(word.tai_ns, each.id, word) for each in happenings for word in each.words],
        key=lambda item: (item[0], item[1]),
    )
    notices = tuple(each.notice for each in happenings if each.notice is not None)
    settings = JudgeSettings(own=OWN, areas=areas, checks=ALL_CHECKS)
    state = Judgement(settings=settings)
    found: dict[str, Event] = {}
    now_ns, place, steps = world.begin_tai_ns, 0, 0
    sightings: dict[str, tuple[Sighting, ...]] = {}
    words: list[Word] = []
    while place < len(line) or any(not event.closed for event in state.events):
        open_ = any(not event.closed for event in state.events)
        tick = now_ns + round((ACTIVE_S if sightings else OPEN_S) * SECOND_NS)
        ahead = line[place][0] if place < len(line) else tick
        now_ns = min(ahead, tick) if open_ else ahead
        fresh: list[Word] = []
        while place < len(line) and line[place][0] <= now_ns:
            _, name, told = line[place]
            if isinstance(told, Word):
                fresh.append(told)
            elif told.sightings:
                sightings[name] = told.sightings
            else:
                sightings.pop(name, None)
            place += 1
        words = [each for each in words if _held(each, now_ns)] + fresh
        told_now = _Now(sightings=sightings, words=tuple(words), notices=notices)
        state = assess.step(state, _facts(world, told_now, fresh, now_ns), now_ns)
        steps += 1
        changed = {change.event for change in state.changes}
        found |= {event.id: event for event in state.events if event.id in changed}
        found |= {event.id: event for event in state.events if not event.closed}
    return found, steps


def _held(word: Word, now_ns: int) -> bool:
    return word.until_tai_ns >= now_ns or (
        bool(word.summaries) and now_ns - word.tai_ns <= SUMMARY_S * SECOND_NS
    )


def _facts(world: World, told: _Now, fresh: list[Word], now_ns: int) -> Facts:
    feeds = tuple(feed for word in told.words if word.until_tai_ns > now_ns for feed in word.feeds)
    lost = {feed.id: feed.since_tai_ns for feed in feeds}
    sources = world.sources
    if lost:
        sources = tuple(
            replace(each, health="down", since_tai_ns=lost[each.id]) if each.id in lost else each
            for each in sources
        )
    counts: dict[tuple[str, str], Summary] = {}
    for word in told.words:
        counts |= {(each.feed, each.link): each for each in word.summaries}
    return Facts(
        sightings=tuple(one for each in told.sightings.values() for one in each),
        sources=sources,
        notices=tuple(
            each
            for each in told.notices
            if each.window_tai_ns[0] - DAY_NS < now_ns < each.window_tai_ns[1] + DAY_NS
        ),
        silent_feeds=feeds,
        summaries=tuple(counts.values()),
        refusals=tuple(one for word in fresh for one in word.refusals),
        site_reports=tuple(one for word in fresh for one in word.site_reports),
    )


# ---- counting ----


def _happenings(event: Event) -> set[str]:
    """Give the happenings whose sightings are in an event."""
    return {sighting.id.partition(":")[0] for sighting in event.sightings}


def _kind(event: Event, kinds: dict[str, str]) -> str:
    if event.kind == FAULT:
        what = event.subject.partition(":")
        if what[0] == "loss":
            return rates.SHARED if what[2].startswith("relay") else rates.FEED
        return {"refused": rates.REFUSED, "site": rates.SITE, "summary": rates.COUNT}.get(
            what[0], OTHER
        )
    own = {kinds.get(name, MISSILE) for name in _happenings(event)}
    return MISSILE if MISSILE in own else min(own, default=OTHER)


def _rows(happenings: list[Happening], found: dict[str, Event]) -> tuple[KindRow, ...]:
    kinds = {each.id: each.kind for each in happenings}
    judged = [(_kind(event, kinds), event.level_max) for event in found.values()]
    launches = {rate.kind for rate in rates.RATES if rate.launch}
    named = [rates.CATALOGUED, *(rate.kind for rate in rates.RATES)]
    named += sorted({kind for kind, _ in judged} - {*named, MISSILE})
    return tuple(
        KindRow(
            kind=kind,
            happenings=sum(each.kind == kind for each in happenings),
            launch=kind in launches,
            levels=tuple(
                sum(one == kind and level == most for one, most in judged)
                for level in range(REPORTED, THREAT + 1)
            ),
        )
        for kind in named
    )
