"""What each partner's warning centre judged of a scenario's launches: plain frozen records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tocsin.warning.levels import CONFIDENCES


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """When one centre reached each level of one launch, in seconds after lift-off; None: never."""

    possible_s: float | None = None
    confirmed_s: float | None = None
    threat_s: float | None = None
    confidence: int = 0
    events: int = 0
    """Events that it made of the launch; one is right."""
    sentence: str = ""
    """As the duty officer had it when the level was highest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchJudged:
    """One launch as one partner's centre judged it."""

    partner: str
    launch: str
    impact_s: float
    alone: Reached
    """From its own sensors."""
    shared: Reached
    """With what partners share."""
    alert_s: float | None
    """When its first alert went out: of a scenario, which is never actual, to the players."""

    def warning_min(self) -> float | None:
        """Give minutes from the first A3 to impact, with what is shared."""
        return _left(self.shared.confirmed_s, self.impact_s)

    def warning_alone_min(self) -> float | None:
        """Give the same of its own sensors alone."""
        return _left(self.alone.confirmed_s, self.impact_s)


def _left(at_s: float | None, impact_s: float) -> float | None:
    return None if at_s is None else (impact_s - at_s) / 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What all centres judged."""

    rows: tuple[LaunchJudged, ...] = ()
    false_events: tuple[tuple[str, int], ...] = ()
    """Of each partner, launches that it judged possible and that were none."""
    faults: tuple[tuple[str, int], ...] = ()
    """Of each partner, events at A1 that were of no launch."""
    envelopes: int = 0
    """Stored and acknowledged between centres."""
    why_not: str = ""
    """Why nothing was judged; empty where it was."""


def judged_sentence(judged: Judged, names: Mapping[str, str]) -> str:
    """Say what sharing gave each partner: launches confirmed, and minutes from then to impact."""
    if judged.why_not:
        return judged.why_not
    parts = []
    for partner in dict.fromkeys(row.partner for row in judged.rows):
        mine = [row for row in judged.rows if row.partner == partner]
        alone = [row.warning_alone_min() for row in mine]
        shared = [row.warning_min() for row in mine]
        first = [_left(row.shared.possible_s, row.impact_s) for row in mine]
        first_alone = [_left(row.alone.possible_s, row.impact_s) for row in mine]
        name = names.get(partner, partner)
        parts.append(
            f"{name} has word (A2) of {_count(first)} of {len(mine)} launches"
            f" ({_count(first_alone)} alone), {_middle(first)} before impact"
            f" ({_middle(first_alone)} alone), and confirms (A3) {_count(shared)}"
            f" ({_count(alone)} alone), {_middle(shared)} before ({_middle(alone)} alone)"
        )
    return "; ".join(parts) + "."


def _count(minutes: Sequence[float | None]) -> int:
    return sum(value is not None for value in minutes)


def _middle(minutes: Sequence[float | None]) -> str:
    known = [value for value in minutes if value is not None]
    return f"{median(known):.0f} min" if known else "never"


HEADS = (
    "launch",
    "centre",
    "A2 possible",
    "A3 confirmed",
    "A4 threat",
    "alert",
    "impact",
    "confidence",
)
"""Of a table of what centres judged; see `cells`."""
MINUTE_S = 60.0


def cells(row: LaunchJudged, names: Mapping[str, str]) -> tuple[str, ...]:
    """Give one launch and centre as text: minutes after lift-off, shared (alone); - is never."""
    return (
        row.launch,
        names.get(row.partner, row.partner),
        _both(row.shared.possible_s, row.alone.possible_s),
        _both(row.shared.confirmed_s, row.alone.confirmed_s),
        _both(row.shared.threat_s, row.alone.threat_s),
        _minutes(row.alert_s),
        _minutes(row.impact_s),
        CONFIDENCES[row.shared.confidence],
    )


def _both(shared_s: float | None, alone_s: float | None) -> str:
    return f"{_minutes(shared_s)} ({_minutes(alone_s)})"


def _minutes(time_s: float | None) -> str:
    return "-" if time_s is None else f"{time_s / MINUTE_S:.1f}"
