"""What leaves for a partner: delays, thresholds, withheld launches, new policies, retractions."""

import math
from dataclasses import replace

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tocsin.messages.ground import Circle, Ellipse
from tocsin.messages.picture import EventReport, NoticeReport, RetractionReport
from tocsin.messages.report import Report, kind_of
from tocsin.partners.policy import Policy
from tocsin.partners.release import Item, Released, release

S_NS = 1_000_000_000
NOW = 1_770_000_000 * S_NS
DAY_NS = 86_400 * S_NS
OPEN = Policy(receiver="borealis", level=2)
CLOSED = Policy(receiver="borealis")


def area(latitude_deg: float, longitude_deg: float) -> Ellipse:
    return Ellipse(
        latitude_rad=math.radians(latitude_deg),
        longitude_rad=math.radians(longitude_deg),
        semi_major_m=3_000.0,
        semi_minor_m=2_000.0,
        bearing_rad=1.0,
    )


def event(name: str = "e1", state: str = "confirmed", east_deg: float | None = 20.0) -> EventReport:
    return EventReport(
        event=name,
        revision=1,
        state=state,  # type: ignore[arg-type]
        launch_class="ballistic",
        told_tai_ns=NOW,
        launch_tai_ns=NOW - 90 * S_NS,
        launch_area=area(0.0, 0.0),
        azimuth_rad=1.0,
        impact_area=None if east_deg is None else area(0.0, east_deg),
        impact_tai_ns=NOW + 900 * S_NS,
        impact_sigma_s=12.0,
        count=1,
        level=3,
        confidence="high",
        data_class="test",
    )


def retraction(name: str = "e1") -> RetractionReport:
    return RetractionReport(
        subject_kind="event",
        subject=name,
        reason="RADAR_SAW_NOTHING",
        sentence="radar gamma should have seen it by now",
        time_tai_ns=NOW,
        data_class="test",
    )


def notice(cancelled: bool = False) -> NoticeReport:
    return NoticeReport(
        notice="n1",
        revision=1,
        cancelled=cancelled,
        launch_class="sounding-rocket",
        window_start_tai_ns=NOW,
        window_end_tai_ns=NOW + DAY_NS,
        launch_area=Circle(latitude_rad=1.0, longitude_rad=0.5, radius_m=5_000.0),
        direction_rad=1.234,
        direction_tolerance_rad=0.1,
        impact_areas=(),
        apogee_m=1_453_000.0,
        range_class="short",
        objects=1,
        data_class="test",
    )


def left(policy: Policy, released: Released, *reports: Report, after_s: float = 0.0) -> list[str]:
    """Give the kinds that leave."""
    items = [Item(report=each) for each in reports]
    return [
        kind_of(each) for each in release(policy, released, items, NOW + round(after_s * S_NS))[1]
    ]


def told(policy: Policy, *reports: Report) -> Released:
    return release(policy, Released(), [Item(report=each) for each in reports], NOW)[0]


def test_a_retraction_follows_whatever_was_told_though_the_policy_is_withdrawn() -> None:
    released = told(OPEN, event())

    assert left(CLOSED, released, event()) == []
    assert left(CLOSED, released, retraction()) == ["retraction.1"]


def test_what_was_never_told_is_not_retracted() -> None:
    assert left(OPEN, Released(), retraction()) == []
    assert left(OPEN, Released(), event(state="withdrawn")) == []
    assert left(OPEN, Released(), notice(cancelled=True)) == []


def test_below_its_level_a_withdrawal_leaves_as_a_retraction() -> None:
    released = told(OPEN, event(), notice())

    assert left(OPEN, released, event(state="withdrawn")) == ["event.1"]
    assert left(CLOSED, released, event(state="withdrawn")) == ["retraction.1"]
    assert left(CLOSED, released, notice(cancelled=True)) == ["retraction.1"]


def test_a_retraction_names_no_sensor_below_level_4() -> None:
    released = told(OPEN, event())
    said = {
        level: release(replace(OPEN, level=level), released, [Item(report=retraction())], NOW)[1][0]
        for level in range(5)
    }

    assert [each.reason for each in said.values()] == ["WITHDRAWN"] * 2 + ["RADAR_SAW_NOTHING"] * 3
    assert ["gamma" in each.sentence for each in said.values()] == [False] * 4 + [True]


def test_what_is_delayed_leaves_when_it_is_due_and_only_once() -> None:
    late = replace(OPEN, delay_s=60.0)
    released, out = release(late, Released(), [Item(report=event())], NOW)
    assert out == ()
    assert left(late, released, after_s=59.0) == []
    after, out = release(late, released, [], NOW + 60 * S_NS)
    assert [kind_of(each) for each in out] == ["event.1"]
    assert left(late, after, after_s=61.0) == []


def test_a_policy_that_changes_in_the_meantime_holds_for_what_was_kept_back() -> None:
    late = replace(OPEN, delay_s=60.0)
    released, _ = release(late, Released(), [Item(report=event())], NOW)

    assert left(CLOSED, released, after_s=60.0) == []
    assert left(replace(late, until_tai_ns=NOW + 30 * S_NS), released, after_s=60.0) == []


def test_what_is_taken_back_while_it_is_kept_back_never_leaves() -> None:
    late = replace(OPEN, delay_s=60.0)
    for back in (retraction(), event(state="withdrawn")):
        released, _ = release(late, Released(), [Item(report=event())], NOW)
        after, out = release(late, released, [Item(report=back)], NOW + S_NS)
        assert out == ()
        assert left(late, after, after_s=100.0) == []


def test_a_short_launch_is_not_told_of_unless_agreed() -> None:
    short = event(east_deg=4.0)  # 445 km along the equator

    assert left(OPEN, Released(), short) == []
    assert left(replace(OPEN, range_min_m=0.0), Released(), short) == ["event.1"]
    assert left(OPEN, Released(), event(east_deg=5.0)) == ["event.1"]
    assert left(OPEN, Released(), event(east_deg=None)) == ["event.1"]


def test_a_launch_once_told_is_told_on_though_it_turns_out_short() -> None:
    assert left(OPEN, told(OPEN, event()), event(east_deg=4.0)) == ["event.1"]


def test_own_launches_are_withheld_so_many_times_a_year_and_no_more() -> None:
    two = replace(OPEN, withheld_max=2)
    released, leaving = Released(), []
    for number in range(4):
        item = Item(report=event(f"e{number}"), withhold=True)
        for _ in range(2):  # two revisions of each
            released, out = release(two, released, [item], NOW + number * DAY_NS)
            leaving += [each.event for each in out if isinstance(each, EventReport)]
    assert leaving == ["e2", "e2", "e3", "e3"]
    _, out = release(two, released, [Item(report=event("e9"), withhold=True)], NOW + 366 * DAY_NS)
    assert out == ()


def test_a_withheld_launch_is_not_retracted_either() -> None:
    released, _ = release(
        replace(OPEN, withheld_max=1), Released(), [Item(report=event(), withhold=True)], NOW
    )
    assert left(OPEN, released, retraction()) == []


@given(
    levels=st.lists(st.integers(0, 4), min_size=1, max_size=6),
    delay_s=st.sampled_from([0.0, 2.0]),
    names=st.lists(st.sampled_from(["e1", "e2", "e3"]), min_size=1, max_size=6),
)
def test_every_event_that_left_is_retracted_whatever_the_level_was_at_each_step(
    levels: list[int], delay_s: float, names: list[str]
) -> None:
    released, heard = Released(), set()
    for step, (level, name) in enumerate(zip(levels, names, strict=False)):
        policy = Policy(receiver="borealis", level=level, delay_s=delay_s)
        released, out = release(policy, released, [Item(report=event(name))], NOW + step * S_NS)
        heard |= {each.event for each in out if isinstance(each, EventReport)}
    back = [Item(report=retraction(name)) for name in ("e1", "e2", "e3")]

    _, out = release(CLOSED, released, back, NOW + 100 * S_NS)

    assert {each.subject for each in out if isinstance(each, RetractionReport)} == heard


def test_a_report_of_our_own_is_left_as_it_was() -> None:
    ours = event()
    before = msgspec.structs.asdict(ours)

    release(OPEN, Released(), [Item(report=ours)], NOW)

    assert msgspec.structs.asdict(ours) == before
