"""Which sightings are of one launch, so that one missile is one event and two are two."""

import math
from collections.abc import Sequence

from tocsin.earth.constants import EARTH_MEAN_RADIUS_M
from tocsin.earth.time import SECOND_NS
from tocsin.warning.events import Event
from tocsin.warning.evidence import PartnerEvent, Sighting, Spot

SIGMAS = 3.0
"""Launches are the same within so many standard deviations of place and of time."""
SLACK_M = 20_000.0
"""More than models of an ascent may be off beside their claims."""
SLACK_S = 20.0
TAKEN_UP_S = 60.0
"""A track that was lost may be found again so much later."""
RISES_S = 240.0
"""A partner's own track of what it tells of began so long after the launch at most."""
TAKEN_UP_M = 100_000.0
SPEED_MAX_M_S = 8_000.0
PARTNER_SLACK_M = 50_000.0
"""A partner's event is coarsened to an ellipse of 25 km and more, and to the minute."""
PARTNER_SLACK_S = 60.0


def away_m(one: Spot, other: Spot) -> float:
    """Give the distance between two places along a round Earth, m."""
    half_up = math.sin(0.5 * (other.latitude_rad - one.latitude_rad)) ** 2
    half_on = math.sin(0.5 * (other.longitude_rad - one.longitude_rad)) ** 2
    chord = half_up + math.cos(one.latitude_rad) * math.cos(other.latitude_rad) * half_on
    return 2.0 * EARTH_MEAN_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def same_launch(one: Sighting, other: Sighting) -> bool:
    """Tell whether two sightings may be of one launch by where and when they rose.

    Two tracks that one sensor saw apart are two objects: they are of one launch only as parent and
    child.
    """
    if one.parent == other.id or other.parent == one.id:
        return True
    apart = one.first_tai_ns > other.last_tai_ns or other.first_tai_ns > one.last_tai_ns
    if one.origin == other.origin and set(one.sensors) & set(other.sensors):
        return apart and taken_up(one, other)
    if one.launch is None or other.launch is None:
        return False
    assert one.launch_tai_ns is not None, one.id
    assert other.launch_tai_ns is not None, other.id
    sigma_s = math.hypot(one.launch_sigma_s, other.launch_sigma_s)
    apart_s = abs(one.launch_tai_ns - other.launch_tai_ns) / SECOND_NS
    return apart_s <= SIGMAS * sigma_s + SLACK_S and _near(one.launch, other.launch, SLACK_M)


def taken_up(one: Sighting, other: Sighting) -> bool:
    """Tell whether the later of two tracks of one sensor may be the earlier one, lost and found.

    A rocket that was lost burning is found burning, farther along and not back at the ground: a
    second launch from the same place begins there, in the clouds, and has a launch point of its
    own.
    """
    first, then = sorted((one, other), key=lambda each: each.first_tai_ns)
    if first.place is None or then.place is None:
        return False
    if (then.first_tai_ns - first.last_tai_ns) / SECOND_NS > TAKEN_UP_S:
        return False
    if first.launch_tai_ns is not None and then.launch_tai_ns is not None:
        late_s = (then.launch_tai_ns - first.launch_tai_ns) / SECOND_NS
        if late_s > SIGMAS * math.hypot(one.launch_sigma_s, other.launch_sigma_s) + SLACK_S:
            return False
    apart_s = abs(then.time_tai_ns - first.time_tai_ns) / SECOND_NS
    sigma_m = math.hypot(first.place_sigma_m, then.place_sigma_m)
    reach_m = SPEED_MAX_M_S * apart_s + SIGMAS * sigma_m + TAKEN_UP_M
    return math.dist(first.place, then.place) <= reach_m


def makers(sighting: Sighting) -> frozenset[str]:
    """Give the partners whose trackers' word a sighting is."""
    return frozenset({sighting.origin, *(name.partition(":")[0] for name in sighting.told_by)})


def same_as_told(event: Event, told: PartnerEvent) -> bool:
    """Tell whether a partner's event may be one of ours."""
    if told.id in event.partner_events:
        return True
    theirs = [each for each in event.sightings if told.origin in makers(each)]
    if theirs:
        rose = min(each.first_tai_ns for each in theirs)
        if -PARTNER_SLACK_S <= (rose - told.launch_tai_ns) / SECOND_NS <= RISES_S:
            return True
    if event.launch is None or event.launch_tai_ns is None:
        return False
    apart_s = abs(event.launch_tai_ns - told.launch_tai_ns) / SECOND_NS
    sigma_s = max((each.launch_sigma_s for each in event.sightings), default=0.0)
    return apart_s <= SIGMAS * sigma_s + PARTNER_SLACK_S and _near(
        event.launch, told.launch, PARTNER_SLACK_M
    )


def _near(one: Spot, other: Spot, slack_m: float) -> bool:
    variance = max(one.east_m2, one.north_m2) + max(other.east_m2, other.north_m2)
    return away_m(one, other) <= SIGMAS * math.sqrt(variance) + slack_m


def linked(sighting: Sighting, event: Event) -> bool:
    """Tell whether a sighting, what it came off or what is joined in it is part of an event."""
    names = {sighting.id, sighting.parent, *sighting.told_by}
    return any(names.intersection((each.id, *each.told_by)) for each in event.sightings)


def event_of(sighting: Sighting, events: Sequence[Event]) -> int | None:
    """Give the place of the event that a sighting belongs to; None where it is of a new launch.

    Args:
        sighting: Believed now.
        events: Launches that are not over.
    """
    parts = [place for place, event in enumerate(events) if linked(sighting, event)]
    if parts:
        return max(parts, key=lambda place: (events[place].level_max, -place))
    fits = [
        place
        for place, event in enumerate(events)
        if event.sightings and all(same_launch(sighting, each) for each in event.sightings)
    ]
    return min(fits, key=lambda place: _launch_apart(sighting, events[place]), default=None)


def _launch_apart(sighting: Sighting, event: Event) -> float:
    """Give how far launches are apart, in metres and in seconds at a kilometre each."""
    first = next((each for each in event.sightings if each.launch is not None), None)
    if first is None or sighting.launch is None or first.launch is None:
        return 0.0
    assert first.launch_tai_ns is not None
    assert sighting.launch_tai_ns is not None
    late_s = abs(sighting.launch_tai_ns - first.launch_tai_ns) / SECOND_NS
    return away_m(sighting.launch, first.launch) + 1_000.0 * late_s
