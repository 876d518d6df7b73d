"""What a sensors file may tell a tracker besides its sensors: the Earth, and what to expect.

`"earth"` has `gm_m3_s2`, `radius_m`, `flattening`, `j2` and `rotation_rad_s`, for plots of a world
other than the real one; radars then stand on it. `"expected"` has `detection_probability` of a
look, and the false plots of a look in a unit of what is measured, `false_plots_m_rad2` of a radar
and `false_plots_rad2` of a satellite. Each key may be left out.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from tocsin.errors import TocsinError, nearest
from tocsin.tracking.motion import EarthModel
from tocsin.tracking.rules import Settings

LIMITS = {
    "gm_m3_s2": (1e12, 1e16),
    "radius_m": (1e6, 1e8),
    "flattening": (0.0, 0.1),
    "j2": (-0.1, 0.1),
    "rotation_rad_s": (0.0, 1e-3),
    "detection_probability": (0.01, 0.99),
    "false_plots_m_rad2": (1e-15, 1e3),
    "false_plots_rad2": (1e-9, 1e12),
}
EXPECTED = ("detection_probability", "false_plots_m_rad2", "false_plots_rad2")


class TrackerSettingsError(TocsinError):
    """What a file tells the tracker is not usable as written."""


def read_settings(text: str, name: str = "sensors.json") -> Settings:
    """Give what a sensors file tells the tracker; the usual where it tells nothing.

    Args:
        text: JSON, whole as a sensors file (`sensors_file.read_sites` has read it).
        name: Of the file, for errors.

    Raises:
        TrackerSettingsError: A key is not known, or a value is not possible.
    """
    document = json.loads(text)
    if not isinstance(document, dict):
        return Settings()
    earth = _numbers(document, "earth", tuple(each.name for each in fields(EarthModel)), name)
    expected = _numbers(document, "expected", EXPECTED, name)
    usual = Settings()
    return replace(
        usual,
        earth=replace(usual.earth, **earth),
        detection_probability=expected.get("detection_probability", usual.detection_probability),
        false_density=(
            expected.get("false_plots_m_rad2", usual.false_density[0]),
            expected.get("false_plots_rad2", usual.false_density[1]),
        ),
    )


def _numbers(
    document: Mapping[str, Any], key: str, allowed: tuple[str, ...], name: str
) -> dict[str, float]:
    """Give the numbers of one record of a file; none if the record is not there."""
    record = document.get(key, {})
    if not isinstance(record, dict):
        raise TrackerSettingsError(f"{name}: {key!r} must be a record in braces")
    for each, value in record.items():
        if each not in allowed:
            raise TrackerSettingsError(
                f"{name}: {key}: {each!r} is not known; {nearest(each, allowed)}"
            )
        low, high = LIMITS[each]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or not low <= value <= high:
            raise TrackerSettingsError(
                f"{name}: {key}: {each} is {value!r}; it must be a number from {low:g} to {high:g}"
            )
    return {each: float(value) for each, value in record.items()}
