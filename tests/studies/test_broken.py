"""What turns in flight is not said to land anywhere; what flies freely is."""

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet
import pytest

from tocsin.earth.time import tai_from_utc
from tocsin.formats.plot_table import in_time_order, table_from_plots
from tocsin.studies.broken import broken_off
from tocsin.studies.known_sky import Satellites
from tocsin.studies.plot_input import sites_for
from tocsin.studies.track_figures import NOT_FREE, track_records
from tocsin.studies.tracking import MISFIT_MAX, Options, Tracked, track_file
from tocsin.tracking.track import Tracks, plain_tracks

MADE = runpy.run_path(str(Path(__file__).parents[1] / "tracking" / "conftest.py"))
START = tai_from_utc("2024-07-05T12:00:00Z")
NS = 1_000_000_000
TURNS_S = 550.0


@pytest.fixture(scope="module")
def raid() -> Any:
    return MADE["make_raid"]()


def tracked(raid: Any, push_m_s2: float, folder: Path) -> Tracked:
    """Track one missile that is pushed sideways from `TURNS_S` on, in free flight."""
    flown = raid.flown
    place, speed = flown.position_ecef_m[:1], flown.velocity_ecef_m_s[:1]
    side = np.cross(np.nan_to_num(place), np.nan_to_num(speed))
    side /= np.maximum(np.linalg.norm(side, axis=-1, keepdims=True), 1.0)
    since = np.maximum(flown.time_s - TURNS_S, 0.0)[None, :, None]
    pushed = replace(
        flown,
        position_ecef_m=place + 0.5 * push_m_s2 * since**2 * side,
        velocity_ecef_m_s=speed + push_m_s2 * since * side,
    )
    plots = MADE["watched"](replace(raid, flown=pushed), 1, 0.1, 0.0)
    plots = plots.take(np.flatnonzero(plots.time_tai_ns <= 900 * NS))
    plots = in_time_order(replace(plots, time_tai_ns=plots.time_tai_ns + START))
    path = folder / "plots.parquet"
    pyarrow.parquet.write_table(table_from_plots(plots), path)
    options = Options(satellites=Satellites(wanted=False))
    return track_file(path, sites_for(path, None), options, lambda *_: None)


def test_a_target_pushed_sideways_in_coast_gets_no_impact(raid: Any, tmp_path: Path) -> None:
    found = track_records(tracked(raid, 30.0, tmp_path))

    assert len(found) > 2
    assert {each["no_impact"] for each in found} == {NOT_FREE}
    assert {each["impact"] for each in found} == {None}


def test_the_same_target_flying_freely_gets_its_impact(raid: Any, tmp_path: Path) -> None:
    found = track_records(tracked(raid, 0.0, tmp_path))

    assert len(found) == 1
    assert found[0]["impact"] is not None
    assert found[0]["no_impact"] is None


def test_a_misfit_that_stays_high_is_refused_and_one_that_passes_is_not(
    raid: Any, tmp_path: Path
) -> None:
    found = tracked(raid, 0.0, tmp_path)
    high = np.full(5, MISFIT_MAX + 0.1)
    passing = np.append(high[:4], MISFIT_MAX - 0.1)

    for misfits, told in ((high, NOT_FREE), (passing, None)):
        odd = replace(found, tracks=(replace(found.tracks[0], misfits=misfits),))
        assert track_records(odd)[0]["no_impact"] == told


def rows(begin_s: list[float], end_s: list[float], aside_m: list[float]) -> tuple[Tracks, Tracks]:
    """Give tracks on parallel lines, as first believed and as last fed, far from any pull."""
    made = []
    for times in (begin_s, end_s):
        n = len(times)
        state = np.zeros((n, 6))
        state[:, 0] = 4e8
        state[:, 1] = aside_m
        made.append(
            plain_tracks(
                track=1 + np.arange(n),
                time_tai_ns=(np.array(times) * NS).astype(np.int64),
                state=state,
                covariance=np.tile(np.diag([1e3] * 3 + [30.0] * 3) ** 2, (n, 1, 1)),
                existence=np.ones(n),
                phase=np.ones(n, np.int64),
                sensors=np.ones(n, np.int64),
                hits=np.full(n, 9),
                misses=np.zeros(n, np.int64),
            )
        )
    return made[0], made[1]


def test_a_chain_of_breaks_is_told_and_a_single_one_is_not() -> None:
    begin, end = [20.0, 120.0, 220.0, 20.0, 120.0], [90.0, 190.0, 290.0, 90.0, 190.0]
    aside = [0.0, 4e4, 8e4, 5e6, 5.04e6]
    first, last = rows(begin, end, aside)
    born = first.time_tai_ns - 20 * NS

    assert broken_off(first, last, born).tolist() == [True, True, True, False, False]
    assert not broken_off(first, last, born, infrared=1).any()
    assert not broken_off(first, last, born + 1_000 * NS).any()


def test_tracks_that_fit_one_another_are_no_break() -> None:
    first, last = rows([20.0, 120.0, 220.0], [90.0, 190.0, 290.0], [0.0, 0.0, 0.0])

    assert not broken_off(first, last, first.time_tai_ns - 20 * NS).any()
