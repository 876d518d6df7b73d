"""A set of sensors, laid out as the flat tables that the coverage kernel reads."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tocsin.earth.frames import east_north_up, ecef_from_geodetic
from tocsin.lanes import Floats, Integers
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.radar import Radar
from tocsin.sensors.refraction import horizon_fit
from tocsin.sensors.satellites import positions_ecef_m

RADAR = 22
"""Values of a radar's row: position 0-2, up 3-5, middle of its sector 6-8, signed square of the
cosine of half the sector 9, refraction 10-12, signed squares of the lowest and highest sine of
elevation 13-14, squares of least and most range 15-16, SNR per m^2 times range^4 17, ln of
the false-alarm probability 18, looks every so many steps 19, most range 20, lowest sine 21."""

SATELLITE = 4
"""Values of a satellite's row: threshold irradiance 0, cloud break 1, sine of lowest elevation 2,
looks every so many steps 3."""

NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Sensors ready for the kernel: radars in order, then infrared satellites in order."""

    step_s: float
    """Time between instants at which sensors may look."""
    ids: tuple[str, ...]
    radars: Floats
    """[rows, RADAR]: one row a sector."""
    radar_sensor: Integers
    """[rows]: which sensor a row belongs to."""
    satellites: Floats
    """[satellites, SATELLITE]."""
    positions_m: Floats
    """[satellites, instants, 3], Earth-fixed, from lift-off on."""
    confirm: Integers
    """[sensors, 2]: hits and window."""


def watch(
    radars: Sequence[Radar],
    infrareds: Sequence[Infrared],
    start_tai_ns: int,
    duration_s: float,
    step_s: float,
) -> Watch:
    """Lay sensors out for `cover`.

    Args:
        radars, infrareds: In the order of the columns of `cover`'s answer.
        start_tai_ns: Lift-off of the flights, for the satellites' positions.
        duration_s: Longest flight that will be looked at; later instants are not.
        step_s: Time between instants; a sensor looks at the multiple of it next to its revisit.
    """
    instants = math.ceil(duration_s / step_s) + 1
    times = start_tai_ns + np.round(np.arange(instants) * step_s * NANOSECONDS).astype(np.int64)
    rows, owner = [], []
    for number, radar in enumerate(radars):
        for sector in merged_sectors(radar.sectors_rad):
            rows.append(_radar_row(radar, sector, step_s))
            owner.append(number)
    positions = np.zeros((len(infrareds), instants, 3))
    for number, infrared in enumerate(infrareds):
        positions[number] = positions_ecef_m(infrared.orbit, times)
    everyone: tuple[Radar | Infrared, ...] = (*radars, *infrareds)
    return Watch(
        step_s=step_s,
        ids=tuple(one.id for one in everyone),
        radars=np.array(rows, float).reshape(-1, RADAR),
        radar_sensor=np.array(owner, np.int64),
        satellites=np.array([_satellite_row(one, step_s) for one in infrareds], float).reshape(
            -1, SATELLITE
        ),
        positions_m=positions,
        confirm=np.array(
            [[one.confirm_hits, one.confirm_window] for one in everyone], np.int64
        ).reshape(-1, 2),
    )


def merged_sectors(sectors_rad: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Join sectors that touch or overlap: (start, width) in radians, clockwise."""
    turn = 2.0 * math.pi
    spans = sorted((start % turn, (end - start) % turn or turn) for start, end in sectors_rad)
    joined: list[tuple[float, float]] = []
    for start, width in spans:
        if joined and start <= joined[-1][0] + joined[-1][1] + 1e-9:
            first, before = joined[-1]
            joined[-1] = (first, max(before, start + width - first))
        else:
            joined.append((start, width))
    while len(joined) > 1 and joined[-1][0] + joined[-1][1] >= turn + joined[0][0] - 1e-9:
        start, width = joined.pop(0)
        first, before = joined[-1]
        joined[-1] = (first, max(before, turn + start + width - first))
    return [(start, min(width, turn)) for start, width in joined]


def _signed_square(value: float) -> float:
    """Give the square with the value's sign: it keeps order, and saves a root in the kernel."""
    return value * abs(value)


def _looks_every(revisit_s: float, step_s: float) -> float:
    """Give how many steps lie between two looks."""
    return float(max(1, round(revisit_s / step_s)))


def _radar_row(radar: Radar, sector: tuple[float, float], step_s: float) -> list[float]:
    """Give one sector of a radar as a row; see `RADAR`."""
    start, width = sector
    place = ecef_from_geodetic(radar.latitude_rad, radar.longitude_rad, radar.altitude_m)
    east, north, up = east_north_up(radar.latitude_rad, radar.longitude_rad)
    middle = start + 0.5 * width
    bore = [math.sin(middle) * e + math.cos(middle) * n for e, n in zip(east, north, strict=True)]
    c0, c1, c2 = horizon_fit(radar.elevation_min_rad)
    lowest = min(c0, c0 + c1 / c2)
    strength = radar.reference_snr / radar.reference_rcs_m2 * radar.range_max_m**4
    return [
        *place,
        *up,
        *bore,
        _signed_square(math.cos(0.5 * width)) if width < 2.0 * math.pi - 1e-9 else -2.0,
        c0,
        c1,
        c2,
        _signed_square(lowest),
        _signed_square(math.sin(radar.elevation_max_rad)),
        radar.range_min_m**2,
        radar.range_max_m**2,
        strength,
        math.log(radar.false_alarm_probability),
        _looks_every(radar.revisit_s, step_s),
        radar.range_max_m,
        lowest,
    ]


def _satellite_row(infrared: Infrared, step_s: float) -> list[float]:
    """Give a satellite as a row; see `SATELLITE`."""
    return [
        infrared.threshold_w_m2,
        infrared.cloud_break_m,
        math.sin(infrared.elevation_min_rad),
        _looks_every(infrared.revisit_s, step_s),
    ]
