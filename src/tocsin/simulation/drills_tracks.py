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

from tocsin.earth.time import tai_from_utc
from tocsin.messages.office import HealthReport
from tocsin.node.settings import NodeSettings
from tocsin.simulation.drills import Case
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
        kind="false_alarm",
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
        kind="twin",
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
        kind="false_alarm",
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
        kind="false_alarm",
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
