"""Counts of seconds, kept instead of launches: memory stays the same for any number of launches.

A warning row counts launches by whole seconds of warning; a gain row by whole seconds gained.
Counts are whole numbers, so adding them up gives the same result in any order, restarts or not.
"""

import math

import numpy as np

from tocsin.lanes import Floats, Integers

LONGEST_S = 7200
"""Two hours: longer than any flight here; anything above counts as this."""

NEVER = LONGEST_S + 1
"""Place in a warning row of the launches that were not seen before impact."""

WARNING_ROW = LONGEST_S + 2
"""Places in a warning row: 0 to 7199 s, two hours or more, never."""

GAIN_LEAST_S = 30
"""A launch gains, or loses, when its warning grows, or shrinks, by at least half a minute."""

LOSING = LONGEST_S + 1
ANY_LOSS = LONGEST_S + 2
NEWLY_SEEN = LONGEST_S + 3
NEWLY_UNSEEN = LONGEST_S + 4
GAIN_ROW = LONGEST_S + 5
"""Places in a gain row: 0 to 7200 s gained, then losing by half a minute, losing at all, newly
seen, newly unseen. A launch that loses is in no place of gained seconds."""


def warning_seconds(known_s: Floats, impact_s: Floats) -> Floats:
    """Give the seconds from knowing to impact; minus infinity where nobody knows before impact.

    Args:
        known_s: Seconds after lift-off, infinite for never; any shape that ends in [launches].
        impact_s: Seconds after lift-off, [launches].
    """
    return np.where(known_s < impact_s, impact_s - known_s, -np.inf)


def warning_places(warning_s: Floats) -> Integers:
    """Give the place of each launch in a warning row."""
    seen = warning_s >= 0.0
    whole = np.minimum(np.where(seen, warning_s, 0.0), LONGEST_S).astype(np.int64)
    return np.where(seen, whole, NEVER)


def gain_places(before_s: Floats, after_s: Floats) -> Integers:
    """Give every place in a gain row that these launches add one to, in no order.

    Args:
        before_s: Warning seconds before, as from `warning_seconds`, [launches].
        after_s: The same after.
    """
    gained = np.maximum(after_s, 0.0) - np.maximum(before_s, 0.0)
    grown = gained[gained >= 0.0]
    parts = [
        np.minimum(grown, LONGEST_S).astype(np.int64),
        _repeat(LOSING, gained <= -GAIN_LEAST_S),
        _repeat(ANY_LOSS, gained < 0.0),
        _repeat(NEWLY_SEEN, (before_s < 0.0) & (after_s >= 0.0)),
        _repeat(NEWLY_UNSEEN, (before_s >= 0.0) & (after_s < 0.0)),
    ]
    return np.concatenate(parts)


def _repeat(place: int, which: np.ndarray) -> Integers:
    return np.full(int(np.count_nonzero(which)), place, dtype=np.int64)


def share_seen(row: Integers) -> float | None:
    """Give the share of launches seen before impact, 0 to 1; None without launches."""
    total = int(row.sum())
    return None if total == 0 else 1.0 - int(row[NEVER]) / total


def quantile_min(row: Integers, share: float, *, seen_only: bool = False) -> float | None:
    """Give a quantile of warning, in minutes, exact to half a second.

    Args:
        row: A warning row.
        share: 0 to 1: the smallest warning that at least this share of launches does not exceed.
        seen_only: Leave unseen launches out instead of counting them as zero minutes.

    Returns:
        Minutes; None without launches.
    """
    counts = np.concatenate(([0 if seen_only else row[NEVER]], row[: LONGEST_S + 1]))
    place = _quantile_place(counts, share)
    if place is None:
        return None
    return 0.0 if place == 0 else _middle_min(place - 1)


def share_at_least(row: Integers, seconds: float) -> float | None:
    """Give the share of launches with at least so much warning, 0 to 1, exact to one second."""
    total = int(row.sum())
    first = min(max(math.ceil(seconds), 0), LONGEST_S)
    return None if total == 0 else int(row[first : LONGEST_S + 1].sum()) / total


def gain_figures(row: Integers) -> dict[str, float | None]:
    """Give a gain row's shares (0 to 1) and the quantiles and mean, in minutes, of what is gained.

    Returns:
        share_gaining, share_losing, share_any_loss, share_newly_seen, share_newly_unseen; p05, p50,
        p95 and mean over the launches that gain at least half a minute (None if none does).
    """
    grown = row[: LONGEST_S + 1]
    total = int(grown.sum()) + int(row[ANY_LOSS])
    gaining = np.where(np.arange(LONGEST_S + 1) >= GAIN_LEAST_S, grown, 0)
    found: dict[str, float | None] = {
        "share_gaining": _share(int(gaining.sum()), total),
        "share_losing": _share(int(row[LOSING]), total),
        "share_any_loss": _share(int(row[ANY_LOSS]), total),
        "share_newly_seen": _share(int(row[NEWLY_SEEN]), total),
        "share_newly_unseen": _share(int(row[NEWLY_UNSEEN]), total),
    }
    for name, share in (("p05", 0.05), ("p50", 0.5), ("p95", 0.95)):
        place = _quantile_place(gaining, share)
        found[name] = None if place is None else _middle_min(place)
    number = int(gaining.sum())
    middles = np.minimum(np.arange(LONGEST_S + 1) + 0.5, LONGEST_S)
    found["mean"] = float(middles @ gaining) / number / 60.0 if number else None
    return found


def _share(part: int, total: int) -> float | None:
    return part / total if total else None


def _middle_min(place: int) -> float:
    return min(place + 0.5, LONGEST_S) / 60.0


def _quantile_place(counts: Integers, share: float) -> int | None:
    """Give the first place where the running count reaches this share; None if all are zero."""
    running = np.cumsum(counts)
    total = int(running[-1])
    if total == 0:
        return None
    wanted = max(1, math.ceil(share * total - 1e-9))
    return int(np.searchsorted(running, wanted))
