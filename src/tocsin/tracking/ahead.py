"""Carrying everything that a tracker knows to the instant of the next look."""

from dataclasses import replace

import numpy as np

from tocsin.lanes import Floats, Integers
from tocsin.tracking import coasting, mixture
from tocsin.tracking.bank import NEVER_TAI_NS, Bank
from tocsin.tracking.motion import (
    BEND_LEAST_M,
    COAST_NOISE_M2_S3,
    EarthModel,
    coasting_doubt,
    height_and_climb,
    predict,
)
from tocsin.tracking.rules import Settings
from tocsin.tracking.track import BOOST, REENTRY

NANOSECONDS = 1_000_000_000
CARRY_S = 20.0
"""Longest time for which nothing is asked: whether it has landed, whether air brakes it."""
GROUND_M = -20_000.0
"""What is surely under the ground has landed."""
FARTHEST_M = 5.0e7
"""Farther from Earth's centre nothing is tracked."""
SURPRISE = 3.0
"""A track whose plots are so far off, on average, may be burning again."""
SURPRISE_HITS = 6
SURPRISE_TOP_M = 1_000_000.0
AFTER_SURPRISE = (0.2, 0.8, 0.0)
AT_FALL = (0.0, 0.9, 0.1)
"""Probabilities of boost, coast and re-entry that a track is weighed with from then on."""
GONE = -np.inf
"""Score of what is not there any more."""


def carried(bank: Bank, time_s: float, now_tai_ns: int, rules: Settings) -> Bank:
    """Carry a bank on by a time; what has landed, left, or was unseen too long scores `GONE`.

    Args:
        bank: Before.
        time_s: Not below zero.
        now_tai_ns: The instant after it.
        rules: Of the tracker.
    """
    unseen_s = (now_tai_ns - bank.seen_tai_ns) / NANOSECONDS
    limit_s = np.where(bank.number > 0, rules.unseen_s, rules.hypothesis_unseen_s)
    bank = bank.take(np.flatnonzero((unseen_s < limit_s) & (bank.score > GONE)))
    while time_s > 0.0 and bank.count:
        part_s = min(time_s, CARRY_S)
        time_s -= part_s
        bank = _part(bank, part_s, now_tai_ns - round(time_s * NANOSECONDS), rules)
    return bank


def earth_row(earth: EarthModel) -> Floats:
    """Give an Earth as the kernels take it."""
    return np.array([earth.gm_m3_s2, earth.radius_m, earth.j2, earth.rotation_rad_s])


def _part(bank: Bank, time_s: float, now_tai_ns: int, rules: Settings) -> Bank:
    """Carry a bank a short time, then judge which motions each track is to be weighed with."""
    bank = _weighed(bank, time_s, rules)
    mean, cov = bank.mean.copy(), bank.cov.copy()
    mixed = bank.mixed
    own_way = mixed.copy()
    hypothesis = bank.number == 0
    since_s = (now_tai_ns - bank.plume_tai_ns) / NANOSECONDS - time_s
    burns = hypothesis & (bank.plume_tai_ns > NEVER_TAI_NS) & (since_s < rules.burning_s)
    height, climb = height_and_climb(mean, rules.earth)
    falls = hypothesis & ~burns & (height < mixture.AIR_TOP_M) & (climb < 0.0) & (bank.hits > 2)
    for phase, rows in ((BOOST, np.flatnonzero(burns)), (REENTRY, np.flatnonzero(falls))):
        if rows.size:
            own_way[rows] = True
            mean[rows], cov[rows] = predict(
                mean[rows],
                cov[rows],
                np.full(rows.size, time_s),
                np.full(rows.size, phase),
                earth=rules.earth,
            )
    earth = earth_row(rules.earth)
    sensitivity = bank.sensitivity
    if sensitivity.shape[2]:
        sensitivity = sensitivity.copy()
        coasting.turn(bank.mean, sensitivity, time_s, earth)
    unsure = np.flatnonzero(~own_way & (np.einsum("nii->n", cov[:, :3, :3]) > BEND_LEAST_M**2))
    bent = coasting_doubt(mean[unsure], cov[unsure], np.full(unsure.size, time_s), rules.earth)
    coasting.coast(mean, cov, np.where(own_way, 0.0, time_s), earth, COAST_NOISE_M2_S3)
    cov[unsure] += bent
    bank = replace(bank, mean=mean, cov=cov, sensitivity=sensitivity)
    if bank.mix_rows.size:
        bank = _mixed_ahead(bank, time_s, since_s[bank.mix_rows] - rules.burning_s, rules)
    radius = np.linalg.norm(bank.mean[:, :3], axis=1)
    height, _ = height_and_climb(bank.mean, rules.earth)
    gone = (height < GROUND_M) | ~(radius < FARTHEST_M)
    if np.any(gone):
        bank = bank.with_rows(np.flatnonzero(gone), score=GONE)
        bank = bank.take(np.flatnonzero(~gone))
    return bank


def _mixed_ahead(bank: Bank, time_s: float, since_plume_s: Floats, rules: Settings) -> Bank:
    """Carry the rows whose motion is weighed between several."""
    rows = bank.mix_rows
    after = mixture.ahead(mixture_of(bank), time_s, since_plume_s, rules.earth)
    return with_mixture(bank, np.arange(rows.size), after)


def mixture_of(bank: Bank) -> mixture.Mixture:
    """Give the mixed rows of a bank."""
    return mixture.Mixture(mean=bank.mix_mean, cov=bank.mix_cov, modes=bank.modes[bank.mix_rows])


def with_mixture(bank: Bank, places: Integers, after: mixture.Mixture) -> Bank:
    """Give a bank with some of its mixed rows, by their places among these, replaced."""
    mix_mean, mix_cov = bank.mix_mean.copy(), bank.mix_cov.copy()
    mix_mean[places], mix_cov[places] = after.mean, after.cov
    mean, cov = mixture.merged(after)
    bank = bank.with_rows(bank.mix_rows[places], mean=mean, cov=cov, modes=after.modes)
    return replace(bank, mix_mean=mix_mean, mix_cov=mix_cov)


def _weighed(bank: Bank, time_s: float, rules: Settings) -> Bank:
    """Let tracks be weighed between motions where more than one is likely before some time."""
    if bank.mix_rows.size:
        still = ~mixture.quiet(mixture_of(bank), rules.earth)
        if not np.all(still):
            modes = bank.modes.copy()
            modes[bank.mix_rows[~still]] = (0.0, 1.0, 0.0)
            bank = replace(
                bank,
                modes=modes,
                mix_rows=bank.mix_rows[still],
                mix_mean=bank.mix_mean[still],
                mix_cov=bank.mix_cov[still],
            )
    height, climb = height_and_climb(bank.mean, rules.earth)
    single = (bank.number > 0) & ~bank.mixed
    falls = single & (height + climb * time_s < mixture.AIR_TOP_M) & (climb < 0.0)
    odd = single & (bank.surprise > SURPRISE) & (bank.hits >= SURPRISE_HITS)
    odd &= (height < SURPRISE_TOP_M) & ~falls
    bank = mixed_from(bank, np.flatnonzero(falls), AT_FALL)
    bank = mixed_from(bank, np.flatnonzero(odd), AFTER_SURPRISE)
    return bank.with_rows(np.flatnonzero(odd), surprise=1.0) if np.any(odd) else bank


def mixed_from(bank: Bank, rows: Integers, modes: tuple[float, float, float]) -> Bank:
    """Weigh some rows between several motions from here on."""
    if rows.size == 0:
        return bank
    fresh = mixture.begun(bank.mean[rows], bank.cov[rows], np.tile(modes, (rows.size, 1)))
    bank = bank.with_rows(rows, modes=fresh.modes)
    return replace(
        bank,
        mix_rows=np.concatenate([bank.mix_rows, rows]),
        mix_mean=np.concatenate([bank.mix_mean, fresh.mean]),
        mix_cov=np.concatenate([bank.mix_cov, fresh.cov]),
    )
