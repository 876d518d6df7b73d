"""Drill of 5 October 1960: the radar at Thule sees the Moon rise and takes it for a raid.

The Moon rose behind the lower beam; its echo, 2.55 s late, was taken for that of a later pulse. The
alarm figure climbed to 5 of 5, though no place of impact was ever worked out, and though one radar
alone saw anything.

Sources: Burr, U.S. National Archives and the Moon story, and MacKenzie, Mechanizing Proof, MIT
Press, 2001, chapter 2 (echo of 2.6 s, no impact predicted); Skolnik, Introduction to Radar Systems,
3rd ed., 2001 (folding). The pulse repetition of 27 Hz and the fans at 3.5 and 7 degrees are
recalled from the open literature. Rise, distance and range rate come from the ephemeris.
"""

import math
from dataclasses import replace

import numpy as np

from tocsin.earth.frames import east_north_up
from tocsin.earth.sun import moon_position_ecef
from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.lanes import Integers
from tocsin.messages.convert import LookTold, scan_reports, sectors_of
from tocsin.sensors.measurement import Plots, site_positions_m
from tocsin.sensors.moon import MOON_RADIUS_M
from tocsin.sensors.radar import Radar, clear_range_m
from tocsin.simulation.background import stream
from tocsin.simulation.centres import Placed
from tocsin.simulation.drills import FALSE_ALARM, TWIN, Case, Drill
from tocsin.simulation.drills_scenes import (
    COARSE,
    DEG,
    SEED,
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

T0 = tai_from_utc("1996-05-14T07:26:00Z")
"""A stand-in for 5 October 1960, 22:35: the Moon stands at the same azimuth and elevation before
Thule, 0.1 % nearer, and comes nearer by 69 m/s, not 56. Logs and messages count from 1970 on."""
SOURCE = "MacKenzie, Mechanizing Proof, 2001; Moon's place by ephemeris"
OWN = "norad"
THULE, CLEAR = "thule", "clear"
PLACES = {"Omaha": (41.26, -95.94), "Chicago": (41.88, -87.63), "Ottawa": (45.42, -75.70)}
PULSE_HZ = 27.0
ECHOES = (10, 40)
"""Plots of the Moon in one look, fewest and most."""
LOOKS_FIRST, PLOTS_FIRST = 100_000, 1_000_000
"""Numbers of the looks and plots of the Moon, apart from the others."""
BEAM_RAD = 1.0 * DEG
"""Between neighbouring beams; an echo is told in the right one or one beside it."""
MISSILE = LaunchPlan(
    name="missile",
    vehicle="slbm",
    from_latitude_deg=66.0,
    from_longitude_deg=15.0,
    to_latitude_deg=PLACES["Chicago"][0],
    to_longitude_deg=PLACES["Chicago"][1],
)
"""The twin: made to cross the beam that the Moon is in, some 5 minutes later."""


def _sensors() -> tuple[Placed, ...]:
    """Give the radar of the case, one that has no Moon in view, and a quiet satellite."""
    fans = replace(
        radar(THULE, (76.57, -68.30), (0.0, 180.0)),
        elevation_max_rad=9.0 * DEG,
        range_max_m=5_000e3,
        pulse_hz=PULSE_HZ,
    )
    other = replace(radar(CLEAR, (64.29, -149.19), (300.0, 60.0)), pulse_hz=PULSE_HZ)
    return (
        placed(fans, OWN),
        placed(other, OWN),
        placed(high_over("heo", T0, 40.0), OWN),
    )


def _scene(ends_s: float, *, missile: bool) -> Scene:
    return Scene(
        begin_tai_ns=after(T0, -30.0),
        end_tai_ns=after(T0, ends_s),
        sensors=_sensors(),
        paths=rocket(T0, MISSILE) if missile else (),
    )


def _echoes(here: Placed, tai_ns: int, first_plot: int) -> Plots:
    """Give one look's plots of the Moon: strong, deep, folded, in up to three beams."""
    draw = stream(SEED, here.site.id, f"moon {tai_ns}")
    count = int(draw.integers(*ECHOES, endpoint=True))
    now: Integers = np.array([tai_ns])
    axes = np.array(east_north_up(here.site.latitude_rad, here.site.longitude_rad))
    place = site_positions_m(here.site, now)
    local = ((moon_position_ecef(now) - place) @ axes.T)[0]
    later = ((moon_position_ecef(now + SECOND_NS) - place) @ axes.T)[0]
    away = float(np.linalg.norm(local))
    beam = BEAM_RAD * draw.integers(-1, 1, count, endpoint=True)
    azimuth = math.atan2(local[0], local[1]) + beam + COARSE.angle_rad * draw.normal(size=count)
    elevation = math.asin(local[2] / away) + COARSE.angle_rad * draw.normal(size=count)
    depth = MOON_RADIUS_M * draw.random(count)
    assert isinstance(here.site.sensor, Radar)
    return Plots(
        sensors=(here.site.id,),
        time_tai_ns=np.full(count, tai_ns),
        sensor=np.zeros(count, np.int64),
        range_m=(away - MOON_RADIUS_M + depth) % clear_range_m(here.site.sensor),
        azimuth_rad=azimuth % (2.0 * math.pi),
        elevation_rad=elevation,
        range_rate_m_s=float(np.linalg.norm(later)) - away + 5.0 * draw.normal(size=count),
        snr_db=np.full(count, 25.0),
        sigma_range_m=np.full(count, COARSE.range_m),
        sigma_azimuth_rad=np.full(count, COARSE.angle_rad),
        sigma_elevation_rad=np.full(count, COARSE.angle_rad),
        sigma_range_rate_m_s=np.full(count, 10.0),
        plot_id=first_plot + np.arange(count),
        data_class="actual",
    )


def _moon_said(scene: Scene) -> tuple[Utterance, ...]:
    """Give what the radar tells of the Moon, beside each of its looks from T0 on."""
    here = next(each for each in scene.sensors if each.site.id == THULE)
    assert isinstance(here.site.sensor, Radar)
    found = []
    step_s = here.site.sensor.revisit_s
    for number in range(int((scene.end_tai_ns - T0) / (step_s * SECOND_NS))):
        tai_ns = after(T0, number * step_s)
        look = LookTold(
            sensor=THULE,
            number=LOOKS_FIRST + number,
            start_tai_ns=tai_ns,
            end_tai_ns=tai_ns,
            looked=sectors_of(here.site.sensor),
            health="ok",
        )
        plots = _echoes(here, tai_ns, PLOTS_FIRST + 100 * number)
        reports = scan_reports(look, plots)
        found.append(Utterance(tai_ns=tai_ns, speaker=THULE, centre=OWN, reports=reports))
    return tuple(found)


def _case(ends_s: float, *, missile: bool) -> Case:
    scene = _scene(ends_s, missile=missile)
    return Case(
        id="R1",
        title="The Moon rises before the radar at Thule",
        kind=FALSE_ALARM,
        source=SOURCE,
        centres=(alone(OWN, scene, areas_of("North America", scene.begin_tai_ns, PLACES)),),
        script=(*said(scene), *_moon_said(scene)),
        begin_tai_ns=scene.begin_tai_ns,
        end_tai_ns=scene.end_tai_ns,
        event_tai_ns=T0,
        level_expected=1,
        reasons=("MOON", "ECHO_DELAY"),
        not_reasons=("RADAR", "MEETS_AREA", "NOT_SEEN_WHEN_DUE"),
        judged_within_s=20.0,
        history_s=None,
        removed=CLEAR,
        alerted=False,
    )


def moonrise() -> Case:
    """Give the case as it was, with the beam full of the Moon for four minutes."""
    return replace(_case(240.0, missile=False), launches_expected=0)


def missile_before_the_moon() -> Case:
    """Give the twin: a missile crosses the same beam while the Moon is in it."""
    return replace(
        _case(460.0, missile=True),
        title="A missile crosses the beam that the Moon is in",
        kind=TWIN,
        level_expected=4,
        reasons=("MOON", "TWO_KINDS", "MEETS_AREA"),
        not_reasons=("NOT_SEEN_WHEN_DUE",),
        judged_within_s=450.0,
        alerted=True,
    )


DRILLS = (
    Drill(id="R1", kind=FALSE_ALARM, title="The Moon rises at Thule", make=moonrise),
    Drill(id="R1", kind=TWIN, title="A missile before the Moon", make=missile_before_the_moon),
)
