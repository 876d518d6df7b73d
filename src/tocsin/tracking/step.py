"""One call: tracks, plots and time in; tracks out. The same live, in simulation and on a file."""

from dataclasses import dataclass, replace

import numpy as np

from tocsin.lanes import Integers
from tocsin.sensors.measurement import Plots, Site
from tocsin.tracking.ahead import AFTER_SURPRISE, GONE, NANOSECONDS, carried, mixed_from
from tocsin.tracking.bank import NEVER_TAI_NS, Bank, blank
from tocsin.tracking.feed import feed, startled
from tocsin.tracking.hypotheses import LATE_HITS, born, branched, fewer, settled
from tocsin.tracking.looks import Look, look_of
from tocsin.tracking.merge import same_objects
from tocsin.tracking.motion import height_and_climb
from tocsin.tracking.registration import (
    NUMBERS,
    Registration,
    registration,
    sensitivity_at_start,
)
from tocsin.tracking.rules import SCORE_MAX, Settings, odds
from tocsin.tracking.track import (
    BOOST,
    COAST,
    INVERSE_BALLISTIC_M2_KG,
    INVERSE_BALLISTIC_SIGMA_M2_KG,
    REENTRY,
    Tracks,
)

__all__ = ["Settings", "TrackerState", "start", "step"]

QUIET_S = 30.0
"""A track that nothing has fed for so long may have been taken over by another."""
HAND_OVER_S = 300.0
"""A track may take another over so long after its first plot."""
TRACKS_MAX = 20_000
"""Most tracks kept; the least likely go first."""
LATE_EXISTENCE = 0.96
"""A track made late stood level with its rivals, and its plots may be those of several objects: it
is believed, but is no threat (`fate.JudgedBy`) before one more plot fits it."""
LOW_M = 150_000.0
"""What a radar finds climbing below this height may burn."""
AT_PLUME = (0.95, 0.05, 0.0)
"""Probabilities of boost, coast and re-entry of a track that begins with a plume."""
BURNS_FROM = 0.1
"""A track that burns with such a probability is said to burn: no impact is given of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerState:
    """Everything a tracker knows."""

    settings: Settings
    bank: Bank
    """Tracks and hypotheses, at `time_tai_ns`."""
    known: Registration | None
    """Of the sensors' lasting errors; nothing before the first plot."""
    time_tai_ns: int
    next_track: int
    next_plot: int
    """Number of the next plot."""

    @property
    def tracks(self) -> Tracks:
        """Give all tracks and, numbered 0, the hypotheses."""
        return self.tracks_at(np.arange(self.bank.count))

    @property
    def seen_tai_ns(self) -> Integers:
        """Give the last plot of each of `tracks`."""
        return self.bank.seen_tai_ns

    @property
    def born_tai_ns(self) -> Integers:
        """Give the first plot of each of `tracks`."""
        return self.bank.born_tai_ns

    def confirmed(self) -> Integers:
        """Give the places of the tracks that are to be believed."""
        sure = self.bank.score >= odds(self.settings.confirm_existence)
        return np.flatnonzero((self.bank.number > 0) & sure)

    def tracks_at(self, rows: Integers) -> Tracks:
        """Give some of the tracks, the sensors' lasting errors taken off as far as known."""
        bank = self.bank
        mean, cov = bank.mean[rows], bank.cov[rows]
        if self.known is not None and self.known.mean.size:
            turn = bank.sensitivity[rows]
            mean = mean + turn @ self.known.mean
            cov = cov + turn @ self.known.cov @ np.swapaxes(turn, 1, 2)
        drag = np.full(bank.count, INVERSE_BALLISTIC_M2_KG)
        drag_sigma = np.full(bank.count, INVERSE_BALLISTIC_SIGMA_M2_KG)
        drag[bank.mix_rows] = bank.mix_mean[:, REENTRY, 6]
        drag_sigma[bank.mix_rows] = np.sqrt(bank.mix_cov[:, REENTRY, 6, 6])
        modes = bank.modes[rows]
        phase = np.where(modes[:, REENTRY] > 0.5, REENTRY, COAST)
        return Tracks(
            track=bank.number[rows],
            time_tai_ns=np.full(rows.size, self.time_tai_ns),
            state=mean,
            covariance=cov,
            existence=1.0 / (1.0 + np.exp(-bank.score[rows])),
            phase=np.where(modes[:, BOOST] > BURNS_FROM, BOOST, phase),
            sensors=bank.sensors[rows],
            hits=bank.hits[rows],
            misses=bank.misses[rows],
            parent=bank.parent[rows],
            modes=modes,
            inverse_ballistic_m2_kg=drag[rows],
            inverse_ballistic_sigma_m2_kg=drag_sigma[rows],
        )


def start(settings: Settings | None = None) -> TrackerState:
    """Give a tracker that knows nothing yet."""
    return TrackerState(
        settings=settings or Settings(),
        bank=blank(0, 0),
        known=None,
        time_tai_ns=NEVER_TAI_NS,
        next_track=1,
        next_plot=0,
    )


def step(state: TrackerState, plots: Plots, sites: tuple[Site, ...]) -> TrackerState:
    """Take in plots, look by look, in the order of their times.

    Args:
        state: What was known.
        plots: Any number of looks; each instant of each sensor counts as one look.
        sites: Where `plots.sensors` stand, in their order, the same from call to call.

    Returns:
        What is known at the last instant. `state` itself is not changed.
    """
    if plots.count == 0:
        return state
    if state.known is None:
        known = registration(sites)
        state = replace(state, known=known, bank=blank(0, NUMBERS * len(known.sensors)))
    order = np.lexsort((plots.plot_id, plots.sensor, plots.time_tai_ns))
    plots = plots.take(order)
    key = np.stack([plots.time_tai_ns, plots.sensor])
    edges = np.flatnonzero(np.any(np.diff(key, axis=1) != 0, axis=0)) + 1
    for rows in np.split(np.arange(order.size), edges):
        state = _look(
            state, look_of(plots.take(rows), sites, state.next_plot, state.settings.earth)
        )
    return state


def _look(state: TrackerState, look: Look) -> TrackerState:
    """Take in one look of one sensor."""
    rules, now = state.settings, max(look.time_tai_ns, state.time_tai_ns)
    time_s = (now - state.time_tai_ns) / NANOSECONDS if state.bank.count else 0.0
    assert state.known is not None
    fed = feed(carried(state.bank, time_s, now, rules), look, state.known, rules)
    left = look.take(np.flatnonzero(~fed.taken))
    bank, rows = settled(branched(startled(fed.bank, left, rules), left, rules), rules)
    bank = _made(bank, rows, look, fed.known, state)
    used = np.isin(left.number, bank.recent[rows])
    bank = born(bank, left.take(np.flatnonzero(~used)), rules)
    after = replace(
        state,
        bank=bank,
        known=fed.known,
        time_tai_ns=now,
        next_track=state.next_track + rows.size,
        next_plot=state.next_plot + look.count,
    )
    return replace(after, bank=_pruned(_handed_over(after), rules))


def _made(bank: Bank, rows: Integers, look: Look, known: Registration, state: TrackerState) -> Bank:
    """Make tracks of hypotheses that became sure.

    What several sensors began lies where the errors of none put it: their ranges cross there, or
    their lines of sight. As a hypothesis it took lasting errors for errors of each plot, and these
    are in its covariance.
    """
    if rows.size == 0:
        return bank
    columns = known.columns(look.sensor)
    turn = sensitivity_at_start(bank.mean[rows], look.place_m, look.axes, columns, known.mean.size)
    turn[bank.sensors[rows] != 1 << look.sensor] = 0.0
    late = bank.hits[rows] >= LATE_HITS
    bank = bank.with_rows(
        rows,
        number=state.next_track + np.arange(rows.size),
        score=np.minimum(bank.score[rows], np.where(late, odds(LATE_EXISTENCE), SCORE_MAX)),
        sensitivity=turn,
    )
    plume = bank.plume_tai_ns[rows] > NEVER_TAI_NS
    height, climb = height_and_climb(bank.mean[rows], state.settings.earth)
    low = ~plume & (height < LOW_M) & (climb > 0.0)
    bank = mixed_from(bank, rows[plume], AT_PLUME)
    return mixed_from(bank, rows[low], AFTER_SURPRISE)


def _handed_over(state: TrackerState) -> Bank:
    """Join tracks that nothing feeds any more with those that took their objects over."""
    bank, now = state.bank, state.time_tai_ns
    track = bank.number > 0
    quiet = now - bank.seen_tai_ns > QUIET_S * NANOSECONDS
    young = bank.born_tai_ns > now - HAND_OVER_S * NANOSECONDS
    old = np.flatnonzero(track & quiet & (bank.score > GONE))
    fresh = np.flatnonzero(track & ~quiet & young)
    if old.size == 0 or fresh.size == 0:
        return bank
    both = np.concatenate([old, fresh])
    given, taking = same_objects(
        state.tracks_at(both), np.arange(old.size), old.size + np.arange(fresh.size)
    )
    given, taking = both[given], both[taking]
    bank = bank.with_rows(
        taking,
        sensors=bank.sensors[taking] | bank.sensors[given],
        hits=bank.hits[taking] + bank.hits[given],
        born_tai_ns=bank.born_tai_ns[given],
    )
    return bank.with_rows(given, score=GONE)


def _pruned(bank: Bank, rules: Settings) -> Bank:
    """Drop what hardly exists, and the least likely beyond the limits."""
    keep = bank.score > odds(rules.drop_existence)
    track = bank.number > 0
    if np.count_nonzero(keep & track) > TRACKS_MAX:
        keep &= ~track | (bank.score >= np.sort(bank.score[track])[-TRACKS_MAX])
    bank = bank if np.all(keep) else bank.take(np.flatnonzero(keep))
    return fewer(bank)
