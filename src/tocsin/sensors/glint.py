"""Sunlight mirrored by clouds into a watch satellite: false plumes that stay where they are.

Plates of ice that lie flat in a high cloud mirror the Sun. From one satellite they shine at one
place at a time, the glint point, and near it as long as the plates' tilt makes up for the
difference. The point wanders slowly over the ground; a cloud there shines look after look, and
fades as the point leaves it. Where there are such clouds is left to chance.
"""

import math

import numpy as np

from tocsin.earth.constants import EARTH_A_M
from tocsin.earth.frames import (
    ecef_from_geodetic_batch,
    geodetic_from_ecef_batch,
)
from tocsin.earth.sun import sun_position_ecef
from tocsin.earth.time import SECOND_NS
from tocsin.lanes import Floats, Integers, kernel
from tocsin.sensors.echoes import Targets
from tocsin.sensors.infrared import Infrared, glint_angle_rad
from tocsin.sensors.satellites import positions_ecef_m

CLOUD_LASTS_S = 600.0
"""How long a cloud mirrors before another may take its place. Assumed."""

CLOUD_SHARE = 0.5
"""Share of the time in which there is a mirroring cloud at the glint point. More than half of the
clouds mirror: Breon and Dubrulle, Horizontally oriented plates in clouds, J. Atmospheric Sciences
61(23), 2004, 2888-2898; that there is a high cloud at all is taken as given."""

CLOUD_OFF_M = 50e3
"""Standard deviation, each way, of a cloud's distance from the glint point. Assumed."""

TILT_RAD = math.radians(1.0)
"""Standard deviation of the plates' tilt, each way. Breon and Dubrulle, 2004: less than 1 deg in
most cases."""

MIRROR_M2 = 1e5
"""Area of plates in one picture element: a share of 0.01 (Breon and Dubrulle, 2004: 0.001 to 0.01)
of 10 km^2 (assumed)."""

SUN_W_M2 = 7.4
"""Sunlight in the sensor's band: 37 W/m^2 in each micrometre at 2.7 micrometres (Planck's law at
5,778 K over the Sun's disc) times 0.2 micrometres (assumed)."""

ICE_INDEX = 1.31
"""Index of refraction of ice. Warren and Brandt, J. Geophysical Research 113, 2008, D14220, in
visible light; near 2.7 micrometres it is lower, and the mirror weaker."""

HALVINGS = 40
"""Steps that find the glint point; they leave less than a millimetre."""

HEIGHT_OVER_M = 1.0
"""How far over a satellite's cloud break the clouds are that it sees: just over it."""


def glint_points(place_m: Floats, to_sun: Floats) -> Floats:
    """Give where a level mirror shows the Sun to a satellite, [n, 3], Earth-fixed; NaN: nowhere.

    Args:
        place_m: Of the satellite, [n, 3].
        to_sun: Directions from Earth's centre, [n, 3], any length.

    Over a sphere of the equator's radius; on the ellipsoid the glint is up to 0.4 deg off there.

    Method: in the plane of satellite, Sun and Earth's centre the angle from below the satellite is
    halved until the angles to satellite and Sun are alike.
    """
    radius_m = np.linalg.norm(place_m, axis=-1)
    up = place_m / radius_m[:, None]
    sun = to_sun / np.linalg.norm(to_sun, axis=-1, keepdims=True)
    between = np.arctan2(np.linalg.norm(np.cross(up, sun), axis=-1), np.sum(up * sun, axis=-1))
    low, high = np.zeros(radius_m.size), np.arccos(EARTH_A_M / radius_m)
    there = between - high <= 0.5 * math.pi
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        off = np.arctan2(radius_m * np.sin(middle), radius_m * np.cos(middle) - EARTH_A_M)
        short = off < between - middle
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    aside = sun - np.cos(between)[:, None] * up
    aside /= np.maximum(np.linalg.norm(aside, axis=-1, keepdims=True), 1e-12)
    point = EARTH_A_M * (np.cos(low)[:, None] * up + np.sin(low)[:, None] * aside)
    return np.where(there[:, None], point, np.nan)


def mirrored_w_sr(sun_sine: Floats, off_rad: Floats) -> Floats:
    """Give how strongly a cloud's plates shine towards a satellite, W/sr.

    Args:
        sun_sine: Of the Sun's elevation there, [n], above 0.
        off_rad: How far the satellite is from the ray that a level mirror sends, [n].

    Plates tilted by chance spread the Sun's ray by twice their tilt. Their shadows on one another
    and the air above them are left out.

    Source: Cox and Munk, J. Optical Society of America 44(11), 1954, 838-850, for facets of a
    normal spread of slopes; Born and Wolf, Principles of Optics, 7th ed., 1999, section 1.5.2.
    """
    spread = 2.0 * TILT_RAD
    passed = np.sqrt(1.0 - (1.0 - sun_sine**2) / ICE_INDEX**2)
    across = (sun_sine - ICE_INDEX * passed) / (sun_sine + ICE_INDEX * passed)
    along = (ICE_INDEX * sun_sine - passed) / (ICE_INDEX * sun_sine + passed)
    mirrored = 0.5 * (across**2 + along**2)
    ahead = np.exp(-0.5 * (off_rad / spread) ** 2) / (2.0 * math.pi * spread**2)
    return np.asarray(mirrored * SUN_W_M2 * MIRROR_M2 * sun_sine * ahead)


def glints(infrared: Infrared, times_tai_ns: Integers, chance: np.random.Generator) -> Targets:
    """Give the mirroring clouds of a satellite's looks, as plumes: at most one a look.

    Args:
        infrared: The satellite; clouds are at the height from which it sees anything.
        times_tai_ns: Of the looks, [m], rising.
        chance: Of the clouds; nobody else should draw from it.
    """
    look, cloud_m = _clouds(infrared, times_tai_ns, chance)
    latitude, longitude, _ = geodetic_from_ecef_batch(cloud_m)
    height_m = np.full(look.size, infrared.cloud_break_m + HEIGHT_OVER_M)
    cloud_m = ecef_from_geodetic_batch(latitude, longitude, height_m)
    up = np.stack(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ],
        axis=-1,
    )
    to_satellite = positions_ecef_m(infrared.orbit, times_tai_ns)[look] - cloud_m
    to_sun = sun_position_ecef(times_tai_ns)[look] - cloud_m
    off = np.empty(look.size)
    fill_glint_angle(up, to_satellite, to_sun, off)
    sine = np.sum(to_sun * up, axis=-1) / np.linalg.norm(to_sun, axis=-1)
    lit = np.flatnonzero(sine > 0.0)
    return Targets(
        look=look[lit],
        position_ecef_m=cloud_m[lit],
        velocity_ecef_m_s=np.zeros((lit.size, 3)),
        rcs_m2=np.zeros(lit.size),
        plume_w_sr=mirrored_w_sr(sine[lit], off[lit]),
    )


def _clouds(
    infrared: Infrared, times_tai_ns: Integers, chance: np.random.Generator
) -> tuple[Integers, Floats]:
    """Draw which looks have a mirroring cloud, and where it is, [n, 3]."""
    if times_tai_ns.size == 0:
        return np.empty(0, np.int64), np.empty((0, 3))
    lasts_ns = round(CLOUD_LASTS_S * SECOND_NS)
    span = (times_tai_ns - times_tai_ns[0]) // lasts_ns
    count = int(span[-1]) + 1
    middle = times_tai_ns[0] + np.arange(count) * lasts_ns + lasts_ns // 2
    there = chance.random(count) < CLOUD_SHARE
    off_m = CLOUD_OFF_M * chance.standard_normal((count, 3))
    place_m = positions_ecef_m(infrared.orbit, middle)
    point_m = glint_points(place_m, sun_position_ecef(middle)) + off_m
    there &= np.isfinite(point_m[:, 0])
    look = np.flatnonzero(there[span])
    return look, point_m[span[look]]


@kernel()
def fill_glint_angle(up: Floats, to_satellite: Floats, to_sun: Floats, off: Floats) -> None:
    """Give `glint_angle_rad` of each row."""
    for i in range(off.size):
        u, a, s = up[i], to_satellite[i], to_sun[i]
        off[i] = glint_angle_rad((u[0], u[1], u[2]), (a[0], a[1], a[2]), (s[0], s[1], s[2]))
