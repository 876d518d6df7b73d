"""A raid that one radar watches: true flights, and what the radar would say of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from tocsin.catalog.build import radar_at, vehicle_of
from tocsin.catalog.load import load_catalog
from tocsin.earth.frames import east_north_up
from tocsin.flight.launch import Wanted, aim
from tocsin.flight.trajectory import Trajectory, fly_dense
from tocsin.lanes import Floats
from tocsin.sensors.measurement import Plots, Site, site_of, site_positions_m
from tocsin.tracking.expect import should_be_seen
from tocsin.tracking.filter import look

LOOK_S = 10.0
SIGMA = (100.0, 5e-3, 5e-3)
NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Raid:
    """Flights, the radar, its place and axes."""

    flown: Trajectory
    site: Site
    place: Floats
    axes: Floats


@pytest.fixture(scope="session")
def raid() -> Raid:
    """The raid, flown once."""
    return make_raid()


def make_raid() -> Raid:
    """Fly six missiles from the Arabian Sea to Moscow, before the radar at Armavir."""
    catalog = load_catalog()
    count = 6
    draw = np.random.default_rng(2)
    free = np.full(count, np.nan)
    wanted = Wanted(
        latitude_rad=np.radians(draw.uniform(54.0, 57.0, count)),
        longitude_rad=np.radians(draw.uniform(36.0, 40.0, count)),
        apogee_m=free,
        flight_time_s=free,
    )
    vehicle = vehicle_of(catalog.vehicles["slbm"])
    latitude = np.radians(draw.uniform(5.0, 12.0, count))
    longitude = np.radians(draw.uniform(60.0, 68.0, count))
    aimed = aim(vehicle, latitude, longitude, wanted)
    site = site_of(radar_at(catalog.radars["rus-armavir-voronezh-dm-2"]))
    return Raid(
        flown=fly_dense(vehicle, aimed.launches, LOOK_S),
        site=site,
        place=site_positions_m(site, np.zeros(1, np.int64))[0],
        axes=np.array(east_north_up(site.latitude_rad, site.longitude_rad)),
    )


def plots_from(raid: Raid, columns: dict[str, Any]) -> Plots:
    """Make radar plots of times (s), ranges and angles; the errors are `SIGMA`."""
    count = len(columns["time_s"])
    none, ones = np.full(count, np.nan), np.ones(count)
    return Plots(
        sensors=(raid.site.id,),
        time_tai_ns=np.round(np.asarray(columns["time_s"]) * NANOSECONDS).astype(np.int64),
        sensor=np.zeros(count, np.int64),
        range_m=np.asarray(columns["range_m"], float),
        azimuth_rad=np.asarray(columns["azimuth_rad"], float) % (2.0 * np.pi),
        elevation_rad=np.asarray(columns["elevation_rad"], float),
        range_rate_m_s=none,
        snr_db=none,
        sigma_range_m=SIGMA[0] * ones,
        sigma_azimuth_rad=SIGMA[1] * ones,
        sigma_elevation_rad=SIGMA[2] * ones,
        sigma_range_rate_m_s=none,
        plot_id=np.arange(count),
    )


def watched(raid: Raid, seed: int, missed: float = 0.1, false_each_look: float = 0.5) -> Plots:
    """Give what the radar says: noisy, with looks missed and plots of nothing."""
    draw = np.random.default_rng(seed)
    rows: list[tuple[float, ...]] = []
    for j, time in enumerate(raid.flown.time_s):
        states = np.hstack([raid.flown.position_ecef_m[:, j], raid.flown.velocity_ecef_m_s[:, j]])
        states = states[np.isfinite(states[:, 0])]
        states = states[should_be_seen(raid.site, raid.place, raid.axes, states[:, :3])]
        if states.shape[0] == 0:
            continue
        shape = states.shape[0], 3
        true, _ = look(
            states, np.broadcast_to(raid.place, shape), np.broadcast_to(raid.axes, (*shape, 3))
        )
        noisy = true[:, :3] + draw.standard_normal(shape) * SIGMA
        rows += [(time, *one) for one in noisy[draw.random(shape[0]) >= missed]]
        for _ in range(draw.poisson(false_each_look)):
            rows.append(
                (time, draw.uniform(5e5, 5e6), draw.uniform(1.0, 3.0), draw.uniform(0.05, 1.0))
            )
    time, distance, azimuth, elevation = (list(column) for column in zip(*rows, strict=True))
    return plots_from(
        raid,
        {
            "time_s": time,
            "range_m": distance,
            "azimuth_rad": azimuth,
            "elevation_rad": elevation,
        },
    )
