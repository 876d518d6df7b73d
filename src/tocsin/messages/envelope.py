"""The envelope: who sent it to whom, which number, what came before, and the exact bytes signed.

An envelope has one form in bytes: what `write_envelope` gives. Other bytes that would decode to the
same values are refused, so nothing can ride along unsigned. Its reports travel as the bytes that
their writer made, and are covered by the signature as they are.
"""

from hashlib import blake2b
from typing import Annotated

import msgspec

from tocsin.errors import MessageError
from tocsin.messages import decode
from tocsin.messages.fields import (
    ENVELOPE_BYTES_MAX,
    ENVELOPE_REPORTS_MAX,
    DataClass,
    Digest,
    Identifier,
    Instant,
    Ordinal,
    ReportBytes,
    Signature,
)

KIND = "envelope.1"
FIRST_PREVIOUS = bytes(32)
"""What stands for the digest of the envelope before the first one."""
UNSIGNED = bytes(64)
"""What stands for the signature until an envelope is signed."""

Reports = tuple[ReportBytes, ...]


class Envelope(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag=KIND):
    """Reports from one node to another, numbered, chained to the envelope before, and signed.

    Nothing is ever added, renamed, removed or given a new meaning: that is `envelope.2`.
    """

    sender: Identifier
    """The partner whose node wrote it."""
    receiver: Identifier
    """The partner it is for; an envelope for another is refused."""
    number: Ordinal
    """1, 2, 3 ... from this sender to this receiver, with no gap."""
    sent_tai_ns: Instant
    """The sender's time when it was signed, TAI nanoseconds."""
    data_class: DataClass
    """Of every report in it; never mixed."""
    previous: Digest
    """`digest` of the envelope before; 32 zeros before the first."""
    reports: Annotated[Reports, msgspec.Meta(max_length=ENVELOPE_REPORTS_MAX)]
    """Reports as bytes, in the order written."""
    key: Identifier
    """Id of the key that signed it."""
    signature: Signature = UNSIGNED
    """Ed25519 signature of `signed_bytes`, 64 bytes."""


FIELDS = Envelope.__struct_fields__
_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Envelope] = msgspec.msgpack.Decoder(Envelope)


def signed_bytes(envelope: Envelope) -> bytes:
    """Give the bytes that are signed: the array of kind and fields, without the signature."""
    values = msgspec.structs.astuple(envelope)
    return _encoder.encode((KIND, *values[:-1]))


def digest(envelope: Envelope) -> bytes:
    """Give the BLAKE2b digest, 32 bytes, of the whole envelope, its signature included."""
    return blake2b(_encoder.encode(envelope), digest_size=32).digest()


def write_envelope(envelope: Envelope) -> bytes:
    """Give an envelope as bytes, checked as a receiver would.

    Raises:
        MessageError: It is over 1 MiB, or a field is not allowed.
    """
    try:
        payload = _encoder.encode(envelope)
    except decode.WRITE_ERRORS as error:
        raise decode.unwritable(KIND, error) from error
    read_envelope(payload)
    return payload


def read_envelope(payload: bytes) -> Envelope:
    """Decode and check an envelope; neither its signature nor its reports are looked into.

    Raises:
        MessageError: Its `fault` says what is wrong: oversized, truncated, corrupt, unknown
            version, not finite or wrong field; the text names the field.
    """
    if len(payload) > ENVELOPE_BYTES_MAX:
        raise decode.oversized("envelope", len(payload), ENVELOPE_BYTES_MAX)
    try:
        envelope = _decoder.decode(payload)
    except decode.RAW_ERRORS as error:
        raise _fault(payload, error) from error
    if _encoder.encode(envelope) != payload:
        raise MessageError(
            f"{KIND}: corrupt: its bytes are not the one form of its values; write it with "
            "no longer number, and nothing after its signature",
            fault="corrupt",
        )
    return envelope


def _fault(payload: bytes, error: BaseException) -> MessageError:
    """Find what is wrong with bytes that are no envelope."""
    try:
        kind = decode.kind_of(payload)
    except MessageError as worse:
        return worse
    if kind != KIND:
        return decode.unknown_version(kind, (KIND,))
    return decode.refused(KIND, FIELDS, decode.raw(payload), error)
