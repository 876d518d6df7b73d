"""Signing what leaves and checking what arrives: Ed25519 over all of an envelope but its signature.

Source: Josefsson and Liusvaara, Edwards-Curve Digital Signature Algorithm (EdDSA), RFC 8032, 2017.
"""

from dataclasses import dataclass
from functools import lru_cache

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from tocsin.messages.envelope import UNSIGNED, Envelope, signed_bytes
from tocsin.partners.keys import KeyRing, KeysError, PublicKey, key_id

NOT_SIGNED, WRONG_SIGNATURE, REVOKED_KEY = "unsigned", "wrong signature", "revoked key"
UNKNOWN_SENDER, UNKNOWN_KEY, KEY_NOT_IN_FORCE = "unknown sender", "unknown key", "key not in force"
FAULTS = (
    NOT_SIGNED,
    WRONG_SIGNATURE,
    REVOKED_KEY,
    UNKNOWN_SENDER,
    UNKNOWN_KEY,
    KEY_NOT_IN_FORCE,
)
"""What `verify` may find."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateKey:
    """What a partner signs with; its text form does not show it."""

    partner: str
    id: str
    private: bytes
    """The 32 bytes of seed."""

    def __repr__(self) -> str:
        return f"PrivateKey(partner={self.partner!r}, id={self.id!r})"


def private_from_seed(partner: str, seed: bytes) -> PrivateKey:
    """Give the private key that 32 bytes make; they must be unpredictable outside of a test."""
    if len(seed) != 32:
        raise KeysError(f"a seed of {len(seed)} bytes; it must have 32")
    return PrivateKey(partner=partner, id=key_id(_public_of(seed)), private=seed)


def public_of(key: PrivateKey, since_tai_ns: int, until_tai_ns: int | None = None) -> PublicKey:
    """Give the public half of a key, with the time in which it is believed."""
    public = _public_of(key.private)
    return PublicKey(
        partner=key.partner,
        id=key.id,
        public=public,
        since_tai_ns=since_tai_ns,
        until_tai_ns=until_tai_ns,
    )


def sign(envelope: Envelope, key: PrivateKey) -> Envelope:
    """Give an envelope signed: with the key's id in it, and the signature over all else."""
    named = msgspec.structs.replace(envelope, key=key.id, signature=UNSIGNED)
    return msgspec.structs.replace(named, signature=_signer(key.private).sign(signed_bytes(named)))


def verify(envelope: Envelope, ring: KeyRing) -> str | None:
    """Give what is wrong with an envelope's signature, one of `FAULTS`; None if nothing is.

    The key must be one of the sender's, in force and not revoked when the envelope says that it was
    sent. Whoever stole a key can write an earlier time: `tocsin.partners.inbox` takes nothing from
    a revoked key that is older than what it has already.
    """
    if envelope.signature == UNSIGNED:
        return NOT_SIGNED
    if not ring.of(envelope.sender):
        return UNKNOWN_SENDER
    key = ring.find(envelope.key)
    if key is None or key.partner != envelope.sender:
        return UNKNOWN_KEY
    try:
        _checker(key.public).verify(envelope.signature, signed_bytes(envelope))
    except InvalidSignature:
        return WRONG_SIGNATURE
    if key.revoked_by(envelope.sent_tai_ns):
        return REVOKED_KEY
    return None if key.lasts_at(envelope.sent_tai_ns) else KEY_NOT_IN_FORCE


def private_pem(key: PrivateKey) -> bytes:
    """Give a private key as PEM (PKCS 8, not encrypted: its file must be kept from others)."""
    return _signer(key.private).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def private_from_pem(pem: bytes, partner: str, name: str) -> PrivateKey:
    """Read a private key; `name` is what to call it in an error."""
    try:
        loaded = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeysError(f"{name}: it holds no private key (PEM, not encrypted)") from None
    if not isinstance(loaded, Ed25519PrivateKey):
        raise KeysError(f"{name}: it holds a key of another kind; it must be Ed25519")
    return private_from_seed(partner, loaded.private_bytes_raw())


@lru_cache(maxsize=256)
def _signer(private: bytes) -> Ed25519PrivateKey:
    """Give the library's form of a private key."""
    return Ed25519PrivateKey.from_private_bytes(private)


@lru_cache(maxsize=4096)
def _checker(public: bytes) -> Ed25519PublicKey:
    """Give the library's form of a public key."""
    return Ed25519PublicKey.from_public_bytes(public)


def _public_of(private: bytes) -> bytes:
    """Give the 32 public bytes of a private key."""
    return _signer(private).public_key().public_bytes_raw()
