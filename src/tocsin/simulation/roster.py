"""Which sensors a scenario has in the field: each partner's, ready for the models, or why not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tocsin.catalog.entries import (
    VARIANTS,
    Data,
    RadarEntry,
    SatelliteEntry,
    SensorEntry,
    Value,
    Variant,
)
from tocsin.catalog.load import Catalog
from tocsin.catalog.status import LESS_IS_BETTER, MORE_IS_BETTER, operational, usable
from tocsin.errors import ScenarioError, TocsinError
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.radar import Radar
from tocsin.simulation.ids import owned_ids
from tocsin.simulation.partner import ECHO_KEYS
from tocsin.simulation.scenario import InlineSensor, Partner, Scenario

Sensor = Radar | Infrared

NOT_BY_PATTERN = ("context", "historical")
"""Uses of an entry that a pattern such as `rus-*` passes over; its own id still picks it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One sensor of one partner, and how the disputed values could have it otherwise."""

    partner: str
    id: str
    name: str
    kind: str
    """radar or infrared."""
    nominal: Sensor | None
    """None where it is not counted: doubtful, or nothing but weak claims of its range."""
    low: Sensor | None
    """Every disputed value at its least capable; None where it may not have been there."""
    high: Sensor | None
    alternatives: tuple[tuple[str, Sensor | None], ...]
    """One disputed value moved at a time, the others nominal: what it is, and the sensor then."""
    entry: SensorEntry
    """The values and their sources; of a sensor placed by hand, those of its model with its own."""
    delivered_by: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A sensor that a partner owns but the models cannot use, and why."""

    partner: str
    id: str
    name: str
    reason: str

    def sentence(self) -> str:
        """Give it as one line for people."""
        return f"{self.name} ({self.id}): {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Every sensor of a scenario, in the order of its partners and of their lists."""

    members: tuple[Member, ...]
    left_out: tuple[LeftOut, ...]

    def columns(self) -> dict[str, tuple[int, ...]]:
        """Give the places of each partner's sensors among the members, as `sharing` wants them."""
        partners = dict.fromkeys(member.partner for member in self.members)
        return {
            partner: tuple(
                place for place, member in enumerate(self.members) if member.partner == partner
            )
            for partner in partners
        }


def roster(scenario: Scenario, catalog: Catalog) -> Roster:
    """Give the sensors of a scenario as the models need them, and those left out.

    A sensor is a member if it can be used and counts in at least one variant (nominal, or every
    disputed value at its least or most capable).

    Raises:
        ScenarioError: A sensor placed by hand is not possible.
    """
    members: list[Member] = []
    left_out: list[LeftOut] = []
    for partner in scenario.partners:
        for found in _of_partner(partner, catalog, scenario.as_of):
            if isinstance(found, Member):
                members.append(found)
            else:
                left_out.append(found)
    return Roster(members=tuple(members), left_out=tuple(left_out))


def _of_partner(partner: Partner, catalog: Catalog, as_of: date) -> Iterator[Member | LeftOut]:
    """Give each of a partner's sensors once, in the order of its list."""
    entries: dict[str, SensorEntry] = {**catalog.radars, **catalog.satellites}
    named = set(partner.sensors)
    for sensor_id in owned_ids(partner, catalog):
        if sensor_id not in entries:
            continue
        entry = entries[sensor_id]
        found = _member(partner, entry, catalog, as_of)
        if isinstance(found, Member) and sensor_id not in named and entry.use in NOT_BY_PATTERN:
            found = _left_out(partner, entry, f"{entry.use} only; name its id to use it")
        yield found
    for sensor in partner.inline:
        yield _placed(partner, sensor, catalog)


def _left_out(partner: Partner, entry: SensorEntry, reason: str) -> LeftOut:
    return LeftOut(partner=partner.id, id=entry.id, name=entry.name, reason=reason)


def _member(
    partner: Partner, entry: SensorEntry, catalog: Catalog, as_of: date | None
) -> Member | LeftOut:
    """Give a sensor in every variant, or the reason why it is in none."""
    variants = {variant: _sensor(entry, catalog, variant, as_of) for variant in VARIANTS}
    if not any(variants.values()):
        reason = usable(entry, "high") or f"not in service on {as_of}: {entry.status}"
        return _left_out(partner, entry, reason)
    state = entry.state_at(as_of) if as_of is not None else None
    return Member(
        partner=partner.id,
        id=entry.id,
        name=entry.name,
        kind="radar" if isinstance(entry, RadarEntry) else "infrared",
        nominal=variants["nominal"],
        low=variants["low"],
        high=variants["high"],
        alternatives=tuple(_alternatives(entry, catalog, as_of)),
        entry=entry,
        note=state.reason if state is not None and state.state != "operational" else "",
    )


def _sensor(
    entry: SensorEntry, catalog: Catalog, variant: Variant, as_of: date | None
) -> Sensor | None:
    """Give a sensor in one variant; None where it cannot be used or does not count then."""
    if usable(entry, variant) is not None:
        return None
    if as_of is not None and not operational(entry, as_of, variant):
        return None
    if isinstance(entry, RadarEntry):
        return catalog.radar_at(entry, variant)
    assert isinstance(entry, SatelliteEntry), entry
    return catalog.infrared_at(entry, variant)


def _alternatives(
    entry: SensorEntry, catalog: Catalog, as_of: date | None
) -> Iterator[tuple[str, Sensor | None]]:
    """Give the sensor with one disputed value moved, for each of its published alternatives."""
    state = "operational"
    if as_of is not None:
        found = entry.state_at(as_of)
        assert found is not None, entry.id
        state = found.state
    if state == "likely":
        yield "not in service", None
    if state == "doubtful":
        yield "in service", _sensor(entry, catalog, "nominal", None)
        return
    for name in sorted(entry.values.keys() & (MORE_IS_BETTER | LESS_IS_BETTER)):
        value = entry.values[name]
        for other in dict.fromkeys(each.value for each in value.alternatives if each.counts):
            if other is None or other == value.value:
                continue
            moved = _with_values(entry, {name: replace(value, value=other, alternatives=())})
            sensor = _sensor(moved, catalog, "nominal", None)
            if sensor is not None:
                yield f"{name} {_shown(other)} {value.unit}", sensor


def _with_values(entry: SensorEntry, values: Mapping[str, Value]) -> SensorEntry:
    return replace(entry, values={**entry.values, **values})


def _shown(data: Data) -> str:
    if isinstance(data, tuple):
        return f"[{', '.join(_shown(each) for each in data)}]"
    return f"{data:g}" if isinstance(data, int | float) else str(data)


def _placed(partner: Partner, sensor: InlineSensor, catalog: Catalog) -> Member | LeftOut:
    """Give a sensor placed by hand: its model's values, or the catalogue's defaults, and its own.

    It is there whatever became of its model.
    """
    try:
        found = _member(partner, _entry(sensor, catalog), catalog, None)
    except TocsinError as error:
        where = f"partner {partner.id!r}: sensor {sensor.id!r}"
        raise ScenarioError(f"{where} is not possible: {error}") from error
    if isinstance(found, LeftOut):
        return found
    return replace(
        found,
        delivered_by=sensor.delivered_by,
        note=sensor.note,
        nominal=_with_echo_keys(found.nominal, sensor),
        low=_with_echo_keys(found.low, sensor),
        high=_with_echo_keys(found.high, sensor),
        alternatives=tuple(
            (what, _with_echo_keys(one, sensor)) for what, one in found.alternatives
        ),
    )


def _with_echo_keys(found: Sensor | None, sensor: InlineSensor) -> Sensor | None:
    """Give a radar with the pulse rate and the limit of plots that a scenario gives it."""
    if not isinstance(found, Radar):
        return found
    own = {key: getattr(sensor, key) for key in ECHO_KEYS if getattr(sensor, key) is not None}
    return replace(found, **own)


def _entry(sensor: InlineSensor, catalog: Catalog) -> SensorEntry:
    """Give what a sensor placed by hand would be as an entry of the catalogue."""
    own = _own_values(sensor)
    table = catalog.radars if sensor.kind == "radar" else catalog.satellites
    if sensor.like is None:
        return _from_scratch(sensor, {**_defaults(table), **own})
    model = table[sensor.like]
    values = {**model.values, **own}
    if sensor.kind == "infrared" and "longitude" in own:
        values.pop("orbit", None)  # it stands still over its own longitude instead
    return replace(model, id=sensor.id, name=sensor.name, values=values)


def _from_scratch(sensor: InlineSensor, values: Mapping[str, Value]) -> SensorEntry:
    same: dict[str, Any] = {
        "id": sensor.id,
        "name": sensor.name,
        "operator": "",
        "host_country": "",
        "role": "",
        "status": "placed by hand",
        "use": "baseline",
        "confidence": "low",
        "states": (),
        "values": values,
    }
    return RadarEntry(site="", **same) if sensor.kind == "radar" else SatelliteEntry(**same)


def _defaults(table: Mapping[str, RadarEntry] | Mapping[str, SatelliteEntry]) -> dict[str, Value]:
    """Give the values that the catalogue assumes where nobody has published any."""
    return {
        name: value
        for entry in table.values()
        for name, value in entry.values.items()
        if value.origin == "default"
    }


def _own_values(sensor: InlineSensor) -> dict[str, Value]:
    """Give what a scenario itself says of a sensor."""
    given: dict[str, tuple[Data, str]] = {
        "latitude": (sensor.latitude_deg, "deg"),
        "longitude": (sensor.longitude_deg, "deg"),
        "sectors": (sensor.sectors_deg, "deg"),
        "elevation_min": (sensor.elevation_min_deg, "deg"),
        "elevation_max": (sensor.elevation_max_deg, "deg"),
        "range_max": (sensor.range_km, "km"),
    }
    if sensor.kind == "radar":
        given["altitude"] = (sensor.altitude_m, "m")
    return {
        name: Value(
            value=value,
            unit=unit,
            how="assumed",
            confidence="low",
            derivation=sensor.note or "Given by the scenario.",
        )
        for name, (value, unit) in given.items()
        if value is not None
    }
