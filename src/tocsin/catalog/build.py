"""From a catalogue entry to the record that a model uses: degrees and kilometres end here."""

import math
from datetime import date

from tocsin.catalog.entries import (
    Data,
    RadarEntry,
    SatelliteEntry,
    SensorEntry,
    Variant,
    VehicleEntry,
)
from tocsin.catalog.status import data_at, number, operational, pair, text, usable
from tocsin.earth.constants import EARTH_A_M
from tocsin.earth.time import tai_from_utc
from tocsin.errors import CatalogError
from tocsin.flight.vehicle import Stage, Vehicle
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.radar import Radar, snr_for
from tocsin.sensors.satellites import (
    Elements,
    Orbit,
    geostationary,
    orbit_from_elements,
    orbit_from_lines,
)

KM = 1000.0


def radar_at(entry: RadarEntry, variant: Variant = "nominal", as_of: date | None = None) -> Radar:
    """Give a radar for the sensor models.

    Args:
        entry: From the catalogue.
        variant: low, nominal or high.
        as_of: The day for which it must be in service; no day: whatever its state.

    Raises:
        CatalogError: It cannot be used, or does not count on that day.
    """
    _refuse_unless(entry, variant, as_of)
    false_alarm = _at(entry, "false_alarm_probability", variant)
    return Radar(
        id=entry.id,
        name=entry.name,
        latitude_rad=math.radians(_at(entry, "latitude", variant)),
        longitude_rad=math.radians(_at(entry, "longitude", variant)),
        altitude_m=_at(entry, "altitude", variant),
        sectors_rad=_sectors_rad(data_at(entry, "sectors", variant)),
        elevation_min_rad=math.radians(_at(entry, "elevation_min", variant)),
        elevation_max_rad=math.radians(_at(entry, "elevation_max", variant)),
        range_min_m=_at(entry, "range_min", variant) * KM,
        range_max_m=_at(entry, "range_max", variant) * KM,
        reference_rcs_m2=_at(entry, "reference_rcs", variant),
        reference_snr=snr_for(_at(entry, "reference_probability", variant), false_alarm),
        false_alarm_probability=false_alarm,
        revisit_s=_at(entry, "revisit", variant),
        confirm_hits=int(_at(entry, "confirm_hits", variant)),
        confirm_window=int(_at(entry, "confirm_window", variant)),
    )


def infrared_at(
    entry: SatelliteEntry, variant: Variant = "nominal", as_of: date | None = None
) -> Infrared:
    """Give an infrared satellite for the sensor models.

    Args:
        entry: From the catalogue.
        variant: low, nominal or high.
        as_of: The day for which it must be in service; no day: whatever its state.

    Raises:
        CatalogError: It cannot be used, or does not count on that day.
    """
    _refuse_unless(entry, variant, as_of)
    return Infrared(
        id=entry.id,
        name=entry.name,
        orbit=_orbit(entry),
        threshold_w_m2=_at(entry, "threshold", variant),
        cloud_break_m=_at(entry, "cloud_break", variant) * KM,
        revisit_s=_at(entry, "revisit", variant),
        elevation_min_rad=math.radians(_at(entry, "elevation_min", variant)),
        confirm_hits=int(_at(entry, "confirm_hits", variant)),
        confirm_window=int(_at(entry, "confirm_window", variant)),
    )


def vehicle_of(entry: VehicleEntry) -> Vehicle:
    """Give a generic rocket for the flight model."""
    own = {name: value.value for name, value in entry.values.items()}
    return Vehicle(
        id=entry.id,
        name=entry.name,
        kind=entry.kind,
        stages=tuple(
            Stage(
                thrust_vacuum_n=number(stage["thrust_vacuum"].value),
                exit_area_m2=number(stage["exit_area"].value),
                propellant_kg=number(stage["propellant"].value),
                dry_kg=number(stage["dry"].value),
                burn_s=number(stage["burn"].value),
                drag_area_m2=number(stage["drag_area"].value),
                plume_w_sr=number(stage["plume"].value),
            )
            for stage in entry.stages
        ),
        payload_kg=number(own["payload"]),
        ballistic_coefficient_kg_m2=number(own["ballistic_coefficient"]),
        vertical_rise_s=number(own["vertical_rise"]),
        rcs_m2=number(own["rcs"]),
    )


def _refuse_unless(entry: SensorEntry, variant: Variant, as_of: date | None) -> None:
    """Refuse a sensor that cannot be used, or does not count on a day."""
    why = usable(entry, variant)
    if why is not None:
        raise CatalogError(f"sensor {entry.id!r} cannot be used: {why}")
    if as_of is not None and not operational(entry, as_of, variant):
        state = entry.state_at(as_of)
        known = f"{state.state} since {state.since}" if state else "not there yet"
        raise CatalogError(
            f"sensor {entry.id!r} does not count on {as_of} in the variant {variant!r}:"
            f" it is {known}; choose another day, or leave it out"
        )


def _at(entry: SensorEntry, name: str, variant: Variant) -> float:
    return number(data_at(entry, name, variant))


def _sectors_rad(data: Data) -> tuple[tuple[float, float], ...]:
    assert isinstance(data, tuple)
    sectors = [pair(each) for each in data]
    return tuple((math.radians(start), math.radians(end)) for start, end in sectors)


def _orbit(entry: SatelliteEntry) -> Orbit:
    """Give the best orbit there is: an element set, else a longitude, else an ellipse."""
    values = entry.values
    if "orbit" in values:
        lines = values["orbit"].value
        assert isinstance(lines, tuple)
        return orbit_from_lines(entry.name, text(lines[0]), text(lines[1]))
    if "longitude" in values:
        return geostationary(entry.name, math.radians(number(values["longitude"].value)))
    return orbit_from_elements(entry.name, _ellipse(entry))


def _ellipse(entry: SatelliteEntry) -> Elements:
    """Give an ellipse from its heights above the equator's radius and its angles."""
    own = {name: value.value for name, value in entry.values.items()}
    low_m = EARTH_A_M + number(own["perigee"]) * KM
    high_m = EARTH_A_M + number(own["apogee"]) * KM
    return Elements(
        epoch_tai_ns=tai_from_utc(text(own["epoch"])),
        semi_major_axis_m=(low_m + high_m) / 2.0,
        eccentricity=(high_m - low_m) / (high_m + low_m),
        inclination_rad=math.radians(number(own["inclination"])),
        node_rad=math.radians(number(own["node"])),
        perigee_rad=math.radians(number(own["perigee_argument"])),
        mean_anomaly_rad=math.radians(number(own["mean_anomaly"])),
    )
