"""What a sensor says: plots, one detection each, with their errors; and where the sensor stood."""

import math
from dataclasses import dataclass

import numpy as np

from tocsin.earth.frames import ecef_from_geodetic
from tocsin.lanes import Floats, Integers
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.radar import Radar
from tocsin.sensors.satellites import positions_ecef_m

RADAR_BIAS_SIGMA = (30.0, math.radians(0.03))
INFRARED_BIAS_SIGMA = (0.0, 20e-6)
"""Standard deviations of a sensor's lasting error: range (m) and angles (rad). Assumed, a tenth of
what one plot is off by and less: of a sensor that is lined up on stars or known satellites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plots:
    """A batch of plots as columns, all [n]; what was not measured is NaN.

    A radar's azimuth is clockwise from true north and its elevation above the local horizontal, as
    the straight line goes: bending is taken off before. A satellite's line of sight points from it
    to the target in Earth-fixed axes: azimuth from x towards y, elevation above the equator.
    """

    sensors: tuple[str, ...]
    """Ids; `sensor` counts along them."""
    time_tai_ns: Integers
    """Instant of the measurement, not of its arrival."""
    sensor: Integers
    range_m: Floats
    azimuth_rad: Floats
    elevation_rad: Floats
    range_rate_m_s: Floats
    snr_db: Floats
    sigma_range_m: Floats
    sigma_azimuth_rad: Floats
    sigma_elevation_rad: Floats
    sigma_range_rate_m_s: Floats
    plot_id: Integers
    data_class: str = "test"
    """test, exercise or actual; never mixed in one batch."""

    @property
    def count(self) -> int:
        """Number of plots."""
        return int(self.time_tai_ns.size)

    def take(self, rows: Integers) -> "Plots":
        """Give the plots at these places, in this order."""
        columns = {
            name: getattr(self, name)[rows]
            for name in self.__slots__
            if name not in ("sensors", "data_class")
        }
        return Plots(sensors=self.sensors, data_class=self.data_class, **columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a sensor measures from, for whoever reads its plots."""

    id: str
    kind: str
    """radar or infrared."""
    latitude_rad: float
    longitude_rad: float
    """Of a radar; axes of its angles. 0 for a satellite, whose angles are Earth-fixed."""
    sensor: Radar | Infrared
    bias_sigma: tuple[float, float] = (0.0, 0.0)
    """Standard deviations of its lasting error: range (m) and angles (rad); 0 where not stated."""


def site_of(sensor: Radar | Infrared, bias_sigma: tuple[float, float] = (0.0, 0.0)) -> Site:
    """Give the site of a sensor; `assumed_bias_sigma` serves one of the catalogue."""
    if isinstance(sensor, Radar):
        return Site(
            id=sensor.id,
            kind="radar",
            latitude_rad=sensor.latitude_rad,
            longitude_rad=sensor.longitude_rad,
            sensor=sensor,
            bias_sigma=bias_sigma,
        )
    return Site(
        id=sensor.id,
        kind="infrared",
        latitude_rad=0.0,
        longitude_rad=0.0,
        sensor=sensor,
        bias_sigma=bias_sigma,
    )


def assumed_bias_sigma(sensor: Radar | Infrared) -> tuple[float, float]:
    """Give the lasting error that is assumed of a sensor whose own nobody has published."""
    return RADAR_BIAS_SIGMA if isinstance(sensor, Radar) else INFRARED_BIAS_SIGMA


def site_positions_m(site: Site, times_tai_ns: Integers) -> Floats:
    """Give where a sensor is at some instants, [n, 3], Earth-fixed."""
    if isinstance(site.sensor, Infrared):
        return positions_ecef_m(site.sensor.orbit, times_tai_ns)
    place = ecef_from_geodetic(
        site.sensor.latitude_rad, site.sensor.longitude_rad, site.sensor.altitude_m
    )
    return np.broadcast_to(np.array(place), (times_tai_ns.size, 3))
