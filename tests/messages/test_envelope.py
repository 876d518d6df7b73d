import json
import runpy
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from tocsin.errors import MessageError
from tocsin.messages.envelope import (
    FIRST_PREVIOUS,
    Envelope,
    digest,
    read_envelope,
    signed_bytes,
    write_envelope,
)
from tocsin.messages.fields import ENVELOPE_BYTES_MAX, REPORT_BYTES_MAX
from tocsin.messages.report import read_report

MADE: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("made.py")))
ENVELOPES = MADE["values_of"](inspect.type_info(Envelope))
GOLDEN: bytes = MADE["golden_bytes"]("envelope.1")
GOLDEN_DIGEST = "1200d2ff01789a48c8a0734f9de257bbfaa5449af33f67a61146263371878d41"
encode, decode, replace = msgspec.msgpack.encode, msgspec.msgpack.decode, msgspec.structs.replace


def fault_of(payload: bytes) -> str:
    """Give the fault that a payload is refused for."""
    with pytest.raises(MessageError) as caught:
        read_envelope(payload)
    assert "\n" not in str(caught.value)
    return caught.value.fault


def test_golden_bytes_are_read_written_signed_and_digested_as_ever() -> None:
    told = json.loads((MADE["GOLDEN"] / "envelope.1.json").read_text(encoding="utf-8"))

    envelope = read_envelope(GOLDEN)

    assert MADE["named"](envelope) == told
    assert write_envelope(envelope) == GOLDEN
    assert signed_bytes(envelope) == MADE["golden_bytes"]("envelope.1-signed")
    assert digest(envelope).hex() == GOLDEN_DIGEST
    assert digest(envelope) == blake2b(GOLDEN, digest_size=32).digest()
    assert [read_report(each) for each in envelope.reports]


@given(envelope=ENVELOPES)
def test_an_envelope_comes_back_as_it_was_written(envelope: Envelope) -> None:
    assert read_envelope(write_envelope(envelope)) == envelope


@given(one=ENVELOPES, other=ENVELOPES)
def test_whatever_differs_besides_the_signature_changes_what_is_signed(
    one: Envelope, other: Envelope
) -> None:
    same = replace(one, signature=other.signature) == replace(other, signature=other.signature)

    assert (signed_bytes(one) == signed_bytes(other)) == same


@pytest.mark.parametrize("field", Envelope.__struct_fields__)
def test_each_field_but_the_signature_is_signed_and_each_is_digested(field: str) -> None:
    envelope = read_envelope(GOLDEN)
    value = getattr(envelope, field)
    changed = {
        str: "actual" if field == "data_class" else "another",
        int: 77,
        bytes: bytes(64 if field == "signature" else 32),
        tuple: (),
    }[type(value)]

    other = replace(envelope, **{field: changed})

    assert (signed_bytes(other) == signed_bytes(envelope)) == (field == "signature")
    assert digest(other) != digest(envelope)


@given(data=st.data())
def test_changed_bytes_are_refused_or_are_the_one_form_of_an_envelope(data: st.DataObject) -> None:
    payload = bytearray(GOLDEN)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(0, len(payload) - 1)))
        payload[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    try:
        envelope = read_envelope(bytes(payload))
    except MessageError:
        return
    assert write_envelope(envelope) == payload


def test_every_byte_may_be_changed_and_nothing_else_is_ever_raised() -> None:
    for place in range(len(GOLDEN)):
        for value in (0x00, 0x7F, 0x80, 0x90, 0xC0, 0xC1, 0xC6, 0xCB, 0xD9, 0xDD, 0xDF, 0xFF):
            changed = GOLDEN[:place] + bytes([value]) + GOLDEN[place + 1 :]
            with suppress(MessageError):
                assert write_envelope(read_envelope(changed)) == changed


@given(payload=st.binary(max_size=300))
def test_random_bytes_are_refused(payload: bytes) -> None:
    assert fault_of(payload) in {"truncated", "corrupt", "unknown version", "wrong field"}


def test_an_envelope_that_is_cut_short_is_truncated() -> None:
    assert {fault_of(GOLDEN[:length]) for length in range(len(GOLDEN))} == {"truncated"}


def test_nothing_can_ride_along_unsigned() -> None:
    longer = encode([*decode(GOLDEN), "more"])
    wider = GOLDEN.replace(b"\x02\xcf", b"\xcc\x02\xcf", 1)

    assert decode(wider) == decode(GOLDEN)
    assert fault_of(longer) == fault_of(wider) == fault_of(GOLDEN + b"\xc0") == "corrupt"


def test_another_version_is_told_from_a_corrupt_envelope() -> None:
    assert fault_of(GOLDEN.replace(b"envelope.1", b"envelope.2")) == "unknown version"


def test_a_number_that_is_not_finite_is_said_to_be() -> None:
    values = decode(GOLDEN)

    assert fault_of(encode([*values[:3], float("nan"), *values[4:]])) == "not finite"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sender", "Russia"),
        ("receiver", "china\n"),
        ("number", 0),
        ("sent_tai_ns", -1),
        ("data_class", "real"),
        ("previous", bytes(31)),
        ("reports", (b"",)),
        ("reports", (bytes(REPORT_BYTES_MAX + 1),)),
        ("key", ""),
        ("signature", bytes(63)),
        ("number", 2**70),
    ],
)
def test_a_wrong_field_is_named_and_is_not_written(field: str, value: object) -> None:
    wrong = replace(read_envelope(GOLDEN), **{field: value})

    with pytest.raises(MessageError) as caught:
        write_envelope(wrong)

    assert caught.value.fault == "wrong field"
    assert field in str(caught.value) or value == 2**70


def test_an_envelope_over_1_mib_is_refused_when_read_and_when_written() -> None:
    full = replace(read_envelope(GOLDEN), reports=(bytes(REPORT_BYTES_MAX),) * 15)
    over = replace(full, reports=(bytes(REPORT_BYTES_MAX),) * 16)

    assert read_envelope(write_envelope(full)) == full
    assert fault_of(bytes(ENVELOPE_BYTES_MAX + 1)) == "oversized"
    with pytest.raises(MessageError, match=r"oversized: 1048\d\d\d bytes; at most 1048576"):
        write_envelope(over)


def test_the_first_envelope_follows_zeros() -> None:
    assert bytes(32) == FIRST_PREVIOUS
