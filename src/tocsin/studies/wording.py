"""Figures as people read them: with a unit, and with how far the disputed values move them."""

from collections.abc import Sequence

from tocsin.studies.results import Spread


def percent(share: Spread) -> str:
    """Give a share as '34 % (29 to 41)', or as one number where nothing moves it."""
    return _ranged(share, 100.0, " %", share_digits(share))


def minutes(spread: Spread) -> str:
    """Give minutes as '7.3 min (5.1 to 9.0)'."""
    return _ranged(spread, 1.0, " min", 1)


def percent_short(share: Spread) -> str:
    """Give a share for a table cell: '34 (29-41)'."""
    return _short(share, 100.0, share_digits(share))


def minutes_short(spread: Spread) -> str:
    """Give minutes for a table cell: '7.3 (5.1-9.0)'."""
    return _short(spread, 1.0, 1)


def listed(words: Sequence[str]) -> str:
    """Give 'a', 'a and b' or 'a, b and c'."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


WATERS = ("ocean", "sea", "strait", "bay", "gulf")
"""Words that make a name take an article."""


def area_phrase(name: str) -> str:
    """Give an area's name as it stands in a sentence: 'the Indian Ocean', without its remarks."""
    plain = name.partition(" (")[0]
    if plain.lower().startswith("the "):
        return f"the {plain[4:]}"
    return f"the {plain}" if plain.lower().endswith(WATERS) else plain


def share_digits(share: Spread) -> int:
    """Show tenths of a per cent where whole ones would read as nothing or as all."""
    known = [v for v in (share.value, share.low, share.high) if v is not None]
    return 1 if any(0.0 < v < 0.01 or 0.99 < v < 1.0 for v in known) else 0


def _parts(spread: Spread, factor: float, digits: int) -> tuple[str, str, str] | None:
    if spread.value is None or spread.low is None or spread.high is None:
        return None
    return (
        f"{spread.value * factor:.{digits}f}",
        f"{spread.low * factor:.{digits}f}",
        f"{spread.high * factor:.{digits}f}",
    )


def _ranged(spread: Spread, factor: float, unit: str, digits: int) -> str:
    parts = _parts(spread, factor, digits)
    if parts is None:
        return "none"
    value, low, high = parts
    return f"{value}{unit}" if low == high else f"{value}{unit} ({low} to {high})"


def _short(spread: Spread, factor: float, digits: int) -> str:
    parts = _parts(spread, factor, digits)
    if parts is None:
        return "-"
    value, low, high = parts
    return value if low == high else f"{value} ({low}-{high})"
