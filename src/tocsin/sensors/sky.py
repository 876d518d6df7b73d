"""Where all catalogued objects are at an instant, and how far their public elements may be off."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sgp4.api import WGS72, Satrec, SatrecArray

from tocsin.earth.constants import EARTH_A_M, EARTH_OMEGA_RAD_S, GM_M3_S2
from tocsin.earth.frames import ecef_from_eci, ecef_velocity_from_eci
from tocsin.earth.time import DAY_NS, SECOND_NS, gmst_rad, julian_date_utc
from tocsin.lanes import Flags, Floats, Integers
from tocsin.sensors.element_sets import check_lines
from tocsin.sensors.satellites import SIDEREAL_DAY_NS

Bytes = npt.NDArray[np.uint8]

KM = 1_000.0
AGE_STATED_DAYS = 15.0
"""The errors below are stated up to this age of the elements, before or after their epoch."""
AGE_MAX_DAYS = 30.0
"""Objects whose elements are older are left out; in between the errors grow on by their rule."""

DECAYING, LOW, HIGH_LOW, MEDIUM, GEOSYNCHRONOUS, ECCENTRIC = range(6)
REGIMES = (
    "decaying: perigee below 250 km",
    "low: apogee below 2,000 km, perigee below 450 km",
    "low: apogee below 2,000 km, perigee above 450 km",
    "medium and high, nearly round",
    "geosynchronous",
    "eccentric",
)
"""Kinds of orbit that errors are stated for; heights above the equator's radius."""

RADIAL_KM = ((1.0, 0.2), (0.5, 0.05), (0.3, 0.05), (0.5, 0.05), (1.0, 0.1), (2.0, 0.5))
ALONG_KM = (
    (3.0, 20.0, 5.0),
    (1.5, 3.0, 0.7),
    (1.0, 1.5, 0.02),
    (1.5, 0.5, 0.0),
    (3.0, 2.0, 0.0),
    (5.0, 8.0, 0.5),
)
ACROSS_KM = ((1.0, 0.1), (0.5, 0.05), (0.4, 0.05), (0.5, 0.05), (1.0, 0.2), (1.0, 0.1))
"""Standard deviations of predictions by regime: km at the epoch, km a day, km a day squared.

Assumed, and on the wide side: the public elements carry no errors. What is published gives their
size. At the epoch of sets of 2008 0.1 to 0.5 km in low orbits, 0.4 km in geosynchronous and 2 to 3
km in eccentric ones (Flohrer, Krag and Klinkrad, Assessment and categorization of TLE orbit errors
for the US SSN catalogue, AMOS conference, 2008). About a kilometre at the epoch, growing by one to
three a day in low orbits (Vallado and Cefola, Two-line element sets: practice and use, IAC, 2012;
Levit and Marshall, Improved orbit predictions using two-line elements, Advances in Space Research
47(7), 2011). Ten kilometres along the track after 15 days in the orbits of navigation satellites
(Kelso, Validation of SGP4 and IS-GPS-200D against GPS precision ephemerides, AAS 07-127, 2007).
Below 450 km drag that is off by a part grows with the square of time. Manoeuvres are in none of
these: an object that has burnt an engine since its epoch is not where its elements say.
"""

TURN_SIGMA_RAD = 3e-5
"""Of Earth's turn: UT1 is taken as UTC, which it stays within 0.9 s (6.6e-5 rad) of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sky:
    """Catalogued objects, as columns [n]."""

    names: tuple[str, ...]
    numbers: Integers
    """Catalogue numbers."""
    epochs_tai_ns: Integers
    """Of the elements; good to half a minute."""
    regime: Integers
    """Place in `REGIMES`."""
    mean_motion_rad_s: Floats
    axis_m: Floats
    """Half the long axis of each ellipse."""
    models: tuple[Any, ...]
    """SGP4's model of each object."""
    batch: Any
    """The same models as one array of the sgp4 package, which carries them all at once."""
    moved_tai_ns: int = 0
    """How far the epochs are moved; see `moved_to`."""

    @property
    def count(self) -> int:
        """Number of objects."""
        return int(self.numbers.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkyAt:
    """Where the objects of a sky are at one instant, those that can be carried there; [m]."""

    sky: Sky
    time_tai_ns: int
    row: Integers
    """Place of each in the sky."""
    state: Floats
    """[m, 6]: Earth-fixed metres and metres per second."""
    age_days: Floats
    """Of the elements, never below 0: from the epoch, either way."""
    not_carried: int
    """Objects that SGP4 gives no place for: most have come down."""
    too_old: int
    """Objects left out because their elements are more than `AGE_MAX_DAYS` off."""

    @property
    def count(self) -> int:
        """Number of objects."""
        return int(self.row.size)


def sky_of(names: tuple[str, ...], lines: tuple[tuple[str, ...], tuple[str, ...]]) -> Sky:
    """Give the sky of element sets.

    Args:
        names: Of the objects.
        lines: First lines and second lines of their sets, without ends of line.

    Raises:
        OrbitError: A set is broken; the text names its object.
    """
    for row in np.flatnonzero(~surely_whole(*lines)):
        check_lines(names[row], lines[0][row], lines[1][row])
    return sky_of_models(
        names, [Satrec.twoline2rv(one, two, WGS72) for one, two in zip(*lines, strict=True)]
    )


def sky_of_models(names: tuple[str, ...], models: Sequence[Any]) -> Sky:
    """Give the sky of ready SGP4 models, one for each name."""
    columns = np.array(
        [(m.satnum, m.jdsatepoch, m.jdsatepochF, m.no_kozai / 60.0, m.a, m.ecco) for m in models]
    ).reshape(-1, 6)
    days = (columns[:, 1] - 2_440_587.5) + columns[:, 2]
    axis_m = columns[:, 4] * EARTH_A_M
    return Sky(
        names=names,
        numbers=columns[:, 0].astype(np.int64),
        epochs_tai_ns=np.round(days * 86_400.0).astype(np.int64) * SECOND_NS + 37 * SECOND_NS,
        regime=_regime(axis_m, columns[:, 5], columns[:, 3]),
        mean_motion_rad_s=columns[:, 3],
        axis_m=axis_m,
        models=tuple(models),
        batch=SatrecArray(models),
    )


def taken(sky: Sky, rows: Integers) -> Sky:
    """Give the objects at these places, in this order."""
    models = [sky.models[int(row)] for row in rows]
    columns = {
        name: getattr(sky, name)[rows]
        for name in ("numbers", "epochs_tai_ns", "regime", "mean_motion_rad_s", "axis_m")
    }
    names = tuple(sky.names[int(row)] for row in rows)
    batch = SatrecArray(models)
    return replace(sky, names=names, models=tuple(models), batch=batch, **columns)


def moved_to(sky: Sky, time_tai_ns: int) -> Sky:
    """Give a sky whose epochs are moved by whole sidereal days to serve an instant far from them.

    One number of days for all, by the middle epoch; none where that is within `AGE_STATED_DAYS`. As
    in `satellites.positions_ecef_m`: each orbit keeps its shape and its track over the ground, but
    the sky is then an example of that day's, not that day's. Wrong for real plots.
    """
    late = time_tai_ns - int(np.median(sky.epochs_tai_ns))
    if abs(late) <= AGE_STATED_DAYS * DAY_NS:
        return replace(sky, moved_tai_ns=0)
    return replace(sky, moved_tai_ns=round(late / SIDEREAL_DAY_NS) * SIDEREAL_DAY_NS)


def sky_at(sky: Sky, time_tai_ns: int) -> SkyAt:
    """Give where all objects of a sky are at an instant.

    Objects that SGP4 gives no place for, or whose elements are too old, are left out and counted.

    Source: Vallado et al., Revisiting Spacetrack Report #3, AIAA 2006-6753 (SGP4), with the WGS72
    constants that the public elements are made with; its axes are taken for those of date.
    """
    moved = np.array([time_tai_ns - sky.moved_tai_ns], np.int64)
    code, position_km, velocity_km_s = sky.batch.sgp4(*julian_date_utc(moved))
    age_days = np.abs(moved - sky.epochs_tai_ns) / DAY_NS
    position, velocity = KM * position_km[:, 0], KM * velocity_km_s[:, 0]
    carried = (code[:, 0] == 0) & np.isfinite(position[:, 0])
    fresh = age_days <= AGE_MAX_DAYS
    row = np.flatnonzero(carried & fresh)
    turn = float(gmst_rad(moved)[0])
    state = np.empty((row.size, 6))
    state[:, :3] = ecef_from_eci(position[row], turn)
    state[:, 3:] = ecef_velocity_from_eci(position[row], velocity[row], turn)
    return SkyAt(
        sky=sky,
        time_tai_ns=time_tai_ns,
        row=row,
        state=state,
        age_days=age_days[row],
        not_carried=int(np.count_nonzero(~carried)),
        too_old=int(np.count_nonzero(carried & ~fresh)),
    )


def sigmas_m(at: SkyAt, rows: Integers) -> Floats:
    """Give how far predictions are off, [k, 3]: along the radius, along the track, across it.

    Args:
        at: The sky at an instant.
        rows: Places in `at`, not in the sky.
    """
    regime, days = at.sky.regime[at.row[rows]], at.age_days[rows]
    radial, along, across = (np.array(one)[regime] for one in (RADIAL_KM, ALONG_KM, ACROSS_KM))
    return KM * np.stack(
        [
            radial[:, 0] + radial[:, 1] * days,
            along[:, 0] + along[:, 1] * days + along[:, 2] * days * days,
            across[:, 0] + across[:, 1] * days,
        ],
        axis=-1,
    )


def error_axes(at: SkyAt, rows: Integers) -> Floats:
    """Give what one standard deviation of each independent error does to the state, [k, 6, 6].

    Columns: late or early along the orbit; Earth's turn; the radius, with the speed that the same
    angular momentum gives; the climb; the distance across; the rate of that. Being late moves an
    object along its own orbit, so that place and velocity are off together.
    """
    state, sigma = at.state[rows], sigmas_m(at, rows)
    where = at.row[rows]
    place, rates = state[:, :3], state[:, 3:]
    turned = _turned(place)
    speed = rates + turned
    radius = np.linalg.norm(place, axis=-1, keepdims=True)
    up = place / radius
    momentum = np.cross(place, speed)
    size = np.linalg.norm(momentum, axis=-1, keepdims=True)
    across = momentum / size
    ahead, rate = np.cross(across, up), size / radius**2
    late = sigma[:, 1:2] / (at.sky.mean_motion_rad_s * at.sky.axis_m)[where][:, None]
    axes = np.zeros((rows.size, 6, 6))
    axes[:, :3, 0] = late * speed
    axes[:, 3:, 0] = late * (-GM_M3_S2 / radius**2 * up - _turned(speed))
    axes[:, :3, 1] = TURN_SIGMA_RAD / EARTH_OMEGA_RAD_S * turned
    axes[:, 3:, 1] = TURN_SIGMA_RAD / EARTH_OMEGA_RAD_S * _turned(rates)
    axes[:, :3, 2] = sigma[:, :1] * up
    axes[:, 3:, 2] = -sigma[:, :1] * (rate * ahead + _turned(up))
    axes[:, 3:, 3] = sigma[:, :1] * rate * up
    axes[:, :3, 4] = sigma[:, 2:] * across
    axes[:, 3:, 4] = -sigma[:, 2:] * _turned(across)
    axes[:, 3:, 5] = sigma[:, 2:] * rate * across
    return axes


def spread(at: SkyAt, rows: Integers) -> Floats:
    """Give the covariance of predicted states, [k, 6, 6]."""
    axes = error_axes(at, rows)
    return np.asarray(axes @ np.swapaxes(axes, 1, 2))


def _turned(vector: Floats) -> Floats:
    """Give Earth's spin cross vectors [n, 3]."""
    zero = np.zeros(len(vector))
    return EARTH_OMEGA_RAD_S * np.stack([-vector[:, 1], vector[:, 0], zero], axis=-1)


def _regime(axis_m: Floats, eccentricity: Floats, motion_rad_s: Floats) -> Integers:
    """Give the kind of each orbit, a place in `REGIMES`."""
    perigee_km = (axis_m * (1.0 - eccentricity) - EARTH_A_M) / KM
    apogee_km = (axis_m * (1.0 + eccentricity) - EARTH_A_M) / KM
    per_day = motion_rad_s * 86_400.0 / (2.0 * np.pi)
    round_enough = np.where(eccentricity < 0.1, MEDIUM, ECCENTRIC)
    far = np.where(
        (np.abs(per_day - 1.0) < 0.1) & (eccentricity < 0.3), GEOSYNCHRONOUS, round_enough
    )
    near = np.where(perigee_km < 450.0, LOW, HIGH_LOW)
    kind = np.where(apogee_km < 2_000.0, near, far)
    return np.where(perigee_km < 250.0, DECAYING, kind)


_LENGTH = 69
_POWER_COLUMNS = (44, 53)
_NUMBERS = (
    # line, first column (from 0), one past the last, lowest, highest
    (0, 18, 20, 0.0, 99.0),
    (0, 20, 32, 1.0, 367.0),
    (0, 33, 43, -1.0, 1.0),
    (1, 8, 16, 0.0, 180.0),
    (1, 17, 25, 0.0, 360.0),
    (1, 26, 33, 0.0, 9_999_999.0),
    (1, 34, 42, 0.0, 360.0),
    (1, 43, 51, 0.0, 360.0),
    (1, 52, 63, 0.01, 18.0),
)


def surely_whole(firsts: tuple[str, ...], seconds: tuple[str, ...]) -> Flags:
    """Tell which element sets are surely whole, all at once; the others are for `check_lines`.

    Never true of a set that `check_lines` refuses (tested); false of many at a time where one of
    them has a field that is no number at all.
    """
    count = len(firsts)
    if any(len(line) != _LENGTH or not line.isascii() for line in (*firsts, *seconds)):
        return np.zeros(count, np.bool_)
    texts = [np.frombuffer("".join(part).encode(), np.uint8) for part in (firsts, seconds)]
    one, two = (text.reshape(count, _LENGTH) for text in texts)
    whole = np.all(one[:, 2:7] == two[:, 2:7], axis=1)
    for number, line in ((1, one), (2, two)):
        digit = (line >= ord("0")) & (line <= ord("9"))
        value = np.where(digit, line - np.uint8(ord("0")), line == ord("-")).astype(np.int64)
        whole &= np.all((line >= ord(" ")) & (line <= ord("~")), axis=1)
        whole &= (line[:, 0] == ord("0") + number) & (line[:, 1] == ord(" "))
        whole &= digit[:, -1] & (value[:, :-1].sum(axis=1) % 10 == value[:, -1])
    for first in _POWER_COLUMNS:
        whole &= _is_power(one[:, first : first + 8])
    for which, first, end, low, high in _NUMBERS:
        whole &= _within((one, two)[which][:, first:end], low, high)
    return np.asarray(whole)


def _is_power(field: Bytes) -> Flags:
    """Tell which fields look like -12345-6."""
    sign = (field == ord(" ")) | (field == ord("+")) | (field == ord("-"))
    digit = (field >= ord("0")) & (field <= ord("9"))
    signs = [0, 6]
    digits = [1, 2, 3, 4, 5, 7]
    return np.asarray(np.all(sign[:, signs], axis=1) & np.all(digit[:, digits], axis=1))


def _within(field: Bytes, low: float, high: float) -> Flags:
    """Tell which fields are plain numbers within limits; none, if one of them is no number."""
    plain = np.all(np.isin(field, np.frombuffer(b" +-.0123456789", np.uint8)), axis=1)
    text = np.ascontiguousarray(field).view(f"S{field.shape[1]}")[:, 0]
    try:
        value = text.astype(np.float64)
    except ValueError:
        return np.zeros(len(field), np.bool_)
    return np.asarray(plain & (value >= low) & (value <= high))
