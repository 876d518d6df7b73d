from typing import Any

import msgspec
import pytest

from tocsin.errors import MessageError
from tocsin.messages.office import HeartbeatReport
from tocsin.messages.report import KINDS, read_report
from tocsin.messages.versions import RETIRED, Upgrade

encode = msgspec.msgpack.encode


def from_minutes(fields: list[Any]) -> list[Any]:
    """Turn a made-up layout, (number, minutes), into another, (number, ns)."""
    return [fields[0], round(fields[1] * 60) * 10**9]


def with_health(fields: list[Any]) -> list[Any]:
    """Turn the made-up layout (number, ns) into that of heartbeat.1."""
    return [fields[1], fields[0], "ok"]


OLDER = {
    "pulse.1": Upgrade(to="pulse.2", change=from_minutes),
    "pulse.2": Upgrade(to="heartbeat.1", change=with_health),
}
WANTED = HeartbeatReport(sent_tai_ns=120 * 10**9, number=7, health="ok")


def test_an_older_layout_is_carried_over_every_version_between() -> None:
    assert read_report(encode(["pulse.2", 7, 120 * 10**9]), OLDER) == WANTED
    assert read_report(encode(["pulse.1", 7, 2.0]), OLDER) == WANTED


def test_the_newest_version_is_read_as_it_is_beside_older_ones() -> None:
    assert read_report(encode(WANTED), OLDER) == WANTED


def test_a_layout_that_nobody_knows_is_refused() -> None:
    with pytest.raises(MessageError, match="unknown version"):
        read_report(encode(["pulse.1", 7, 2.0]))


@pytest.mark.parametrize(
    "fields", [[], [7], [7, "two"], [7, None], [7, float("inf")], [7, float("nan")]]
)
def test_an_older_report_with_wrong_fields_is_refused(fields: list[Any]) -> None:
    with pytest.raises(MessageError, match=r"^pulse\.1: ") as caught:
        read_report(encode(["pulse.1", *fields]), OLDER)

    assert caught.value.fault == "wrong field"


def test_an_older_report_is_checked_as_a_new_one_is() -> None:
    with pytest.raises(MessageError, match=r"^pulse\.2: number: Expected `int` >= 1"):
        read_report(encode(["pulse.2", 0, 5]), OLDER)


def test_steps_in_a_circle_are_our_own_mistake() -> None:
    circle = {"pulse.1": Upgrade(to="pulse.1", change=list)}

    with pytest.raises(AssertionError, match="circle"):
        read_report(encode(["pulse.1", 7]), circle)


def test_no_kind_is_both_retired_and_current_and_each_leads_to_a_current_one() -> None:
    assert not RETIRED.keys() & KINDS.keys()
    assert {step.to for step in RETIRED.values()} <= KINDS.keys() | RETIRED.keys()
