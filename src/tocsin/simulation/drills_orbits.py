"""Drill of 3 October 1979: a decaying rocket body before a radar that watches for submarines.

At four in the morning a missile from a submarine off Oregon was reported with high confidence, four
to five minutes from its target; the radar had seen a rocket body that was coming down.

Sources: National Security Archive, Colonel Odom's chilling 4 a.m. phone call, 2022, for the call;
that the cause was a decaying body is told in Gates, From the Shadows, 1996, and by other accounts
of the radar at Mount Hebo. The orbit is made up: it is 90 to 115 km high where it passes.
"""

import math
from dataclasses import replace
from functools import cache

import numpy as np
from sgp4.api import WGS72, Satrec

from tocsin.earth.time import gmst_rad, julian_date_utc, tai_from_utc
from tocsin.messages.sensing import ScanReport
from tocsin.sensors.satellites import states_ecef
from tocsin.sensors.sky import Sky, sky_of_models
from tocsin.simulation.drills import FALSE_ALARM, TWIN, Case, Drill
from tocsin.simulation.drills_scenes import (
    DEG,
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
from tocsin.simulation.scenario import LaunchPlan
from tocsin.simulation.world import Path

T0 = tai_from_utc("1979-10-03T11:00:00Z")
SOURCE = "National Security Archive, 2022; Gates, From the Shadows, 1996"
OWN = "america"
NUMBER = 79_001
COAST = {
    "Seattle": (47.61, -122.33),
    "Portland": (45.52, -122.68),
    "San Francisco": (37.77, -122.42),
}
PASSES_DEG = (44.5, -128.0)
"""Where the body is overhead at the event, going south-east."""
INCLINATION_DEG = 62.0
TURNS_A_DAY = 16.5
ECCENTRICITY = 0.012
PERIGEE_AHEAD_RAD = 0.9
"""Its lowest point, deep in the air, lies so far ahead of where it passes."""
DRAG = 5e-5
"""B*, per Earth radius: of a dense body. A light one is braked more than a track in free flight
allows, falls apart into several and is not claimed."""


@cache
def _body() -> Sky:
    """Give the sky with the decaying body and two that are far away."""
    epoch = sum(julian_date_utc(T0)) - 2_433_281.5
    sine = math.sin(PASSES_DEG[0] * DEG) / math.sin(INCLINATION_DEG * DEG)
    along = math.pi - math.asin(sine)
    across = math.atan2(math.cos(INCLINATION_DEG * DEG) * math.sin(along), math.cos(along))
    node = PASSES_DEG[1] * DEG + float(gmst_rad(T0)) - across
    models = []
    for number, turned in ((NUMBER, 0.0), (NUMBER + 1, 2.0), (NUMBER + 2, 4.0)):
        model = Satrec()
        model.sgp4init(
            WGS72,
            "i",
            number,
            epoch,
            DRAG,
            0.0,
            0.0,
            ECCENTRICITY,
            (along + PERIGEE_AHEAD_RAD) % (2.0 * math.pi),
            INCLINATION_DEG * DEG,
            (turned - PERIGEE_AHEAD_RAD) % (2.0 * math.pi),
            TURNS_A_DAY * 2.0 * math.pi / 1_440.0,
            (node + turned) % (2.0 * math.pi),
        )
        models.append(model)
    return sky_of_models(("rocket body", "other", "third"), models)


def _falling(begin_tai_ns: int, seconds: int) -> Path:
    times = begin_tai_ns + np.arange(seconds + 1, dtype=np.int64) * 1_000_000_000
    place, rate = states_ecef(_body().batch, times)
    return coasting("rocket body", begin_tai_ns, np.concatenate([place[0], rate[0]], axis=1), 5.0)


def _scene(paths: tuple[Path, ...], ends_s: float) -> Scene:
    return Scene(
        begin_tai_ns=after(T0, -200.0),
        end_tai_ns=after(T0, ends_s),
        sensors=(
            placed(radar("mount-hebo", (45.21, -123.75), (180.0, 350.0)), OWN),
            placed(radar("beale", (39.14, -121.35), (180.0, 350.0)), OWN),
            placed(over("dsp", -134.0), OWN),
        ),
        paths=paths,
    )


def decaying_body() -> Case:
    """Give the body as it comes over, listed as one that decays on these days."""
    scene = _scene((_falling(after(T0, -200.0), 400),), 150.0)
    settings = alone(OWN, scene, areas_of("West Coast", scene.begin_tai_ns, COAST))
    script = said(scene)
    first_tai_ns = min(
        each.tai_ns
        for each in script
        if any(isinstance(report, ScanReport) and report.plots for report in each.reports)
    )
    decays = ((NUMBER, after(T0, -86_400.0), after(T0, 86_400.0)),)
    return Case(
        id="R10a",
        title="A decaying rocket body before a radar for submarine missiles",
        kind=FALSE_ALARM,
        source=SOURCE,
        centres=(replace(settings, sky=_body(), decays=decays),),
        script=script,
        begin_tai_ns=scene.begin_tai_ns,
        end_tai_ns=scene.end_tai_ns,
        event_tai_ns=first_tai_ns,
        level_expected=1,
        reasons=("DECAY",),
        not_reasons=("MEETS_AREA",),
        judged_within_s=60.0,
        history_s=None,
        alerted=False,
    )


def missile_near_its_plane() -> Case:
    """Give the twin: the body comes over, and a submarine near its plane launches at Portland."""
    case = decaying_body()
    missile = LaunchPlan(
        name="missile",
        vehicle="slbm",
        from_latitude_deg=50.5,
        from_longitude_deg=-146.0,
        to_latitude_deg=COAST["Portland"][0],
        to_longitude_deg=COAST["Portland"][1],
    )
    flight = rocket(after(T0, -150.0), missile)[0]
    scene = _scene((_falling(after(T0, -200.0), 400), flight), 200.0)
    return replace(
        case,
        title="A missile near the plane of a decaying body",
        kind=TWIN,
        script=said(scene),
        end_tai_ns=scene.end_tai_ns,
        level_expected=4,
        reasons=("MEETS_AREA", "TWO_KINDS"),
        not_reasons=(),
        event_tai_ns=after(T0, -150.0),
        judged_within_s=250.0,
        alerted=True,
    )


DRILLS = (
    Drill(id="R10a", kind=FALSE_ALARM, title="A decaying rocket body", make=decaying_body),
    Drill(id="R10a", kind=TWIN, title="A missile near its plane", make=missile_near_its_plane),
)
