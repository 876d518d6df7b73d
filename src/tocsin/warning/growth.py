"""How fast the areas of an alert may grow on one unverified source, and when they lapse (C18).

On 11 October 2023 one unverified report grew over all of northern Israel for 90 minutes. Here such
a source gets a few areas at once, then so many a minute, and each of its areas lapses unless the
source names it again. A second independent source lifts the limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.earth.time import SECOND_NS

AT_ONCE = 4
"""Areas that one unverified source may name at once. Assumed."""
SECONDS_EACH = 30.0
"""It may name one more after so long. Assumed."""
LAPSE_S = 600.0
"""An area that it does not name again lapses after so long. Assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """The areas that one event's alert has been granted."""

    held: tuple[tuple[str, int], ...] = ()
    """Id, and when it was last asked for (ns, TAI); sorted by id."""
    allowance: float = AT_ONCE
    """Areas that may be added now."""
    changed_tai_ns: int | None = None

    @property
    def areas(self) -> frozenset[str]:
        """Give the ids of the areas that are granted."""
        return frozenset(area for area, _ in self.held)


def grow(
    growth: Growth, wanted: Sequence[str], verified: bool, now_tai_ns: int
) -> tuple[Growth, tuple[str, ...]]:
    """Grant what may be granted of the areas that are wanted now.

    Args:
        growth: As it was.
        wanted: Ids, the most urgent first. Empty: no source speaks now; nothing is granted.
        verified: Whether more than one independent source wants them: then exactly these are held,
            and what is not wanted any more is let go at once.
        now_tai_ns: Not before the last call's.

    Returns:
        The new state, and the ids that are held back.
    """
    if verified:
        held = dict.fromkeys(wanted, now_tai_ns)
        return _state(held, float(AT_ONCE), now_tai_ns), ()
    last_tai_ns = now_tai_ns if growth.changed_tai_ns is None else growth.changed_tai_ns
    passed_s = (now_tai_ns - last_tai_ns) / SECOND_NS
    allowance = min(float(AT_ONCE), growth.allowance + passed_s / SECONDS_EACH)
    held = {
        area: tai_ns
        for area, tai_ns in growth.held
        if now_tai_ns - tai_ns < LAPSE_S * SECOND_NS or area in wanted
    }
    back = []
    for area in wanted:
        if area not in held and allowance < 1.0:
            back.append(area)
            continue
        allowance -= 0.0 if area in held else 1.0
        held[area] = now_tai_ns
    return _state(held, allowance, now_tai_ns), tuple(back)


def _state(held: dict[str, int], allowance: float, now_tai_ns: int) -> Growth:
    return Growth(held=tuple(sorted(held.items())), allowance=allowance, changed_tai_ns=now_tai_ns)
