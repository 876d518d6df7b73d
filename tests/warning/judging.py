"""Sightings, facts and a judge to try rules on."""

import math
from dataclasses import replace
from typing import Any

from tocsin.earth.time import SECOND_NS
from tocsin.warning.areas import AreaList, circle
from tocsin.warning.checks import ALL_CHECKS
from tocsin.warning.events import Judgement, JudgeSettings
from tocsin.warning.evidence import Facts, Sighting, Source, Spot

T0 = 1_720_000_000 * SECOND_NS
HOME = (math.radians(50.0), math.radians(30.0))
AREAS = AreaList(
    name="home", version="1", as_of_tai_ns=T0, areas=(circle("town", "Town", HOME, 30_000.0),)
)
SOURCES = (
    Source(id="eye", kind="infrared", owner="own", groups=("sky",)),
    Source(id="eye-2", kind="infrared", owner="own", groups=("sky-2",)),
    Source(id="dish", kind="radar", owner="own", groups=("relay",)),
    Source(id="dish-2", kind="radar", owner="own", groups=("relay",)),
    Source(id="dish-3", kind="radar", owner="own"),
    Source(id="ally:radar", kind="radar", owner="ally"),
    Source(id="ally:infrared", kind="infrared", owner="ally"),
)


def judge(checks: frozenset[str] = ALL_CHECKS, **trust: float) -> Judgement:
    """Give a judge that has judged nothing."""
    settings = JudgeSettings(own="own", areas=AREAS, checks=checks, trust=tuple(trust.items()))
    return Judgement(settings=settings)


def spot(latitude_deg: float, longitude_deg: float, sigma_m: float = 5_000.0) -> Spot:
    """Give a place with a round error."""
    return Spot(
        latitude_rad=math.radians(latitude_deg),
        longitude_rad=math.radians(longitude_deg),
        east_m2=sigma_m**2,
        east_north_m2=0.0,
        north_m2=sigma_m**2,
    )


def seen(name: str = "own:1", *sensors: str, **changes: Any) -> Sighting:
    """Give a missile that comes down on the defended town in ten minutes, unless changed."""
    plain = Sighting(
        id=name,
        origin=name.partition(":")[0],
        time_tai_ns=T0 + 300 * SECOND_NS,
        first_tai_ns=T0 + 60 * SECOND_NS,
        last_tai_ns=T0 + 300 * SECOND_NS,
        sensors=tuple(sorted(sensors)),
        plots=20,
        comes_down=0.99,
        burning=False,
        drift_m=400_000.0,
        launch=spot(20.0, 60.0),
        launch_tai_ns=T0,
        launch_sigma_s=5.0,
        heading_rad=math.radians(330.0),
        impact=spot(50.0, 30.0),
        impact_tai_ns=T0 + 900 * SECOND_NS,
        impact_sigma_s=3.0,
    )
    return replace(plain, **changes)


def facts(*sightings: Sighting, **changes: Any) -> Facts:
    """Give what is known when these are seen."""
    return replace(Facts(sightings=sightings, sources=SOURCES), **changes)
