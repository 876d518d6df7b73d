"""Drill of 24 November 1961: all lines to the warning radars fall silent at once.

At about 05:00 in Omaha the board showed failure of the radars; bombers were alerted on the ground.
All circuits that were held to be redundant ran through one relay station in Colorado, where a motor
had overheated. It lasted some 4 minutes by the press of 1962, 10 to 12 by later accounts.

Sources: Strategic Air Command history and press of 1962 as retold in Schlosser, Command and
Control, 2013; Union of Concerned Scientists, Close calls with nuclear weapons, 2015. Instants are
moved by 19 years, since logs count from 1970 on. Each sensor's line is cut for 240 s; the radars'
looks wait there and come all at once, late.
"""

from dataclasses import replace

from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.messages.office import HeartbeatReport
from tocsin.node.settings import HUB, NodeSettings, Speaker
from tocsin.partners.in_process import Cut
from tocsin.simulation.centres import Placed, names_of, ring_of
from tocsin.simulation.drills import FALSE_ALARM, TWIN, Case, Drill, Ran
from tocsin.simulation.drills_scenes import (
    Scene,
    after,
    alone,
    areas_of,
    high_over,
    placed,
    radar,
    rocket,
    said,
)
from tocsin.simulation.network import Utterance
from tocsin.simulation.scenario import LaunchPlan

T0 = tai_from_utc("1980-11-24T12:00:00Z")
SOURCE = "Schlosser, Command and Control, 2013; press of 1962"
OWN = "sac"
RELAY = "relay-co-1"
THULE, CLEAR, HOTLINE, OTHER = "thule", "clear", "hotline", "alt-1"
PLACES = {"Omaha": (41.26, -95.94), "Chicago": (41.88, -87.63)}
OUT_S = 240.0
SILENT_S = 35.0
"""A radar that looks every 10 s has failed that says nothing for so long."""
OTHER_EVERY_S = 60.0
HISTORY_S = 240.0


def _sensors() -> tuple[Placed, ...]:
    return (
        placed(radar(THULE, (76.57, -68.30), (300.0, 180.0)), OWN, (RELAY,)),
        placed(radar(CLEAR, (64.29, -149.19), (300.0, 60.0)), OWN, (RELAY,)),
        placed(high_over("heo", T0, 60.0), OWN),
        placed(high_over("heo-2", T0, 20.0, 20.0), OWN),
    )


def _centre(scene: Scene) -> NodeSettings:
    """Give the centre with its telephone through the relay and a slow path that is not."""
    areas = areas_of("North America", scene.begin_tai_ns, PLACES)
    settings = alone(OWN, scene, areas)
    speakers = tuple(
        replace(each, silent_after_s=SILENT_S) if each.id in (THULE, CLEAR) else each
        for each in settings.speakers
    )
    lines = (
        Speaker(id=HOTLINE, role=HUB, group=RELAY, silent_after_s=SILENT_S),
        Speaker(id=OTHER, role=HUB, silent_after_s=2.5 * OTHER_EVERY_S),
    )
    names = [*names_of(OWN, scene.sensors), HOTLINE, OTHER]
    ring = ring_of(names, after(scene.begin_tai_ns, -86_400.0))
    return replace(settings, speakers=(*speakers, *lines), ring=ring)


def _alive(scene: Scene, speaker: str, every_s: float) -> tuple[Utterance, ...]:
    count = int((scene.end_tai_ns - scene.begin_tai_ns) / (every_s * SECOND_NS)) + 1
    return tuple(
        Utterance(
            tai_ns=after(scene.begin_tai_ns, every_s * number),
            speaker=speaker,
            centre=OWN,
            reports=(
                HeartbeatReport(
                    sent_tai_ns=after(scene.begin_tai_ns, every_s * number),
                    number=number + 1,
                    health="ok",
                ),
            ),
        )
        for number in range(count)
    )


def _cuts(from_s: float, lasts_s: float) -> tuple[Cut, ...]:
    """Cut what goes through the relay; the three stop within a second."""
    return tuple(
        Cut(
            since_tai_ns=after(T0, from_s + 0.3 * number),
            until_tai_ns=after(T0, from_s + lasts_s),
            sender=sender,
        )
        for number, sender in enumerate((THULE, CLEAR, HOTLINE))
    )


def _case(scene: Scene, cut_s: float, lasts_s: float) -> Case:
    return Case(
        id="R2",
        title="All lines through one relay fall silent",
        kind=FALSE_ALARM,
        source=SOURCE,
        centres=(_centre(scene),),
        script=(
            *said(scene),
            *_alive(scene, HOTLINE, 10.0),
            *_alive(scene, OTHER, OTHER_EVERY_S),
        ),
        begin_tai_ns=scene.begin_tai_ns,
        end_tai_ns=scene.end_tai_ns,
        event_tai_ns=after(T0, cut_s),
        level_expected=1,
        reasons=("COMMON_CAUSE", "SENSOR_FAULT"),
        not_reasons=("LOSS_CONSISTENT",),
        judged_within_s=SILENT_S + 2.0,
        history_s=HISTORY_S,
        removed="heo-2",
        cuts=_cuts(cut_s, lasts_s),
    )


def _all_came(ran: Ran) -> str:
    """Say which line did not give, in the end, everything that had waited there."""
    inboxes = ran.net.nodes[OWN].inboxes
    short = [
        speaker
        for (speaker, centre), mouth in sorted(ran.net.mouths.items())
        if centre == OWN and mouth.outbox.flight and inboxes[speaker].held
    ]
    return f"{', '.join(short)} did not come in order" if short else ""


def _named(ran: Ran) -> str:
    """Say so if the shared element is not named as what is suspected."""
    told = [each for event in ran.events() for each in event.reasons]
    good = any(RELAY in each.sentence for each in told if each.code == "COMMON_CAUSE")
    return "" if good else f"{RELAY} is not named"


# ---- the case ----


def lines_lost() -> Case:
    """Give the case: quiet, all lines gone for 240 s, then back with all that waited."""
    scene = Scene(
        begin_tai_ns=after(T0, -60.0), end_tai_ns=after(T0, OUT_S + 60.0), sensors=_sensors()
    )
    case = _case(scene, 0.0, OUT_S)
    return replace(case, launches_expected=0, alerted=False, also=(_all_came, _named))


# ---- its twins ----

MISSILE = LaunchPlan(
    name="missile",
    vehicle="icbm-liquid",
    from_latitude_deg=66.0,
    from_longitude_deg=55.0,
    to_latitude_deg=PLACES["Omaha"][0],
    to_longitude_deg=PLACES["Omaha"][1],
    count=1,
)
LOST_S = 480.0
"""When the lines go, after launch: minutes after the plumes, once a radar has seen them."""


def _raid(ends_s: float) -> Scene:
    return Scene(
        begin_tai_ns=after(T0, -20.0),
        end_tai_ns=after(T0, ends_s),
        sensors=_sensors(),
        paths=rocket(T0, MISSILE)[:1],
    )


def lines_lost_in_a_raid() -> Case:
    """Give the first twin: the same loss while missiles are in the air."""
    case = _case(_raid(LOST_S + 60.0), LOST_S, OUT_S)
    return replace(
        case,
        id="R2a",
        title="The same loss while missiles are in the air",
        kind=TWIN,
        event_tai_ns=T0,
        level_expected=4,
        reasons=("TWO_KINDS", "MEETS_AREA", "LOSS_CONSISTENT", "COMMON_CAUSE"),
        not_reasons=("NOT_SEEN_WHEN_DUE",),
        judged_within_s=LOST_S + SILENT_S + 2.0,
        history_s=None,
        alerted=True,
        also=(_named,),
    )


def raid_told_late() -> Case:
    """Give the second twin: a missile flies while the lines are down; the looks come late."""
    case = _case(_raid(510.0), LATE_CUT_S, LATE_OUT_S)
    return replace(
        case,
        id="R2b",
        title="A missile flies while the lines are down; its plots come late",
        kind=TWIN,
        event_tai_ns=T0,
        level_expected=4,
        reasons=("TWO_KINDS", "MEETS_AREA", "COMMON_CAUSE"),
        not_reasons=(),
        judged_within_s=LATE_CUT_S + LATE_OUT_S + 40.0,
        history_s=None,
        alerted=True,
        also=(_all_came,),
    )


LATE_CUT_S, LATE_OUT_S = 240.0, 200.0
"""The lines go before the radar sees the missile, and come back after it has for a while."""

DRILLS = (
    Drill(id="R2", kind=FALSE_ALARM, title="All lines lost at one relay", make=lines_lost),
    Drill(id="R2a", kind=TWIN, title="The same loss in a raid", make=lines_lost_in_a_raid),
    Drill(id="R2b", kind=TWIN, title="Plots that come late", make=raid_told_late),
)
