"""What a sensor says (level 4 of the sharing ladder): single plots, and whole looks with theirs."""

from typing import Annotated

import msgspec

from tocsin.messages.fields import (
    SCAN_PLOTS_MAX,
    SECTORS_MAX,
    Angle,
    Counter,
    DataClass,
    Decibels,
    Health,
    Identifier,
    Instant,
    Metres,
    Ordinal,
    SigmaMetres,
    SigmaRadians,
    SigmaSpeed,
    Speed,
)
from tocsin.messages.ground import disagree


class PlotReport(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="plot.1"):
    """One detection by one sensor.

    A radar's azimuth is clockwise from true north and its elevation above the local horizontal,
    bending of the ray taken off. A satellite's line of sight is told in Earth-fixed axes: azimuth
    from x towards y, elevation above the equator.
    """

    plot: Counter
    """Number that its sensor gave it."""
    sensor: Identifier
    """The sensor."""
    time_tai_ns: Instant
    """Instant of the measurement, TAI nanoseconds; not of its sending."""
    range_m: Metres | None
    """Distance, metres; none from a satellite."""
    azimuth_rad: Angle
    """Radians."""
    elevation_rad: Angle
    """Radians."""
    range_rate_m_s: Speed | None
    """Metres per second, rising range above zero; none where it is not measured."""
    sigma_range_m: SigmaMetres | None
    """Standard deviation of the range, metres."""
    sigma_azimuth_rad: SigmaRadians
    """Standard deviation of the azimuth, radians."""
    sigma_elevation_rad: SigmaRadians
    """Standard deviation of the elevation, radians."""
    sigma_range_rate_m_s: SigmaSpeed | None
    """Standard deviation of the range rate, metres per second."""
    snr_db: Decibels | None
    """Signal over noise, decibels."""
    data_class: DataClass
    """actual, exercise or test."""


CompactPlot = tuple[
    Counter,
    Counter,
    Metres | None,
    Angle,
    Angle,
    Speed | None,
    SigmaMetres | None,
    SigmaRadians,
    SigmaRadians,
    SigmaSpeed | None,
    Decibels | None,
]
"""A plot inside a look: number, nanoseconds after the look's start, range (m), azimuth (rad),
elevation (rad), range rate (m/s), their standard deviations in that order, signal over noise (dB).
"""
CompactPlots = tuple[CompactPlot, ...]


class Sector(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A part of the sky that a look covered, in the angles of the sensor's plots."""

    azimuth_from_rad: Angle
    """First azimuth, radians."""
    azimuth_width_rad: Angle
    """From the first to the last, clockwise, radians; a full turn is 2 pi."""
    elevation_min_rad: Angle
    """Lowest elevation, radians."""
    elevation_max_rad: Angle
    """Highest elevation, radians."""
    range_min_m: Metres
    """Nearest that it could have seen, metres."""
    range_max_m: Metres | None
    """Farthest at which its reference target would have been seen, metres; none: no such limit."""


class ScanReport(msgspec.Struct, frozen=True, kw_only=True, array_like=True, tag="scan.1"):
    """One look of one sensor, or a part of one: what it could have seen, and what it saw.

    A look without plots is told too: that a healthy sensor saw nothing is evidence. A look whose
    plots do not fit one report is told in parts, and is whole once all its parts are there.
    """

    sensor: Identifier
    """The sensor."""
    number: Ordinal
    """Number of the look, rising by one from look to look."""
    part: Annotated[int, msgspec.Meta(ge=1, le=1_000)]
    """Which part of the look this is, from 1."""
    parts: Annotated[int, msgspec.Meta(ge=1, le=1_000)]
    """How many parts the look has."""
    start_tai_ns: Instant
    """When the look began, TAI nanoseconds."""
    end_tai_ns: Instant
    """When it ended, TAI nanoseconds."""
    looked: Annotated[tuple[Sector, ...], msgspec.Meta(max_length=SECTORS_MAX)]
    """What it could have seen; empty: it looked nowhere."""
    plots: Annotated[CompactPlots, msgspec.Meta(max_length=SCAN_PLOTS_MAX)]
    """Each: number, ns after the start, range (m), azimuth (rad), elevation (rad), range rate
    (m/s), the four standard deviations in that order, signal over noise (dB)."""
    health: Health
    """The sensor's own word for its state: ok, degraded or down."""
    data_class: DataClass
    """Of every plot in it: actual, exercise or test."""

    def __post_init__(self) -> None:
        if self.part > self.parts:
            raise disagree("scan.1", f"part is {self.part}; it must be at most parts, {self.parts}")
        length_ns = self.end_tai_ns - self.start_tai_ns
        if length_ns < 0:
            raise disagree(
                "scan.1",
                f"end_tai_ns is {self.end_tai_ns}; it must not be before start_tai_ns, "
                f"{self.start_tai_ns}",
            )
        after_ns = max([plot[1] for plot in self.plots], default=0)
        if after_ns > length_ns:
            raise disagree(
                "scan.1",
                f"a plot is {after_ns} ns after the start; the look lasted {length_ns} ns",
            )
