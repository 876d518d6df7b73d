"""Drill of 28 October 1962: a training tape from Cuba while a satellite comes over the horizon.

The radar at Moorestown reported a missile from Cuba that would come down 18 miles from MacDill
base. A test tape of such a launch was running as a real object, a satellite, rose over the horizon.
The radars at Laredo and Thomasville stood behind it and were not dependable. It was settled as the
foretold time of impact passed.

Sources: Tampa Tribune, Tampa was on the front line of the Cuban missile crisis; Sagan, The Limits
of Safety, Princeton University Press, 1993, chapter 3; on the other radars, Operation Falling
Leaves. Instants are moved by 19 years, since logs count from 1970 on. Orbit and catalogue number of
the satellite are made up.
"""

import math
from dataclasses import replace
from functools import cache

import numpy as np

from tocsin.earth.time import SECOND_NS, gmst_rad, tai_from_utc
from tocsin.messages.office import HealthReport
from tocsin.sensors.element_sets import checksum
from tocsin.sensors.radar import Radar
from tocsin.sensors.scan import Instrument, RadarNoise, scan
from tocsin.sensors.sky import Sky, sky_at, sky_of
from tocsin.simulation.background import stream
from tocsin.simulation.centres import Placed, told_by_sensors
from tocsin.simulation.drills import FALSE_ALARM, TWIN, Case, Drill, Ran
from tocsin.simulation.drills_scenes import (
    DEG,
    SEED,
    Scene,
    after,
    alone,
    areas_of,
    coasting,
    over,
    placed,
    radar,
    rocket,
    said,
)
from tocsin.simulation.network import Utterance
from tocsin.simulation.scenario import LaunchPlan
from tocsin.simulation.world import Path, targets_of

T0 = tai_from_utc("1981-10-28T14:08:00Z")
SOURCE = "Sagan, The Limits of Safety, 1993; Tampa Tribune"
OWN = "norad"
MOORESTOWN, LAREDO = "moorestown", "laredo"
PLACES = {"MacDill": (27.85, -82.52), "Miami": (25.76, -80.19), "Atlanta": (33.75, -84.39)}
TAPE = LaunchPlan(
    name="missile",
    vehicle="mrbm-liquid",
    from_latitude_deg=22.7,
    from_longitude_deg=-83.3,
    to_latitude_deg=28.10,
    to_longitude_deg=-82.60,
    apogee_km=420.0,
)
"""Its end is 29 km from the base: 18 miles. It is lofted, or the radar would not have it in view,
and takes 702 s, where 7 minutes were told."""
NUMBER = 70_001
EPOCH_S = -900.0
"""Of the satellite's elements: 15 minutes old."""
BEGINS_S, ENDS_S = 260.0, 1_045.0
"""Of what is played of the false alarm: what comes before is quiet."""


# ---- the satellite ----

TURNS_A_DAY = 14.0
INCLINATION_DEG = 50.0
OVER_DEG = (33.0, -72.0)
"""Where it is at `OVER_S` after T0, on its way north."""
OVER_S = 350.0


@cache
def _sky() -> Sky:
    """Give a catalogue of one satellite, made to be over a place at a time."""
    epoch = after(T0, EPOCH_S)
    along = math.degrees(math.asin(math.sin(OVER_DEG[0] * DEG) / math.sin(INCLINATION_DEG * DEG)))
    ahead = math.degrees(
        math.atan2(math.cos(INCLINATION_DEG * DEG) * math.sin(along * DEG), math.cos(along * DEG))
    )
    turned = math.degrees(float(gmst_rad(after(T0, OVER_S))))
    node = (OVER_DEG[1] + turned - ahead) % 360.0
    anomaly = (along - 360.0 * TURNS_A_DAY * (OVER_S - EPOCH_S) / 86_400.0) % 360.0
    day = 301.0 + (epoch - tai_from_utc("1981-10-28T00:00:00Z")) / (86_400.0 * SECOND_NS)
    one = f"1 {NUMBER:05d}U 81001A   81{day:012.8f}  .00000000  00000-0  00000-0 0    1"
    two = (
        f"2 {NUMBER:05d} {INCLINATION_DEG:8.4f} {node:8.4f} 0001000 {0.0:8.4f} {anomaly:8.4f} "
        f"{TURNS_A_DAY:11.8f}    1"
    )
    lines = tuple(f"{line}{checksum(line + '0')}" for line in (one, two))
    return sky_of(("satellite",), ((lines[0],), (lines[1],)))


@cache
def _satellite() -> Path:
    begin = after(T0, -30.0)
    states = [sky_at(_sky(), after(begin, second)).state[0] for second in range(int(ENDS_S) + 40)]
    return coasting("satellite", begin, np.array(states), 10.0)


# ---- sensors and what they tell ----


def _often(made: Radar) -> Radar:
    return replace(made, revisit_s=5.0, range_max_m=5_000e3)


def _sensors() -> tuple[Placed, ...]:
    return (
        placed(_often(radar(MOORESTOWN, (39.98, -74.94), (150.0, 270.0))), OWN),
        placed(_often(radar(LAREDO, (27.53, -99.48), (0.0, 150.0))), OWN),
        placed(over("geo", -90.0), OWN),
        placed(over("geo-2", -120.0), OWN),
    )


def _scene(ends_s: float, *, missile: bool) -> Scene:
    return Scene(
        begin_tai_ns=after(T0, -30.0 if missile else BEGINS_S),
        end_tai_ns=after(T0, ends_s),
        sensors=_sensors(),
        paths=(_satellite(), *(rocket(T0, TAPE)[:1] if missile else ())),
    )


def _tape(here: Placed, scene: Scene) -> tuple[Utterance, ...]:
    """Give what the tape plays: plots at exact places, told with the radar's usual errors."""
    sensor, usual = here.site.sensor, RadarNoise()
    assert isinstance(sensor, Radar)
    count = int((scene.end_tai_ns - T0) / (sensor.revisit_s * SECOND_NS))
    times = np.asarray(T0 + np.arange(count) * round(sensor.revisit_s * SECOND_NS))
    exact = RadarNoise(range_m=1e-3, angle_rad=1e-9, range_rate_m_s=1e-6)
    made = scan(
        Instrument(sensor=sensor, noise=exact),
        times,
        targets_of(rocket(T0, TAPE)[:1], times),
        stream(SEED, MOORESTOWN, "tape"),
        "actual",
    )
    n = made.plots.count
    plots = replace(
        made.plots,
        sigma_range_m=np.full(n, usual.range_m),
        sigma_azimuth_rad=usual.angle_rad / np.cos(made.plots.elevation_rad),
        sigma_elevation_rad=np.full(n, usual.angle_rad),
        sigma_range_rate_m_s=np.full(n, usual.range_rate_m_s),
        plot_id=PLOTS_FIRST + np.arange(n),
    )
    return tuple(
        each
        for each in told_by_sensors([replace(made, plots=plots)], (here,))
        if any(getattr(report, "plots", ()) for report in each.reports)
    )


PLOTS_FIRST = 1_000_000
"""Numbers of the tape's plots, apart from the others."""


def _degraded(scene: Scene) -> Utterance:
    return Utterance(
        tai_ns=scene.begin_tai_ns,
        speaker=LAREDO,
        centre=OWN,
        reports=(
            HealthReport(
                subject_kind="sensor",
                subject=LAREDO,
                health="degraded",
                since_tai_ns=after(scene.begin_tai_ns, -3_600.0),
                groups=(),
                jammed=False,
                time_tai_ns=scene.begin_tai_ns,
            ),
        ),
    )


# ---- the cases ----


def _named(ran: Ran) -> str:
    """Say so if the satellite is not told from missiles by its catalogue number."""
    claims = ran.net.nodes[OWN].joint["actual"].picture.claims
    return "" if NUMBER in claims.values() else f"the satellite is not told as object {NUMBER}"


def _case(scene: Scene, script: tuple[Utterance, ...]) -> Case:
    settings = alone(OWN, scene, areas_of("United States", scene.begin_tai_ns, PLACES))
    return Case(
        id="R3",
        title="Training tape from Cuba while a satellite rises",
        kind=FALSE_ALARM,
        source=SOURCE,
        centres=(replace(settings, sky=_sky()),),
        script=script,
        begin_tai_ns=scene.begin_tai_ns,
        end_tai_ns=scene.end_tai_ns,
        event_tai_ns=T0,
        level_expected=2,
        reasons=("RADAR", "SINGLE_PHENOMENOLOGY", "NOISE_FREE", "IMPACT_TIME_PASSED"),
        not_reasons=("NOT_SEEN_WHEN_DUE", "TWO_KINDS", "TWO_SENSORS"),
        judged_within_s=ENDS_S,
        history_s=None,
        removed="geo-2",
        launches_expected=1,
        also=(_named,),
    )


def training_tape() -> Case:
    """Give the case: a tape at one radar, a satellite, the other radar degraded."""
    scene = _scene(ENDS_S, missile=False)
    here = scene.sensors[0]
    script = (*said(scene, only=(MOORESTOWN,)), *_tape(here, scene), _degraded(scene))
    return replace(_case(scene, script), alerted=False)


def missile_from_there() -> Case:
    """Give the twin: a missile that the other radar and a satellite see too."""
    scene = _scene(400.0, missile=True)
    return replace(
        _case(scene, said(scene)),
        title="A missile from there that all sensors see",
        kind=TWIN,
        level_expected=4,
        reasons=("TWO_KINDS", "MEETS_AREA"),
        not_reasons=("NOISE_FREE", "NOT_SEEN_WHEN_DUE"),
        judged_within_s=390.0,
        alerted=True,
    )


DRILLS = (
    Drill(id="R3", kind=FALSE_ALARM, title="Training tape and satellite", make=training_tape),
    Drill(id="R3", kind=TWIN, title="A missile from there", make=missile_from_there),
)
