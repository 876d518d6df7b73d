"""The sensors file, JSON: where the sensors of a plots table stand and what they can see.

`{"sensors": [...]}`, each with `id`, `kind` (radar or infrared), `revisit_s` and, of a radar,
`latitude_deg`, `longitude_deg`, `altitude_m`, `sectors_deg` (pairs, clockwise from north),
`elevation_min_deg`, `elevation_max_deg`, `range_min_km`, `range_max_km`; of an infrared satellite
one of `element_set` (two lines), `longitude_deg` (geostationary) and `ellipse`. What else a sensor
model has may be given too; a tracker does without. The lasting error's standard deviations are
`range_bias_sigma_m` (of a radar) and `angle_bias_sigma_deg`; 0 if not given. A radar may have
`pulse_hz` (pulses a second) and `plots_max` (most plots of one look). A satellite's `run_utc` is
the instant that old elements are moved to serve, so that everybody has it at the same places.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tocsin.earth.time import tai_from_utc, utc_from_tai
from tocsin.errors import TocsinError, nearest
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.limits import CONFIRM_WINDOW_MAX
from tocsin.sensors.measurement import Site, site_of
from tocsin.sensors.radar import Radar, snr_for
from tocsin.sensors.satellites import (
    Elements,
    Orbit,
    geostationary,
    in_run,
    orbit_from_elements,
    orbit_from_lines,
)

KM = 1e3
FALSE_ALARM = 1e-6
RADAR_NEEDED = (
    "latitude_deg", "longitude_deg", "altitude_m", "sectors_deg", "elevation_min_deg",
    "elevation_max_deg", "range_min_km", "range_max_km", "revisit_s",
)  # fmt: skip
RADAR_FREE = {
    "reference_rcs_m2": 1.0,
    "reference_snr": snr_for(0.5, FALSE_ALARM),
    "false_alarm_probability": FALSE_ALARM,
}
RADAR_UNSAID = ("pulse_hz", "plots_max")
"""Left out where nobody knows."""
INFRARED_FREE = {"threshold_w_m2": 1e-9, "cloud_break_km": 10.0, "elevation_min_deg": 5.0}
ORBITS = ("element_set", "longitude_deg", "ellipse")
ELLIPSE = (
    "epoch_utc", "semi_major_axis_km", "eccentricity", "inclination_deg", "node_deg",
    "perigee_deg", "mean_anomaly_deg",
)  # fmt: skip
ALWAYS = ("id", "kind", "name", "confirm_hits", "confirm_window", "angle_bias_sigma_deg")
TOP_KEYS = ("sensors", "expected", "earth")
"""Of the whole file; the last two are read by `tracker_settings`."""
LIMITS = {
    "latitude_deg": (-90.0, 90.0),
    "longitude_deg": (-360.0, 360.0),
    "altitude_m": (-500.0, 9_000.0),
    "elevation_min_deg": (-30.0, 90.0),
    "elevation_max_deg": (-30.0, 90.0),
    "range_min_km": (0.0, 50_000.0),
    "range_max_km": (1.0, 50_000.0),
    "revisit_s": (1e-3, 3_600.0),
    "reference_rcs_m2": (1e-6, 1e6),
    "reference_snr": (1e-3, 1e9),
    "false_alarm_probability": (1e-15, 0.1),
    "pulse_hz": (0.1, 1e6),
    "plots_max": (1.0, 1e6),
    "threshold_w_m2": (1e-16, 1.0),
    "cloud_break_km": (0.0, 30.0),
    "range_bias_sigma_m": (0.0, 1e5),
    "angle_bias_sigma_deg": (0.0, 10.0),
    "confirm_hits": (1.0, CONFIRM_WINDOW_MAX),
    "confirm_window": (1.0, CONFIRM_WINDOW_MAX),
    "semi_major_axis_km": (6_400.0, 1e6),
    "eccentricity": (0.0, 0.99),
    "inclination_deg": (0.0, 180.0),
    "node_deg": (-360.0, 360.0),
    "perigee_deg": (-360.0, 360.0),
    "mean_anomaly_deg": (-360.0, 360.0),
}
"""Lowest and highest value of each number, as it is written in the file."""
RADAR_ELEVATION_LEAST_DEG = -1.0


class SensorsFileError(TocsinError):
    """A sensors file is not usable as written."""


def read_sensors(text: str, name: str = "sensors.json") -> tuple[Radar | Infrared, ...]:
    """Give the sensors of a file, in its order; see `read_sites`."""
    return tuple(site.sensor for site in read_sites(text, name))


def read_sites(text: str, name: str = "sensors.json") -> tuple[Site, ...]:
    """Give the sensors of a file as sites, in its order, with the lasting errors that it states.

    Args:
        text: JSON.
        name: Of the file, for errors.

    Raises:
        SensorsFileError: It is not JSON, or a sensor lacks something, has something unknown, or
            has a value that is not possible; the line names file, sensor and key.
    """
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise SensorsFileError(f"{name}: this is not JSON: {error}") from error
    for key in document if isinstance(document, dict) else ():
        if key not in TOP_KEYS:
            raise SensorsFileError(f"{name}: {key!r} is not known; {nearest(key, TOP_KEYS)}")
    listed = document.get("sensors") if isinstance(document, dict) else document
    if not isinstance(listed, list) or not listed:
        raise SensorsFileError(f'{name}: it must be {{"sensors": [...]}} with one sensor or more')
    found = tuple(_site(each, f"{name}: sensor {k}") for k, each in enumerate(listed, start=1))
    ids = [each.id for each in found]
    for each in ids:
        if ids.count(each) > 1:
            raise SensorsFileError(f"{name}: sensor {each!r} is there twice; leave one")
    return found


def write_sensors(
    sensors: Sequence[Radar | Infrared],
    bias_sigma: Callable[[Radar | Infrared], tuple[float, float]] | None = None,
) -> str:
    """Give sensors as the text of a sensors file.

    Args:
        sensors: In the order that they are written.
        bias_sigma: Gives the lasting error of each, as `Site.bias_sigma`; without it none is said.
    """
    listed = [
        _radar_record(each) if isinstance(each, Radar) else _infrared_record(each)
        for each in sensors
    ]
    if bias_sigma is not None:
        listed = [
            record | _bias_record(each, bias_sigma(each))
            for each, record in zip(sensors, listed, strict=True)
        ]
    return json.dumps({"sensors": listed}, indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is not a number in JSON")


def _site(record: object, thing: str) -> Site:
    """Turn one record into a site."""
    if not isinstance(record, dict):
        raise SensorsFileError(f"{thing} must be a record in braces")
    own = f"{thing} ({record['id']!r})" if isinstance(record.get("id"), str) else thing
    kind = record.get("kind")
    if kind == "radar":
        allowed = (*ALWAYS, *RADAR_NEEDED, *RADAR_FREE, *RADAR_UNSAID, "range_bias_sigma_m")
        make: Callable[[Mapping[str, Any], str], Radar | Infrared] = _radar
    elif kind == "infrared":
        allowed = (*ALWAYS, "revisit_s", *ORBITS, *INFRARED_FREE, "run_utc")
        make = _infrared
    else:
        raise SensorsFileError(f"{own}: kind is {kind!r}; it must be 'radar' or 'infrared'")
    for key in record:
        if key not in allowed:
            raise SensorsFileError(f"{own}: {key!r} is not known; {nearest(key, allowed)}")
    try:
        return site_of(make(record, own), _bias_sigma(record, own))
    except SensorsFileError:
        raise
    except TocsinError as error:
        raise SensorsFileError(f"{own}: {error}") from error


def _bias_sigma(record: Mapping[str, Any], thing: str) -> tuple[float, float]:
    """Give the lasting error that a record states: range (m) and angles (rad)."""
    range_m = _number(record, "range_bias_sigma_m", thing, 0.0)
    return range_m, math.radians(_number(record, "angle_bias_sigma_deg", thing, 0.0))


def _radar(record: Mapping[str, Any], thing: str) -> Radar:
    def degrees(key: str) -> float:
        return math.radians(_number(record, key, thing))

    def free(key: str) -> float:
        return _number(record, key, thing, RADAR_FREE[key])

    least_deg, most_km = (_number(record, k, thing) for k in ("elevation_min_deg", "range_max_km"))
    _check(thing, "elevation_min_deg", least_deg, RADAR_ELEVATION_LEAST_DEG, 90.0)
    top_deg = _number(record, "elevation_max_deg", thing)
    _check(thing, "elevation_max_deg", top_deg, least_deg, 90.0)
    _check(thing, "range_min_km", _number(record, "range_min_km", thing), 0.0, most_km)
    return Radar(
        **_named(record, thing),
        latitude_rad=degrees("latitude_deg"),
        longitude_rad=degrees("longitude_deg"),
        altitude_m=_number(record, "altitude_m", thing),
        sectors_rad=_sectors(record, thing),
        elevation_min_rad=degrees("elevation_min_deg"),
        elevation_max_rad=degrees("elevation_max_deg"),
        range_min_m=_number(record, "range_min_km", thing) * KM,
        range_max_m=_number(record, "range_max_km", thing) * KM,
        revisit_s=_number(record, "revisit_s", thing),
        reference_rcs_m2=free("reference_rcs_m2"),
        reference_snr=free("reference_snr"),
        false_alarm_probability=free("false_alarm_probability"),
        pulse_hz=_number(record, "pulse_hz", thing) if "pulse_hz" in record else None,
        plots_max=int(_number(record, "plots_max", thing)) if "plots_max" in record else None,
    )


def _infrared(record: Mapping[str, Any], thing: str) -> Infrared:
    free = {key: _number(record, key, thing, value) for key, value in INFRARED_FREE.items()}
    return Infrared(
        **_named(record, thing),
        orbit=_of_run(_orbit(record, thing), record, thing),
        threshold_w_m2=free["threshold_w_m2"],
        cloud_break_m=free["cloud_break_km"] * KM,
        revisit_s=_number(record, "revisit_s", thing),
        elevation_min_rad=math.radians(free["elevation_min_deg"]),
    )


def _of_run(orbit: Orbit, record: Mapping[str, Any], thing: str) -> Orbit:
    """Give the orbit as of the run that a record names, if it names one."""
    if "run_utc" not in record:
        return orbit
    return in_run(orbit, tai_from_utc(_text(record, "run_utc", thing)))


def _orbit(record: Mapping[str, Any], thing: str) -> Orbit:
    """Give the one orbit that a record names."""
    given = [key for key in ORBITS if key in record]
    if len(given) != 1:
        raise SensorsFileError(
            f"{thing}: it has {' and '.join(given) or 'no orbit'}; give one of {', '.join(ORBITS)}"
        )
    name = str(record.get("name", record["id"]))
    if given == ["longitude_deg"]:
        return geostationary(name, math.radians(_number(record, "longitude_deg", thing)))
    value = record[given[0]]
    if given == ["element_set"]:
        if not isinstance(value, list) or [type(line) for line in value] != [str, str]:
            raise SensorsFileError(f"{thing}: element_set must be its two lines, as two texts")
        return orbit_from_lines(name, *value)
    if not isinstance(value, dict):
        raise SensorsFileError(f"{thing}: ellipse must be a record in braces")
    for key in value:
        if key not in ELLIPSE:
            raise SensorsFileError(
                f"{thing}: {key!r} in ellipse is not known; {nearest(key, ELLIPSE)}"
            )
    return orbit_from_elements(name, _elements(value, f"{thing}: ellipse"))


def _elements(value: Mapping[str, Any], thing: str) -> Elements:
    return Elements(
        epoch_tai_ns=tai_from_utc(_text(value, "epoch_utc", thing)),
        semi_major_axis_m=_number(value, "semi_major_axis_km", thing) * KM,
        eccentricity=_number(value, "eccentricity", thing),
        inclination_rad=math.radians(_number(value, "inclination_deg", thing)),
        node_rad=math.radians(_number(value, "node_deg", thing)),
        perigee_rad=math.radians(_number(value, "perigee_deg", thing)),
        mean_anomaly_rad=math.radians(_number(value, "mean_anomaly_deg", thing)),
    )


def _named(record: Mapping[str, Any], thing: str) -> dict[str, Any]:
    """Give what every sensor has."""
    name = _text(record, "id", thing)
    return {
        "id": name,
        "name": _text(record, "name", thing) if "name" in record else name,
        "confirm_hits": int(_number(record, "confirm_hits", thing, 2)),
        "confirm_window": int(_number(record, "confirm_window", thing, 3)),
    }


def _text(record: Mapping[str, Any], key: str, thing: str) -> str:
    value = record.get(key)
    if not isinstance(value, str) or not value.strip():
        raise SensorsFileError(f"{thing}: {key} is {value!r}; it must be a text")
    return value


def _number(
    record: Mapping[str, Any], key: str, thing: str, otherwise: float | None = None
) -> float:
    """Give a number that must be there, unless there is one to stand for it."""
    value = record.get(key, otherwise)
    if isinstance(value, bool) or not isinstance(value, int | float):
        has = "is missing" if key not in record else f"is {value!r}"
        raise SensorsFileError(f"{thing}: {key} {has}; it must be a number")
    number = float(value) if abs(value) < 1e300 else math.inf if value > 0 else -math.inf
    _check(thing, key, number, *LIMITS[key])
    return number


def _check(thing: str, key: str, value: float, low: float, high: float) -> None:
    """Refuse a number outside its limits, in the unit of the file."""
    if not low <= value <= high:  # refuses NaN too
        raise SensorsFileError(
            f"{thing}: {key} is {value:.10g}; it must be from {low:.10g} to {high:.10g}"
        )


def _sectors(record: Mapping[str, Any], thing: str) -> tuple[tuple[float, float], ...]:
    value = record.get("sectors_deg")
    pairs = value if isinstance(value, list) else []
    for pair in pairs:
        if not isinstance(pair, list) or [isinstance(x, int | float) for x in pair] != [True, True]:
            pairs = []
            break
    if not pairs:
        raise SensorsFileError(
            f"{thing}: sectors_deg is {value!r}; it must be pairs of azimuths, as [[0, 360]]"
        )
    for start, end in pairs:
        _check(thing, "sectors_deg from", start, 0.0, 360.0)
        _check(thing, "sectors_deg to", end, 0.0, 360.0)
        if start == end:
            raise SensorsFileError(
                f"{thing}: sectors_deg has [{start:.10g}, {end:.10g}], of no width;"
                f" for all round give [[0, 360]]"
            )
    return tuple((math.radians(start), math.radians(end)) for start, end in pairs)


def _radar_record(radar: Radar) -> dict[str, Any]:
    return {
        "id": radar.id,
        "name": radar.name,
        "kind": "radar",
        "latitude_deg": _round(math.degrees(radar.latitude_rad)),
        "longitude_deg": _round(math.degrees(radar.longitude_rad)),
        "altitude_m": radar.altitude_m,
        "sectors_deg": [[_round(math.degrees(x)) for x in pair] for pair in radar.sectors_rad],
        "elevation_min_deg": _round(math.degrees(radar.elevation_min_rad)),
        "elevation_max_deg": _round(math.degrees(radar.elevation_max_rad)),
        "range_min_km": radar.range_min_m / KM,
        "range_max_km": radar.range_max_m / KM,
        "revisit_s": radar.revisit_s,
        "confirm_hits": radar.confirm_hits,
        "confirm_window": radar.confirm_window,
        **{key: getattr(radar, key) for key in RADAR_FREE},
        **{key: getattr(radar, key) for key in RADAR_UNSAID if getattr(radar, key) is not None},
    }


def _infrared_record(sensor: Infrared) -> dict[str, Any]:
    return {
        "id": sensor.id,
        "name": sensor.name,
        "kind": "infrared",
        **_orbit_record(sensor.orbit),
        "revisit_s": sensor.revisit_s,
        "confirm_hits": sensor.confirm_hits,
        "confirm_window": sensor.confirm_window,
        "threshold_w_m2": sensor.threshold_w_m2,
        "cloud_break_km": sensor.cloud_break_m / KM,
        "elevation_min_deg": _round(math.degrees(sensor.elevation_min_rad)),
    }


def _bias_record(sensor: Radar | Infrared, sigma: tuple[float, float]) -> dict[str, float]:
    """Give the lasting error of a sensor as it is written."""
    angle = {"angle_bias_sigma_deg": _round(math.degrees(sigma[1]))}
    return {"range_bias_sigma_m": sigma[0]} | angle if isinstance(sensor, Radar) else angle


def _orbit_record(orbit: Orbit) -> dict[str, Any]:
    """Give the one key that names an orbit, and its run if it has one."""
    if orbit.kind == "geo":
        return {"longitude_deg": _round(math.degrees(orbit.longitude_rad))}
    run = {} if orbit.run_tai_ns is None else {"run_utc": utc_from_tai(orbit.run_tai_ns)}
    if orbit.kind == "tle":
        return {"element_set": [orbit.line1, orbit.line2], **run}
    at = orbit.elements
    assert at is not None, "checked when the orbit was made"
    return run | {
        "ellipse": {
            "epoch_utc": utc_from_tai(at.epoch_tai_ns),
            "semi_major_axis_km": at.semi_major_axis_m / KM,
            "eccentricity": at.eccentricity,
            "inclination_deg": _round(math.degrees(at.inclination_rad)),
            "node_deg": _round(math.degrees(at.node_rad)),
            "perigee_deg": _round(math.degrees(at.perigee_rad)),
            "mean_anomaly_deg": _round(math.degrees(at.mean_anomaly_rad)),
        }
    }


def _round(value: float) -> float:
    """Drop the last digits, which turning radians to degrees and back would move."""
    return round(value, 12)
