"""What carries bytes between partners: it may lose, repeat, reorder and spoil them.

A transport promises nothing. All that makes sharing safe lies in the two ends of a link.
"""

from dataclasses import dataclass
from typing import Protocol, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Some bytes on their way from one partner to another, as the transport has it."""

    sender: str
    """Whom the transport believes it to be from; only the signature inside proves it."""
    receiver: str
    data: bytes


class Transport(Protocol):
    """A way for bytes from partner to partner; each step gives the transport as it is after it."""

    def publish(self, parcel: Parcel, now_tai_ns: int) -> Self:
        """Hand over a parcel to be carried, with no promise."""
        ...

    def receive(self, receiver: str, now_tai_ns: int) -> tuple[Self, tuple[Parcel, ...]]:
        """Give what has arrived for a partner by now, in the order in which it did."""
        ...
