"""The reference page of the catalogue, made from the tables.

`python -m tocsin.catalog.document docs/reference/catalog.md` writes it anew.
"""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tocsin.catalog.entries import VARIANTS, RadarEntry, SatelliteEntry, SensorEntry, Value
from tocsin.catalog.load import Catalog, load_catalog
from tocsin.catalog.rows import listed, said
from tocsin.catalog.schema import RADAR, SATELLITE, STAGE, VEHICLE, Rule
from tocsin.catalog.status import data_at, number, usable

HEAD = """\
# The catalogue

*Generated from the tables in `src/tocsin/catalog/data` by `python -m tocsin.catalog.document
docs/reference/catalog.md`; change the tables, not this page.*

{counts}. Gathered {compiled}; {scope}.

`tocsin catalog list` and `tocsin catalog show ID` print the same with every number's source;
`tocsin catalog check` checks every table.

## How a value is recorded

| key | meaning |
| --- | --- |
| `value`, `unit` | the number, list or text, in the unit below; no `value`: only claims |
| `how` | `published`: read in a source; `derived`: follows from others; `assumed`: neither |
| `confidence` | `high`, `medium` or `low` |
| `sources` | keys of `sources.toml`; a published value names at least one |
| `derivation` | how a derived value follows; why an assumed one is assumed |
| `alternatives` | what other sources say; `counts = false`: used in no calculation |

A radar takes a value from its own table, else from its type, else from the defaults.

**States.** `operational`: undisputed. `likely`, `doubtful`: disputed, nominally there or not.
`absent`: closed. Before its first day a sensor is absent. A year alone counts from its first day.

**Variants.** `nominal` uses the value; `low` and `high` put every disputed value at its least or
most capable claim and count disputed sensors as absent or present. An orbit of which angles are
assumed, and a range for which there are only claims, are used in `high` alone.

**Uses.** `baseline`, `sensitivity`, `context`, `historical`: a rule-based label from status, role
and confidence, not a published fact.

## Beware

"""


def page(catalog: Catalog) -> str:
    """Give the reference page, Markdown."""
    about = catalog.about
    counts = ", ".join(f"{len(table)} {kind}s" for kind, table in catalog.kinds().items())
    head = HEAD.format(
        counts=f"{counts}, {len(catalog.sources)} sources",
        compiled=about.compiled,
        scope=about.scope,
    )
    parts = [
        head + "\n".join(f"- {each}" for each in (*about.warnings, about.accuracy)),
        _section("Radars", _radars(catalog)),
        _section("Infrared satellites", _satellites(catalog)),
        _section("Not usable in a study, and why", _unusable(catalog)),
        _section("Assumed for every radar", _defaults(next(iter(catalog.radars.values())), RADAR)),
        _section(
            "Assumed for every satellite",
            _defaults(next(iter(catalog.satellites.values())), SATELLITE),
        ),
        _section("Vehicles", _vehicles(catalog)),
        _section("Launch areas", _areas(catalog)),
        _section("Places to warn", _places(catalog, "place")),
        _section("Launch sites", _places(catalog, "site")),
        _section("Benchmarks of warning time", _benchmarks(catalog)),
        _section("Values, units and plausible ranges", _rules()),
        _section("Sources", _sources(catalog)),
    ]
    return "\n\n".join(parts) + "\n"


def _section(title: str, table: str) -> str:
    return f"## {title}\n\n{table}"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = tuple(heads)
    lines = ["| " + " | ".join(names) + " |", "|" + " --- |" * len(names)]
    for row in rows:
        cells = (cell.replace("|", "/").replace("\n", " ") for cell in row)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _days(entry: SensorEntry) -> str:
    return "; ".join(f"{each.state} {each.since}" for each in entry.states)


def _data(entry: SensorEntry, name: str) -> str:
    """Give what is known of this sensor by itself; nothing where only a default stands in."""
    value = entry.values.get(name)
    return said(value.value) if value is not None and value.origin != "default" else ""


def _elevation(entry: SensorEntry) -> str:
    low, high = _data(entry, "elevation_min"), _data(entry, "elevation_max")
    return f"{low} to {high}" if low else ""


def _span(entry: SensorEntry, name: str) -> str:
    every = [data_at(entry, name, variant) for variant in VARIANTS]
    low, middle, high = ("none" if each is None else said(each) for each in every)
    return middle if low == high else f"{middle} ({low} to {high})"


def _radars(catalog: Catalog) -> str:
    heads = ("id", "name", "by", "states", "sectors deg", "elevation deg", "range km", "use")
    rows = (
        (
            f"`{each.id}`",
            each.name,
            each.operator,
            _days(each),
            _data(each, "sectors"),
            _elevation(each),
            _span(each, "range_max"),
            f"{each.use}, {each.confidence}",
        )
        for each in catalog.radars.values()
    )
    return _table(heads, rows)


def _satellites(catalog: Catalog) -> str:
    heads = ("id", "name", "by", "states", "orbit", "number", "element set", "use")
    rows = (
        (
            f"`{each.id}`",
            each.name,
            each.operator,
            _days(each),
            _data(each, "orbit_class"),
            str(each.values["norad"].value) if "norad" in each.values else "",
            _epoch(each),
            f"{each.use}, {each.confidence}",
        )
        for each in catalog.satellites.values()
    )
    return _table(heads, rows)


def _epoch(entry: SatelliteEntry) -> str:
    value = entry.values.get("orbit")
    return value.derivation if value is not None else ""


def _unusable(catalog: Catalog) -> str:
    sensors: tuple[RadarEntry | SatelliteEntry, ...] = (
        *catalog.radars.values(),
        *catalog.satellites.values(),
    )
    rows = [
        (f"`{each.id}`", str(usable(each)), "no" if usable(each, "high") else "yes")
        for each in sensors
        if usable(each)
    ]
    return _table(("id", "why", "usable in `high`"), rows)


def _defaults(entry: SensorEntry, rules: Mapping[str, Rule]) -> str:
    rows = (
        (f"`{name}`", said(value.value), value.unit, value.derivation, _keys(value))
        for name, value in _known(entry.values, rules)
        if value.origin == "default"
    )
    return _table(("value", "", "unit", "why", "sources"), rows)


def _known(values: Mapping[str, Value], rules: Mapping[str, Rule]) -> Iterable[tuple[str, Value]]:
    return ((name, values[name]) for name in rules if name in values)


def _keys(value: Value) -> str:
    return ", ".join(value.sources)


def _vehicles(catalog: Catalog) -> str:
    heads = ("id", "name", "stages", "lift-off kg", "burn s", "range km", "plume kW/sr, by stage")
    rows = []
    for row in listed(catalog, "vehicle"):
        stages = catalog.vehicles[row["id"]].stages
        plumes = (number(stage["plume"].value) / 1000.0 for stage in stages)
        rows.append(
            (
                f"`{row['id']}`",
                row["name"],
                str(row["stages"]),
                f"{row['liftoff_kg']:,.0f}",
                f"{row['burn_s']:.0f}",
                said(row["range_km"]),
                ", ".join(f"{each:,.3g}" for each in plumes),
            )
        )
    return _table(heads, rows)


def _areas(catalog: Catalog) -> str:
    heads = ("id", "name", "kind", "how", "basis", "why")
    rows = (
        (f"`{each.id}`", each.name, each.kind, each.how, each.basis, each.why)
        for each in catalog.areas.values()
    )
    return _table(heads, rows)


def _places(catalog: Catalog, kind: str) -> str:
    heads = ("id", "name", "country", "latitude deg", "longitude deg")
    rows = (
        (f"`{each.id}`", each.name, each.country, f"{each.lat:g}", f"{each.lon:g}")
        for each in (catalog.places if kind == "place" else catalog.sites).values()
    )
    return _table(heads, rows)


def _benchmarks(catalog: Catalog) -> str:
    rows = (
        (f"`{each.id}`", each.value, each.meaning, ", ".join(one.key for one in each.sources))
        for each in catalog.benchmarks.values()
    )
    return _table(("id", "value", "meaning", "sources"), rows)


def _rules() -> str:
    tables = {"radar": RADAR, "satellite": SATELLITE, "vehicle": VEHICLE, "stage": STAGE}
    rows = (
        (kind, f"`{name}`", rule.unit, f"{rule.low:g} to {rule.high:g}" if rule.high else "")
        for kind, rules in tables.items()
        for name, rule in rules.items()
    )
    return _table(("of a", "value", "unit", "from, to"), rows)


def _sources(catalog: Catalog) -> str:
    rows = (
        (f"`{each.key}`", each.title, each.url or each.note, each.follow_up)
        for each in catalog.sources.values()
    )
    return _table(("key", "title", "address", "still to settle"), rows)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(load_catalog()), encoding="utf-8")
