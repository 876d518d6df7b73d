"""One look of one sensor, made ready for the tracker's loops."""

from dataclasses import dataclass, replace

import numpy as np

from tocsin.earth.frames import east_north_up
from tocsin.lanes import Flags, Floats, Integers
from tocsin.sensors.measurement import Plots, Site, site_positions_m
from tocsin.sensors.radar import Radar
from tocsin.tracking.filter import measured
from tocsin.tracking.motion import WGS84, EarthModel

RANGE, AZIMUTH, ELEVATION, RATE = range(4)
"""Places of the numbers that a sensor may measure."""

SENSORS_MAX = 63
"""Most sensors that may feed one tracker."""

SATELLITE_AXES = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
"""Rows y, x, z: a satellite's azimuth, from x towards y, becomes one from north over east."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The plots of one sensor at one instant, rising in `values[:, key]`."""

    time_tai_ns: int
    sensor: int
    site: Site
    place_m: Floats
    """[3], where the sensor is."""
    axes: Floats
    """[3, 3], rows that its angles are measured from."""
    plots: Plots
    values: Floats
    """[m, 4]."""
    sigma: Floats
    """[m, 4]; 1 where nothing is measured."""
    measured: Flags
    """[4]."""
    number: Integers
    """[m], of each plot among all that were ever taken in."""

    @property
    def sight(self) -> bool:
        """Whether these are lines of sight to plumes, without a range."""
        return not bool(self.measured[RANGE])

    @property
    def dof(self) -> int:
        """How many numbers were measured of each."""
        return int(np.count_nonzero(self.measured))

    @property
    def key(self) -> int:
        """What the plots are sorted by; it never turns full circle."""
        return ELEVATION if self.sight else RANGE

    @property
    def count(self) -> int:
        """Number of plots."""
        return int(self.number.size)

    def take(self, rows: Integers) -> "Look":
        """Give the look with some of its plots."""
        return replace(
            self,
            plots=self.plots.take(rows),
            values=self.values[rows],
            sigma=self.sigma[rows],
            number=self.number[rows],
        )

    def as_measured(self) -> Plots:
        """Give the plots with the errors that the look says they have."""
        return replace(
            self.plots,
            sigma_range_m=self.sigma[:, RANGE],
            sigma_azimuth_rad=self.sigma[:, AZIMUTH],
            sigma_elevation_rad=self.sigma[:, ELEVATION],
        )

    def blurred(self) -> "Look":
        """Give the look with the sensor's lasting errors taken for errors of each plot."""
        range_m, angle_rad = self.site.bias_sigma
        more = np.array([range_m, angle_rad, angle_rad, 0.0])
        return replace(self, sigma=np.hypot(self.sigma, np.where(self.measured, more, 0.0)))


def place_of(site: Site, times_tai_ns: Integers, earth: EarthModel) -> Floats:
    """Give where a sensor is, [n, 3], Earth-fixed; a radar's place is on the Earth that is given.

    Source: Hofmann-Wellenhof, Lichtenegger and Collins, GPS: Theory and Practice, 5th ed., 2001,
    section 10.2.1 (ellipsoidal into Cartesian coordinates).
    """
    if earth == WGS84 or not isinstance(site.sensor, Radar):
        return site_positions_m(site, times_tai_ns)
    latitude, height = site.sensor.latitude_rad, site.sensor.altitude_m
    squash = (1.0 - earth.flattening) ** 2
    cosine, sine = np.cos(latitude), np.sin(latitude)
    bend = earth.radius_m / np.sqrt(cosine**2 + squash * sine**2)
    flat = (bend + height) * cosine
    east, north = np.cos(site.longitude_rad), np.sin(site.longitude_rad)
    place = np.array([flat * east, flat * north, (squash * bend + height) * sine])
    return np.broadcast_to(place, (times_tai_ns.size, 3))


def look_of(
    plots: Plots, sites: tuple[Site, ...], first_number: int, earth: EarthModel = WGS84
) -> Look:
    """Make a look ready.

    Args:
        plots: Of one sensor at one instant, one or more.
        sites: Of `plots.sensors`.
        first_number: Of its plots.
        earth: That radars stand on.
    """
    now, sensor = int(plots.time_tai_ns[0]), int(plots.sensor[0])
    assert sensor < SENSORS_MAX, "each sensor is one bit of a whole number"
    site = sites[sensor]
    radar = bool(np.isfinite(plots.range_m[0]))
    number = first_number + np.arange(plots.count)
    order = np.argsort(plots.range_m if radar else plots.elevation_rad, kind="stable")
    plots, number = plots.take(order), number[order]
    values, sigma, there = measured(plots)
    whole = np.all(there, axis=0)
    axes = SATELLITE_AXES
    if site.kind != "infrared":
        axes = np.array(east_north_up(site.latitude_rad, site.longitude_rad))
    return Look(
        time_tai_ns=now,
        sensor=sensor,
        site=site,
        place_m=place_of(site, plots.time_tai_ns[:1], earth)[0].copy(),
        axes=axes,
        plots=plots,
        values=np.where(whole, values, 0.0),
        sigma=np.where(whole, sigma, 1.0),
        measured=whole,
        number=number,
    )
