"""The least error that a tracker can have on a path that is known, from the plots that came of it.

The bound takes the tracker's own motion models for granted, as does the tracker, and the true phase
of flight, which the tracker has to find out. It is an average over the paths that these models
allow: on one smooth path a tracker may do better than it, above all while a stage burns evenly.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicHermiteSpline

from tocsin.earth.time import SECOND_NS
from tocsin.formats.truth_table import Truth
from tocsin.lanes import Flags, Floats, Integers
from tocsin.sensors.measurement import Plots, Site
from tocsin.tracking import mixture
from tocsin.tracking.bound import carry_information, look_information, standard_deviations
from tocsin.tracking.filter import look, measured, wrap_rad
from tocsin.tracking.initiate import PLUME_HEIGHT_SIGMA_M, PLUME_SPEED_SIGMA_M_S, SPEED_SIGMA_M_S
from tocsin.tracking.looks import AZIMUTH, look_of, place_of
from tocsin.tracking.motion import (
    WGS84,
    Transition,
    air_density_kg_m3,
    gravity,
    height_and_climb,
    transition,
)
from tocsin.tracking.registration import NUMBERS, Registration, registration
from tocsin.tracking.step import start, step
from tocsin.tracking.track import (
    BOOST,
    COAST,
    INVERSE_BALLISTIC_SIGMA_M2_KG,
    REENTRY,
)

OWN = 6
"""Place of the number that a phase estimates beside position and velocity."""
STATE = 7
BURNS_FROM_M_S2 = 2.0
"""What pushes a body along its way by more than this is its motor."""
OWN_SIGMA = {
    BOOST: mixture.THRUST_SIGMA_M_S2,
    COAST: 1.0,
    REENTRY: INVERSE_BALLISTIC_SIGMA_M2_KG,
}
"""Prior of that number as a phase begins; a coast has none and takes anything."""
INVERSE_BALLISTIC_MAX_M2_KG = 0.01
SETTLED_S = 30.0
"""So long after its first plot a track is judged: before, hardly anything is known."""
GATE_SIGMAS = 6.0
"""A plot is of an object if each number is within so many of its standard deviations; the lasting
errors of its sensor come on top of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flown:
    """A true path, sampled in order of time, and what the motion models need of it; columns [m]."""

    time_tai_ns: Integers
    state: Floats
    """[m, 6]: Earth-fixed m and m/s."""
    phase: Integers
    """From each sample on: `BOOST`, `COAST`, or `REENTRY`, which is below `mixture.AIR_TOP_M`."""
    own: Floats
    """Thrust over mass (m/s^2) in boost, inverse ballistic coefficient (m^2/kg) in re-entry, 0 in
    a coast."""

    def at(self, time_tai_ns: Integers) -> tuple[Floats, Integers]:
        """Give states [n, 7] and phases [n] at instants [n] within the path."""
        seconds = (self.time_tai_ns - self.time_tai_ns[0]) / SECOND_NS
        now = (time_tai_ns - self.time_tai_ns[0]) / SECOND_NS
        path = CubicHermiteSpline(seconds, self.state[:, :3], self.state[:, 3:])
        last = np.clip(np.searchsorted(seconds, now, side="right") - 1, 0, seconds.size - 1)
        state = np.concatenate([path(now), path(now, 1), self.own[last, None]], axis=1)
        return state, self.phase[last]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The bound after each plot of an object, columns [n] in order of time."""

    time_tai_ns: Integers
    phase: Integers
    position_m: Floats
    """Least root mean square error of the position: root of the trace of its covariance."""
    velocity_m_s: Floats
    """The same of the velocity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Views:
    """Plots of an object beside its true states, [n], and what each says of d numbers."""

    plots: Plots
    state: Floats
    phase: Integers
    slope: Floats
    """[n, 4, d], of state and lasting errors, these in units of their standard deviations."""
    sigma: Floats
    """[n, 4]; 1 where nothing is measured, and `slope` is 0."""
    sight: Flags
    """[n]: lines of sight without a range."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """The way from the first plot to the last, cut at plots and changes of phase into nodes [m]."""

    phase: Integers
    """From each node on."""
    enters: Flags
    """Whether that begins there."""
    moved: Transition
    """[m - 1], from each node to the next."""
    node: Integers
    """[n], of each plot."""


def flown(time_tai_ns: Integers, state: Floats) -> Flown:
    """Give a path with its phases, from what pushes and brakes it beyond gravity.

    Args:
        time_tai_ns: [m], rising, three or more, a few seconds apart at most.
        state: [m, 6], Earth-fixed m and m/s.

    A coast between two burns counts as boost. Phases change at a sample.
    """
    seconds = (time_tai_ns - time_tai_ns[0]) / SECOND_NS
    speed = np.maximum(np.linalg.norm(state[:, 3:], axis=1), 1e-3)
    pulled = gravity(state[:, :3])[0]
    spin = WGS84.rotation_rad_s
    x, y, u, v = (state[:, place] for place in (0, 1, 3, 4))
    pulled[:, 0] += spin * spin * x + 2.0 * spin * v
    pulled[:, 1] += spin * spin * y - 2.0 * spin * u
    extra = np.gradient(state[:, 3:], seconds, axis=0) - pulled
    pushed = np.sum(extra * state[:, 3:], axis=1) / speed
    height, climb = height_and_climb(state)
    burns = np.flatnonzero((pushed > BURNS_FROM_M_S2) & (climb > 0.0))
    phase = np.full(seconds.size, COAST)
    phase[(height < mixture.AIR_TOP_M) & (climb < 0.0)] = REENTRY
    phase[: burns[-1] if burns.size else 0] = BOOST
    drag = np.maximum(-pushed, 0.0) / (0.5 * air_density_kg_m3(height)[0] * speed**2 + 1e-12)
    drag = np.clip(drag, 0.0, INVERSE_BALLISTIC_MAX_M2_KG)
    thrust = np.linalg.norm(extra, axis=1)
    own = np.where(phase == BOOST, thrust, np.where(phase == REENTRY, drag, 0.0))
    return Flown(time_tai_ns=time_tai_ns, state=state, phase=phase, own=own)


def flown_of(truth: Truth, thing: int) -> Flown:
    """Give the path of one object of a truth, by its place in `truth.objects`."""
    rows = np.flatnonzero(truth.object == thing)
    return flown(truth.time_tai_ns[rows], truth.state[rows])


def plots_of_one(path: Flown, plots: Plots, sites: tuple[Site, ...]) -> Plots:
    """Give, in order of time, the plots that came of a path: of each look the nearest in the gate.

    Args:
        path: That was flown.
        plots: Of any objects, in any order; many false ones may be among them.
        sites: Of `plots.sensors`.
    """
    inside = (plots.time_tai_ns >= path.time_tai_ns[0]) & (
        plots.time_tai_ns <= path.time_tai_ns[-1]
    )
    plots = plots.take(np.flatnonzero(inside))
    state, _ = path.at(plots.time_tai_ns)
    values, sigma, there = measured(plots)
    expected = _looked(state, plots, sites)[0]
    off = values - expected
    off[:, AZIMUTH] = wrap_rad(off[:, AZIMUTH])
    lasting = np.array([(*site.bias_sigma, site.bias_sigma[1], 0.0) for site in sites])
    scaled = np.abs(off) / np.hypot(sigma, lasting[plots.sensor])
    worst = np.max(np.where(there, scaled, 0.0), axis=1, initial=0.0)
    order = np.lexsort((worst, plots.sensor, plots.time_tai_ns))
    order = order[worst[order] < GATE_SIGMAS]
    key = np.stack([plots.time_tai_ns[order], plots.sensor[order]])
    first = np.ones(order.size, np.bool_)
    first[1:] = np.any(np.diff(key, axis=1) != 0, axis=0)
    return plots.take(order[first])


def position_bounds(path: Flown, plots: Plots, sites: tuple[Site, ...]) -> Bounds:
    """Give the posterior Cramer-Rao bound along a path, after each plot of it.

    What is known before the first plot is what the tracker takes for granted: nothing of the place
    (of a plume, a likely height), little of the velocity, and what the sensors state of their
    lasting errors, which are estimated along with the state. A new phase begins with the tracker's
    prior of the number that it estimates.

    Args:
        path: That was flown; the plots lie within it.
        plots: Of this object alone, one or more, in order of time (see `plots_of_one`).
        sites: Of `plots.sensors`.

    Source: as for `tracking.bound.posterior_bound`, on the nominal path.
    """
    known = registration(sites)
    views = _views(path, plots, sites, known)
    way = _way(path, plots.time_tai_ns)
    information = _at_first(views, known.mean.size)
    found = np.empty((plots.count, 2))
    for node in range(way.phase.size):
        if node > 0:
            information = _carried(information, way.moved, node - 1)
        if way.enters[node]:
            information = _entered(information, int(way.phase[node]))
        for k in np.flatnonzero(way.node == node):
            noise = np.diag(np.square(views.sigma[k]))
            information = information + look_information(views.slope[k : k + 1], noise)
            least = standard_deviations(information)
            found[k] = np.linalg.norm(least[:3]), np.linalg.norm(least[3:6])
    return Bounds(
        time_tai_ns=plots.time_tai_ns,
        phase=views.phase,
        position_m=found[:, 0],
        velocity_m_s=found[:, 1],
    )


def _way(path: Flown, time_tai_ns: Integers) -> _Way:
    """Give the way from the first of some instants [n] to the last, cut where phases change."""
    changes = path.time_tai_ns[np.flatnonzero(np.diff(path.phase) != 0) + 1]
    inside = (changes > time_tai_ns[0]) & (changes <= time_tai_ns[-1])
    nodes = np.union1d(time_tai_ns, changes[inside])
    state, phase = path.at(nodes)
    moved = transition(state[:-1], np.diff(nodes) / SECOND_NS, phase[:-1])
    enters = np.diff(phase, prepend=phase[0]) != 0
    return _Way(phase=phase, enters=enters, moved=moved, node=np.searchsorted(nodes, time_tai_ns))


def _at_first(views: _Views, errors: int) -> Floats:
    """Give the information [d, d] before the first plot, without what a phase estimates."""
    information = np.zeros((STATE + errors, STATE + errors))
    unsure_m_s = PLUME_SPEED_SIGMA_M_S if views.sight[0] else SPEED_SIGMA_M_S
    information[3:6, 3:6] = np.eye(3) / unsure_m_s**2
    information[STATE:, STATE:] = np.eye(errors)
    if views.sight[0]:
        up = views.state[0, :3] / np.linalg.norm(views.state[0, :3])
        information[:3, :3] = np.outer(up, up) / PLUME_HEIGHT_SIGMA_M**2
    return _entered(information, int(views.phase[0]))


def _carried(information: Floats, moved: Transition, step: int) -> Floats:
    """Give the information after a step of the way; lasting errors stay as they are."""
    size = len(information)
    jacobian, noise = np.eye(size), np.zeros((size, size))
    jacobian[:STATE, :STATE] = moved.jacobian[step]
    noise[:STATE, :STATE] = moved.noise[step]
    return carry_information(information, jacobian[None], noise)


def _entered(information: Floats, phase: int) -> Floats:
    """Give the information after a phase has begun: of its own number only the prior is known."""
    row = information[OWN]
    left = information - np.outer(row, row) / row[OWN] if row[OWN] > 0.0 else information.copy()
    left[OWN], left[:, OWN] = 0.0, 0.0
    left[OWN, OWN] = 1.0 / OWN_SIGMA[phase] ** 2
    return left


def _looked(state: Floats, plots: Plots, sites: tuple[Site, ...]) -> tuple[Floats, Floats]:
    """Give what each plot's sensor would measure of the state beside it, and the derivative."""
    values, slope = np.empty((len(state), 4)), np.empty((len(state), 4, state.shape[1]))
    for sensor in np.unique(plots.sensor):
        rows = np.flatnonzero(plots.sensor == sensor)
        places, axes = _stands(plots.take(rows), sites)
        values[rows], slope[rows] = look(state[rows], places, axes)
    return values, slope


def _stands(plots: Plots, sites: tuple[Site, ...]) -> tuple[Floats, Floats]:
    """Give where the sensor of some plots, one of them all, stands and how its axes lie."""
    first = look_of(plots.take(np.zeros(1, np.int64)), sites, 0)
    places = place_of(first.site, plots.time_tai_ns, WGS84)
    return places, np.broadcast_to(first.axes, (plots.count, 3, 3))


def _views(path: Flown, plots: Plots, sites: tuple[Site, ...], known: Registration) -> _Views:
    """Set plots beside the true states and work out what each says of state and lasting errors."""
    state, phase = path.at(plots.time_tai_ns)
    _, sigma, there = measured(plots)
    slope = np.zeros((plots.count, 4, STATE + known.mean.size))
    slope[:, :, :STATE] = _looked(state, plots, sites)[1]
    unit = np.sqrt(np.diag(known.cov))
    for sensor in np.unique(plots.sensor):
        columns = known.columns(int(sensor))
        if columns is not None:
            rows = np.flatnonzero(plots.sensor == sensor)
            block = np.diag(unit[columns])
            slope[rows, :NUMBERS, STATE + columns.start : STATE + columns.stop] = block
    return _Views(
        plots=plots,
        state=state,
        phase=phase,
        slope=np.where(there[:, :, None], slope, 0.0),
        sigma=np.where(there, sigma, 1.0),
        sight=~np.isfinite(plots.range_m),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A track beside its path and the bound, columns [n] over the plots that fed it."""

    bounds: Bounds
    """After each plot of the object, those included that fed no believed track."""
    error_m: Floats
    """Of the position; NaN where no believed track was fed near the object."""
    nees: Floats
    """Squared error of position and velocity over the track's covariance: 6 on average if that is
    right; NaN as above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """Errors over bounds of many runs in one phase."""

    instants: int
    """Of all runs together at which an object was followed."""
    followed: float
    """Share of the instants with a plot at which it was."""
    error_m: float
    """Root mean square."""
    bound_m: float
    """The same, at the same instants."""
    ratio: float
    """Of these two."""
    ratio_sigma: float
    """Standard error of that: errors within one run go together, so runs are what counts (the
    jackknife over them: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 11).
    NaN of a single run."""
    even: float
    """Root mean square of each error over its own bound: every instant counts as much."""
    nees: float


def followed(path: Flown, plots: Plots, sites: tuple[Site, ...]) -> Followed:
    """Track the plots of one object, and set the track beside the path and the bound.

    Args:
        path, plots, sites: As for `position_bounds`.
    """
    bounds = position_bounds(path, plots, sites)
    error, nees = np.full(plots.count, np.nan), np.full(plots.count, np.nan)
    truth = path.at(plots.time_tai_ns)[0][:, :6]
    state = start()
    for k in range(plots.count):
        state = step(state, plots.take(np.array([k])), sites)
        rows = state.confirmed()
        rows = rows[state.seen_tai_ns[rows] == plots.time_tai_ns[k]]
        if rows.size == 0:
            continue
        tracks = state.tracks_at(rows)
        off = tracks.state - truth[k]
        near = int(np.argmin(np.linalg.norm(off[:, :3], axis=1)))
        error[k] = np.linalg.norm(off[near, :3])
        nees[k] = off[near] @ np.linalg.solve(tracks.covariance[near], off[near])
    return Followed(bounds=bounds, error_m=error, nees=nees)


def pooled(runs: Sequence[Followed], phase: int, after_s: float = SETTLED_S) -> Pooled:
    """Give errors over bounds of all runs, in one phase and so long after each first plot."""
    rows = [_judged(run, phase, after_s) for run in runs]
    due = sum(each.size for each in rows)
    there = [each[np.isfinite(run.error_m[each])] for run, each in zip(runs, rows, strict=True)]
    kept = [(run, each) for run, each in zip(runs, there, strict=True) if each.size]
    if not kept:
        return Pooled(instants=0, followed=0.0, **dict.fromkeys(_AMOUNTS, math.nan))
    error2 = [np.square(run.error_m[each]) for run, each in kept]
    bound2 = [np.square(run.bounds.position_m[each]) for run, each in kept]
    nees = np.concatenate([run.nees[each] for run, each in kept])
    error_m, bound_m = _root_mean(error2), _root_mean(bound2)
    return Pooled(
        instants=nees.size,
        followed=nees.size / due,
        error_m=error_m,
        bound_m=bound_m,
        ratio=error_m / bound_m,
        ratio_sigma=_ratio_sigma(error2, bound2),
        even=_root_mean([top / low for top, low in zip(error2, bound2, strict=True)]),
        nees=float(np.mean(nees)),
    )


def _judged(run: Followed, phase: int, after_s: float) -> Integers:
    """Give the rows of a run that are in a phase and late enough."""
    at = run.bounds.time_tai_ns
    return np.flatnonzero((run.bounds.phase == phase) & (at - at[0] > after_s * SECOND_NS))


def _root_mean(squares: Sequence[Floats]) -> float:
    """Give the root of the mean of squares in several parts."""
    return math.sqrt(float(np.mean(np.concatenate(squares))))


def _ratio_sigma(error2: Sequence[Floats], bound2: Sequence[Floats]) -> float:
    """Give the standard error of the root of all errors' squares over all bounds' squares."""
    top = np.array([each.sum() for each in error2])
    low = np.array([each.sum() for each in bound2])
    n = top.size
    if n < 2:
        return math.nan
    without = np.sqrt((top.sum() - top) / (low.sum() - low))
    return math.sqrt((n - 1) / n * float(np.sum(np.square(without - without.mean()))))


_AMOUNTS = ("error_m", "bound_m", "ratio", "ratio_sigma", "even", "nees")
