"""What drills are set up with: a few sensors by hand, what flies before them, what they then say.

Nothing here is of a real sensor: reach, errors and looks are round figures of a large warning radar
and of a watch satellite, so that a case stands or falls with its own geometry.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from tocsin.catalog.load import Catalog, load_catalog
from tocsin.earth.frames import ecef_from_geodetic_batch
from tocsin.earth.time import SECOND_NS
from tocsin.lanes import Floats
from tocsin.messages.fields import DataClass
from tocsin.node.settings import NodeSettings
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.measurement import assumed_bias_sigma, site_of
from tocsin.sensors.radar import Radar, snr_for
from tocsin.sensors.satellites import Elements, Orbit, geostationary, orbit_from_elements
from tocsin.sensors.scan import InfraredNoise, Instrument, RadarNoise, draw_bias, scan
from tocsin.simulation.background import stream
from tocsin.simulation.centres import (
    Placed,
    centre,
    names_of,
    ring_of,
    told_by_sensors,
)
from tocsin.simulation.network import Utterance
from tocsin.simulation.scenario import LaunchPlan
from tocsin.simulation.world import PATH_STEP_S, Path, flown, targets_of
from tocsin.warning.areas import AreaList, circle

DEG = math.radians(1.0)
SEED = 1
COARSE = RadarNoise(range_m=1_000.0, angle_rad=0.5 * DEG)
"""Errors of an early warning radar of the 1970s, as the case of 1995 was worked out with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A time, the sensors that look in it and what flies before them."""

    begin_tai_ns: int
    end_tai_ns: int
    sensors: tuple[Placed, ...]
    paths: tuple[Path, ...] = ()
    coarse: tuple[str, ...] = ()
    """Radars with the errors of `COARSE`,"""
    coarser: float = 1.0
    """times this."""


def after(tai_ns: int, seconds: float) -> int:
    """Give an instant so many seconds later."""
    return tai_ns + round(seconds * SECOND_NS)


# ---- sensors ----


def radar(name: str, at_deg: tuple[float, float], looks_deg: tuple[float, float]) -> Radar:
    """Give a large warning radar that looks every 10 s, to 8,000 km, from 2 to 80 degrees up.

    Args:
        name: Its id.
        at_deg: Latitude, longitude.
        looks_deg: Azimuths from, to, clockwise.
    """
    return Radar(
        id=name,
        name=name,
        latitude_rad=at_deg[0] * DEG,
        longitude_rad=at_deg[1] * DEG,
        altitude_m=100.0,
        sectors_rad=((looks_deg[0] * DEG, looks_deg[1] * DEG),),
        elevation_min_rad=2.0 * DEG,
        elevation_max_rad=80.0 * DEG,
        range_min_m=50e3,
        range_max_m=8_000e3,
        reference_rcs_m2=0.1,
        reference_snr=snr_for(0.9, 1e-6),
        false_alarm_probability=1e-6,
        revisit_s=10.0,
    )


def satellite(name: str, orbit: Orbit) -> Infrared:
    """Give a watch satellite that looks at every place every 10 s."""
    return Infrared(
        id=name,
        name=name,
        orbit=orbit,
        threshold_w_m2=4e-12,
        cloud_break_m=8_000.0,
        revisit_s=10.0,
    )


def over(name: str, longitude_deg: float) -> Infrared:
    """Give a watch satellite that stays over a longitude."""
    return satellite(name, geostationary(name, longitude_deg * DEG))


def high_over(name: str, at_tai_ns: int, longitude_deg: float, off_deg: float = 0.0) -> Infrared:
    """Give a watch satellite at the top of a 12-hour orbit, over 63 N and a longitude.

    Args:
        name: Its id.
        at_tai_ns: When it is at its highest.
        longitude_deg: That it is then over.
        off_deg: How far past the top it is instead, as mean anomaly.

    Source of the orbit: Podvig, History and the current status of the Russian early-warning
    system, Science and Global Security 10, 2002, 21-60 (inclination 63 deg, 600 by 39,700 km).
    """
    from tocsin.earth.time import gmst_rad  # noqa: PLC0415

    node = (longitude_deg - 90.0) * DEG + float(gmst_rad(at_tai_ns))
    return satellite(
        name,
        orbit_from_elements(
            name,
            Elements(
                epoch_tai_ns=at_tai_ns,
                semi_major_axis_m=26_560e3,
                eccentricity=0.737,
                inclination_rad=63.0 * DEG,
                node_rad=math.remainder(node, 2.0 * math.pi),
                perigee_rad=270.0 * DEG,
                mean_anomaly_rad=math.remainder(math.pi + off_deg * DEG, 2.0 * math.pi),
            ),
        ),
    )


def placed(
    sensor: Radar | Infrared, owner: str, groups: tuple[str, ...] = (), *, probation: bool = False
) -> Placed:
    """Put a sensor in the field."""
    return Placed(
        site=site_of(sensor, assumed_bias_sigma(sensor)),
        owner=owner,
        groups=groups,
        probation=probation,
    )


def areas_of(name: str, as_of_tai_ns: int, places: dict[str, tuple[float, float]]) -> AreaList:
    """Give defended places as circles of 30 km, by name and latitude, longitude in degrees."""
    return AreaList(
        name=name,
        version="drill",
        as_of_tai_ns=as_of_tai_ns,
        areas=tuple(
            circle(each.lower().replace(" ", "-"), each, (at[0] * DEG, at[1] * DEG), 30e3)
            for each, at in places.items()
        ),
    )


def alone(own: str, scene: Scene, areas: AreaList) -> NodeSettings:
    """Give one centre that has a scene's sensors and shares with nobody."""
    since_tai_ns = after(scene.begin_tai_ns, -86_400.0)
    ring = ring_of(names_of(own, scene.sensors), since_tai_ns)
    settings = centre(own, scene.sensors, areas, (), ring)
    return replace(settings, since_tai_ns=scene.begin_tai_ns)


# ---- what flies ----


@cache
def _catalog() -> Catalog:
    return load_catalog()


@cache
def rocket(start_tai_ns: int, plan: LaunchPlan) -> tuple[Path, ...]:
    """Fly a generic rocket of the catalogue: itself, then the stages that it leaves."""
    entry = _catalog().vehicles[plan.vehicle]
    return tuple(flown(start_tai_ns, plan, _catalog().vehicle_of(entry)))


def cut(path: Path, after_s: float) -> Path:
    """Give a flight that ends in the air: what flies breaks up, or is lost for good."""
    return replace(path, state=path.state[: round(after_s / PATH_STEP_S) + 1])


def glow(
    start_tai_ns: int, lasts_s: float, at_deg: tuple[float, float], drift_m_s: float, w_sr: float
) -> Path:
    """Give a bright spot on clouds 9 km up that drifts east as they do.

    Args:
        start_tai_ns: When it begins to shine.
        lasts_s: For how long.
        at_deg: Where: latitude, longitude.
        drift_m_s: Of the clouds.
        w_sr: How bright it is.
    """
    steps: Floats = np.arange(round(lasts_s / PATH_STEP_S) + 1, dtype=np.float64) * PATH_STEP_S
    north = np.full(steps.size, at_deg[0] * DEG)
    east = at_deg[1] * DEG + drift_m_s * steps / (6_378e3 * math.cos(at_deg[0] * DEG))
    place = np.asarray(ecef_from_geodetic_batch(north, east, np.full(steps.size, 9_000.0)))
    rate = np.gradient(place, PATH_STEP_S, axis=0)
    return Path(
        names=("glow",),
        parents=("",),
        start_tai_ns=start_tai_ns,
        state=np.concatenate([place, rate], axis=1),
        rcs_m2=0.0,
        stage_ends_s=np.array([lasts_s + 1.0]),
        plumes_w_sr=np.array([w_sr, 0.0]),
        cutoff_s=lasts_s + 1.0,
    )


def coasting(name: str, start_tai_ns: int, state: Floats, rcs_m2: float) -> Path:
    """Give something that flies without thrust: [m, 6] every second, Earth-fixed."""
    return Path(
        names=(name,),
        parents=("",),
        start_tai_ns=start_tai_ns,
        state=state,
        rcs_m2=rcs_m2,
        stage_ends_s=np.empty(0),
        plumes_w_sr=np.zeros(1),
        cutoff_s=-1.0,
    )


# ---- what they say ----


def said(
    scene: Scene, data_class: DataClass = "actual", *, only: Sequence[str] = ()
) -> tuple[Utterance, ...]:
    """Give every look of a scene's sensors, each told to its owner's centre.

    Args:
        scene: The sensors and what flies.
        data_class: That the looks are told with.
        only: Ids of the sensors that see what flies; the others look and see nothing. Empty: all.
    """
    scans = []
    for each in scene.sensors:
        sensor = each.site.sensor
        chance = stream(SEED, sensor.id, "plots")
        if isinstance(sensor, Radar):
            noise: RadarNoise | InfraredNoise = (
                _coarse(scene.coarser) if sensor.id in scene.coarse else RadarNoise()
            )
        else:
            noise = InfraredNoise()
        times = _looks(scene, sensor)
        flies = scene.paths if not only or sensor.id in only else ()
        targets = targets_of(flies, times) if flies else targets_of((_nowhere(scene),), times)
        instrument = Instrument(sensor=sensor, noise=noise, bias=draw_bias(noise, chance))
        scans.append(scan(instrument, times, targets, chance, data_class))
    return tuple(told_by_sensors(scans, scene.sensors, data_class))


def _coarse(by: float) -> RadarNoise:
    return replace(COARSE, range_m=by * COARSE.range_m, angle_rad=by * COARSE.angle_rad)


def _looks(scene: Scene, sensor: Radar | Infrared) -> np.ndarray:
    phase_s = float(stream(SEED, sensor.id, "first look").random()) * sensor.revisit_s
    first = after(scene.begin_tai_ns, phase_s)
    count = max(0, int((scene.end_tai_ns - first) / (sensor.revisit_s * SECOND_NS)) + 1)
    step_ns = round(sensor.revisit_s * SECOND_NS)
    return np.asarray(first + np.arange(count, dtype=np.int64) * step_ns)


def _nowhere(scene: Scene) -> Path:
    """Give something that is over before the scene begins."""
    return coasting("nothing", scene.begin_tai_ns - 10 * SECOND_NS, np.ones((2, 6)) * 7e6, 0.0)
