import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.errors import LogError
from tocsin.eventlog.anchor import (
    SLOT_BYTES,
    make_anchor,
    newest,
    open_anchor,
    place,
    read_slots,
    slot_of,
    slots_of,
    write_tip,
)
from tocsin.eventlog.event import BEGINNING, Tip


def tip(number: int) -> Tip:
    """Give a tip that differs from every other."""
    return Tip(number=number, digest=number.to_bytes(32, "big"))


def test_a_new_anchor_holds_the_beginning(tmp_path):
    make_anchor(tmp_path / "a.tip")

    assert slots_of((tmp_path / "a.tip").read_bytes()) == (BEGINNING, BEGINNING)
    assert list(tmp_path.iterdir()) == [tmp_path / "a.tip"]


def test_the_newest_tip_and_the_one_before_it_are_kept(tmp_path):
    make_anchor(tmp_path / "a.tip")
    anchor = open_anchor(tmp_path / "a.tip")

    with contextlib.closing(anchor.file):
        for number in range(1, 6):
            write_tip(anchor, tip(number))
            assert newest(read_slots(anchor)) == tip(number)
            assert set(read_slots(anchor)) >= {tip(number), tip(number - 1)}
    assert (tmp_path / "a.tip").stat().st_size == 2 * SLOT_BYTES


@given(torn=st.integers(0, SLOT_BYTES), over=st.sampled_from([0, 1]))
def test_a_torn_write_leaves_the_tip_before_it(torn, over):
    slots = [slot_of(tip(7)), slot_of(tip(7))]
    slots[over] = slot_of(tip(8))[:torn] + slot_of(tip(6))[torn:]

    assert newest(slots_of(b"".join(slots))) in {tip(7), tip(8)}


@given(at=st.integers(0, 63), bit=st.integers(0, 7))
def test_a_flipped_bit_in_a_slot_is_noticed(at, bit):
    slot = bytearray(slot_of(tip(7)))
    slot[at] ^= 1 << bit

    assert slots_of(bytes(slot) + slot_of(tip(6))) == (None, tip(6))


def test_a_damaged_slot_is_written_over_first(tmp_path):
    path = tmp_path / "a.tip"
    path.write_bytes(slot_of(tip(7)) + bytes(SLOT_BYTES))
    anchor = open_anchor(path)

    with contextlib.closing(anchor.file):
        write_tip(anchor, tip(8))
        assert read_slots(anchor) == (tip(7), tip(8))


def test_making_an_anchor_leaves_one_that_is_there(tmp_path):
    path = tmp_path / "a.tip"
    path.write_bytes(2 * slot_of(tip(3)))

    make_anchor(path)

    assert newest(slots_of(path.read_bytes())) == tip(3)


def test_a_file_is_put_in_its_place_whole_or_not_at_all(tmp_path):
    def fails(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(LogError, match="cannot be read and written: No space left on device"):
        place(fails, tmp_path / "it")
    assert list(tmp_path.iterdir()) == []


def test_an_anchor_in_no_folder_is_one_clear_line(tmp_path):
    with pytest.raises(LogError, match=r"a\.tip' cannot be read and written: No such file"):
        make_anchor(tmp_path / "none" / "a.tip")
