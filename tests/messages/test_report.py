import json
import math
import runpy
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from tocsin.errors import MessageError
from tocsin.messages.envelope import Envelope
from tocsin.messages.fields import REPORT_BYTES_MAX, SCAN_PLOTS_MAX
from tocsin.messages.report import CLASSES, KINDS, kind_of, read_report, write_report

MADE: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("made.py")))
GOLDEN = sorted(
    path.stem for path in MADE["GOLDEN"].glob("*.hex") if not path.stem.startswith("envelope")
)
encode = msgspec.msgpack.encode


def golden(name: str) -> list[Any]:
    """Give the plain values of a golden report."""
    return msgspec.msgpack.decode(MADE["golden_bytes"](name))


def fault_of(payload: bytes) -> str:
    """Give the fault that a payload is refused for."""
    with pytest.raises(MessageError) as caught:
        read_report(payload)
    assert "\n" not in str(caught.value)
    return caught.value.fault


def test_there_is_a_golden_report_of_every_kind() -> None:
    assert {name.partition("-")[0] for name in GOLDEN} == KINDS.keys()


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_bytes_are_read_and_written_as_ever(name: str) -> None:
    payload = MADE["golden_bytes"](name)
    told = json.loads((MADE["GOLDEN"] / f"{name}.json").read_text(encoding="utf-8"))

    report = read_report(payload)

    assert kind_of(report) == name.partition("-")[0]
    assert MADE["named"](report) == told
    assert write_report(report) == payload


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_report_comes_back_as_it_was_written(kind: str, data: st.DataObject) -> None:
    report = data.draw(MADE["reports"](kind))

    payload = write_report(report)

    assert read_report(payload) == report
    assert write_report(read_report(payload)) == payload


@given(payload=st.binary(max_size=300))
def test_random_bytes_are_refused(payload: bytes) -> None:
    assert fault_of(payload) in {"truncated", "corrupt", "unknown version", "wrong field"}


@pytest.mark.parametrize("name", GOLDEN)
@given(data=st.data())
def test_changed_bytes_are_refused_or_are_a_whole_report(name: str, data: st.DataObject) -> None:
    payload = bytearray(MADE["golden_bytes"](name))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(payload) - 1))
        length = data.draw(st.integers(0, 3))
        payload[place : place + length] = data.draw(st.binary(max_size=4))
        payload = payload or bytearray(b"\xc1")
    try:
        report = read_report(bytes(payload))
    except MessageError:
        return
    assert read_report(write_report(report)) == report


@pytest.mark.parametrize("name", GOLDEN)
def test_every_byte_may_be_changed_and_nothing_else_is_ever_raised(name: str) -> None:
    payload = MADE["golden_bytes"](name)
    for place in range(len(payload)):
        for value in (0x00, 0x7F, 0x80, 0x90, 0xC0, 0xC1, 0xC6, 0xCB, 0xD9, 0xDD, 0xDF, 0xFF):
            changed = payload[:place] + bytes([value]) + payload[place + 1 :]
            with suppress(MessageError):
                write_report(read_report(changed))


@pytest.mark.parametrize("name", GOLDEN)
def test_a_report_that_is_cut_short_is_truncated(name: str) -> None:
    payload = MADE["golden_bytes"](name)

    assert {fault_of(payload[:length]) for length in range(len(payload))} == {"truncated"}


def with_one_changed(value: Any, change: Any) -> Iterator[Any]:
    """Give plain values again and again, each time with another float of them changed."""
    if isinstance(value, float):
        yield change
    elif isinstance(value, list):
        for place, each in enumerate(value):
            for changed in with_one_changed(each, change):
                yield [*value[:place], changed, *value[place + 1 :]]


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", GOLDEN)
def test_no_number_that_is_not_finite_passes(name: str, wrong: float) -> None:
    for changed in with_one_changed(golden(name), wrong):
        assert fault_of(encode(changed)) == "not finite"


def nodes(node: Any) -> Iterator[Any]:
    """Give a type and every type inside it."""
    yield node
    for inside in (
        *(field.type for field in getattr(node, "fields", ())),
        *getattr(node, "types", ()),
        *getattr(node, "item_types", ()),
        *([node.type] if isinstance(node, inspect.Metadata) else []),
        *([node.item_type] if hasattr(node, "item_type") else []),
    ):
        yield from nodes(inside)


@pytest.mark.parametrize("record", [*CLASSES, Envelope], ids=lambda record: record.__name__)
def test_every_number_has_two_bounds_and_every_text_and_array_a_greatest_length(
    record: type,
) -> None:
    for node in nodes(inspect.type_info(record)):
        if isinstance(node, inspect.FloatType | inspect.IntType):
            assert node.ge is not None
            assert node.le is not None
        if isinstance(node, inspect.StrType | inspect.BytesType | inspect.VarTupleType):
            assert node.max_length is not None
        assert not isinstance(node, inspect.AnyType | inspect.DictType | inspect.ListType)


def test_fields_that_are_added_later_are_skipped() -> None:
    values = golden("heartbeat.1")

    assert read_report(encode([*values, "new", [1, 2]])) == read_report(encode(values))


def test_a_field_with_a_default_may_be_absent() -> None:
    assert read_report(encode(golden("notice.1")[:-1])).range_m is None


@pytest.mark.parametrize(
    ("name", "field", "value", "words"),
    [
        ("track.1", "existence", 1.5, "track.1: existence: Expected `float` <= 1.0"),
        ("track.1", "sensors", ["B"], "track.1: sensors[0]: Expected `str` matching"),
        ("track.1", "sensors", ["b", "a"], "sensors and sources must be sorted"),
        ("track.1", "sensors", ["a", "a"], "sensors and sources must be sorted"),
        ("track.1", "covariance", [1.0] * 20, "covariance: Expected `array` of length >= 21"),
        ("track.1", "covariance", [-1.0] * 21, "covariance has a variance below zero"),
        ("track.1", "last_tai_ns", 0, "must not be before first_tai_ns"),
        ("track.1", "track", "russia:12\n", "track: Expected `str` matching"),
        ("scan.1", "part", 2, "part is 2; it must be at most parts, 1"),
        ("scan.1", "end_tai_ns", 0, "must not be before start_tai_ns"),
        ("scan.1", "end_tai_ns", 1_790_000_001_000_000_000, "1250000000 ns after the start"),
        ("event.1", "launch_area", [0.1, 0.2, 1.0, 2.0, 0.0], "semi_minor_m is 2"),
        ("event.1", "level", 5, "level: Expected `int` <= 4"),
        ("notice.1", "window_end_tai_ns", 0, "must not be before window_start_tai_ns"),
        ("consultation.1", "says", "yes", "with the answer 'notice' and with no other"),
        ("consultation.1", "notice", None, "with the answer 'notice' and with no other"),
        ("alert.1", "expires_tai_ns", 0, "must not be before onset_tai_ns"),
        ("alert.1", "areas", [], "areas: Expected `array` of length >= 1"),
        ("command.1", "second", "officer:3", "it must be another person"),
        ("retraction.1", "sentence", "two\nlines", "sentence: Expected `str` matching"),
        ("summary.1", "idle", True, "an idle feed has none"),
        ("summary.1", "counts", [], "a feed without counts must be idle"),
        ("summary.1", "counts", [["slbm", 1], ["slbm", 2]], "counts must name each kind once"),
        ("heartbeat.1", "number", True, "number: Expected `int`, got `bool`"),
    ],
)
def test_a_wrong_field_is_named(name: str, field: str, value: Any, words: str) -> None:
    values = golden(name)
    values[KINDS[name].__struct_fields__.index(field) + 1] = value

    with pytest.raises(MessageError) as caught:
        read_report(encode(values))

    assert words in str(caught.value)
    assert caught.value.fault == "wrong field"


def test_an_idle_feed_differs_in_form_from_a_count_of_zero() -> None:
    idle, zeros = golden("summary.1-idle"), golden("summary.1")
    place = KINDS["summary.1"].__struct_fields__.index("counts") + 1
    zeros[place] = [["slbm", 0]]

    assert not read_report(encode(zeros)).idle
    for changed in ([["slbm", 2]], [["slbm", 0]]):
        assert fault_of(encode([*idle[:place], changed, *idle[place + 1 :]])) == "wrong field"


def test_an_event_tells_neither_sensors_nor_covariances() -> None:
    fields = KINDS["event.1"].__struct_fields__

    assert not [name for name in fields if "sensor" in name or "covariance" in name]


def test_a_report_over_64_kib_is_refused_when_read_and_when_written() -> None:
    plot = (2**62, 0, 1e6, 0.1, 0.1, 1.0, 1.0, 0.1, 0.1, 1.0, 1.0)
    values = golden("scan.1")
    scan = msgspec.structs.replace(
        read_report(encode(values)), plots=(plot,) * (SCAN_PLOTS_MAX // 2)
    )

    assert fault_of(bytes(REPORT_BYTES_MAX + 1)) == "oversized"
    assert fault_of(bytes(REPORT_BYTES_MAX)) != "oversized"
    with pytest.raises(MessageError, match=r"oversized: 9\d{4} bytes; at most 65536"):
        write_report(scan)


def test_a_length_that_is_not_there_takes_no_memory() -> None:
    for header in (b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff"):
        assert fault_of(header) == "truncated"
        assert fault_of(b"\x9a\xa6scan.1" + header) in {"truncated", "wrong field"}


def test_nesting_without_end_is_refused() -> None:
    assert fault_of(b"\x91" * 60_000) == "corrupt"


@pytest.mark.parametrize("kind", ["track.9", "missile.1", ""])
def test_an_unknown_version_is_told_from_a_corrupt_report(kind: str) -> None:
    assert fault_of(encode([kind, 1, 2])) == "unknown version"


def test_the_line_on_an_unknown_version_names_the_known_one() -> None:
    with pytest.raises(MessageError, match=r"'track\.9' cannot be read; known: track\.1;"):
        read_report(encode(["track.9"]))


@pytest.mark.parametrize("word", ["x" * 50_000, "\x1b[31m\n" * 40])
def test_a_senders_words_neither_fill_nor_colour_an_error_line(word: str) -> None:
    for values in (["heartbeat.1", 1, 1, word], [word, 1]):
        with pytest.raises(MessageError) as caught:
            read_report(encode(values))

        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 2**70},
        {"number": -1},
        {"number": "one"},
        {"number": object()},
        {"health": "fine"},
        {"health": "\ud800"},
    ],
)
def test_nothing_wrong_is_written(changes: dict[str, Any]) -> None:
    report = msgspec.structs.replace(read_report(encode(golden("heartbeat.1"))), **changes)

    with pytest.raises(MessageError, match=r"^heartbeat\.1: "):
        write_report(report)
