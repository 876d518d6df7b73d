"""No report leaves whose kind or precision is above its level, whatever it is and who asks."""

import math
import runpy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tocsin.earth.geodesy import destination, distance_m
from tocsin.earth.time import SECOND_NS, tai_from_utc, utc_from_tai
from tocsin.messages.ground import Ellipse
from tocsin.messages.office import HealthReport
from tocsin.messages.picture import EventReport, NoticeReport, TrackReport
from tocsin.messages.report import KINDS, Report, kind_of, write_report
from tocsin.partners.policy import (
    LEVEL_OF_KIND,
    Policy,
    PolicyError,
    allowed,
    coarse_area,
    coarsen,
    count_class,
    level_at,
    whole_minute,
)
from tocsin.partners.release import Item, Released, release

MADE = runpy.run_path(str(Path(__file__).parents[1] / "messages" / "made.py"))
NOW = tai_from_utc("2026-03-01T06:00:00Z")
DAY_NS = 86_400 * SECOND_NS

OFTEN = ["event.1", "health.1", "notice.1", "retraction.1", "track.1"] * 3
"""Kinds that are made coarse."""
some_report: st.SearchStrategy[Report] = st.sampled_from([*sorted(KINDS), *OFTEN]).flatmap(
    MADE["reports"]
)
policies = st.builds(
    Policy,
    receiver=st.just("borealis"),
    level=st.integers(0, 4),
    since_tai_ns=st.sampled_from([0, NOW - DAY_NS, NOW, NOW + DAY_NS]),
    until_tai_ns=st.sampled_from([None, NOW + 2 * DAY_NS]),
    azimuth_step_deg=st.sampled_from([5, 10]),
    area_min_m=st.sampled_from([25_000.0, 60_000.0]),
    range_min_m=st.sampled_from([0.0, 500_000.0]),
    sensors_named=st.booleans(),
    secret=st.binary(max_size=8),
)


def is_step(value_rad: float, step_deg: float) -> bool:
    steps = math.degrees(value_rad) / step_deg
    return abs(steps - round(steps)) < 1e-9


def too_precise(policy: Policy, report: Report, level: int) -> list[str]:
    """Give what in a report says more than its level carries, by the table of levels."""
    kind = kind_of(report).partition(".")[0]
    told: dict[str, bool] = {"kind": LEVEL_OF_KIND.get(kind, 9) <= level}
    if kind == "notice":
        told["direction"] = is_step(report.direction_rad, 10)
        told["apogee"] = report.apogee_m is None or report.apogee_m % 50_000.0 == 0.0
        told["range"] = report.range_m is None
    if kind == "event" and level == 2:
        told["launch time"] = utc_from_tai(report.launch_tai_ns).endswith(":00Z")
        told["area"] = report.launch_area.semi_minor_m >= policy.area_min_m
        told["area's step"] = report.launch_area.semi_major_m % 5_000.0 == 0.0
        told["area's centre"] = is_step(report.launch_area.latitude_rad, 0.125)
        told["area's shape"] = report.launch_area.bearing_rad == 0.0
        azimuth_rad, impact_tai_ns = report.azimuth_rad, report.impact_tai_ns
        told["azimuth"] = azimuth_rad is None or is_step(azimuth_rad, policy.azimuth_step_deg)
        told["impact time"] = impact_tai_ns is None or utc_from_tai(impact_tai_ns).endswith(":00Z")
        told["its error"] = report.impact_sigma_s % 10.0 == 0.0
        told["count"] = report.count == count_class(report.count)
    if kind == "track" and level == 3 and not policy.sensors_named:
        told["sensors"] = all(each.startswith("sensor-") for each in report.sensors)
    if kind == "health" and level < 4:
        told["subject"] = report.subject_kind == "node"
        told["cause"] = not report.groups and not report.jammed
    if kind == "retraction" and level < 4:
        told["sentence"] = report.sentence.endswith("is taken back")
        told["reason"] = level >= 2 or report.reason == "WITHDRAWN"
    return [name for name, fine in told.items() if not fine]


@settings(max_examples=250)
@given(policy=policies, report=some_report)
def test_nothing_leaves_that_is_above_the_level_in_kind_or_precision(
    policy: Policy, report: Report
) -> None:
    level = level_at(policy, NOW)
    subject = getattr(report, "subject_kind", ""), getattr(report, "subject", "")
    released = Released(told=frozenset([subject]))

    _, out = release(policy, released, [Item(report=report)], NOW)

    for each in out:
        assert not too_precise(policy, each, level)
        write_report(each)
        if kind_of(each) != kind_of(report):
            assert kind_of(each) == "retraction.1"


@pytest.mark.parametrize("level", range(5))
def test_each_level_carries_the_kinds_of_the_table_and_all_below(level: int) -> None:
    policy = Policy(receiver="borealis", level=level)
    carried = {kind for kind in KINDS if allowed(policy, kind, NOW)}
    table = [
        {"heartbeat.1", "health.1", "acknowledgement.1", "retraction.1"},
        {"notice.1"},
        {"event.1", "consultation.1"},
        {"track.1"},
        {"plot.1", "scan.1"},
    ]

    assert carried == set().union(*table[: level + 1])


def test_a_policy_is_level_0_before_it_begins_and_after_it_ends() -> None:
    policy = Policy(receiver="borealis", level=3, since_tai_ns=NOW, until_tai_ns=NOW + DAY_NS)

    assert [level_at(policy, NOW + days * DAY_NS) for days in (-1, 0, 1, 2)] == [0, 3, 0, 0]
    assert not allowed(policy, "track.1", NOW + DAY_NS)


@example(latitude=math.radians(-89.51), longitude=-math.pi, axes=(0.0, 0.0), bearing=0.0)
@example(latitude=math.radians(89.51), longitude=-math.pi, axes=(0.0, 0.0), bearing=0.0)
@given(
    latitude=st.floats(-math.pi / 2, math.pi / 2),
    longitude=st.floats(-math.pi, math.pi),
    axes=st.tuples(st.floats(0.0, 3e5), st.floats(0.0, 3e5)),
    bearing=st.floats(0.0, 2 * math.pi),
)
def test_a_coarse_area_holds_all_of_the_area_and_hides_its_centre(
    latitude: float, longitude: float, axes: tuple[float, float], bearing: float
) -> None:
    area = Ellipse(
        latitude_rad=latitude,
        longitude_rad=longitude,
        semi_major_m=max(axes),
        semi_minor_m=min(axes),
        bearing_rad=bearing,
    )
    coarse = coarse_area(area, 25_000.0)
    centre = coarse.latitude_rad, coarse.longitude_rad
    angle = np.linspace(0.0, 2.0 * np.pi, 24)
    rim = destination(latitude, longitude, bearing + angle, area.semi_major_m)

    assert distance_m(*centre, latitude, longitude) < 20_000.0
    assert np.max(distance_m(*centre, *rim)) <= coarse.semi_minor_m
    assert coarse.semi_minor_m >= 25_000.0


@given(
    time_ns=st.integers(tai_from_utc("1973-01-01T00:00:00Z"), tai_from_utc("2200-01-01T00:00:00Z"))
)
def test_a_whole_minute_is_the_nearest_of_utc(time_ns: int) -> None:
    minute = whole_minute(time_ns)

    assert utc_from_tai(minute).endswith(":00Z")
    assert abs(minute - time_ns) <= 31 * SECOND_NS  # a leap second may lie in between


@pytest.mark.parametrize(
    ("count", "told"), [(0, 0), (1, 1), (2, 2), (4, 2), (5, 5), (9, 5), (22, 20), (202, 200)]
)
def test_a_count_is_told_as_the_class_that_it_reaches(count: int, told: int) -> None:
    assert count_class(count) == told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"level": 5}, "level is 5; it must be from 0 to 4"),
        ({"delay_s": -1.0}, "delay_s is -1"),
        ({"delay_s": math.nan}, "delay_s is nan"),
        ({"area_min_m": 1_000.0}, "area_min_m is 1000; it must be from 25000"),
        ({"azimuth_step_deg": 1}, "azimuth_step_deg is 1; use 5 or 10"),
        ({"withheld_max": 101}, "withheld_max is 101"),
        ({"since_tai_ns": 5, "until_tai_ns": 5}, "until is not after since"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(PolicyError, match=f"policy for 'borealis': {said}"):
        Policy(receiver="borealis", **change)  # type: ignore[arg-type]


def told(level: int, report: Report, **policy: object) -> Report | None:
    made = Policy(receiver="borealis", level=level, range_min_m=0.0, **policy)  # type: ignore[arg-type]
    return coarsen(made, report, level)


@given(report=MADE["reports"]("notice.1"))
def test_a_notice_has_no_range_and_its_directions_still_hold_the_planned_one(
    report: NoticeReport,
) -> None:
    notice = told(1, report)

    assert isinstance(notice, NoticeReport)
    assert notice.range_m is None
    off = abs(notice.direction_rad - report.direction_rad)
    off = min(off, 2.0 * math.pi - off)
    least = min(off + report.direction_tolerance_rad, math.pi)
    assert notice.direction_tolerance_rad >= least - 1e-9


@given(report=MADE["reports"]("track.1"))
def test_a_track_names_no_sensor_but_the_same_one_is_known_again(
    report: TrackReport,
) -> None:
    track = told(3, report)

    assert isinstance(track, TrackReport)
    assert len(track.sensors) == len(report.sensors)
    assert not set(track.sensors) & set(report.sensors)
    assert track == told(3, report)
    if report.sensors:
        assert track.sensors != getattr(told(3, report, secret=b"other"), "sensors", None)
    assert told(3, report, sensors_named=True) == report
    assert told(4, report) == report


@given(report=MADE["reports"]("health.1"))
def test_only_the_nodes_own_health_leaves_below_level_4_and_without_its_cause(
    report: HealthReport,
) -> None:
    for level in range(4):
        health = told(level, report)
        if report.subject_kind == "node":
            assert isinstance(health, HealthReport)
            assert (health.groups, health.jammed) == ((), False)
            assert health.health == report.health
        else:
            assert health is None
    assert told(4, report) == report


@given(report=MADE["reports"]("event.1"), step_deg=st.sampled_from([5, 10]))
def test_an_event_at_level_2_is_coarse_in_every_field_and_near_what_it_was(
    report: EventReport, step_deg: int
) -> None:
    event = told(2, report, azimuth_step_deg=step_deg)
    if event is None:  # an instant outside the calendar
        return
    policy = Policy(receiver="borealis", level=2, azimuth_step_deg=step_deg)

    assert isinstance(event, EventReport)
    assert too_precise(policy, event, 2) == []
    assert abs(event.launch_tai_ns - report.launch_tai_ns) <= 31 * SECOND_NS
    assert (event.azimuth_rad is None) == (report.azimuth_rad is None)
    if event.azimuth_rad is not None and report.azimuth_rad is not None:
        off = abs(event.azimuth_rad - report.azimuth_rad)
        assert min(off, 2.0 * math.pi - off) <= math.radians(step_deg) / 2.0 + 1e-9
    assert event.impact_sigma_s >= min(report.impact_sigma_s, 1e9)
    assert told(3, report) == report
