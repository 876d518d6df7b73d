"""What each partner's centre judges of a scenario's launches: alone, and with what is shared."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tocsin.catalog.load import Catalog
from tocsin.earth.time import SECOND_NS
from tocsin.errors import TocsinError
from tocsin.eventlog.memory import MemoryLog
from tocsin.eventlog.sqlite import open_log
from tocsin.lanes import one_thread
from tocsin.messages.fields import DataClass
from tocsin.node.replay import CENTRE
from tocsin.node.settings import NodeSettings
from tocsin.node.state import Outputs, Side
from tocsin.partners.in_process import InProcess
from tocsin.sensors.scan import Scan
from tocsin.simulation.centres import (
    QUIET_S,
    centres,
    notices_of,
    placed_sensors,
    told_by_sensors,
)
from tocsin.simulation.network import Network, network, run
from tocsin.simulation.roster import Roster
from tocsin.simulation.scenario import Scenario
from tocsin.studies.judged_results import Judged, LaunchJudged, Reached
from tocsin.studies.results import LaunchResult
from tocsin.studies.work import Report
from tocsin.warning.events import FAULT, LAUNCH, Event
from tocsin.warning.evidence import Spot
from tocsin.warning.grouping import away_m
from tocsin.warning.levels import ACTUAL, CONFIRMED, POSSIBLE, REPORTED, THREAT

STEP_S = 10.0
"""Between two steps of each centre."""
AFTER_S = 240.0
"""How long centres go on after the last impact."""
NEAR_M = 1_000_000.0
"""An event with a launch farther away is of another launch."""
LATE_S = 300.0
APPEND = 1_000
"""Events of a log that are stored together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one step of one centre gave, as far as it is counted."""

    partner: str
    tai_ns: int
    event: str
    level: int
    sentence: str


def judge_launches(
    setting: tuple[Scenario, Roster, Catalog],
    scans: Sequence[Scan],
    launches: Sequence[LaunchResult],
    report: Report,
) -> tuple[Judged, dict[str, MemoryLog]]:
    """Let every partner's centre follow a scenario, with the sharing that the scenario says.

    Args:
        setting: Scenario, its sensors, and the catalogue.
        scans: What every sensor saw.
        launches: How each plan flew, in the scenario's order.
        report: Told how many seconds are done.

    Returns:
        What was judged, and each centre's log.
    """
    scenario, members, catalog = setting
    try:
        settings = centres(scenario, members, catalog)
    except TocsinError as error:
        return Judged(why_not=f"No centre judged anything: {error}."), {}
    sensors = placed_sensors(scenario, members)
    said = told_by_sensors(scans, sensors, _class(scenario), every_s=QUIET_S)
    script = [*said, *notices_of(scenario)]
    up = [
        plan.at_s + launch.impact_s
        for plan, launch in zip(scenario.launches, launches, strict=True)
    ]
    until = scenario.start_tai_ns + round((max(up) + AFTER_S) * SECOND_NS)
    heard: list[Told] = []
    total = round((until - scenario.start_tai_ns) / SECOND_NS)

    def watch(net: Network, done: dict[str, Outputs]) -> None:
        report(round((net.now_tai_ns - scenario.start_tai_ns) / SECOND_NS), total)
        heard.extend(_told(net, done, scenario.data_class))

    net = network(settings, InProcess(seed=scenario.seed), scenario.start_tai_ns, STEP_S)
    with one_thread():
        net = run(net, [each for each in script if each.tai_ns <= until], until, watch, skip=True)
    return _results(net, settings, (scenario, launches), heard), net.logs


def _class(scenario: Scenario) -> DataClass:
    """Give the data class of a scenario: a test or an exercise, never an actual one."""
    return cast("DataClass", scenario.data_class)


def _told(net: Network, done: dict[str, Outputs], data_class: str) -> list[Told]:
    """Give the changes of level and the first alerts of one step."""
    found = []
    for partner, each in done.items():
        side = net.nodes[partner].joint[data_class]
        found += [
            Told(
                partner=partner,
                tai_ns=change.tai_ns,
                event=change.event,
                level=change.level,
                sentence=change.sentence,
            )
            for change in side.judgement.changes
        ]
        found += [
            Told(
                partner=partner,
                tai_ns=net.now_tai_ns,
                event=message.alert.event.rpartition(":")[2],
                level=-1,
                sentence=message.alert.texts[0].headline,
            )
            for message in each.messages
            if message.attempt == 1
            and message.alert.message_type == "Alert"
            and message.alert.data_class == data_class
        ]
    return found


def _results(
    net: Network,
    settings: Sequence[NodeSettings],
    flown: tuple[Scenario, Sequence[LaunchResult]],
    heard: Sequence[Told],
) -> Judged:
    scenario, launches = flown
    rows = []
    counted: dict[str, list[Event]] = {each.own: [] for each in settings}
    for plan, launch in zip(scenario.launches, launches, strict=True):
        lift_off = scenario.start_tai_ns + round(plan.at_s * SECOND_NS)
        there = _spot(launch.track_deg[0])
        for each in settings:
            node = net.nodes[each.own]
            of = [
                _events(side, lift_off, launch.impact_s, there)
                for side in (node.own[scenario.data_class], node.joint[scenario.data_class])
            ]
            counted[each.own] += of[1]
            mine = [told for told in heard if told.partner == each.own]
            names = {event.id for event in of[1]}
            alert = min(
                (told.tai_ns for told in mine if told.level < 0 and told.event in names),
                default=None,
            )
            rows.append(
                LaunchJudged(
                    partner=each.own,
                    launch=plan.name,
                    impact_s=launch.impact_s,
                    alone=_reached(of[0], lift_off, []),
                    shared=_reached(of[1], lift_off, mine),
                    alert_s=None if alert is None else (alert - lift_off) / SECOND_NS,
                )
            )
    nodes = net.nodes
    return Judged(
        rows=tuple(rows),
        false_events=tuple(
            (name, _others(node.joint[scenario.data_class], counted[name], LAUNCH, POSSIBLE))
            for name, node in nodes.items()
        ),
        faults=tuple(
            (name, _others(node.joint[ACTUAL], [], FAULT, REPORTED)) for name, node in nodes.items()
        ),
        envelopes=sum(
            box.acknowledged for node in nodes.values() for box in node.outboxes.values()
        ),
    )


def _others(side: Side, counted: Sequence[Event], kind: str, level: int) -> int:
    known = {event.id for event in counted}
    return sum(
        event.kind == kind and event.level_max >= level and event.id not in known
        for event in side.judgement.events
    )


def _spot(place_deg: tuple[float, float]) -> Spot:
    latitude, longitude = (math.radians(value) for value in place_deg)
    return Spot(
        latitude_rad=latitude,
        longitude_rad=longitude,
        east_m2=0.0,
        east_north_m2=0.0,
        north_m2=0.0,
    )


def _events(side: Side, lift_off_tai_ns: int, impact_s: float, there: Spot) -> list[Event]:
    """Give the events that are of one launch, by when they began and where they say it rose."""
    end = lift_off_tai_ns + round(impact_s * SECOND_NS)
    found = []
    for event in side.judgement.events:
        if event.kind != LAUNCH or not lift_off_tai_ns <= event.first_tai_ns <= end:
            continue
        if event.launch is not None and event.launch_tai_ns is not None:
            late_s = abs(event.launch_tai_ns - lift_off_tai_ns) / SECOND_NS
            sigma_m = event.launch.long_m()
            if late_s > LATE_S or away_m(event.launch, there) > NEAR_M + 2.0 * sigma_m:
                continue
        found.append(event)
    return found


def _reached(events: Sequence[Event], lift_off_tai_ns: int, told: Sequence[Told]) -> Reached:
    """Give when the first of some events reached each level."""

    def first(level: int) -> float | None:
        times = [each.level_tai_ns[level - 1] for each in events if each.level_max >= level]
        return (min(times) - lift_off_tai_ns) / SECOND_NS if times else None

    names = {each.id for each in events}
    best = max(
        (each for each in told if each.event in names and each.level >= 0),
        key=lambda each: each.level,
        default=None,
    )
    return Reached(
        possible_s=first(POSSIBLE),
        confirmed_s=first(CONFIRMED),
        threat_s=first(THREAT),
        confidence=max((each.confidence for each in events), default=0),
        events=len(events),
        sentence="" if best is None else best.sentence,
    )


def write_logs(folder: Path, logs: dict[str, MemoryLog], scenario_toml: str) -> list[str]:
    """Write each centre's log into a folder, with what is needed to replay it.

    Returns:
        Names of the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for own, log in sorted(logs.items()):
        path = folder / f"{own}.log"
        for old in folder.glob(f"{own}.log*"):
            old.unlink()
        stored = open_log(path)
        head = json.dumps({"centre": own, "scenario": scenario_toml}).encode()
        stored.append([(log.events[0].time_tai_ns if log.events else 0, CENTRE, head)])
        entries = [(event.time_tai_ns, event.kind, event.body) for event in log.events]
        for at in range(0, len(entries), APPEND):
            stored.append(entries[at : at + APPEND])
        stored.close()
        names.append(path.name)
    return names
