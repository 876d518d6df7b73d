"""What a radar sees: published chances, laws of the radar equation, and records that refuse."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.sensors.limits import SensorError
from tocsin.sensors.radar import (
    ANGLE_SLOPE,
    RANGE_SLOPE,
    SPEED_OF_LIGHT_M_S,
    Radar,
    clear_range_m,
    detection_probability,
    measurement_sigma,
    range_ambiguity,
    range_by_equation_m,
    snr_at,
    snr_for,
    swerling_0,
    swerling_1,
)

laws = settings(max_examples=50, deadline=None)
KNOWN = {
    "reference_range_m": 4e6,
    "reference_rcs_m2": 1.0,
    "reference_snr": 20.0,
    "false_alarm_probability": 1e-6,
}
RADAR = Radar(
    id="east-1",
    name="East",
    latitude_rad=0.9,
    longitude_rad=-1.5,
    altitude_m=50.0,
    sectors_rad=((6.0, 1.0),),
    elevation_min_rad=math.radians(2.0),
    elevation_max_rad=math.radians(70.0),
    range_min_m=250e3,
    range_max_m=6000e3,
    reference_rcs_m2=1.0,
    reference_snr=snr_for(0.5, 1e-6),
    false_alarm_probability=1e-6,
    revisit_s=5.0,
)


@laws
@given(range_m=st.floats(1e4, 5e7), rcs_m2=st.floats(1e-3, 1e2), factor=st.floats(1.0, 10.0))
def test_reach_grows_with_the_fourth_root_of_size(
    range_m: float, rcs_m2: float, factor: float
) -> None:
    near = detection_probability(range_m, rcs_m2, **KNOWN)
    far_bigger = detection_probability(factor * range_m, factor**4 * rcs_m2, **KNOWN)
    far_same = detection_probability(factor * range_m, rcs_m2, **KNOWN)

    assert far_bigger == pytest.approx(near, rel=1e-9)
    assert far_same <= near <= 1.0
    assert far_same >= KNOWN["false_alarm_probability"] * (1.0 - 1e-12)


@laws
@given(range_m=st.floats(1e4, 5e7), rcs_m2=st.floats(1e-3, 1e2))
def test_signal_is_the_reference_at_the_reference_and_falls_sixteenfold_at_twice_the_range(
    range_m: float, rcs_m2: float
) -> None:
    near = snr_at(range_m, rcs_m2, 4e6, 1.0, 20.0)

    assert snr_at(4e6, 1.0, 4e6, 1.0, 20.0) == 20.0
    assert snr_at(2.0 * range_m, rcs_m2, 4e6, 1.0, 20.0) == pytest.approx(near / 16.0, rel=1e-12)
    assert snr_at(range_m, 3.0 * rcs_m2, 4e6, 1.0, 20.0) == pytest.approx(3.0 * near, rel=1e-12)


def test_chances_of_detection_are_the_published_ones(cases: dict[str, Any]) -> None:
    case = cases["pd_swerling_dev"]
    limit = case["tolerance"]["abs"]
    for row in case["expected"]:
        snr = 10.0 ** (0.1 * row["snr_db"])

        assert swerling_0(snr, row["pfa"]) == pytest.approx(row["swerling0"], abs=limit)
        assert swerling_1(snr, row["pfa"]) == pytest.approx(row["swerling1"], abs=limit)


def test_chances_of_detection_are_what_counting_noisy_looks_gives() -> None:
    draw = np.random.default_rng(11)
    looks, snr, alarm = 400_000, 8.0, 1e-3
    noise = draw.normal(size=(2, looks)) * math.sqrt(0.5)
    flicker = draw.normal(size=(2, looks)) * math.sqrt(0.5 * snr)
    over = -math.log(alarm)

    steady = ((math.sqrt(snr) + noise[0]) ** 2 + noise[1] ** 2 > over).mean()
    flickering = (((noise + flicker) ** 2).sum(axis=0) > over).mean()

    assert swerling_0(snr, alarm) == pytest.approx(steady, abs=0.004)
    assert swerling_1(snr, alarm) == pytest.approx(flickering, abs=0.004)


@laws
@given(snr=st.floats(0.0, 1e5), more=st.floats(1.0, 3.0), log_alarm=st.floats(-12.0, -1.5))
def test_a_stronger_echo_is_never_seen_less_often(
    snr: float, more: float, log_alarm: float
) -> None:
    alarm = 10.0**log_alarm
    for chance in (swerling_0, swerling_1):
        weak, strong = chance(snr, alarm), chance(more * snr, alarm)

        assert alarm * (1.0 - 1e-6) <= weak <= strong + 1e-9
        assert strong <= 1.0
    assert swerling_0(0.0, alarm) == pytest.approx(alarm, rel=1e-9)


@laws
@given(probability=st.floats(0.01, 0.999), log_alarm=st.floats(-12.0, -3.0))
def test_the_signal_for_a_chance_gives_that_chance(probability: float, log_alarm: float) -> None:
    alarm = 10.0**log_alarm

    assert swerling_1(snr_for(probability, alarm), alarm) == pytest.approx(probability, rel=1e-12)


def test_the_radar_equation_reaches_as_far_as_published(cases: dict[str, Any]) -> None:
    case = cases["radar_equation"]
    given_ = case["inputs"]
    for integration, reached_m in zip(given_["rho"], case["expected"]["R_m"], strict=True):

        def reach(size: float, well: float = integration) -> float:
            return range_by_equation_m(
                average_power_w=given_["Pav_W"],
                aperture_m2=given_["A_m2"],
                gain=given_["G"],
                rcs_m2=size,
                pulses=given_["n"],
                pulse_rate_hz=given_["prf_Hz"],
                snr=given_["snr"],
                noise_k=given_["Ts_K"],
                loss=given_["loss"],
                integration=well,
            )

        size = given_["sigma_m2"]
        assert reach(size) == pytest.approx(reached_m, rel=case["tolerance"]["rel"])
        assert reach(16.0 * size) == pytest.approx(2.0 * reach(size), rel=1e-12)


@laws
@given(snr=st.floats(1.0, 1e6), cell=st.floats(1e-3, 1e3), fixed=st.floats(0.0, 10.0))
def test_noise_in_a_measurement_halves_when_the_signal_grows_fourfold(
    snr: float, cell: float, fixed: float
) -> None:
    for slope in (RANGE_SLOPE, ANGLE_SLOPE):
        noise = measurement_sigma(snr, cell, slope, 0.0)

        assert noise == pytest.approx(cell / (slope * math.sqrt(2.0 * snr)), rel=1e-12)
        assert measurement_sigma(4.0 * snr, cell, slope, 0.0) == pytest.approx(0.5 * noise)
        assert measurement_sigma(snr, cell, slope, fixed) == pytest.approx(math.hypot(noise, fixed))


@laws
@given(range_m=st.floats(0.0, 4e8), pulse_rate_hz=st.floats(10.0, 5000.0))
def test_a_shown_range_is_the_true_one_less_whole_pulse_distances(
    range_m: float, pulse_rate_hz: float
) -> None:
    clear_m = SPEED_OF_LIGHT_M_S / (2.0 * pulse_rate_hz)

    shown_m, around = range_ambiguity(range_m, pulse_rate_hz)

    assert -1e-6 <= shown_m <= clear_m + 1e-6
    assert around == int(around)
    assert shown_m + around * clear_m == pytest.approx(range_m, abs=1e-6)


def test_the_moon_shows_at_a_second_time_around_range() -> None:
    shown_m, around = range_ambiguity(384_400e3, 30.0)

    assert around == 76
    assert shown_m == pytest.approx(384_400e3 - 76 * SPEED_OF_LIGHT_M_S / 60.0, abs=1.0)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("id", " ", "id is empty"),
        ("name", "", "name is empty"),
        ("latitude_rad", 60.0, "latitude_rad is 60; it must be from -1.5708 to 1.5708"),
        ("longitude_rad", 100.0, "longitude_rad is 100"),
        ("altitude_m", math.nan, "altitude_m is nan"),
        ("sectors_rad", (), "sectors_rad is empty"),
        ("sectors_rad", ((0.0, 1.0), (1.0, 7.0)), r"sectors_rad\[1\] to is 7; it must be from 0"),
        ("sectors_rad", ((-1.0, 1.0),), r"sectors_rad\[0\] from is -1"),
        ("sectors_rad", ((1.0, 1.0),), r"sectors_rad\[0\] goes from 1 to the same"),
        ("elevation_min_rad", -0.1, "elevation_min_rad is -0.1"),
        ("elevation_max_rad", 0.01, "elevation_max_rad is 0.01; it must be from 0.0349"),
        ("elevation_max_rad", 1.6, "elevation_max_rad is 1.6"),
        ("range_min_m", 7e6, "range_min_m is 7000000; it must be from 0 to 6e"),
        ("range_min_m", -1.0, "range_min_m is -1"),
        ("range_max_m", 6000.0e9, "range_max_m is 6e"),
        ("reference_rcs_m2", 0.0, "reference_rcs_m2 is 0"),
        ("reference_snr", 0.0, "reference_snr is 0"),
        ("false_alarm_probability", 0.5, "false_alarm_probability is 0.5"),
        ("revisit_s", 0.0, "revisit_s is 0"),
        ("confirm_hits", 4, "confirm_hits is 4; it must be from 1 to 3"),
        ("confirm_window", 0, "confirm_window is 0"),
    ],
)
def test_a_radar_that_cannot_be_is_refused_by_name_key_value_and_limits(
    key: str, value: Any, said: str
) -> None:
    with pytest.raises(SensorError, match=f"radar '.*': {said}"):
        replace(RADAR, **{key: value})


def test_a_radar_on_its_limits_is_accepted() -> None:
    widest = replace(RADAR, sectors_rad=((0.0, 2.0 * math.pi),), elevation_max_rad=math.pi / 2)

    assert widest.confirm_hits == 2
    assert replace(widest, elevation_min_rad=math.radians(-1.0)).range_max_m == 6000e3


def test_the_clear_range_is_half_the_way_of_light_between_pulses() -> None:
    assert clear_range_m(replace(RADAR, pulse_hz=27.0)) == pytest.approx(5_551_712.0, abs=1.0)
    assert clear_range_m(RADAR) == math.inf


@pytest.mark.parametrize("change", [{"pulse_hz": 0.0}, {"plots_max": 0}, {"pulse_hz": math.nan}])
def test_impossible_pulses_and_limits_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(SensorError, match=next(iter(change))):
        replace(RADAR, **change)  # type: ignore[arg-type]
