"""The sensors' lasting errors, estimated from the tracks that they feed together.

A track is filtered as if sensors had no lasting error, and beside it runs how its state would turn
with each of them; what plots of all tracks leave unexplained then tells of the errors alone. For
linear measurements that is exactly the filter of all tracks and all errors at once.

Source: Friedland, Treatment of bias in recursive filtering, IEEE Transactions on Automatic Control
14(4), 1969, equations 17 to 26.
"""

from dataclasses import dataclass

import numpy as np

from tocsin.lanes import Flags, Floats
from tocsin.sensors.measurement import Site

NUMBERS = 3
"""Errors of one sensor: range (m), azimuth and elevation (rad)."""
RANGE_SIGMA_LEAST_M = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What is known of the lasting errors of those sensors that state to have any."""

    sensors: tuple[int, ...]
    """Places of these sensors among the sites."""
    mean: Floats
    """[3 b]: range, azimuth, elevation of each; to be taken off what the sensor says."""
    cov: Floats
    """[3 b, 3 b]."""

    def columns(self, sensor: int) -> slice | None:
        """Give the columns of a sensor's errors; none if it has no lasting error."""
        if sensor not in self.sensors:
            return None
        first = NUMBERS * self.sensors.index(sensor)
        return slice(first, first + NUMBERS)


def registration(sites: tuple[Site, ...]) -> Registration:
    """Give what is known before any plot: what the sensors state of themselves."""
    sensors = tuple(place for place, site in enumerate(sites) if max(site.bias_sigma) > 0.0)
    sigma = np.array(
        [
            (max(range_m, RANGE_SIGMA_LEAST_M), angle_rad, angle_rad)
            for range_m, angle_rad in (sites[place].bias_sigma for place in sensors)
        ]
    ).reshape(-1)
    return Registration(sensors=sensors, mean=np.zeros(sigma.size), cov=np.diag(np.square(sigma)))


def leaning(h: Floats, sensitivity: Floats, columns: slice | None) -> Floats:
    """Give the derivatives [n, 4, 3 b] of what is left unexplained, by the lasting errors.

    Args:
        h: [n, 4, 6], derivatives of what a sensor measures by the state.
        sensitivity: [n, 6, 3 b] of the tracks.
        columns: Of the sensor.
    """
    found = h @ sensitivity
    if columns is not None:
        found[:, range(NUMBERS), range(columns.start, columns.stop)] += 1.0
    return np.asarray(found)


def expected_shift(known: Registration, leans: Floats) -> tuple[Floats, Floats]:
    """Give what the errors add to expected measurements [n, 4], and how unsure [n, 4, 4]."""
    return leans @ known.mean, leans @ known.cov @ np.swapaxes(leans, 1, 2)


def learnt(
    known: Registration, residual: Floats, variance: Floats, leans: Floats, measured: Flags
) -> Registration:
    """Give what is known of the lasting errors after some plots.

    Args:
        known: Before.
        residual: [k, 4], of the filters that know of no lasting error.
        variance: [k, 4, 4], of these residuals.
        leans: [k, 4, 3 b].
        measured: [4].
    """
    used = np.flatnonzero(measured)
    if len(residual) == 0 or known.mean.size == 0:
        return known
    slope = leans[:, used]
    weight = np.linalg.solve(variance[:, used[:, None], used], slope)
    gained = np.einsum("kia,kib->ab", slope, weight)
    off = residual[:, used] - slope @ known.mean
    pushed = np.einsum("kib,ki->b", weight, off)
    scale = np.sqrt(np.diag(known.cov))
    sure = np.linalg.inv(known.cov / (scale[:, None] * scale)) + scale[:, None] * gained * scale
    after = np.linalg.inv(sure)
    cov = scale[:, None] * (0.5 * (after + after.T)) * scale
    return Registration(sensors=known.sensors, mean=known.mean + cov @ pushed, cov=cov)


def turned_by(sensitivity: Floats, gain: Floats, leans: Floats) -> Floats:
    """Give sensitivities [k, 6, 3 b] after updates with gains [k, 6, 4]."""
    return np.asarray(sensitivity - gain @ leans)


def sensitivity_at_start(
    mean: Floats, place: Floats, axes: Floats, columns: slice | None, size: int
) -> Floats:
    """Give how states [n, 6] that one sensor's plots began turn with its lasting errors.

    An error of what is measured puts the track so much aside: the true state is that much back.
    """
    n = len(mean)
    found = np.zeros((n, 6, size))
    if columns is None or n == 0:
        return found
    local = (mean[:, :3] - place) @ axes.T
    range_m = np.linalg.norm(local, axis=1)
    across = np.maximum(np.hypot(local[:, 0], local[:, 1]), 1.0)
    line = local / range_m[:, None]
    zero = np.zeros(n)
    turn = np.stack([local[:, 1], -local[:, 0], zero], axis=1)
    rise = np.stack(
        [-local[:, 2] * local[:, 0] / across, -local[:, 2] * local[:, 1] / across, across], axis=1
    )
    found[:, :3, columns] = -np.swapaxes(np.stack([line, turn, rise], axis=1) @ axes, 1, 2)
    return found
