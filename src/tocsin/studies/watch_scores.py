"""A watcher's tracks held against the truth: what it followed, how well, and what it foretold."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tocsin.earth.frames import geodetic_from_ecef_batch
from tocsin.earth.geodesy import azimuth_rad, distance_m
from tocsin.earth.time import SECOND_NS
from tocsin.formats.truth_table import Truth
from tocsin.lanes import Floats, Integers
from tocsin.studies.follow import Following, Landings
from tocsin.studies.scores import GATE_95, gospa, rms
from tocsin.studies.track_scores import CUTOFF_M, ORDER, truth_at
from tocsin.studies.watch_results import ELLIPSE_STEPS_KM, Followed, Foretold, Run
from tocsin.tracking.impact import CHI2_95
from tocsin.tracking.track import Tracks

NOTHING = -1
"""In `Matched.object`: the track is near no launch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flown:
    """One missile: when it lifted off and where it came down."""

    name: str
    place: int
    """Among the truth's objects, of which others may be spent stages."""
    flight: int
    """Place among the scenario's launches."""
    lift_off_tai_ns: int
    launch_deg: tuple[float, float]
    impact_s: float
    impact_deg: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Which objects were up at an instant, and where."""

    time_tai_ns: int
    objects: Integers
    """Places in the truth, missiles first, then spent stages."""
    state: Floats
    """[k, 6]."""
    missiles: int
    """How many of the objects are missiles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Rows of tracks beside the truth, as columns [n]."""

    object: Integers
    """Place in the truth's objects; `NOTHING` where the track is near none."""
    error_m: Floats
    """[n, 3]: place, track minus truth; NaN where it is near none."""


def moments(truth: Truth, flown: Sequence[Flown], at_tai_ns: Integers) -> tuple[Moment, ...]:
    """Give the truth at some instants.

    Args:
        truth: Of missiles, and maybe of the stages they left.
        flown: The missiles.
        at_tai_ns: The instants.
    """
    places = np.array([one.place for one in flown])
    found = []
    for instant in at_tai_ns:
        objects, state = truth_at(truth, int(instant))
        spent = ~np.isin(objects, places)
        order = np.argsort(spent, kind="stable")
        found.append(
            Moment(
                time_tai_ns=int(instant),
                objects=objects[order],
                state=state[order],
                missiles=int(np.count_nonzero(~spent)),
            )
        )
    return tuple(found)


def matched(tracks: Tracks, truths: Sequence[Moment]) -> Matched:
    """Pair tracks with missiles, instant by instant, as GOSPA pairs them; the rest with stages.

    A stage flies within kilometres of the payload it left: nearer to it or not, a track of the two
    follows the payload.

    Args:
        tracks: In order of time, each at the instant of one of `truths`.
        truths: In order of time.
    """
    thing = np.full(tracks.count, NOTHING)
    error = np.full((tracks.count, 3), np.nan)
    edges = np.searchsorted(tracks.time_tai_ns, [one.time_tai_ns for one in truths])
    ends = np.searchsorted(tracks.time_tai_ns, [one.time_tai_ns for one in truths], side="right")
    for one, first, last in zip(truths, edges, ends, strict=True):
        if first == last or one.objects.size == 0:
            continue
        for part in (slice(0, one.missiles), slice(one.missiles, None)):
            rows = first + np.flatnonzero(thing[first:last] == NOTHING)
            there, here = _pairs(tracks.state[rows, :3], one.state[part, :3])
            thing[rows[there]] = one.objects[part][here]
            error[rows[there]] = tracks.state[rows[there], :3] - one.state[part, :3][here]
    return Matched(object=thing, error_m=error)


def _pairs(position: Floats, truth: Floats) -> tuple[Integers, Integers]:
    """Give the places of tracks [n, 3] and of true points [k, 3] that belong together."""
    if len(position) == 0 or len(truth) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    here, there = gospa(truth, position, CUTOFF_M, ORDER).pairs
    return there, here


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Everything of one watcher that its figures are made of."""

    following: Following
    landings: Landings
    at: Matched
    """Of `following.tracks`."""
    newly: Matched
    """Of `following.newly`."""
    delay_s: float


def followed(kept: Kept, flown: Flown, instants: Integers) -> Followed:
    """Give one launch as a watcher had it.

    Args:
        kept: The watcher's tracks.
        flown: How it flew.
        instants: All those at which tracks are held against the truth.
    """
    rows = np.flatnonzero(kept.at.object == flown.place)
    tracks = kept.following.tracks
    there = _instants_of(flown, instants)
    covariance = tracks.covariance[rows, :3, :3]
    error = kept.at.error_m[rows]
    foretold = _foretold(kept, rows, flown)
    return Followed(
        launch=flown.name,
        flight=flown.flight,
        impact_s=flown.impact_s,
        impact_deg=flown.impact_deg,
        believed_s=_believed_s(kept, rows, flown),
        held_share=float(np.mean(np.isin(there, tracks.time_tai_ns[rows]))) if there.size else 0.0,
        position_rms_km=rms(error) / 1e3 if rows.size else None,
        position_sigma_km=math.sqrt(float(np.mean(np.trace(covariance, axis1=1, axis2=2)))) / 1e3
        if rows.size
        else None,
        within_95=float(np.mean(_distance2(error, covariance) <= GATE_95[3]))
        if rows.size
        else None,
        ellipse_below_s=tuple(
            next((one.time_s for one in foretold if one.long_km < size), None)
            for size in ELLIPSE_STEPS_KM
        ),
        half_flight=_at_half(kept, rows, flown, foretold),
        foretold=foretold,
        held_deg=_runs(tracks, rows, instants),
    )


def _instants_of(flown: Flown, instants: Integers) -> Integers:
    """Give the instants within a flight."""
    end = flown.lift_off_tai_ns + round(flown.impact_s * SECOND_NS)
    return instants[(instants >= flown.lift_off_tai_ns) & (instants <= end)]


def _believed_s(kept: Kept, rows: Integers, flown: Flown) -> float | None:
    """Give when a track of a launch was first believed, by the look itself where it was near."""
    newly = kept.following.newly.time_tai_ns[kept.newly.object == flown.place]
    times = np.concatenate([newly, kept.following.tracks.time_tai_ns[rows]])
    if times.size == 0:
        return None
    return _after_s(int(times.min()), flown) + kept.delay_s


def _after_s(time_tai_ns: int, flown: Flown) -> float:
    return (time_tai_ns - flown.lift_off_tai_ns) / SECOND_NS


def _distance2(error: Floats, covariance: Floats) -> Floats:
    """Give errors [n, d] squared, in standard deviations of their covariances [n, d, d]."""
    solved = np.linalg.solve(covariance, error[:, :, None])[:, :, 0]
    return np.asarray(np.sum(error * solved, axis=1))


def _foretold(kept: Kept, rows: Integers, flown: Flown) -> tuple[Foretold, ...]:
    """Give what was foretold of a launch, one whenever it changed."""
    lands = rows[np.isfinite(kept.landings.long_m[rows])]
    if lands.size == 0:
        return ()
    tracks, looks = kept.following.tracks, kept.following.look_tai_ns
    key = np.stack([tracks.track[lands], looks[lands]])
    changed = np.concatenate([[True], np.any(np.diff(key, axis=1) != 0, axis=0)])
    return _records(kept, lands[changed], flown)


def _records(kept: Kept, rows: Integers, flown: Flown) -> tuple[Foretold, ...]:
    """Give what rows of tracks foretell, beside what came of it."""
    where, tracks = kept.landings, kept.following.tracks
    latitude, longitude = where.latitude_rad[rows], where.longitude_rad[rows]
    true = tuple(np.broadcast_to(math.radians(one), rows.shape) for one in flown.impact_deg)
    miss = distance_m(latitude, longitude, *true)
    way = azimuth_rad(latitude, longitude, *true)
    offset = miss[:, None] * np.stack([np.sin(way), np.cos(way)], axis=1)
    holds = _distance2(offset, where.covariance_m2[rows]) <= CHI2_95
    impact_ns = flown.lift_off_tai_ns + round(flown.impact_s * SECOND_NS)
    return tuple(
        Foretold(
            time_s=_after_s(int(tracks.time_tai_ns[row]), flown) + kept.delay_s,
            track=int(tracks.track[row]),
            latitude_deg=math.degrees(where.latitude_rad[row]),
            longitude_deg=math.degrees(where.longitude_rad[row]),
            long_km=float(where.long_m[row]) / 1e3,
            short_km=float(where.short_m[row]) / 1e3,
            azimuth_deg=math.degrees(where.azimuth_rad[row]),
            time_sigma_s=float(where.time_sigma_s[row]),
            time_error_s=float(where.time_tai_ns[row] - impact_ns) / SECOND_NS,
            miss_km=float(miss[n]) / 1e3,
            holds=bool(holds[n]),
        )
        for n, row in enumerate(rows)
        if _after_s(int(tracks.time_tai_ns[row]), flown) + kept.delay_s < flown.impact_s
    )


def _at_half(
    kept: Kept, rows: Integers, flown: Flown, foretold: Sequence[Foretold]
) -> Foretold | None:
    """Give what was foretold half-way, if the launch was held then."""
    half_s = 0.5 * flown.impact_s
    after = np.array([_after_s(int(t), flown) for t in kept.following.tracks.time_tai_ns[rows]])
    before = after[after <= half_s]
    told = [one for one in foretold if one.time_s <= half_s]
    gap = float(half_s - before.max()) if before.size else math.inf
    spacing = float(np.min(np.diff(np.unique(after)))) if np.unique(after).size > 1 else 0.0
    return told[-1] if told and gap <= spacing else None


def _runs(tracks: Tracks, rows: Integers, instants: Integers) -> tuple[Run, ...]:
    """Give the ground tracks of what was held, parted where it was lost."""
    if rows.size == 0:
        return ()
    latitude, longitude, _ = geodetic_from_ecef_batch(tracks.state[rows, :3])
    step = np.diff(np.searchsorted(instants, tracks.time_tai_ns[rows]))
    parts = np.split(np.arange(rows.size), np.flatnonzero(step > 1) + 1)
    return tuple(
        tuple(
            (round(math.degrees(latitude[n]), 2), round(math.degrees(longitude[n]), 2))
            for n in part
        )
        for part in parts
    )


def false_tracks(kept: Kept) -> int:
    """Count the tracks that were near no object, spent stages included, at any instant."""
    every = np.concatenate([kept.following.tracks.track, kept.following.newly.track])
    near = np.concatenate([kept.at.object, kept.newly.object]) != NOTHING
    return int(np.unique(every).size - np.unique(every[near]).size)
