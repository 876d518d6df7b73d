"""Feeding tracks: which plot of a look is whose, and what it makes of each track."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree
from scipy.stats import chi2

from tocsin.lanes import Flags, Floats, Integers
from tocsin.tracking import kernels, mixture, twins, wide
from tocsin.tracking.ahead import mixed_from, mixture_of, with_mixture
from tocsin.tracking.associate import Pairs, assign
from tocsin.tracking.bank import Bank
from tocsin.tracking.beliefs import beliefs
from tocsin.tracking.expect import should_be_seen
from tocsin.tracking.filter import Innovation, innovation, wrap_rad
from tocsin.tracking.looks import AZIMUTH, RANGE, Look
from tocsin.tracking.registration import (
    Registration,
    expected_shift,
    leaning,
    learnt,
    turned_by,
)
from tocsin.tracking.rules import SCORE_MAX, Settings
from tocsin.tracking.track import PHASES

SCORE_STEP = (-2.0, 7.0)
"""Least and most that one plot changes the score of a track: no single one decides."""
LEARN_HITS = 6
LEARN_SURPRISE = 1.6
LEARN_APART_M = 30_000.0
"""A track tells of lasting errors from so many plots on, while it is no more surprised than this,
no other is so near and nothing else claims the plot: of two objects in one cell of a radar one may
be taken for the other, from one radar to the next, and that looks like an error of the radars."""
SURE = 0.95
"""A track that is less sure than this of its plot weighs all within its gate."""
TWIN_TAKEN = 0.5
"""A plot that is likelier a twin's is also nobody's, and may begin a track of the twin."""
TWIN_TELLS = 0.3
"""A plot that is likelier than this a twin's, above what was thought before it came, tells nothing
of lasting errors."""
TWIN_UNSEEN_M = 100.0
"""Standard deviation of a plot's range as far as lasting errors go: of a payload and its stage one
radar may show the one and another the other, for minutes, and their ranges tell of no error."""
SURPRISE_SHARE = 0.2
"""Weight of the newest plot in the running mean of the surprise."""
STARTLED_M_S2 = 30.0
"""Acceleration, along each axis, of what may have lit an engine in free flight."""
UNLUCKY2 = 30.0
"""A plot within this squared distance was only just beyond the gate, by chance."""
STARTLED_S = 60.0
"""A track that was last seen longer ago is not looked for there."""
RELIT = (0.8, 0.2, 0.0)
"""Probabilities of boost, coast and re-entry of a coasting track whose plume is seen."""
GATES = chi2.ppf(0.999, np.arange(1, 5))


Expected = tuple[Floats, Floats, Floats]
"""What a look would measure of tracks [n, 4], the derivatives [n, 4, 6], how unsure [n, 4, 4]."""
Corrected = tuple[Floats, Floats, Floats]
"""States [k, 6], covariances [k, 6, 6] and gains [k, 6, 4]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """What came of a look."""

    bank: Bank
    known: Registration
    taken: Flags
    """[m], whether a track took each plot."""


def gate2(rules: Settings, dof: int) -> float:
    """Give the squared distance within which the share `rules.gate` of own plots falls."""
    return float(GATES[dof - 1] if rules.gate == 0.999 else chi2.ppf(rules.gate, dof))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claims:
    """The tracks of a look, what is expected of them, and which plots are within their gates."""

    rows: Integers
    """[n], of the bank."""
    mean: Floats
    cov: Floats
    alone: Expected
    """As if no sensor had a lasting error."""
    z: Floats
    s: Floats
    """[n, 4] and [n, 4, 4]: the same with the lasting errors as far as known."""
    leans: Floats
    """[n, 4, 3 b]; see `registration.leaning`."""
    track: Integers
    """[k], places in `rows`."""
    plot: Integers
    """[k]."""
    distance2: Floats
    log_det: Floats
    """[k], logarithm of det(2 pi S)."""
    gain_log: Floats
    """[k], logarithm of what the plot is likelier as the track's than as a false one."""

    def take(self, pairs: Integers) -> "_Claims":
        """Give the claims with some of the pairs."""
        names = ("track", "plot", "distance2", "log_det", "gain_log")
        return replace(self, **{name: getattr(self, name)[pairs] for name in names})


def feed(bank: Bank, look: Look, known: Registration, rules: Settings) -> Fed:
    """Give the tracks of a bank their plots of a look; hypotheses get none."""
    taken = np.zeros(look.count, np.bool_)
    rows = np.flatnonzero(bank.number > 0)
    if rows.size == 0:
        return Fed(bank=bank, known=known, taken=taken)
    claims = _claims(bank, rows, look, known, rules)
    pairs = Pairs(
        track=claims.track, plot=claims.plot, cost=np.minimum(-2.0 * claims.gain_log, -1e-3)
    )
    chosen = assign(pairs, rows.size, look.count)
    bank = _silent(bank, claims, np.unique(claims.track[chosen]), look, rules)
    if chosen.size == 0:
        return Fed(bank=bank, known=known, taken=taken)
    mine = claims.take(chosen)
    taken[mine.plot] = True
    alone = (np.bincount(claims.track)[mine.track] == 1) & (
        np.bincount(claims.plot)[mine.plot] == 1
    )
    sure = np.ones(chosen.size, np.bool_)
    corrected = kernels.updated(
        mine.mean, mine.cov, mine.alone, (mine.track, mine.plot), _measured(look)
    )
    if not np.all(alone):
        share = beliefs(
            claims.track,
            claims.plot,
            np.exp(claims.gain_log) / (1.0 - rules.detection_probability),
            (rows.size, look.count),
        )
        crowd = np.flatnonzero((share[chosen] < SURE) & ~bank.mixed[rows[mine.track]])
        corrected = _blended(corrected, crowd, mine.track[crowd], claims, (share, look))
        sure[crowd] = False
    twin = np.zeros((chosen.size, len(twins.TWINS)))
    if not look.sight:
        weighed = sure & ~bank.mixed[rows[mine.track]]
        twin = np.where(weighed[:, None], _twins(mine, look), 0.0)
        corrected = twins.blended(
            corrected, twin, (mine.mean, mine.cov, mine.alone), (mine.track, mine.plot), look
        )
        taken[mine.plot[twin[:, -1] > TWIN_TAKEN]] = False
        alone &= twin[:, -1] < TWIN_TELLS
    known = _taught(known, bank, mine, look, (alone, twin))
    return Fed(bank=_fed(bank, mine, look, corrected), known=known, taken=taken)


def _silent(bank: Bank, claims: _Claims, fed: Integers, look: Look, rules: Settings) -> Bank:
    """Lower the scores of tracks that should have been seen; less where one plot may be of two."""
    missed = should_be_seen(look.site, look.place_m, look.axes, claims.mean[:, :3])
    missed[claims.track] = False
    places = np.flatnonzero(missed)
    if places.size == 0:
        return bank
    shade = twins.shaded(claims.alone[0][:, RANGE], claims.mean[:, :3], places, fed)
    return missing(bank, claims.rows[places], rules, shade)


def _twins(mine: _Claims, look: Look) -> Floats:
    """Give the chance of each claim that its plot is of each kind of twin, [k, j]."""
    off = look.values[mine.plot] - mine.z[mine.track]
    off[:, AZIMUTH] = wrap_rad(off[:, AZIMUTH])
    variance = mine.s[mine.track] + np.square(look.sigma[mine.plot])[:, :, None] * np.eye(4)
    return twins.twin_chances(off, variance, (mine.distance2, mine.log_det), look.measured)


def _measured(look: Look) -> tuple[Floats, Floats, Flags]:
    """Give what a look measured, as the kernels take it."""
    return look.values, look.sigma, look.measured


def _claims(
    bank: Bank, rows: Integers, look: Look, known: Registration, rules: Settings
) -> _Claims:
    """Tell which plots of a look are within the gates of which tracks."""
    mean, cov = bank.mean[rows], bank.cov[rows]
    alone = expected(mean, cov, look)
    if not look.sight and look.count:
        spread = np.flatnonzero(wide.wide(mean, cov, look))
        if spread.size:
            at, *there = wide.expected_at_plots(mean, cov, look, spread, gate2(rules, 3))
            for whole, part in zip(alone, there, strict=True):
                whole[at] = part
    z, h, s = alone
    leans = np.empty((rows.size, 4, 0))
    if known.mean.size:
        leans = leaning(h, bank.sensitivity[rows], known.columns(look.sensor))
        shift, unsure = expected_shift(known, leans)
        z, s = z + shift, s + unsure
    track, plot, distance2, log_det = kernels.gated(
        z, s, *_measured(look), look.key, gate2(rules, look.dof)
    )
    density = rules.false_density[1 if look.sight else 0]
    gain_log = np.log(rules.detection_probability / density) - 0.5 * (distance2 + log_det)
    return _Claims(
        rows=rows,
        mean=mean,
        cov=cov,
        alone=alone,
        z=z,
        s=s,
        leans=leans,
        track=track,
        plot=plot,
        distance2=distance2,
        log_det=log_det,
        gain_log=gain_log,
    )


def _taught(
    known: Registration, bank: Bank, mine: _Claims, look: Look, claimed: tuple[Flags, Floats]
) -> Registration:
    """Give what is known of lasting errors after the plots that tell of them.

    Args:
        known, bank, mine, look: Before, and of the look.
        claimed: Whether nothing else claims each plot, and the chances that it is a twin's.
    """
    alone, twin = claimed
    row = mine.rows[mine.track]
    if known.mean.size == 0:
        return known
    tells = alone & (bank.hits[row] >= LEARN_HITS) & ~bank.mixed[row]
    tells &= _apart(mine.mean)[mine.track]
    tells &= bank.surprise[row] < LEARN_SURPRISE
    track, plot = mine.track[tells], mine.plot[tells]
    z, _, s = mine.alone
    off = look.values[plot] - z[track]
    off[:, AZIMUTH] = wrap_rad(off[:, AZIMUTH])
    blur2 = np.square(look.sigma[plot]) + twin[tells] @ twins.VARIANCES
    if not look.sight:
        blur2[:, RANGE] += TWIN_UNSEEN_M**2
    variance = s[track] + blur2[:, :, None] * np.eye(4)
    return learnt(known, off, variance, mine.leans[track], look.measured)


def _apart(mean: Floats) -> Flags:
    """Tell which tracks have no other near them, [n]."""
    if len(mean) < 2:
        return np.ones(len(mean), np.bool_)
    away, _ = cKDTree(mean[:, :3]).query(mean[:, :3], k=2)
    return np.asarray(away[:, 1] > LEARN_APART_M)


def _fed(bank: Bank, mine: _Claims, look: Look, corrected: Corrected) -> Bank:
    """Give the bank with the tracks corrected that a plot was found for."""
    after, spread, gain = corrected
    row = mine.rows[mine.track]
    surprise = (1.0 - SURPRISE_SHARE) * bank.surprise[row]
    surprise += SURPRISE_SHARE * mine.distance2 / look.dof
    score = bank.score[row] + np.clip(mine.gain_log, *SCORE_STEP)
    fresh = {
        "mean": after,
        "cov": spread,
        "score": np.minimum(score, SCORE_MAX),
        "hits": bank.hits[row] + 1,
        "misses": 0,
        "sensors": bank.sensors[row] | 1 << look.sensor,
        "seen_tai_ns": look.time_tai_ns,
        "surprise": surprise,
        "recent": np.concatenate([look.number[mine.plot][:, None], bank.recent[row, :-1]], axis=1),
    }
    if bank.sensitivity.shape[2]:
        fresh["sensitivity"] = turned_by(bank.sensitivity[row], gain, mine.leans[mine.track])
    if look.sight:
        fresh["plume_tai_ns"] = look.time_tai_ns
        bank = mixed_from(bank, row[~bank.mixed[row]], RELIT)
    before, bank = bank, bank.with_rows(row, **fresh)
    return _mixed_fed(before, bank, look, (row, mine.plot)) if bank.mix_rows.size else bank


def _blended(
    corrected: Corrected,
    crowd: Integers,
    tracks: Integers,
    claims: _Claims,
    shared: tuple[Floats, Look],
) -> Corrected:
    """Give corrections in which the tracks of a crowd weigh every plot within their gates.

    Args:
        corrected: By the one plot each was given.
        crowd: Places among these of the tracks in a crowd.
        tracks: Their places among `claims.rows`.
        claims: Of the look.
        shared: How likely each claim is right, and the look.

    Source: Bar-Shalom, Daum and Huang, The probabilistic data association filter, IEEE Control
    Systems Magazine 29(6), 2009 (moments of the mixture).
    """
    if crowd.size == 0:
        return corrected
    share, look = shared
    place = np.full(claims.rows.size, -1)
    place[tracks] = np.arange(crowd.size)
    mine = np.flatnonzero(place[claims.track] >= 0)
    at, weight = place[claims.track[mine]], share[mine]
    each, each_cov, each_gain = kernels.updated(
        claims.mean,
        claims.cov,
        claims.alone,
        (claims.track[mine], claims.plot[mine]),
        _measured(look),
    )
    none = 1.0 - np.bincount(at, weight, minlength=crowd.size)
    middle = none[:, None] * claims.mean[tracks]
    np.add.at(middle, at, weight[:, None] * each)
    off = claims.mean[tracks] - middle
    whole = none[:, None, None] * (claims.cov[tracks] + off[:, :, None] * off[:, None, :])
    off = each - middle[at]
    np.add.at(whole, at, weight[:, None, None] * (each_cov + off[:, :, None] * off[:, None, :]))
    pull = np.zeros((crowd.size, 6, 4))
    np.add.at(pull, at, weight[:, None, None] * each_gain)
    after, spread, gain = (one.copy() for one in corrected)
    after[crowd], spread[crowd], gain[crowd] = middle, whole, pull
    return after, spread, gain


def expected(mean: Floats, cov: Floats, look: Look) -> Expected:
    """Give what a look would measure of states, the derivatives and how unsure that is."""
    n = len(mean)
    z, h, s = np.empty((n, 4)), np.empty((n, 4, 6)), np.empty((n, 4, 4))
    kernels.expect(mean, cov, look.place_m, look.axes, z, h, s)
    return z, h, s


def missing(bank: Bank, rows: Integers, rules: Settings, shade: Floats) -> Bank:
    """Lower the scores of rows that a look should have seen and did not.

    Args:
        bank, rows: Which of which.
        rules: Of the tracker.
        shade: 1 where another may have been seen in its place, of which either is as likely, or 0.
    """
    if rows.size == 0:
        return bank
    seen = rules.detection_probability * (1.0 - 0.5 * shade)
    return bank.with_rows(
        rows, score=bank.score[rows] + np.log(1.0 - seen), misses=bank.misses[rows] + 1
    )


def startled(bank: Bank, look: Look, rules: Settings) -> Bank:
    """Let tracks that a look did not find be weighed with a burn, if that would explain a plot.

    A target that lights an engine in free flight is beyond its gate at the next look already. From
    then on it is looked for where `STARTLED_M_S2` may have brought it. What may be a twin, or be
    only just beyond the gate by chance, tells of no burn.

    Args:
        bank: After `feed`.
        look: The plots that no track took.
        rules: Of the tracker.
    """
    if look.sight or look.count == 0:
        return bank
    since_s = (look.time_tai_ns - bank.seen_tai_ns) / 1e9
    lost = (bank.number > 0) & ~bank.mixed & (bank.misses > 0) & (bank.hits >= LEARN_HITS)
    rows = np.flatnonzero(lost & (since_s < STARTLED_S))
    if rows.size == 0:
        return bank
    mean, grown, gone_s = bank.mean[rows], bank.cov[rows].copy(), since_s[rows]
    push = STARTLED_M_S2**2 * np.eye(3)
    grown[:, :3, :3] += (0.25 * gone_s**4)[:, None, None] * push
    grown[:, :3, 3:] += (0.5 * gone_s**3)[:, None, None] * push
    grown[:, 3:, :3] += (0.5 * gone_s**3)[:, None, None] * push
    grown[:, 3:, 3:] += (gone_s**2)[:, None, None] * push
    z, _, s = expected(mean, grown, look)
    track, _, _, _ = kernels.gated(z, s, *_measured(look), look.key, gate2(rules, look.dof))
    z, _, s = expected(mean, bank.cov[rows], look)
    s = s + np.diag(twins.VARIANCES[-1])
    unlucky, _, _, _ = kernels.gated(z, s, *_measured(look), look.key, UNLUCKY2)
    found = np.setdiff1d(track, unlucky)
    bank = bank.with_rows(rows[found], cov=grown[found])
    return mixed_from(bank, rows[found], RELIT)


def _mixed_fed(before: Bank, bank: Bank, look: Look, pairs: tuple[Integers, Integers]) -> Bank:
    """Give the bank with the mixed rows among the fed ones corrected under each motion."""
    row, plot = pairs
    place = np.full(bank.count, -1)
    place[bank.mix_rows] = np.arange(bank.mix_rows.size)
    mine = np.flatnonzero(place[row] >= 0)
    if mine.size == 0:
        return bank
    places = place[row[mine]]
    whole = mixture_of(before)
    part = mixture.Mixture(
        mean=whole.mean[places], cov=whole.cov[places], modes=whole.modes[places]
    )
    residuals = [
        _residual(part.mean[:, mode], part.cov[:, mode], look, plot[mine]) for mode in PHASES
    ]
    after, _ = mixture.corrected(part, residuals, look.sight)
    return with_mixture(bank, places, after)


def _residual(mean: Floats, cov: Floats, look: Look, plot: Integers) -> Innovation:
    """Give what plots of a look say that tracks [k, 7] under one motion did not expect."""
    if not look.sight:
        return wide.innovation_at_plots(mean, cov, look, plot)
    n = plot.size
    stand = np.broadcast_to(look.place_m, (n, 3)), np.broadcast_to(look.axes, (n, 3, 3))
    return innovation(mean, cov, look.plots.take(plot), *stand)
