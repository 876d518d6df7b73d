"""What an infrared watch satellite is, and what a rocket's plume looks like from it."""

import math
from dataclasses import dataclass

from tocsin.earth.frames import Axis
from tocsin.lanes import inline
from tocsin.sensors.limits import check_between, check_confirmation, check_named
from tocsin.sensors.satellites import Orbit
from tocsin.sensors.visibility import lowest_height_m


@dataclass(frozen=True, slots=True, kw_only=True)
class Infrared:
    """One infrared watch satellite: its orbit, how faint a plume it sees, and how often."""

    id: str
    name: str
    orbit: Orbit
    threshold_w_m2: float
    """Irradiance at the focal plane that one look reports with probability one half."""
    cloud_break_m: float
    """Below this height nothing of the plume reaches space; above it everything does."""
    revisit_s: float
    """Time between looks at one place."""
    elevation_min_rad: float = math.radians(5.0)
    """Lowest elevation of the satellite, as seen from the target, at which a plume counts."""
    confirm_hits: int = 2
    confirm_window: int = 3
    """A plume is confirmed by so many hits among so many looks in a row."""

    def __post_init__(self) -> None:
        thing = f"infrared satellite {self.id!r}"
        check_named(thing, "id", self.id)
        check_named(thing, "name", self.name)
        for key, low, high in _LIMITS:
            check_between(thing, key, getattr(self, key), low, high)
        check_confirmation(thing, self.confirm_hits, self.confirm_window)


_LIMITS = (
    ("threshold_w_m2", 1e-16, 1.0),
    ("cloud_break_m", 0.0, 30_000.0),
    ("revisit_s", 1e-3, 3600.0),
    ("elevation_min_rad", math.radians(-30.0), math.pi / 2),
)
"""Field, lowest and highest value allowed. Below 0 the satellite looks past Earth's limb."""

THRESHOLD_SIGMAS = 5.0
"""How far, in standard deviations of its noise, a watch satellite's threshold is taken to stand
over its background: 3e-7 false alarms a look. Assumed; no operator publishes it."""


@inline
def irradiance_w_m2(
    plume_w_sr: float, range_m: float, height_m: float, cloud_break_m: float
) -> float:
    """Give how strongly a plume lights a satellite's focal plane.

    Args:
        plume_w_sr: Radiant intensity of the plume in the sensor's band, the same in every
            direction; zero after burnout.
        range_m: Distance from plume to satellite, above zero.
        height_m: Of the plume.
        cloud_break_m: Below this height the air and cloud above let nothing through; from it on
            they let everything through. A crude stand-in for the real, gradual passage.

    Source: the inverse-square law; McCluney, Introduction to Radiometry and Photometry, 2nd ed.,
    2014, section 1.6.
    """
    through = 1.0 if height_m >= cloud_break_m else 0.0
    return through * plume_w_sr / (range_m * range_m)


@inline
def plume_detection_probability(irradiance_w_m2: float, threshold_w_m2: float) -> float:
    """Give the chance that one look reports a plume.

    Args:
        irradiance_w_m2: At the focal plane, zero or more.
        threshold_w_m2: What the sensor reports half the time.

    Signal plus Gaussian noise over a threshold: a half at the threshold, 0.98 at 1.4 of it, 0.02
    at 0.6. Background structure (sunlit cloud, Earth's limb) is not in it.

    Source: Kay, Fundamentals of Statistical Signal Processing, vol. 2, 1998, section 4.3.
    """
    over = THRESHOLD_SIGMAS * (irradiance_w_m2 / threshold_w_m2 - 1.0)
    return 0.5 * math.erfc(-over * math.sqrt(0.5))


@inline
def sees_earth_behind(
    x_m: float,
    y_m: float,
    z_m: float,
    target_x_m: float,
    target_y_m: float,
    target_z_m: float,
) -> bool:
    """Tell whether a satellite sees a target before Earth (below its horizon), not before space.

    Args:
        x_m, y_m, z_m: The satellite, Earth-fixed.
        target_x_m, target_y_m, target_z_m: The target, Earth-fixed. Whether Earth is in the way
            is not asked here; see `visibility.line_of_sight_clear`.
    """
    beyond = lowest_height_m(x_m, y_m, z_m, target_x_m, target_y_m, target_z_m, 1.0, _FAR_BEYOND)
    return beyond < 0.0


_FAR_BEYOND = 1e6
"""A part of the line so far behind the target that Earth's near point is always before it."""


@inline
def glint_angle_rad(up: Axis, to_satellite: Axis, to_sun: Axis) -> float:
    """Give how far off a satellite is from sunlight mirrored at a place; near 0 it glints.

    Args:
        up: The place's, from `earth.frames.east_north_up`.
        to_satellite, to_sun: Directions from the place, Earth-fixed, any length.

    Returns:
        Angle, 0 to pi, between the mirrored ray and the satellite; pi where the Sun or the
        satellite is below the place's horizontal. Holds for a level mirror: calm water, or plates
        of ice lying flat in high cloud.

    Source: Cox and Munk, Measurement of the roughness of the sea surface from photographs of the
    sun's glitter, J. Optical Society of America 44(11), 1954, 838-850.
    """
    high_sun = to_sun[0] * up[0] + to_sun[1] * up[1] + to_sun[2] * up[2]
    high_satellite = to_satellite[0] * up[0] + to_satellite[1] * up[1] + to_satellite[2] * up[2]
    rx = 2.0 * high_sun * up[0] - to_sun[0]
    ry = 2.0 * high_sun * up[1] - to_sun[1]
    rz = 2.0 * high_sun * up[2] - to_sun[2]
    cx = ry * to_satellite[2] - rz * to_satellite[1]
    cy = rz * to_satellite[0] - rx * to_satellite[2]
    cz = rx * to_satellite[1] - ry * to_satellite[0]
    along = rx * to_satellite[0] + ry * to_satellite[1] + rz * to_satellite[2]
    angle = math.atan2(math.sqrt(cx * cx + cy * cy + cz * cz), along)
    return angle if min(high_sun, high_satellite) > 0.0 else math.pi
