"""Drill of 3 and 6 June 1980: a failed chip turns zeros into twos in messages that count missiles.

At 02:26 a display showed 2 missiles, 18 seconds later 200; others showed other numbers; no sensor
showed anything. Idle messages had the form of a warning with zeros in it, and nothing checked them
from end to end. It was judged false some 3 minutes in.

Sources: General Accounting Office, NORAD's Missile Warning System: What Went Wrong?, MASAD-81-30,
1981; Senate report of Goldwater and Hart, October 1980. A feed counts once a second on three links;
each digit turns with a chance of 0.02, after a minute 0.3; the second link follows. The second
link's fault came after 7 minutes, here after 100 s.
"""

import math
from dataclasses import replace
from functools import partial

import numpy as np

from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.messages.office import SummaryReport
from tocsin.simulation.background import stream
from tocsin.simulation.centres import Placed
from tocsin.simulation.drills import FALSE_ALARM, TWIN, Case, Cue, Drill, Kind, Ran
from tocsin.simulation.drills_scenes import (
    SEED,
    Scene,
    after,
    alone,
    areas_of,
    over,
    placed,
    radar,
    rocket,
    said,
)
from tocsin.simulation.network import Network, Utterance
from tocsin.simulation.scenario import LaunchPlan
from tocsin.simulation.world import Path
from tocsin.warning.events import FAULT, LAUNCH
from tocsin.warning.levels import REPORTED

T0 = tai_from_utc("1980-06-03T06:26:00Z")
SOURCE = "GAO MASAD-81-30, 1981; Goldwater and Hart, 1980"
OWN, HUB, FEED = "sac", "sac-hub", "norad-count"
LINK_A, LINK_B, LINK_C = LINKS = ("link-a", "link-b", "link-c")
PLACES = {"Omaha": (41.26, -95.94), "Denver": (39.74, -104.99), "Minot": (48.23, -101.30)}
HISTORY_S = 180.0
DIGITS = 4
RARE, OFTEN = 0.02, 0.3
OFTEN_FROM_S, OTHER_FROM_S, ENDS_S = 60.0, 100.0, 140.0


def _sensors(*, radars: bool) -> tuple[Placed, ...]:
    eyes = (placed(over("geo", -120.0), OWN),)
    if not radars:
        return eyes
    return (
        *eyes,
        placed(over("geo-2", -80.0), OWN),
        placed(radar("beale", (39.14, -121.35), (180.0, 350.0)), OWN),
        placed(radar("cavalier", (48.72, -97.90), (180.0, 20.0)), OWN),
    )


def _counted(
    count: int, tai_ns: int, link: str, tracks: tuple[str, ...] | None, *, whole: bool = True
) -> SummaryReport:
    """Give a count in the form of then: nothing to tell is a count of zero."""
    return SummaryReport(
        feed=FEED,
        link=link,
        time_tai_ns=tai_ns,
        idle=False,
        counts=(("missile", count),),
        tracks=tracks,
        crc_ok=whole,
        data_class="actual",
    )


def _told(tai_ns: int, *reports: SummaryReport) -> Utterance:
    return Utterance(tai_ns=tai_ns, speaker=HUB, centre=OWN, reports=reports)


# ---- as it was ----


def _turned(draw: np.random.Generator, chance: float) -> int:
    """Give what 0000 reads as when each digit may have become a two."""
    digits = draw.random(DIGITS) < chance
    return int("".join("2" if turned else "0" for turned in digits))


def _as_it_was() -> tuple[Utterance, ...]:
    """Give each second's counts of three links: of one spoilt, of one from later on, one clean."""
    draw = stream(SEED, FEED, "chip")
    found = []
    for second in range(int(ENDS_S)):
        tai_ns = after(T0, float(second))
        chance = RARE if second < OFTEN_FROM_S else OFTEN
        first = _turned(draw, chance)
        other = _turned(draw, RARE if second >= OTHER_FROM_S else 0.0)
        counts = zip((first, other, 0), LINKS, strict=True)
        found.append(_told(tai_ns, *(_counted(n, tai_ns, link, None) for n, link in counts)))
    return tuple(found)


def _made_up() -> tuple[Utterance, ...]:
    """Give a count that all links agree on, with names of tracks that no sensor has."""
    names = (f"{OWN}:901", f"{OWN}:902")
    return tuple(
        _told(after(T0, at_s), *(_counted(2, after(T0, at_s), link, names) for link in LINKS))
        for at_s in (10.0, 11.0, 20.0, 21.0)
    )


def _case(code: str, title: str, scene: Scene, script: tuple[Utterance, ...]) -> Case:
    areas = areas_of("United States", scene.begin_tai_ns, PLACES)
    return Case(
        id=code,
        title=title,
        kind=FALSE_ALARM,
        source=SOURCE,
        centres=(alone(OWN, scene, areas),),
        script=(*said(scene), *script),
        begin_tai_ns=scene.begin_tai_ns,
        end_tai_ns=scene.end_tai_ns,
        event_tai_ns=T0,
        level_expected=REPORTED,
        reasons=("SUMMARY",),
        not_reasons=("RADAR", "INFRARED"),
        judged_within_s=80.0,
        history_s=HISTORY_S,
        removed="cavalier",
        alerted=False,
        launches_expected=0,
    )


def _quiet(ends_s: float) -> Scene:
    return Scene(
        begin_tai_ns=after(T0, -5.0),
        end_tai_ns=after(T0, ends_s),
        sensors=_sensors(radars=True),
    )


def _names_link(ran: Ran, link: str) -> str:
    """Say so if the link that is at fault is not named."""
    told = [each for _, _, each in ran.decisions if each["what"] == "level"]
    words = [each["sentence"] for each in told]
    words += [reason.sentence for event in ran.events() for reason in event.reasons]
    return "" if any(link in each for each in words) else f"{link} is not named"


def zeros_to_twos() -> Case:
    """Give the case: the fault lies behind the checksum, so that every message is whole."""
    case = _case("R5a", "Zeros read as twos on two of three links", _quiet(ENDS_S), _as_it_was())
    return replace(
        case,
        reasons=("NO_IDENTITIES", "NO_SENSOR_SUPPORT", "LINKS_DISAGREE"),
        also=(partial(_names_link, link=LINK_A),),
    )


def made_up_tracks() -> Case:
    """Give the fault before the links part, with names: only the sensors' reports tell (C3)."""
    case = _case("R5b", "All links agree on tracks that no sensor has", _quiet(30.0), _made_up())
    return replace(case, reasons=("NO_SENSOR_SUPPORT",), judged_within_s=15.0)


# ---- while two real launches, of a test far away, are seen by one satellite ----

TEST = LaunchPlan(
    name="test",
    vehicle="mrbm-liquid",
    from_latitude_deg=34.0,
    from_longitude_deg=-120.6,
    to_latitude_deg=29.0,
    to_longitude_deg=-129.0,
)
TURN_DEG = 1.0


def beside(path: Path, turn_deg: float, later_s: float = 0.0) -> Path:
    """Give the same flight from farther east, later: the Earth is as round there."""
    turn = math.radians(turn_deg)
    axes = np.array(
        [[math.cos(turn), -math.sin(turn), 0.0], [math.sin(turn), math.cos(turn), 0.0], [0, 0, 1.0]]
    )
    state = np.concatenate([path.state[:, :3] @ axes.T, path.state[:, 3:] @ axes.T], axis=1)
    start = path.start_tai_ns + round(later_s * SECOND_NS)
    return replace(path, start_tai_ns=start, state=state)


def _tests() -> Scene:
    first = rocket(after(T0, -100.0), TEST)[0]
    return Scene(
        begin_tai_ns=after(T0, -105.0),
        end_tai_ns=after(T0, 25.0),
        sensors=_sensors(radars=False),
        paths=(first, beside(first, TURN_DEG)),
    )


def _seen(net: Network) -> tuple[str, ...]:
    """Give the names of all tracks that the centre holds for launches now."""
    events = net.nodes[OWN].joint["actual"].judgement.events
    return tuple(each.id for event in events if event.kind == LAUNCH for each in event.sightings)


def _all_links(net: Network) -> tuple[Utterance, ...]:
    """Give what a sound feed tells: as many as there are, by name, the same on all links."""
    now, names = net.now_tai_ns, _seen(net)
    return (_told(now, *(_counted(len(names), now, link, names) for link in LINKS)),)


def _without_names(net: Network) -> tuple[Utterance, ...]:
    now, names = net.now_tai_ns, _seen(net)
    right = [_counted(len(names), now, link, names) for link in (LINK_B, LINK_C)]
    return (_told(now, _counted(len(names), now, LINK_A, None), *right),)


def _spoilt(net: Network) -> tuple[Utterance, ...]:
    now, names = net.now_tai_ns, _seen(net)
    right = [_counted(len(names), now, link, names) for link in (LINK_B, LINK_C)]
    return (_told(now, _counted(len(names), now, LINK_A, names, whole=False), *right),)


def _one_link_alone(net: Network) -> tuple[Utterance, ...]:
    now, names = net.now_tai_ns, _seen(net)
    nothing = [_counted(0, now, link, ()) for link in (LINK_B, LINK_C)]
    return (_told(now, _counted(len(names), now, LINK_A, names), *nothing),)


def _faults_stay_low(ran: Ran) -> str:
    """Say so if a count by itself went above A1."""
    most = max((each.level_max for each in ran.events() if each.kind == FAULT), default=0)
    return "" if most <= REPORTED else f"a count alone reached A{most}"


def _in_a_test(code: str, title: str, reason: str, cue: Cue) -> Case:
    case = _case(code, title, _tests(), ())
    return replace(
        case,
        level_expected=2,
        reasons=("SUMMARY", reason, "INFRARED"),
        not_reasons=("TWO_KINDS", "NO_SENSOR_SUPPORT"),
        judged_within_s=15.0,
        removed="",
        launches_expected=2,
        cues=(cue,),
        also=(_faults_stay_low, partial(_names_link, link=LINK_A)),
    )


AT = after(T0, 5.0)


def without_names() -> Case:
    """Give a right count without names on one link: only that tells (C4)."""
    cue = Cue(tai_ns=AT, say=_without_names)
    return _in_a_test("R5c", "One link counts without names", "NO_IDENTITIES", cue)


def spoilt_on_the_way() -> Case:
    """Give a right count whose checksum fails on one link: only that tells (C5)."""
    cue = Cue(tai_ns=AT, say=_spoilt)
    return _in_a_test("R5d", "One link's checksum fails", "LINK_CORRUPT", cue)


def one_link_alone() -> Case:
    """Give a count on one link that the others lack: only that tells (C6)."""
    cue = Cue(tai_ns=AT, say=_one_link_alone)
    return _in_a_test("R5e", "One link counts two, the others none", "LINKS_DISAGREE", cue)


# ---- the twin ----

RAID = 22
APART_DEG, APART_S = 0.35, 2.0
SUBMARINE = LaunchPlan(
    name="missile",
    vehicle="slbm",
    from_latitude_deg=36.0,
    from_longitude_deg=-138.0,
    to_latitude_deg=40.5,
    to_longitude_deg=-103.0,
)
RAID_ENDS_S = 200.0


def _no_fault(ran: Ran) -> str:
    """Say so if a true count was held to be false."""
    wrong = {reason.code for each in ran.events() if each.kind == FAULT for reason in each.reasons}
    return f"a true count has faults: {', '.join(sorted(wrong))}" if wrong else ""


def _most_counted(ran: Ran) -> str:
    """Say so if far fewer launches than there are were told apart."""
    held = [each for each in ran.events() if each.kind == LAUNCH]
    tracks = sum(len(each.sightings) for each in held)
    return "" if tracks >= RAID - 2 else f"{tracks} tracks of {RAID} missiles"


def true_raid() -> Case:
    """Give the twin: a raid of 22, counted right, by name, on all links."""
    first = rocket(T0, SUBMARINE)[0]
    scene = Scene(
        begin_tai_ns=after(T0, -10.0),
        end_tai_ns=after(T0, RAID_ENDS_S),
        sensors=_sensors(radars=True)[:1] + _sensors(radars=True)[2:],
        paths=tuple(beside(first, APART_DEG * k, APART_S * k) for k in range(RAID)),
    )
    case = _case("R5", "A true raid of 22, counted by name", scene, ())
    cues = tuple(Cue(tai_ns=after(T0, float(at_s)), say=_all_links) for at_s in range(60, 200, 20))
    kind: Kind = TWIN
    return replace(
        case,
        kind=kind,
        level_expected=4,
        reasons=("TWO_KINDS", "MEETS_AREA"),
        not_reasons=("NO_SENSOR_SUPPORT", "NO_IDENTITIES", "LINKS_DISAGREE"),
        judged_within_s=RAID_ENDS_S,
        history_s=None,
        removed="cavalier",
        launches_expected=None,
        alerted=True,
        cues=cues,
        also=(_no_fault, _most_counted),
    )


DRILLS = (
    Drill(id="R5a", kind=FALSE_ALARM, title="Zeros read as twos", make=zeros_to_twos),
    Drill(id="R5b", kind=FALSE_ALARM, title="Tracks made up", make=made_up_tracks),
    Drill(id="R5c", kind=FALSE_ALARM, title="A count without names", make=without_names),
    Drill(id="R5d", kind=FALSE_ALARM, title="A spoilt count", make=spoilt_on_the_way),
    Drill(id="R5e", kind=FALSE_ALARM, title="One link alone", make=one_link_alone),
    Drill(id="R5", kind=TWIN, title="A true raid of 22", make=true_raid),
)
