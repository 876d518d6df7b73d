"""What a watch satellite sees of what flies before it, and what it takes for a plume.

A plume before space is held against the same threshold as one before Earth: nobody has published
how much lower the threshold is there.
"""

import math

import numpy as np

from tocsin.earth.constants import EARTH_A_M
from tocsin.earth.frames import geodetic_from_ecef_batch
from tocsin.lanes import Flags, Floats, Integers
from tocsin.sensors.echoes import Seen, Targets, angles, nudged
from tocsin.sensors.infrared import THRESHOLD_SIGMAS, Infrared
from tocsin.sensors.visibility import earth_half_angle_rad

FALSE_FALL = THRESHOLD_SIGMAS * THRESHOLD_SIGMAS
"""How fast false plots of a satellite thin out above its threshold, a part of the threshold: the
tail of Gaussian noise so far out is nearly exponential. Kay, Fundamentals of Statistical Signal
Processing, vol. 2, 1998, section 2.2."""


def in_infrared_view(infrared: Infrared, place_m: Floats, targets: Targets) -> Flags:
    """Tell which targets burn above the clouds, with the satellite high enough, as in `coverage`.

    Args:
        infrared: The satellite.
        place_m: Where it is at each target's look, [n, 3].
        targets: [n].
    """
    position = targets.position_ecef_m
    off = place_m - position
    up = np.sum(position * off, axis=-1)
    away2 = np.sum(off * off, axis=-1)
    reach2 = np.sum(position * position, axis=-1) * away2
    past_limb = reach2 - up * up >= EARTH_A_M * EARTH_A_M * away2
    height_m = geodetic_from_ecef_batch(position)[2]
    return np.asarray(
        (up >= math.sin(infrared.elevation_min_rad) * np.sqrt(reach2))
        & ((up >= 0.0) | past_limb)
        & (height_m >= infrared.cloud_break_m)
        & (targets.plume_w_sr > 0.0)
    )


def infrared_seen(
    infrared: Infrared, place_m: Floats, targets: Targets, chance: np.random.Generator
) -> Seen:
    """Give the plumes that a satellite reports: light and Gaussian noise over its threshold."""
    rows = np.flatnonzero(in_infrared_view(infrared, place_m, targets))
    inside = targets.take(rows)
    offset = inside.position_ecef_m - place_m[rows]
    arriving = inside.plume_w_sr / np.sum(offset * offset, axis=-1)
    over = arriving / infrared.threshold_w_m2
    sigmas = THRESHOLD_SIGMAS * over + chance.standard_normal(rows.size)
    hit = np.flatnonzero(sigmas > THRESHOLD_SIGMAS)
    return Seen(
        look=inside.look[hit],
        offset_m=offset[hit],
        range_rate_m_s=np.full(hit.size, np.nan),
        strength=sigmas[hit] ** 2,
    )


def infrared_false(place_m: Floats, look: Integers, chance: np.random.Generator) -> Seen:
    """Draw false plots evenly over the disc of Earth, as each look's satellite [k, 3] sees it."""
    radius = np.linalg.norm(place_m, axis=-1)
    widest = np.array([math.cos(earth_half_angle_rad(one)) for one in radius])
    cosine = chance.uniform(widest, 1.0)
    turn = chance.uniform(0.0, 2.0 * math.pi, look.size)
    aside = np.sqrt(1.0 - cosine**2) / cosine
    off = np.stack([aside * np.cos(turn), aside * np.sin(turn)], axis=-1)
    over = 1.0 + chance.standard_exponential(look.size) / FALSE_FALL
    return Seen(
        look=look,
        offset_m=nudged(*angles(-place_m), off),
        range_rate_m_s=np.full(look.size, np.nan),
        strength=(THRESHOLD_SIGMAS * over) ** 2,
    )
