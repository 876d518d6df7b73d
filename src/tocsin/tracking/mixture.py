"""Interacting multiple models: a track that may burn, coast or be braked by air, weighed as one.

Source: Blom and Bar-Shalom, The interacting multiple model algorithm for systems with Markovian
switching coefficients, IEEE Transactions on Automatic Control 33(8), 1988; the modes differ in what
their seventh number means, so that it is not mixed: Yuan, Bar-Shalom, Willett, Mozeson, Pollak and
Hardiman, A multiple IMM estimation approach with unbiased mixing for thrusting projectiles, IEEE
Transactions on Aerospace and Electronic Systems 48(4), 2012.
"""

from dataclasses import dataclass

import numpy as np

from tocsin.lanes import Flags, Floats
from tocsin.tracking.filter import Innovation, update
from tocsin.tracking.motion import EarthModel, coasting_doubt, height_and_climb, predict
from tocsin.tracking.track import (
    BOOST,
    COAST,
    INVERSE_BALLISTIC_M2_KG,
    PHASES,
    REENTRY,
)

SPAN_MAX_S = 10.0
"""Modes are mixed at least this often."""

THRUST_M_S2 = 28.0
"""Prior of thrust over mass: 13 to 20 at a lift-off, 50 to 100 at a burnout."""
THRUST_SIGMA_M_S2 = 15.0

FALLING_SIGMA_M2_KG = 1e-3
"""Prior of inverse ballistic coefficients while air begins to brake: five times as wide as that of
payloads, for a spent stage may have 1e-3 to 1e-2. Its first plots in the air then tell."""

OWN = np.zeros(len(PHASES))
OWN[BOOST], OWN[REENTRY] = THRUST_M_S2, INVERSE_BALLISTIC_M2_KG
OWN_SIGMA = np.ones(len(PHASES))
OWN_SIGMA[BOOST], OWN_SIGMA[REENTRY] = THRUST_SIGMA_M_S2, FALLING_SIGMA_M2_KG
"""Priors of each mode's own number, which one that begins anew takes up."""

BURN_OUT_S = 80.0
"""Mean time for which a rocket whose plume is seen goes on burning."""
PLUME_GONE_S = 4.0
"""The same once looks for its plume find none."""
RELIGHT_S = 200.0
"""Mean time until one whose plume was lately seen burns again: a stage follows another."""
LATELY_S = 15.0
"""For so long after that: between two stages there are seconds, not minutes."""
RELIGHT_LATE_S = 20_000.0
"""The same of one that is not seen burning."""
FALL_S = 15.0
"""Mean time until air brakes what falls below `AIR_TOP_M`."""
AIR_TOP_M = 110_000.0
RISE_S = 300.0
"""Mean time until what air brakes is free again, as in the wake of a break-up; or never was."""
LEAST_MODE = 1e-6
"""A mode less likely than this is not worked out."""
SURELY = 0.998
"""A track that coasts with such a probability is not weighed with other motions any more; of one
that is not seen to burn it settles at 1 - PLUME_GONE_S / RELIGHT_LATE_S = 0.9998."""
PLUME_WITHOUT_BOOST = 0.01
"""Chance that a plume is seen of what does not burn, over that of what does: hot bodies of
re-entry, a stage that tails off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Tracks under several motions at once; columns [k]."""

    mean: Floats
    """[k, 3, 7], by mode."""
    cov: Floats
    """[k, 3, 7, 7]."""
    modes: Floats
    """[k, 3], probabilities."""


def begun(mean: Floats, cov: Floats, modes: Floats) -> Mixture:
    """Give a mixture of tracks [k, 6], [k, 6, 6] with given probabilities of the modes [k, 3]."""
    k = len(mean)
    means, covs = np.zeros((k, 3, 7)), np.zeros((k, 3, 7, 7))
    means[:, :, :6], means[:, :, 6] = mean[:, None], OWN
    covs[:, :, :6, :6], covs[:, :, 6, 6] = cov[:, None], np.square(OWN_SIGMA)
    return Mixture(mean=means, cov=covs, modes=np.asarray(modes, float).copy())


def merged(mixture: Mixture) -> tuple[Floats, Floats]:
    """Give means [k, 6] and covariances [k, 6, 6] of the whole."""
    weight = mixture.modes
    mean = np.einsum("kj,kji->ki", weight, mixture.mean[:, :, :6])
    off = mixture.mean[:, :, :6] - mean[:, None]
    cov = np.einsum("kj,kjab->kab", weight, mixture.cov[:, :, :6, :6])
    return mean, cov + np.einsum("kj,kja,kjb->kab", weight, off, off)


def ahead(mixture: Mixture, time_s: float, since_plume_s: Floats, earth: EarthModel) -> Mixture:
    """Carry a mixture on.

    Args:
        mixture: Now.
        time_s: How far; above zero.
        since_plume_s: [k], from the last look that saw each plume to now (before carrying), less
            the time for which no other look is due; infinite if none did.
        earth: What pulls.
    """
    spans = max(1, int(np.ceil(time_s / SPAN_MAX_S)))
    span_s = time_s / spans
    for turn in range(spans):
        mixture = _interact(mixture, span_s, since_plume_s + turn * span_s, earth)
        mean, cov = mixture.mean.copy(), mixture.cov.copy()
        for mode in PHASES:
            rows = np.flatnonzero(mixture.modes[:, mode] > LEAST_MODE)
            if rows.size:
                mean[rows, mode], cov[rows, mode] = predict(
                    mean[rows, mode],
                    cov[rows, mode],
                    np.full(rows.size, span_s),
                    np.full(rows.size, mode),
                    earth=earth,
                )
            if rows.size and mode == COAST:
                before = mixture.mean[rows, mode], mixture.cov[rows, mode]
                doubt = coasting_doubt(*before, np.full(rows.size, span_s), earth)
                cov[rows, mode, :6, :6] += doubt
        mixture = Mixture(mean=mean, cov=cov, modes=mixture.modes)
    return mixture


def _interact(mixture: Mixture, span_s: float, since_plume_s: Floats, earth: EarthModel) -> Mixture:
    """Mix what each mode starts from, as far as one may have turned into another."""
    change = transition_probabilities(mixture, span_s, since_plume_s, earth)
    joint = mixture.modes[:, :, None] * change
    modes = joint.sum(axis=1)
    share = joint / np.maximum(modes, 1e-300)[:, None, :]
    mean, cov = mixture.mean.copy(), mixture.cov.copy()
    for mode in PHASES:
        weight = share[:, :, mode]
        middle = np.einsum("ki,kia->ka", weight, mixture.mean[:, :, :6])
        off = mixture.mean[:, :, :6] - middle[:, None]
        spread = np.einsum("ki,kiab->kab", weight, mixture.cov[:, :, :6, :6])
        spread += np.einsum("ki,kia,kib->kab", weight, off, off)
        there = modes[:, mode] > LEAST_MODE
        mean[there, mode, :6] = middle[there]
        cov[there, mode, :6, :6] = spread[there]
        share_own = weight[there, mode]
        cov[there, mode, :6, 6] *= share_own[:, None]
        cov[there, mode, 6, :6] *= share_own[:, None]
        own, unsure = OWN[mode], OWN_SIGMA[mode]
        last, last_cov = mixture.mean[there, mode, 6], mixture.cov[there, mode, 6, 6]
        new = share_own * last + (1.0 - share_own) * own
        mean[there, mode, 6] = new
        cov[there, mode, 6, 6] = share_own * (last_cov + (last - new) ** 2)
        cov[there, mode, 6, 6] += (1.0 - share_own) * (unsure**2 + (own - new) ** 2)
    return Mixture(mean=mean, cov=cov, modes=modes)


def transition_probabilities(
    mixture: Mixture, span_s: float, since_plume_s: Floats, earth: EarthModel
) -> Floats:
    """Give the chances [k, 3, 3] that a mode (row) has become another (column) after some time."""
    k = len(mixture.modes)
    height, climb = height_and_climb(mixture.mean[:, COAST], earth)
    falls = (height < AIR_TOP_M) & (climb < 0.0)
    seen = since_plume_s <= 0.0
    rate = np.zeros((k, 3, 3))
    rate[:, BOOST, COAST] = np.where(seen, 1.0 / BURN_OUT_S, 1.0 / PLUME_GONE_S)
    lately = since_plume_s < LATELY_S
    rate[:, COAST, BOOST] = np.where(lately, 1.0 / RELIGHT_S, 1.0 / RELIGHT_LATE_S)
    rate[:, COAST, REENTRY] = np.where(falls, 1.0 / FALL_S, 0.0)
    rate[:, REENTRY, COAST] = np.where(falls, 1.0 / RISE_S, 1.0 / FALL_S)
    chance = 1.0 - np.exp(-rate * span_s)
    stays = 1.0 - chance.sum(axis=2)
    chance[:, range(3), range(3)] = np.maximum(stays, 0.0)
    whole: Floats = chance / chance.sum(axis=2, keepdims=True)
    return whole


def corrected(mixture: Mixture, residuals: list[Innovation], plume: bool) -> tuple[Mixture, Floats]:
    """Correct a mixture by plots.

    Args:
        mixture: k tracks.
        residuals: For each mode, of k pairs, of states of seven.
        plume: Whether the plots are of plumes, which only what burns has.

    Returns:
        The mixture, and the logarithms [k] of the plots' likelihoods.
    """
    log_likelihood = np.stack(
        [-0.5 * (found.distance2 + found.log_volume) for found in residuals], axis=1
    )
    if plume:
        log_likelihood[:, [COAST, REENTRY]] += np.log(PLUME_WITHOUT_BOOST)
    log_joint = np.log(np.maximum(mixture.modes, 1e-300)) + log_likelihood
    top = log_joint.max(axis=1)
    joint = np.exp(log_joint - top[:, None])
    total = joint.sum(axis=1)
    mean, cov = mixture.mean.copy(), mixture.cov.copy()
    for mode in PHASES:
        rows = np.flatnonzero(mixture.modes[:, mode] > LEAST_MODE)
        if rows.size:
            mean[rows, mode], cov[rows, mode] = update(
                mean[rows, mode], cov[rows, mode], residuals[mode].take(rows)
            )
    modes = joint / total[:, None]
    return Mixture(mean=mean, cov=cov, modes=modes), top + np.log(total)


def quiet(mixture: Mixture, earth: EarthModel) -> Flags:
    """Tell which tracks surely coast, high enough to need no other motion, [k]."""
    height, climb = height_and_climb(mixture.mean[:, COAST], earth)
    alone = mixture.modes[:, COAST] > SURELY
    return np.asarray(alone & ((height > AIR_TOP_M) | (climb > 0.0)))
