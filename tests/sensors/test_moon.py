"""The Moon's echo at Thule on 5 October 1960, and a true missile in the same beam."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tocsin.catalog.build import radar_at
from tocsin.catalog.load import load_catalog
from tocsin.earth.frames import east_north_up
from tocsin.earth.sun import moon_position_ecef
from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.lanes import Floats
from tocsin.sensors.measurement import Plots, Site, site_of, site_positions_m
from tocsin.sensors.moon import LIGHT_M_S, MOON_RADIUS_M, is_moon, moon_echo

REPETITION_S = 1.0 / 27.0
RISEN = tai_from_utc("1960-10-05T22:40:00Z")
SIGMA_RAD = math.radians(0.3)


def thule() -> Site:
    return site_of(radar_at(load_catalog().radars["usa-pituffik-uewr"]))


def echoes(count: int = 24, **changes: Any) -> Plots:
    """Give an echo from a depth within the Moon's radius every 10 s, its range folded."""
    site, draw = thule(), np.random.default_rng(5)
    times = RISEN + np.arange(count) * 10 * SECOND_NS
    axes = np.array(east_north_up(site.latitude_rad, site.longitude_rad))
    place = site_positions_m(site, times)
    local = (moon_position_ecef(times) - place) @ axes.T
    later = (moon_position_ecef(times + SECOND_NS) - place) @ axes.T
    away = np.linalg.norm(local, axis=1)
    full = away - MOON_RADIUS_M * draw.random(count)
    columns: dict[str, Any] = {
        "sensors": (site.id,),
        "time_tai_ns": times,
        "sensor": np.zeros(count, np.int64),
        "range_m": full % (0.5 * LIGHT_M_S * REPETITION_S),
        "azimuth_rad": angle(local) + SIGMA_RAD * draw.standard_normal(count),
        "elevation_rad": np.arcsin(local[:, 2] / away) + SIGMA_RAD * draw.standard_normal(count),
        "range_rate_m_s": np.linalg.norm(later, axis=1) - away + 3.0 * draw.standard_normal(count),
        "snr_db": np.full(count, 20.0),
        "sigma_range_m": np.full(count, 1e3),
        "sigma_azimuth_rad": np.full(count, SIGMA_RAD),
        "sigma_elevation_rad": np.full(count, SIGMA_RAD),
        "sigma_range_rate_m_s": np.full(count, 10.0),
        "plot_id": np.arange(count),
    }
    return Plots(**(columns | changes))


def angle(local: Floats) -> Floats:
    return np.asarray(np.arctan2(local[:, 0], local[:, 1]) % (2.0 * np.pi))


def test_the_moonrise_echo_of_1960_is_told() -> None:
    found = moon_echo(echoes(), thule(), REPETITION_S)

    assert found.delay.all()
    assert found.is_moon.mean() > 0.95
    assert np.median(found.off_rad) < math.radians(0.7)


@pytest.mark.parametrize("repetition_s", [None, REPETITION_S])
def test_it_is_told_without_range_rates_when_it_stays_for_minutes(
    repetition_s: float | None,
) -> None:
    blind = echoes(range_rate_m_s=np.full(24, np.nan))

    assert is_moon(blind, thule(), repetition_s).mean() > 0.95
    assert not is_moon(blind.take(np.arange(3)), thule(), repetition_s).any()


def test_a_missile_in_the_same_beam_keeps_its_plots() -> None:
    fast = echoes(range_rate_m_s=np.full(24, -4_000.0))

    assert not is_moon(fast, thule(), REPETITION_S).any()
    mixed = replace(
        echoes(), range_rate_m_s=np.where(np.arange(24) % 2, -4_000.0, echoes().range_rate_m_s)
    )
    told = is_moon(mixed, thule(), REPETITION_S)
    assert not told[1::2].any()
    assert told[::2].mean() > 0.9


def test_another_delay_another_direction_and_a_moon_that_is_down_do_not_fit() -> None:
    site, plots = thule(), echoes()
    elsewhere = replace(plots, azimuth_rad=plots.azimuth_rad + math.radians(5.0))
    nearer = replace(plots, range_m=plots.range_m - 2.5e6)
    earlier = replace(plots, time_tai_ns=plots.time_tai_ns - 6 * 3_600 * SECOND_NS)

    assert not is_moon(elsewhere, site, REPETITION_S).any()
    assert not moon_echo(nearer, site, REPETITION_S).delay.any()
    assert is_moon(nearer, site, None).mean() > 0.95
    assert not is_moon(earlier, site, REPETITION_S).any()
    assert is_moon(plots.take(np.empty(0, np.int64)), site).size == 0
