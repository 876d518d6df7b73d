"""Echoes that come back after the next pulse, and a radar with more before it than it reports."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.frames import east_north_up, ecef_from_geodetic
from tocsin.earth.time import tai_from_utc
from tocsin.lanes import Floats, Integers
from tocsin.sensors.radar import Radar, detection_probability, range_ambiguity, snr_for
from tocsin.sensors.scan import Instrument, RadarNoise, Targets, scan

QUIET = RadarNoise(
    range_m=0.0,
    angle_rad=0.0,
    range_rate_m_s=0.0,
    range_cell_m=0.0,
    angle_cell_rad=0.0,
    range_bias_m=0.0,
    angle_bias_rad=0.0,
)
RADAR = Radar(
    id="hill",
    name="hill",
    latitude_rad=math.radians(48.0),
    longitude_rad=math.radians(37.0),
    altitude_m=300.0,
    sectors_rad=((0.0, math.pi),),
    elevation_min_rad=math.radians(2.0),
    elevation_max_rad=math.radians(70.0),
    range_min_m=100e3,
    range_max_m=4000e3,
    reference_rcs_m2=1.0,
    reference_snr=snr_for(0.5, 1e-6),
    false_alarm_probability=1e-6,
    revisit_s=10.0,
)
seeds = st.integers(0, 2**32 - 1)


def times(looks: int) -> Integers:
    return tai_from_utc("2024-07-05T12:00:00Z") + np.arange(looks) * 10_000_000_000


def outwards(away_m: Floats, rcs_m2: float = 1e9) -> Targets:
    """Give targets along one beam, each at a look of its own."""
    axes = east_north_up(RADAR.latitude_rad, RADAR.longitude_rad)
    east, up = np.array(axes[0]), np.array(axes[2])
    here = np.array(ecef_from_geodetic(RADAR.latitude_rad, RADAR.longitude_rad, RADAR.altitude_m))
    ahead = math.cos(0.6) * east + math.sin(0.6) * up
    return Targets(
        look=np.arange(away_m.size),
        position_ecef_m=here + away_m[:, None] * ahead,
        velocity_ecef_m_s=np.zeros((away_m.size, 3)),
        rcs_m2=np.full(away_m.size, rcs_m2),
        plume_w_sr=np.zeros(away_m.size),
    )


@given(away_km=st.floats(150.0, 30_000.0), pulse_hz=st.floats(20.0, 400.0), seed=seeds)
def test_an_echo_from_beyond_the_clear_range_shows_what_is_left_of_its_range(
    away_km: float, pulse_hz: float, seed: int
) -> None:
    radar = replace(RADAR, pulse_hz=pulse_hz)
    shown_m, around_times = range_ambiguity(away_km * 1e3, pulse_hz)
    target = replace(outwards(np.array([away_km * 1e3]), 1e12), velocity_ecef_m_s=np.ones((1, 3)))
    plots, unfolded = (
        scan(
            Instrument(sensor=one, noise=QUIET), times(1), target, np.random.default_rng(seed)
        ).plots
        for one in (radar, RADAR)
    )
    assert plots.count == (RADAR.range_min_m <= shown_m <= RADAR.range_max_m)
    assert unfolded.count == (away_km <= 4_000.0)
    if plots.count:
        assert plots.range_m[0] == pytest.approx(shown_m, abs=1e-3)
    if plots.count and unfolded.count:  # direction, speed and strength are those of the target
        same = around_times == 0.0
        assert (plots.range_m[0] == pytest.approx(unfolded.range_m[0])) == same
        assert plots.azimuth_rad[0] == pytest.approx(unfolded.azimuth_rad[0])
        assert plots.range_rate_m_s[0] == pytest.approx(unfolded.range_rate_m_s[0])
        assert plots.snr_db[0] == pytest.approx(unfolded.snr_db[0])


def test_a_second_time_around_echo_is_as_seldom_as_from_where_it_is() -> None:
    looks, away_m = 20_000, 6_500e3
    radar = replace(RADAR, pulse_hz=50.0)
    rcs_m2 = 20.0
    target = outwards(np.full(looks, away_m), rcs_m2)
    plots = scan(
        Instrument(sensor=radar, noise=QUIET), times(looks), target, np.random.default_rng(2)
    ).plots
    wanted = detection_probability(
        away_m, rcs_m2, radar.range_max_m, radar.reference_rcs_m2, radar.reference_snr, 1e-6
    )
    assert 0.2 < wanted < 0.9
    spread = math.sqrt(looks * wanted * (1.0 - wanted))
    assert abs(plots.count - looks * wanted) < 5.0 * spread


def test_a_full_radar_reports_the_strongest_and_says_that_there_was_more() -> None:
    looks = np.repeat(np.arange(3), [0, 7, 30])
    crowd = replace(outwards(np.linspace(500e3, 3_900e3, 37)), look=looks)
    every, full = (
        scan(Instrument(sensor=one, noise=QUIET), times(3), crowd, np.random.default_rng(3))
        for one in (RADAR, replace(RADAR, plots_max=7))
    )
    assert full.saturated.tolist() == [False, False, True]
    assert not every.saturated.any()
    for look, count in enumerate((0, 7, 7)):
        mine, all_of_them = (
            np.sort(one.plots.snr_db[one.plots.time_tai_ns == times(3)[look]])
            for one in (full, every)
        )
        assert mine.size == count
        np.testing.assert_array_equal(mine, all_of_them[all_of_them.size - count :])
    assert np.all(np.diff(full.plots.time_tai_ns) >= 0)
