"""How a tracker expects an object to move: boost, coast and re-entry, and how unsure that is.

These models are the tracker's own. They are simpler than the flights they are used on, and share
no table and no formula with them, so that a mistake in one does not hide in the other.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tocsin.earth.constants import EARTH_A_M, EARTH_F, EARTH_J2, EARTH_OMEGA_RAD_S, GM_M3_S2
from tocsin.lanes import Floats, Integers
from tocsin.tracking.track import BOOST, COAST, INVERSE_BALLISTIC_M2_KG, REENTRY

STEP_MAX_S = {BOOST: 2.0, COAST: 10.0, REENTRY: 1.0}
"""Longest step of the integration, by phase."""

COAST_NOISE_M2_S3 = 1e-5
"""Spectral density of the acceleration a coast model lacks, along each axis.

The pull it leaves out is 1e-4 m/s^2 (fourth harmonic) and keeps its sign for some 500 s of flight:
twice its square times that time.
"""
BOOST_THRUST_M_S2 = 30.0
"""Assumed mean thrust over mass: 15 at a lift-off, 50 to 100 at a burnout."""
BOOST_ALONG_NOISE_M2_S3 = 2.0 * 30.0**2 * 5.0
"""Along the thrust: 30 m/s^2 root mean square, kept for 5 s."""
BOOST_ACROSS_NOISE_M2_S3 = 2.0 * 5.0**2 * 5.0
"""Across the thrust: a turn of 5 m/s^2 root mean square, kept for 5 s."""
BOOST_RISE_M_S = 200.0
"""Much slower than this a rocket is expected to thrust upwards, much faster along its velocity."""
REENTRY_NOISE_M2_S3 = 1.0
"""Along each axis at re-entry: lift and wind, 0.7 m/s^2 root mean square, kept for 1 s."""
DRAG_UNSURE = 0.2
"""Share by which drag is off where the inverse ballistic coefficient is given, kept for 1 s."""
DRAG_UNSURE_ESTIMATED = 0.1
"""The same where it is estimated: air and drag coefficient change on the way down."""
DRAG_RATE_MAX_S = 1.0
"""Largest drag over speed, per second."""
INVERSE_BALLISTIC_NOISE = 1e-10
"""Random walk of an estimated inverse ballistic coefficient, (m^2/kg)^2/s: 1e-5 in a second."""

THRUST_NOISE_M2_S5 = 30.0
"""Random walk of an estimated thrust over mass, (m/s^2)^2/s: a stage's end takes away some 40 m/s^2
at once, which a look 10 s later must not find beyond its gate: here 2.3 standard deviations. What
40 m/s^2 once in 120 s is on average, 13, loses the track there (measured: benchmarks/bounds.py)."""
THRUST_EXTRA_NOISE_M2_S3 = 2.0 * 3.0**2 * 2.0
"""Along an estimated thrust: 3 m/s^2 root mean square beside it, kept for 2 s."""
EXHAUST_M_S = 2_700.0
"""Effective exhaust velocity: a rocket of constant thrust gains thrust over mass by its square over
this. 235 to 300 s of specific impulse are 2,300 to 2,900 m/s (Sutton and Biblarz, Rocket Propulsion
Elements, 8th ed., 2010, tables 5-5 and 12-3)."""
BEND_S = 100.0
"""So long a pull that is off keeps its direction as an unsure place moves on. Assumed: of 30 to 300
the errors come out alike."""
BEND_LEAST_M = 10_000.0
"""Of a surer place the bend of the pull is below what the coast leaves out anyway."""
DOUBT_S = 10.0
"""For so long a thrust keeps the direction that nothing is known of."""
THRUST_MAX_M_S2 = 100.0
"""Beyond this an estimated thrust over mass grows no faster: no stage burns out much above it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarthModel:
    """The Earth that things fall to; Earth-fixed axes turn with it."""

    gm_m3_s2: float = GM_M3_S2
    radius_m: float = EARTH_A_M
    """At the equator."""
    flattening: float = EARTH_F
    j2: float = EARTH_J2
    rotation_rad_s: float = EARTH_OMEGA_RAD_S


WGS84 = EarthModel()

Rates = tuple[Floats, Floats]
"""Rate of change of states [n, d], and its derivative by the state [n, d, d]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """Where n states of d numbers go, how errors go along, and what uncertainty is added."""

    state: Floats
    """[n, d]."""
    jacobian: Floats
    """[n, d, d]: derivative of the state after by the state before."""
    noise: Floats
    """[n, d, d]: covariance that the way adds."""


def predict(
    state: Floats,
    covariance: Floats,
    dt_s: Floats,
    phase: Integers,
    inverse_ballistic_m2_kg: Floats | float | None = None,
    earth: EarthModel = WGS84,
) -> tuple[Floats, Floats]:
    """Give states [n, d] and covariances [n, d, d] some time later (or earlier).

    Args:
        state, covariance, dt_s, phase, inverse_ballistic_m2_kg, earth: As for `transition`.

    Source: Bar-Shalom, Li and Kirubarajan, Estimation with Applications to Tracking and
    Navigation, 2001, section 10.3 (extended Kalman filter).
    """
    step = transition(state, dt_s, phase, inverse_ballistic_m2_kg, earth)
    after = carry(covariance, step.jacobian, step.noise)
    burns = np.flatnonzero(phase == BOOST)
    if burns.size:
        doubt = _thrust_doubt(state[burns], covariance[burns])[:, None, None] * np.eye(3)
        whole = np.zeros((burns.size, *after.shape[1:]))
        whole[:, :6, :6] = _white(doubt, np.abs(dt_s[burns]))
        after[burns] += whole
    return step.state, after


def carry(covariance: Floats, jacobian: Floats, noise: Floats) -> Floats:
    """Give covariances [n, d, d] after a transition, exactly symmetric."""
    after = jacobian @ covariance @ np.swapaxes(jacobian, -1, -2) + noise
    symmetric: Floats = 0.5 * (after + np.swapaxes(after, -1, -2))
    return symmetric


def transition(
    state: Floats,
    dt_s: Floats,
    phase: Integers,
    inverse_ballistic_m2_kg: Floats | float | None = None,
    earth: EarthModel = WGS84,
) -> Transition:
    """Give where states go in some time, the derivative of that, and the noise it adds.

    Args:
        state: [n, 6] Earth-fixed position (m) and velocity (m/s); or [n, 7] with one more that is
            estimated: in boost thrust over mass (m/s^2), in re-entry the inverse ballistic
            coefficient (m^2/kg). It walks at random; a coast leaves it as it is.
        dt_s: [n]; below zero goes back, and the noise still adds: the past is not surer.
        phase: [n], `BOOST`, `COAST` or `REENTRY`, kept all the way.
        inverse_ballistic_m2_kg: Drag coefficient times area over mass, [n] or one number, for
            states of six; `INVERSE_BALLISTIC_M2_KG` if left out.
        earth: What pulls and turns.

    Method: Runge-Kutta of the fourth order on the state and on the variational equations, in
    steps of at most `STEP_MAX_S`; the Jacobian is that of the very steps taken.
    """
    given = INVERSE_BALLISTIC_M2_KG if inverse_ballistic_m2_kg is None else inverse_ballistic_m2_kg
    ballistic = np.broadcast_to(np.asarray(given, dtype=np.float64), phase.shape)
    count, size = state.shape
    after, jacobian = np.empty((count, size)), np.empty((count, size, size))
    noise = np.empty((count, size, size))
    for one in np.unique(phase):
        rows = np.flatnonzero(phase == one)
        part = _steps((state[rows], ballistic[rows]), dt_s[rows], int(one), earth)
        after[rows], jacobian[rows], noise[rows] = part.state, part.jacobian, part.noise
    return Transition(state=after, jacobian=jacobian, noise=noise)


def _steps(start: tuple[Floats, Floats], dt_s: Floats, phase: int, earth: EarthModel) -> Transition:
    """Take equal steps, as many for each state as the longest time needs.

    Args:
        start: States [n, d], and inverse ballistic coefficients [n] for those of six.
    """
    state, ballistic = start
    count, size = state.shape
    steps = max(1, int(np.ceil(np.max(np.abs(dt_s)) / STEP_MAX_S[phase])))
    step_s = dt_s / steps
    jacobian = np.broadcast_to(np.eye(size), (count, size, size))
    noise = np.zeros((count, size, size))

    def rates(at: Floats) -> Rates:
        return _rates(at, phase, ballistic, earth)

    for _ in range(steps):
        added = _noise(state, step_s, phase, _noise_density(state, phase, ballistic, earth))
        state, change = runge_kutta(state, step_s, rates)
        jacobian, noise = change @ jacobian, carry(noise, change, added)
    return Transition(state=state, jacobian=jacobian, noise=noise)


def runge_kutta(
    state: Floats, step_s: Floats, rates: Callable[[Floats], Rates]
) -> tuple[Floats, Floats]:
    """Take one step of the fourth order; give the state after and its derivative by that before.

    Source: Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd ed., 1993,
    table II.1.2 and, for the derivative, section I.14 (internal differentiation).
    """
    h, tall = step_s[:, None], step_s[:, None, None]
    one = np.eye(state.shape[1])
    k1, slope = rates(state)
    d1 = slope
    k2, slope = rates(state + 0.5 * h * k1)
    d2 = slope @ (one + 0.5 * tall * d1)
    k3, slope = rates(state + 0.5 * h * k2)
    d3 = slope @ (one + 0.5 * tall * d2)
    k4, slope = rates(state + h * k3)
    d4 = slope @ (one + tall * d3)
    after = state + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return after, one + tall / 6.0 * (d1 + 2.0 * d2 + 2.0 * d3 + d4)


def _rates(state: Floats, phase: int, ballistic: Floats, earth: EarthModel) -> Rates:
    """Give the rates of states in one phase, and their derivative."""
    count, size = state.shape
    rate, slope = np.zeros((count, size)), np.zeros((count, size, size))
    position, velocity = state[:, :3], state[:, 3:6]
    rate[:, :3] = velocity
    slope[:, :3, 3:6] = np.eye(3)
    pull, pull_slope = gravity(position, earth)
    spin2 = earth.rotation_rad_s**2 * _EQUATOR
    coriolis = 2.0 * earth.rotation_rad_s * _TURN
    rate[:, 3:6] = pull + position * spin2 + velocity @ coriolis.T
    slope[:, 3:6, :3] = pull_slope + np.diag(spin2)
    slope[:, 3:6, 3:6] = coriolis
    if phase == BOOST:
        size_of = state[:, 6] if size == 7 else np.full(count, BOOST_THRUST_M_S2)
        way, by_position, by_velocity = _thrust_way(position, velocity)
        rate[:, 3:6] += size_of[:, None] * way
        slope[:, 3:6, :3] += size_of[:, None, None] * by_position
        slope[:, 3:6, 3:6] += size_of[:, None, None] * by_velocity
        if size == 7:
            grows = np.clip(size_of, 0.0, THRUST_MAX_M_S2)
            rate[:, 6] = grows * grows / EXHAUST_M_S
            slope[:, 3:6, 6] = way
            slope[:, 6, 6] = np.where(size_of == grows, 2.0 * grows / EXHAUST_M_S, 0.0)
    elif phase == REENTRY:
        alpha = state[:, 6] if size == 7 else ballistic
        drag, by_position, by_velocity, by_alpha = _drag((position, velocity), alpha, earth)
        rate[:, 3:6] += drag
        slope[:, 3:6, :3] += by_position
        slope[:, 3:6, 3:6] += by_velocity
        slope[:, 3:6, 6:] = by_alpha[:, :, None][:, :, : size - 6]
    return rate, slope


_EQUATOR = np.array([1.0, 1.0, 0.0])
_TURN = np.array([[0, 1.0, 0], [-1.0, 0, 0], [0, 0, 0]])
_POLE = np.array([0.0, 0.0, 1.0])


def _outer(one: Floats, other: Floats) -> Floats:
    """Give the products [n, 3, 3] of vectors [n, 3]."""
    return one[:, :, None] * other[:, None, :]


def gravity(position_ecef_m: Floats, earth: EarthModel = WGS84) -> tuple[Floats, Floats]:
    """Give the pull of an oblate Earth [n, 3], m/s^2, and its derivative by position [n, 3, 3].

    Source: the gradient of the potential with its second harmonic, Montenbruck and Gill,
    Satellite Orbits, 2000, section 3.2, differentiated once more.
    """
    p, z = position_ecef_m, position_ecef_m[:, 2:3]
    r2 = np.sum(p * p, axis=1, keepdims=True)
    r3, z2 = r2 * np.sqrt(r2), z * z
    r5, r7 = r3 * r2, r3 * r2 * r2
    flat = 1.5 * earth.j2 * earth.radius_m * earth.radius_m
    pull = p / r3 + flat * ((p + 2.0 * z * _POLE) / r5 - 5.0 * z2 * p / r7)

    pp, zp = _outer(p, p), _outer(z * _POLE, p)
    around = (1.0 / r3 + flat * (1.0 / r5 - 5.0 * z2 / r7))[:, :, None] * np.eye(3)
    along = (-3.0 / r5 - 5.0 * flat / r7 + 35.0 * flat * z2 / (r7 * r2))[:, :, None] * pp
    cross = -10.0 * flat / r7[:, :, None] * (zp + np.swapaxes(zp, 1, 2))
    pole = 2.0 * flat / r5[:, :, None] * np.outer(_POLE, _POLE)
    return -earth.gm_m3_s2 * pull, -earth.gm_m3_s2 * (around + along + cross + pole)


def _thrust_way(position: Floats, velocity: Floats) -> tuple[Floats, Floats, Floats]:
    """Give the expected direction of thrust, and its derivatives by position and by velocity."""
    radius = np.linalg.norm(position, axis=1, keepdims=True)
    up = position / radius
    toward = velocity + BOOST_RISE_M_S * up
    speed = np.maximum(np.linalg.norm(toward, axis=1, keepdims=True), 1.0)
    way = toward / speed
    turn = (np.eye(3) - _outer(way, way)) / speed[:, :, None]
    tilt = BOOST_RISE_M_S / radius[:, :, None] * (np.eye(3) - _outer(up, up))
    return way, turn @ tilt, turn


def _thrust_doubt(state: Floats, covariance: Floats) -> Floats:
    """Give the density [n], m^2/s^3 on each axis, of what an unknown direction does to thrust.

    While a velocity is hardly known its direction, and so that of the thrust, may be any: beyond
    what the derivative tells, the thrust is off by itself times the square of the angle.
    """
    position, velocity = state[:, :3], state[:, 3:6]
    radius = np.linalg.norm(position, axis=1, keepdims=True)
    toward = velocity + BOOST_RISE_M_S * position / radius
    speed2 = np.sum(toward * toward, axis=1)
    spread = covariance[:, 3:6, 3:6]
    along = np.einsum("ni,nij,nj->n", toward, spread, toward) / np.maximum(speed2, 1.0)
    across = 0.5 * (np.trace(spread, axis1=1, axis2=2) - along)
    angle2 = np.minimum(across / np.maximum(speed2, 1.0), 1.0)
    size = state[:, 6] if state.shape[1] == 7 else np.full(len(state), BOOST_THRUST_M_S2)
    return np.asarray(2.0 * (size * angle2) ** 2 * DOUBT_S)


def coasting_doubt(
    state: Floats, covariance: Floats, dt_s: Floats, earth: EarthModel = WGS84
) -> Floats:
    """Give the covariance [n, 6, 6] to add to a coast for what pull bends across an unsure place.

    A pull is off by half its second derivative times the square of the distance: between 1.5
    (across) and 3 (up) times GM over r^4, taken at 1.5. It keeps its direction for `BEND_S`.
    """
    spread2 = np.trace(covariance[:, :3, :3], axis1=1, axis2=2)
    added = np.zeros((len(state), 6, 6))
    rows = np.flatnonzero((spread2 > BEND_LEAST_M**2) & (dt_s != 0.0))
    if rows.size:
        radius = np.linalg.norm(state[rows, :3], axis=1)
        off = 1.5 * earth.gm_m3_s2 / radius**4 * spread2[rows]
        density = 2.0 * np.square(off) * BEND_S
        added[rows] = _white(density[:, None, None] * np.eye(3), np.abs(dt_s[rows]))
    return added


def air_density_kg_m3(height_m: Floats) -> tuple[Floats, Floats]:
    """Give the tracker's own air [n] and its derivative by height: the thinner of two exponentials.

    Within 15 % of the standard atmosphere up to 50 km and 40 % up to 85 km (tested).

    Source: the two exponentials of Farina, Ristic and Benvenuti, Tracking a ballistic target, IEEE
    Transactions on Aerospace and Electronic Systems 38(3), 2002; they cross at 9.0 km.
    """
    height = np.maximum(height_m, 0.0)
    low = 1.227 * np.exp(-1.093e-4 * height)
    high = 1.754 * np.exp(-1.49e-4 * height)
    density = np.minimum(low, high)
    fall = np.where(low < high, 1.093e-4, 1.49e-4)
    return density, np.where(height_m > 0.0, -fall * density, 0.0)


def _height(position: Floats, earth: EarthModel) -> tuple[Floats, Floats]:
    """Give heights [n] over the ellipsoid, to first order in its flattening, and their slope."""
    radius2 = np.sum(position * position, axis=1)
    radius, z = np.sqrt(radius2), position[:, 2]
    height = radius - earth.radius_m * (1.0 - earth.flattening * z * z / radius2)
    bulge = 2.0 * earth.radius_m * earth.flattening * z / radius2
    slope = position * (1.0 / radius - bulge * z / radius2)[:, None] + bulge[:, None] * _POLE
    return height, slope


def height_and_climb(state: Floats, earth: EarthModel = WGS84) -> tuple[Floats, Floats]:
    """Give heights [n] over the ellipsoid, to 0.1 km, and how fast they grow, of states [n, d].

    Held to the ellipsoid from the ground to 2,000 km (tested).
    """
    height, slope = _height(state[:, :3], earth)
    return height, np.asarray(np.sum(slope * state[:, 3:6], axis=1))


def _drag(
    body: tuple[Floats, Floats], alpha: Floats, earth: EarthModel
) -> tuple[Floats, Floats, Floats, Floats]:
    """Give drag [n, 3], and its derivatives by position, by velocity and by alpha.

    Args:
        body: Positions and velocities, [n, 3] each.
        alpha: [n], inverse ballistic coefficient, m^2/kg.

    A body that would lose its speed within `1 / DRAG_RATE_MAX_S` is held to that: it falls so
    slowly that nothing follows from it, and the integration stays stable.

    Source: Allen and Eggers, NACA Report 1381, 1958, equation 3; the air turns with Earth.
    """
    position, velocity = body
    height, height_slope = _height(position, earth)
    density, density_slope = air_density_kg_m3(height)
    speed = np.maximum(np.linalg.norm(velocity, axis=1), 1e-9)
    rate = 0.5 * density * speed * alpha
    free = np.abs(rate) < DRAG_RATE_MAX_S
    rate = np.clip(rate, -DRAG_RATE_MAX_S, DRAG_RATE_MAX_S)
    half = np.where(free, -0.5 * speed, 0.0)
    by_alpha = (half * density)[:, None] * velocity
    by_position = _outer(half[:, None] * velocity, (alpha * density_slope)[:, None] * height_slope)
    way = velocity / speed[:, None]
    along = np.where(free, rate, 0.0)[:, None, None] * _outer(way, way)
    by_velocity = -rate[:, None, None] * np.eye(3) - along
    return -rate[:, None] * velocity, by_position, by_velocity, by_alpha


def _white(density: Floats, step_s: Floats) -> Floats:
    """Give the covariance [n, 6, 6] that white acceleration noise of densities [n, 3, 3] adds."""
    h = step_s[:, None, None]
    noise = np.zeros((len(step_s), 6, 6))
    noise[:, :3, :3] = density * np.abs(h) ** 3 / 3.0
    noise[:, :3, 3:] = noise[:, 3:, :3] = density * h * np.abs(h) / 2.0
    noise[:, 3:, 3:] = density * np.abs(h)
    return noise


def _noise(state: Floats, step_s: Floats, phase: int, density: Floats) -> Floats:
    """Give the covariance [n, d, d] that white acceleration noise of a density adds in one step.

    Source: Bar-Shalom, Li and Kirubarajan, Estimation with Applications to Tracking and
    Navigation, 2001, section 6.2.2 (continuous white noise acceleration).
    """
    count, size = state.shape
    noise = np.zeros((count, size, size))
    noise[:, :6, :6] = _white(density, step_s)
    if size == 7 and phase == REENTRY:
        noise[:, 6, 6] = INVERSE_BALLISTIC_NOISE * np.abs(step_s)
    if size == 7 and phase == BOOST:
        noise[:, 6, 6] = THRUST_NOISE_M2_S5 * np.abs(step_s)
    return noise


def _noise_density(state: Floats, phase: int, ballistic: Floats, earth: EarthModel) -> Floats:
    """Give the spectral density [n, 3, 3] of the acceleration that a phase's model lacks."""
    even = np.broadcast_to(np.eye(3), (len(state), 3, 3))
    position, velocity = state[:, :3], state[:, 3:6]
    if phase == COAST:
        return COAST_NOISE_M2_S3 * even
    if phase == BOOST:
        way, _, _ = _thrust_way(position, velocity)
        along = BOOST_ALONG_NOISE_M2_S3 if state.shape[1] == 6 else THRUST_EXTRA_NOISE_M2_S3
        return BOOST_ACROSS_NOISE_M2_S3 * even + (along - BOOST_ACROSS_NOISE_M2_S3) * _outer(
            way, way
        )
    estimated = state.shape[1] == 7
    alpha = state[:, 6] if estimated else ballistic
    unsure = DRAG_UNSURE_ESTIMATED if estimated else DRAG_UNSURE
    drag = unsure * _drag((position, velocity), alpha, earth)[0]
    return REENTRY_NOISE_M2_S3 * even + 2.0 * _outer(drag, drag)
