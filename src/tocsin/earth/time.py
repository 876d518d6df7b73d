"""One time scale inside; UTC only coming in and going out; leap seconds.

An instant is a whole number of nanoseconds of TAI since 1970-01-01T00:00:00 TAI, as `int` (or an
array of 64-bit integers). TAI never jumps; UTC does, by a leap second now and then.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import overload

import numpy as np

from tocsin.errors import TocsinError
from tocsin.lanes import Floats, Integers

SECOND_NS = 1_000_000_000
DAY_NS = 86_400 * SECOND_NS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_JULIAN = 2_440_587.5
_FIRST_YEAR, _LAST_YEAR = 1700, 2250
"""The years whose nanoseconds fit a 64-bit integer, with room to spare."""

_LEAPS = (
    "1972-01-01 1972-07-01 1973-01-01 1974-01-01 1975-01-01 1976-01-01 1977-01-01 1978-01-01 "
    "1979-01-01 1980-01-01 1981-07-01 1982-07-01 1983-07-01 1985-07-01 1988-01-01 1990-01-01 "
    "1991-01-01 1992-07-01 1993-07-01 1994-07-01 1996-01-01 1997-07-01 1999-01-01 2006-01-01 "
    "2009-01-01 2012-07-01 2015-07-01 2017-01-01"
)
"""Days on which TAI - UTC grew: to 10 s on the first, by 1 s on each other.

Source: IERS, Bulletin C, and its file Leap_Second.dat, 1972 to 2017; none has been announced since.
"""
_LEAP_UTC_NS = np.array(
    [
        (datetime.fromisoformat(day + "T00:00:00+00:00") - _EPOCH).days * DAY_NS
        for day in _LEAPS.split()
    ]
)
_LEAP_OFFSET_NS = (10 + np.arange(_LEAP_UTC_NS.size)) * SECOND_NS
_LEAP_TAI_NS = _LEAP_UTC_NS + _LEAP_OFFSET_NS

_UTC_TEXT = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|\+00:00)?",
    re.ASCII,
)


class TimeError(TocsinError):
    """A date and time is not usable as written."""


def tai_from_utc(text: str) -> int:
    """Give the instant (ns, TAI) of a UTC date and time in ISO 8601, such as 2017-05-14T05:28:00Z.

    Args:
        text: Years 1700 to 2250; seconds and up to nine decimals may be left out; the Z too, but
            no other time zone may stand there. 23:59:60 is taken where there was a leap second.

    Before 1972 UTC ran at another rate; here TAI - UTC stays at 10 s, so that such an instant is
    up to 10 s off in TAI and right again in UTC. After 2017 it stays at 37 s.
    """
    match = _UTC_TEXT.fullmatch(text.strip())
    if match is None:
        raise TimeError(f"time {text!r} is not UTC in ISO 8601; write it as 2017-05-14T05:28:00Z")
    date, minute, second, fraction = match.groups(default="0")
    leap = second == "60"
    try:
        start = datetime.fromisoformat(f"{date}T{minute}:{'59' if leap else second.zfill(2)}+00:00")
    except ValueError as error:
        raise TimeError(f"time {text!r} does not exist: {error}") from None
    tai_ns = tai_ns_from_datetime(start)
    if leap:
        tai_ns += SECOND_NS
        if not _is_leap_second(tai_ns):
            raise TimeError(
                f"time {text!r} does not exist: there was no leap second; seconds end at 59"
            )
    return tai_ns + int(fraction.ljust(9, "0"))


def tai_ns_from_datetime(moment: datetime) -> int:
    """Give the instant (ns, TAI) of a date and time; one without a time zone is taken as UTC."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if not _FIRST_YEAR <= aware.year <= _LAST_YEAR:
        raise TimeError(
            f"time {moment.isoformat()} is out of range; use years {_FIRST_YEAR} to {_LAST_YEAR}"
        )
    utc_ns = (aware - _EPOCH) // timedelta(microseconds=1) * 1000
    row = int(np.searchsorted(_LEAP_UTC_NS, utc_ns, side="right")) - 1
    return utc_ns + int(_LEAP_OFFSET_NS[max(row, 0)])


def utc_from_tai(time_tai_ns: int) -> str:
    """Give an instant as UTC in ISO 8601 with a Z; decimals only where they are not zero."""
    day, within_ns = (int(part) for part in _utc_day(np.asarray(time_tai_ns, dtype=np.int64)))
    leap_s = max(0, within_ns // SECOND_NS - 86_399)
    whole_s = within_ns // SECOND_NS - leap_s
    moment = _EPOCH + timedelta(days=day, seconds=whole_s)
    fraction = f"{within_ns % SECOND_NS:09d}".rstrip("0")
    decimals = f".{fraction}" if fraction else ""
    return f"{moment:%Y-%m-%dT%H:%M}:{moment.second + leap_s:02d}{decimals}Z"


@overload
def julian_date_utc(time_tai_ns: int) -> tuple[float, float]: ...
@overload
def julian_date_utc(time_tai_ns: Integers) -> tuple[Floats, Floats]: ...
def julian_date_utc(
    time_tai_ns: int | Integers,
) -> tuple[float, float] | tuple[Floats, Floats]:
    """Give the UTC Julian date of instants: of midnight, and the part of the day since then.

    The two stay apart because their sum keeps only 40 microseconds. During a leap second the part
    is one or more.
    """
    day, within_ns = _utc_day(np.asarray(time_tai_ns, dtype=np.int64))
    date, part = np.asarray(_EPOCH_JULIAN + day), np.asarray(within_ns / float(DAY_NS))
    return (float(date), float(part)) if date.ndim == 0 else (date, part)


@overload
def gmst_rad(time_tai_ns: int) -> float: ...
@overload
def gmst_rad(time_tai_ns: Integers) -> Floats: ...
def gmst_rad(time_tai_ns: int | Integers) -> float | Floats:
    """Give Greenwich mean sidereal time, 0 to 2 pi, at instants.

    UT1 is taken as UTC. They differ by up to 0.9 s: 6.6e-5 rad, or 420 m at the equator. Before
    1972 UTC followed UT1 to 0.1 s.
    """
    date, part = julian_date_utc(np.asarray(time_tai_ns, dtype=np.int64))
    angle = gmst_from_julian_date(date, part)
    return float(angle) if angle.ndim == 0 else angle


def gmst_from_julian_date(date_ut1: Floats | float, part_ut1: Floats | float) -> Floats:
    """Give Greenwich mean sidereal time, 0 to 2 pi, at a UT1 Julian date in two parts.

    Args:
        date_ut1: Whole and half days.
        part_ut1: The rest, in days.

    Source: Aoki et al., The new definition of universal time, Astronomy and Astrophysics 105,
    1982, 359-361, equation 13 (IAU 1982).
    """
    days = np.asarray(date_ut1) - 2_451_545.0
    centuries = (days + part_ut1) / 36_525.0
    seconds = 24_110.54841 + centuries * (
        8_640_184.812866 + centuries * (0.093104 - 6.2e-6 * centuries)
    )
    turns = seconds / 86_400.0 + (days + 0.5) % 1.0 + part_ut1
    return np.asarray(2.0 * np.pi * (turns % 1.0))


def terrestrial_centuries(time_tai_ns: int | Integers) -> Floats:
    """Give Julian centuries of Terrestrial Time (TAI + 32.184 s) since noon on 1 January 2000."""
    days = (np.asarray(time_tai_ns, dtype=np.int64) / SECOND_NS + 32.184) / 86_400.0
    return np.asarray((days + (_EPOCH_JULIAN - 2_451_545.0)) / 36_525.0)


def _utc_day(time_tai_ns: Integers) -> tuple[Integers, Integers]:
    """Give the UTC day since 1970 and the nanoseconds in it; a leap second makes a day longer."""
    row = np.searchsorted(_LEAP_TAI_NS, time_tai_ns, side="right") - 1
    utc_ns = time_tai_ns - _LEAP_OFFSET_NS[np.maximum(row, 0)]
    late = _is_leap_second(time_tai_ns)
    day = np.asarray(utc_ns // DAY_NS - late)
    return day, np.asarray(utc_ns - day * DAY_NS)


def _is_leap_second(time_tai_ns: Integers | int) -> Integers:
    """Give 1 for instants inside a leap second, 0 for others."""
    nearest = np.minimum(
        np.searchsorted(_LEAP_TAI_NS, time_tai_ns, side="right"), len(_LEAP_TAI_NS) - 1
    )
    before_ns = _LEAP_TAI_NS[nearest] - time_tai_ns
    return np.asarray((nearest > 0) & (before_ns > 0) & (before_ns <= SECOND_NS), dtype=np.int64)
