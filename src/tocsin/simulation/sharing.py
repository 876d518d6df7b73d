"""Who knows what when: from what each sensor saw to what one partner has been told.

Pure functions over arrays of n launches by s sensors, in seconds after each lift-off; never is
infinity. What a level lets through about a launch that nobody announced:

- 0 liveness and 1 notices: nothing.
- 2 events: that the sender has confirmed something. One independent source, however many of its
  sensors saw it.
- 3 tracks: each sensor's confirmed track, each an independent source.
- 4 plots: the same, and single looks are pooled across the border: one look of a sensor of one
  owner and one of another confirm each other. Looks of sensors with the same owner are not pooled,
  with or without sharing, so that what sharing gains is never what the owner could have had alone.

A partner passes on what its own sensors saw, not what others told it. What was seen before a
sharing opens is sent as it opens. The ladder of levels follows the agreements of 1988 (launch
notifications), 2000 (Joint Data Exchange Center) and 2023 (United States, Japan, Republic of
Korea); the delays are assumed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tocsin.lanes import Floats, Integers
from tocsin.simulation.scenario import LEVELS, Sharing

NEVER = np.inf
NOBODY = -1
"""In `Known.via`: no sensor, because it never became known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One sender's sensors, and at which level and how late a receiver hears of them."""

    sender: str
    sensors: tuple[int, ...]
    """Columns of the arrays."""
    level: int
    delay_s: float
    since_s: Floats | float = -np.inf
    """When the sharing opens and closes, after each lift-off: one value, or one for each launch."""
    until_s: Floats | float = np.inf

    def __post_init__(self) -> None:
        assert self.level in LEVELS, self.level
        assert self.delay_s >= 0.0, self.delay_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What one receiver knows of each launch, in seconds after lift-off."""

    known_s: Floats
    """[n] The first confirmed detection that it knows of."""
    confirmed_by_two_s: Floats
    """[n] When a second independent source has confirmed it."""
    via: Integers
    """[n] Column of the sensor it knows it by; `NOBODY` if it never does."""


def known_to(
    first_look_s: Floats, confirmed_s: Floats, own: Sequence[int], heard: Sequence[Heard]
) -> Known:
    """Give what a receiver knows when, from its own sensors and from what it hears.

    Args:
        first_look_s: [n, s] When each sensor first detects each launch in one look.
        confirmed_s: [n, s] When each sensor by itself has confirmed it.
        own: Columns of the receiver's own sensors.
        heard: What others share with it; the same sender may be there more than once.
    """
    assert first_look_s.shape == confirmed_s.shape, (first_look_s.shape, confirmed_s.shape)
    assert not np.isnan(first_look_s).any(), "never is infinity, not NaN"
    assert not np.isnan(confirmed_s).any(), "never is infinity, not NaN"
    arrival_s = arrivals(confirmed_s, own, heard)
    first_s, first, second_s, _ = _two_smallest(arrival_s)
    pooled_s, pooled = _pooled(first_look_s, own, heard)
    by_pool = pooled_s < first_s
    known_s = np.where(by_pool, pooled_s, first_s)
    via = np.where(by_pool, pooled, first)
    return Known(
        known_s=known_s,
        confirmed_by_two_s=second_s,
        via=np.where(np.isfinite(known_s), via, NOBODY),
    )


def arrivals(confirmed_s: Floats, own: Sequence[int], heard: Sequence[Heard]) -> Floats:
    """Give, as [n, s], when a receiver has each sensor's confirmation as an independent source."""
    arrival_s = np.full(confirmed_s.shape, NEVER)
    owned = list(own)
    arrival_s[:, owned] = confirmed_s[:, owned]
    for each in heard:
        if each.level < 2 or not each.sensors:
            continue
        columns = list(each.sensors)
        sent_s = confirmed_s[:, columns]
        if each.level == 2:
            sent_s = _only_first(sent_s)
        arrived_s = _carry(sent_s, each)
        arrival_s[:, columns] = np.minimum(arrival_s[:, columns], arrived_s)
    return arrival_s


def heard_by(
    sharing: Sequence[Sharing],
    receiver: str,
    sensors: Mapping[str, Sequence[int]],
    at_s: Floats | float = 0.0,
) -> tuple[Heard, ...]:
    """Give what a receiver hears under a scenario's sharing.

    Args:
        sharing: All of the scenario's sharing; what is meant for others is passed over.
        receiver: Partner id.
        sensors: For each partner id, the columns of its sensors.
        at_s: Lift-off after the scenario's start: one value, or [n], one for each launch.
    """
    return tuple(
        Heard(
            sender=share.sender,
            sensors=tuple(sensors.get(share.sender, ())),
            level=share.level,
            delay_s=share.delay_s,
            since_s=share.since_s - at_s,
            until_s=share.until_s - at_s,
        )
        for share in sharing
        if share.receiver == receiver
    )


def _only_first(sent_s: Floats) -> Floats:
    """Keep the earliest of each row: an event says that something was seen, not by how many."""
    earliest = np.argmin(sent_s, axis=1)[:, None]
    return np.where(np.arange(sent_s.shape[1])[None, :] == earliest, sent_s, NEVER)


def _carry(sent_s: Floats, heard: Heard) -> Floats:
    """Send what is known as soon as the sharing is open, and deliver it after its delay."""
    since_s, until_s = (np.reshape(limit, (-1, 1)) for limit in (heard.since_s, heard.until_s))
    leaves_s = np.maximum(sent_s, since_s)
    return np.where(leaves_s < until_s, leaves_s + heard.delay_s, NEVER)


def _pooled(
    first_look_s: Floats, own: Sequence[int], heard: Sequence[Heard]
) -> tuple[Floats, Integers]:
    """Give when a second owner's first look arrives, and from which sensor."""
    look_s = {"": np.full(first_look_s.shape, NEVER)}
    owned = list(own)
    look_s[""][:, owned] = first_look_s[:, owned]
    for each in heard:
        if each.level == 4 and each.sensors:
            columns = list(each.sensors)
            theirs_s = look_s.setdefault(each.sender, np.full(first_look_s.shape, NEVER))
            arrived_s = _carry(first_look_s[:, columns], each)
            theirs_s[:, columns] = np.minimum(theirs_s[:, columns], arrived_s)
    firsts = [_two_smallest(each_s)[:2] for each_s in look_s.values()]
    owner_s = np.stack([first_s for first_s, _ in firsts], axis=1)
    sensor = np.stack([column for _, column in firsts], axis=1)
    _, _, second_s, second = _two_smallest(owner_s)
    return second_s, np.take_along_axis(sensor, second[:, None], axis=1)[:, 0]


def _two_smallest(times_s: Floats) -> tuple[Floats, Integers, Floats, Integers]:
    """Give the smallest and second smallest of each row, and their columns; infinity where none."""
    rows, columns = times_s.shape
    missing = max(0, 2 - columns)
    padded_s = np.hstack([times_s, np.full((rows, missing), NEVER)])
    first = np.argmin(padded_s, axis=1)
    first_s = np.take_along_axis(padded_s, first[:, None], axis=1)[:, 0]
    rest_s = padded_s.copy()
    np.put_along_axis(rest_s, first[:, None], NEVER, axis=1)
    second = np.argmin(rest_s, axis=1)
    second_s = np.take_along_axis(rest_s, second[:, None], axis=1)[:, 0]
    last = max(columns - 1, 0)
    return first_s, np.minimum(first, last), second_s, np.minimum(second, last)
