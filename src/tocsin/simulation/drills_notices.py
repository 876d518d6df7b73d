"""Drills of launches that were announced: 25 January 1995 from Andoya, 31 May 2023 from Sohae.

In 1995 a four-stage sounding rocket rose nearly straight up to 1,453 km, burnt out after 93 s and
fell near Spitsbergen 24 minutes after launch. It had been announced on 21 December 1994 for a
window from 15 January to 10 February; word did not reach the radar crew. The radar near Olenegorsk,
731 km away, had it in view above 1 degree from about 50 s on. It took about 5 minutes to find that
it came down outside Russia and 3 more to tell the president.

In 2023 a space launcher was announced for 31 May to 11 June, rose at 06:27 to 06:29 from Sohae and
fell into the Yellow Sea after its second stage failed. At 06:41 all Seoul was told to get ready to
evacuate, without a reason; at 07:03 this was taken back.

Sources: Hoffman, The Washington Post, 15 March 1998; ITAR-TASS, 27 January 1995; Forden, Podvig and
Postol, IEEE Spectrum 37(3), 2000; Yonhap and Associated Press, 31 May 2023. Distances and times in
view were worked out from the places. The generic sounding rocket reaches 1,300 km there.
"""

import math
from dataclasses import replace

from tocsin.earth.time import tai_from_utc
from tocsin.messages.ground import Circle
from tocsin.messages.picture import NoticeReport
from tocsin.node.settings import NodeSettings
from tocsin.simulation.centres import OFFICE_SUFFIX, Placed
from tocsin.simulation.drills import FALSE_ALARM, TWIN, Case, Drill
from tocsin.simulation.drills_scenes import (
    DEG,
    Scene,
    after,
    alone,
    areas_of,
    high_over,
    over,
    placed,
    radar,
    rocket,
    said,
)
from tocsin.simulation.network import Utterance
from tocsin.simulation.scenario import LaunchPlan

# ---- 25 January 1995 ----

T0 = tai_from_utc("1995-01-25T06:24:00Z")
SOURCE = "Hoffman 1998; ITAR-TASS 1995; Forden, Podvig and Postol 2000"
ANDOYA = (69.294, 16.020)
RUSSIA = {
    "Murmansk": (68.97, 33.09),
    "Arkhangelsk": (64.54, 40.54),
    "Moscow": (55.75, 37.62),
}
ROCKET = LaunchPlan(
    name="sounding rocket",
    vehicle="sounding-rocket",
    from_latitude_deg=ANDOYA[0],
    from_longitude_deg=ANDOYA[1],
    to_latitude_deg=79.4,
    to_longitude_deg=13.9,
    apogee_km=1_300.0,
)
MISSILE = LaunchPlan(
    name="missile",
    vehicle="irbm-solid",
    from_latitude_deg=ANDOYA[0],
    from_longitude_deg=ANDOYA[1],
    to_latitude_deg=RUSSIA["Moscow"][0],
    to_longitude_deg=RUSSIA["Moscow"][1],
)
"""What the notice must not clear: from the same place in the same window, the other way."""
HISTORY_1995_S = 480.0
SITE = ("site olenegorsk",)
"""Both radars stand at one place and share its power and lines."""


def _scene_1995(plan: LaunchPlan, ends_s: float, *, infrared: bool = True) -> Scene:
    sensors: tuple[Placed, ...] = (
        placed(radar("olenegorsk", (68.11, 33.91), (200.0, 20.0)), "russia", SITE),
        placed(radar("second-radar", (68.12, 33.95), (200.0, 20.0)), "russia", SITE),
    )
    if infrared:
        sensors = (*sensors, placed(high_over("heo", T0, 60.0), "russia"))
    return Scene(
        begin_tai_ns=after(T0, -30.0),
        end_tai_ns=after(T0, ends_s),
        sensors=sensors,
        paths=rocket(T0, plan),
        coarse=("olenegorsk", "second-radar"),
    )


def notice_1995(*, apogee_m: float | None = 1_453e3, days_late: int = 0) -> NoticeReport:
    """Give the notice of 21 December 1994, as the ministry had it."""
    late_s = 86_400.0 * days_late
    return NoticeReport(
        notice="N-1",
        revision=1,
        cancelled=False,
        launch_class="sounding-rocket",
        window_start_tai_ns=after(tai_from_utc("1995-01-15T00:00:00Z"), late_s),
        window_end_tai_ns=after(tai_from_utc("1995-02-10T23:59:00Z"), late_s),
        launch_area=Circle(
            latitude_rad=ANDOYA[0] * DEG, longitude_rad=ANDOYA[1] * DEG, radius_m=20e3
        ),
        direction_rad=0.0,
        direction_tolerance_rad=15.0 * DEG,
        impact_areas=(),
        apogee_m=apogee_m,
        range_class="medium",
        objects=4,
        data_class="actual",
    )


def _told(centre: str, notice: NoticeReport, tai_ns: int) -> Utterance:
    return Utterance(
        tai_ns=tai_ns, speaker=centre + OFFICE_SUFFIX, centre=centre, reports=(notice,)
    )


def _centre_1995(scene: Scene) -> NodeSettings:
    return alone("russia", scene, areas_of("Russia", scene.begin_tai_ns, RUSSIA))


def _case_1995(name: str, title: str, notice: NoticeReport | None, scene: Scene) -> Case:
    news = () if notice is None else (_told("russia", notice, scene.begin_tai_ns),)
    return Case(
        id=name,
        title=title,
        kind=FALSE_ALARM,
        source=SOURCE,
        centres=(_centre_1995(scene),),
        script=(*news, *said(scene)),
        begin_tai_ns=scene.begin_tai_ns,
        end_tai_ns=scene.end_tai_ns,
        event_tai_ns=T0,
        level_expected=3,
        reasons=("NOT_THREAT",),
        not_reasons=("MEETS_AREA",),
        judged_within_s=153.0,
        history_s=HISTORY_1995_S,
    )


def sounding_rocket_announced() -> Case:
    """Give the case as it should have been: the notice is at hand."""
    case = _case_1995(
        "R7a", "Sounding rocket from Andoya, announced", notice_1995(), _scene_1995(ROCKET, 240.0)
    )
    return replace(case, reasons=("NOTICE_MATCH", "NOT_THREAT"))


def sounding_rocket_without_apogee() -> Case:
    """Give it with a notice that says nothing of how high it goes."""
    notice = notice_1995(apogee_m=None)
    case = _case_1995(
        "R7b", "Sounding rocket, apogee not announced", notice, _scene_1995(ROCKET, 240.0)
    )
    return replace(case, reasons=("NOTICE_MATCH", "NOT_THREAT"))


def sounding_rocket_notice_lost() -> Case:
    """Give the case as it was: the notice did not reach the centre."""
    case = _case_1995("R7c", "Sounding rocket, notice lost", None, _scene_1995(ROCKET, 240.0))
    return replace(case, not_reasons=("MEETS_AREA", "NOTICE_MATCH"))


def sounding_rocket_wrong_day() -> Case:
    """Give it with a notice for another month: it must not clear anything."""
    notice = notice_1995(days_late=30)
    case = _case_1995("R7d", "Sounding rocket, wrong day", notice, _scene_1995(ROCKET, 240.0))
    return replace(case, not_reasons=("MEETS_AREA", "NOTICE_MATCH"))


def sounding_rocket_radars_alone() -> Case:
    """Give it without a satellite: radars of one site alone, which share its power and lines."""
    scene = _scene_1995(ROCKET, 240.0, infrared=False)
    case = _case_1995("R7e", "Sounding rocket, one radar site alone", None, scene)
    return replace(case, level_expected=2, reasons=("NOT_THREAT", "COMMON_CAUSE"))


def missile_in_the_window() -> Case:
    """Give the twin: a missile towards Moscow, from that place in that window."""
    scene = _scene_1995(MISSILE, 330.0)
    case = _case_1995("R7", "Missile from the place and window of a notice", notice_1995(), scene)
    return replace(
        case,
        kind=TWIN,
        level_expected=4,
        reasons=("MEETS_AREA", "NOTICE_DIFFERS", "TWO_KINDS"),
        not_reasons=("NOTICE_MATCH", "NOT_SEEN_WHEN_DUE"),
        judged_within_s=320.0,
        history_s=None,
    )


# ---- 31 May 2023 ----

T0_2023 = tai_from_utc("2023-05-30T21:28:00Z")
SOURCE_2023 = "Yonhap and Associated Press, 31 May 2023"
SOHAE = (39.66, 124.71)
KOREA = {"Seoul": (37.57, 126.98), "Baengnyeong": (37.97, 124.67), "Incheon": (37.46, 126.71)}
LAUNCHER = LaunchPlan(
    name="launcher that fails",
    vehicle="mrbm-liquid",
    from_latitude_deg=SOHAE[0],
    from_longitude_deg=SOHAE[1],
    to_latitude_deg=35.9,
    to_longitude_deg=124.4,
)
TO_SEOUL = replace(LAUNCHER, name="missile", to_latitude_deg=37.57, to_longitude_deg=126.98)
"""The twin: the same day, to the city."""


def _scene_2023(plan: LaunchPlan, ends_s: float) -> Scene:
    return Scene(
        begin_tai_ns=after(T0_2023, -30.0),
        end_tai_ns=after(T0_2023, ends_s),
        sensors=(
            placed(radar("radar-west", (36.6, 126.4), (270.0, 60.0)), "korea"),
            placed(radar("radar-south", (35.2, 126.6), (270.0, 60.0)), "korea"),
            placed(over("geo", 130.0), "korea"),
        ),
        paths=rocket(T0_2023, plan),
    )


def _notice_2023() -> NoticeReport:
    return NoticeReport(
        notice="N-2023",
        revision=1,
        cancelled=False,
        launch_class="space-launcher",
        window_start_tai_ns=tai_from_utc("2023-05-30T15:00:00Z"),
        window_end_tai_ns=tai_from_utc("2023-06-10T15:00:00Z"),
        launch_area=Circle(
            latitude_rad=SOHAE[0] * DEG, longitude_rad=SOHAE[1] * DEG, radius_m=30e3
        ),
        direction_rad=math.radians(184.0),
        direction_tolerance_rad=10.0 * DEG,
        impact_areas=(),
        apogee_m=None,
        range_class="intercontinental",
        objects=1,
        data_class="actual",
    )


def _case_2023(name: str, title: str, scene: Scene) -> Case:
    areas = areas_of("Korea", scene.begin_tai_ns, KOREA)
    return Case(
        id=name,
        title=title,
        kind=FALSE_ALARM,
        source=SOURCE_2023,
        centres=(alone("korea", scene, areas),),
        script=(_told("korea", _notice_2023(), scene.begin_tai_ns), *said(scene)),
        begin_tai_ns=scene.begin_tai_ns,
        end_tai_ns=scene.end_tai_ns,
        event_tai_ns=T0_2023,
        level_expected=3,
        reasons=("NOTICE_MATCH", "NOT_THREAT", "TWO_KINDS"),
        not_reasons=("MEETS_AREA",),
        judged_within_s=240.0,
        history_s=780.0,
    )


def launcher_past_the_islands() -> Case:
    """Give the announced launcher that fails: it flies past an island and comes down at sea."""
    return _case_2023("R10d", "Announced space launcher fails", _scene_2023(LAUNCHER, 270.0))


def missile_to_the_city() -> Case:
    """Give the twin: in the same window from the same place, to Seoul."""
    case = _case_2023("R10d", "Missile in the window of a launcher", _scene_2023(TO_SEOUL, 270.0))
    return replace(
        case,
        kind=TWIN,
        level_expected=4,
        reasons=("MEETS_AREA", "NOTICE_DIFFERS"),
        not_reasons=("NOTICE_MATCH",),
        history_s=None,
    )


DRILLS = (
    Drill(id="R7a", kind=FALSE_ALARM, title="Announced", make=sounding_rocket_announced),
    Drill(id="R7b", kind=FALSE_ALARM, title="No apogee", make=sounding_rocket_without_apogee),
    Drill(id="R7c", kind=FALSE_ALARM, title="Notice lost", make=sounding_rocket_notice_lost),
    Drill(id="R7d", kind=FALSE_ALARM, title="Wrong day", make=sounding_rocket_wrong_day),
    Drill(id="R7e", kind=FALSE_ALARM, title="Radars alone", make=sounding_rocket_radars_alone),
    Drill(id="R7", kind=TWIN, title="Missile in the window", make=missile_in_the_window),
    Drill(id="R10d", kind=FALSE_ALARM, title="Launcher fails", make=launcher_past_the_islands),
    Drill(id="R10d", kind=TWIN, title="Missile to the city", make=missile_to_the_city),
)
