"""Common Alerting Protocol 1.2: what is written is valid, what is hostile is refused."""

from dataclasses import replace
from hashlib import sha256
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.errors import AlertError
from tocsin.formats.cap import (
    CAP_BYTES_MAX,
    CapArea,
    CapInfo,
    CapMessage,
    cap_time,
    read_cap,
    tai_from_cap,
    write_cap,
)

SENT = tai_from_utc("2026-03-01T08:00:00Z")
SCHEMA_SHA256 = "dd73a2e1f76efa451814b02b127bbf4c86cedc7bb21a77204231c38c84d8fd36"
SQUARE = ((43.0, 141.0), (43.0, 142.0), (44.0, 142.0), (43.0, 141.0))

INFO = CapInfo(
    language="en",
    event="Missile warning",
    urgency="Immediate",
    severity="Extreme",
    certainty="Likely",
    responses=("Shelter",),
    effective_tai_ns=SENT,
    onset_tai_ns=SENT + 480 * SECOND_NS,
    expires_tai_ns=SENT + 1400 * SECOND_NS,
    headline="Take shelter now",
    description='Shelter & "wait" <here>',
    instruction="Go in.",
    parameters=(("event", "e1"),),
    areas=(CapArea(description="Sapporo", polygons=(SQUARE,), geocodes=(("area", "s"),)),),
)
MESSAGE = CapMessage(
    identifier="testland.e1.1",
    sender="warning@testland.example",
    sent_tai_ns=SENT,
    status="Actual",
    message_type="Alert",
    scope="Public",
    incidents=("e1", "two words"),
    infos=(INFO,),
)
UPDATE = replace(
    MESSAGE,
    identifier="testland.e1.2",
    message_type="Update",
    references=(("warning@testland.example", "testland.e1.1", SENT),),
)


def valid(written: bytes) -> bool:
    """Ask the schema itself, read anew."""
    schema = etree.XMLSchema(
        etree.fromstring((files("tocsin.formats") / "schemas" / "cap-1.2.xsd").read_bytes())
    )
    return bool(schema.validate(etree.fromstring(written)))


def test_the_schema_is_the_file_that_was_copied() -> None:
    held = (files("tocsin.formats") / "schemas" / "cap-1.2.xsd").read_bytes()

    assert sha256(held).hexdigest() == SCHEMA_SHA256


def test_what_is_written_is_valid_and_reads_back_the_same() -> None:
    for message in (MESSAGE, UPDATE):
        written = write_cap(message)
        assert valid(written)
        assert read_cap(written) == message


WORD = st.text("abcXYZ09.-_@:/", min_size=1, max_size=12)
LINE = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=40
)
SECONDS = st.integers(0, 10**9).map(lambda s: SENT + s * SECOND_NS)
DEGREES = st.tuples(
    st.integers(-90 * 10**5, 90 * 10**5).map(lambda n: n / 1e5),
    st.integers(-180 * 10**5, 180 * 10**5).map(lambda n: n / 1e5),
)
RINGS = st.lists(DEGREES, min_size=3, max_size=6).map(lambda pairs: (*pairs, pairs[0]))


@given(
    name=WORD,
    sender=WORD,
    sent=SECONDS,
    headline=LINE,
    texts=st.lists(st.tuples(LINE, LINE), max_size=3),
    rings=st.lists(RINGS, max_size=3),
    references=st.lists(st.tuples(WORD, WORD, SECONDS), min_size=1, max_size=3),
    status=st.sampled_from(["Actual", "Exercise", "System", "Test", "Draft"]),
)
def test_any_message_reads_back_as_it_was_written(
    name: str,
    sender: str,
    sent: int,
    headline: str,
    texts: list[tuple[str, str]],
    rings: list[tuple[tuple[float, float], ...]],
    references: list[tuple[str, str, int]],
    status: str,
) -> None:
    area = CapArea(description=headline, polygons=tuple(rings), geocodes=tuple(texts))
    message = replace(
        UPDATE,
        identifier=name,
        sender=sender,
        sent_tai_ns=sent,
        status=status,
        references=tuple(references),
        infos=(replace(INFO, headline=headline, parameters=tuple(texts), areas=(area,)),),
    )

    written = write_cap(message)

    assert valid(written)
    assert read_cap(written) == message


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (replace(MESSAGE, identifier="a b"), "identifier 'a b' must have no space"),
        (replace(MESSAGE, identifier=""), "identifier '' must have"),
        (replace(MESSAGE, sender="a,b"), "sender 'a,b' must have no space"),
        (replace(MESSAGE, sender="a<b"), "sender"),
        (replace(MESSAGE, sender="a&b"), "sender"),
        (replace(MESSAGE, message_type="Update"), "must say what it refers to"),
        (replace(MESSAGE, message_type="Cancel"), "must say what it refers to"),
        (replace(UPDATE, references=(("a b", "c", SENT),)), "is not usable"),
        (replace(MESSAGE, scope="Restricted"), "needs a restriction"),
        (replace(MESSAGE, scope="Private"), "needs addresses"),
        (replace(MESSAGE, status="Real"), "not CAP 1.2: .*status"),
        (replace(MESSAGE, note="bell \x07"), "XML cannot hold"),
        (replace(MESSAGE, infos=(replace(INFO, urgency="Now"),)), "not CAP 1.2: .*urgency"),
        (
            replace(MESSAGE, infos=(replace(INFO, expires_tai_ns=SENT),)),
            "expires before it begins",
        ),
    ],
)
def test_what_the_standard_forbids_is_not_written(message: CapMessage, said: str) -> None:
    with pytest.raises(AlertError, match=said):
        write_cap(message)


@pytest.mark.parametrize(
    ("ring", "said"),
    [
        (SQUARE[:3], "4 pairs or more, the last as the first"),
        ((*SQUARE[:3], (43.0, 141.1)), "the last as the first"),
        (((43.0, 141.0), (43.0, 190.0), (44.0, 142.0), (43.0, 141.0)), "lies beyond"),
        (((43.0, 141.0), (99.0, 141.0), (44.0, 142.0), (43.0, 141.0)), "lies beyond"),
    ],
)
def test_a_polygon_is_closed_has_four_pairs_and_lies_on_earth(
    ring: tuple[tuple[float, float], ...], said: str
) -> None:
    area = CapArea(description="Sapporo", polygons=(ring,))

    with pytest.raises(AlertError, match=said):
        write_cap(replace(MESSAGE, infos=(replace(INFO, areas=(area,)),)))


def test_a_time_has_an_offset_and_never_a_z() -> None:
    assert cap_time(SENT + 123) == "2026-03-01T08:00:00-00:00"
    assert tai_from_cap("2026-03-01T17:00:00+09:00") == SENT
    assert tai_from_cap("2026-03-01T03:30:00-04:30") == SENT
    for wrong in ("2026-03-01T08:00:00Z", "2026-03-01T08:00:00", "2026-03-01T08:00:00.5-00:00"):
        with pytest.raises(AlertError, match="no Z"):
            tai_from_cap(wrong)


def test_a_leap_second_is_written_as_the_second_before() -> None:
    leap = tai_from_utc("2016-12-31T23:59:60Z")

    assert cap_time(leap) == "2016-12-31T23:59:59-00:00"
    assert valid(write_cap(replace(MESSAGE, sent_tai_ns=leap, infos=())))


GOOD = write_cap(MESSAGE).decode()
BOMB = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (GOOD.replace("?>", "?>" + BOMB, 1).replace("Go in.", "&b;"), "document type"),
        (GOOD.replace("?>", "?>" + OUTSIDE, 1).replace("Go in.", "&a;"), "document type"),
        (GOOD.replace("?>", '?><!DOCTYPE a SYSTEM "http://x.example/a.dtd">', 1), "document type"),
        (GOOD.replace("Go in.", "&nothing;"), "not XML"),
        (GOOD[:-10], "not XML"),
        ("", "not XML"),
        (GOOD.replace("cap:1.2", "cap:1.1"), "must be a CAP 1.2 alert"),
        (GOOD.replace("<status>Actual</status>", ""), "not CAP 1.2"),
        (GOOD.replace("08:00:00-00:00", "08:00:00Z", 1), "not CAP 1.2"),
        (GOOD.replace("43.00000,141.00000", "43.00000", 1), "must be latitude,longitude"),
        (GOOD.replace("43.00000,141.00000", "nan,nan"), "pairs or more, the last|beyond"),
        (GOOD.replace("<msgType>Alert", "<msgType>Update"), "what it refers to"),
        (GOOD.replace("e1.1<", "e1 1<"), "must have no space"),
        (GOOD.replace("2026-03-01T08:00", "9026-03-01T08:00"), "out of range|1700"),
        (GOOD.replace("UTF-8", "UTF-16", 1), "write it in UTF-8"),
        ("<a>" * 5_000, "not XML"),
    ],
)
def test_hostile_or_broken_xml_is_one_clear_error(data: str, said: str) -> None:
    with pytest.raises(AlertError, match=said) as caught:
        read_cap(data.encode(), "inbox/1.xml")

    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_other_encodings_and_oversized_messages_are_refused() -> None:
    with pytest.raises(AlertError, match="not UTF-8"):
        read_cap(GOOD.encode("utf-16"))
    with pytest.raises(AlertError, match="an alert has at most"):
        read_cap(b" " * (CAP_BYTES_MAX + 1))


@given(cut=st.integers(0, len(GOOD)), put=st.binary(max_size=6), length=st.integers(0, 30))
def test_damaged_bytes_raise_nothing_but_an_alert_error(cut: int, put: bytes, length: int) -> None:
    held = GOOD.encode()
    damaged = held[:cut] + put + held[cut + length :]

    try:
        message = read_cap(damaged)
    except AlertError:
        return
    assert isinstance(message, CapMessage)
