"""Signatures: every change is seen, and each key is believed in its own time only."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.messages.envelope import FIRST_PREVIOUS, UNSIGNED, Envelope
from tocsin.partners.keys import KeyRing, KeysError, revoked
from tocsin.partners.signing import (
    private_from_pem,
    private_from_seed,
    private_pem,
    public_of,
    sign,
    verify,
)

AURORA = private_from_seed("aurora", bytes(range(32)))
BOREALIS = private_from_seed("borealis", bytes(32))
RING = KeyRing(
    keys=(public_of(AURORA, since_tai_ns=100, until_tai_ns=1_000), public_of(BOREALIS, 0))
)


def envelope(sent_ns: int = 500, sender: str = "aurora") -> Envelope:
    return Envelope(
        sender=sender,
        receiver="celadon",
        number=1,
        sent_tai_ns=sent_ns,
        data_class="test",
        previous=FIRST_PREVIOUS,
        reports=(b"one", b"two"),
        key="none",
    )


def test_the_public_key_is_that_of_the_published_example() -> None:
    # RFC 8032, section 7.1, test 1.
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"

    assert public_of(private_from_seed("aurora", seed), 0).public.hex() == public


def test_what_a_partner_signs_is_believed() -> None:
    assert verify(sign(envelope(), AURORA), RING) is None


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"number": 2}, "wrong signature"),
        ({"receiver": "borealis"}, "wrong signature"),
        ({"sent_tai_ns": 501}, "wrong signature"),
        ({"data_class": "actual"}, "wrong signature"),
        ({"previous": bytes([1]) * 32}, "wrong signature"),
        ({"reports": (b"one", b"tw0")}, "wrong signature"),
        ({"reports": (b"onetwo",)}, "wrong signature"),
        ({"signature": UNSIGNED}, "unsigned"),
        ({"key": BOREALIS.id}, "unknown key"),
        ({"key": "0123456789abcdef"}, "unknown key"),
        ({"sender": "borealis"}, "unknown key"),
        ({"sender": "nobody"}, "unknown sender"),
    ],
)
def test_every_change_of_what_is_signed_is_named(change: dict[str, object], fault: str) -> None:
    signed = sign(envelope(), AURORA)

    assert verify(msgspec.structs.replace(signed, **change), RING) == fault  # type: ignore[arg-type]


@given(bit=st.integers(0, 511))
def test_no_bit_of_a_signature_may_be_turned(bit: int) -> None:
    signed = sign(envelope(), AURORA)
    turned = bytearray(signed.signature)
    turned[bit // 8] ^= 1 << bit % 8

    changed = msgspec.structs.replace(signed, signature=bytes(turned))

    assert verify(changed, RING) == "wrong signature"


@pytest.mark.parametrize(
    ("sent", "fault"),
    [(99, "key not in force"), (100, None), (999, None), (1_000, "key not in force")],
)
def test_a_key_counts_from_its_start_until_its_end(sent: int, fault: str | None) -> None:
    assert verify(sign(envelope(sent), AURORA), RING) == fault


@pytest.mark.parametrize(
    ("sent", "fault"), [(499, None), (500, "revoked key"), (700, "revoked key")]
)
def test_what_was_signed_before_a_revocation_stays_valid(sent: int, fault: str | None) -> None:
    assert verify(sign(envelope(sent), AURORA), revoked(RING, AURORA.id, 500)) == fault


def test_a_private_key_survives_its_file_and_does_not_show_itself() -> None:
    assert private_from_pem(private_pem(AURORA), "aurora", "a.pem") == AURORA
    assert AURORA.private.hex() not in repr(AURORA)
    assert repr(AURORA.private) not in repr(AURORA)


@pytest.mark.parametrize("pem", [b"", b"no key", private_pem(AURORA)[:60]])
def test_a_file_without_a_key_is_named(pem: bytes) -> None:
    with pytest.raises(KeysError, match=r"a\.pem: it holds no private key"):
        private_from_pem(pem, "aurora", "a.pem")
