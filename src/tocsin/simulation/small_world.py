"""A world small enough for thousands of runs: three made-up nations, five sensors, two rockets.

What its sensors see is worked out once for each draw of their noise. A run takes looks from here
and draws only what becomes of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import msgspec
import numpy as np

from tocsin.catalog.load import Catalog, load_catalog
from tocsin.earth.time import SECOND_NS
from tocsin.formats.truth_table import Truth
from tocsin.messages.fields import DataClass
from tocsin.messages.sensing import ScanReport
from tocsin.node.settings import NodeSettings
from tocsin.partners.keys import KeyRing
from tocsin.partners.policy import Policy
from tocsin.partners.signing import public_of
from tocsin.simulation.centres import (
    OFFICE_SUFFIX,
    Placed,
    centre,
    defended,
    names_of,
    placed_sensors,
    ring_of,
    told_by_sensors,
)
from tocsin.simulation.network import key_of
from tocsin.simulation.read import parse_scenario
from tocsin.simulation.roster import Roster, roster
from tocsin.simulation.scenario import Scenario
from tocsin.simulation.world import scans_of
from tocsin.warning.areas import AreaList

NATIONS = ("east", "north", "west")
OLD_KEY_SUFFIX = "/old"
"""What `key_of` is given, behind a partner's name, for the key that was stolen and revoked."""
FLIGHTS = {"a": "to-east", "b": "to-west"}
"""Launches by letter, as a run names those that it has: `a`, `b`, `ab` or none."""
LAUNCH_AT_S = {"a": 0.0, "b": 10.0}
BEGIN_S, END_S = 45.0, 160.0
"""Looks outside of this, in seconds after the first launch, are left out."""
RADAR_EVERY, INFRARED_EVERY = 1, 2
"""Every so manieth look of a kind of sensor is used."""
QUIET_S = 60.0
"""A sensor that sees nothing says so this often."""

WORLD_TEXT = """
[scenario]
name = "small-world"
title = "Three small nations"
question = "Does the network hold whatever fails in it?"
start_utc = "2024-07-05T00:00:00Z"
duration_s = 900
seed = 7
as_of = 2024-07-05

[[place]]
id = "east-harbour"
name = "East Harbour"
at = [10.0, -170.0]

[[place]]
id = "west-harbour"
name = "West Harbour"
at = [9.0, 178.0]

[[place]]
id = "north-harbour"
name = "North Harbour"
at = [14.0, -177.0]

[[partner]]
id = "east"
name = "East"
defended = ["east-harbour"]

[[partner.sensor]]
id = "east-radar"
name = "East's radar"
kind = "radar"
latitude_deg = 9.5
longitude_deg = -170.5
sectors_deg = [[180, 300]]
elevation_min_deg = 2
elevation_max_deg = 80
range_km = 2000
note = "Made up."

[[partner]]
id = "west"
name = "West"
defended = ["west-harbour"]

[[partner.sensor]]
id = "west-radar"
name = "West's radar"
kind = "radar"
latitude_deg = 8.5
longitude_deg = 178.5
sectors_deg = [[60, 180]]
elevation_min_deg = 2
elevation_max_deg = 80
range_km = 2000
note = "Made up."

[[partner.sensor]]
id = "west-satellite"
name = "West's satellite"
kind = "infrared"
longitude_deg = 150.0
note = "Made up."

[[partner]]
id = "north"
name = "North"
defended = ["north-harbour"]

[[partner.sensor]]
id = "north-radar"
name = "North's radar"
kind = "radar"
latitude_deg = 13.5
longitude_deg = -177.0
sectors_deg = [[110, 250]]
elevation_min_deg = 2
elevation_max_deg = 80
range_km = 2000
note = "Made up."

[[partner.sensor]]
id = "north-satellite"
name = "North's satellite"
kind = "infrared"
longitude_deg = -150.0
note = "Made up."

[[launch]]
name = "to-east"
vehicle = "mrbm-liquid"
from = [3.0, -178.0]
to = "east-harbour"
at_s = 0

[[launch]]
name = "to-west"
vehicle = "mrbm-liquid"
from = [2.0, -174.0]
to = "west-harbour"
at_s = 10
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallLook:
    """One look of one sensor, ready to be sent."""

    tai_ns: int
    sensor: str
    owner: str
    reports: tuple[ScanReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallWorld:
    """What is the same in every run."""

    scenario: Scenario
    members: Roster
    catalog: Catalog
    sensors: tuple[Placed, ...]
    areas: dict[str, AreaList]
    ring: KeyRing

    @property
    def begin_tai_ns(self) -> int:
        """The first launch."""
        return self.scenario.start_tai_ns

    def at(self, after_s: float) -> int:
        """Give the instant so long after the first launch."""
        return self.begin_tai_ns + round(after_s * SECOND_NS)


@lru_cache(maxsize=1)
def small_world() -> SmallWorld:
    """Give the world, with everybody's keys."""
    catalog = load_catalog()
    scenario = parse_scenario(WORLD_TEXT.encode(), "small world", catalog)
    members = roster(scenario, catalog)
    sensors = placed_sensors(scenario, members)
    since = scenario.start_tai_ns - 86_400 * SECOND_NS
    names = [name for each in NATIONS for name in names_of(each, sensors)]
    ring = ring_of(names, since)
    stolen = [
        replace(
            public_of(replace(key_of(name + OLD_KEY_SUFFIX), partner=name), since),
            revoked_at_tai_ns=scenario.start_tai_ns - 3_600 * SECOND_NS,
        )
        for name in NATIONS
    ]
    return SmallWorld(
        scenario=scenario,
        members=members,
        catalog=catalog,
        sensors=sensors,
        areas={name: defended(scenario, catalog, name) for name in NATIONS},
        ring=KeyRing(keys=(*ring.keys, *stolen)),
    )


def settings_of(
    own: str, policies: Sequence[Policy], ring: KeyRing, trust: tuple[tuple[str, float], ...]
) -> NodeSettings:
    """Give the settings of one centre of the small world."""
    world = small_world()
    found = centre(own, world.sensors, world.areas[own], policies, ring)
    named = (*(name for name in NATIONS if name != own), own + OFFICE_SUFFIX)
    heard = {each.site.id for each in world.sensors if each.owner == own} | set(named)
    speakers = tuple(each for each in found.speakers if each.id in heard)
    since = world.begin_tai_ns - 60 * SECOND_NS
    return replace(found, speakers=speakers, trust=trust, since_tai_ns=since)


@lru_cache(maxsize=32)
def looks_of(flights: str, draw: int) -> tuple[SmallLook, ...]:
    """Give all looks of all sensors at some launches, with one draw of their noise, in time.

    Args:
        flights: Letters of `FLIGHTS`; none: nothing flies, and every look is empty.
        draw: Of the noise.
    """
    world = small_world()
    names = {FLIGHTS[letter] for letter in flights or "a"}
    launches = tuple(each for each in world.scenario.launches if each.name in names)
    scans, _ = scans_of(
        replace(world.scenario, launches=launches), world.members, world.catalog, draw
    )
    if not flights:
        scans = [replace(each, plots=each.plots.take(np.empty(0, np.int64))) for each in scans]
    owners = {each.site.id: each for each in world.sensors}
    found, last, seen = [], dict.fromkeys(owners, 0), dict.fromkeys(owners, 0)
    for each in told_by_sensors(scans, world.sensors):
        if not world.at(BEGIN_S) <= each.tai_ns <= world.at(END_S):
            continue
        kind = owners[each.speaker].site.kind
        full = any(isinstance(report, ScanReport) and report.plots for report in each.reports)
        seen[each.speaker] += full
        every = RADAR_EVERY if kind == "radar" else INFRARED_EVERY
        due = each.tai_ns - last[each.speaker] >= QUIET_S * SECOND_NS
        if not ((full and seen[each.speaker] % every == every - 1) or due):
            continue
        last[each.speaker] = each.tai_ns
        scans_told = tuple(report for report in each.reports if isinstance(report, ScanReport))
        found.append(
            SmallLook(
                tai_ns=each.tai_ns,
                sensor=each.speaker,
                owner=owners[each.speaker].owner,
                reports=scans_told if full else tuple(_empty(report) for report in scans_told),
            )
        )
    return tuple(found)


def _empty(report: ScanReport) -> ScanReport:
    return msgspec.structs.replace(report, plots=())


@lru_cache(maxsize=8)
def truth_of(flights: str) -> Truth:
    """Give where everything was that flew."""
    world = small_world()
    names = {FLIGHTS[letter] for letter in flights}
    launches = tuple(each for each in world.scenario.launches if each.name in names)
    _, truth = scans_of(replace(world.scenario, launches=launches), world.members, world.catalog, 1)
    return truth


def in_class(look: SmallLook, data_class: DataClass) -> SmallLook:
    """Give a look told as of another data class."""
    if data_class == "actual":
        return look
    told = tuple(msgspec.structs.replace(each, data_class=data_class) for each in look.reports)
    return replace(look, reports=told)
