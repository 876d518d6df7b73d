"""Partners' public keys: whose, from when, until when, revoked when; and the ring of all of them.

A ring only ever grows: a key is added, ends, or is revoked, and none of that is undone.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from tocsin.earth.time import TimeError, tai_from_utc, utc_from_tai
from tocsin.errors import TocsinError, nearest

PUBLIC_BYTES = 32
ID_DIGITS = 16
KEYS_MAX = 10_000
"""Keys in one ring, old ones counted too."""
RING_BYTES_MAX = 4 * 1024 * 1024
FORMAT, VERSION = "tocsin-keys", 1

_PARTNER = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
_FIELDS = ("partner", "id", "public", "since_utc", "until_utc", "revoked_at_utc")


class KeysError(TocsinError):
    """A key, a ring of keys or one of their files is not usable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """One key of one partner, and when what it signs is believed."""

    partner: str
    id: str
    """`key_id` of `public`."""
    public: bytes
    """Ed25519, 32 bytes."""
    since_tai_ns: int
    until_tai_ns: int | None = None
    """It signs nothing from then on; None: no end is set."""
    revoked_at_tai_ns: int | None = None
    """From then on it may be in other hands: nothing signed since is believed."""

    def __post_init__(self) -> None:
        partner_name(self.partner)
        where = f"key {self.id!r} of {self.partner!r}"
        if len(self.public) != PUBLIC_BYTES:
            raise KeysError(
                f"{where}: public has {len(self.public)} bytes; it must have {PUBLIC_BYTES}"
            )
        if self.id != key_id(self.public):
            raise KeysError(f"{where}: its public bytes have the id {key_id(self.public)!r}")
        if self.until_tai_ns is not None and self.until_tai_ns <= self.since_tai_ns:
            raise KeysError(
                f"{where}: until {utc_from_tai(self.until_tai_ns)} is not after since"
                f" {utc_from_tai(self.since_tai_ns)}; give a later end"
            )

    def signs_at(self, time_tai_ns: int) -> bool:
        """Say whether something signed at an instant is to be believed."""
        return self.lasts_at(time_tai_ns) and not self.revoked_by(time_tai_ns)

    def lasts_at(self, time_tai_ns: int) -> bool:
        """Say whether an instant lies between the key's start and its end."""
        ended = self.until_tai_ns is not None and time_tai_ns >= self.until_tai_ns
        return self.since_tai_ns <= time_tai_ns and not ended

    def revoked_by(self, time_tai_ns: int) -> bool:
        """Say whether the key had been revoked by an instant."""
        return self.revoked_at_tai_ns is not None and time_tai_ns >= self.revoked_at_tai_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """The public keys of all partners, our own among them, sorted by partner, start and id."""

    keys: tuple[PublicKey, ...] = ()

    def __post_init__(self) -> None:
        if len(self.keys) > KEYS_MAX:
            raise KeysError(f"a ring of {len(self.keys)} keys; it may hold {KEYS_MAX}")
        seen: set[str] = set()
        for each in self.keys:
            if each.id in seen:
                raise KeysError(f"key {each.id!r} is in the ring twice; take one of them out")
            seen.add(each.id)
        ordered = sorted(self.keys, key=lambda each: (each.partner, each.since_tai_ns, each.id))
        object.__setattr__(self, "keys", tuple(ordered))

    def of(self, partner: str) -> tuple[PublicKey, ...]:
        """Give a partner's keys, oldest first."""
        return tuple(each for each in self.keys if each.partner == partner)

    def find(self, key: str) -> PublicKey | None:
        """Give the key with this id; None if there is none."""
        return next((each for each in self.keys if each.id == key), None)


def key_id(public: bytes) -> str:
    """Give the name of a public key: the first 16 hexadecimal digits of its BLAKE2b-256."""
    return hashlib.blake2b(public, digest_size=32).hexdigest()[:ID_DIGITS]


def partner_name(name: str) -> str:
    """Give a partner's id back, or say why it is none."""
    if not _PARTNER.fullmatch(name):
        raise KeysError(
            f"partner {name!r} is not an id; use 1 to 64 of a-z, 0-9 and -, and no - first"
        )
    return name


def current(ring: KeyRing, partner: str, time_tai_ns: int) -> PublicKey | None:
    """Give the key with which a partner signs at an instant: the one that began last."""
    able = [each for each in ring.of(partner) if each.signs_at(time_tai_ns)]
    return able[-1] if able else None


def added(ring: KeyRing, key: PublicKey) -> KeyRing:
    """Give a ring with one more key."""
    return KeyRing(keys=(*ring.keys, key))


def rotated(ring: KeyRing, key: PublicKey, overlap_s: float) -> KeyRing:
    """Give a ring with a partner's new key, whose older ones end a while after it begins.

    Both are believed in between, so that what is on its way stays valid. An older key that ends
    sooner already, or is revoked, stays as it is.
    """
    if overlap_s < 0.0:
        raise KeysError(f"an overlap of {overlap_s:g} s; it must be 0 or more")
    end_tai_ns = key.since_tai_ns + round(overlap_s * 1e9)

    def ended(old: PublicKey) -> PublicKey:
        if old.partner != key.partner or old.revoked_at_tai_ns is not None:
            return old
        if old.since_tai_ns >= end_tai_ns:
            raise KeysError(
                f"key {old.id!r} of {old.partner!r} begins {utc_from_tai(old.since_tai_ns)}, after"
                " the new one; let the new one begin later"
            )
        return replace(old, until_tai_ns=_sooner(old.until_tai_ns, end_tai_ns))

    return KeyRing(keys=(*(ended(old) for old in ring.keys), key))


def revoked(ring: KeyRing, key: str, at_tai_ns: int) -> KeyRing:
    """Give a ring in which one key is revoked: nothing that it signed since is believed.

    What it signed before stays valid. A key revoked twice keeps the earlier instant.
    """
    found = ring.find(key)
    if found is None:
        raise KeysError(f"there is no key {key!r}; {nearest(key, (k.id for k in ring.keys))}")
    marked = replace(found, revoked_at_tai_ns=_sooner(found.revoked_at_tai_ns, at_tai_ns))
    return KeyRing(keys=tuple(marked if each is found else each for each in ring.keys))


def accepted(ring: KeyRing, partner: str, told: KeyRing) -> KeyRing:
    """Give a ring with what a partner has published of its own keys.

    New keys are added. Of a known one only an earlier end and an earlier revocation are taken:
    nothing that was revoked comes back. Whoever calls this has made sure, by another way than the
    one that the file came by, that the ids are the partner's.
    """
    strangers = sorted({each.partner for each in told.keys} - {partner})
    if strangers:
        raise KeysError(
            f"the file is to bring keys of {partner!r} and has some of {strangers[0]!r}; ask"
            f" {partner!r} for a file of its own keys only"
        )
    known = {each.id: each for each in ring.keys}
    for each in told.keys:
        old = known.get(each.id)
        if old is None:
            known[each.id] = each
        elif old.partner != partner:
            raise KeysError(f"key {each.id!r} is a key of {old.partner!r} already")
        else:
            known[each.id] = replace(
                old,
                until_tai_ns=_sooner(old.until_tai_ns, each.until_tai_ns),
                revoked_at_tai_ns=_sooner(old.revoked_at_tai_ns, each.revoked_at_tai_ns),
            )
    return KeyRing(keys=tuple(known.values()))


def published(ring: KeyRing, partner: str) -> KeyRing:
    """Give the ring that a partner hands to others: its own keys only, revoked ones too."""
    own = ring.of(partner)
    if not own:
        names = {each.partner for each in ring.keys}
        raise KeysError(f"there is no key of {partner!r}; {nearest(partner, names)}")
    return KeyRing(keys=own)


def ring_text(ring: KeyRing) -> str:
    """Give a ring as the JSON text of its file; every instant is UTC."""
    listed = [
        {
            "partner": each.partner,
            "id": each.id,
            "public": each.public.hex(),
            "since_utc": utc_from_tai(each.since_tai_ns),
            "until_utc": _utc(each.until_tai_ns),
            "revoked_at_utc": _utc(each.revoked_at_tai_ns),
        }
        for each in ring.keys
    ]
    return json.dumps({"format": FORMAT, "version": VERSION, "keys": listed}, indent=1) + "\n"


def ring_from_text(text: str, name: str) -> KeyRing:
    """Read a ring from the text of its file.

    Args:
        text: What `ring_text` wrote, or somebody else.
        name: What to call it in an error.
    """
    if len(text) > RING_BYTES_MAX:
        raise KeysError(f"{name}: {len(text)} characters; a ring has at most {RING_BYTES_MAX}")
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise KeysError(f"{name}: it is not JSON: {error}") from None
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise KeysError(f"{name}: it is no ring of keys: 'format' must be {FORMAT!r}")
    if record.get("version") != VERSION:
        raise KeysError(
            f"{name}: version {record.get('version')!r} is not known; this tocsin reads {VERSION}"
        )
    listed = record.get("keys")
    _only(name, record, ("format", "version", "keys"))
    if not isinstance(listed, list):
        raise KeysError(f"{name}: 'keys' must be a list")
    try:
        return KeyRing(keys=tuple(_key(f"{name}: key {n}", e) for n, e in enumerate(listed, 1)))
    except KeysError as error:
        if str(error).startswith(name):
            raise
        raise KeysError(f"{name}: {error}") from None


def _key(where: str, record: Any) -> PublicKey:
    """Read one key of a ring's file."""
    if not isinstance(record, dict):
        raise KeysError(f"{where}: it must be an object with {', '.join(_FIELDS)}")
    _only(where, record, _FIELDS)
    for field in _FIELDS:
        value = record.get(field)
        if not isinstance(value, str) and (value is not None or field in _FIELDS[:4]):
            raise KeysError(f"{where}: {field!r} is {value!r}; it must be text")
    if not re.fullmatch("[0-9a-f]{64}", record["public"], re.ASCII):
        raise KeysError(f"{where}: 'public' must be 64 hexadecimal digits")
    since_tai_ns = _tai_ns(where, record, "since_utc")
    assert since_tai_ns is not None, "checked above"
    return PublicKey(
        partner=record["partner"],
        id=record["id"],
        public=bytes.fromhex(record["public"]),
        since_tai_ns=since_tai_ns,
        until_tai_ns=_tai_ns(where, record, "until_utc"),
        revoked_at_tai_ns=_tai_ns(where, record, "revoked_at_utc"),
    )


def _only(where: str, record: dict[str, Any], allowed: Iterable[str]) -> None:
    """Refuse a field that is not known."""
    for field in record:
        if field not in allowed:
            raise KeysError(f"{where}: unknown field {field!r}; {nearest(field, allowed)}")


def _tai_ns(where: str, record: dict[str, Any], field: str) -> int | None:
    """Read one instant of a key; None where there is none."""
    if record.get(field) is None:
        return None
    try:
        return tai_from_utc(record[field])
    except TimeError as error:
        raise KeysError(f"{where}: {field!r}: {error}") from None


def _utc(time_tai_ns: int | None) -> str | None:
    """Give an instant as UTC; None where there is none."""
    return None if time_tai_ns is None else utc_from_tai(time_tai_ns)


def _sooner(one: int | None, other: int | None) -> int | None:
    """Give the earlier of two instants; None is never."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
