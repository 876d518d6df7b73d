"""The bank of tracks: rows keep all that is theirs, however they are taken, joined and changed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.lanes import Integers
from tocsin.tracking.bank import COLUMNS, NEVER_TAI_NS, RECENT, Bank, blank, joined

ERRORS = 3


def made(names: list[int], mixed: list[int]) -> Bank:
    """Give a bank whose every row bears its name in all columns; those at `mixed` are mixed."""
    name = np.array(names, np.int64)
    bank = blank(name.size, ERRORS)
    filled = {}
    for column in COLUMNS:
        values = getattr(bank, column)
        tall = name.reshape(-1, *[1] * (values.ndim - 1))
        filled[column] = np.broadcast_to(tall, values.shape).astype(values.dtype)
    at = np.array(mixed, np.int64)
    own = name[at].astype(float)
    return replace(
        bank,
        **filled,
        mix_rows=at,
        mix_mean=np.broadcast_to(own[:, None, None], (at.size, 3, 7)).copy(),
        mix_cov=np.broadcast_to(own[:, None, None, None], (at.size, 3, 7, 7)).copy(),
    )


def names_of(bank: Bank) -> Integers:
    """Give the names of rows, and hold every column to them."""
    names = bank.number
    for column in COLUMNS:
        values = getattr(bank, column)
        assert len(values) == bank.count
        assert np.all(values == names.reshape(-1, *[1] * (values.ndim - 1))), column
    assert bank.mix_rows.size == len(set(bank.mix_rows.tolist()))
    own = names[bank.mix_rows]
    assert np.all(bank.mix_mean == own[:, None, None])
    assert np.all(bank.mix_cov == own[:, None, None, None])
    assert len(bank.mix_mean) == len(bank.mix_cov) == own.size
    return names


def mixed_names(bank: Bank) -> set[int]:
    """Give the names of the mixed rows."""
    return set(bank.number[bank.mixed].tolist())


@st.composite
def banks(draw: st.DrawFn, first: int = 1) -> Bank:
    """Draw a bank, its mixed rows in any order."""
    count = draw(st.integers(0, 8))
    mixed = draw(st.lists(st.sampled_from(range(count)), unique=True)) if count else []
    return made(list(range(first, first + count)), mixed)


@given(bank=banks(), data=st.data())
def test_rows_in_a_new_order_keep_what_is_theirs(bank: Bank, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(bank.count)))
    rows = np.array(order[: data.draw(st.integers(0, bank.count))], np.int64)
    part = bank.take(rows)
    assert np.array_equal(names_of(part), bank.number[rows])
    assert mixed_names(part) == mixed_names(bank) & set(part.number.tolist())
    assert np.all(np.diff(part.mix_rows) > 0)


@given(bank=banks(), data=st.data())
def test_rows_that_are_not_mixed_may_be_taken_often(bank: Bank, data: st.DataObject) -> None:
    single = np.flatnonzero(~bank.mixed)
    if single.size == 0:
        return
    rows = np.array(data.draw(st.lists(st.sampled_from(single.tolist()), max_size=12)), np.int64)
    part = bank.take(rows)
    assert np.array_equal(names_of(part), bank.number[rows])
    assert part.mix_rows.size == 0


@given(parts=st.tuples(banks(1), banks(11), banks(21)))
def test_joined_banks_hold_the_rows_of_each_in_turn(parts: tuple[Bank, ...]) -> None:
    whole = joined(parts)
    assert np.array_equal(names_of(whole), np.concatenate([part.number for part in parts]))
    assert mixed_names(whole) == set().union(*(mixed_names(part) for part in parts))


@given(parts=st.tuples(banks(1), banks(11)), data=st.data())
def test_what_is_joined_comes_apart_again(parts: tuple[Bank, Bank], data: st.DataObject) -> None:
    whole = joined(parts)
    order = np.array(data.draw(st.permutations(range(whole.count))), np.int64)
    moved = whole.take(order)
    back = moved.take(np.argsort(order))
    names_of(back)
    assert np.array_equal(back.number, whole.number)
    assert np.array_equal(back.mixed, whole.mixed)


@given(bank=banks(), data=st.data())
def test_replaced_columns_change_these_rows_and_the_new_bank_alone(
    bank: Bank, data: st.DataObject
) -> None:
    rows = np.array(
        data.draw(st.lists(st.integers(0, max(bank.count - 1, 0)), unique=True))
        if bank.count
        else [],
        np.int64,
    )
    after = bank.with_rows(rows, score=-5.0, hits=np.full(rows.size, 77))
    names_of(bank)
    assert np.all(after.score[rows] == -5.0)
    assert np.all(after.hits[rows] == 77)
    others = np.setdiff1d(np.arange(bank.count), rows)
    assert np.array_equal(after.score[others], bank.score[others])
    assert after.mean is bank.mean
    assert np.array_equal(after.mix_rows, bank.mix_rows)


def test_blank_rows_have_seen_nothing_and_coast() -> None:
    bank = blank(3, ERRORS)
    assert bank.sensitivity.shape == (3, 6, ERRORS)
    assert bank.recent.shape == (3, RECENT)
    assert np.all(bank.recent == -1)
    assert np.all(bank.plume_tai_ns == NEVER_TAI_NS)
    assert bank.modes.tolist() == [[0.0, 1.0, 0.0]] * 3
    assert not np.any(bank.mixed)


def test_a_bank_without_rows_joins_and_is_taken_from() -> None:
    none = blank(0, ERRORS)
    assert joined([none, none]).count == 0
    assert none.take(np.empty(0, np.int64)).count == 0
    assert joined([none, made([4, 5], [1])]).number.tolist() == [4, 5]


def test_banks_of_other_errors_do_not_join() -> None:
    with pytest.raises(ValueError, match="dimension"):
        joined([blank(1, 3), blank(1, 6)])
