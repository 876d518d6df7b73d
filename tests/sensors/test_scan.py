"""What a sensor reports: against the truth, the coverage kernel's view, and its own chance."""

import math
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.frames import ecef_from_geodetic_batch, geodetic_from_ecef_batch
from tocsin.earth.time import tai_from_utc
from tocsin.flight.grid import GRID
from tocsin.lanes import LANES, Floats
from tocsin.sensors import coverage
from tocsin.sensors.infrared import Infrared, plume_detection_probability
from tocsin.sensors.measurement import Plots, site_of, site_positions_m
from tocsin.sensors.radar import Radar, snr_for
from tocsin.sensors.satellites import geostationary
from tocsin.sensors.scan import (
    STATED_SNR,
    Bias,
    InfraredNoise,
    Instrument,
    RadarNoise,
    Targets,
    draw_bias,
    in_infrared_view,
    in_radar_view,
    scan,
)
from tocsin.sensors.watch import watch

START_NS = tai_from_utc("2024-07-05T12:00:00Z")
TURN = 2.0 * math.pi
QUIET = RadarNoise(
    range_m=0.0,
    angle_rad=0.0,
    range_rate_m_s=0.0,
    range_cell_m=0.0,
    angle_cell_rad=0.0,
    range_bias_m=0.0,
    angle_bias_rad=0.0,
)
STEADY = InfraredNoise(angle_rad=0.0, angle_cell_rad=0.0, angle_bias_rad=0.0)

RADAR = Radar(
    id="hill",
    name="hill",
    latitude_rad=math.radians(48.0),
    longitude_rad=math.radians(37.0),
    altitude_m=300.0,
    sectors_rad=(
        (math.radians(300.0), math.radians(40.0)),
        (math.radians(90.0), math.radians(150.0)),
    ),
    elevation_min_rad=math.radians(2.0),
    elevation_max_rad=math.radians(70.0),
    range_min_m=100e3,
    range_max_m=4000e3,
    reference_rcs_m2=1.0,
    reference_snr=snr_for(0.5, 1e-6),
    false_alarm_probability=1e-6,
    revisit_s=10.0,
)
SATELLITE = Infrared(
    id="high",
    name="high",
    orbit=geostationary("high", math.radians(80.0)),
    threshold_w_m2=1.9e-10,
    cloud_break_m=9_000.0,
    revisit_s=10.0,
)

angles = st.floats(-0.999, 0.999)
seeds = st.integers(0, 2**32 - 1)


def around(seed: int, count: int = 200, spread_rad: float = 0.5) -> Targets:
    """Give targets above the radar's part of the world, moving any way, all at one look."""
    chance = np.random.default_rng(seed)
    return Targets(
        look=np.zeros(count, np.int64),
        position_ecef_m=ecef_from_geodetic_batch(
            RADAR.latitude_rad + chance.uniform(-spread_rad, spread_rad, count),
            RADAR.longitude_rad + chance.uniform(-spread_rad, spread_rad, count),
            chance.uniform(0.0, 1_500e3, count),
        ),
        velocity_ecef_m_s=chance.uniform(-5e3, 5e3, (count, 3)),
        rcs_m2=chance.uniform(0.01, 10.0, count),
        plume_w_sr=chance.choice([0.0, 1e4, 1e6], count),
    )


def repeated(targets: Targets, row: int, looks: int) -> Targets:
    """Give one of the targets at many looks."""
    return replace(targets.take(np.full(looks, row)), look=np.arange(looks))


def times(looks: int) -> np.ndarray:
    return START_NS + np.arange(looks) * 10_000_000_000


def places(plots: Plots, sensor: Radar | Infrared, along_m: Floats) -> Floats:
    """Turn plots back into positions, by rotations and not by the axes that made them."""
    east, north, up = (
        along_m * np.cos(plots.elevation_rad) * np.sin(plots.azimuth_rad),
        along_m * np.cos(plots.elevation_rad) * np.cos(plots.azimuth_rad),
        along_m * np.sin(plots.elevation_rad),
    )
    here = site_positions_m(site_of(sensor), plots.time_tai_ns)
    if isinstance(sensor, Infrared):
        return here + np.stack([north, east, up], axis=-1)
    lat, lon = sensor.latitude_rad, sensor.longitude_rad
    out = math.cos(lat) * up - math.sin(lat) * north
    return here + np.stack(
        [
            math.cos(lon) * out - math.sin(lon) * east,
            math.sin(lon) * out + math.cos(lon) * east,
            math.sin(lat) * up + math.cos(lat) * north,
        ],
        axis=-1,
    )


def nearest_m(found: Floats, true: Floats) -> Floats:
    """Give how far each found position is from the nearest true one."""
    return np.linalg.norm(found[:, None] - true[None], axis=-1).min(axis=1)


@given(seed=seeds)
def test_plots_without_noise_turn_back_into_the_truth(seed: int) -> None:
    targets = around(seed)
    found = scan(
        Instrument(sensor=RADAR, noise=QUIET), times(1), targets, np.random.default_rng(seed)
    ).plots

    assert found.count > 0
    off_m = nearest_m(places(found, RADAR, found.range_m), targets.position_ecef_m)
    assert np.max(off_m) < 1.0
    assert np.unique(np.round(found.range_m, 3)).size == found.count


@given(seed=seeds)
def test_a_range_rate_is_how_fast_the_range_grows(seed: int) -> None:
    targets, chance = around(seed), np.random.default_rng(seed)
    plots = scan(Instrument(sensor=RADAR, noise=QUIET), times(1), targets, chance).plots
    here = site_positions_m(site_of(RADAR), np.zeros(1, np.int64))
    before, after = (
        np.linalg.norm(targets.position_ecef_m + dt * targets.velocity_ecef_m_s - here, axis=-1)
        for dt in (-0.01, 0.01)
    )
    middle = np.linalg.norm(targets.position_ecef_m - here, axis=-1)
    row = np.argmin(np.abs(middle[None] - plots.range_m[:, None]), axis=1)

    np.testing.assert_allclose(plots.range_rate_m_s, (after - before)[row] / 0.02, atol=0.01)


@given(seed=seeds)
def test_lines_of_sight_without_noise_point_at_the_plumes(seed: int) -> None:
    targets = around(seed)
    seen = in_infrared_view(
        SATELLITE, site_positions_m(site_of(SATELLITE), times(1))[targets.look], targets
    )
    plots = scan(
        Instrument(sensor=SATELLITE, noise=STEADY), times(1), targets, np.random.default_rng(seed)
    ).plots
    true = targets.position_ecef_m[seen]
    away = np.linalg.norm(true - site_positions_m(site_of(SATELLITE), times(1)), axis=-1)

    assert 0 < plots.count <= np.count_nonzero(seen)
    assert np.all(np.isnan(plots.range_m))
    off = [
        np.min(np.linalg.norm(places(plots.take(np.array([k])), SATELLITE, away) - true, axis=-1))
        for k in range(plots.count)
    ]
    assert max(off) < 1.0


@given(seed=seeds)
def test_errors_shrink_with_the_root_of_the_signal_down_to_a_floor(seed: int) -> None:
    noise = RadarNoise()
    plots = scan(
        Instrument(sensor=RADAR, noise=noise), times(1), around(seed), np.random.default_rng(seed)
    ).plots
    snr = 10.0 ** (plots.snr_db / 10.0)

    grown = np.sqrt(STATED_SNR / snr + noise.floor**2)
    np.testing.assert_allclose(plots.sigma_range_m, noise.range_m * grown)
    np.testing.assert_allclose(plots.sigma_elevation_rad, noise.angle_rad * grown)
    np.testing.assert_allclose(plots.sigma_range_rate_m_s, noise.range_rate_m_s * grown)
    np.testing.assert_allclose(
        plots.sigma_azimuth_rad * np.cos(plots.elevation_rad), noise.angle_rad * grown
    )


def test_errors_are_as_wide_as_the_plots_say_and_off_by_the_bias() -> None:
    looks = 20_000
    target = repeated(around(3), visible_row(3), looks)
    bias = Bias(range_m=5_000.0, azimuth_rad=0.05, elevation_rad=-0.04)
    true = scan(
        Instrument(sensor=RADAR, noise=QUIET), times(looks), target, np.random.default_rng(1)
    ).plots
    noisy = scan(
        Instrument(sensor=RADAR, noise=RadarNoise(), bias=bias),
        times(looks),
        target,
        np.random.default_rng(2),
    ).plots

    for field, sigma, off in (
        ("range_m", noisy.sigma_range_m, bias.range_m),
        ("azimuth_rad", noisy.sigma_azimuth_rad, bias.azimuth_rad),
        ("elevation_rad", noisy.sigma_elevation_rad, bias.elevation_rad),
        ("range_rate_m_s", noisy.sigma_range_rate_m_s, 0.0),
    ):
        score = (getattr(noisy, field) - getattr(true, field)[0] - off) / sigma
        within = 5.0 / math.sqrt(noisy.count)
        assert abs(score.mean()) < 2.0 * within, field
        assert abs(score.std() - 1.0) < within + 0.02, field


def visible_row(seed: int, sensor: Radar = RADAR) -> int:
    """Give a target that a radar sees about every other look."""
    targets = around(seed)
    away = np.linalg.norm(
        targets.position_ecef_m - site_positions_m(site_of(sensor), np.zeros(1, np.int64)), axis=-1
    )
    snr = sensor.reference_snr * targets.rcs_m2 * (sensor.range_max_m / away) ** 4
    inside = in_radar_view(sensor, targets.position_ecef_m) & (snr > 10.0)
    return int(np.argmin(np.where(inside, snr, np.inf)))


@pytest.mark.parametrize("seed", range(5))
def test_a_radar_detects_as_often_as_its_probability_says(seed: int) -> None:
    looks = 20_000
    targets, row = around(seed), visible_row(seed)
    target = repeated(targets, row, looks)
    away = np.linalg.norm(
        target.position_ecef_m[0] - site_positions_m(site_of(RADAR), np.zeros(1, np.int64))[0]
    )
    lanes = np.zeros(GRID * LANES)
    lanes[: 3 * LANES : LANES] = target.position_ecef_m[0]
    table = watch((RADAR,), (), START_NS, 0.0, 1.0).radars[0]
    chance = coverage.radar_chance(lanes, 0, table, float(target.rcs_m2[0]))

    found = scan(
        Instrument(sensor=RADAR, noise=QUIET), times(looks), target, np.random.default_rng(seed)
    ).plots

    assert 0.1 < chance < 0.99
    assert away < RADAR.range_max_m
    assert_binomial(found.count, looks, chance)
    snr = 10.0 ** (found.snr_db / 10.0)
    average = table[17] * target.rcs_m2[0] / away**4
    wanted = average - math.log(RADAR.false_alarm_probability)  # of those over the threshold
    assert abs(snr.mean() - wanted) < 5.0 * (1.0 + average) / math.sqrt(found.count)


@pytest.mark.parametrize("over", [0.7, 0.9, 1.0, 1.3])
def test_a_satellite_reports_as_often_as_its_probability_says(over: float) -> None:
    looks = 20_000
    targets = around(1, count=1, spread_rad=0.01)
    place = site_positions_m(site_of(SATELLITE), times(1))
    away = float(np.linalg.norm(targets.position_ecef_m - place))
    plume = np.array([over * SATELLITE.threshold_w_m2 * away**2])
    target = repeated(replace(targets, plume_w_sr=plume), 0, looks)

    found = scan(
        Instrument(sensor=SATELLITE, noise=STEADY), times(looks), target, np.random.default_rng(5)
    ).plots

    wanted = plume_detection_probability(over * SATELLITE.threshold_w_m2, SATELLITE.threshold_w_m2)
    assert_binomial(found.count, looks, wanted)


def assert_binomial(hits: int, looks: int, chance: float) -> None:
    """Hold a count against its chance, at five standard deviations."""
    assert abs(hits - looks * chance) < 5.0 * math.sqrt(looks * chance * (1.0 - chance)) + 1.0


@given(seed=seeds)
def test_a_radar_has_in_view_what_the_coverage_kernel_has(seed: int) -> None:
    targets = around(seed, count=LANES)
    height = geodetic_from_ecef_batch(targets.position_ecef_m)[2]
    lanes = np.concatenate(
        [targets.position_ecef_m.T.ravel(), height, np.ones(LANES), np.zeros((GRID - 5) * LANES)]
    )
    expected = np.zeros(LANES, bool)
    for row in watch((RADAR,), (), START_NS, 0.0, 1.0).radars:
        seen = np.zeros(LANES, np.int64)
        coverage.in_radar_view(lanes, row, seen)
        waiting, last = np.ones(LANES, np.int64), np.zeros(LANES)
        coverage.lifted_into_view(lanes, row, 0.0, seen, waiting, last)
        expected |= seen == 1

    assert np.array_equal(in_radar_view(RADAR, targets.position_ecef_m), expected)


@given(seed=seeds)
def test_a_satellite_has_in_view_what_the_coverage_kernel_has(seed: int) -> None:
    low = replace(SATELLITE, elevation_min_rad=math.radians(-20.0))
    for satellite, spread in ((SATELLITE, 0.6), (low, 0.6)):
        targets = around(seed, count=LANES, spread_rad=spread)
        height = geodetic_from_ecef_batch(targets.position_ecef_m)[2]
        lanes = np.concatenate(
            [
                targets.position_ecef_m.T.ravel(),
                height,
                np.ones(LANES),
                np.zeros((GRID - 5) * LANES),
            ]
        )
        place = site_positions_m(site_of(satellite), times(1))
        table = watch((), (satellite,), START_NS, 0.0, 1.0).satellites[0]
        seen, waiting = np.zeros(LANES, np.int64), np.ones(LANES, np.int64)
        burnout = np.where(targets.plume_w_sr > 0.0, 1.0, -1.0)
        coverage.in_infrared_view(
            lanes, table, place[0], 0.0, burnout, seen, waiting, np.zeros(LANES)
        )

        found = in_infrared_view(satellite, place[targets.look], targets)
        assert np.array_equal(found, seen == 1)


def strong(positions_m: Floats) -> Targets:
    """Give big targets that no look misses."""
    count = positions_m.shape[0]
    return Targets(
        look=np.zeros(count, np.int64),
        position_ecef_m=positions_m,
        velocity_ecef_m_s=np.zeros((count, 3)),
        rcs_m2=np.full(count, 1e9),
        plume_w_sr=np.full(count, 1e9),
    )


@given(apart_m=st.floats(1.0, 5_000.0), seed=seeds)
def test_two_targets_in_one_cell_are_one_plot_and_two_apart_are_two(
    apart_m: float, seed: int
) -> None:
    targets = around(4)
    first = targets.position_ecef_m[visible_row(4)]
    here = site_positions_m(site_of(RADAR), np.zeros(1, np.int64))[0]
    outwards = (here - first) / np.linalg.norm(here - first)
    pair = strong(np.stack([first, first + apart_m * outwards]))
    noise = replace(QUIET, range_cell_m=600.0, angle_cell_rad=0.05)

    plots = scan(
        Instrument(sensor=RADAR, noise=noise), times(1), pair, np.random.default_rng(seed)
    ).plots

    assert plots.count == (1 if apart_m < 600.0 else 2)


def test_the_stronger_of_two_in_one_cell_is_the_one_that_is_left() -> None:
    first = around(4).position_ecef_m[visible_row(4)]
    pair = replace(strong(np.stack([first, first * (1.0 + 2e-5)])), rcs_m2=np.array([1e3, 1e9]))
    noise = replace(QUIET, range_cell_m=600.0, angle_cell_rad=0.05)
    for order in ([0, 1], [1, 0]):
        plots = scan(
            Instrument(sensor=RADAR, noise=noise),
            times(1),
            replace(pair.take(np.array(order)), look=np.zeros(2, np.int64)),
            np.random.default_rng(1),
        ).plots
        found = places(plots, RADAR, plots.range_m)
        assert np.linalg.norm(found - pair.position_ecef_m[1]) < 1.0


def test_targets_of_different_looks_never_cover_each_other() -> None:
    looks = 50
    pair = repeated(strong(around(4).position_ecef_m[[visible_row(4)]]), 0, looks)
    plots = scan(
        Instrument(sensor=RADAR, noise=replace(QUIET, range_cell_m=1e6, angle_cell_rad=1.0)),
        times(looks),
        pair,
        np.random.default_rng(1),
    ).plots
    assert np.array_equal(plots.time_tai_ns, times(looks))


@pytest.mark.parametrize("sensor", [RADAR, SATELLITE], ids=lambda one: one.id)
def test_false_plots_come_as_often_as_asked_and_only_from_the_fan(
    sensor: Radar | Infrared,
) -> None:
    looks, rate = 4_000, 0.7
    noise = (
        replace(QUIET, false_plots=rate)
        if isinstance(sensor, Radar)
        else replace(STEADY, false_plots=rate)
    )
    nothing = around(1).take(np.empty(0, np.int64))
    plots = scan(
        Instrument(sensor=sensor, noise=noise), times(looks), nothing, np.random.default_rng(7)
    ).plots

    assert abs(plots.count - looks * rate) < 5.0 * math.sqrt(looks * rate)
    if isinstance(sensor, Radar):
        assert np.all(in_radar_view(sensor, places(plots, sensor, plots.range_m)))
        assert math.radians(2.0) <= plots.elevation_rad.min() < math.radians(2.5)
        assert math.radians(69.5) < plots.elevation_rad.max() <= math.radians(70.0)
        turned = np.mod(plots.azimuth_rad - math.radians(300.0), TURN)
        assert abs(np.mean(turned < math.radians(100.0)) - 100.0 / 160.0) < 0.05
        assert plots.snr_db.min() > 10.0 * math.log10(-math.log(1e-6) - 1.0) - 1e-9
    else:
        place = site_positions_m(site_of(sensor), plots.time_tai_ns)
        ahead = places(plots, sensor, np.ones(plots.count)) - place
        down = -place / np.linalg.norm(place, axis=-1, keepdims=True)
        off = np.arccos(np.sum(ahead * down, axis=-1))
        assert math.radians(8.3) < off.max() < math.radians(8.71)
        assert plots.snr_db.min() > 20.0 * math.log10(5.0) - 1e-9


@given(seed=seeds)
def test_the_same_stream_gives_the_same_plots_and_another_gives_others(seed: int) -> None:
    instrument = Instrument(sensor=RADAR, noise=RadarNoise(false_plots=3.0))
    one, same, other = (
        scan(instrument, times(1), around(1), np.random.default_rng(each)).plots
        for each in (seed, seed, seed + 1)
    )
    for field in fields(Plots):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(same, field.name))
    assert not np.array_equal(one.snr_db, other.snr_db)


def test_plots_of_a_look_are_in_order_of_azimuth_so_that_none_tells_its_object() -> None:
    plots = scan(
        Instrument(sensor=RADAR, noise=RadarNoise(false_plots=20.0)),
        times(1),
        around(1),
        np.random.default_rng(1),
    ).plots
    assert plots.count > 20
    assert np.all(np.diff(plots.azimuth_rad) > 0.0)


def test_a_bias_is_drawn_as_wide_as_stated() -> None:
    noise, chance = RadarNoise(), np.random.default_rng(1)
    drawn = [draw_bias(noise, chance) for _ in range(2_000)]
    for field, sigma in (
        ("range_m", noise.range_bias_m),
        ("azimuth_rad", noise.angle_bias_rad),
        ("elevation_rad", noise.angle_bias_rad),
    ):
        values = np.array([getattr(one, field) for one in drawn]) / sigma
        assert abs(values.mean()) < 0.12
        assert abs(values.std() - 1.0) < 0.08
    assert draw_bias(InfraredNoise(), chance).range_m == 0.0


def test_a_look_at_nothing_is_a_look_without_plots() -> None:
    nothing = around(1).take(np.empty(0, np.int64))
    for sensor, noise in ((RADAR, RadarNoise()), (SATELLITE, InfraredNoise())):
        found = scan(
            Instrument(sensor=sensor, noise=noise), times(3), nothing, np.random.default_rng(1)
        )
        assert (found.sensor, found.times_tai_ns.size, found.plots.count) == (sensor.id, 3, 0)


@given(seed=seeds)
def test_each_group_of_targets_leaves_the_plots_of_the_others_as_they_were(seed: int) -> None:
    noise = replace(RadarNoise(false_plots=3.0), angle_cell_rad=0.0)
    instrument = Instrument(sensor=RADAR, noise=noise)
    first, second, third = (around(seed + k) for k in range(3))
    nothing = second.take(np.empty(0, np.int64))
    alone, without, every = (
        set(scan(instrument, times(1), groups, np.random.default_rng(seed)).plots.range_m.tolist())
        for groups in (first, (first, nothing, third), (first, second, third))
    )
    assert alone < without < every
