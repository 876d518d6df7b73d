"""The ring of public keys: it grows, keys end and are revoked, and nothing of that is undone."""

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.partners.keys import (
    KeyRing,
    KeysError,
    PublicKey,
    accepted,
    added,
    current,
    key_id,
    published,
    revoked,
    ring_from_text,
    ring_text,
    rotated,
)

DAY_NS = 86_400 * 1_000_000_000
START_NS = 20_000 * DAY_NS


def key(
    number: int, partner: str = "aurora", since_ns: int = START_NS, until_ns: int | None = None
) -> PublicKey:
    public = bytes([number]) * 32
    return PublicKey(
        partner=partner,
        id=key_id(public),
        public=public,
        since_tai_ns=since_ns,
        until_tai_ns=until_ns,
    )


instants = st.integers(0, 2**62)
keys = st.builds(
    lambda number, partner, since, lasts, revoked_at: replace(
        key(number, partner, since, None if lasts is None else since + lasts),
        revoked_at_tai_ns=revoked_at,
    ),
    st.integers(0, 255),
    st.sampled_from(["aurora", "borealis", "c-3"]),
    instants,
    st.none() | st.integers(1, 2**60),
    st.none() | instants,
)
rings = st.lists(keys, max_size=6, unique_by=lambda each: each.id).map(
    lambda found: KeyRing(keys=tuple(found))
)


def test_the_id_of_a_key_is_the_front_of_its_digest() -> None:
    # BLAKE2b-256 of 32 zero bytes, by coreutils: head -c 32 /dev/zero | b2sum -l 256
    assert key_id(bytes(32)) == "89eb0d6a8a691dae"


@given(ring=rings)
def test_a_ring_survives_its_file(ring: KeyRing) -> None:
    assert ring_from_text(ring_text(ring), "ring.json") == ring


@given(ring=rings, text=st.text(max_size=60))
def test_a_damaged_ring_gives_one_line_and_no_other_error(ring: KeyRing, text: str) -> None:
    whole = ring_text(ring)
    for damaged in (text, whole[: len(whole) // 2], whole.replace("a", text, 1)):
        with suppress(KeysError):
            ring_from_text(damaged, "ring.json")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("id", "0" * 16, "its public bytes have the id"),
        ("public", "zz", "64 hexadecimal digits"),
        ("partner", "Aurora", "is not an id"),
        ("partner", 3, "it must be text"),
        ("since_utc", "yesterday", "ISO 8601"),
        ("until_utc", "1990-01-01T00:00:00Z", "is not after since"),
        ("colour", "red", "unknown field 'colour'"),
    ],
)
def test_a_wrong_field_is_named(field: str, value: object, said: str) -> None:
    record = json.loads(ring_text(KeyRing(keys=(key(1),))))
    record["keys"][0][field] = value

    with pytest.raises(KeysError, match=said):
        ring_from_text(json.dumps(record), "ring.json")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": "other"}, "it is no ring of keys"),
        ({"version": 2}, "version 2 is not known; this tocsin reads 1"),
        ({"keys": {}}, "'keys' must be a list"),
        ({"more": 1}, "unknown field 'more'"),
    ],
)
def test_a_ring_of_another_form_or_version_is_refused(change: dict[str, object], said: str) -> None:
    record = json.loads(ring_text(KeyRing())) | change

    with pytest.raises(KeysError, match=said):
        ring_from_text(json.dumps(record), "ring.json")


def test_the_same_key_is_not_in_a_ring_twice() -> None:
    with pytest.raises(KeysError, match="in the ring twice"):
        KeyRing(keys=(key(1), key(1)))


def test_rotation_lets_both_keys_count_for_the_overlap_and_the_new_one_sign() -> None:
    new = key(2, since_ns=START_NS + 10 * DAY_NS)
    ring = rotated(added(KeyRing(), key(1)), new, overlap_s=7 * 86_400.0)

    def signs(day: int) -> str | None:
        found = current(ring, "aurora", START_NS + day * DAY_NS)
        return found and found.id

    assert (signs(-1), signs(0), signs(9)) == (None, key(1).id, key(1).id)
    assert (signs(10), signs(18)) == (new.id, new.id)
    old = ring.find(key(1).id)
    assert old is not None
    assert old.signs_at(START_NS + 17 * DAY_NS - 1)
    assert not old.signs_at(START_NS + 17 * DAY_NS)


def test_rotation_touches_no_other_partner_and_no_end_that_comes_sooner() -> None:
    other, ending = key(3, "borealis"), key(1, until_ns=START_NS + DAY_NS)
    ring = rotated(
        KeyRing(keys=(other, ending)), key(2, since_ns=START_NS + 10 * DAY_NS), overlap_s=0.0
    )

    assert ring.find(other.id) == other
    assert ring.find(ending.id) == ending


@given(ring=rings, at=instants, later=instants)
def test_a_revocation_holds_from_its_instant_on_and_is_never_moved_later(
    ring: KeyRing, at: int, later: int
) -> None:
    for each in ring.keys:
        once = revoked(ring, each.id, at).find(each.id)
        twice = revoked(revoked(ring, each.id, at), each.id, at + later).find(each.id)
        assert once == twice
        assert once is not None
        assert not once.signs_at(at)
        assert not once.signs_at(at + later)
        if at > 0:
            assert once.signs_at(at - 1) == each.signs_at(at - 1)


def test_an_unknown_key_cannot_be_revoked() -> None:
    with pytest.raises(KeysError, match="there is no key"):
        revoked(KeyRing(keys=(key(1),)), "0" * 16, START_NS)


@given(ours=rings, theirs=rings, at=instants)
def test_nothing_that_was_revoked_comes_back_from_a_partner(
    ours: KeyRing, theirs: KeyRing, at: int
) -> None:
    told = KeyRing(keys=theirs.of("aurora"))
    try:
        ring = accepted(ours, "aurora", told)
    except KeysError:
        return
    for each in ours.keys:
        now = ring.find(each.id)
        assert now is not None
        assert not now.signs_at(at) or each.signs_at(at)


def test_a_partner_brings_keys_of_its_own_only() -> None:
    with pytest.raises(KeysError, match="has some of 'borealis'"):
        accepted(KeyRing(), "aurora", KeyRing(keys=(key(1), key(2, "borealis"))))


def test_what_is_published_is_accepted_and_brings_the_revocation() -> None:
    ours = revoked(added(KeyRing(), key(1)), key(1).id, START_NS + DAY_NS)
    theirs = KeyRing(keys=(key(1), key(3, "borealis")))

    after = accepted(theirs, "aurora", published(ours, "aurora"))

    assert after.of("aurora") == ours.of("aurora")
    assert after.of("borealis") == theirs.of("borealis")


def test_an_older_file_of_a_partner_undoes_neither_an_end_nor_a_revocation() -> None:
    older = KeyRing(keys=(key(1),))
    ended = KeyRing(keys=(key(1, until_ns=START_NS + 5 * DAY_NS),))
    newer = revoked(ended, key(1).id, START_NS + DAY_NS)

    assert accepted(newer, "aurora", older) == newer
    assert accepted(older, "aurora", newer) == newer
