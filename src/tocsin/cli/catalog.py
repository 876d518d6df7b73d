"""`tocsin catalog`: the sensors, vehicles and areas, with every number's source."""

import json as json_text
from collections.abc import Mapping
from datetime import date, datetime
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from tocsin.catalog.entries import (
    Alternative,
    Area,
    Place,
    SensorEntry,
    Source,
    State,
    Value,
    VehicleEntry,
)
from tocsin.catalog.load import Catalog, Entry, load_catalog
from tocsin.catalog.rows import checked_operator, everything, found, listed, named_keys, said
from tocsin.catalog.schema import RADAR, SATELLITE, STAGE, VEHICLE, Rule
from tocsin.catalog.status import usable
from tocsin.cli.errors import MENDABLE, reported

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

KINDS = ("radar", "satellite", "vehicle", "area", "place", "site")
WIDTH = 100
"""Columns when the output is not a terminal."""
LEGEND = """\
state: likely and doubtful are disputed (nominally there, nominally not); absent is not yet or gone.
range: the published one, and the least and most that sources say. usable: whether enough is
published to model it; `tocsin catalog show ID` says what is missing."""
TEXT_WIDTH = 24
"""Columns of a value that is a text."""

as_json = click.option("--json", is_flag=True, help="Write JSON; keys end in their unit.")


@click.group()
def catalog() -> None:
    """Sensors, vehicles, areas and places, every number with its source.

    \b
    Example:
      tocsin catalog show rus-lekhtusi-voronezh-m
    """


@catalog.command("list")
@click.option("--kind", type=click.Choice(KINDS), help="Only one kind; without it, all.")
@click.option("--operator", metavar="CC", help="Only this country's: two letters, such as RU.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Only sensors that may be there on this day, and their state on it.",
)
@as_json
def list_entries(
    kind: str | None, operator: str | None, as_of: datetime | None, json: bool
) -> None:
    """List what the catalogue holds.

    The state of a sensor is that of the day the catalogue was compiled; --as-of asks for another.

    \b
    Example:
      tocsin catalog list --kind radar --operator RU --as-of 2020-06-01
    """
    with reported(json):
        tables = load_catalog()
        day = as_of.date() if as_of else None
        wanted = None if operator is None else checked_operator(tables, operator.upper())
        kinds = [kind] if kind else list(KINDS)
        rows = {each: listed(tables, each, wanted, day) for each in kinds}
    if json:
        _print_json([row for each in rows.values() for row in each])
        return
    console = _console()
    for each, some in rows.items():
        if some:
            _print(console, _list_table(each, some, day or tables.about.compiled))
    if rows.get("radar") or rows.get("satellite"):
        console.print(LEGEND)
    if not any(rows.values()):
        click.echo("nothing in the catalogue fits", err=True)


@catalog.command("show")
@click.argument("id")
@as_json
def show_entry(id: str, json: bool) -> None:  # noqa: A002  the argument's name in the help
    """Show everything known of ID, with its sources; a source's key will do as well.

    \b
    Example:
      tocsin catalog show rus-lekhtusi-voronezh-m
    """
    with reported(json):
        tables = load_catalog()
        kind, entry = found(tables, id)
        row = everything(tables, id)
    if json:
        _print_json(row)
        return
    _print_entry(_console(), tables, kind, entry)


@catalog.command("check")
@as_json
def check_tables(json: bool) -> None:
    """Check every table: units, plausible ranges, sources, ids, element sets, polygons.

    \b
    Example:
      tocsin catalog check
    """
    from tocsin.catalog.check import check

    with reported(json):
        problems = check()
    if json:
        _print_json({"problems": problems})
    else:
        for each in problems:
            click.echo(each)
        tables = None if problems else load_catalog()
        click.echo(_all_well(tables) if tables else f"{len(problems)} to mend", err=bool(problems))
    if problems:
        raise click.exceptions.Exit(MENDABLE)


def _all_well(tables: Catalog) -> str:
    counts = {f"{kind}s": len(entries) for kind, entries in tables.kinds().items()}
    counts["sources"] = len(tables.sources)
    return "all well: " + ", ".join(f"{count} {kind}" for kind, count in counts.items())


def _print_json(data: Any) -> None:
    click.echo(json_text.dumps(data, ensure_ascii=False, indent=2, default=_plain))


def _plain(data: Any) -> Any:
    if isinstance(data, date):
        return data.isoformat()
    raise TypeError(f"{type(data).__name__} has no JSON form")


def _console() -> "Console":
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = WIDTH
    return console


def _table(title: str, *columns: str, wide: bool = False) -> "Table":
    """Give an empty table.

    Args:
        title: Above it.
        columns: Their names; one that ends in `>` has its numbers to the right.
        wide: The last column takes all the room there is, and folds what does not fit.
    """
    from rich import box
    from rich.table import Table

    table = Table(
        title=title,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
        expand=wide,
    )
    for number, column in enumerate(columns, 1):
        last = wide and number == len(columns)
        table.add_column(
            column.rstrip(">"),
            justify="right" if column.endswith(">") else "left",
            no_wrap=not last and column != "name",
            ratio=1 if last else None,
            overflow="fold",
        )
    return table


def _list_table(kind: str, rows: list[dict[str, Any]], day: date | None) -> "Table":
    heads = {
        "radar": ("id", "op", "state", "range km>", "usable", "use", "trust"),
        "satellite": ("id", "op", "state", "orbit", "usable", "use", "trust"),
        "vehicle": ("id", "name", "lift-off t>", "burn s>", "range km>", "plume kW/sr>"),
        "area": ("id", "name", "kind", "points>", "how", "trust"),
        "place": ("id", "name", "country", "latitude>", "longitude>", "trust"),
        "site": ("id", "name", "country", "latitude>", "longitude>", "trust"),
    }
    title = f"{len(rows)} {kind}{'s' if len(rows) != 1 else ''}"
    if kind in ("radar", "satellite"):
        title += f", state on {day}"
    table = _table(title, *heads[kind])
    for row in rows:
        table.add_row(*_cells(kind, row))
    return table


def _cells(kind: str, row: dict[str, Any]) -> tuple[str, ...]:
    if kind in ("radar", "satellite"):
        what = _range(row["range_km"]) if kind == "radar" else str(row["orbit"])
        judged = (_usable(row["usable"]), row["use"], row["confidence"])
        return (row["id"], row["operator"], row["state"], what, *judged)
    if kind == "vehicle":
        return (
            row["id"],
            row["name"],
            f"{row['liftoff_kg'] / 1000.0:.1f}",
            f"{row['burn_s']:.0f}",
            f"{row['range_km']:,}",
            f"{row['plume_w_sr'] / 1000.0:,.0f}",
        )
    if kind == "area":
        points = str(row["sample_points"])
        return (row["id"], row["name"], row["area_kind"], points, row["how"], row["confidence"])
    place = (f"{row['latitude_deg']:.2f}", f"{row['longitude_deg']:.2f}")
    return (row["id"], row["name"], row["country"], *place, row["confidence"])


def _range(range_km: dict[str, float | None]) -> str:
    """Give a published range, and the spread of what the sources say."""
    low, middle, high = (range_km[each] for each in ("low", "nominal", "high"))
    if middle is None:
        return f"({high:,.0f})" if high is not None else "none"
    return f"{middle:,.0f}" if low == high else f"{middle:,.0f} ({low:,.0f}-{high:,.0f})"


def _usable(variants: list[str]) -> str:
    if len(variants) == 3:
        return "yes"
    return f"in {' and '.join(variants)}" if variants else "no"


def _print_entry(console: "Console", tables: Catalog, kind: str, entry: "Entry | Source") -> None:
    if isinstance(entry, Source):
        facts = {"url": entry.url, "note": entry.note, "to settle": entry.follow_up}
        _print_pairs(console, entry.title, facts)
        return
    _print_pairs(console, f"{entry.name} ({entry.id})", _facts(kind, entry))
    if isinstance(entry, SensorEntry):
        rules = RADAR if kind == "radar" else SATELLITE
        _print(console, _states_table(entry.states))
        _print(console, _values_table("What is known", entry.values, rules))
        if "orbit" in entry.values:
            console.print(f"Element set\n{said(entry.values['orbit'].value)}\n", soft_wrap=True)
        for each in entry.disagreements:
            console.print(f"Disagreement: {each}\n")
    if isinstance(entry, VehicleEntry):
        _print(console, _values_table("The whole", entry.values, VEHICLE))
        for number, stage in enumerate(entry.stages, 1):
            _print(console, _values_table(f"Stage {number}", stage, STAGE))
    _print_sources(console, tables, entry)


def _facts(kind: str, entry: "Entry") -> dict[str, str]:
    """Give what an entry says in words, by the name of each fact."""
    facts = {"kind": kind}
    if isinstance(entry, SensorEntry):
        facts["operator"] = entry.operator
        if entry.host_country != entry.operator:
            facts["stands in"] = entry.host_country
        facts["usable"] = usable(entry) or "yes"
    if isinstance(entry, Place):
        facts["country"] = entry.country
        facts["latitude"], facts["longitude"] = f"{entry.lat:g} deg", f"{entry.lon:g} deg"
    if isinstance(entry, Area):
        facts["corners"] = _corners(entry.polygon)
        facts["sample points"] = _corners(entry.sample_points)
    for key in ("role", "site", "type", "use", "how", "confidence", "status", "basis", "why"):
        facts[key] = getattr(entry, key, "")
    for key in ("coverage_note", "notes", "note"):
        facts[key.replace("_", " ")] = getattr(entry, key, "")
    return facts


def _corners(points: tuple[tuple[float, float], ...]) -> str:
    """Give points as latitude and longitude, in degrees."""
    return ", ".join(f"{_side(lat, 'N', 'S')} {_side(_half(lon), 'E', 'W')}" for lon, lat in points)


def _half(lon: float) -> float:
    """Give a longitude from -180 to 180."""
    return lon - 360.0 if lon > 180.0 else lon


def _side(angle: float, plus: str, minus: str) -> str:
    return f"{abs(angle):g}{plus if angle >= 0.0 else minus}"


def _print_pairs(console: "Console", title: str, facts: dict[str, str]) -> None:
    table = _table(title, "", "", wide=True)
    table.show_header = False
    for key, fact in facts.items():
        if fact:
            table.add_row(key, fact)
    _print(console, table)


def _print(console: "Console", table: "Table") -> None:
    console.print(table)
    console.print()


def _states_table(states: tuple[State, ...]) -> "Table":
    table = _table("What it was, and from when", "from", "state", "how", "why", wide=True)
    for each in states:
        why = f"{each.reason}. {_whom(each.sources)}".rstrip()
        table.add_row(each.since.isoformat(), each.state, each.how, why)
    return table


def _values_table(title: str, values: Mapping[str, Value], rules: Mapping[str, Rule]) -> "Table":
    """Give a table of values in the order of their rules, what is only assumed for all last."""
    table = _table(title, "value", "", "how", "trust", "why, and from whom", wide=True)
    ordered = [(name, values[name]) for name in rules if name in values]
    for name, value in sorted(ordered, key=lambda each: each[1].origin == "default"):
        shared = "Shared by its type." if value.origin == "type" else ""
        words = (value.derivation, shared, _whom(value.sources))
        why = " ".join(word for word in words if word)
        table.add_row(name.replace("_", " "), _measured(value), value.how, value.confidence, why)
        for each in value.alternatives:
            table.add_row("", f"or {said(each.value, value.unit)}", "", "", _other(each))
    return table


def _measured(value: Value) -> str:
    """Give a value and its unit, a text over as many lines as it needs."""
    if value.unit == "element set":
        return "two lines, below"
    words = said(value.value, value.unit)
    if value.unit in ("text", "number", "UTC", "count", "probability"):
        return "\n".join(wrap(words, TEXT_WIDTH))
    return words if value.value is None else f"{words} {value.unit}"


def _other(each: Alternative) -> str:
    note = f"{each.note}." if each.note else ""
    words = (note, _whom(each.source), "" if each.counts else "Not used.")
    return " ".join(word for word in words if word)


def _whom(keys: tuple[str, ...]) -> str:
    return f"[{', '.join(keys)}]" if keys else ""


def _print_sources(console: "Console", tables: Catalog, entry: "Entry") -> None:
    table = _table("Sources", "key", "title and address", wide=True)
    for key in sorted(named_keys(entry)):
        source = tables.sources[key]
        table.add_row(key, f"{source.title}\n{source.url or source.note}")
    console.print(table)
