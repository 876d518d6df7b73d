"""Launches that come down where they should: the aim is solved by flying, not by formula.

For a launch point and a place the azimuth, the tilt of the thrust and its cutoff (for an impulse,
the launch speed) are found so that the flight ends within `MISS_M` of the place. Two of the three
are fixed by the place; the third by a wanted apogee, a wanted time of flight, or least energy.
Thrust may end early in any vehicle, solid ones too: an assumption for warning studies, no guidance.
"""

from dataclasses import dataclass, replace

import numpy as np

from tocsin.earth.constants import EARTH_MEAN_RADIUS_M
from tocsin.earth.frames import ecef_from_geodetic_batch
from tocsin.earth.geodesy import azimuth_rad, distance_m
from tocsin.flight.kepler import Arc, arc_from_apogee, arc_from_time, minimum_energy_arc
from tocsin.flight.trajectory import Flights, Launches, fly
from tocsin.flight.vehicle import Vehicle
from tocsin.lanes import Flags, Floats, Integers

MISS_M = 200.0
"""Largest miss of a solved aim, along the ground."""
APOGEE_ERROR_M = 300.0
TIME_ERROR_S = 0.2
ROUNDS = 30
"""Most steps of Newton's method."""
TILT_MAX_RAD = 1.75
LEAST_BURN_S = 12.0
"""Thrust lasts at least so long after the vertical rise."""
SPEED_MAX_M_S = 11_000.0

REACHED = 0
OUT_OF_REACH = 1
NOT_FLYABLE = 2
"""No flight of the wanted apogee, time or shortness was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Where a batch of flights should come down, and what else is asked of them; arrays [n]."""

    latitude_rad: Floats
    longitude_rad: Floats
    apogee_m: Floats
    """NaN where none is asked for."""
    flight_time_s: Floats
    """NaN where none is asked for; not together with an apogee."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A batch of solved aims; arrays [n]."""

    launches: Launches
    flights: Flights
    code: Integers
    """`REACHED`, `OUT_OF_REACH` or `NOT_FLYABLE`."""
    miss_m: Floats
    """From the place to the impact, along the ground; large where not reached."""
    shortfall_m: Floats
    """How far short the flight of most reach, or of the wanted apogee or time with everything
    burnt, falls; 0 where it is not out of reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a vehicle can do without Earth's spin: flights over a grid of cutoff and tilt."""

    cutoff_s: Floats
    """[c]."""
    tilt_rad: Floats
    """[t]."""
    range_rad: Floats
    """[c, t], NaN where it does not come down."""
    apogee_m: Floats
    """[c, t]."""
    time_s: Floats
    """[c, t]."""


def reach(vehicle: Vehicle) -> Reach:
    """Fly a vehicle from the pole, where Earth's spin gives it nothing, over cutoffs and tilts."""
    cutoff = np.linspace(vehicle.vertical_rise_s + LEAST_BURN_S, vehicle.burn_s, 40)
    tilt = np.linspace(np.radians(1.0), np.radians(86.0), 48)
    cutoffs, tilts = (grid.ravel() for grid in np.meshgrid(cutoff, tilt, indexing="ij"))
    zero = np.zeros_like(cutoffs)
    flights = fly(
        vehicle,
        Launches(
            latitude_rad=zero + 0.5 * np.pi,
            longitude_rad=zero,
            azimuth_rad=zero,
            tilt_rad=tilts,
            cutoff_s=cutoffs,
            speed_m_s=zero,
        ),
    )
    shape = (cutoff.size, tilt.size)
    down = flights.impact_m / np.linalg.norm(flights.impact_m, axis=-1, keepdims=True)
    angle = np.arccos(np.clip(down[:, 2], -1.0, 1.0))
    lost = flights.came_down == 0.0
    angle[lost] = np.nan
    apogee = np.where(lost, np.nan, flights.apogee_m)
    return Reach(
        cutoff_s=cutoff,
        tilt_rad=tilt,
        range_rad=angle.reshape(shape),
        apogee_m=apogee.reshape(shape),
        time_s=np.where(lost, np.nan, flights.impact_s).reshape(shape),
    )


def best_tilt(able: Reach) -> tuple[Floats, Floats]:
    """Give, for each cutoff, the longest range (rad) and the tilt (rad) that flies it.

    The first peak of range from the steep side: near orbital speed a second one follows, of flights
    that burn out flat in the thick of the air, which nothing would survive.
    """
    filled = np.where(np.isnan(able.range_rad), -1.0, able.range_rad)
    falls = (np.diff(filled, axis=1) < 0.0) & (filled[:, :-1] > 0.0)
    first = np.where(falls.any(axis=1), np.argmax(falls, axis=1), np.argmax(filled, axis=1))
    top = np.clip(first, 1, able.tilt_rad.size - 2)
    row = np.arange(able.cutoff_s.size)
    left, middle, right = filled[row, top - 1], filled[row, top], filled[row, top + 1]
    bend = left - 2.0 * middle + right
    shift = np.where(bend < 0.0, 0.5 * (left - right) / np.where(bend < 0.0, bend, -1.0), 0.0)
    step = able.tilt_rad[1] - able.tilt_rad[0]
    shift = np.clip(shift, -1.0, 1.0)
    return middle - 0.25 * (left - right) * shift, able.tilt_rad[top] + shift * step


def aim(
    vehicle: Vehicle | None,
    latitude_rad: Floats,
    longitude_rad: Floats,
    wanted: Wanted,
) -> Aim:
    """Solve launches so that each comes down at its place.

    Args:
        vehicle: A staged vehicle, or None for an impulse without air.
        latitude_rad, longitude_rad: Launch points, [n], on the ellipsoid.
        wanted: Places, and apogees or times; without either, least energy.

    Returns:
        The aims; check `code` before using one.
    """
    able = reach(vehicle) if vehicle else None
    start = _first_guess(vehicle, able, latitude_rad, longitude_rad, wanted)
    free = np.isnan(wanted.apogee_m) & np.isnan(wanted.flight_time_s)
    launches = start
    if np.any(free):
        launches = _least_energy(vehicle, start, wanted, free)
    if not np.all(free):
        bound = np.flatnonzero(~free)
        solved = _solve(vehicle, launches.take(bound), _rows(wanted, bound), False)
        launches = _put(launches, bound, solved)
    return _judge(vehicle, able, launches, wanted)


def _rows(wanted: Wanted, rows: Integers) -> Wanted:
    """Give what is wanted at these places of the batch."""
    return Wanted(**{name: getattr(wanted, name)[rows] for name in wanted.__slots__})


def _put(launches: Launches, rows: Integers, new: Launches) -> Launches:
    """Give launches with those at `rows` replaced."""
    changed = {}
    for name in launches.__slots__:
        values = getattr(launches, name).copy()
        values[rows] = getattr(new, name)
        changed[name] = values
    return Launches(**changed)


def _arc(angle: Floats, wanted: Wanted) -> Arc:
    """Give the closed-form arc nearest to what is wanted over a range angle."""
    least = minimum_energy_arc(angle)
    top = np.where(np.isnan(wanted.apogee_m), least.apogee_m, wanted.apogee_m)
    timed = ~np.isnan(wanted.flight_time_s)
    late = np.where(timed, wanted.flight_time_s, least.time_s)
    top = np.where(timed, arc_from_time(angle, late).apogee_m, top)
    return arc_from_apogee(angle, top)


def _first_guess(
    vehicle: Vehicle | None,
    able: Reach | None,
    latitude_rad: Floats,
    longitude_rad: Floats,
    wanted: Wanted,
) -> Launches:
    """Start from the closed-form arc, or from the vehicle's own flights without Earth's spin."""
    place = (latitude_rad, longitude_rad, wanted.latitude_rad, wanted.longitude_rad)
    angle = np.clip(distance_m(*place) / EARTH_MEAN_RADIUS_M, 1e-4, 3.1)
    zero = np.zeros_like(angle)
    arc = _arc(angle, wanted)
    tilt, cutoff, speed = 0.5 * np.pi - arc.angle_rad, zero, arc.speed_m_s
    if vehicle is not None and able is not None:
        far, best = best_tilt(able)
        grown = np.maximum.accumulate(far) + 1e-9 * np.arange(far.size)
        cutoff = np.interp(angle, grown, able.cutoff_s)
        tilt = np.interp(cutoff, able.cutoff_s, best)
        bound = ~(np.isnan(wanted.apogee_m) & np.isnan(wanted.flight_time_s))
        for row in np.flatnonzero(bound):
            cutoff[row], tilt[row] = _nearest_flight(able, wanted, int(row), float(angle[row]))
        speed = zero
    return Launches(
        latitude_rad=latitude_rad,
        longitude_rad=longitude_rad,
        azimuth_rad=azimuth_rad(*place),
        tilt_rad=tilt,
        cutoff_s=cutoff,
        speed_m_s=speed,
    )


def _nearest_flight(able: Reach, wanted: Wanted, row: int, angle: float) -> tuple[float, float]:
    """Give cutoff and tilt of the grid flight most like what is wanted."""
    timed = not np.isnan(wanted.flight_time_s[row])
    goal = wanted.flight_time_s[row] if timed else wanted.apogee_m[row]
    have = able.time_s if timed else able.apogee_m
    with np.errstate(divide="ignore", invalid="ignore"):
        off = ((able.range_rad - angle) / (angle + 0.05)) ** 2 + np.log(have / goal) ** 2
    c, t = np.unravel_index(int(np.nanargmin(off)), off.shape)
    return float(able.cutoff_s[c]), float(able.tilt_rad[t])


def _least_energy(
    vehicle: Vehicle | None, start: Launches, wanted: Wanted, free: Flags
) -> Launches:
    """Solve three tilts around the guess and take the one whose cutoff or speed is least."""
    rows = np.flatnonzero(free)
    part, goal = start.take(rows), _rows(wanted, rows)
    step = np.radians(2.5)
    tries = [
        _solve(vehicle, replace(part, tilt_rad=part.tilt_rad + shift), goal, True)
        for shift in (-step, 0.0, step)
    ]
    cost = [one.cutoff_s if vehicle else one.speed_m_s for one in tries]
    bend = cost[0] - 2.0 * cost[1] + cost[2]
    sound = bend > 1e-9
    shift = np.where(sound, 0.5 * (cost[0] - cost[2]) / np.where(sound, bend, 1.0), 0.0)
    tilt = part.tilt_rad + step * np.clip(shift, -1.5, 1.5)
    best = _solve(vehicle, replace(tries[1], tilt_rad=tilt), goal, True)
    return _put(start, rows, best)


def _unknowns(vehicle: Vehicle | None, launches: Launches) -> Floats:
    """Give the azimuth, the energy (cutoff, or speed) and the tilt as columns [n, 3]."""
    energy = launches.cutoff_s if vehicle else launches.speed_m_s
    return np.stack([launches.azimuth_rad, energy, launches.tilt_rad], -1)


def _with(vehicle: Vehicle | None, launches: Launches, x: Floats) -> Launches:
    """Give launches with other unknowns."""
    energy = {"cutoff_s": x[:, 1]} if vehicle else {"speed_m_s": x[:, 1]}
    return replace(launches, azimuth_rad=x[:, 0], tilt_rad=x[:, 2], **energy)


def _errors(flights: Flights, launches: Launches, wanted: Wanted) -> Floats:
    """Give how far off a flight ends: along track (m), across track (m), apogee or time (m).

    A second of flight time counts as a kilometre, so that all three columns are metres.
    """
    zero = np.zeros_like(wanted.latitude_rad)
    goal = ecef_from_geodetic_batch(wanted.latitude_rad, wanted.longitude_rad, zero)
    home = ecef_from_geodetic_batch(launches.latitude_rad, launches.longitude_rad, zero)
    up = goal / np.linalg.norm(goal, axis=-1, keepdims=True)
    side = np.cross(home, goal)
    side /= np.maximum(np.linalg.norm(side, axis=-1, keepdims=True), 1.0)
    on = np.cross(side, up)
    ground = flights.impact_m / np.linalg.norm(flights.impact_m, axis=-1, keepdims=True)
    angle = np.arctan2(np.sum(ground * on, -1), np.sum(ground * up, -1))
    across = np.arcsin(np.clip(np.sum(ground * side, -1), -1.0, 1.0))
    third = np.where(np.isnan(wanted.apogee_m), 0.0, flights.apogee_m - wanted.apogee_m)
    timed = ~np.isnan(wanted.flight_time_s)
    third = np.where(timed, 1e3 * (flights.impact_s - wanted.flight_time_s), third)
    errors = np.stack([angle * EARTH_MEAN_RADIUS_M, across * EARTH_MEAN_RADIUS_M, third], -1)
    errors[flights.came_down == 0.0] = np.nan
    return errors


def _solve(vehicle: Vehicle | None, launches: Launches, wanted: Wanted, free: bool) -> Launches:
    """Take Newton steps until every flight that can be is on its place.

    Args:
        vehicle: As for `aim`.
        launches: The first guess.
        wanted: What is asked for.
        free: The tilt stays as it is; otherwise it is solved for the apogee or the time.
    """
    count = 2 if free else 3
    low, high, _, most = _limits(vehicle)
    x = np.clip(_unknowns(vehicle, launches), low, high)
    best, least = x.copy(), np.full(len(x), np.inf)
    active = np.arange(len(x))
    for _ in range(ROUNDS):
        part, goal = launches.take(active), _rows(wanted, active)
        errors = _errors(fly(vehicle, _with(vehicle, part, x[active])), part, goal)[:, :count]
        size = np.where(np.isnan(errors[:, 0]), 1e12, np.linalg.norm(errors, axis=-1))
        better = size < least[active]
        best[active[better]], least[active[better]] = x[active[better]], size[better]
        open_ = size > 0.5 * MISS_M
        active, errors = active[open_], errors[open_]
        if active.size == 0:
            break
        step = _newton_step(
            vehicle, launches.take(active), _rows(wanted, active), x[active], errors
        )
        x[active, :count] += np.clip(step, -most[:count], most[:count])
        x[active] = np.clip(x[active], low, high)
    return _with(vehicle, launches, best)


def _limits(vehicle: Vehicle | None) -> tuple[Floats, Floats, Floats, Floats]:
    """Give the unknowns' lower and upper bounds, probe steps and largest Newton steps."""
    if vehicle is None:
        low, high, probe, most = 50.0, SPEED_MAX_M_S, -0.5, 400.0
    else:
        low = vehicle.vertical_rise_s + LEAST_BURN_S
        high, probe, most = vehicle.burn_s, -0.02, 0.06 * vehicle.burn_s
    return (
        np.array([-20.0, low, 1e-4]),
        np.array([20.0, high, TILT_MAX_RAD]),
        np.array([1e-4, probe, 1e-4]),
        np.array([0.25, most, 0.12]),
    )


def _newton_step(
    vehicle: Vehicle | None, launches: Launches, wanted: Wanted, x: Floats, errors: Floats
) -> Floats:
    """Give the Newton step from finite differences; where the errors are unknown, less energy."""
    count = errors.shape[1]
    _, _, probe, most = _limits(vehicle)
    slopes = np.empty((*errors.shape, count))
    for column in range(count):
        moved = x.copy()
        moved[:, column] += probe[column]
        other = _errors(fly(vehicle, _with(vehicle, launches, moved)), launches, wanted)
        slopes[:, :, column] = (other[:, :count] - errors) / probe[column]
    lost = ~np.all(np.isfinite(slopes), axis=(1, 2)) | ~np.all(np.isfinite(errors), axis=1)
    lost |= ~np.any(slopes, axis=(1, 2))  # too little energy to leave the ground
    slopes[lost] = np.eye(count)
    scale = np.abs(slopes).max(axis=(1, 2), keepdims=True) * 1e-12
    step = -np.linalg.solve(
        slopes + scale * np.eye(count), np.where(lost[:, None], 0.0, errors)[..., None]
    )[..., 0]
    step[lost] = 0.0
    step[lost, 1] = -most[1]
    return step


def _judge(vehicle: Vehicle | None, able: Reach | None, launches: Launches, wanted: Wanted) -> Aim:
    """Fly the solved launches once more and say which of them are right."""
    flights = fly(vehicle, launches)
    errors = _errors(flights, launches, wanted)
    miss = np.hypot(errors[:, 0], errors[:, 1])
    miss = np.where(np.isnan(miss), np.inf, miss)
    close = np.where(np.isnan(wanted.flight_time_s), APOGEE_ERROR_M, 1e3 * TIME_ERROR_S)
    good = (miss <= MISS_M) & (np.abs(np.nan_to_num(errors[:, 2], nan=np.inf)) <= close)
    code = np.where(good, REACHED, NOT_FLYABLE)
    shortfall = np.zeros_like(miss)
    if vehicle is not None and able is not None and not np.all(good):
        rows = np.flatnonzero(~good)
        short = _shortfall(vehicle, able, launches.take(rows), _rows(wanted, rows))
        spent = launches.cutoff_s[rows] > vehicle.burn_s - 0.1
        short = np.where(spent, np.maximum(short, miss[rows]), short)
        beyond = short > MISS_M
        shortfall[rows[beyond]] = short[beyond]
        code[rows[beyond]] = OUT_OF_REACH
    return Aim(launches=launches, flights=flights, code=code, miss_m=miss, shortfall_m=shortfall)


def _shortfall(vehicle: Vehicle, able: Reach, launches: Launches, wanted: Wanted) -> Floats:
    """Give how far short (m, positive) the flight of longest reach toward each place falls."""
    _, tilt = best_tilt(able)
    place = (launches.latitude_rad, launches.longitude_rad)
    bearing = azimuth_rad(*place, wanted.latitude_rad, wanted.longitude_rad)
    short = np.full(bearing.size, np.inf)
    for shift in np.radians([-6.0, -3.0, 0.0, 3.0, 6.0]):
        flights = fly(
            vehicle,
            replace(
                launches,
                azimuth_rad=bearing,
                tilt_rad=np.full(bearing.size, tilt[-1] + shift),
                cutoff_s=np.full(bearing.size, vehicle.burn_s),
            ),
        )
        off = -_errors(flights, launches, wanted)[:, 0]
        short = np.fmin(short, np.where(flights.came_down == 0.0, 0.0, off))
    return short
