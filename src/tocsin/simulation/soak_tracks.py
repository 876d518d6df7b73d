"""Tracks without plots: how far off a tracker would be of what it sees, look by look.

A linear filter's error, carried beside the truth. It is the tracker's own: its motion, the
derivative of what a radar measures, the errors of `sensors.scan.RadarNoise` by the strength of each
echo, and a radar's lasting error. Left out are what is not linear, plots given to the wrong track,
and doubt over which phase an object is in.
"""

import math
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from tocsin.earth.frames import east_north_up
from tocsin.lanes import Flags, Floats, Integers
from tocsin.sensors.measurement import RADAR_BIAS_SIGMA, Site, site_positions_m
from tocsin.sensors.radar import Radar, snr_at
from tocsin.sensors.scan import STATED_SNR, RadarNoise
from tocsin.tracking.expect import should_be_seen
from tocsin.tracking.filter import look
from tocsin.tracking.motion import carry, transition

SPEED_SIGMA_M_S = 5_000.0
"""What a tracker knows of a velocity before the second plot, each way."""
NOISE = RadarNoise()


@dataclass(frozen=True, slots=True, kw_only=True)
class Error:
    """What a tracker believes of n objects in d draws of chance."""

    covariance: Floats
    """[n, 6, 6]; the same in every draw."""
    off: Floats
    """[n, d, 6]: estimate less truth."""
    hits: Integers
    """[n]: plots so far."""


def unseen(count: int, draws: int) -> Error:
    """Give what is believed before the first plot: nothing."""
    return Error(
        covariance=np.zeros((count, 6, 6)),
        off=np.zeros((count, draws, 6)),
        hits=np.zeros(count, np.int64),
    )


def take(error: Error, rows: Integers, draws: Integers) -> Error:
    """Give pairs of an object and a draw, each as an object of one draw."""
    return Error(
        covariance=error.covariance[rows],
        off=error.off[rows, draws][:, None],
        hits=error.hits[rows],
    )


def coasted(error: Error, state: Floats, step_s: float) -> tuple[Error, Floats]:
    """Carry errors and the truth [n, 6] on without a look."""
    n = len(state)
    way = transition(state, np.full(n, step_s), np.ones(n, np.int64))
    after = Error(
        covariance=carry(error.covariance, way.jacobian, way.noise),
        off=error.off @ np.swapaxes(way.jacobian, 1, 2),
        hits=error.hits,
    )
    return after, way.state


def seen(site: Site, state: Floats, rcs_m2: Floats) -> tuple[Flags, Floats]:
    """Tell what is in a radar's view, and how strong its echo is, a ratio; both [n]."""
    place, axes = _stand(site)
    radar = cast("Radar", site.sensor)
    away_m = np.linalg.norm(state[:, :3] - place, axis=1)
    known = (radar.range_max_m, radar.reference_rcs_m2, radar.reference_snr)
    snr = np.asarray(cast("Any", snr_at)(away_m, rcs_m2, *known))
    return should_be_seen(site, place, axes, state[:, :3]), snr


def detected(
    site: Site, state: Floats, rcs_m2: Floats, draw: np.random.Generator
) -> tuple[Flags, Floats]:
    """Draw which objects one look of a radar detects; give the strength of their echoes too."""
    inside, snr = seen(site, state, rcs_m2)
    chance = np.exp(math.log(cast("Radar", site.sensor).false_alarm_probability) / (1.0 + snr))
    return inside & (draw.random(len(state)) < chance), snr


def looked(
    error: Error,
    site: Site,
    truth: tuple[Floats, Flags, Floats],
    draw: np.random.Generator,
) -> Error:
    """Take in one look of a radar.

    Args:
        error: At its instant.
        site: The radar.
        truth: States [n, 6], which are detected, and how strong their echoes are.
        draw: Chance.
    """
    state, hit, snr = truth
    rows = np.flatnonzero(hit)
    if rows.size == 0:
        return error
    place, axes = _stand(site)
    n, draws = rows.size, error.off.shape[1]
    _, slope = look(state[rows], np.broadcast_to(place, (n, 3)), np.broadcast_to(axes, (n, 3, 3)))
    sigma = _sigma(snr[rows])
    noise = draw.standard_normal((n, draws, 4)) * sigma[:, None]
    cover, off = error.covariance[rows], error.off[rows]
    fresh = error.hits[rows] == 0
    if np.any(fresh):
        cover, off = _first(slope, sigma, (cover, off, fresh), (noise, draw))
    old = ~fresh
    left = cover[old] @ np.swapaxes(slope[old], 1, 2)
    whole = slope[old] @ left + np.eye(4) * sigma[old][:, None] ** 2
    gain = np.swapaxes(np.linalg.solve(whole, np.swapaxes(left, 1, 2)), 1, 2)
    keep = np.eye(6) - gain @ slope[old]
    cover[old] = keep @ cover[old]
    cover[old] = 0.5 * (cover[old] + np.swapaxes(cover[old], 1, 2))
    off[old] = off[old] @ np.swapaxes(keep, 1, 2) + noise[old] @ np.swapaxes(gain, 1, 2)
    covariance, offs = error.covariance.copy(), error.off.copy()
    covariance[rows], offs[rows] = cover, off
    return Error(covariance=covariance, off=offs, hits=error.hits + hit)


def _first(
    slope: Floats, sigma: Floats, was: tuple[Floats, Floats, Flags], chance: tuple[Floats, Any]
) -> tuple[Floats, Floats]:
    """Start with a place from one plot, and any velocity."""
    (cover, off, fresh), (noise, draw) = was, chance
    turn = np.linalg.inv(slope[fresh][:, :3, :3])
    cover[fresh] = np.diag([0.0] * 3 + [SPEED_SIGMA_M_S**2] * 3)
    place = turn * sigma[fresh][:, None, :3]
    cover[fresh, :3, :3] = place @ np.swapaxes(place, 1, 2)
    start = np.zeros((int(fresh.sum()), off.shape[1], 6))
    start[..., :3] = noise[fresh][..., :3] @ np.swapaxes(turn, 1, 2)
    start[..., 3:] = draw.standard_normal(start[..., 3:].shape) * SPEED_SIGMA_M_S
    off[fresh] = start
    return cover, off


def bias_m(site: Site, position_m: Floats, draw: np.random.Generator) -> Floats:
    """Give how far a radar's lasting error moves places [n, 3], one draw of it for each."""
    place, axes = _stand(site)
    local = (position_m - place) @ axes.T
    away = np.linalg.norm(local, axis=1, keepdims=True)
    way = local / away
    flat = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)
    side = np.stack([way[:, 1], -way[:, 0], np.zeros_like(flat)], axis=1) / flat[:, None]
    over = np.cross(side, way)
    drawn = draw.standard_normal((len(way), 3))
    along, angle = RADAR_BIAS_SIGMA
    moved = along * drawn[:, :1] * way + angle * away * (drawn[:, 1:2] * side + drawn[:, 2:] * over)
    return np.asarray(moved @ axes)


def _sigma(snr: Floats) -> Floats:
    """Give standard deviations [n, 4] of range, two angles and range rate by echo strength."""
    share = np.hypot(np.sqrt(STATED_SNR / np.maximum(snr, 1e-3)), NOISE.floor)
    angle = NOISE.angle_rad
    stated = np.array([NOISE.range_m, angle, angle, NOISE.range_rate_m_s])
    return np.asarray(share[:, None] * stated)


def _stand(site: Site) -> tuple[Floats, Floats]:
    place = site_positions_m(site, np.zeros(1, np.int64))[0]
    return place, np.array(east_north_up(site.latitude_rad, site.longitude_rad))


__all__ = [
    "Error",
    "bias_m",
    "coasted",
    "detected",
    "looked",
    "seen",
    "take",
    "unseen",
]
