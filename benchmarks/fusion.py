"""What joining tracks gives: centres alone, with partners' tracks (L3), with their plots (L4).

Every launch of a scenario is flown by itself, seen with several seeds, and judged by a network of
its partners' centres. Of each centre: how many launches it tells of (there is one), when it
confirms, when its 95 % impact ellipse is first so short, how long it is in the end, and how often
it holds the true place. `pairs` is the squared distance between two centres' own tracks of the
missile over its six degrees of freedom: in their own errors, and in those that pair them.
"""

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import machine
import numpy as np

from tocsin.catalog.load import Catalog, load_catalog
from tocsin.earth.frames import geodetic_from_ecef_batch
from tocsin.earth.geodesy import azimuth_rad, distance_m
from tocsin.earth.time import SECOND_NS
from tocsin.node.state import NodeState, Outputs, Side
from tocsin.partners.in_process import InProcess
from tocsin.simulation.centres import centres, notices_of, placed_sensors, told_by_sensors
from tocsin.simulation.network import Network, network, run
from tocsin.simulation.read import load_scenario
from tocsin.simulation.roster import roster
from tocsin.simulation.scenario import Scenario
from tocsin.simulation.world import scans_of
from tocsin.tracking.fuse import BIAS_M, BIAS_M_S, DOUBLED
from tocsin.tracking.impact import CHI2_95
from tocsin.tracking.onward import carried
from tocsin.tracking.track import COAST, Tracks
from tocsin.warning.events import LAUNCH
from tocsin.warning.evidence import Spot
from tocsin.warning.levels import CONFIRMED

ALONE, TRACKS, PLOTS = "alone", "tracks (L3)", "plots (L4)"
SHORT_M = (50_000.0, 10_000.0)
BIAS = np.diag(np.repeat((BIAS_M**2, BIAS_M_S**2), 3))


@dataclass(slots=True)
class Seen:
    """What one centre made of one launch, in order of time."""

    events: set[str] = field(default_factory=set)
    confirmed_s: float = math.inf
    time_s: list[float] = field(default_factory=list)
    long_m: list[float] = field(default_factory=list)
    holds: list[bool] = field(default_factory=list)


def note(seen: Seen, side: Side, place: tuple[float, float], time_s: float) -> None:
    """Take down what a picture says at an instant."""
    for event in side.judgement.events:
        if event.kind != LAUNCH:
            continue
        seen.events.add(event.id)
        if event.level >= CONFIRMED:
            seen.confirmed_s = min(seen.confirmed_s, time_s)
        if event.impact is not None and not event.closed:
            if seen.time_s and seen.time_s[-1] == time_s:
                continue
            seen.time_s.append(time_s)
            seen.long_m.append(event.impact.long_m())
            seen.holds.append(holds(event.impact, place))


def holds(spot: Spot, place: tuple[float, float]) -> bool:
    """Tell whether the 95 % ellipse of a place holds another."""
    here = np.array([[spot.latitude_rad, spot.longitude_rad, *place]]).T
    away, way = distance_m(*here)[0], azimuth_rad(*here)[0]
    off = away * np.array((math.sin(way), math.cos(way)))
    cover = np.array(((spot.east_m2, spot.east_north_m2), (spot.east_north_m2, spot.north_m2)))
    return bool(off @ np.linalg.solve(cover, off) <= CHI2_95)


def best(state: NodeState, instant: int) -> Tracks | None:
    """Give a centre's own track that most plots fed, at an instant; None if it has none."""
    tracker = state.own["actual"].picture.tracker
    tracks = tracker.tracks_at(tracker.confirmed())
    rows = np.flatnonzero((tracks.parent == 0) & (tracks.hits >= 5) & (tracks.phase == COAST))
    if rows.size == 0 or abs(instant - tracker.time_tai_ns) > 20 * SECOND_NS:
        return None
    row = rows[np.argmax(tracks.hits[rows])]
    return carried(tracks.take(np.array([row])), np.array([instant]))


def apart(states: Sequence[NodeState], instant: int) -> list[tuple[float, float]]:
    """Give the squared distances of centres' tracks over six: as claimed, and as paired."""
    tracks = [each for state in states if (each := best(state, instant)) is not None]
    found: list[tuple[float, float]] = []
    for place, one in enumerate(tracks):
        for other in tracks[place + 1 :]:
            off = (one.state - other.state)[0]
            plain = (one.covariance + other.covariance)[0]
            claimed, used = (
                float(off @ np.linalg.solve(spread, off)) / 6.0
                for spread in (plain, DOUBLED * plain + BIAS)
            )
            found.append((claimed, used))
    return found


@dataclass(slots=True)
class Figures:
    """Of all runs."""

    seen: dict[tuple[str, str], list[Seen]] = field(default_factory=dict)
    """By centre and how it is joined."""
    pairs: list[tuple[float, float]] = field(default_factory=list)


def fly(scenario: Scenario, catalog: Catalog, seed: int, level: int, figures: Figures) -> None:
    """Run a scenario of one launch as a network that shares at one level."""
    members = roster(scenario, catalog)
    scans, truth = scans_of(scenario, members, catalog, seed)
    rows = np.flatnonzero(truth.object == truth.payloads[0])
    latitude, longitude, _ = geodetic_from_ecef_batch(truth.state[rows[-1:], :3])
    place, end = (float(latitude[0]), float(longitude[0])), int(truth.time_tai_ns[rows[-1]])
    lift_off = scenario.start_tai_ns + round(scenario.launches[0].at_s * SECOND_NS)
    settings = centres(scenario, members, catalog, level=level)
    script = told_by_sensors(scans, placed_sensors(scenario, members)) + notices_of(scenario)
    joined = TRACKS if level == 3 else PLOTS
    kinds = (ALONE, joined) if level == 3 else (joined,)
    seen = {(each.own, kind): Seen() for each in settings for kind in kinds}

    def watch(net: Network, _: dict[str, Outputs]) -> None:
        time_s = (net.now_tai_ns - lift_off) / SECOND_NS
        for (name, kind), each in seen.items():
            node = net.nodes[name]
            side = (node.own if kind == ALONE else node.joint)["actual"]
            note(each, side, place, time_s)
        if level == 3 and round(time_s) % 10 == 0:
            figures.pairs.extend(apart(list(net.nodes.values()), net.now_tai_ns))

    net = network(settings, InProcess(seed=seed), lift_off - SECOND_NS, 1.0)
    run(net, script, end, watch)
    for key, each in seen.items():
        figures.seen.setdefault(key, []).append(each)


def middle(values: Sequence[float]) -> float:
    """Give the median; NaN of nothing."""
    return float(np.median(values)) if len(values) else math.nan


def row(name: tuple[str, str], runs: Sequence[Seen]) -> tuple[object, ...]:
    """Give a line of the table."""
    first = [
        middle([next((t for t, m in zip(s.time_s, s.long_m, strict=True) if m < short), math.inf)
                for s in runs])
        for short in SHORT_M
    ]  # fmt: skip
    ends = [each.long_m[-1] / 1e3 for each in runs if each.long_m]
    held = [hold for each in runs for hold in each.holds]
    events = np.mean([len(each.events) for each in runs])
    confirmed = middle([each.confirmed_s for each in runs])
    return (*name, float(events), confirmed, *first, middle(ends), float(np.mean(held or [False])))


def main() -> None:
    """Measure and show."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scenario", default="two-islands")
    asked.add_argument("--launch", type=int, action="append", help="its place, from 0; default all")
    asked.add_argument("--seeds", type=int, default=3)
    asked.add_argument("--json", action="store_true", help="print JSON")
    options = asked.parse_args()
    catalog = load_catalog()
    scenario = load_scenario(options.scenario, catalog)
    for launch in options.launch or range(len(scenario.launches)):
        figures = Figures()
        alone = replace(scenario, launches=(scenario.launches[launch],))
        for seed in range(1, options.seeds + 1):
            for level in (3, 4):
                fly(alone, catalog, seed, level, figures)
        plain, used = np.array(figures.pairs).reshape(-1, 2).T
        pairs = "no pairs"
        if plain.size:
            pairs = (
                f"pairs: {plain.size}, mean {plain.mean():.2f} as claimed, "
                f"{used.mean():.2f} and at most {used.max():.2f} as paired"
            )
        machine.show(
            f"{scenario.name}, {scenario.launches[launch].name}, {options.seeds} seeds; {pairs}",
            ["centre", "with", "events", "A3, s", "< 50 km, s", "< 10 km, s", "end, km", "holds"],
            [row(key, runs) for key, runs in sorted(figures.seen.items())],
            options.json,
        )


if __name__ == "__main__":
    main()
