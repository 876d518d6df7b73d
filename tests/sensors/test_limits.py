"""The check of one number: it lets the limits through and nothing outside them."""

import math

import pytest

from tocsin.errors import TocsinError
from tocsin.sensors.limits import (
    CONFIRM_WINDOW_MAX,
    check_between,
    check_confirmation,
    check_named,
)


@pytest.mark.parametrize("value", [1.0, 1.5, 2.0])
def test_a_number_on_or_within_its_limits_passes(value: float) -> None:
    check_between("radar 'a'", "revisit_s", value, 1.0, 2.0)


@pytest.mark.parametrize("value", [0.999, 2.001, math.nan, math.inf, -math.inf])
def test_a_number_outside_its_limits_is_refused_by_thing_key_value_and_limits(
    value: float,
) -> None:
    with pytest.raises(TocsinError) as refused:
        check_between("radar 'a'", "revisit_s", value, 1.0, 2.0)

    assert str(refused.value) == f"radar 'a': revisit_s is {value:g}; it must be from 1 to 2"


def test_an_empty_name_is_refused() -> None:
    check_named("radar", "id", "a")
    with pytest.raises(TocsinError, match="radar: id is empty; give it a name"):
        check_named("radar", "id", "  ")


def test_the_longest_confirmation_window_passes_and_a_longer_one_does_not() -> None:
    check_confirmation("radar 'a'", CONFIRM_WINDOW_MAX, CONFIRM_WINDOW_MAX)
    with pytest.raises(TocsinError, match=f"confirm_window is {CONFIRM_WINDOW_MAX + 1}"):
        check_confirmation("radar 'a'", 1, CONFIRM_WINDOW_MAX + 1)
