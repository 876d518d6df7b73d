"""What every value of the catalogue may be: its unit, its shape and its plausible range."""

from dataclasses import dataclass

HOWS = ("published", "derived", "assumed")
CONFIDENCES = ("high", "medium", "low", "none")
USES = ("baseline", "sensitivity", "context", "historical")
STATES = ("operational", "likely", "doubtful", "absent")
VEHICLE_KINDS = (
    "short",
    "medium",
    "intermediate",
    "intercontinental-liquid",
    "intercontinental-solid",
    "submarine",
    "sounding",
    "space",
)
AREA_KINDS = ("ocean", "submarine")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What one value may be."""

    unit: str
    shape: str
    """number, numbers, sectors, text, lines or instant."""
    low: float = 0.0
    high: float = 0.0


def number(unit: str, low: float, high: float) -> Rule:
    """Give the rule for one number within limits, both allowed."""
    return Rule(unit=unit, shape="number", low=low, high=high)


def numbers(unit: str, low: float, high: float) -> Rule:
    """Give the rule for a list of numbers, each within limits."""
    return Rule(unit=unit, shape="numbers", low=low, high=high)


TEXT = Rule(unit="text", shape="text")
CONFIRM = {
    "revisit": number("s", 0.01, 3600),
    "confirm_hits": number("count", 1, 16),
    "confirm_window": number("count", 1, 16),
}

RADAR = {
    "latitude": number("deg", -90, 90),
    "longitude": number("deg", -180, 180),
    "altitude": number("m", -500, 6000),
    "sectors": Rule(unit="deg", shape="sectors", low=0, high=360),
    "boresights": numbers("deg", 0, 360),
    "faces": number("count", 1, 8),
    "elevation_min": number("deg", -10, 89),
    "elevation_max": number("deg", 1, 90),
    "range_min": number("km", 0, 2000),
    "range_max": number("km", 100, 50_000),
    "range_target": TEXT,
    "band": TEXT,
    "frequency": numbers("MHz", 3, 40_000),
    "peak_power": number("W", 1e3, 1e9),
    "average_power": number("W", 1e2, 1e8),
    "reference_rcs": number("m2", 1e-4, 1e3),
    "reference_probability": number("probability", 0.01, 0.99),
    "false_alarm_probability": number("probability", 1e-12, 0.01),
} | CONFIRM

SATELLITE = {
    "orbit_class": TEXT,
    "norad": number("number", 1, 999_999),
    "orbit": Rule(unit="element set", shape="lines"),
    "longitude": number("deg", -180, 180),
    "slots": numbers("deg", -180, 180),
    "perigee": number("km", 100, 50_000),
    "apogee": number("km", 100, 100_000),
    "inclination": number("deg", 0, 180),
    "period": number("min", 80, 3000),
    "orbit_altitude": number("km", 100, 50_000),
    "drift_east": number("deg/week", -360, 360),
    "satellites_planned": number("count", 1, 1000),
    "satellites_launched": number("count", 0, 1000),
    "minimum_for_24h": number("count", 1, 100),
    "satellites_full_system": number("count", 1, 1000),
    "perigee_argument": number("deg", 0, 360),
    "node": number("deg", 0, 360),
    "mean_anomaly": number("deg", 0, 360),
    "epoch": Rule(unit="UTC", shape="instant"),
    "threshold": number("W/m2", 1e-16, 1e-6),
    "cloud_break": number("km", 0, 20),
    "elevation_min": number("deg", -30, 60),
} | CONFIRM

VEHICLE = {
    "range": number("km", 50, 20_100),
    "apogee": number("km", 10, 5000),
    "payload": number("kg", 1, 100_000),
    "ballistic_coefficient": number("kg/m2", 10, 20_000),
    "vertical_rise": number("s", 0.5, 30),
    "rcs": number("m2", 1e-4, 1e3),
}
VEHICLE_NEEDS = ("payload", "ballistic_coefficient", "vertical_rise", "rcs")

STAGE = {
    "propellant": number("kg", 1, 5e6),
    "dry": number("kg", 1, 1e6),
    "burn": number("s", 1, 1000),
    "specific_impulse": number("s", 150, 470),
    "diameter": number("m", 0.1, 12),
    "exit_area": number("m2", 0.001, 50),
    "thrust_vacuum": number("N", 1e3, 5e7),
    "drag_area": number("m2", 0.01, 120),
    "plume": number("W/sr", 10, 1e8),
}
STAGE_NEEDS = tuple(STAGE)

VALUE_KEYS = (
    "value",
    "unit",
    "how",
    "confidence",
    "sources",
    "derivation",
    "alternatives",
)
ALTERNATIVE_KEYS = ("value", "sources", "note", "counts")
STATE_KEYS = ("from", "state", "how", "reason", "sources")
SENSOR_NEEDS = ("id", "name", "operator", "role", "status", "use", "confidence", "states")
SENSOR_MAY = (
    "host_country",
    "unusable",
    "coverage_note",
    "notes",
    "disagreements",
    "sources",
    "values",
)
"""Keys of a radar or a satellite; a radar also needs `site` and may have a `type`."""
