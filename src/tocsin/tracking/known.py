"""Which tracks are catalogued objects: by place and velocity, and only when they keep fitting."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.spatial import cKDTree
from scipy.stats import chi2

from tocsin.lanes import Flags, Floats, Integers
from tocsin.sensors.sky import SkyAt, sigmas_m, spread
from tocsin.tracking.associate import Pairs, assign
from tocsin.tracking.track import Tracks

NOTHING = -1
"""Stands for no object."""

REACH_MAX_M = 1.5e6
"""Objects farther from a track are never held against it."""
SWING_RAD_S = 2e-3
"""More than any orbit turns by, in a second: errors of place times this bound those of velocity."""
PAIRS_BLOCK = 20_000
"""Pairs of a track and an object that are looked at closely at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is taken for granted when tracks are held against the catalogue."""

    gate: float = 0.9999
    """Share of an object's own tracks that fall within its gate."""
    track_inflation: float = 2.0
    """Times a track's covariance: trackers claim too much, mostly while sensors disagree."""
    held: float = 0.9
    """Probability that a catalogued object in view has a track."""
    unknown_density: float = 1e-31
    """Other objects expected in a unit of place and velocity (m^3 (m/s)^3): one in a radar's
    reach (a cube of 2,000 km) and in any velocity up to 8 km/s (2e12 (m/s)^3), rounded up."""
    probability_least: float = 0.9
    """A fit counts from this probability on."""
    velocity_sigma_max_m_s: float = 250.0
    """Of a track that may be claimed, along the axis it is known worst: a missile that passes a
    satellite's place differs in velocity by more than four times this."""
    fits_least: int = 3
    """Instants at which a track must fit one and the same object before it is claimed."""
    span_least_s: float = 20.0
    """From the first of these to the last."""
    apart_s: float = 4.0
    """Instants nearer to the last one that counted do not count."""
    misses_most: int = 1
    """Instants in a row at which a claimed track may miss; one more withdraws the claim."""


RULES = Rules()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What catalogued object each track is, as columns [n] over the tracks that were given."""

    track: Integers
    """Number of the track."""
    row: Integers
    """Place of the object in the sky, or `NOTHING`."""
    number: Integers
    """Its catalogue number; 0 for nothing."""
    distance2: Floats
    """Squared distance in standard deviations, of six numbers; NaN for nothing."""
    probability: Floats
    """That it is this object and not another, or something that no catalogue has; 0 for nothing."""
    vague: Flags
    """Its velocity is not known well enough to claim anything."""
    claimed: Flags
    """It has fitted this object often enough to be set aside. All false where one instant alone was
    looked at."""

    @property
    def count(self) -> int:
        """Number of tracks."""
        return int(self.track.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownState:
    """What is remembered from instant to instant of tracks that fit an object, as columns [k]."""

    rules: Rules
    track: Integers
    row: Integers
    """Place of the object in the sky."""
    fits: Integers
    misses: Integers
    """In a row."""
    first_tai_ns: Integers
    last_tai_ns: Integers
    """Instants of the first fit, and of the last look that counted."""
    claimed: Flags


def start_known(rules: Rules = RULES) -> KnownState:
    """Give a state that remembers nothing."""
    none = np.empty(0, np.int64)
    return KnownState(
        rules=rules,
        track=none,
        row=none,
        fits=none,
        misses=none,
        first_tai_ns=none,
        last_tai_ns=none,
        claimed=np.empty(0, np.bool_),
    )


def known_objects(tracks: Tracks, at: SkyAt, rules: Rules = RULES) -> Known:
    """Give the catalogued object that each track is at one instant, at most one track an object.

    Args:
        tracks: At the instant of `at`.
        at: Where all catalogued objects are then.
        rules: As said there.

    Source: the ratio of likelihoods of Blackman and Popoli, Design and Analysis of Modern Tracking
    Systems, 1999, section 6.2, with catalogued objects in place of plots.
    """
    wide = rules.track_inflation * tracks.covariance
    vague = np.linalg.eigvalsh(wide[:, 3:, 3:])[:, -1] > rules.velocity_sigma_max_m_s**2
    track, where = _near(tracks, wide, at, rules)
    distance2, log_volume = _distances(tracks, wide, at, (track, where))
    inside = np.flatnonzero(distance2 < chi2.ppf(rules.gate, 6))
    track, where, distance2 = track[inside], where[inside], distance2[inside]
    cost = distance2 + log_volume[inside] + 2.0 * np.log(rules.unknown_density / rules.held)
    pair = assign(Pairs(track=track, plot=where, cost=cost), tracks.count, at.count)
    taken, its = track[pair], where[pair]
    weight = np.exp(np.clip(-0.5 * cost, -700.0, 300.0))
    others = 1.0 + np.bincount(track, weight, tracks.count)
    row = np.full(tracks.count, NOTHING)
    number, away = np.zeros(tracks.count, np.int64), np.full(tracks.count, np.nan)
    probability = np.zeros(tracks.count)
    row[taken] = at.row[its]
    number[taken] = at.sky.numbers[at.row[its]]
    away[taken] = distance2[pair]
    probability[taken] = weight[pair] / others[taken]
    return Known(
        track=tracks.track,
        row=row,
        number=number,
        distance2=away,
        probability=probability,
        vague=vague,
        claimed=np.zeros(tracks.count, np.bool_),
    )


def step_known(state: KnownState, tracks: Tracks, at: SkyAt) -> tuple[KnownState, Known]:
    """Hold tracks against the catalogue once more; give what is remembered, and what is claimed.

    Args:
        state: From the step before; `start_known` at first.
        tracks: At the instant of `at`: those that are believed, or all. A track that is not among
            them is forgotten.
        at: Where all catalogued objects are then, of the same sky every time.
    """
    rules = state.rules
    now = known_objects(tracks, at, rules)
    past = _past(state, now.track)
    had, time = past.row != NOTHING, at.time_tai_ns
    fits = (now.row != NOTHING) & ~now.vague & (now.probability >= rules.probability_least)
    same = fits & (now.row == past.row)
    counts = ~had | (time - past.last_tai_ns >= rules.apart_s * 1e9)
    missed = had & ~same & counts
    misses = np.where(same, 0, past.misses + missed)
    kept = had & (same | (past.claimed & (misses <= rules.misses_most)) | ~counts)
    fresh = fits & ~kept
    seen = np.where(fresh, 1, past.fits + (same & counts & kept))
    first = np.where(fresh, time, past.first_tai_ns)
    enough = (seen >= rules.fits_least) & (time - first >= rules.span_least_s * 1e9)
    claimed = kept & (past.claimed | (same & enough))
    row = np.where(fresh, now.row, past.row)
    rows = np.flatnonzero(kept | fresh)
    after = KnownState(
        rules=rules,
        track=now.track[rows],
        row=row[rows],
        fits=seen[rows],
        misses=np.where(fresh, 0, misses)[rows],
        first_tai_ns=first[rows],
        last_tai_ns=np.where(counts | fresh, time, past.last_tai_ns)[rows],
        claimed=claimed[rows],
    )
    shown = np.where(claimed, row, now.row)
    return after, Known(
        track=now.track,
        row=shown,
        number=np.where(shown == NOTHING, 0, at.sky.numbers[shown]),
        distance2=np.where(shown == now.row, now.distance2, np.nan),
        probability=np.where(shown == now.row, now.probability, 0.0),
        vague=now.vague,
        claimed=claimed,
    )


def _past(state: KnownState, track: Integers) -> KnownState:
    """Give what is remembered of these tracks, in their order; row `NOTHING` where nothing is."""
    order = np.argsort(state.track)
    known = state.track[order]
    place = np.minimum(np.searchsorted(known, track), max(known.size - 1, 0))
    if known.size == 0:
        none = np.zeros(track.size, np.int64)
        columns = dict.fromkeys(("fits", "misses", "first_tai_ns", "last_tai_ns"), none)
        row, claimed = none + NOTHING, none.astype(np.bool_)
        return KnownState(rules=state.rules, track=track, row=row, claimed=claimed, **columns)
    found, rows = known[place] == track, order[place]
    return KnownState(
        rules=state.rules,
        track=track,
        row=np.where(found, state.row[rows], NOTHING),
        fits=np.where(found, state.fits[rows], 0),
        misses=np.where(found, state.misses[rows], 0),
        first_tai_ns=np.where(found, state.first_tai_ns[rows], 0),
        last_tai_ns=np.where(found, state.last_tai_ns[rows], 0),
        claimed=found & state.claimed[rows],
    )


def _near(tracks: Tracks, wide: Floats, at: SkyAt, rules: Rules) -> tuple[Integers, Integers]:
    """Give the pairs of a track and an object that may be in each other's gate, by their places."""
    none = np.empty(0, np.int64)
    if tracks.count == 0 or at.count == 0:
        return none, none
    gate = np.sqrt(chi2.ppf(rules.gate, 6))
    own = np.sqrt(np.linalg.eigvalsh(wide[:, :3, :3])[:, -1])
    theirs = np.linalg.norm(sigmas_m(at, np.arange(at.count)), axis=-1)
    # Objects of vague elements would widen the reach for all: they are looked for apart.
    tracks_of, objects_of = [none], [none]
    edges = (0.0, 10e3, 100e3, np.inf)
    for low, high in pairwise(edges):
        objects = np.flatnonzero((theirs >= low) & (theirs < high))
        if objects.size == 0:
            continue
        reach = np.minimum(gate * np.hypot(own, 2.0 * theirs[objects].max()), REACH_MAX_M)
        tree = cKDTree(at.state[objects, :3], balanced_tree=False, compact_nodes=False)
        found = tree.query_ball_point(tracks.state[:, :3], reach)
        sizes = np.array([len(one) for one in found])
        tracks_of.append(np.repeat(np.arange(tracks.count), sizes))
        inner = [np.asarray(one, np.int64) for one in found]
        objects_of.append(objects[np.concatenate(inner)])
    track, where = np.concatenate(tracks_of), np.concatenate(objects_of)
    # The same with each object's own error, and with the speeds, by their worst axes.
    off = at.state[where] - tracks.state[track]
    close = np.linalg.norm(off[:, :3], axis=-1) < gate * np.hypot(own[track], 2.0 * theirs[where])
    quick = np.sqrt(np.linalg.eigvalsh(wide[:, 3:, 3:])[:, -1])
    rate = 2.0 * theirs[where] * SWING_RAD_S
    close &= np.linalg.norm(off[:, 3:], axis=-1) < gate * np.hypot(quick[track], rate)
    return track[close], where[close]


def _distances(
    tracks: Tracks, wide: Floats, at: SkyAt, pairs: tuple[Integers, Integers]
) -> tuple[Floats, Floats]:
    """Give the squared distances of pairs, and the logarithm of the volume of their errors."""
    track, where = pairs
    distance2, log_volume = np.empty(track.size), np.empty(track.size)
    for first in range(0, track.size, PAIRS_BLOCK):
        rows = slice(first, first + PAIRS_BLOCK)
        both = wide[track[rows]] + spread(at, where[rows])
        off = at.state[where[rows]] - tracks.state[track[rows]]
        solved = np.linalg.solve(both, off[:, :, None])[:, :, 0]
        distance2[rows] = np.sum(off * solved, axis=1)
        log_volume[rows] = np.linalg.slogdet(2.0 * np.pi * both)[1]
    return distance2, log_volume
