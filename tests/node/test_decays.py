"""A body that comes out of orbit is told by plane, way, speed and time; a rocket is not."""

import math
from dataclasses import replace

import numpy as np

from tocsin.catalog.sky import load_sky
from tocsin.earth.time import tai_from_utc
from tocsin.lanes import Floats
from tocsin.node.decays import decaying
from tocsin.node.sightings import flights_of
from tocsin.sensors.sky import sky_at, taken
from tocsin.tracking.track import COAST, plain_tracks
from tocsin.warning.evidence import Sighting

NOON = tai_from_utc("2024-07-05T12:00:00Z")
SECOND_NS = 1_000_000_000
SKY = taken(load_sky(), np.arange(3, 400, 40))
NUMBER = int(SKY.numbers[2])
LIST = ((NUMBER, NOON - 3_600 * SECOND_NS, NOON + 3_600 * SECOND_NS),)


def state_at(seconds: int) -> Floats:
    at = sky_at(SKY, NOON + seconds * SECOND_NS)
    return np.asarray(at.state[np.flatnonzero(at.sky.numbers[at.row] == NUMBER)[0]])


def plume(state: Floats, drift_m: float = 420e3) -> Sighting:
    """Give a plume of a minute that is told at noon and moves as a state does."""
    track = plain_tracks(
        track=np.ones(1, np.int64),
        time_tai_ns=np.array([NOON]),
        state=state[None],
        covariance=np.diag([1e8] * 3 + [1e6] * 3)[None],
        existence=np.ones(1),
        phase=np.full(1, COAST),
        sensors=np.ones(1, np.int64),
        hits=np.array([6]),
        misses=np.zeros(1, np.int64),
    )
    way = flights_of(track)[0]
    return Sighting(
        **(way | {"burning": True, "rises": None}),
        id="own:1",
        origin="own",
        first_tai_ns=NOON - 60 * SECOND_NS,
        last_tai_ns=NOON,
        sensors=("eye",),
        plots=6,
        drift_m=drift_m,
    )


def test_a_body_on_its_orbit_and_some_minutes_off_is_told() -> None:
    for late_s in (-300, 0, 300):
        assert decaying(plume(state_at(late_s)), SKY, LIST) == f"object {NUMBER}"


def test_half_a_revolution_off_or_out_of_its_window_it_is_not() -> None:
    assert decaying(plume(state_at(2_700)), SKY, LIST) == ""
    past = ((NUMBER, NOON - 200 * SECOND_NS, NOON - 100 * SECOND_NS),)
    assert decaying(plume(state_at(0)), SKY, past) == ""
    assert decaying(plume(state_at(0)), SKY, ()) == ""
    assert decaying(plume(state_at(0)), None, LIST) == ""


def test_what_climbs_or_is_slow_or_crosses_the_plane_is_not() -> None:
    true = plume(state_at(0))
    assert decaying(replace(true, rises=True), SKY, LIST) == ""
    assert decaying(replace(true, drift_m=60e3), SKY, LIST) == ""
    assert true.heading_rad is not None
    turned = replace(true, heading_rad=true.heading_rad + math.radians(40.0))
    assert decaying(turned, SKY, LIST) == ""


def test_what_flies_beside_the_plane_is_not() -> None:
    state = state_at(0)
    aside = np.cross(state[:3], state[3:])
    moved = state.copy()
    moved[:3] += 600e3 * aside / np.linalg.norm(aside)
    assert decaying(plume(moved), SKY, LIST) == ""
