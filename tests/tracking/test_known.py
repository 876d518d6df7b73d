"""Catalogued objects are told from missiles: by place and velocity, while they keep fitting."""

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tocsin.catalog.sky import load_sky
from tocsin.earth.constants import EARTH_A_M, EARTH_OMEGA_RAD_S
from tocsin.earth.time import DAY_NS, tai_from_utc
from tocsin.lanes import Floats, Integers
from tocsin.sensors.sky import Sky, SkyAt, error_axes, sky_at, taken
from tocsin.tracking.fate import JUDGED_BY, KNOWN, THREAT, UNCATALOGUED, judged, perigees_m
from tocsin.tracking.known import NOTHING, known_objects, start_known, step_known
from tocsin.tracking.motion import transition
from tocsin.tracking.track import COAST, Tracks, plain_tracks

WORLD = runpy.run_path(str(Path(__file__).with_name("sky_world.py")))
NOON = tai_from_utc("2024-07-05T12:00:00Z")
SECOND_NS = 1_000_000_000
SIGMA = np.array([3e3] * 3 + [30.0] * 3)
LATE = 1_000
"""Stands for no look."""


def tracks_of(at: SkyAt, rows: Integers, off: Floats) -> Tracks:
    """Give tracks of objects that are off by so much."""
    n = len(off)
    return plain_tracks(
        track=np.arange(n) + 1,
        time_tai_ns=np.full(n, at.time_tai_ns),
        state=at.state[rows] + off,
        covariance=np.tile(np.diag(SIGMA**2), (n, 1, 1)),
        existence=np.full(n, 0.99),
        phase=np.full(n, COAST),
        sensors=np.ones(n, np.int64),
        hits=np.full(n, 9),
        misses=np.zeros(n, np.int64),
    )


@pytest.mark.parametrize("days", [0, 15])
def test_tracks_find_their_objects_among_all(days: int) -> None:
    at = sky_at(load_sky(), NOON + days * DAY_NS)
    draw = np.random.default_rng(1)
    rows = draw.choice(at.count, 400, replace=False)
    drawn = error_axes(at, rows) @ draw.standard_normal((400, 6, 1))
    found = known_objects(tracks_of(at, rows, drawn[:, :, 0] + SIGMA * 0.7), at)

    right = found.row == at.row[rows]
    assert right.mean() > 0.97
    assert np.mean(found.probability[right] > 0.9) > 0.95
    assert np.all(found.number[right] == at.sky.numbers[at.row[rows]][right])


def test_nothing_near_gives_nothing() -> None:
    at = sky_at(load_sky(), NOON)
    rows = np.arange(0, 2_000, 20)
    away = np.broadcast_to([0.0, 0.0, 0.0, 600.0, -600.0, 300.0], (100, 6))
    found = known_objects(tracks_of(at, rows, away), at)

    assert np.all(found.row != at.row[rows])
    assert np.mean(found.row == NOTHING) > 0.97
    assert known_objects(tracks_of(at, rows[:0], away[:0]), at).count == 0


def test_one_object_is_given_to_one_track() -> None:
    at = sky_at(load_sky(), NOON)
    found = known_objects(tracks_of(at, np.array([7, 7]), np.array([SIGMA, 0.1 * SIGMA])), at)

    assert np.count_nonzero(found.row == at.row[7]) == 1


def test_a_claim_takes_several_instants_and_is_withdrawn_when_it_stops_fitting() -> None:
    sky, state, claims = taken(load_sky(), np.arange(20)), start_known(), []
    for step_number in range(9):
        at = sky_at(sky, NOON + step_number * 10 * SECOND_NS)
        push = np.array([0.0, 0.0, 0.0, 900.0, 0.0, 0.0]) * (step_number >= 5)
        state, found = step_known(state, tracks_of(at, np.array([3]), push[None]), at)
        claims.append(bool(found.claimed[0]))

    assert claims == [False, False, True, True, True, True, False, False, False]


def test_a_track_of_vague_velocity_is_never_claimed() -> None:
    sky, state = taken(load_sky(), np.arange(20)), start_known()
    for step_number in range(6):
        at = sky_at(sky, NOON + step_number * 10 * SECOND_NS)
        tracks = tracks_of(at, np.array([3]), np.zeros((1, 6)))
        vague = replace(tracks, covariance=tracks.covariance * 100.0)
        state, found = step_known(state, vague, at)
        assert found.vague[0]
        assert not found.claimed[0]


def chosen(sky: Sky, count: int, time_tai_ns: int, draw: Any) -> tuple[Any, Integers, Sky]:
    """Give a radar, objects that pass it, and their true sky."""
    site = WORLD["warning_radar"]()
    rows = WORLD["passing"](sky, site, WORLD["every"](time_tai_ns, 180.0)[::6])
    rows = np.sort(draw.choice(rows, count, replace=False))
    return site, rows, WORLD["true_sky"](taken(sky, rows), time_tai_ns, draw)


@pytest.mark.parametrize("days", [0, 15])
def test_satellites_before_a_radar_are_told_and_none_is_a_threat(days: int) -> None:
    sky, draw = load_sky(), np.random.default_rng(11 + days)
    site, rows, true = chosen(sky, 100, NOON + days * DAY_NS, draw)
    missing = rows[:5]
    catalogue = taken(sky, np.setdiff1d(np.arange(sky.count), missing))
    told, other = set(), set()
    times = WORLD["every"](NOON + days * DAY_NS, 200.0)
    for seen in WORLD["watched"]((true, catalogue), site, times, draw):
        who, verdict = WORLD["nearest"](seen), seen.verdicts.verdict
        told |= set(who[verdict == KNOWN].tolist())
        other |= set(who[verdict == UNCATALOGUED].tolist())
        assert not np.any(verdict == THREAT)
    assert len(told) > 60
    assert not told & set(range(5))
    assert other & set(range(5))


def missiles_at(true: Sky, site: Any, times: Integers, draw: Any) -> Floats:
    """Give states [looks, k, 6] of missiles that pass objects in their planes.

    Each passes within some kilometres of an object in the radar's view at a look of its own, flies
    its way within 9 degrees up or down at 75 to 93 % of its speed, and comes down. None is nearer
    to the ground than 80 km while it is looked at, and each is in view at eight looks or more.
    """
    place, axes = WORLD["stand"](site)
    middle = sky_at(true, int(times[times.size // 2]))
    seen = WORLD["should_be_seen"](site, place, axes, middle.state[:, :3])
    rows = middle.row[seen & (np.linalg.norm(middle.state[:, :3], axis=1) < 7.6e6)]
    when = draw.choice(times[4:-4], rows.size)
    pairs = zip(rows.tolist(), when.tolist(), strict=True)
    object_ = np.array([sky_at(taken(true, np.array([row])), time).state[0] for row, time in pairs])
    turned = EARTH_OMEGA_RAD_S * object_[:, [1, 0]] * [-1.0, 1.0]
    speed = object_[:, 3:].copy()
    speed[:, :2] += turned
    up = object_[:, :3] / np.linalg.norm(object_[:, :3], axis=1, keepdims=True)
    climb = draw.uniform(-0.15, 0.15, (rows.size, 1))
    size = np.linalg.norm(speed, axis=1, keepdims=True)
    speed = draw.uniform(0.75, 0.93, (rows.size, 1)) * (np.cos(climb) * speed + size * climb * up)
    speed[:, :2] -= turned
    beside = object_[:, :3] + 5e3 * draw.standard_normal((rows.size, 3))
    start, coast = np.hstack([beside, speed]), np.full(rows.size, COAST)
    path = np.array([transition(start, (time - when) / 1e9, coast).state for time in times])
    high = np.linalg.norm(path[:, :, :3], axis=-1).min(axis=0) > EARTH_A_M + 80e3
    shown = sum(WORLD["should_be_seen"](site, place, axes, each[:, :3]) for each in path)
    return path[:, high & (shown >= 8) & (perigees_m(start)[0] < 0.0)]


@pytest.mark.parametrize("days", [0, 15])
def test_missiles_beside_catalogued_objects_are_threats_as_soon_as_without_a_catalogue(
    days: int,
) -> None:
    sky, draw, now = load_sky(), np.random.default_rng(4 + days), NOON + days * DAY_NS
    site, _, true = chosen(sky, 90, now, draw)
    times = WORLD["every"](now, 160.0)
    paths = missiles_at(true, site, times, draw)
    first, alone, plots = (np.full(paths.shape[1], LATE) for _ in range(3))
    for look, seen in enumerate(WORLD["watched"]((true, sky), site, times, draw, paths)):
        who = WORLD["nearest"](seen) - true.count
        mine = who >= 0
        assert not np.any(seen.known.claimed[mine])
        assert not np.any(seen.verdicts.verdict[~mine] == THREAT)
        threat = mine & (seen.verdicts.verdict == THREAT)
        first[who[threat]] = np.minimum(first[who[threat]], look)
        plots[who[threat]] = np.minimum(plots[who[threat]], seen.tracks.hits[threat])
        nothing = known_objects(seen.tracks, sky_at(taken(sky, np.arange(0)), seen.time_tai_ns))
        threat = mine & (judged(seen.tracks, nothing, seen.fate).verdict == THREAT)
        alone[who[threat]] = np.minimum(alone[who[threat]], look)

    assert paths.shape[1] > 30
    assert np.all(first < LATE)
    assert np.all(first <= alone + 1)
    assert np.mean(first == alone) > 0.95
    assert np.mean(plots == JUDGED_BY.threat_hits_least) > 0.9


@pytest.mark.slow
def test_no_object_of_the_catalogue_is_taken_for_a_missile_in_half_an_hour() -> None:
    bench = Path(__file__).parents[2] / "benchmarks" / "known_objects.py"
    import sys

    sys.path.insert(0, str(bench.parent))
    sweep = runpy.run_path(str(bench))
    site, sky = WORLD["warning_radar"](), load_sky()
    found, _ = sweep["swept"](sky, site, WORLD["every"](NOON, 1_800.0), 1)

    assert found.passes.size > 3_000
    assert found.threats.size == 0
    assert found.told.size > 0.8 * found.passes.size
