"""Alerts as XML: golden messages of every kind, and areas cut where a map ends."""

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.formats.cap import read_cap, write_cap
from tocsin.formats.cap_alerts import cap_message, cut_at_date_line
from tocsin.warning.alert import DRILL, TRIAL, Alert, Judged, Order
from tocsin.warning.areas import AreaList, ExpectedImpact, circle
from tocsin.warning.civil import CivilState, step
from tocsin.warning.compose import CivilSettings
from tocsin.warning.evidence import Spot
from tocsin.warning.orders import obey
from tocsin.warning.phrases import ALERT

GOLDEN = Path(__file__).parents[1] / "golden" / "cap"
NOW = tai_from_utc("2026-03-01T08:00:00Z")
TOWN = circle("port", "Port Alpha", (math.radians(10.0), math.radians(179.95)), 15e3)
FAR = circle("mill", "Mill Town", (math.radians(11.0), math.radians(179.0)), 15e3)
SETTINGS = CivilSettings(
    issuer="two-islands",
    areas=AreaList(name="Two Islands", version="1", as_of_tai_ns=NOW - 10**16, areas=(TOWN, FAR)),
)


def at(seconds: float) -> int:
    return NOW + round(seconds * SECOND_NS)


def judged(sigma_m: float = 3e3, both: bool = False, **other: object) -> Judged:
    falls = tuple(
        ExpectedImpact(
            id=area.id,
            spot=Spot(
                latitude_rad=area.middle_rad[0],
                longitude_rad=area.middle_rad[1],
                east_m2=sigma_m**2,
                east_north_m2=0.0,
                north_m2=sigma_m**2,
            ),
            tai_ns=at(480.0),
            sigma_s=10.0,
        )
        for area in ((TOWN, FAR) if both else (TOWN,))
    )
    record = Judged(
        event="e1", revision=1, level=4, confidence=2, data_class="actual", impacts=falls
    )
    return replace(record, **other)


def messages() -> dict[str, Alert]:
    """Give one alert of every kind, from one made-up event and from orders."""
    state, (pre,) = step(CivilState(), SETTINGS, [judged(150e3)], at(0.0))
    state, (alert,) = step(state, SETTINGS, [judged()], at(20.0))
    state, (update,) = step(state, SETTINGS, [judged(both=True)], at(60.0))
    _, (over,) = step(state, SETTINGS, [judged(passed=True)], at(90.0))
    wrong = judged(level=1, withdrawn=True, codes=("GLINT",))
    _, (cancel, fresh) = step(state, SETTINGS, [wrong], at(90.0))
    played = {}
    for name, template in (("exercise", DRILL), ("test", TRIAL)):
        order = Order(id=name, kind=ALERT, persons=("A. Mori",), template=template)
        _, answer = obey(CivilState(), SETTINGS, order, [], at(0.0))
        played[name] = answer.alerts[0]
    _, (late,) = step(CivilState(), SETTINGS, [judged()], at(600.0))
    _, (officials,) = step(CivilState(), SETTINGS, [judged(level=3)], at(0.0))
    return {
        "pre-alert": pre,
        "pre-alert-officials": officials,
        "alert": alert,
        "alert-late": late,
        "update": update,
        "all-clear": over,
        "cancel": cancel,
        "false-alarm": fresh,
        **played,
    }


ALERTS = messages()


@pytest.mark.parametrize("name", ALERTS)
def test_the_message_of_each_kind_is_what_it_was(name: str) -> None:
    written = write_cap(cap_message(ALERTS[name], "warning@two-islands.example", "Two Islands"))

    assert written == (GOLDEN / f"{name}.xml").read_bytes()


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.xml")), ids=lambda file: file.stem)
def test_every_golden_message_is_read_back_and_written_the_same(file: Path) -> None:
    held = file.read_bytes()

    assert file.stem in ALERTS
    assert write_cap(read_cap(held)) == held


def test_a_message_has_the_words_of_the_protocol_for_each_kind() -> None:
    told = {
        name: (
            message.status,
            message.message_type,
            message.scope,
            message.infos[0].urgency,
            message.infos[0].severity,
            message.infos[0].certainty,
            *message.infos[0].responses,
        )
        for name, message in (
            (name, cap_message(alert, "warning@two-islands.example"))
            for name, alert in ALERTS.items()
        )
    }

    warn = ("Immediate", "Extreme", "Likely", "Shelter")
    end = ("Past", "Minor", "Unlikely", "AllClear")
    calm = ("Unknown", "Unknown", "Unknown", "None")
    early = ("Expected", "Severe", "Possible", "Prepare")
    assert told == {
        "pre-alert": ("Actual", "Alert", "Public", *early),
        "pre-alert-officials": ("Actual", "Alert", "Restricted", *early),
        "alert": ("Actual", "Alert", "Public", *warn),
        "alert-late": ("Actual", "Alert", "Public", *warn),
        "update": ("Actual", "Update", "Public", *warn),
        "all-clear": ("Actual", "Update", "Public", *end),
        "cancel": ("Actual", "Cancel", "Public", *end),
        "false-alarm": ("Actual", "Update", "Public", *end),
        "exercise": ("Exercise", "Alert", "Public", *calm),
        "test": ("Test", "Alert", "Public", *calm),
    }


def test_a_late_alert_bears_the_mark() -> None:
    assert ("mark", "LATE") in cap_message(ALERTS["alert-late"], "s").infos[0].parameters


def ring_area(ring: tuple[tuple[float, float], ...]) -> float:
    """Give the area of a closed ring on the map of longitude and latitude, in square degrees."""
    return 0.5 * abs(
        sum(lat_1 * lon_2 - lat_2 * lon_1 for (lat_1, lon_1), (lat_2, lon_2) in pairwise(ring))
    )


@given(
    latitude=st.floats(-70.0, 70.0), longitude=st.floats(-180.0, 180.0), km=st.floats(1.0, 900.0)
)
def test_an_area_is_cut_where_the_map_ends_and_nothing_is_lost(
    latitude: float, longitude: float, km: float
) -> None:
    area = circle("c", "C", (math.radians(latitude), math.radians(longitude)), 1e3 * km)
    middle = circle("m", "M", (math.radians(latitude), 0.0), 1e3 * km)

    pieces = cut_at_date_line(area.polygons[0])
    (whole,) = cut_at_date_line(middle.polygons[0])

    assert sum(map(ring_area, pieces)) == pytest.approx(ring_area(whole), rel=5e-3, abs=1e-6)
    for piece in pieces:
        assert piece[0] == piece[-1]
        assert len(piece) >= 4
        assert all(abs(lat) <= 90.0 and abs(lon) <= 180.0 for lat, lon in piece)


def test_an_area_around_a_pole_is_closed_along_the_pole() -> None:
    area = circle("pole", "Pole", (math.radians(-89.9), 0.3), 50e3)

    pieces = cut_at_date_line(area.polygons[0])

    assert 1 <= len(pieces) <= 2
    assert min(lat for piece in pieces for lat, _ in piece) == -90.0
    assert sum(map(ring_area, pieces)) == pytest.approx(360.0 * 0.35, rel=0.35)
