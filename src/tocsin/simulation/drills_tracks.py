"""Drills of tracks that say less than they seem to: Japan 2022 and 2023, and four shorter cases.

On 13 April 2023 a missile rose at 07:22; it was lost right after it was found. From that thin track
a place and a time were told to all Hokkaido at 07:55 ("falls around 08:00") and taken back for
officials alone at 08:16. On 3 November 2022 a passage was announced that never took place. On 4
October 2022 islands off Tokyo were warned from an area list that did not fit. On 5 January 2018 two
small far earthquakes were taken for one large one by the same country's other alert.

On 15 March 1980 four missiles were launched from a submarine near the Kuril Islands in a test, and
one was first computed to come down in North America. On 11 January 2022 first readings of a test
from North Korea reached the Aleutians and California, and aircraft there were stopped. On 17 April
2018 air defences in Syria fired at nine missiles that were not there, under jamming, it was said.

Sources: Asahi Shimbun and Reuters, 13 April 2023; Yomiuri Shimbun, 4 October 2022 and 26 April
2023; Bangkok Post, 15 April 2018; Christian Science Monitor, 30 October 1980; CNN, 13 January 2022;
Jerusalem Post, 17 April 2018. Flights are of generic classes; times are shortened to theirs.
"""

from dataclasses import replace

import numpy as np

from tocsin.earth.time import tai_from_utc
from tocsin.messages.office import HealthReport
from tocsin.node.settings import NodeSettings
from tocsin.simulation.drills import FALSE_ALARM, TWIN, Case, Drill
from tocsin.simulation.drills_scenes import (
    Scene,
    after,
    alone,
    areas_of,
    cut,
    glow,
    over,
    placed,
    radar,
    rocket,
    said,
)
from tocsin.simulation.network import Utterance
from tocsin.simulation.scenario import LaunchPlan
from tocsin.simulation.world import Path

# ---- 13 April 2023 ----

T0 = tai_from_utc("2023-04-12T22:22:00Z")
SOURCE = "Asahi Shimbun and Reuters, 13 April 2023; Yomiuri Shimbun, 26 April 2023"
FROM = (39.22, 125.67)
JAPAN = {
    "Sapporo": (43.06, 141.35),
    "Hakodate": (41.77, 140.73),
    "Aomori": (40.82, 140.75),
    "Sendai": (38.27, 140.87),
}
TO_HOKKAIDO = LaunchPlan(
    name="missile",
    vehicle="mrbm-liquid",
    from_latitude_deg=FROM[0],
    from_longitude_deg=FROM[1],
    to_latitude_deg=JAPAN["Hakodate"][0],
    to_longitude_deg=JAPAN["Hakodate"][1],
)
LOST_S = 152.0
"""After launch: it breaks up, 40 s after the first radar found it."""


def _scene(ends_s: float, *, lost: bool) -> Scene:
    whole = rocket(T0, TO_HOKKAIDO)
    return Scene(
        begin_tai_ns=after(T0, -20.0),
        end_tai_ns=after(T0, ends_s),
        sensors=(
            placed(radar("radar-west", (38.3, 138.5), (230.0, 20.0)), "japan"),
            placed(radar("radar-north", (40.9, 140.2), (230.0, 20.0)), "japan"),
            placed(over("geo", 130.0), "japan"),
        ),
        paths=(cut(whole[0], LOST_S),) if lost else whole,
        coarse=("radar-west", "radar-north") if lost else (),
        coarser=4.0,
    )


def _centre(scene: Scene) -> NodeSettings:
    return alone("japan", scene, areas_of("Japan", scene.begin_tai_ns, JAPAN))


def thin_track() -> Case:
    """Give the case: a short track, then nothing where healthy radars look."""
    scene = _scene(1_060.0, lost=True)
    return Case(
        id="R9a",
        title="A track of 40 seconds, then nothing",
        kind=FALSE_ALARM,
        source=SOURCE,
        centres=(_centre(scene),),
        script=said(scene),
        begin_tai_ns=scene.begin_tai_ns,
        end_tai_ns=scene.end_tai_ns,
        event_tai_ns=T0,
        level_expected=3,
        reasons=("SHORT_ARC", "NOT_SEEN_WHEN_DUE", "IMPACT_TIME_PASSED"),
        not_reasons=(),
        judged_within_s=1_050.0,
        history_s=3_240.0,
    )


def whole_track() -> Case:
    """Give the twin: the same launch, and it flies on."""
    scene = _scene(400.0, lost=False)
    return replace(
        thin_track(),
        title="The same launch flies on",
        kind=TWIN,
        centres=(_centre(scene),),
        script=said(scene),
        end_tai_ns=scene.end_tai_ns,
        level_expected=4,
        reasons=("MEETS_AREA", "TWO_KINDS"),
        not_reasons=("NOT_SEEN_WHEN_DUE",),
        judged_within_s=300.0,
        history_s=None,
    )


def stale_areas() -> Case:
    """Give the case of 4 October 2022: the list of areas is older than the boundaries."""
    case = whole_track()
    settings = case.centres[0]
    newer = after(settings.areas.as_of_tai_ns, 5.0)
    old = replace(settings, civil=replace(settings.civil, geometry_tai_ns=newer))
    return replace(
        case,
        id="R9b",
        title="Area list older than the boundaries in force",
        kind=FALSE_ALARM,
        source="Yomiuri Shimbun, 4 October 2022",
        centres=(old,),
        reasons=("STALE_AREA", "TWO_KINDS"),
        history_s=420.0,
    )


def current_areas() -> Case:
    """Give its twin: the same launch with the list in force."""
    return replace(whole_track(), id="R9b", title="Area list in force")


WEAK = ((39.0, 127.3), (41.2, 129.4))


def two_weak_events() -> Case:
    """Give two faint lights 300 km and 5 s apart: two events, not one large one."""
    scene = replace(
        _scene(150.0, lost=False),
        paths=tuple(glow(after(T0, 5.0 * k), 40.0, at, 0.0, 12e3) for k, at in enumerate(WEAK)),
    )
    return Case(
        id="R9c",
        title="Two weak events, two places, 5 seconds",
        kind=FALSE_ALARM,
        source="Bangkok Post, 15 April 2018",
        centres=(_centre(scene),),
        script=said(scene),
        begin_tai_ns=scene.begin_tai_ns,
        end_tai_ns=scene.end_tai_ns,
        event_tai_ns=T0,
        level_expected=2,
        reasons=("SINGLE_PHENOMENOLOGY",),
        not_reasons=("TWO_KINDS", "TWO_SENSORS"),
        judged_within_s=120.0,
        history_s=None,
        launches_expected=2,
    )


def one_launch_two_sensors() -> Case:
    """Give the twin: one launch that three sensors see is one event."""
    return replace(whole_track(), id="R9c", title="One launch, three sensors", launches_expected=1)


# ---- 17 April 2018 ----


def jammed_radars() -> Case:
    """Give tracks that radars alone show while they say that they are jammed."""
    scene = _scene(280.0, lost=False)
    net = ("air defence net",)
    sensors = tuple(
        replace(each, groups=net) if each.site.kind == "radar" else each for each in scene.sensors
    )
    scene = replace(scene, sensors=sensors)
    return replace(
        whole_track(),
        id="R10g",
        title="Tracks of jammed radars alone",
        kind=FALSE_ALARM,
        source="Jerusalem Post, 17 April 2018",
        centres=(_centre(scene),),
        script=(*_jamming(), *said(scene, only=("radar-west", "radar-north"))),
        end_tai_ns=scene.end_tai_ns,
        level_expected=2,
        reasons=("JAMMED", "COMMON_CAUSE"),
        not_reasons=("TWO_SENSORS", "TWO_KINDS"),
        judged_within_s=250.0,
    )


def jammed_radars_and_a_satellite() -> Case:
    """Give the twin: a satellite that nobody jams sees it too."""
    case = jammed_radars()
    return replace(
        case,
        title="A launch that jammed radars and a satellite see",
        kind=TWIN,
        script=(*_jamming(), *said(_scene(280.0, lost=False))),
        level_expected=4,
        reasons=("TWO_KINDS", "MEETS_AREA"),
        not_reasons=("JAMMED",),
    )


def _jamming() -> tuple[Utterance, ...]:
    at = after(T0, -10.0)
    return tuple(
        Utterance(
            tai_ns=at,
            speaker=name,
            centre="japan",
            reports=(
                HealthReport(
                    subject_kind="sensor",
                    subject=name,
                    health="degraded",
                    since_tai_ns=at,
                    groups=(),
                    jammed=True,
                    time_tai_ns=at,
                ),
            ),
        )
        for name in ("radar-west", "radar-north")
    )


# ---- 11 January 2022 ----

AT_SEA = replace(TO_HOKKAIDO, name="test", to_latitude_deg=40.6, to_longitude_deg=134.0)
TURNS_AT_S, TURNS_FOR_S, TURN_M_S2 = 170.0, 40.0, 15.0


def _turning(path: Path) -> Path:
    """Give a flight that turns aside for a while: it follows no one arc."""
    seconds = np.arange(path.state.shape[0], dtype=np.float64)
    place, rate = path.state[:, :3], path.state[:, 3:]
    aside = np.cross(place, rate)
    aside /= np.maximum(np.linalg.norm(aside, axis=1), 1.0)[:, None]
    during = np.clip(seconds - TURNS_AT_S, 0.0, TURNS_FOR_S)
    since = np.maximum(seconds - TURNS_AT_S - TURNS_FOR_S, 0.0)
    off_m = TURN_M_S2 * (0.5 * during**2 + during * since)
    moved = np.concatenate(
        [place + off_m[:, None] * aside, rate + (TURN_M_S2 * during)[:, None] * aside], axis=1
    )
    return replace(path, state=moved)


def flight_that_turns() -> Case:
    """Give a test into the sea: the first short arc reaches Japan, the flight does not."""
    scene = _scene(330.0, lost=False)
    paths = (_turning(rocket(T0, AT_SEA)[0]),)
    scene = replace(scene, paths=paths, coarse=("radar-west", "radar-north"))
    return replace(
        whole_track(),
        id="R10c",
        title="A test that turns; the first arc is short",
        kind=FALSE_ALARM,
        source="CNN, 13 January 2022",
        centres=(_centre(scene),),
        script=said(scene),
        end_tai_ns=scene.end_tai_ns,
        level_expected=3,
        reasons=("TWO_KINDS", "NOT_THREAT"),
        not_reasons=("MEETS_AREA",),
        judged_within_s=320.0,
        history_s=900.0,
    )


def whole_track_2022() -> Case:
    """Give its twin: a missile from there to Japan."""
    return replace(whole_track(), id="R10c", title="A missile from the same place to Japan")


# ---- 15 March 1980 ----

T0_1980 = tai_from_utc("1980-03-15T06:00:00Z")
AMERICA = {
    "Anchorage": (61.22, -149.90),
    "Fairbanks": (64.84, -147.72),
    "Seattle": (47.61, -122.33),
}
OF_FOUR = LaunchPlan(
    name="submarine missile",
    vehicle="slbm",
    from_latitude_deg=46.0,
    from_longitude_deg=151.0,
    to_latitude_deg=66.0,
    to_longitude_deg=178.0,
)


def _four(last: LaunchPlan) -> Case:
    plans = (*(replace(OF_FOUR, at_s=20.0 * k) for k in range(3)), replace(last, at_s=60.0))
    scene = Scene(
        begin_tai_ns=after(T0_1980, -20.0),
        end_tai_ns=after(T0_1980, 420.0),
        sensors=(
            placed(radar("shemya", (52.72, 174.10), (220.0, 30.0)), "america"),
            placed(over("dsp-west", 165.0), "america"),
        ),
        paths=tuple(rocket(T0_1980, plan)[0] for plan in plans),
        coarse=("shemya",),
    )
    areas = areas_of("America", scene.begin_tai_ns, AMERICA)
    return Case(
        id="R10b",
        title="Four submarine missiles in a test",
        kind=FALSE_ALARM,
        source="Christian Science Monitor, 30 October 1980",
        centres=(alone("america", scene, areas),),
        script=said(scene),
        begin_tai_ns=scene.begin_tai_ns,
        end_tai_ns=scene.end_tai_ns,
        event_tai_ns=T0_1980,
        level_expected=3,
        reasons=("TWO_KINDS", "NOT_THREAT"),
        not_reasons=("MEETS_AREA",),
        judged_within_s=420.0,
        history_s=None,
        alerted=None,
    )


def four_in_a_test() -> Case:
    """Give four launches of which none comes down where people are defended."""
    return _four(OF_FOUR)


def one_of_four() -> Case:
    """Give the twin: the fourth flies on to Anchorage."""
    far = replace(OF_FOUR, to_latitude_deg=61.22, to_longitude_deg=-149.90)
    return replace(
        _four(far),
        title="One of four is a threat",
        kind=TWIN,
        level_expected=4,
        reasons=("TWO_KINDS", "MEETS_AREA", "NOT_THREAT"),
        not_reasons=(),
    )


DRILLS = (
    Drill(id="R9a", kind=FALSE_ALARM, title="A track of 40 seconds", make=thin_track),
    Drill(id="R9a", kind=TWIN, title="The same launch flies on", make=whole_track),
    Drill(id="R9b", kind=FALSE_ALARM, title="Area list out of date", make=stale_areas),
    Drill(id="R9b", kind=TWIN, title="Area list in force", make=current_areas),
    Drill(id="R9c", kind=FALSE_ALARM, title="Two weak events", make=two_weak_events),
    Drill(id="R9c", kind=TWIN, title="One launch, three sensors", make=one_launch_two_sensors),
    Drill(id="R10b", kind=FALSE_ALARM, title="Four in a test", make=four_in_a_test),
    Drill(id="R10b", kind=TWIN, title="One of four is a threat", make=one_of_four),
    Drill(id="R10c", kind=FALSE_ALARM, title="A test that turns", make=flight_that_turns),
    Drill(id="R10c", kind=TWIN, title="A missile to Japan", make=whole_track_2022),
    Drill(id="R10g", kind=FALSE_ALARM, title="Jammed radars alone", make=jammed_radars),
    Drill(id="R10g", kind=TWIN, title="And a satellite", make=jammed_radars_and_a_satellite),
)
