"""Places on the ground as reports tell them: ellipses and circles, and checks between fields."""

import msgspec

from tocsin.errors import MessageError
from tocsin.messages.fields import Bearing, Latitude, Longitude, Metres


class Ellipse(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """An area on the ground that holds a place with a chance of 95 %."""

    latitude_rad: Latitude
    """Of the centre, geodetic, radians."""
    longitude_rad: Longitude
    """Of the centre, radians, east of Greenwich."""
    semi_major_m: Metres
    """Long half axis, metres."""
    semi_minor_m: Metres
    """Short half axis, metres; not longer than the long one."""
    bearing_rad: Bearing
    """Of the long axis, radians clockwise from north."""

    def __post_init__(self) -> None:
        if self.semi_minor_m > self.semi_major_m:
            raise disagree(
                "ellipse",
                f"semi_minor_m is {self.semi_minor_m:g}; it must be at most semi_major_m, "
                f"{self.semi_major_m:g}",
            )


class Circle(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """An area on the ground within a distance of a place."""

    latitude_rad: Latitude
    """Of the centre, geodetic, radians."""
    longitude_rad: Longitude
    """Of the centre, radians, east of Greenwich."""
    radius_m: Metres
    """Along the ground, metres."""


def disagree(where: str, what: str) -> MessageError:
    """Give the error for a record whose fields do not agree, for it to be raised."""
    return MessageError(f"{where}: {what}; its sender must mend it", fault="wrong field")


def rising(values: tuple[str, ...]) -> bool:
    """Say whether names are sorted and each is there once."""
    return sorted(set(values)) == list(values)
