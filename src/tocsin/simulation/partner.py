"""Who takes part in a scenario: partners, what they own and what they defend."""

from dataclasses import dataclass

from tocsin.sensors.radar import PLOTS_LIMITS, PULSE_LIMITS_HZ
from tocsin.simulation.checks import (
    NAME_MAX,
    NOTE_MAX,
    FieldError,
    at_most,
    identifier,
    one_of,
    optional_within,
    text,
    unique,
    within,
)

KINDS = ("radar", "infrared")
SENSORS_MAX = 500
"""Sensors that one partner may list, patterns counted once."""
SECTORS_MAX = 12
ECHO_KEYS = ("pulse_hz", "plots_max")
DEFENDED_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineSensor:
    """A sensor that a scenario places by hand, whole or as a copy of a catalogue one moved.

    What is None is taken from the catalogue sensor named by `like`. With no `like`, a radar needs
    its place, sectors, elevations and range, and a satellite needs `longitude_deg`: it is then
    geostationary there.
    """

    id: str
    name: str
    kind: str
    """radar or infrared."""
    like: str | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    altitude_m: float = 0.0
    sectors_deg: tuple[tuple[float, float], ...] | None = None
    """Azimuths it watches, each from the first clockwise to the second."""
    elevation_min_deg: float | None = None
    elevation_max_deg: float | None = None
    range_km: float | None = None
    pulse_hz: float | None = None
    """Pulses a second; None where nobody knows."""
    plots_max: int | None = None
    """Most plots that it reports in one look; None: no limit."""
    delivered_by: str | None = None
    """The partner who delivered it, if it was not built at home: a study can leave it out."""
    note: str = ""
    """Where these numbers come from, or that they are made up."""

    def __post_init__(self) -> None:
        where = f"sensor {self.id!r}"
        identifier(where, "id", self.id)
        text(where, "name", self.name, NAME_MAX)
        one_of(where, "kind", self.kind, KINDS)
        self._check_numbers(where)
        self._check_complete(where)
        if self.note:
            text(where, "note", self.note, NOTE_MAX)

    def _check_numbers(self, where: str) -> None:
        optional_within(where, "latitude_deg", self.latitude_deg, -90.0, 90.0)
        optional_within(where, "longitude_deg", self.longitude_deg, -180.0, 360.0)
        within(where, "altitude_m", self.altitude_m, -500.0, 9_000.0)
        optional_within(where, "elevation_min_deg", self.elevation_min_deg, 0.0, 90.0)
        lowest = self.elevation_min_deg or 0.0
        optional_within(where, "elevation_max_deg", self.elevation_max_deg, lowest, 90.0)
        optional_within(where, "range_km", self.range_km, 1.0, 50_000.0)
        optional_within(where, "pulse_hz", self.pulse_hz, *PULSE_LIMITS_HZ)
        optional_within(where, "plots_max", self.plots_max, *PLOTS_LIMITS)
        at_most(where, "sectors_deg", len(self.sectors_deg or ()), SECTORS_MAX)
        if self.sectors_deg == ():
            raise FieldError(where, "sectors_deg is empty; give at least one [from, to]")
        for start_deg, end_deg in self.sectors_deg or ():
            within(where, "sectors_deg", start_deg, 0.0, 360.0)
            within(where, "sectors_deg", end_deg, 0.0, 360.0)
            if start_deg == end_deg or (start_deg, end_deg) == (360.0, 0.0):
                raise FieldError(
                    where,
                    f"sectors_deg has [{start_deg:g}, {end_deg:g}], which is empty; "
                    "all round is [0, 360]",
                )

    def _check_complete(self, where: str) -> None:
        if (
            self.kind == "radar"
            and self.like is not None
            and (self.latitude_deg is None) != (self.longitude_deg is None)
        ):
            raise FieldError(where, "give both latitude_deg and longitude_deg, or neither")
        if self.kind == "infrared":
            for key in ("latitude_deg", "sectors_deg", "elevation_max_deg", "range_km", *ECHO_KEYS):
                if getattr(self, key) is not None:
                    raise FieldError(where, f"{key} is for a radar; leave it out of a satellite")
        if self.like is not None:
            return
        needed = ["longitude_deg"]
        if self.kind == "radar":
            needed += ["latitude_deg", "sectors_deg", "elevation_min_deg", "elevation_max_deg"]
            needed += ["range_km"]
        missing = [key for key in needed if getattr(self, key) is None]
        if missing:
            raise FieldError(
                where, f"{', '.join(missing)} missing; give it, or a catalogue sensor as `like`"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A nation or organisation: what it owns and what it defends."""

    id: str
    name: str
    defended: tuple[str, ...] = ()
    """Ids of places."""
    sensors: tuple[str, ...] = ()
    """Ids of catalogue sensors; `rus-*` stands for every usable, working one that starts so."""
    inline: tuple[InlineSensor, ...] = ()

    def __post_init__(self) -> None:
        where = f"partner {self.id!r}"
        identifier(where, "id", self.id)
        text(where, "name", self.name, NAME_MAX)
        at_most(where, "defended", len(self.defended), DEFENDED_MAX)
        at_most(where, "sensors", len(self.sensors) + len(self.inline), SENSORS_MAX)
        unique(where, "defended", self.defended)
        unique(where, "sensor", (*self.sensors, *(sensor.id for sensor in self.inline)))
        for pattern in self.sensors:
            identifier(where, "sensors", pattern.removesuffix("*"))
