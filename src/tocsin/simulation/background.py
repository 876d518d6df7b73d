"""What else is in the sky of a scenario: catalogued satellites, the Moon, mirrored sunlight.

Each draws from a stream of its own, so that with or without one of them a sensor reports the rest
as before, but for plots that it covers or crowds out.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from hashlib import blake2b
from typing import Any, cast

import numpy as np

from tocsin.catalog.sky import load_sky
from tocsin.earth.frames import east_north_up
from tocsin.earth.sun import moon_position_ecef
from tocsin.earth.time import DAY_NS, SECOND_NS
from tocsin.errors import ScenarioError
from tocsin.flight.crossings import hermite, hermite_rate
from tocsin.lanes import Flags, Floats, Integers
from tocsin.sensors.echoes import Targets, returning
from tocsin.sensors.glint import glints
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.measurement import site_of, site_positions_m
from tocsin.sensors.radar import Radar, clear_range_m, snr_at
from tocsin.sensors.satellites import states_ecef
from tocsin.sensors.sky import AGE_MAX_DAYS, moved_to, taken
from tocsin.simulation.scenario import Background

SKY_STEP_S = 60.0
"""Time between the instants that satellites are worked out at; a cubic runs between: within 1 m in
a low orbit."""

SKY_STEPS = 30
"""Steps that are worked out at a time."""

SPANS_KEPT = 4
"""As many times so many steps stay in memory, 40 MB each with the whole catalogue."""

DRIFT_M = 350e3
"""Farthest that anything in orbit goes in half a step: 11.2 km/s for 30 s."""

SNR_LEAST = 0.5
"""A satellite whose echo is weaker on average, a ratio, is left out: a radar that errs once in a
million looks would see it once in ten thousand."""

PASSING_MAX = 20_000_000
"""Most looks at passing satellites, of one sensor."""

MOON_RADIUS_M = 1_737_400.0
"""Archinal et al., IAU working group on cartographic coordinates, Celestial Mechanics 130:22, 2018,
table 6."""

MOON_RCS_M2 = 0.07 * math.pi * MOON_RADIUS_M**2
"""Pettengill, Lunar radar reflections, Arecibo Ionospheric Observatory, 1965: 0.07 of the disc at
any wavelength from 8.6 mm to 7.8 m."""

MOON_SMOOTH = 0.8
"""Share of it that comes from the middle of the disc. Pettengill, 1965: 4 to 1 at 68 cm."""

MOON_RINGS = 20
"""The rest comes from as many rings, evenly spaced in depth down to the limb."""


RCS_M2 = {"debris": 0.05, "rocket body": 5.0, "other": 1.0}
"""Assumed by kind, and right to a factor of ten at best: the public catalogue calls below 0.1 m^2
small and above 1 m^2 large, and says no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """Objects in orbit, for whoever looks at them."""

    start_tai_ns: int
    """Of the run; whole steps are counted from it."""
    rcs_m2: Floats
    """Of each, [objects]; assumed by their kind."""
    states: Callable[[int], tuple[Floats, Floats]]
    """Gives Earth-fixed positions and velocities every `SKY_STEP_S` from an instant on, `SKY_STEPS`
    steps, each [objects, SKY_STEPS + 1, 3]; NaN: not there."""


def stream(seed: int, sensor_id: str, use: str) -> np.random.Generator:
    """Give the stream of chance that one sensor draws from in one run, for one use."""
    digest = blake2b(f"{use} of {sensor_id}".encode(), digest_size=8).digest()
    return np.random.default_rng([seed, int.from_bytes(digest)])


def passing_over(background: Background, start_tai_ns: int, seed: int) -> Passing | None:
    """Give the objects in orbit that a scenario asks for; None: none.

    The public catalogue, moved to the day of the run where it is older (`sensors.sky.moved_to`);
    what it cannot say the place of any more is left out.

    Args:
        background: What is asked for; a number of satellites is drawn, the same for every sensor.
        start_tai_ns: Of the run.
        seed: Of the run.
    """
    if not background.satellites:
        return None
    sky = moved_to(load_sky(), start_tai_ns)
    age_ns = np.abs(start_tai_ns - sky.moved_tai_ns - sky.epochs_tai_ns)
    rows = np.flatnonzero(age_ns <= AGE_MAX_DAYS * DAY_NS)
    if background.satellites is not True:
        wanted = min(background.satellites, rows.size)
        rows = np.sort(stream(seed, "everyone", "satellites").permutation(rows)[:wanted])
    found = taken(sky, rows)
    after_ns = np.arange(SKY_STEPS + 1) * round(SKY_STEP_S * SECOND_NS)

    @lru_cache(maxsize=SPANS_KEPT)
    def states(first_tai_ns: int) -> tuple[Floats, Floats]:
        return states_ecef(found.batch, first_tai_ns + after_ns, found.moved_tai_ns)

    return Passing(
        start_tai_ns=start_tai_ns,
        rcs_m2=np.array([RCS_M2[_kind(name)] for name in found.names]),
        states=states,
    )


def _kind(name: str) -> str:
    """Give the kind of a catalogued object, by the ending that the catalogue gives its name."""
    if name.endswith(" DEB"):
        return "debris"
    return "rocket body" if name.endswith("R/B") or " R/B(" in name else "other"


def background_targets(
    background: Background,
    sensor: Radar | Infrared,
    times_tai_ns: Integers,
    seed: int,
    passing: Passing | None,
) -> tuple[Targets, ...]:
    """Give what a sensor's looks have before them besides what was launched, group by group.

    Args:
        background: What is asked for; the groups are always the same, empty ones too.
        sensor: A radar has satellites and the Moon before it, an infrared satellite sunlit clouds.
        times_tai_ns: Of the looks, rising.
        seed: Of the run.
        passing: The objects in orbit; None: there are none.
    """
    nothing = no_targets()
    if isinstance(sensor, Infrared):
        chance = stream(seed, sensor.id, "glint")
        return (
            nothing,
            nothing,
            glints(sensor, times_tai_ns, chance) if background.glint else nothing,
        )
    satellites = nothing if passing is None else passing_targets(sensor, times_tai_ns, passing)
    moon = moon_targets(sensor, times_tai_ns) if background.moon else nothing
    return satellites, moon, nothing


def no_targets() -> Targets:
    """Give a group with nothing in it."""
    return Targets(
        look=np.empty(0, np.int64),
        position_ecef_m=np.empty((0, 3)),
        velocity_ecef_m_s=np.empty((0, 3)),
        rcs_m2=np.empty(0),
        plume_w_sr=np.empty(0),
    )


def moon_targets(radar: Radar, times_tai_ns: Integers) -> Targets:
    """Give the Moon's echo at each look: its middle, and rings around it that come back later.

    Its distance shows what the pulses leave of it. Where the pulse rate is not known, the pulses
    are taken to follow each other as fast as the radar's most range lets them: then every distance
    is shown modulo that range. It stands there in the Moon's direction with so much less of a
    surface that the echo is as strong as the true one. Half a degree wide, the Moon counts as a
    point; its libration is left out.
    """
    looks = times_tai_ns.size
    place_m = site_positions_m(site_of(radar), times_tai_ns)
    offset = moon_position_ecef(times_tai_ns) - place_m
    later = moon_position_ecef(times_tai_ns + SECOND_NS) - place_m
    away_m = np.linalg.norm(offset, axis=-1)
    ahead = offset / away_m[:, None]
    rate_m_s = np.linalg.norm(later, axis=-1) - away_m
    rings = (np.arange(MOON_RINGS) + 0.5) / MOON_RINGS
    depth_m = MOON_RADIUS_M * np.concatenate([[0.0], rings])
    share = np.concatenate([[MOON_SMOOTH], np.full(MOON_RINGS, (1.0 - MOON_SMOOTH) / MOON_RINGS)])
    true_m = (away_m[:, None] - MOON_RADIUS_M + depth_m).ravel()
    clear_m = radar.range_max_m if radar.pulse_hz is None else clear_range_m(radar)
    shown_m = np.maximum(np.mod(true_m, clear_m), 1.0)
    look = np.repeat(np.arange(looks), depth_m.size)
    return Targets(
        look=look,
        position_ecef_m=place_m[look] + shown_m[:, None] * ahead[look],
        velocity_ecef_m_s=rate_m_s[look, None] * ahead[look],
        rcs_m2=MOON_RCS_M2 * np.tile(share, looks) * (shown_m / true_m) ** 4,
        plume_w_sr=np.zeros(look.size),
    )


def passing_targets(radar: Radar, times_tai_ns: Integers, passing: Passing) -> Targets:
    """Give the objects in orbit that each look has in its view and that it could detect.

    Args:
        radar: With a known pulse rate its view has no far end; see `echoes.returning`.
        times_tai_ns: Of the looks, rising.
        passing: Worked out every `SKY_STEP_S`, `SKY_STEPS` at a time.

    Raises:
        ScenarioError: There are more than `PASSING_MAX` of them.
    """
    parts, count = [no_targets()], 0
    step_ns = round(SKY_STEP_S * SECOND_NS)
    after = times_tai_ns - passing.start_tai_ns
    for number in np.unique(after // step_ns):
        looks = np.flatnonzero(after // step_ns == number)
        span, step = divmod(int(number), SKY_STEPS)
        states = passing.states(passing.start_tai_ns + span * SKY_STEPS * step_ns)
        ends = slice(step, step + 2)
        near = np.flatnonzero(_may_be_seen(radar, states[0][:, ends], passing.rcs_m2))
        nodes = (states[0][near, ends], states[1][near, ends])
        into = (looks, after[looks] / step_ns - number)
        parts.append(_between(radar, nodes, passing.rcs_m2[near], into))
        count += parts[-1].look.size
        if count > PASSING_MAX:
            raise ScenarioError(
                f"sensor {radar.id!r} would see passing satellites over {PASSING_MAX:,} times;"
                f" set satellites in [background] to a number of them"
            )
    return _joined(parts)


def _may_be_seen(radar: Radar, position_m: Floats, rcs_m2: Floats) -> Flags:
    """Tell which objects may be in view, and strong enough, between two instants [n, 2, 3]."""
    place_m = site_positions_m(site_of(radar), np.zeros(1, np.int64))[0]
    up = np.array(east_north_up(radar.latitude_rad, radar.longitude_rad)[2])
    offset = position_m - place_m
    nearest_m = np.maximum(np.linalg.norm(offset, axis=-1).min(axis=-1) - DRIFT_M, 1.0)
    highest_m = (offset @ up).max(axis=-1) + DRIFT_M
    known = (radar.range_max_m, radar.reference_rcs_m2, radar.reference_snr)
    strong = cast("Any", snr_at)(nearest_m, rcs_m2, *known) >= SNR_LEAST
    reach_m = radar.range_max_m if radar.pulse_hz is None else math.inf
    return np.asarray(strong & (nearest_m <= reach_m) & (highest_m >= 0.0))


def _between(
    radar: Radar,
    ends: tuple[Floats, Floats],
    rcs_m2: Floats,
    looks: tuple[Integers, Floats],
) -> Targets:
    """Give the objects that each look of one step sees.

    Args:
        radar: Who looks.
        ends: Positions and velocities of the objects at the step's ends, each [n, 2, 3].
        rcs_m2: [n].
        looks: Which looks fall into the step, and how far into it as a part of it.
    """
    (position_m, velocity_m_s), (look, part) = ends, looks
    row, column = (each.ravel() for each in np.indices((rcs_m2.size, look.size)))
    corners = (position_m[row, 0], velocity_m_s[row, 0], position_m[row, 1], velocity_m_s[row, 1])
    way = (SKY_STEP_S, part[column, None])
    place = np.ascontiguousarray(cast("Any", hermite)(*corners, *way))
    seen, _ = returning(radar, place)
    away_m = np.linalg.norm(
        place[seen] - site_positions_m(site_of(radar), np.zeros(1, np.int64)), axis=-1
    )
    known = (radar.range_max_m, radar.reference_rcs_m2, radar.reference_snr)
    strong = cast("Any", snr_at)(away_m, rcs_m2[row[seen]], *known) >= SNR_LEAST
    seen = seen[strong]
    rate = cast("Any", hermite_rate)(*(each[seen] for each in corners), SKY_STEP_S, way[1][seen])
    return Targets(
        look=look[column[seen]],
        position_ecef_m=place[seen],
        velocity_ecef_m_s=rate,
        rcs_m2=rcs_m2[row[seen]],
        plume_w_sr=np.zeros(seen.size),
    )


def _joined(parts: Sequence[Targets]) -> Targets:
    """Give groups as one."""
    return Targets(
        **{
            each.name: np.concatenate([getattr(part, each.name) for part in parts])
            for each in fields(Targets)
        }
    )
