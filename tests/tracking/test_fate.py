"""Whether tracks stay up or come down, and what they are judged to be."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.constants import EARTH_A_M, EARTH_OMEGA_RAD_S, GM_M3_S2
from tocsin.lanes import Floats
from tocsin.tracking.fate import (
    BURNING,
    JUDGED_BY,
    KNOWN,
    NOT_BELIEVED,
    THREAT,
    TOO_YOUNG,
    TRACK_INFLATION,
    UNCATALOGUED,
    UNDECIDED,
    fates,
    judged,
    perigees_m,
    reason_words,
)
from tocsin.tracking.known import Known
from tocsin.tracking.step import LATE_EXISTENCE
from tocsin.tracking.track import BOOST, COAST, Tracks, plain_tracks


def flying(perigee_m: float, apogee_m: float, part: float) -> Floats:
    """Give a state over the equator on an ellipse, `part` of the way up in true anomaly."""
    near, far = EARTH_A_M + perigee_m, EARTH_A_M + apogee_m
    axis, e = 0.5 * (near + far), (far - near) / (far + near)
    angle = np.pi * part
    length = axis * (1.0 - e * e)
    radius = length / (1.0 + e * np.cos(angle))
    pace = np.sqrt(GM_M3_S2 / length)
    climb, ahead = pace * e * np.sin(angle), pace * (1.0 + e * np.cos(angle))
    return np.array([radius, 0.0, 0.0, climb, ahead - EARTH_OMEGA_RAD_S * radius, 0.0])


def tracks_of(states: Floats, sigma: tuple[float, float] = (1e3, 10.0), **changes: Any) -> Tracks:
    """Give believed tracks in free flight."""
    n = len(states)
    spread = np.diag([sigma[0] ** 2] * 3 + [sigma[1] ** 2] * 3)
    columns = {
        "track": np.arange(n) + 1,
        "time_tai_ns": np.zeros(n, np.int64),
        "state": states,
        "covariance": np.tile(spread, (n, 1, 1)),
        "existence": np.full(n, 0.999),
        "phase": np.full(n, COAST),
        "sensors": np.ones(n, np.int64),
        "hits": np.full(n, 9),
        "misses": np.zeros(n, np.int64),
    }
    return plain_tracks(**(columns | changes))


def nothing_known(tracks: Tracks, **changes: Any) -> Known:
    n = tracks.count
    columns: dict[str, Any] = {
        "track": tracks.track,
        "row": np.full(n, -1),
        "number": np.zeros(n, np.int64),
        "distance2": np.full(n, np.nan),
        "probability": np.zeros(n),
        "vague": np.zeros(n, np.bool_),
        "claimed": np.zeros(n, np.bool_),
    }
    return Known(**(columns | changes))


@given(
    perigee_km=st.floats(-5_000.0, 2_000.0),
    rise_km=st.floats(10.0, 30_000.0),
    part=st.floats(0.0, 1.0),
)
def test_a_perigee_is_the_one_the_state_was_made_of(
    perigee_km: float, rise_km: float, part: float
) -> None:
    low, high = 1e3 * perigee_km, 1e3 * (perigee_km + rise_km)
    found, leaves = perigees_m(flying(low, high, part)[None])

    assert found[0] == pytest.approx(low, abs=1.0)
    assert not leaves[0]


def test_what_leaves_earth_does_not_come_down() -> None:
    away = np.array([[8e6, 0.0, 0.0, 12e3, 500.0, 0.0]])
    back = away * [1, 1, 1, -1, 1, 1]

    assert fates(tracks_of(away)).comes_down[0] == 0.0
    assert fates(tracks_of(back)).comes_down[0] == pytest.approx(1.0)


@given(
    perigee_km=st.floats(-400.0, 600.0),
    rise_km=st.floats(50.0, 2_000.0),
    part=st.floats(0.1, 1.0),
    sigma_m_s=st.floats(3.0, 300.0),
    seed=st.integers(0, 1000),
)
def test_probabilities_are_those_of_many_samples(
    perigee_km: float, rise_km: float, part: float, sigma_m_s: float, seed: int
) -> None:
    state = flying(1e3 * perigee_km, 1e3 * (perigee_km + rise_km), part)
    tracks = tracks_of(state[None], (5e3, sigma_m_s))
    found = fates(tracks)
    draw = np.random.default_rng(seed)
    sigma = np.sqrt(TRACK_INFLATION) * np.array([5e3] * 3 + [sigma_m_s] * 3)
    height = perigees_m(state + sigma * draw.standard_normal((4_000, 6)))[0]
    height += 5e3 * draw.standard_normal(4_000)

    assert found.in_orbit[0] == pytest.approx(np.mean(height > 100e3), abs=0.06)
    assert found.comes_down[0] == pytest.approx(np.mean(height < 80e3), abs=0.06)
    assert found.in_orbit[0] + found.comes_down[0] + found.unknown[0] == pytest.approx(1.0)
    assert found.perigee_sigma_m[0] == pytest.approx(height.std(), rel=0.15)


def test_verdicts_follow_from_fate_catalogue_and_belief() -> None:
    missile, satellite = flying(-3_000e3, 1_000e3, 0.9), flying(500e3, 520e3, 0.3)
    states = np.array([missile, satellite, satellite, missile, missile, missile])
    phase = np.array([COAST, COAST, COAST, BOOST, COAST, COAST])
    tracks = tracks_of(
        states,
        phase=phase,
        existence=np.array([0.99, 0.99, 0.99, 0.99, 0.5, 0.99]),
        hits=np.array([9, 9, 9, 9, 9, 4]),
    )
    known = nothing_known(tracks, claimed=np.array([0, 1, 0, 0, 0, 0], np.bool_))
    fate = fates(tracks)
    found = judged(tracks, known, fate)

    wanted = [THREAT, KNOWN, UNCATALOGUED, UNDECIDED, UNDECIDED, UNDECIDED]
    assert found.verdict.tolist() == wanted
    assert found.reason[3:].tolist() == [BURNING, NOT_BELIEVED, TOO_YOUNG]
    assert fate.unknown[3] == 1.0
    assert reason_words(found, fate, 0).startswith("threat: comes down and is no known object")


def test_a_track_that_may_be_of_several_objects_is_no_threat_before_one_more_plot() -> None:
    tracks = tracks_of(np.tile(flying(-3_000e3, 1_000e3, 0.9), (2, 1)))
    tracks = replace(tracks, existence=np.array([LATE_EXISTENCE, 0.999]))
    found = judged(tracks, nothing_known(tracks), fates(tracks))

    assert found.verdict.tolist() == [UNDECIDED, THREAT]
    assert found.reason[0] == TOO_YOUNG


def test_a_track_of_unknown_velocity_is_no_threat() -> None:
    vague = tracks_of(flying(500e3, 520e3, 0.3)[None], (1e4, 500.0))
    found = judged(vague, nothing_known(vague), fates(vague))

    assert found.verdict[0] == UNDECIDED
    assert fates(vague).comes_down[0] > 0.5


@pytest.mark.parametrize(
    ("perigee_km", "sigma_m_s", "threat"),
    [(0.0, 8.0, False), (0.0, 3.0, True), (-200.0, 8.0, True)],
)
def test_what_may_well_be_a_low_satellite_is_no_threat_until_it_is_known_better(
    perigee_km: float, sigma_m_s: float, threat: bool
) -> None:
    low = tracks_of(flying(1e3 * perigee_km, 210e3, 0.9)[None], (1e3, sigma_m_s))
    found = judged(low, nothing_known(low), fates(low))

    assert found.comes_down[0] > JUDGED_BY.threat_least
    assert found.verdict[0] == (THREAT if threat else UNDECIDED)


def test_a_decaying_object_is_known_while_it_is_claimed_and_not_after() -> None:
    tracks = tracks_of(flying(60e3, 150e3, 0.5)[None], (300.0, 3.0))
    fate = fates(tracks)
    claimed = nothing_known(tracks, claimed=np.ones(1, np.bool_), row=np.zeros(1, np.int64))

    assert judged(tracks, claimed, fate).verdict[0] == KNOWN
    assert judged(tracks, nothing_known(tracks), fate).verdict[0] == THREAT


def test_no_tracks_give_no_verdicts() -> None:
    none = tracks_of(np.empty((0, 6)))
    assert judged(none, nothing_known(none), fates(none)).verdict.size == 0
    assert replace(none).count == 0
