"""Scenario files: TOML in, a checked `Scenario` out, or one line that says what to mend."""

import contextlib
import math
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from tocsin.catalog.load import Catalog, load_catalog
from tocsin.earth.time import tai_from_utc
from tocsin.errors import ScenarioError, TocsinError, nearest
from tocsin.simulation.checks import FieldError
from tocsin.simulation.ground import Ground, ground_of
from tocsin.simulation.ids import check_ids
from tocsin.simulation.scenario import (
    DEFAULT_DELAY_S,
    Background,
    Fault,
    InlineSensor,
    LaunchPlan,
    Notice,
    OwnArea,
    OwnPlace,
    Partner,
    Scenario,
    Sharing,
    Study,
)
from tocsin.simulation.table import Table, shown

FILE_MAX_BYTES = 1_000_000
BUILTIN = Path(__file__).parent / "builtin"
QUESTION = "Who would see these launches, when, and what does joining add?"
DURATION_S = 86_400.0
"""How long a scenario lasts if it does not say."""
KEYS = {
    "scenario": (
        "name", "title", "question", "start_utc", "duration_s", "seed", "as_of", "data_class",
    ),
    "partner": ("id", "name", "defended", "sensors", "sensor"),
    "sensor": (
        "id", "name", "like", "kind", "latitude_deg", "longitude_deg", "altitude_m", "sectors_deg",
        "elevation_min_deg", "elevation_max_deg", "range_km", "pulse_hz", "plots_max",
        "delivered_by", "note",
    ),
    "sharing": ("from", "to", "level", "delay_s", "coarsening_km", "since_s", "until_s"),
    "launch": (
        "name", "vehicle", "from", "to", "azimuth_deg", "range_km", "at_s", "count", "apogee_km",
        "flight_time_s",
    ),
    "notice": (
        "id", "from", "kind", "issued_s", "since_s", "until_s", "at", "radius_km", "azimuth_deg",
        "range_km",
    ),
    "fault": ("kind", "sensor", "link", "from_s", "until_s", "delay_s", "chance"),
    "place": ("id", "name", "at"),
    "area": ("id", "name", "polygon"),
    "background": ("satellites", "moon", "glint", "clutter"),
    "study": (
        "areas", "sites", "places", "vehicles", "spacing_deg", "epochs", "lofts", "levels",
        "coalitions", "without", "step_s",
    ),
}  # fmt: skip
"""Every table of a scenario file and every key that it may hold; `sensor` is [[partner.sensor]]."""
SINGLE = ("scenario", "background", "study")
TABLES = tuple(name for name in KEYS if name != "sensor")

Record = TypeVar("Record")


def builtin_names() -> tuple[str, ...]:
    """Give the names of the scenarios that come with the program."""
    return tuple(sorted(path.stem for path in BUILTIN.glob("*.toml")))


def find_scenario(name_or_path: str | Path) -> Path:
    """Give the file of a scenario: the file of that path, or else the built-in of that name."""
    path = Path(name_or_path)
    with contextlib.suppress(OSError):  # a name too long for a file
        if path.is_file():
            return path
    names = builtin_names()
    if str(name_or_path) in names:
        return BUILTIN / f"{name_or_path}.toml"
    raise ScenarioError(
        f"no scenario {str(name_or_path)!r}: it is neither a file nor a built-in scenario; "
        f"{nearest(path.stem, names)}"
    )


def load_scenario(name_or_path: str | Path, catalog: Catalog | None = None) -> Scenario:
    """Find a scenario and read it."""
    return read_scenario(find_scenario(name_or_path), catalog)


def read_scenario(path: Path, catalog: Catalog | None = None) -> Scenario:
    """Read a scenario file, and check every id in it against the catalogue.

    Raises:
        ScenarioError: It is not usable; the one line names file, table, key, value and remedy.
    """
    return parse_scenario(scenario_bytes(path), str(path), catalog)


def scenario_bytes(path: Path) -> bytes:
    """Give what a scenario file holds; of one that is too long, enough to show that it is.

    Raises:
        ScenarioError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(FILE_MAX_BYTES + 1)
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}") from error


def parse_scenario(data: bytes, file: str, catalog: Catalog | None = None) -> Scenario:
    """Turn the bytes of a scenario file into a scenario; `file` is how errors call it."""
    top = _toml(data, file)
    catalog = load_catalog() if catalog is None else catalog
    try:
        scenario = _scenario(file, top, catalog)
        check_ids(scenario, catalog)
    except FieldError as error:
        raise ScenarioError(f"{file}: {error}") from error
    return scenario


def _toml(data: bytes, file: str) -> Table:
    """Give the tables of a file, or say why it is no TOML."""
    if len(data) > FILE_MAX_BYTES:
        raise ScenarioError(f"{file}: it is longer than {FILE_MAX_BYTES} bytes, which is the limit")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ScenarioError(
            f"{file}: line {line}: not UTF-8 text; save the file as UTF-8"
        ) from error
    if not text.strip():
        raise ScenarioError(f"{file}: it is empty; it needs at least [scenario] and a [[partner]]")
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{file}: broken TOML: {error}") from error
    except RecursionError as error:
        raise ScenarioError(f"{file}: broken TOML: nested too deeply") from error
    except ValueError as error:
        raise ScenarioError(f"{file}: broken TOML: a number has too many digits") from error
    return Table(where=file, values=values, allowed=TABLES)


def _scenario(file: str, top: Table, catalog: Catalog) -> Scenario:
    head = _single(file, top, "scenario")
    if head is None:
        raise ScenarioError(f"{file}: [scenario] is missing; it needs name and start_utc")
    places = tuple(_place(table) for table in _each(file, top, "place"))
    areas = tuple(_area(table) for table in _each(file, top, "area"))
    ground = ground_of(catalog, places, areas)
    background, study = _single(file, top, "background"), _single(file, top, "study")
    start_tai_ns, day = _start(head)
    name = head.text("name")
    return Scenario(
        name=name,
        title=head.text("title", name),
        question=head.text("question", QUESTION),
        start_tai_ns=start_tai_ns,
        duration_s=head.number("duration_s", DURATION_S),
        seed=head.whole("seed", 1),
        as_of=_day(head, day),
        data_class=head.text("data_class", "test"),
        partners=tuple(_partner(file, table) for table in _each(file, top, "partner")),
        sharing=tuple(_sharing(table) for table in _each(file, top, "sharing")),
        launches=tuple(
            _launch(table, f"launch-{number}", ground)
            for number, table in enumerate(_each(file, top, "launch"), 1)
        ),
        notices=tuple(_notice(table, ground) for table in _each(file, top, "notice")),
        faults=tuple(_fault(table) for table in _each(file, top, "fault")),
        background=Background() if background is None else _background(background),
        study=None if study is None else _study(study),
        places=places,
        areas=areas,
    )


def _single(file: str, top: Table, name: str) -> Table | None:
    """Give a table that may be there once, written [name]."""
    if name not in top:
        return None
    values = top.values[name]
    if not isinstance(values, dict):
        raise ScenarioError(f"{file}: {name} is {shown(values)}; it must be a table, [{name}]")
    return Table(where=f"{file}: [{name}]", values=values, allowed=KEYS[name])


def _each(file: str, top: Table, name: str) -> Iterator[Table]:
    """Give the tables written [[name]], numbered from one."""
    for number, values in enumerate(top.tables(name), 1):
        yield _numbered(f"{file}: [[{name}]]", name, number, values)


def _numbered(where: str, name: str, number: int, values: Mapping[str, object]) -> Table:
    label = values.get("name" if name == "launch" else "id")
    called = f" {label!r}" if isinstance(label, str) else ""
    return Table(where=f"{where} {number}{called}", values=values, allowed=KEYS[name])


def _build(table: Table, record: Callable[..., Record], **values: object) -> Record:
    """Make a record; what it finds wrong with itself is told with the table's place in the file."""
    try:
        return record(**values)
    except FieldError as error:
        raise ScenarioError(f"{table.where}: {error.detail}") from error


def _start(head: Table) -> tuple[int, date]:
    """Give the start as TAI nanoseconds, and its day."""
    value = head.values.get("start_utc")
    must = "a time from 1970 to 2250, such as '2024-07-05T00:00:00Z'"
    if isinstance(value, datetime):
        moment = value if value.tzinfo is None else value.astimezone(UTC)
        value = f"{moment.replace(tzinfo=None).isoformat()}Z"
    elif isinstance(value, date):
        value = f"{value.isoformat()}T00:00:00Z"
    if not isinstance(value, str):
        raise head.wrong("start_utc", must)
    try:
        start_tai_ns, day = tai_from_utc(value), date.fromisoformat(value[:10])
    except (TocsinError, ValueError, OverflowError) as error:
        raise head.wrong("start_utc", must) from error
    if start_tai_ns < 0:
        raise head.wrong("start_utc", must)
    return start_tai_ns, day


def _day(head: Table, default: date) -> date:
    value = head.values.get("as_of", default)
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError as error:
            raise head.wrong("as_of", "a day such as 2024-07-05") from error
    if isinstance(value, datetime) or not isinstance(value, date):
        raise head.wrong("as_of", "a day such as 2024-07-05")
    return value


def _place(table: Table) -> OwnPlace:
    point = table.point("at")
    if point is None:
        raise table.wrong("at", "[latitude, longitude]")
    place_id = table.text("id")
    return _build(
        table,
        OwnPlace,
        id=place_id,
        name=table.text("name", place_id),
        latitude_deg=point[0],
        longitude_deg=point[1],
    )


def _area(table: Table) -> OwnArea:
    area_id = table.text("id")
    return _build(
        table,
        OwnArea,
        id=area_id,
        name=table.text("name", area_id),
        polygon_lonlat_deg=table.pairs("polygon"),
    )


def _partner(file: str, table: Table) -> Partner:
    """Give a partner; an entry of `sensors` is an id or, like [[partner.sensor]], a table."""
    listed = table.items("sensors")
    ids = [value for value in listed if isinstance(value, str)]
    inline = [value for value in listed if isinstance(value, dict)]
    if len(ids) + len(inline) != len(listed):
        raise table.wrong("sensors", "a list of catalogue ids and tables")
    partner_id = table.text("id")
    where = f"{file}: partner {partner_id!r}: [[partner.sensor]]"
    return _build(
        table,
        Partner,
        id=partner_id,
        name=table.text("name", partner_id),
        defended=table.texts("defended"),
        sensors=tuple(ids),
        inline=tuple(
            _sensor(_numbered(where, "sensor", number, values))
            for number, values in enumerate((*inline, *table.tables("sensor")), 1)
        ),
    )


def _sensor(table: Table) -> InlineSensor:
    sensor_id = table.text("id")
    return _build(
        table,
        InlineSensor,
        id=sensor_id,
        name=table.text("name", sensor_id),
        kind=table.text("kind", "radar"),
        like=table.optional_text("like"),
        latitude_deg=table.optional_number("latitude_deg"),
        longitude_deg=table.optional_number("longitude_deg"),
        altitude_m=table.number("altitude_m", 0.0),
        sectors_deg=table.pairs("sectors_deg") if "sectors_deg" in table else None,
        elevation_min_deg=table.optional_number("elevation_min_deg"),
        elevation_max_deg=table.optional_number("elevation_max_deg"),
        range_km=table.optional_number("range_km"),
        pulse_hz=table.optional_number("pulse_hz"),
        plots_max=table.whole("plots_max") if "plots_max" in table else None,
        delivered_by=table.optional_text("delivered_by"),
        note=table.text("note", ""),
    )


def _sharing(table: Table) -> Sharing:
    level = table.whole("level")
    return _build(
        table,
        Sharing,
        sender=table.text("from"),
        receiver=table.text("to"),
        level=level,
        delay_s=table.number("delay_s", DEFAULT_DELAY_S.get(level, 0.0)),
        coarsening_km=table.number("coarsening_km", 0.0),
        since_s=table.number("since_s", 0.0),
        until_s=table.number("until_s", math.inf),
    )


def _launch(table: Table, default_name: str, ground: Ground) -> LaunchPlan:
    start = _point(table, "from", ground)
    end = _point(table, "to", ground) if "to" in table else None
    return _build(
        table,
        LaunchPlan,
        name=table.text("name", default_name),
        vehicle=table.text("vehicle"),
        from_latitude_deg=start.latitude_deg,
        from_longitude_deg=start.longitude_deg,
        to_latitude_deg=None if end is None else end.latitude_deg,
        to_longitude_deg=None if end is None else end.longitude_deg,
        azimuth_deg=table.optional_number("azimuth_deg"),
        range_km=table.optional_number("range_km"),
        at_s=table.number("at_s", 0.0),
        count=table.whole("count", 1),
        apogee_km=table.optional_number("apogee_km"),
        flight_time_s=table.optional_number("flight_time_s"),
        from_name=start.name,
        to_name="" if end is None else end.name,
    )


def _point(table: Table, key: str, ground: Ground) -> OwnPlace:
    """Give the place that a key names or holds."""
    point = table.point(key)
    if point is None:
        return ground.point(table.where, key, table.text(key))
    latitude_deg, longitude_deg = point
    name = f"{latitude_deg:g}, {longitude_deg:g}"
    return OwnPlace(id="point", name=name, latitude_deg=latitude_deg, longitude_deg=longitude_deg)


def _notice(table: Table, ground: Ground) -> Notice:
    centre = _point(table, "at", ground)
    return _build(
        table,
        Notice,
        id=table.text("id"),
        sender=table.text("from"),
        kind=table.text("kind"),
        issued_s=table.number("issued_s"),
        since_s=table.number("since_s"),
        until_s=table.number("until_s"),
        latitude_deg=centre.latitude_deg,
        longitude_deg=centre.longitude_deg,
        radius_km=table.number("radius_km"),
        azimuth_deg=table.optional_number("azimuth_deg"),
        range_km=table.optional_number("range_km"),
    )


def _fault(table: Table) -> Fault:
    link = table.texts("link")
    if "link" in table and len(link) != 2:
        raise table.wrong("link", 'sender and receiver, for instance ["east", "west"]')
    return _build(
        table,
        Fault,
        kind=table.text("kind"),
        sensor=table.optional_text("sensor"),
        link=(link[0], link[1]) if link else None,
        from_s=table.number("from_s", 0.0),
        until_s=table.number("until_s", math.inf),
        delay_s=table.number("delay_s", 0.0),
        chance=table.number("chance", 1.0),
    )


def _background(table: Table) -> Background:
    return _build(
        table,
        Background,
        satellites=_satellites(table),
        moon=table.truth("moon", False),
        glint=table.truth("glint", False),
        clutter=table.number("clutter", 0.0),
    )


def _satellites(table: Table) -> bool | int:
    """Give whether all satellites pass, or how many of them."""
    value = table.values.get("satellites", False)
    if not isinstance(value, int):
        raise table.wrong("satellites", "true, false or how many of them")
    return value


def _study(table: Table) -> Study:
    return _build(
        table,
        Study,
        areas=table.texts("areas"),
        sites=table.texts("sites"),
        places=table.texts("places"),
        vehicles=table.texts("vehicles"),
        spacing_deg=table.number("spacing_deg", 8.0),
        epochs=table.whole("epochs", 8),
        lofts=table.numbers("lofts", (1.0,)),
        levels=table.wholes("levels", (0, 1, 2, 3, 4)),
        coalitions=table.lists_of_texts("coalitions"),
        without=table.texts("without"),
        step_s=table.number("step_s", 10.0),
    )
