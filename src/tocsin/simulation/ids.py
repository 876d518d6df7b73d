"""Every id in a scenario, checked against the catalogue and against the scenario itself."""

from collections.abc import Iterable, Iterator

from tocsin.catalog.load import Catalog
from tocsin.simulation.checks import FieldError, known, unique
from tocsin.simulation.ground import Ground, ground_of
from tocsin.simulation.scenario import Partner, Scenario, Study


def check_ids(scenario: Scenario, catalog: Catalog) -> None:
    """Refuse a scenario that names what there is not.

    Raises:
        FieldError: An id is unknown; the text gives the nearest known one.
    """
    ground = ground_of(catalog, scenario.places, scenario.areas)
    for partner in scenario.partners:
        where = f"partner {partner.id!r}"
        _check_all(where, "defended", partner.defended, ground.places, "place")
        _check_sensors(where, partner, catalog)
    _check_owned_once(scenario, catalog)
    for launch in scenario.launches:
        where = f"launch {launch.name!r}"
        known(where, "vehicle", launch.vehicle, catalog.vehicles, "vehicle")
    owned = [
        sensor_id for partner in scenario.partners for sensor_id in owned_ids(partner, catalog)
    ]
    for number, fault in enumerate(scenario.faults, 1):
        if fault.sensor is not None:
            known(f"fault {number} {fault.kind!r}", "sensor", fault.sensor, owned, "sensor")
    if scenario.study is not None:
        _check_study(scenario.study, ground, catalog, owned)


def catalog_sensor_ids(catalog: Catalog) -> tuple[str, ...]:
    """Give the ids of every radar and satellite of the catalogue."""
    return (*catalog.radars, *catalog.satellites)


def matching(pattern: str, catalog: Catalog) -> tuple[str, ...]:
    """Give the catalogue sensors that an entry of `sensors` stands for; `rus-*` for many."""
    ids = catalog_sensor_ids(catalog)
    if not pattern.endswith("*"):
        return (pattern,) if pattern in ids else ()
    return tuple(each for each in ids if each.startswith(pattern[:-1]))


def owned_ids(partner: Partner, catalog: Catalog) -> Iterator[str]:
    """Give the ids of a partner's sensors, each once, those placed by hand last.

    A sensor named by itself and by a pattern as well comes where it is named first.
    """
    listed = dict.fromkeys(
        each for pattern in partner.sensors for each in matching(pattern, catalog)
    )
    yield from listed
    yield from (sensor.id for sensor in partner.inline)


def _check_sensors(where: str, partner: Partner, catalog: Catalog) -> None:
    ids = catalog_sensor_ids(catalog)
    for pattern in partner.sensors:
        if not pattern.endswith("*"):
            known(where, "sensors", pattern, ids, "sensor")
        elif not matching(pattern, catalog):
            prefixes = sorted({f"{each.split('-')[0]}-*" for each in ids})
            detail = f"sensors has {pattern!r}, which no catalogue sensor's id starts with"
            raise FieldError(where, f"{detail}; for instance {', '.join(prefixes)}")
    for sensor in partner.inline:
        inline = f"{where}: sensor {sensor.id!r}"
        if sensor.id in ids:
            detail = f"id is {sensor.id!r}, a catalogue sensor's; choose another"
            raise FieldError(inline, f"{detail}, and name the catalogue's in `like`")
        if sensor.like is not None:
            pool = catalog.radars if sensor.kind == "radar" else catalog.satellites
            known(inline, "like", sensor.like, pool, sensor.kind)


def _check_owned_once(scenario: Scenario, catalog: Catalog) -> None:
    """Refuse two owners of one sensor: its word would count twice."""
    owners: dict[str, str] = {}
    for partner in scenario.partners:
        for sensor_id in owned_ids(partner, catalog):
            if sensor_id in owners:
                raise FieldError(
                    f"partner {partner.id!r}",
                    f"sensors has {sensor_id!r}, which {owners[sensor_id]!r} has too; "
                    "give it one owner",
                )
            owners[sensor_id] = partner.id


def _check_study(study: Study, ground: Ground, catalog: Catalog, owned: list[str]) -> None:
    _check_all("study", "areas", study.areas, ground.areas, "area")
    _check_all("study", "sites", study.sites, ground.sites, "site")
    _check_all("study", "places", study.places, ground.places, "place")
    _check_all("study", "vehicles", study.vehicles, catalog.vehicles, "vehicle")
    _check_all("study", "without", study.without, owned, "sensor")
    for coalition in study.coalitions:
        unique("study", "coalitions: partner", coalition)


def _check_all(
    where: str, key: str, values: Iterable[str], allowed: Iterable[str], what: str
) -> None:
    names = tuple(allowed)
    for value in values:
        known(where, key, value, names, what)
