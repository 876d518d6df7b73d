"""How the report writes figures: each with its unit, each estimate with its low and high."""

from collections.abc import Sequence

from tocsin.studies.results import Spread
from tocsin.studies.wording import share_digits

UNSEEN = "not seen"
LEVELS = {
    0: "liveness only",
    1: "notices",
    2: "events shared",
    3: "tracks shared",
    4: "plots pooled",
}
KINDS = {"all": "radars and satellites", "radar": "radars only", "infrared": "satellites only"}


def _figure(value: float | None, scale: float, decimals: int) -> str:
    return UNSEEN if value is None else f"{scale * value:.{decimals}f}"


def _spread(spread: Spread, scale: float, decimals: int, unit: str) -> str:
    """Write value, low and high; both are left off where nothing moves the value, or is there."""
    if spread.value is None and spread.low is None and spread.high is None:
        return UNSEEN
    low, high = (_figure(end, scale, decimals) for end in (spread.low, spread.high))
    middle = _figure(spread.value, scale, decimals)
    middle += unit if spread.value is not None else ""
    end = unit if spread.high is not None else ""
    if low == high == _figure(spread.value, scale, decimals):
        return middle
    joint = "\N{EN DASH}" if spread.low is not None and spread.high is not None else " to "
    return f"{middle} ({low}{joint}{high}{end})"


def share(spread: Spread) -> str:
    """Write a share of launches: '62% (48-71%)'."""
    return _spread(spread, 100.0, share_digits(spread), "%")


def minutes(spread: Spread) -> str:
    """Write a time in minutes: '18.3 min (15.0-21.2 min)'."""
    return _spread(spread, 1.0, 1, "\N{NO-BREAK SPACE}min")


def seconds(spread: Spread) -> str:
    """Write a time in seconds: '60 s (30-120 s)'."""
    return _spread(spread, 1.0, 0, "\N{NO-BREAK SPACE}s")


def kilometres(spread: Spread | None) -> str:
    """Write a distance in kilometres: '6,000 km (3,700-8,000 km)'."""
    if spread is None or spread.value is None:
        return "\N{EM DASH}"
    text = f"{spread.value:,.0f}\N{NO-BREAK SPACE}km"
    if spread.low is None or spread.high is None or spread.low == spread.high:
        return text
    return f"{text} ({spread.low:,.0f}\N{EN DASH}{spread.high:,.0f}\N{NO-BREAK SPACE}km)"


def headline_share(spread: Spread) -> str:
    """Write the middle figure of a share alone, for large type."""
    if spread.value is None:
        return UNSEEN
    return f"{100.0 * spread.value:.{share_digits(spread)}f}%"


def headline_minutes(spread: Spread) -> str:
    """Write the middle figure of a time alone, for large type, without its unit."""
    return UNSEEN if spread.value is None else f"{spread.value:.1f}"


def between(spread: Spread, scale: float, decimals: int, unit: str) -> str:
    """Write low and high only: '48-71%'."""
    low, high = (_figure(end, scale, decimals) for end in (spread.low, spread.high))
    if spread.low is not None and spread.high is not None:
        return f"{low}\N{EN DASH}{high}{unit}"
    return low if low == high else f"{low} to {high}{unit if spread.high is not None else ''}"


def clock(time_s: float | None) -> str:
    """Write seconds after lift-off as minutes and seconds: '6:05'; None: 'never'."""
    if time_s is None:
        return "never"
    whole = round(time_s)
    sign = "-" if whole < 0 else ""
    return f"{sign}{abs(whole) // 60}:{abs(whole) % 60:02d}"


def position(latitude_deg: float | None, longitude_deg: float | None) -> str:
    """Write a place: '44.9° N, 41.0° E'."""
    if latitude_deg is None or longitude_deg is None:
        return "not published"
    east = (longitude_deg + 180.0) % 360.0 - 180.0
    north_word = "N" if latitude_deg >= 0.0 else "S"
    east_word = "E" if east >= 0.0 else "W"
    return f"{abs(latitude_deg):.1f}° {north_word}, {abs(east):.1f}° {east_word}"


def sectors(sectors_deg: tuple[tuple[float, float], ...]) -> str:
    """Write azimuth sectors, clockwise from true north: '245°-355°'."""
    if not sectors_deg:
        return "\N{EM DASH}"
    return ", ".join(f"{start:.0f}°\N{EN DASH}{end:.0f}°" for start, end in sectors_deg)


def readable(identifier: str) -> str:
    """Write an identifier as words: 'south-pacific' becomes 'South Pacific'."""
    if identifier != identifier.lower():
        return identifier
    return identifier.replace("-", " ").replace("_", " ").strip().title()


def listed(identifiers: Sequence[str]) -> str:
    """Write identifiers as one list in words: 'Moscow, Beijing and Irkutsk'."""
    named = [readable(one) for one in identifiers]
    return " and ".join([*filter(None, [", ".join(named[:-1])]), *named[-1:]])


def web_address(text: str) -> str | None:
    """Give the address where it is an ordinary web address, else None: it is never made a link."""
    return text if text.startswith(("https://", "http://")) else None
