"""How a plot corrects a track: extended and unscented Kalman filter, over batches of pairs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tocsin.lanes import Flags, Floats, Integers
from tocsin.sensors.measurement import Plots

ANGLES = np.array([False, True, True, False])
"""Which of range, azimuth, elevation and range rate turn full circle."""

Function = Callable[[Floats], Floats]
"""Something that follows from states: [n, d] to [n, m], row by row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Innovation:
    """What plots say that the tracks did not expect; n pairs, m measured numbers, d state numbers.

    A number that was not measured has residual 0, derivative 0 and variance 1 beside no covariance:
    it changes nothing.
    """

    residual: Floats
    """[n, m]: measured less expected."""
    variance: Floats
    """[n, m, m]: covariance of the residual."""
    jacobian: Floats
    """[n, m, d]: derivative of the expected measurement by the state."""
    noise: Floats
    """[n, m, m]: the part of `variance` that does not come from the state's error."""
    used: Flags
    """[n, m]: what was measured."""
    distance2: Floats
    """[n]: squared Mahalanobis distance; chi-square with `dof` degrees of freedom."""
    log_volume: Floats
    """[n]: logarithm of the determinant of 2 pi `variance`: minus half of it and of `distance2` is
    the logarithm of the measurement's likelihood, in its own units."""
    dof: Integers
    """[n]: how many numbers were measured."""

    def take(self, rows: Integers) -> "Innovation":
        """Give the pairs at these places, in this order."""
        return Innovation(**{name: getattr(self, name)[rows] for name in self.__slots__})


def wrap_rad(angle_rad: Floats) -> Floats:
    """Give angles turned into -pi to pi."""
    return np.asarray(np.remainder(angle_rad + np.pi, 2.0 * np.pi) - np.pi)


# ---- the filter itself, for any measurement ----


def innovate(
    covariance: Floats,
    residual: Floats,
    jacobian: Floats,
    noise: Floats,
    used: Flags,
) -> Innovation:
    """Weigh residuals [n, m] of tracks whose covariance is [n, d, d].

    Args:
        jacobian: [n, m, d].
        noise: [n, m, m], of the measurement.
        used: [n, m]; whatever stands elsewhere is not read, even if it is NaN.

    Source: Bar-Shalom, Li and Kirubarajan, Estimation with Applications to Tracking and
    Navigation, 2001, section 10.3.
    """
    pairs = used[:, :, None] & used[:, None, :]
    slope = np.where(used[:, :, None], jacobian, 0.0)
    off = np.where(used, residual, 0.0)
    own = np.where(pairs, noise, np.eye(used.shape[1]))
    variance = slope @ covariance @ np.swapaxes(slope, 1, 2) + own
    scale = 1.0 / np.sqrt(np.diagonal(variance, axis1=1, axis2=2))
    scaled = variance * scale[:, :, None] * scale[:, None, :]
    off_scaled = off * scale
    distance2 = np.sum(off_scaled * _solve(scaled, off_scaled[:, :, None])[:, :, 0], axis=1)
    log_volume = np.linalg.slogdet(scaled)[1] - 2.0 * np.sum(np.log(scale), axis=1)
    dof = np.sum(used, axis=1)
    return Innovation(
        residual=off,
        variance=variance,
        jacobian=slope,
        noise=own,
        used=used,
        distance2=distance2,
        log_volume=log_volume + dof * np.log(2.0 * np.pi),
        dof=dof,
    )


def _solve(matrices: Floats, right: Floats) -> Floats:
    """Solve many small systems of equations."""
    return np.asarray(np.linalg.solve(matrices, right), dtype=np.float64)


def update(state: Floats, covariance: Floats, innovation: Innovation) -> tuple[Floats, Floats]:
    """Correct states [n, d] and covariances [n, d, d], each by the innovation beside it.

    The covariance stays symmetric and positive: it is a sum of two squares.

    Source: Bucy and Joseph, Filtering for Stochastic Processes with Applications to Guidance,
    1968, chapter 16 (the form named after Joseph).
    """
    slope = innovation.jacobian
    scale = 1.0 / np.sqrt(np.diagonal(innovation.variance, axis1=1, axis2=2))
    scaled = innovation.variance * scale[:, :, None] * scale[:, None, :]
    gain_turned = scale[:, :, None] * _solve(scaled, scale[:, :, None] * (slope @ covariance))
    gain = np.swapaxes(gain_turned, 1, 2)
    kept = np.eye(state.shape[1]) - gain @ slope
    after = kept @ covariance @ np.swapaxes(kept, 1, 2) + gain @ innovation.noise @ gain_turned
    moved = state + (gain @ innovation.residual[:, :, None])[:, :, 0]
    return moved, 0.5 * (after + np.swapaxes(after, 1, 2))


# ---- the same by sigma points, without a derivative ----


def sigma_points(state: Floats, covariance: Floats) -> Floats:
    """Give 2 d points [2 d, n, d] of equal weight with the mean and covariance of states [n, d].

    Source: Arasaratnam and Haykin, Cubature Kalman filters, IEEE Transactions on Automatic Control
    54(6), 2009, equation 24: the unscented transform without its middle point, so that no weight
    is below zero.
    """
    size = state.shape[1]
    scale = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    root = np.linalg.cholesky(covariance / (scale[:, :, None] * scale[:, None, :]))
    away = np.sqrt(size) * np.moveaxis(scale[:, :, None] * root, 2, 0)
    points: Floats = np.concatenate([state + away, state - away])
    return points


def unscented(
    function: Function, state: Floats, covariance: Floats, angles: Flags | None = None
) -> tuple[Floats, Floats, Floats]:
    """Give mean, covariance and cross covariance of a function of uncertain states.

    Args:
        function: Of [k, d]; it is called once, with every point of every state.
        angles: [m], which of its numbers turn full circle; none if left out.

    Returns:
        Mean [n, m], covariance [n, m, m], and covariance with the states [n, d, m].

    Source: Julier and Uhlmann, Unscented filtering and nonlinear estimation, Proceedings of the
    IEEE 92(3), 2004, section III; points as in `sigma_points`.
    """
    points = sigma_points(state, covariance)
    count, size = len(points), state.shape[1]
    values = function(points.reshape(-1, size)).reshape(count, len(state), -1)
    middle = function(state)
    off = values - middle
    if angles is not None:
        off = np.where(angles, wrap_rad(off), off)
    shift = np.mean(off, axis=0)
    off = off - shift
    spread = np.einsum("kni,knj->nij", off, off) / count
    cross = np.einsum("kni,knj->nij", points - state, off) / count
    return middle + shift, spread, cross


def predict_unscented(
    function: Function, state: Floats, covariance: Floats, noise: Floats
) -> tuple[Floats, Floats]:
    """Give states [n, d] and covariances [n, d, d] after a step, without its derivative.

    Args:
        function: The step.
        noise: [n, d, d], what it adds.
    """
    mean, spread, _ = unscented(function, state, covariance)
    return mean, spread + noise


def innovate_unscented(
    function: Function,
    state: Floats,
    covariance: Floats,
    measured: tuple[Floats, Floats, Flags],
    angles: Flags | None = None,
) -> Innovation:
    """Weigh measurements of uncertain states without a derivative.

    The line that fits the sigma points best takes the derivative's place, and what it leaves over
    joins the noise: `update` then does exactly what the unscented filter does.

    Args:
        function: What would be measured.
        measured: Values [n, m], their noise [n, m, m], and which of them are there [n, m].
        angles: [m], which of them turn full circle; none if left out.

    Source: Lefebvre, Bruyninckx and De Schutter, Comment on "A new method for the nonlinear
    transformation of means and covariances", IEEE Transactions on Automatic Control 47(8), 2002.
    """
    values, noise, used = measured
    expected, spread, cross = unscented(function, state, covariance, angles)
    slope = np.swapaxes(np.linalg.solve(covariance, cross), 1, 2)
    left_over = spread - slope @ cross
    residual = values - expected
    if angles is not None:
        residual = np.where(angles, wrap_rad(residual), residual)
    return innovate(covariance, residual, slope, noise + left_over, used)


# ---- what radars and infrared satellites measure ----


def look(state: Floats, site_position_m: Floats, site_axes: Floats) -> tuple[Floats, Floats]:
    """Give range, azimuth, elevation and range rate [n, 4] of states, and the derivative [n, 4, d].

    Args:
        state: [n, d], d 6 or more: Earth-fixed position and velocity first.
        site_position_m: [n, 3], Earth-fixed.
        site_axes: [n, 3, 3]: rows east, north and up of a radar; for a satellite the rows y, x and
            z, which turns an azimuth from north over east into its own, from x towards y.

    Straight above the site the azimuth has no derivative; 1 mm off is taken for it there. The range
    rate is that to a site that stands still on Earth.
    """
    away, velocity = state[:, :3] - site_position_m, state[:, 3:6]
    local = (site_axes @ away[:, :, None])[:, :, 0]
    east, north, up = local[:, 0], local[:, 1], local[:, 2]
    range_m = np.maximum(np.linalg.norm(local, axis=1), 1e-3)
    across2 = np.maximum(east * east + north * north, 1e-6)
    across = np.sqrt(across2)
    way = away / range_m[:, None]
    rate = np.sum(way * velocity, axis=1)

    by_azimuth = np.stack([north / across2, -east / across2, np.zeros_like(across)], axis=1)
    lift = up / (range_m * range_m * across)
    by_elevation = np.stack([-lift * east, -lift * north, across / (range_m * range_m)], axis=1)
    jacobian = np.zeros((len(state), 4, state.shape[1]))
    jacobian[:, 0, :3] = jacobian[:, 3, 3:6] = way
    jacobian[:, 1:3, :3] = np.stack([by_azimuth, by_elevation], axis=1) @ site_axes
    jacobian[:, 3, :3] = (velocity - rate[:, None] * way) / range_m[:, None]
    angles = np.arctan2(east, north), np.arctan2(up, across)
    return np.stack([range_m, *angles, rate], axis=1), jacobian


def measured(plots: Plots) -> tuple[Floats, Floats, Flags]:
    """Give what plots measured [n, 4], its standard deviations [n, 4], and which of it is there."""
    values = np.stack(
        [plots.range_m, plots.azimuth_rad, plots.elevation_rad, plots.range_rate_m_s], axis=1
    )
    sigma = np.stack(
        [
            plots.sigma_range_m,
            plots.sigma_azimuth_rad,
            plots.sigma_elevation_rad,
            plots.sigma_range_rate_m_s,
        ],
        axis=1,
    )
    return values, sigma, np.isfinite(values) & np.isfinite(sigma)


def innovation(
    state: Floats,
    covariance: Floats,
    plots: Plots,
    site_position_m: Floats,
    site_axes: Floats,
    unscented_filter: bool = False,
) -> Innovation:
    """Give what each plot says that the track beside it did not expect.

    Args:
        state, covariance: [n, d] and [n, d, d], at the times of the plots; d 6 or more.
        plots: n plots.
        site_position_m, site_axes: [n, 3] and [n, 3, 3], as for `look`.
        unscented_filter: Sigma points instead of the derivative: several times the work, better
            where the spread of the state is wide for the geometry.
    """
    values, sigma, used = measured(plots)
    noise = np.square(sigma)[:, :, None] * np.eye(4)
    if unscented_filter:

        def expected(at: Floats) -> Floats:
            fold = (len(at) // len(state), 1)
            return look(at, np.tile(site_position_m, fold), np.tile(site_axes, (*fold, 1)))[0]

        return innovate_unscented(expected, state, covariance, (values, noise, used), ANGLES)
    middle, jacobian = look(state, site_position_m, site_axes)
    residual = np.where(ANGLES, wrap_rad(values - middle), values - middle)
    return innovate(covariance, residual, jacobian, noise, used)


def position_from(
    plots: Plots, site_position_m: Floats, site_axes: Floats
) -> tuple[Floats, Floats]:
    """Give positions [n, 3] and their covariances [n, 3, 3] from one radar plot each.

    Mean and spread of where the target may be, given the plot and nothing else: a wide beam bends
    the spread, and its mean lies nearer than the plot by half the square of the angle errors.

    Args:
        plots: n plots with a range and angles.
        site_position_m, site_axes: As for `look`.

    Holds to 1 % of the spread up to angle errors of 0.1 rad (tested).

    Source: Julier and Uhlmann, Unscented filtering and nonlinear estimation, Proceedings of the
    IEEE 92(3), 2004, which takes this conversion as its example; points as in `sigma_points`.
    """
    values, sigma, _ = measured(plots)
    noise = np.square(sigma[:, :3])[:, :, None] * np.eye(3)
    local, spread, _ = unscented(_local, values[:, :3], noise)
    back = np.swapaxes(site_axes, 1, 2)
    found = site_position_m + (back @ local[:, :, None])[:, :, 0]
    return found, back @ spread @ site_axes


def _local(measured_three: Floats) -> Floats:
    """Give east, north and up [n, 3] from range, azimuth and elevation [n, 3]."""
    range_m, azimuth, elevation = measured_three.T
    flat = range_m * np.cos(elevation)
    return np.stack(
        [flat * np.sin(azimuth), flat * np.cos(azimuth), range_m * np.sin(elevation)], axis=1
    )
