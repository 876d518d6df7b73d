"""CCSDS tracking data messages of radars, in the keyword form; to and from `Plots`.

Source: CCSDS 503.0-B-2, Tracking Data Message, Blue Book, 2020.

Where the standard leaves a choice to the two sides, this is taken: a range in kilometres is the
distance (half the way of the echo), one in seconds the whole round trip; the tag is the instant of
reception (the standard's case for received data), so that the plot's instant is the tag less the
light time of the range; bending is taken off the angles, a range rate is that of the distance.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from difflib import get_close_matches

import numpy as np

from tocsin.earth.time import SECOND_NS, TimeError, tai_from_utc, utc_from_tai
from tocsin.errors import TocsinError
from tocsin.formats.data_class import DATA_CLASSES
from tocsin.formats.plot_table import (
    RANGE_MAX_M,
    RATE_MAX_M_S,
    default_sigmas,
    in_time_order,
)
from tocsin.lanes import Floats, Integers
from tocsin.sensors.measurement import Plots
from tocsin.sensors.radar import SPEED_OF_LIGHT_M_S

MEASURED = {
    "RANGE": (0.0, RANGE_MAX_M),
    "ANGLE_1": (-180.0, 360.0),
    "ANGLE_2": (-90.0, 90.0),
    "DOPPLER_INSTANTANEOUS": (-RATE_MAX_M_S / 1e3, RATE_MAX_M_S / 1e3),
}
"""Keywords that are read, and the lowest and highest value of each as written (range: in m)."""

LEFT_OUT = (
    "CARRIER_POWER", "MAG", "PC_N0", "PR_N0", "PRESSURE", "RCS", "RHUMIDITY", "STEC",
    "TEMPERATURE", "TROPO_DRY", "TROPO_WET",
)  # fmt: skip
"""Keywords of the data section that are passed over: they move no plot."""

META_FIXED = {
    "TIME_SYSTEM": ("UTC",),
    "MODE": ("SEQUENTIAL",),
    "PATH": ("1,2,1", "2,1,2"),
    "ANGLE_TYPE": ("AZEL",),
    "RANGE_UNITS": ("km", "s"),
    "TIMETAG_REF": ("RECEIVE",),
    "CORRECTIONS_APPLIED": ("YES",),
}
"""Keywords of the metadata section that decide what the data mean, and the values that are read."""

META_FREE = (
    "TRACK_ID", "DATA_TYPES", "START_TIME", "STOP_TIME", "PARTICIPANT_1", "PARTICIPANT_2",
    "EPHEMERIS_NAME_1", "EPHEMERIS_NAME_2", "TRANSMIT_BAND", "RECEIVE_BAND",
    "TURNAROUND_NUMERATOR", "TURNAROUND_DENOMINATOR", "INTEGRATION_INTERVAL", "INTEGRATION_REF",
    "RANGE_MODE", "DATA_QUALITY", "CORRECTION_ANGLE_1", "CORRECTION_ANGLE_2",
    "CORRECTION_DOPPLER", "CORRECTION_RANGE", "CORRECTION_RCS",
)  # fmt: skip
META_ZERO = (
    "RANGE_MODULUS", "TRANSMIT_DELAY_1", "TRANSMIT_DELAY_2", "RECEIVE_DELAY_1", "RECEIVE_DELAY_2",
)  # fmt: skip
"""Keywords that may be there if they are zero: the range is not ambiguous, nothing is late."""

META_NEEDED = ("TIME_SYSTEM", "PARTICIPANT_1", "PARTICIPANT_2", "MODE", "PATH", "ANGLE_TYPE")
HEADER = ("CCSDS_TDM_VERS", "CREATION_DATE", "ORIGINATOR", "MESSAGE_ID")
VERSIONS = ("1.0", "2.0")
LINE_MAX = 254
"""Characters in a line; CCSDS 503.0-B-2, section 4.3.2."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DAY_OF_YEAR = re.compile(r"(\d{4})-(\d{3})T(.+)", re.ASCII)
_PAIR = re.compile(r"([A-Z][A-Z0-9_]*)\s*=\s*(.*)", re.ASCII)
_CLASS_COMMENT = "data class"


class TdmError(TocsinError):
    """A tracking data message cannot be read, or plots cannot be written as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One statement; `value` is nothing for a keyword that stands alone."""

    number: int
    key: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Segment:
    """One metadata section and its data."""

    meta: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Keyword: its line and value."""
    data: dict[int, dict[str, tuple[int, float]]] = field(default_factory=dict)
    """Instant (TAI ns): keyword: its line and value."""


def read_tdm(text: str, name: str = "message", data_class: str = "test") -> Plots:
    """Give the plots of a message, in order of time.

    Args:
        text: The whole message.
        name: Of the file, for errors.
        data_class: What the plots are, where no comment "data class = ..." says so.

    Raises:
        TdmError: With the number of the line at fault.
    """
    lines = list(_lines(text, name))
    segments = _segments(_after_header(lines, name), name)
    rows = [row for segment in segments for row in _rows(segment, name)]
    sensors = tuple(sorted({row[0] for row in rows}))
    values = np.array([row[2:] for row in rows], dtype=np.float64).reshape(-1, 4)
    range_m, rate = values[:, 0], values[:, 3]
    azimuth = np.radians(values[:, 1])
    return in_time_order(
        Plots(
            sensors=sensors,
            time_tai_ns=np.array([row[1] for row in rows], dtype=np.int64),
            sensor=np.array([sensors.index(row[0]) for row in rows], dtype=np.int64),
            range_m=range_m,
            azimuth_rad=np.where(azimuth < 0.0, azimuth + 2.0 * math.pi, azimuth),
            elevation_rad=np.radians(values[:, 2]),
            range_rate_m_s=rate,
            snr_db=np.full(len(rows), np.nan),
            plot_id=np.arange(1, len(rows) + 1),
            data_class=_class_in(text, name) or data_class,
            **default_sigmas(range_m, rate),
        )
    )


def write_tdm(plots: Plots, originator: str = "TOCSIN") -> str:
    """Give radars' plots as a message, a segment for each radar.

    Errors, signal over noise and plot numbers have no place in such a message and are left out;
    the data class stands in a comment. The date of creation is that of the last plot.

    Raises:
        TdmError: There is no plot, or one without a range: a line of sight in Earth-fixed axes
            cannot be written as azimuth and elevation.
    """
    if plots.count == 0:
        raise TdmError("there is no plot to write; a tracking data message needs one or more")
    for row in np.flatnonzero(np.isnan(plots.range_m))[:1]:
        raise TdmError(
            f"the plot of {plots.sensors[plots.sensor[row]]!r} at"
            f" {utc_from_tai(int(plots.time_tai_ns[row]))} has no range; a tracking data message"
            f" can hold radars' plots only: leave the infrared ones out"
        )
    parts = [
        "CCSDS_TDM_VERS = 2.0",
        f"COMMENT {_CLASS_COMMENT} = {plots.data_class}",
        f"CREATION_DATE = {_stamp(int(plots.time_tai_ns.max()))}",
        f"ORIGINATOR = {originator}",
        "",
    ]
    tags = plots.time_tai_ns + _light_time_ns(plots.range_m)
    for rows in _sections(plots.sensor, tags):
        parts += _written(plots, tags, rows)
    return "\n".join(parts)


def _light_time_ns(range_m: Floats) -> Integers:
    """Give how long the echo takes back from a range, in whole nanoseconds."""
    return np.asarray(np.rint(range_m / SPEED_OF_LIGHT_M_S * SECOND_NS), dtype=np.int64)


def _sections(sensor: Integers, tags: Integers) -> Iterator[Integers]:
    """Give rows in sections of one sensor, in order of time, no tag twice in one section."""
    order = np.lexsort((tags, sensor))
    key = np.stack([sensor[order], tags[order]])
    fresh = np.concatenate([[True], np.any(np.diff(key, axis=1) != 0, axis=0)])
    place = np.arange(order.size)
    again = place - np.maximum.accumulate(np.where(fresh, place, 0))
    for number in np.unique(sensor):
        for copy in np.unique(again[key[0] == number]):
            yield order[(key[0] == number) & (again == copy)]


def _written(plots: Plots, tags: Integers, rows: Integers) -> list[str]:
    """Give one segment's lines."""
    lines = [
        "META_START",
        "TIME_SYSTEM = UTC",
        f"START_TIME = {_stamp(int(tags[rows[0]]))}",
        f"STOP_TIME = {_stamp(int(tags[rows[-1]]))}",
        f"PARTICIPANT_1 = {plots.sensors[plots.sensor[rows[0]]]}",
        "PARTICIPANT_2 = UNKNOWN",
        "MODE = SEQUENTIAL",
        "PATH = 1,2,1",
        "TIMETAG_REF = RECEIVE",
        "RANGE_UNITS = km",
        "ANGLE_TYPE = AZEL",
        "META_STOP",
        "",
        "DATA_START",
    ]
    for row in rows:
        stamp = _stamp(int(tags[row]))
        lines += [
            f"RANGE = {stamp} {plots.range_m[row] / 1e3:.16g}",
            f"ANGLE_1 = {stamp} {math.degrees(plots.azimuth_rad[row]):.16g}",
            f"ANGLE_2 = {stamp} {math.degrees(plots.elevation_rad[row]):.16g}",
        ]
        if not math.isnan(plots.range_rate_m_s[row]):
            rate = plots.range_rate_m_s[row] / 1e3
            lines.append(f"DOPPLER_INSTANTANEOUS = {stamp} {rate:.16g}")
    return [*lines, "DATA_STOP", ""]


def _stamp(time_tai_ns: int) -> str:
    return utc_from_tai(time_tai_ns).removesuffix("Z")


def _fault(name: str, line: int, what: str) -> TdmError:
    return TdmError(f"{name}: line {line}: {what}")


def _likely(wrong: str, known: Iterable[str]) -> str:
    """Give the end of an error line: the nearest keyword, or all of them."""
    close = get_close_matches(wrong, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"


def _lines(text: str, name: str) -> Iterator[_Line]:
    """Give the statements of a message; comments and empty lines are passed over."""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if len(raw) > LINE_MAX:
            raise _fault(name, number, f"it has {len(raw)} characters; the most is {LINE_MAX}")
        if not line or line.split()[0] == "COMMENT":
            continue
        match = _PAIR.fullmatch(line)
        if match is not None:
            yield _Line(number=number, key=match[1], value=match[2].strip())
        elif line in ("META_START", "META_STOP", "DATA_START", "DATA_STOP"):
            yield _Line(number=number, key=line, value=None)
        else:
            raise _fault(name, number, f"{line[:40]!r} is not KEYWORD = VALUE")


def _class_in(text: str, name: str) -> str | None:
    """Give the data class that a comment names, if one does."""
    found: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        match = re.fullmatch(rf"\s*COMMENT\s+{_CLASS_COMMENT}\s*=\s*(\S+)\s*", line)
        if match is None:
            continue
        if match[1] not in DATA_CLASSES or found not in (None, match[1]):
            allowed = f"one of {', '.join(DATA_CLASSES)}, the same in the whole message"
            raise _fault(name, number, f"data class is {match[1]!r}; it must be {allowed}")
        found = match[1]
    return found


def _after_header(lines: list[_Line], name: str) -> list[_Line]:
    """Check the header and give what comes after it."""
    if not lines or lines[0].key != "CCSDS_TDM_VERS":
        at = lines[0].number if lines else 1
        raise _fault(name, at, "a tracking data message must start with CCSDS_TDM_VERS = 2.0")
    if lines[0].value not in VERSIONS:
        allowed = ", ".join(VERSIONS)
        raise _fault(
            name, lines[0].number, f"CCSDS_TDM_VERS is {lines[0].value!r}; it must be {allowed}"
        )
    end = next((k for k, line in enumerate(lines) if line.value is None), len(lines))
    keys = [line.key for line in lines[:end]]
    for line in lines[:end]:
        if line.key not in HEADER:
            raise _fault(
                name,
                line.number,
                f"{line.key} is not known in the header; {_likely(line.key, HEADER)}",
            )
    for key in HEADER[:3]:
        if keys.count(key) != 1:
            raise _fault(name, lines[end - 1].number, f"the header must have {key} once")
    return lines[end:]


def _segments(lines: list[_Line], name: str) -> list[_Segment]:
    """Give the segments of a message's body."""
    segments: list[_Segment] = []
    place, order = 0, ("META_START", "META_STOP", "DATA_START", "DATA_STOP")
    for line in lines:
        if line.value is None:
            if line.key != order[place]:
                raise _fault(name, line.number, f"{line.key} comes before {order[place]}")
            if line.key == "META_START":
                segments.append(_Segment())
            elif line.key == "META_STOP":
                _check_needed(segments[-1], line.number, name)
            place = (place + 1) % 4
        elif place == 1:
            _take_meta(segments[-1], line, name)
        elif place == 3:
            _take_record(segments[-1], line, name)
        else:
            raise _fault(name, line.number, f"{line.key} comes before {order[place]}")
    if place or not segments:
        last = lines[-1].number if lines else 1
        raise _fault(name, last, f"the message ends before {order[place]}; is it cut short?")
    return segments


def _take_meta(segment: _Segment, line: _Line, name: str) -> None:
    """Take in one line of metadata; refuse what would change the meaning of the data."""
    key, value = line.key, line.value or ""
    if key in segment.meta:
        raise _fault(name, line.number, f"{key} is there twice in one section")
    if not value:
        raise _fault(name, line.number, f"{key} is empty")
    if key in META_FIXED:
        allowed = META_FIXED[key]
        given = value.replace(" ", "") if key == "PATH" else value
        found = next((each for each in allowed if each.upper() == given.upper()), None)
        if found is None:
            raise _fault(
                name, line.number, f"{key} is {value!r}; it must be {' or '.join(allowed)}"
            )
        value = found
    elif key in META_ZERO:
        if _number(line.number, key, value, name) != 0.0:
            raise _fault(name, line.number, f"{key} is {value}; only 0 can be read")
    elif key not in META_FREE:
        known = (*META_FIXED, *META_FREE, *META_ZERO)
        raise _fault(name, line.number, f"{key} cannot be read; {_likely(key, known)}")
    segment.meta[key] = (line.number, value)


def _check_needed(segment: _Segment, line: int, name: str) -> None:
    for key in META_NEEDED:
        if key not in segment.meta:
            raise _fault(name, line, f"the metadata that end here lack {key}")


def _take_record(segment: _Segment, line: _Line, name: str) -> None:
    """Take in one line of data."""
    key, parts = line.key, (line.value or "").split()
    if key in LEFT_OUT:
        return
    if key not in MEASURED:
        raise _fault(name, line.number, f"{key} cannot be read; {_likely(key, MEASURED)}")
    if len(parts) != 2:
        raise _fault(name, line.number, f"{key} must be a time and a number")
    stamp, value = parts
    number = _number(line.number, key, value, name)
    if key == "RANGE":
        number *= _metres_a_unit(segment)
    low, high = MEASURED[key]
    if not low <= number <= high:
        unit = " m" if key == "RANGE" else ""
        raise _fault(
            name, line.number, f"{key} is {number:g}{unit}; it must be from {low:g} to {high:g}"
        )
    record = segment.data.setdefault(_instant(line.number, stamp, name), {})
    if key in record:
        raise _fault(name, line.number, f"{key} is there twice at {stamp}")
    record[key] = (line.number, number)


def _metres_a_unit(segment: _Segment) -> float:
    """Give the distance that a range of 1 stands for."""
    unit = segment.meta.get("RANGE_UNITS", (0, "km"))[1]
    return 1e3 if unit == "km" else SPEED_OF_LIGHT_M_S / 2.0


def _number(line: int, key: str, text: str, name: str) -> float:
    if _NUMBER.fullmatch(text) is None:
        raise _fault(name, line, f"{key} is {text!r}; it must be a number")
    return float(text)


def _instant(line: int, stamp: str, name: str) -> int:
    """Give the instant of a time tag, in months and days or in days of the year."""
    match = _DAY_OF_YEAR.fullmatch(stamp)
    try:
        if match is not None:
            day = date(int(match[1]), 1, 1) + timedelta(days=int(match[2]) - 1)
            if day.year != int(match[1]):
                raise _fault(name, line, f"time {stamp!r} does not exist: no such day in the year")
            return tai_from_utc(f"{day.isoformat()}T{match[3]}")
        return tai_from_utc(stamp)
    except (TimeError, ValueError, OverflowError) as error:
        raise _fault(name, line, str(error)) from None


def _rows(segment: _Segment, name: str) -> Iterator[tuple[str, int, float, float, float, float]]:
    """Give sensor, instant, range, angles (degrees) and range rate of a segment's plots."""
    radar = segment.meta["PATH"][1][-1]
    sensor = segment.meta[f"PARTICIPANT_{radar}"][1]
    for tag, record in segment.data.items():
        line = max(each[0] for each in record.values())
        for key in ("RANGE", "ANGLE_1", "ANGLE_2"):
            if key not in record:
                raise _fault(name, line, f"the plot at {_stamp(tag)} has no {key}")
        range_m = record["RANGE"][1]
        if range_m < 1.0:
            raise _fault(name, record["RANGE"][0], f"RANGE is {range_m:g} m; it must be 1 or more")
        rate = record.get("DOPPLER_INSTANTANEOUS", (0, math.nan))[1] * 1e3
        instant = tag - int(_light_time_ns(np.array(range_m)))
        yield sensor, instant, range_m, record["ANGLE_1"][1], record["ANGLE_2"][1], rate
