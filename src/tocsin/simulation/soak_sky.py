"""Catalogued objects that pass radars: which of them would be told as coming down, and how long."""

from dataclasses import dataclass

import numpy as np

from tocsin.catalog.sky import load_sky
from tocsin.earth.time import SECOND_NS
from tocsin.lanes import Floats, Integers
from tocsin.node.sightings import flights_of
from tocsin.sensors.measurement import Site
from tocsin.sensors.sky import Sky, SkyAt, error_axes, moved_to, sky_at, taken
from tocsin.simulation.background import RCS_M2
from tocsin.simulation.soak_flights import Frame
from tocsin.simulation.soak_tracks import (
    Error,
    bias_m,
    coasted,
    detected,
    looked,
    seen,
    take,
    unseen,
)
from tocsin.tracking.fate import (
    DOWN_MOST_M,
    JUDGED_BY,
    ORBIT_LEAST_M,
    Judged,
    fates,
    judged,
    perigees_m,
)
from tocsin.tracking.known import NOTHING, Known, start_known, step_known
from tocsin.tracking.track import COAST, Tracks, joined_tracks, plain_tracks
from tocsin.warning.evidence import Sighting

STEP_S = 60.0
"""Between instants at which it is asked which objects are in view."""
LOOK_S = 10.0
HITS = (5, 12)
"""Plots between which a track is asked whether it seems to come down; fewer do not make a threat,
with more its velocity is known too well."""
SNR_LEAST = 3.0
"""A weaker echo, a ratio, makes no track: fewer than one look in thirty sees it."""
BLOCK = 4_000
NEAR_M = 500e3
LOOKS_MAX = 60
"""A pass is followed for so many looks at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """Objects that come into a radar's view within one step."""

    site: Site
    tai_ns: int
    """Of the step before."""
    row: Integers
    """Places in the sky."""
    state: Floats
    """[n, 6], by the elements, then."""
    true: Floats
    """[n, 6]: off by the errors of the elements."""
    rcs_m2: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Faller:
    """One pass in which a catalogued object seemed to come down."""

    site: str
    number: int
    first_tai_ns: int
    """Of its first plot, nearly."""
    tracks: tuple[Tracks, ...]
    """From the look on at which it first seemed so, one each look."""
    comes_down: tuple[float, ...]
    claimed: tuple[bool, ...]
    may_be: tuple[float, ...]
    """Probability, at each look, that it is one catalogued object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skies:
    """What the catalogued objects did in a sample of time."""

    passes: int
    """Into views, of objects with an echo that can be tracked, in one draw of chance."""
    draws: int
    """Each pass is drawn so often, with errors of its own."""
    sample_s: float
    fallers: tuple[Faller, ...]

    @property
    def days(self) -> float:
        """Give how many days of passes were drawn."""
        return self.sample_s * self.draws / 86_400.0


def frames_of(faller: Faller, name: str, begin_tai_ns: int) -> tuple[Frame, ...]:
    """Give what a tracker tells of a pass, as if it began at another instant."""
    tracks = joined_tracks(faller.tracks)
    late = begin_tai_ns - int(tracks.time_tai_ns[0])
    fits = np.array(faller.may_be) >= JUDGED_BY.may_be_known
    frames = []
    for row, way in enumerate(flights_of(tracks)):
        moved = {
            key: value + late
            for key, value in way.items()
            if key in ("time_tai_ns", "impact_tai_ns") and value is not None
        }
        sighting = Sighting(
            **(way | moved),
            id=f"{name}:1",
            origin=name,
            first_tai_ns=faller.first_tai_ns + late,
            last_tai_ns=moved["time_tai_ns"],
            sensors=(faller.site,),
            plots=int(tracks.hits[row]),
            catalogued=f"object {faller.number}" if faller.claimed[row] else "",
            may_be=f"object {faller.number}" if fits[row] else "",
        )
        frames.append(Frame(tai_ns=sighting.last_tai_ns, sightings=(sighting,)))
    end = frames[-1].tai_ns + round(4.0 * LOOK_S * SECOND_NS)
    return (*frames, Frame(tai_ns=end, sightings=()))


def passes_of(sky: Sky, sites: tuple[Site, ...], times: Integers, seed: int) -> list[Pass]:
    """Give the objects that come into each radar's view in some time."""
    rcs = np.array([_rcs_m2(name) for name in sky.names])
    draw = np.random.default_rng([seed, 1])
    before: dict[str, np.ndarray] = {}
    was: SkyAt | None = None
    found = []
    for time in times.tolist():
        at = sky_at(sky, time)
        place = np.full(sky.count, NOTHING)
        if was is not None:
            place[was.row] = np.arange(was.count)
        stays = perigees_m(at.state)[0] > ORBIT_LEAST_M  # what comes down is drawn as a decay
        for site in sites:
            inside, snr = seen(site, at.state, rcs[at.row])
            now = np.zeros(sky.count, np.bool_)
            now[at.row[inside & (snr >= SNR_LEAST) & stays]] = True
            if was is not None:
                rows = np.flatnonzero(now & ~before[site.id])
                rows = rows[place[rows] != NOTHING]
                if rows.size:
                    found.append(_pass(site, was, place[rows], rcs[rows], draw))
            before[site.id] = now
        was = at
    return found


def _pass(site: Site, at: SkyAt, rows: Integers, rcs_m2: Floats, draw: np.random.Generator) -> Pass:
    state = at.state[rows]
    off = error_axes(at, rows) @ draw.standard_normal((rows.size, 6, 1))
    return Pass(
        site=site,
        tai_ns=at.time_tai_ns,
        row=at.row[rows],
        state=state,
        true=state + off[:, :, 0],
        rcs_m2=rcs_m2,
    )


def _rcs_m2(name: str) -> float:
    if name.endswith(" DEB"):
        return RCS_M2["debris"]
    return RCS_M2["rocket body" if name.endswith("R/B") or " R/B(" in name else "other"]


def skies_of(
    sites: tuple[Site, ...], start_tai_ns: int, sample_s: float, draws: int, seed: int
) -> Skies:
    """Let the whole catalogue pass radars for a time, and find what seems to come down.

    Args:
        sites: Of radars.
        start_tai_ns: Begin of the sample.
        sample_s: Its length.
        draws: How often each pass is drawn: with the orbits of this time, days alike.
        seed: Of all chance.
    """
    sky = moved_to(load_sky(), start_tai_ns)
    count = int(sample_s / STEP_S) + 1
    times = start_tai_ns + (np.arange(count) * STEP_S * SECOND_NS).astype(np.int64)
    found = passes_of(sky, sites, times, seed)
    draw = np.random.default_rng([seed, 2])
    fallers: list[Faller] = []
    for each in _together(found):
        fallers += _fallers(sky, each, draws, draw)
    total = sum(each.row.size for each in found)
    return Skies(passes=total, draws=draws, sample_s=sample_s, fallers=tuple(fallers))


def _together(passes: list[Pass]) -> list[tuple[Pass, Integers]]:
    """Give passes of one radar together, with the instant of each; fewer, larger batches."""
    batches = []
    for name in dict.fromkeys(each.site.id for each in passes):
        own = [each for each in passes if each.site.id == name]
        time = np.concatenate([np.full(each.row.size, each.tai_ns) for each in own])
        columns = {
            key: np.concatenate([getattr(each, key) for each in own])
            for key in ("row", "state", "true", "rcs_m2")
        }
        for first in range(0, time.size, BLOCK):
            part = slice(first, first + BLOCK)
            batch = Pass(
                site=own[0].site, tai_ns=0, **{key: one[part] for key, one in columns.items()}
            )
            batches.append((batch, time[part]))
    return batches


def _fallers(
    sky: Sky, batch: tuple[Pass, Integers], draws: int, draw: np.random.Generator
) -> list[Faller]:
    """Follow one batch of passes until each has the most plots; follow what seems to fall on."""
    (one, time), site = batch, batch[0].site
    n = one.row.size
    error, state = unseen(n, draws), one.true
    told = np.zeros((n, draws), np.bool_)
    born = np.zeros(n, np.int64)
    found = []
    for number in range(1, 25):
        error, state = coasted(error, state, LOOK_S)
        hit, snr = detected(site, state, one.rcs_m2, draw)
        fresh = hit & (error.hits == 0)
        born[fresh] = time[fresh] + number * round(LOOK_S * SECOND_NS)
        error = looked(error, site, (state, hit, snr), draw)
        ask = hit & (error.hits >= HITS[0]) & (error.hits <= HITS[1])
        rows = np.flatnonzero(ask)
        if rows.size:
            height, _ = perigees_m(state[rows, None] + error.off[rows])
            own, drawn = np.nonzero((height < DOWN_MOST_M) & ~told[rows])
            pair = rows[own]
            if pair.size:
                now = take(error, pair, drawn)
                verdict = _judged(_tracks(now, state[pair], time[pair] + _ns(number)))
                falls = np.flatnonzero(verdict.verdict == 0)
                told[pair[falls], drawn[falls]] = True
                for k in falls.tolist():
                    start = (take(error, pair[k : k + 1], drawn[k : k + 1]), state[pair[k]][None])
                    when = int(time[pair[k]]) + _ns(number)
                    who = (sky, int(one.row[pair[k]]), float(one.rcs_m2[pair[k]]))
                    found.append(_followed(site, who, start, (int(born[pair[k]]), when), draw))
    return found


def _ns(number: int) -> int:
    return number * round(LOOK_S * SECOND_NS)


def _followed(
    site: Site,
    who: tuple[Sky, int, float],
    start: tuple[Error, Floats],
    when: tuple[int, int],
    draw: np.random.Generator,
) -> Faller:
    """Follow one object that seems to come down, held against the catalogue, until it is lost."""
    (sky, row, rcs), (error, state), (born, tai_ns) = who, start, when
    at = sky_at(sky, tai_ns)
    near = np.linalg.norm(at.state[:, :3] - state[0, :3], axis=1) < NEAR_M
    around = taken(sky, np.union1d(at.row[near], [row]))
    lasting = bias_m(site, state[:, :3], draw)
    known, tracks, falls, claims, may = start_known(), [], [], [], []
    missed = 0
    for _ in range(LOOKS_MAX):
        track = _tracks(error, state, np.array([tai_ns]), lasting)
        known, held = step_known(known, track, sky_at(around, tai_ns))
        verdict = _judged(track)
        tracks.append(track)
        falls.append(float(verdict.comes_down[0]) if verdict.verdict[0] == 0 else 0.0)
        claims.append(bool(held.claimed[0]))
        may.append(float(held.probability[0]))
        error, state = coasted(error, state, LOOK_S)
        tai_ns += _ns(1)
        hit, snr = detected(site, state, np.array([rcs]), draw)
        error = looked(error, site, (state, hit, snr), draw)
        missed = 0 if hit[0] else missed + 1
        if missed > 3:
            break
    return Faller(
        site=site.id,
        number=int(sky.numbers[row]),
        first_tai_ns=born,
        tracks=tuple(tracks),
        comes_down=tuple(falls),
        claimed=tuple(claims),
        may_be=tuple(may),
    )


def _tracks(
    error: Error, state: Floats, time_tai_ns: Integers, lasting_m: Floats | None = None
) -> Tracks:
    """Give tracks of objects of one draw each."""
    n = len(state)
    estimate = state + error.off[:, 0]
    if lasting_m is not None:
        estimate[:, :3] += lasting_m
    return plain_tracks(
        track=np.arange(n) + 1,
        time_tai_ns=time_tai_ns,
        state=estimate,
        covariance=error.covariance,
        existence=np.full(n, 0.995),
        phase=np.full(n, COAST),
        sensors=np.ones(n, np.int64),
        hits=error.hits,
        misses=np.zeros(n, np.int64),
    )


def _judged(tracks: Tracks) -> Judged:
    return judged(tracks, nothing_known(tracks), fates(tracks))


def nothing_known(tracks: Tracks) -> Known:
    """Stand for tracks that are held against no catalogue."""
    n = tracks.count
    return Known(
        track=tracks.track,
        row=np.full(n, NOTHING),
        number=np.zeros(n, np.int64),
        distance2=np.full(n, np.nan),
        probability=np.zeros(n),
        vague=np.zeros(n, np.bool_),
        claimed=np.zeros(n, np.bool_),
    )
