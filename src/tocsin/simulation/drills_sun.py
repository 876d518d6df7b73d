"""Drill of 26 September 1983: sunlit clouds that a watch satellite takes for five launches.

At 20:15 UTC on the 25th (00:15 on the 26th in Moscow) a new satellite of the early warning system
reported one launch and then four more within five minutes, all from one base in Montana, at high
reliability by the machine's own word. Sun, high clouds and line of sight lay nearly in a plane.
Nothing else saw anything; radars were not yet due.

Sources: Forden, Podvig and Postol, False alarm, nuclear danger, IEEE Spectrum 37(3), 2000, 31-39;
Forden, Reducing a common danger, Cato Policy Analysis 399, 2001; Hoffman, The Washington Post, 10
February 1999. The orbit: Podvig, Science and Global Security 10, 2002, 21-60. Times after the
first event, and how far apart the five were, are chosen within what these say.
"""

from dataclasses import replace

from tocsin.earth.time import tai_from_utc
from tocsin.messages.office import SiteReport
from tocsin.simulation.centres import Placed
from tocsin.simulation.drills import FALSE_ALARM, TWIN, Case, Drill
from tocsin.simulation.drills_scenes import (
    Scene,
    after,
    alone,
    areas_of,
    glow,
    high_over,
    over,
    placed,
    radar,
    rocket,
    said,
)
from tocsin.simulation.network import Utterance
from tocsin.simulation.scenario import LaunchPlan
from tocsin.simulation.world import Path

OWN = "russia"
T0 = tai_from_utc("1983-09-25T20:15:00Z")
SOURCE = "Forden, Podvig and Postol, IEEE Spectrum 37(3), 2000; Hoffman, 1999"
PLACES = {"Moscow": (55.75, 37.62)}
GLOWS = (
    (0.0, 160.0, (47.50, -111.20)),
    (90.0, 180.0, (47.65, -111.45)),
    (150.0, 130.0, (47.40, -110.95)),
    (210.0, 190.0, (47.30, -111.50)),
    (270.0, 150.0, (47.70, -110.90)),
)
"""Begin and length, s, and place of each bright cloud, within 60 km of the base."""
CLOUD_M_S = 20.0
GLOW_W_SR = 120e3
"""As bright as a rocket's second stage."""
HISTORY_S = 900.0
"""About 15 minutes until the radars were past their time, by the accounts above."""


def _heo(*, probation: bool = True) -> Placed:
    return placed(high_over("heo-5", T0, -20.0), OWN, probation=probation)


def _radars() -> tuple[Placed, ...]:
    """Give two radars on the way, by the sites of the time."""
    return (
        placed(radar("olenegorsk", (68.11, 33.91), (270.0, 30.0)), OWN),
        placed(radar("pechora", (65.21, 57.28), (300.0, 60.0)), OWN),
    )


def _stationary() -> tuple[Placed, ...]:
    return (placed(over("geo-1", -100.0), OWN), placed(over("geo-2", -140.0), OWN))


def _glows() -> tuple[Path, ...]:
    return tuple(
        glow(after(T0, begin), lasts, at, CLOUD_M_S, GLOW_W_SR) for begin, lasts, at in GLOWS
    )


def _sure(sensor: str) -> tuple[Utterance, ...]:
    """Give the machine's word for each of the five: the highest reliability."""
    return tuple(
        Utterance(
            tai_ns=after(T0, begin + 30.0),
            speaker=sensor,
            centre=OWN,
            reports=(
                SiteReport(
                    sensor=sensor,
                    valid=True,
                    confidence_word="high",
                    sentence="launch, reliability of the highest grade",
                    time_tai_ns=after(T0, begin + 30.0),
                    data_class="actual",
                ),
            ),
        )
        for begin, _, _ in GLOWS
    )


def five_suns() -> Case:
    """Give the case as it was: one new satellite, no other, radars not due before 16 minutes."""
    scene = Scene(
        begin_tai_ns=after(T0, -30.0),
        end_tai_ns=after(T0, 1_320.0),
        sensors=(_heo(), *_radars()),
        paths=_glows(),
    )
    return Case(
        id="R6",
        title="Sunlit clouds over Montana, one new satellite",
        kind=FALSE_ALARM,
        source=SOURCE,
        centres=(alone(OWN, scene, areas_of("Soviet Union", scene.begin_tai_ns, PLACES)),),
        script=(*said(scene), *_sure("heo-5")),
        begin_tai_ns=scene.begin_tai_ns,
        end_tai_ns=scene.end_tai_ns,
        event_tai_ns=T0,
        level_expected=2,
        reasons=(
            "GLINT",
            "STILL",
            "PROBATION",
            "NOT_SEEN_WHEN_DUE",
            "SINGLE_PHENOMENOLOGY",
            "SITE_WORD",
        ),
        not_reasons=("TWO_KINDS", "TWO_SENSORS", "GOOD_FIT"),
        judged_within_s=1_300.0,
        history_s=HISTORY_S,
    )


def five_suns_and_others_silent() -> Case:
    """Give it with two older satellites elsewhere, which see the place and see nothing there."""
    case = five_suns()
    scene = Scene(
        begin_tai_ns=case.begin_tai_ns,
        end_tai_ns=after(T0, 240.0),
        sensors=(_heo(), *_stationary(), *_radars()),
        paths=_glows()[:2],
    )
    return replace(
        case,
        id="R6b",
        title="Sunlit clouds, two older satellites silent",
        centres=(alone(OWN, scene, areas_of("Soviet Union", scene.begin_tai_ns, PLACES)),),
        script=(*said(scene, only=("heo-5",)), *_sure("heo-5")),
        end_tai_ns=scene.end_tai_ns,
        reasons=("GLINT", "STILL", "PROBATION", "SINGLE_PHENOMENOLOGY"),
        not_reasons=("TWO_KINDS", "TWO_SENSORS", "GOOD_FIT", "NOT_SEEN_WHEN_DUE"),
        judged_within_s=240.0,
        removed="geo-2",
    )


def shared_ground() -> Case:
    """Give it with two satellites that take the Sun alike and share one ground station.

    None is on probation: that they share the station is what keeps them from confirming each other.
    """
    station = ("ground station",)
    twins = (
        placed(high_over("heo-4", T0, -20.0, off_deg=6.0), OWN, station),
        placed(high_over("heo-5", T0, -20.0), OWN, station),
    )
    case = five_suns()
    scene = Scene(
        begin_tai_ns=case.begin_tai_ns,
        end_tai_ns=after(T0, 300.0),
        sensors=(*twins, *_radars()),
        paths=_glows()[:2],
    )
    return replace(
        case,
        id="R6c",
        title="Sunlit clouds, two satellites of one ground station",
        centres=(alone(OWN, scene, areas_of("Soviet Union", scene.begin_tai_ns, PLACES)),),
        script=said(scene),
        end_tai_ns=scene.end_tai_ns,
        reasons=("GLINT", "STILL", "COMMON_CAUSE"),
        not_reasons=("TWO_KINDS", "TWO_SENSORS"),
        judged_within_s=300.0,
    )


TO_MOSCOW = LaunchPlan(
    name="missile",
    vehicle="icbm-solid",
    from_latitude_deg=GLOWS[0][2][0],
    from_longitude_deg=GLOWS[0][2][1],
    to_latitude_deg=PLACES["Moscow"][0],
    to_longitude_deg=PLACES["Moscow"][1],
)


def five_rockets() -> Case:
    """Give the twin: rockets at the same places and times, under the same Sun; the first three."""
    plans = tuple(
        replace(TO_MOSCOW, from_latitude_deg=at[0], from_longitude_deg=at[1], at_s=begin)
        for begin, _, at in GLOWS
    )
    case = five_suns_and_others_silent()
    scene = Scene(
        begin_tai_ns=case.begin_tai_ns,
        end_tai_ns=after(T0, 200.0),
        sensors=(_heo(), *_stationary(), *_radars()),
        paths=tuple(rocket(T0, plan)[0] for plan in plans),
    )
    return replace(
        case,
        id="R6",
        title="Rockets from the same place under the same Sun",
        kind=TWIN,
        script=said(scene),
        end_tai_ns=scene.end_tai_ns,
        level_expected=3,
        reasons=("TWO_SENSORS", "GOOD_FIT"),
        not_reasons=("STILL", "NOT_SEEN_WHEN_DUE"),
        judged_within_s=180.0,
        history_s=None,
        removed="pechora",
    )


DRILLS = (
    Drill(id="R6", kind=FALSE_ALARM, title="Sunlit clouds, new satellite", make=five_suns),
    Drill(id="R6b", kind=FALSE_ALARM, title="Others silent", make=five_suns_and_others_silent),
    Drill(id="R6c", kind=FALSE_ALARM, title="One ground station", make=shared_ground),
    Drill(id="R6", kind=TWIN, title="Five rockets", make=five_rockets),
)
