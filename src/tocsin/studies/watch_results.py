"""What each partner would have tracked of a scenario's launches: plain frozen records.

Every figure is of one drawing of chance: the plots of one seed, with every sensor at its nominal
values.
"""

from dataclasses import dataclass

ELLIPSE_STEPS_KM = (100.0, 30.0, 10.0)
"""Sizes of the impact ellipse (long half axis) whose first undercutting is timed."""

Run = tuple[tuple[float, float], ...]
"""Places one after the other, latitude and longitude in degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """Where a track was to come down, as its watcher had it at some time, and how far off."""

    time_s: float
    """After lift-off, when the watcher had it."""
    track: int
    latitude_deg: float
    longitude_deg: float
    long_km: float
    """Half axis of the ellipse that should hold the place in 95 of 100 cases."""
    short_km: float
    azimuth_deg: float
    """Of the long axis, clockwise from north, 0 to 180."""
    time_sigma_s: float
    """Standard deviation of the time of impact."""
    time_error_s: float
    """Foretold minus true."""
    miss_km: float
    """From the foretold place to the true one."""
    holds: bool
    """Whether the ellipse holds the true place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchTold:
    """Where and when a watcher would have said that a launch was, and how far off that is."""

    how: str
    """What it is told from: its ascent, or its free flight."""
    latitude_deg: float
    longitude_deg: float
    long_km: float
    """Half axis of the ellipse that should hold the place in 95 of 100 cases."""
    short_km: float
    azimuth_deg: float
    """Of the long axis, clockwise from north, 0 to 180."""
    miss_km: float
    holds: bool
    """Whether the ellipse holds the true place."""
    time_error_s: float
    """Of lift-off: told minus true."""
    time_sigma_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One launch as one watcher would have had it; times after lift-off; None: never."""

    launch: str
    flight: int
    """Place among the scenario's launches."""
    impact_s: float
    impact_deg: tuple[float, float]
    """Latitude and longitude of the true impact."""
    believed_s: float | None
    """When a track near it was first believed."""
    held_share: float
    """Share of the flight that a believed track was near it, 0 to 1."""
    position_rms_km: float | None
    """Of the track while it was held."""
    position_sigma_km: float | None
    """What the track claimed of that: root mean square of its own standard deviations."""
    within_95: float | None
    """Share of the time held that the error lay within the track's own 95 % bound, 0 to 1."""
    ellipse_below_s: tuple[float | None, ...]
    """When the impact ellipse first shrank below each of `ELLIPSE_STEPS_KM`."""
    half_flight: Foretold | None
    """What was foretold half-way through the flight; None where nothing was."""
    foretold: tuple[Foretold, ...]
    """In order of time, one whenever a plot had changed it."""
    held_deg: tuple[Run, ...]
    """Ground tracks of the parts that were held."""
    launch_point: LaunchTold | None = None
    """Where it came from, as the watcher had it; None where it could not tell."""

    @property
    def last(self) -> Foretold | None:
        """The last that was foretold before impact."""
        return self.foretold[-1] if self.foretold else None

    @property
    def warning_min(self) -> float | None:
        """Minutes from the first belief to impact."""
        return None if self.believed_s is None else (self.impact_s - self.believed_s) / 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """One tracker: a partner with its own sensors, or partners who pool their plots."""

    id: str
    label: str
    """For people: 'Russia alone'."""
    partners: tuple[str, ...]
    sensors: int
    """That look."""
    plots: int
    delay_s: float
    """How long pooled plots take; in every time of belief and ellipse, 0 of a partner alone."""
    false_tracks: int
    """Believed tracks that were near nothing that flew, spent stages included, at any time."""
    launches: tuple[Followed, ...]

    @property
    def tracked(self) -> int:
        """Launches that some track followed at some time."""
        return sum(one.believed_s is not None for one in self.launches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """What each watcher would have tracked, on the same plots."""

    watchers: tuple[Watcher, ...]
    every_s: float
    """Time between the instants at which tracks are held against the truth."""
    near_km: float
    """A track farther than this from every launch follows none of them."""
    sentence: str
    """What pooling adds, with how far it goes from launch to launch."""
    why_not: str = ""
    """Why nothing was tracked; empty where it was."""
