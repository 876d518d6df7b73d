"""Drill of 9 November 1979: the scenario of an exercise enters the live display.

Submarines first, off the west coast, then a mass raid: the display of the warning centre showed a
test scenario, and it went to command centres of three countries by itself. It was judged false in
under 6 minutes, from the raw data of satellites and radars, which showed nothing.

Sources: Foreign Relations of the United States 1977-1980, volume IV, documents on the false alarm
of November 1979; General Accounting Office, NORAD's Missile Warning System: What Went Wrong?,
MASAD-81-30, 1981. Counts of 30, 250 and 2,200 follow memoirs that historians doubt.
"""

from dataclasses import replace

from tocsin.earth.time import tai_from_utc
from tocsin.messages.envelope import FIRST_PREVIOUS, Envelope, write_envelope
from tocsin.messages.fields import DataClass
from tocsin.messages.office import SummaryReport
from tocsin.messages.report import write_report
from tocsin.node.settings import NodeSettings
from tocsin.partners.policy import Policy
from tocsin.simulation.centres import Placed, centre, names_of, ring_of
from tocsin.simulation.drills import FALSE_ALARM, TWIN, Case, Drill, Ran
from tocsin.simulation.drills_scenes import (
    Scene,
    after,
    areas_of,
    over,
    placed,
    radar,
    rocket,
    said,
)
from tocsin.simulation.network import Utterance
from tocsin.simulation.scenario import LaunchPlan
from tocsin.simulation.world import Path
from tocsin.warning.events import LAUNCH

T0 = tai_from_utc("1979-11-09T15:50:00Z")
SOURCE = "FRUS 1977-1980, IV; GAO MASAD-81-30, 1981"
OWN, PARTNER, HUB = "norad", "canada", "norad-hub"
PLACES = {"San Francisco": (37.77, -122.42), "Omaha": (41.26, -95.94), "Denver": (39.74, -104.99)}
PARTNER_PLACES = {"Ottawa": (45.42, -75.70)}
COUNTS = ((0.0, 30), (60.0, 250), (180.0, 2_200))
"""Seconds after T0 and the count shown from then on."""
OFFSET_S = -7_200.0
"""Of the scenario's own clock."""
HISTORY_S = 360.0
JUDGED_S = 60.0

SUBMARINE = LaunchPlan(
    name="missile",
    vehicle="slbm",
    from_latitude_deg=35.0,
    from_longitude_deg=-135.0,
    to_latitude_deg=PLACES["Omaha"][0],
    to_longitude_deg=PLACES["Omaha"][1],
)
OTHER = replace(
    SUBMARINE,
    from_latitude_deg=37.5,
    from_longitude_deg=-137.0,
    to_latitude_deg=PLACES["Denver"][0],
    to_longitude_deg=PLACES["Denver"][1],
)
PLAYED = replace(SUBMARINE, from_latitude_deg=43.0, from_longitude_deg=-136.0)
"""Of the exercise."""


# ---- who is there ----


def _sensors() -> tuple[Placed, ...]:
    return (
        placed(over("geo", -100.0), OWN),
        placed(over("geo-2", -140.0), OWN),
        placed(radar("beale", (39.14, -121.35), (180.0, 350.0)), OWN),
        placed(radar("clear", (64.29, -149.19), (300.0, 60.0)), OWN),
        placed(radar("otis", (41.75, -70.54), (0.0, 180.0)), OWN),
        placed(radar("thule", (76.57, -68.30), (300.0, 180.0)), OWN),
    )


def _scene(ends_s: float, paths: tuple[Path, ...] = ()) -> Scene:
    return Scene(
        begin_tai_ns=after(T0, -20.0),
        end_tai_ns=after(T0, ends_s),
        sensors=_sensors(),
        paths=paths,
    )


def _centres(scene: Scene) -> tuple[NodeSettings, ...]:
    """Give the centre and a partner's, which is told events."""
    since = scene.begin_tai_ns
    names = [*names_of(OWN, scene.sensors), *names_of(PARTNER, scene.sensors)]
    ring = ring_of(names, after(since, -86_400.0))
    told = (Policy(receiver=PARTNER, level=2, sensors_named=True),)
    back = (Policy(receiver=OWN, level=2, sensors_named=True),)
    ours = areas_of("United States", since, PLACES)
    theirs = areas_of("Canada", since, PARTNER_PLACES)
    return (
        replace(centre(OWN, scene.sensors, ours, told, ring), since_tai_ns=since),
        replace(centre(PARTNER, scene.sensors, theirs, back, ring), since_tai_ns=since),
    )


# ---- what the scenario's generator says ----


def _count(count: int, at_tai_ns: int, link: str, data_class: DataClass) -> SummaryReport:
    return SummaryReport(
        feed="warning-display",
        link=link,
        time_tai_ns=after(at_tai_ns, OFFSET_S),
        idle=False,
        counts=(("slbm", count),),
        tracks=tuple(f"scenario-gen:{number}" for number in range(1, min(count, 30) + 1)),
        crc_ok=True,
        data_class=data_class,
    )


def _unsigned(count: int, number: int, tai_ns: int) -> Utterance:
    """Give a count that nobody signed, as if of the feed."""
    envelope = Envelope(
        sender=HUB,
        receiver=OWN,
        number=number,
        sent_tai_ns=tai_ns,
        data_class="actual",
        previous=FIRST_PREVIOUS,
        reports=(write_report(_count(count, tai_ns, "raw", "actual")),),
        key=HUB,
    )
    return Utterance(
        tai_ns=tai_ns, speaker=HUB, centre=OWN, reports=(), raw=write_envelope(envelope)
    )


def _signed(count: int, tai_ns: int, data_class: DataClass) -> Utterance:
    """Give a count that the feed signs, all in good faith, as if it were real."""
    reports = (_count(count, tai_ns, "display", data_class),)
    return Utterance(tai_ns=tai_ns, speaker=HUB, centre=OWN, reports=reports)


def _generated() -> tuple[Utterance, ...]:
    """Give every count by three ways: unsigned, signed, and with an exercise's mark inside."""
    found = []
    for number, (at_s, count) in enumerate(COUNTS, 1):
        tai_ns = after(T0, at_s)
        found += [
            _unsigned(count, 2 * number, tai_ns),
            _signed(count, after(tai_ns, 2.0), "actual"),
            _signed(count, after(tai_ns, 4.0), "exercise"),
        ]
    return tuple(found)


def _played(ends_s: float) -> tuple[Utterance, ...]:
    """Give the looks of the exercise, marked as such by the sensors that play it."""
    return said(_scene(ends_s, rocket(T0, PLAYED)[:1]), "exercise", only=("geo", "geo-2", "beale"))


# ---- what is looked at besides ----


def _kept_apart(ran: Ran) -> str:
    """Say so if the exercise's launch is missing from the exercise, or was told as real."""
    played = [each for each in ran.events(data_class="exercise") if each.kind == LAUNCH]
    return "" if len(played) == 1 else f"{len(played)} launches in the exercise, expected 1"


def _partner_quiet(ran: Ran) -> str:
    """Say so if the partner takes anything for a launch."""
    told = [each for each in ran.events(PARTNER) if each.kind == LAUNCH]
    return f"{PARTNER} holds {len(told)} launches" if told else ""


def _partner_told(ran: Ran) -> str:
    """Say so if the partner does not hold both launches: an exercise's must replace neither."""
    told = [each for each in ran.events(PARTNER) if each.kind == LAUNCH and not each.closed]
    return "" if len(told) == 2 else f"{PARTNER} holds {len(told)} launches, expected 2"


# ---- the cases ----


def _case(scene: Scene, script: tuple[Utterance, ...]) -> Case:
    return Case(
        id="R4",
        title="The scenario of an exercise on the live display",
        kind=FALSE_ALARM,
        source=SOURCE,
        centres=_centres(scene),
        script=script,
        begin_tai_ns=scene.begin_tai_ns,
        end_tai_ns=scene.end_tai_ns,
        event_tai_ns=T0,
        level_expected=1,
        reasons=("UNSIGNED", "NO_SENSOR_SUPPORT", "EXERCISE_DATA"),
        not_reasons=("RADAR", "INFRARED"),
        judged_within_s=JUDGED_S,
        history_s=HISTORY_S,
        at=OWN,
        removed="otis",
    )


def exercise_shown_live() -> Case:
    """Give the case: counts without support, and an exercise's looks, marked as such."""
    ends_s = 200.0
    scene = _scene(ends_s)
    case = _case(scene, (*said(scene), *_generated(), *_played(ends_s)))
    return replace(case, launches_expected=0, alerted=False, also=(_kept_apart, _partner_quiet))


def _twin(scene: Scene, script: tuple[Utterance, ...], number: str) -> Case:
    return replace(
        _case(scene, script),
        id=f"R4{number}",
        kind=TWIN,
        level_expected=4,
        reasons=("TWO_KINDS", "MEETS_AREA"),
        not_reasons=("NOT_SEEN_WHEN_DUE",),
        judged_within_s=230.0,
        history_s=None,
        alerted=True,
    )


def launch_in_an_exercise() -> Case:
    """Give the first twin: two real missiles while the exercise is played."""
    ends_s = 240.0
    scene = _scene(ends_s, (*rocket(T0, SUBMARINE)[:1], *rocket(T0, OTHER)[:1]))
    case = _twin(scene, (*said(scene), *_played(ends_s)), "a")
    return replace(
        case,
        title="Two real missiles while an exercise is played",
        launches_expected=2,
        also=(_kept_apart, _partner_told),
    )


def raid_with_unsigned_counts() -> Case:
    """Give the second twin: a real raid, its counts unsigned, the sensors' looks signed."""
    scene = _scene(240.0, (*rocket(T0, SUBMARINE)[:1], *rocket(T0, OTHER)[:1]))
    counts = tuple(
        _unsigned(count, 2 * number, after(T0, at_s))
        for number, (at_s, count) in enumerate(COUNTS, 1)
    )
    case = _twin(scene, (*said(scene), *counts), "b")
    return replace(
        case,
        title="A real raid with unsigned counts and signed sensors",
        reasons=("TWO_KINDS", "MEETS_AREA", "UNSIGNED"),
        launches_expected=2,
        also=(_partner_told,),
    )


DRILLS = (
    Drill(id="R4", kind=FALSE_ALARM, title="Exercise on the display", make=exercise_shown_live),
    Drill(id="R4a", kind=TWIN, title="A launch in an exercise", make=launch_in_an_exercise),
    Drill(id="R4b", kind=TWIN, title="A raid, counts unsigned", make=raid_with_unsigned_counts),
)
