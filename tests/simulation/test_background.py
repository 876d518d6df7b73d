"""The Moon, satellites and sunlit clouds before a sensor: in place, and nothing else changed."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tocsin.catalog.build import radar_at
from tocsin.catalog.load import load_catalog
from tocsin.earth.frames import east_north_up, ecef_from_geodetic
from tocsin.earth.sun import moon_position_ecef
from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.errors import ScenarioError
from tocsin.lanes import Floats
from tocsin.sensors.echoes import in_radar_view
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.radar import Radar, snr_at
from tocsin.sensors.satellites import geostationary, states_ecef
from tocsin.sensors.scan import InfraredNoise, Instrument, RadarNoise, Scan, scan
from tocsin.simulation import background
from tocsin.simulation.background import (
    MOON_RADIUS_M,
    MOON_RCS_M2,
    MOON_RINGS,
    SKY_STEP_S,
    SKY_STEPS,
    Passing,
    background_targets,
    moon_targets,
    no_targets,
    passing_over,
    passing_targets,
)
from tocsin.simulation.scenario import Background

RUN_NS = tai_from_utc("2024-07-05T06:00:00Z")
EVERYTHING = Background(satellites=True, moon=True, glint=True)


def radar(**changes: object) -> Radar:
    """Give a warning radar of the catalogue."""
    return replace(radar_at(load_catalog().radars["rus-armavir-voronezh-dm-2"]), **changes)


def thule(pulse_hz: float | None) -> Radar:
    """Give a radar where one saw the Moon rise on 5 October 1960."""
    return radar(
        id="thule",
        latitude_rad=math.radians(76.57),
        longitude_rad=math.radians(-68.30),
        altitude_m=400.0,
        sectors_rad=((0.0, 2.0 * math.pi),),
        elevation_min_rad=math.radians(2.0),
        range_min_m=200e3,
        range_max_m=5_500e3,
        pulse_hz=pulse_hz,
    )


def times(start: str, looks: int, every_s: float = 10.0) -> np.ndarray:
    return tai_from_utc(start) + np.round(np.arange(looks) * every_s * SECOND_NS).astype(np.int64)


def here_m(sensor: Radar) -> Floats:
    return np.array(
        ecef_from_geodetic(sensor.latitude_rad, sensor.longitude_rad, sensor.altitude_m)
    )


def seen(sensor: Radar | Infrared, what: Background, looks: np.ndarray, seed: int = 3) -> Scan:
    """Let a sensor look at a background alone, with two false plots a look."""
    noise = (
        RadarNoise(false_plots=2.0) if isinstance(sensor, Radar) else InfraredNoise(false_plots=2.0)
    )
    passing = passing_over(what, int(looks[0]) - 5 * SECOND_NS, seed)
    groups = background_targets(what, sensor, looks, seed, passing)
    return scan(
        Instrument(sensor=sensor, noise=noise),
        looks,
        (no_targets(), *groups),
        np.random.default_rng(seed),
    )


def rows(found: Scan) -> set[tuple[float, ...]]:
    """Give a scan's plots as a set, to compare by value."""
    plots = found.plots
    columns = (plots.time_tai_ns, np.nan_to_num(plots.range_m), plots.azimuth_rad, plots.snr_db)
    return set(zip(*(each.tolist() for each in columns), strict=True))


def test_the_moon_of_october_1960_shows_at_the_range_that_its_pulses_leave() -> None:
    """Reference: the Moon from Thule at 22:30 and 23:30 UTC, folded by 27 Hz; 2 % of the figure."""
    for instant, shown_km, elevation_deg in (
        ("1960-10-05T22:38:00Z", 5_213.0, 3.5),
        ("1960-10-05T23:38:00Z", 5_013.0, 7.0),
    ):
        sensor, look = thule(27.0), np.array([_before_1970(instant)])
        echo = moon_targets(sensor, look)
        offset = echo.position_ecef_m[0] - here_m(sensor)
        up = np.array(east_north_up(sensor.latitude_rad, sensor.longitude_rad)[2])
        shown = np.linalg.norm(offset) + MOON_RADIUS_M
        assert shown / 1e3 == pytest.approx(shown_km, abs=150.0)
        sine = offset @ up / np.linalg.norm(offset)
        assert math.degrees(math.asin(sine)) == pytest.approx(elevation_deg, abs=0.4)
        rate = echo.velocity_ecef_m_s[0] @ offset / np.linalg.norm(offset)
        assert -60.0 < rate < -45.0


def _before_1970(utc: str) -> int:
    """Give an instant before the first leap second of the table: TAI was UTC + 1.4 s or so."""
    moment = np.datetime64(utc.removesuffix("Z"), "ns").astype(np.int64)
    return int(moment) + SECOND_NS


def moonlit(pulse_hz: float | None) -> tuple[Radar, np.ndarray]:
    """Give a radar and looks that have the Moon well up."""
    looks = times("2024-07-11T12:00:00Z", 288, 600.0)
    sensor = thule(pulse_hz)
    offset = moon_position_ecef(looks) - here_m(sensor)
    up = np.array(east_north_up(sensor.latitude_rad, sensor.longitude_rad)[2])
    high = np.degrees(np.arcsin(offset @ up / np.linalg.norm(offset, axis=-1)))
    sensor = replace(sensor, elevation_max_rad=math.radians(60.0))
    assert high.max() < 60.0
    return sensor, looks


@pytest.mark.parametrize("pulse_hz", [None, 27.0, 100.0])
def test_the_moons_echo_is_as_strong_as_from_where_it_is(pulse_hz: float | None) -> None:
    sensor, looks = moonlit(pulse_hz)
    echo = moon_targets(sensor, looks)
    shown = np.linalg.norm(echo.position_ecef_m - here_m(sensor), axis=-1)
    true = np.linalg.norm(moon_position_ecef(looks) - here_m(sensor), axis=-1)
    known = (sensor.range_max_m, sensor.reference_rcs_m2, sensor.reference_snr)
    each = snr_at(shown, echo.rcs_m2, *known)  # type: ignore[arg-type]
    total = each.reshape(looks.size, MOON_RINGS + 1).sum(axis=1)  # type: ignore[attr-defined]
    wanted = snr_at(true, MOON_RCS_M2, *known)  # type: ignore[arg-type]
    np.testing.assert_allclose(total, wanted, rtol=0.02)
    clear = sensor.range_max_m if pulse_hz is None else 299_792_458.0 / 2.0 / pulse_hz
    left = np.mod(true - MOON_RADIUS_M, clear)
    np.testing.assert_allclose(shown.reshape(looks.size, -1)[:, 0], left, atol=1.0)


def test_the_moon_gives_tens_of_plots_while_it_is_up_and_none_while_it_is_down() -> None:
    sensor, looks = moonlit(None)
    offset = moon_position_ecef(looks) - here_m(sensor)
    up = np.array(east_north_up(sensor.latitude_rad, sensor.longitude_rad)[2])
    high = np.degrees(np.arcsin(offset @ up / np.linalg.norm(offset, axis=-1)))
    groups = background_targets(Background(moon=True), sensor, looks, 1, None)
    found = scan(
        Instrument(sensor=sensor, noise=RadarNoise()), looks, groups, np.random.default_rng(1)
    )
    count = np.array([np.sum(found.plots.time_tai_ns == look) for look in looks])
    assert np.all(count[high < 1.0] == 0)
    assert 8.0 < count[high > 3.0].mean() < MOON_RINGS + 1
    assert np.all(found.plots.range_m < sensor.range_max_m + 2_000.0)


def test_satellites_between_their_instants_are_where_sgp4_has_them() -> None:
    passing = passing_over(Background(satellites=200), RUN_NS, 5)
    assert passing is not None
    everywhere = radar(
        range_max_m=5e7,
        range_min_m=0.0,
        reference_snr=1e9,
        sectors_rad=((0.0, 2.0 * math.pi),),
        elevation_min_rad=0.0,
        elevation_max_rad=0.5 * math.pi,
    )
    half = RUN_NS + round((7.5 + np.arange(3)[0]) * SKY_STEP_S * SECOND_NS)
    found = passing_targets(everywhere, np.array([half]), passing)
    sky = background.moved_to(background.load_sky(), RUN_NS)
    place, velocity = states_ecef(sky.batch, np.array([half]), sky.moved_tai_ns)

    assert found.look.size > 10
    for k in range(found.look.size):
        off = np.linalg.norm(place[:, 0] - found.position_ecef_m[k], axis=-1)
        nearest = int(np.nanargmin(off))
        assert off[nearest] < 2.0
        assert (
            np.linalg.norm(velocity[nearest, 0] - found.velocity_ecef_m_s[k]) < 2.0
        )  # SGP4's own is as far off


def test_no_satellite_in_view_is_lost_by_looking_only_at_those_that_may_be() -> None:
    sensor, looks = radar(range_max_m=2_000e3), times("2024-07-05T06:03:17Z", 4, 17.0)
    passing = passing_over(Background(satellites=10_000), RUN_NS, 5)
    assert passing is not None
    found = passing_targets(sensor, looks, passing)

    states, step_ns = passing.states(RUN_NS), round(SKY_STEP_S * SECOND_NS)
    sky = background.moved_to(background.load_sky(), RUN_NS)
    chosen = np.sort(background.stream(5, "everyone", "satellites").permutation(sky.count)[:10_000])
    place, _ = states_ecef(background.taken(sky, chosen).batch, looks, sky.moved_tai_ns)
    wanted = 0
    for k in range(looks.size):
        there = np.flatnonzero(np.isfinite(place[:, k, 0]))
        at = np.ascontiguousarray(place[there, k])
        away = np.linalg.norm(at - here_m(sensor), axis=-1)
        known = (sensor.range_max_m, sensor.reference_rcs_m2, sensor.reference_snr)
        strong = snr_at(away, passing.rcs_m2[there], *known) >= 0.5  # type: ignore[arg-type]
        wanted += int(np.count_nonzero(in_radar_view(sensor, at) & strong))
    assert wanted > 40
    assert abs(found.look.size - wanted) <= 1
    assert states[0].shape == (passing.rcs_m2.size, SKY_STEPS + 1, 3)
    assert step_ns * SKY_STEPS == 1_800 * SECOND_NS


def test_a_number_of_satellites_is_the_same_for_every_sensor_and_another_for_another_seed() -> None:
    one, same, other = (passing_over(Background(satellites=50), RUN_NS, seed) for seed in (1, 1, 2))
    assert one is not None
    assert same is not None
    assert other is not None
    place = [each.states(RUN_NS)[0][:, 0] for each in (one, same, other)]
    assert place[0].shape == (50, 3)
    np.testing.assert_array_equal(place[0], place[1])
    assert not np.array_equal(place[0], place[2])
    assert passing_over(Background(), RUN_NS, 1) is None


def test_what_is_in_the_background_changes_nothing_else_that_a_sensor_reports() -> None:
    sensor = thule(None)
    looks = times("2024-07-05T06:00:00Z", 40)
    alone = rows(seen(sensor, Background(), looks))
    full = rows(seen(sensor, replace(EVERYTHING, satellites=3_000), looks))
    moon = rows(seen(sensor, Background(moon=True), looks))

    assert 40 < len(alone) < len(moon) < len(full)
    assert len(alone - full) <= 3  # covered by an echo in the same cell
    assert len(moon - full) <= 3


def test_an_infrared_satellite_sees_clouds_that_stay_and_a_radar_does_not() -> None:
    eye = Infrared(
        id="eye",
        name="eye",
        orbit=geostationary("eye", math.radians(80.0)),
        threshold_w_m2=1.9e-10,
        cloud_break_m=9_000.0,
        revisit_s=10.0,
    )
    looks = times("2024-07-05T06:00:00Z", 300)
    for sensor, some in ((eye, True), (thule(None), False)):
        groups = background_targets(Background(glint=True), sensor, looks, 4, None)
        assert (sum(group.look.size for group in groups) > 0) == some
    assert sum(each.look.size for each in background_targets(EVERYTHING, eye, looks, 4, None)) > 0
    assert not any(each.look.size for each in background_targets(Background(), eye, looks, 4, None))


def test_too_many_passing_satellites_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "PASSING_MAX", 10)
    passing = Passing(
        start_tai_ns=RUN_NS,
        rcs_m2=np.full(20, 1e3),
        states=lambda _: (
            np.broadcast_to(1.2 * here_m(thule(None)), (20, SKY_STEPS + 1, 3)),
            np.zeros((20, SKY_STEPS + 1, 3)),
        ),
    )
    zenith = replace(thule(None), elevation_max_rad=0.5 * math.pi)
    with pytest.raises(ScenarioError, match=r"satellites in \[background\]"):
        passing_targets(zenith, times("2024-07-05T06:00:00Z", 3), passing)
