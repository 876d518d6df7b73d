"""A transport inside one program: seeded delay, loss, repeats, reordering, cuts and spoilt bytes.

It is a frozen record. What happens to a parcel is drawn from the seed, its link and how many went
by that link before, so that one link's traffic changes nothing on another.
"""

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Self

from tocsin.errors import TocsinError
from tocsin.partners.transport import Parcel

PARCELS_MAX = 100_000
"""On their way at once; what is handed over beyond is lost, and counted."""
SPOILT_BITS_MAX = 8
"""Most bits that are turned in a spoilt parcel."""
ANYONE = ""
"""In a `Cut`: every partner."""
_DRAWS = 8
_S_NS = 1_000_000_000


class TransportError(TocsinError):
    """A transport was asked to do what it cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A time in which nothing more sets out from some to others; what has, still arrives."""

    since_tai_ns: int
    until_tai_ns: int
    sender: str = ANYONE
    receiver: str = ANYONE

    def stops(self, parcel: Parcel, time_tai_ns: int) -> bool:
        """Say whether a parcel handed over at an instant is lost to it."""
        meant = self.sender in (ANYONE, parcel.sender) and self.receiver in (
            ANYONE,
            parcel.receiver,
        )
        return meant and self.since_tai_ns <= time_tai_ns < self.until_tai_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """How badly a transport carries: times in seconds, the others chances from 0 to 1."""

    delay_s: float = 0.05
    """Every parcel is late by this."""
    jitter_s: float = 0.0
    """And by up to this, drawn evenly: later parcels overtake earlier ones."""
    loss: float = 0.0
    duplication: float = 0.0
    """The second copy has a jitter of its own."""
    reorder: float = 0.0
    """Chance of being held back by `reorder_s` more."""
    reorder_s: float = 5.0
    corruption: float = 0.0
    """Chance that up to `SPOILT_BITS_MAX` bits are turned."""
    truncation: float = 0.0
    """Chance that the end is cut off."""

    def __post_init__(self) -> None:
        for name in ("loss", "duplication", "reorder", "corruption", "truncation"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise TransportError(f"{name} is {getattr(self, name):g}; it must be from 0 to 1")
        for name in ("delay_s", "jitter_s", "reorder_s"):
            if not 0.0 <= getattr(self, name) <= 86_400.0:
                raise TransportError(
                    f"{name} is {getattr(self, name):g}; it must be from 0 to 86400"
                )


CALM = Weather()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transit:
    """A parcel on its way."""

    due_tai_ns: int
    order: int
    parcel: Parcel


@dataclass(frozen=True, slots=True, kw_only=True)
class InProcess:
    """All that is on its way between partners inside one program."""

    seed: int
    weather: Weather = CALM
    cuts: tuple[Cut, ...] = ()
    transits: tuple[Transit, ...] = ()
    carried: tuple[tuple[tuple[str, str], int], ...] = ()
    """Parcels handed over so far, by link."""
    order: int = 0
    lost: int = 0
    """To chance, to cuts and to `PARCELS_MAX`."""

    def publish(self, parcel: Parcel, now_tai_ns: int) -> Self:
        """Hand over a parcel; what becomes of it is settled here."""
        link = (parcel.sender, parcel.receiver)
        counts = dict(self.carried)
        count = counts.get(link, 0)
        counts[link] = count + 1
        ways = _ways(self, parcel, now_tai_ns, count)
        if len(self.transits) + len(ways) > PARCELS_MAX:
            ways = ()
        return replace(
            self,
            transits=self.transits + ways,
            carried=tuple(sorted(counts.items())),
            order=self.order + len(ways),
            lost=self.lost + (not ways),
        )

    def receive(self, receiver: str, now_tai_ns: int) -> tuple[Self, tuple[Parcel, ...]]:
        """Give what has arrived for a partner by now, in the order in which it did."""
        here: list[Transit] = []
        still: list[Transit] = []
        for each in self.transits:
            arrived = each.parcel.receiver == receiver and each.due_tai_ns <= now_tai_ns
            (here if arrived else still).append(each)
        if not here:
            return self, ()
        here.sort(key=lambda each: (each.due_tai_ns, each.order))
        return replace(self, transits=tuple(still)), tuple(each.parcel for each in here)

    def next_tai_ns(self) -> int | None:
        """Give when the next parcel arrives; None if none is on its way."""
        return min((each.due_tai_ns for each in self.transits), default=None)


def _ways(transport: InProcess, parcel: Parcel, now_tai_ns: int, count: int) -> tuple[Transit, ...]:
    """Give the copies of a parcel that will arrive, and when."""
    weather = transport.weather
    lost, twice, *_ = _chances(transport.seed, parcel, count, 0)
    if lost < weather.loss or any(cut.stops(parcel, now_tai_ns) for cut in transport.cuts):
        return ()
    copies = 2 if twice < weather.duplication else 1
    ways = []
    for copy in range(copies):
        chances = _chances(transport.seed, parcel, count, 1 + copy)
        late_s = weather.delay_s + weather.jitter_s * chances[0]
        late_s += weather.reorder_s if chances[1] < weather.reorder else 0.0
        ways.append(
            Transit(
                due_tai_ns=now_tai_ns + round(late_s * _S_NS),
                order=transport.order + copy,
                parcel=replace(parcel, data=_spoilt(parcel.data, weather, chances[2:])),
            )
        )
    return tuple(ways)


def _spoilt(data: bytes, weather: Weather, chances: tuple[float, ...]) -> bytes:
    """Give bytes as they arrive: whole, or with turned bits, or without their end."""
    flip, bits, cut, length, *places = chances
    if data and flip < weather.corruption:
        turned = bytearray(data)
        spread = blake2b(repr(places).encode(), digest_size=4 * SPOILT_BITS_MAX).digest()
        for each in range(1 + int(bits * SPOILT_BITS_MAX)):
            place = int.from_bytes(spread[4 * each : 4 * each + 4], "big") % (8 * len(data))
            turned[place // 8] ^= 1 << place % 8
        data = bytes(turned)
    if cut < weather.truncation:
        data = data[: int(length * len(data))]
    return data


def _chances(seed: int, parcel: Parcel, count: int, which: int) -> tuple[float, ...]:
    """Draw numbers from 0 to 1 for one copy of one parcel."""
    told = f"{seed}/{parcel.sender}/{parcel.receiver}/{count}/{which}"
    drawn = blake2b(told.encode(), digest_size=8 * _DRAWS).digest()
    return tuple(
        int.from_bytes(drawn[8 * each : 8 * each + 8], "big") / 2.0**64 for each in range(_DRAWS)
    )
