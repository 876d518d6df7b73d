"""Whether a sensor was there on a day, and whether enough is published to model it."""

from datetime import date

from tocsin.catalog.entries import (
    VARIANTS,
    Data,
    RadarEntry,
    SatelliteEntry,
    SensorEntry,
    Value,
    Variant,
)
from tocsin.errors import CatalogError, nearest

PRESENT = {
    "operational": frozenset(VARIANTS),
    "likely": frozenset({"nominal", "high"}),
    "doubtful": frozenset({"high"}),
    "absent": frozenset[str](),
}
"""The variants in which a sensor in each state counts."""

MORE_IS_BETTER = frozenset({"range_max", "elevation_max", "sectors"})
LESS_IS_BETTER = frozenset({"range_min", "elevation_min", "threshold", "revisit", "cloud_break"})
"""The values that a variant moves, and which way makes the sensor more capable."""

ELLIPSE = (
    "perigee",
    "apogee",
    "inclination",
    "perigee_argument",
    "node",
    "mean_anomaly",
    "epoch",
)
"""The values that an ellipse needs."""


def check_variant(variant: Variant) -> None:
    """Refuse a variant that there is not."""
    if variant not in VARIANTS:
        raise CatalogError(f"variant is {variant!r}; {nearest(variant, VARIANTS)}")


def operational(entry: SensorEntry, as_of: date, variant: Variant = "nominal") -> bool:
    """Say whether a sensor counts on a day.

    A disputed sensor counts in the variant "high" and not in "low"; in "nominal" it counts where
    most of what was published speaks for it (state "likely") and not otherwise ("doubtful").
    """
    check_variant(variant)
    state = entry.state_at(as_of)
    return state is not None and variant in PRESENT[state.state]


def usable(entry: SensorEntry, variant: Variant = "nominal") -> str | None:
    """Say why a sensor cannot be used in a study; nothing when it can."""
    check_variant(variant)
    if entry.unusable:
        return entry.unusable
    if isinstance(entry, RadarEntry):
        return _radar_lacks(entry, variant)
    if isinstance(entry, SatelliteEntry):
        return _satellite_lacks(entry, variant)
    return None


def _radar_lacks(entry: RadarEntry, variant: Variant) -> str | None:
    wanted = (("latitude", "no coordinates"), ("sectors", "no sector"), ("range_max", "no range"))
    lacks = [words for name, words in wanted if data_at(entry, name, variant) is None]
    return f"{', '.join(lacks)} published" if lacks else None


def _satellite_lacks(entry: SatelliteEntry, variant: Variant) -> str | None:
    if "orbit" in entry.values or "longitude" in entry.values:
        return None
    missing = [name for name in ELLIPSE if name not in entry.values]
    if missing:
        return "no orbit published"
    assumed = [name for name in ELLIPSE if entry.values[name].how == "assumed"]
    if assumed and variant != "high":
        words = ", ".join(name.replace("_", " ") for name in assumed)
        return f"orbit only assumed ({words}); used in the variant 'high' alone"
    return None


def data_at(entry: SensorEntry, name: str, variant: Variant) -> Data:
    """Give a value in a variant; nothing where none is published.

    A disputed value is at its least (low) or most (high) capable of what the sources say; any other
    is the same in every variant. Where only claims not good enough for a nominal value exist, the
    value is there in the variant "high" alone.
    """
    value = entry.values.get(name)
    if value is None:
        return None
    if variant == "nominal" or name not in MORE_IS_BETTER | LESS_IS_BETTER:
        return value.value
    if variant == "low" and value.value is None:
        return None
    return _extreme(name, value, best=variant == "high")


def _extreme(name: str, value: Value, *, best: bool) -> Data:
    claims = [each.value for each in value.alternatives if each.counts]
    every = [each for each in (value.value, *claims) if each is not None]
    if not every:
        return None
    pick = max if best == (name in MORE_IS_BETTER) else min
    return pick(every, key=_size)


def _size(data: Data) -> float:
    """Give a number's own size, or the width of a list of sectors in degrees."""
    if isinstance(data, tuple):
        return sum(_width(each) for each in data)
    return number(data)


def _width(sector: Data) -> float:
    start, end = pair(sector)
    return (end - start) % 360.0 or 360.0


def number(data: Data) -> float:
    """Give a value that must be a number."""
    assert isinstance(data, int | float), f"{data!r} is not a number"
    return float(data)


def text(data: Data) -> str:
    """Give a value that must be a text."""
    assert isinstance(data, str), f"{data!r} is not a text"
    return data


def pair(data: Data) -> tuple[float, float]:
    """Give a value that must be two numbers."""
    assert isinstance(data, tuple), f"{data!r} is not a pair"
    start, end = data
    return number(start), number(end)
