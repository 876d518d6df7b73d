"""Instants against leap seconds, calendars and the turning Earth."""

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.earth.time import (
    SECOND_NS,
    TimeError,
    gmst_from_julian_date,
    gmst_rad,
    julian_date_utc,
    tai_from_utc,
    tai_ns_from_datetime,
    terrestrial_centuries,
    utc_from_tai,
)
from tocsin.errors import TocsinError

laws = settings(max_examples=50, deadline=None)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
instants = st.integers(-200 * 365 * 86_400 * SECOND_NS, 200 * 365 * 86_400 * SECOND_NS)
moments = st.datetimes(datetime.fromisoformat("1700-01-01"), datetime.fromisoformat("2250-12-31"))


def test_tai_is_ahead_of_utc_by_the_published_seconds(cases: dict[str, Any]) -> None:
    for text, offset_s in cases["leap_seconds"]["expected"]:
        leap = text.endswith(":60Z")
        utc = datetime.fromisoformat(text.replace(":60Z", ":59Z"))
        unix_s = (utc - EPOCH) // timedelta(seconds=1) + leap
        assert tai_from_utc(text) == (unix_s + offset_s) * SECOND_NS
        assert utc_from_tai(tai_from_utc(text)) == text


@laws
@given(instant=instants)
def test_an_instant_survives_the_round_trip(instant: int) -> None:
    assert tai_from_utc(utc_from_tai(instant)) == instant


@laws
@given(offset_ns=st.integers(-3 * SECOND_NS, 3 * SECOND_NS))
def test_time_never_jumps_or_repeats_over_a_leap_second(offset_ns: int) -> None:
    midnight = tai_from_utc("2017-01-01T00:00:00Z")
    text = utc_from_tai(midnight + offset_ns)
    assert tai_from_utc(text) == midnight + offset_ns
    assert (":60" in text) == (-SECOND_NS <= offset_ns < 0)
    later = utc_from_tai(midnight + offset_ns + SECOND_NS // 4)
    assert later.rstrip("Z") > text.rstrip("Z")


@laws
@given(moment=moments)
def test_dates_and_texts_agree(moment: datetime) -> None:
    ns = tai_ns_from_datetime(moment)
    assert tai_from_utc(moment.isoformat() + "Z") == ns
    elsewhere = moment.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert tai_ns_from_datetime(elsewhere) == ns


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("2017-05-14T05:28Z", "2017-05-14T05:28:00Z"),
        ("2017-05-14 05:28:00", "2017-05-14T05:28:00Z"),
        ("2017-05-14T05:28:00+00:00", "2017-05-14T05:28:00Z"),
        ("2017-05-14T05:28:00.120Z", "2017-05-14T05:28:00.12Z"),
        ("2017-05-14T05:28:00.000000001Z", "2017-05-14T05:28:00.000000001Z"),
    ],
)
def test_short_forms_are_read(short: str, full: str) -> None:
    assert utc_from_tai(tai_from_utc(short)) == full


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("yesterday", "write it as"),
        ("2017-05-14T05:28:00+03:00", "not UTC"),
        ("2017-05-14", "not UTC"),
        ("2017-02-30T00:00:00Z", "does not exist"),
        ("2017-05-14T05:28:61Z", "does not exist"),
        ("2017-05-14T23:59:60Z", "no leap second"),
        ("2016-12-31T12:00:60Z", "no leap second"),
        ("2016-12-31T22:59:60Z", "no leap second"),
        ("1500-01-01T00:00:00Z", "1700 to 2250"),
    ],
)
def test_a_wrong_time_is_refused_in_one_line(text: str, says: str) -> None:
    with pytest.raises(TimeError, match=says) as caught:
        tai_from_utc(text)
    assert isinstance(caught.value, TocsinError)
    assert text[:10] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_julian_dates_are_those_of_known_days() -> None:
    assert julian_date_utc(tai_from_utc("2000-01-01T12:00:00Z")) == (2_451_544.5, 0.5)
    assert julian_date_utc(tai_from_utc("1858-11-17T00:00:00Z")) == (2_400_000.5, 0.0)
    day, part = julian_date_utc(tai_from_utc("2016-12-31T23:59:60.5Z"))
    assert (day, part) == (2_457_753.5, 86_400.5 / 86_400.0)


def test_terrestrial_centuries_start_at_noon_2000() -> None:
    start = tai_from_utc("2000-01-01T11:58:55.816Z")
    assert terrestrial_centuries(start) == pytest.approx(0.0, abs=1e-14)
    later = start + 36_525 * 86_400 * SECOND_NS
    assert terrestrial_centuries(later) == pytest.approx(1.0, abs=1e-14)


def test_sidereal_time_is_that_of_erfa_and_of_meeus(cases: dict[str, Any]) -> None:
    erfa, meeus = cases["gmst82_erfa"], cases["meeus_12a"]
    got = gmst_from_julian_date(erfa["inputs"]["jd_ut1"], 0.0)
    assert got == pytest.approx(erfa["expected"]["gmst82_rad"], abs=erfa["tolerance"]["rad"])
    got = np.degrees(gmst_from_julian_date(meeus["inputs"]["jd_ut1"], 0.0))
    assert got == pytest.approx(meeus["expected"]["gmst_deg"], abs=meeus["tolerance"]["deg"])
    midnight = tai_from_utc("2006-01-01T00:00:00Z")
    assert gmst_rad(midnight) == pytest.approx(erfa["expected"]["gmst82_rad"], abs=1e-12)


@laws
@given(instant=st.integers(10**17, 10**18), wait_s=st.floats(0.0, 80_000.0))
def test_the_sky_turns_a_little_faster_than_the_sun(instant: int, wait_s: float) -> None:
    (day, part), wait = julian_date_utc(instant), wait_s / 86_400.0
    turned = gmst_from_julian_date(day, part + wait) - gmst_from_julian_date(day, part)
    expected = 2.0 * math.pi * 1.00273790935 * wait
    assert math.remainder(float(turned) - expected, 2.0 * math.pi) == pytest.approx(0.0, abs=1e-9)


def test_arrays_are_their_instants_one_by_one() -> None:
    texts = ["1960-10-05T20:15:00Z", "2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00Z"]
    instants_ns = np.array([tai_from_utc(text) for text in texts])
    assert gmst_rad(instants_ns).tolist() == [gmst_rad(int(ns)) for ns in instants_ns]
    date, part = julian_date_utc(instants_ns)
    assert list(zip(date, part, strict=True)) == [julian_date_utc(int(ns)) for ns in instants_ns]
