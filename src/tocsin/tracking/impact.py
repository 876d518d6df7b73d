"""Where and when tracks will land, with the ellipse that should hold the place."""

from dataclasses import dataclass

import numpy as np

from tocsin.earth.frames import geodetic_from_ecef_batch
from tocsin.lanes import Flags, Floats
from tocsin.tracking.motion import carry, height_and_climb, transition
from tocsin.tracking.track import BOOST, COAST, REENTRY, Tracks

STEP_S = 10.0
LOW_STEP_S = 2.0
REENTRY_TOP_M = 90_000.0
LONGEST_S = 7_200.0
"""A track that is still up then is called an orbit, and lands nowhere."""

CHI2_95 = 5.991464547107979
"""Squared distance that 95 % of normal errors in two dimensions stay within: -2 ln 0.05."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impacts:
    """Predicted impacts of tracks, as columns [n]."""

    lands: Flags
    """Whether it comes down within `LONGEST_S`, and does not burn any more: what still burns may
    end thousands of kilometres further on. The other columns are NaN where it does not land."""
    time_s: Floats
    """After the track's instant."""
    time_sigma_s: Floats
    latitude_rad: Floats
    longitude_rad: Floats
    covariance_m2: Floats
    """[n, 2, 2], of east and north along the ground."""

    def ellipse_m(self) -> tuple[Floats, Floats, Floats]:
        """Give the 95 % ellipse: half axes (m), long and short, and azimuth (rad) of the long."""
        safe = np.where(np.isfinite(self.covariance_m2), self.covariance_m2, 0.0)
        size, way = np.linalg.eigh(safe)
        axes = np.sqrt(CHI2_95 * np.maximum(size, 0.0))
        azimuth = np.arctan2(way[:, 0, 1], way[:, 1, 1]) % np.pi
        lost = np.where(self.lands, 0.0, np.nan)
        return axes[:, 1] + lost, axes[:, 0] + lost, azimuth + lost


def impacts(tracks: Tracks) -> Impacts:
    """Predict where and when tracks land, by the tracker's own motion without further plots.

    The drag coefficient is the one `transition` assumes; what it may be wrong by is in the noise of
    re-entry. First order in the state's error: holds while the ellipse is small beside the range.
    """
    n = tracks.count
    state, covariance = tracks.state.copy(), tracks.covariance.copy()
    time, lands = np.zeros(n), np.zeros(n, np.bool_)
    flying = np.flatnonzero(tracks.phase != BOOST)
    while flying.size:
        height, climb = height_and_climb(state[flying])
        low = (height < REENTRY_TOP_M) & (climb < 0.0)
        dt = np.where(low | (height < 0.0), LOW_STEP_S, STEP_S)
        dt = np.where(low, np.minimum(dt, np.maximum(height, 0.0) / np.maximum(-climb, 1.0)), dt)
        there = low & (height < 10.0)
        lands[flying[there]] = True
        going = ~there & (time[flying] < LONGEST_S)
        flying, dt, low = flying[going], np.maximum(dt[going], 0.01), low[going]
        if flying.size == 0:
            break
        moved = transition(state[flying], dt, np.where(low, REENTRY, COAST))
        covariance[flying] = carry(covariance[flying], moved.jacobian, moved.noise)
        state[flying] = moved.state
        time[flying] += dt
    return _on_the_ground(state, covariance, time, lands)


def _on_the_ground(state: Floats, covariance: Floats, time: Floats, lands: Flags) -> Impacts:
    """Turn errors at a common instant into errors of the place and time of impact."""
    latitude, longitude, _ = geodetic_from_ecef_batch(state[:, :3])
    zero = np.zeros_like(latitude)
    east = np.stack([-np.sin(longitude), np.cos(longitude), zero], -1)
    up = np.stack(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ],
        -1,
    )
    ground = np.stack([east, np.cross(up, east)], 1)
    velocity = state[:, 3:6]
    sink = np.sum(velocity * up, -1)
    safe = np.where(np.abs(sink) > 1e-3, sink, 1.0)
    slide = np.eye(3) - velocity[:, :, None] * up[:, None, :] / safe[:, None, None]
    onto = ground @ slide
    spread = onto @ covariance[:, :3, :3] @ np.swapaxes(onto, 1, 2)
    upright = np.einsum("ni,nij,nj->n", up, covariance[:, :3, :3], up)
    lost = np.where(lands, 0.0, np.nan)
    return Impacts(
        lands=lands,
        time_s=time + lost,
        time_sigma_s=np.sqrt(upright) / np.abs(safe) + lost,
        latitude_rad=latitude + lost,
        longitude_rad=longitude + lost,
        covariance_m2=spread + lost[:, None, None],
    )
