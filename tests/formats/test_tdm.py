"""Tracking data messages: what is written comes back; what cannot be read names its line."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.formats.tdm import TdmError, read_tdm, write_tdm
from tocsin.sensors.measurement import Plots

START = tai_from_utc("2024-07-05T12:00:00Z")
LIGHT_M_S = 299_792_458.0

MESSAGE = """\
CCSDS_TDM_VERS = 2.0
COMMENT recorded
CREATION_DATE = 2024-187T13:00:00
ORIGINATOR = STATION
META_START
TIME_SYSTEM = UTC
PARTICIPANT_1 = north
PARTICIPANT_2 = UNKNOWN
MODE = SEQUENTIAL
PATH = 1,2,1
RANGE_UNITS = km
ANGLE_TYPE = AZEL
META_STOP
DATA_START
RANGE = 2024-187T12:00:00.010 2997.92458
ANGLE_1 = 2024-07-05T12:00:00.01Z -90.0
ANGLE_2 = 2024-187T12:00:00.010 45
RCS = 2024-187T12:00:00.010 0.1
DOPPLER_INSTANTANEOUS = 2024-187T12:00:00.010 -1.5e0
DATA_STOP
"""


def made(times_s: list[float], sensors: list[int], seed: int) -> Plots:
    n, chance = len(times_s), np.random.default_rng(seed)
    rate = chance.uniform(-7e3, 7e3, n)
    return Plots(
        sensors=("alpha", "beta"),
        time_tai_ns=START + np.rint(np.array(times_s) * 1e9).astype(np.int64),
        sensor=np.array(sensors, dtype=np.int64),
        range_m=chance.uniform(1e4, 5e6, n),
        azimuth_rad=chance.uniform(0.0, 2.0 * math.pi, n),
        elevation_rad=chance.uniform(-0.1, 1.5, n),
        range_rate_m_s=np.where(np.arange(n) % 2 == 0, rate, np.nan),
        snr_db=np.full(n, np.nan),
        sigma_range_m=np.full(n, 1.0),
        sigma_azimuth_rad=np.full(n, 1.0),
        sigma_elevation_rad=np.full(n, 1.0),
        sigma_range_rate_m_s=np.full(n, 1.0),
        plot_id=np.arange(n),
        data_class="exercise",
    )


@given(
    rows=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 1)), min_size=1, max_size=25),
    seed=st.integers(0, 1000),
)
def test_plots_come_back_from_a_message_as_they_were(
    rows: list[tuple[int, int]], seed: int
) -> None:
    plots = made([float(t) for t, _ in rows], [s for _, s in rows], seed)
    found = read_tdm(write_tdm(plots))

    def key(each: Plots) -> list[tuple[object, ...]]:
        return sorted(
            (
                each.sensors[each.sensor[k]],
                round(float(each.range_m[k]), 6),
                round(float(each.azimuth_rad[k]), 12),
                round(float(each.elevation_rad[k]), 12),
                round(float(np.nan_to_num(each.range_rate_m_s[k], nan=-1e9)), 8),
            )
            for k in range(each.count)
        )

    assert key(found) == key(plots)
    assert found.data_class == "exercise"
    np.testing.assert_allclose(
        found.time_tai_ns - START, np.sort(plots.time_tai_ns) - START, rtol=0.0, atol=1.0
    )


def test_a_message_is_read_in_si_and_the_light_time_is_taken_off() -> None:
    plots = read_tdm(MESSAGE)

    assert plots.sensors == ("north",)
    assert plots.data_class == "test"
    assert plots.time_tai_ns[0] == START
    assert plots.range_m[0] == pytest.approx(2_997_924.58, abs=1e-6)
    assert plots.azimuth_rad[0] == pytest.approx(1.5 * math.pi)
    assert plots.elevation_rad[0] == pytest.approx(math.pi / 4.0)
    assert plots.range_rate_m_s[0] == -1500.0


def test_a_range_in_seconds_is_the_round_trip() -> None:
    text = MESSAGE.replace("RANGE_UNITS = km", "RANGE_UNITS = s").replace("2997.92458", "0.02")

    assert read_tdm(text).range_m[0] == pytest.approx(0.01 * LIGHT_M_S)


def test_a_range_without_a_unit_is_in_kilometres() -> None:
    assert read_tdm(MESSAGE.replace("RANGE_UNITS = km\n", "")).range_m[0] > 2.9e6


def test_the_radar_is_where_the_path_ends() -> None:
    text = MESSAGE.replace("PATH = 1,2,1", "PATH = 2,1,2")

    assert read_tdm(text.replace("UNKNOWN", "south")).sensors == ("south",)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("CCSDS_TDM_VERS = 2.0", "CCSDS_TDM_VERS = 3.0", "line 1: CCSDS_TDM_VERS is '3.0'"),
        ("ORIGINATOR = STATION\n", "", "line 3: the header must have ORIGINATOR once"),
        ("ORIGINATOR", "ORIGINATER", "line 4: ORIGINATER is not known in the header; did you"),
        ("SYSTEM = UTC", "SYSTEM = GPS", "line 6: TIME_SYSTEM is 'GPS'; it must be UTC"),
        ("= AZEL", "= RADEC", "line 12: ANGLE_TYPE is 'RADEC'; it must be AZEL"),
        ("= km", "= RU", "line 11: RANGE_UNITS is 'RU'; it must be km or s"),
        ("= km", "= km\nRANGE_MODULUS = 5.0", "line 12: RANGE_MODULUS is 5.0; only 0"),
        ("= km", "= km\nTIMETAG_REF = TRANSMIT", "line 12: TIMETAG_REF is 'TRANSMIT'"),
        ("= km", "= km\nRANGE_UNITS = s", "line 12: RANGE_UNITS is there twice"),
        ("ANGLE_TYPE = AZEL\n", "", "line 12: the metadata that end here lack ANGLE_TYPE"),
        ("META_STOP\n", "", "line 13: DATA_START comes before META_STOP"),
        ("DATA_STOP\n", "", "line 19: the message ends before DATA_STOP; is it cut short?"),
        ("ANGLE_2 =", "ANGLE_3 =", "line 17: ANGLE_3 cannot be read; did you mean 'ANGLE_"),
        ("ANGLE_2 =", "RECEIVE_FREQ =", "line 17: RECEIVE_FREQ cannot be read; "),
        (" 45\n", " 95\n", "line 17: ANGLE_2 is 95; it must be from -90 to 90"),
        (" 45\n", " nan\n", "line 17: ANGLE_2 is 'nan'; it must be a number"),
        (" 45\n", " 4_5\n", "line 17: ANGLE_2 is '4_5'; it must be a number"),
        (" 45\n", "\n", "line 17: ANGLE_2 must be a time and a number"),
        ("2997.92458", "1e6", "line 15: RANGE is 1e+09 m; it must be from 0 to 5e+07"),
        ("187T12:00:00.010 2997", "187T25:00:00 2997", "line 15: time '2024-07-05T25:00:00'"),
        ("187T12:00:00.010 2997", "400T12:00:00 2997", "line 15: time '2024-400T12:00:00' does"),
        ("ANGLE_1 = 2024-07-05T12:00:00.01Z -90.0\n", "", "has no ANGLE_1"),
        ("COMMENT recorded", "COMMENT data class = real", "line 2: data class is 'real'"),
        ("COMMENT recorded", "recorded", "line 2: 'recorded' is not KEYWORD = VALUE"),
        ("COMMENT recorded", "COMMENT " + "x" * 300, "line 2: it has 308 characters"),
    ],
)
def test_what_cannot_be_read_names_its_line(old: str, new: str, line: str) -> None:
    assert old in MESSAGE
    with pytest.raises(TdmError) as caught:
        read_tdm(MESSAGE.replace(old, new, 1), "a.tdm")

    assert str(caught.value).startswith("a.tdm: line ")
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_quantity_twice_at_one_instant_is_refused() -> None:
    twice = MESSAGE.replace("DATA_STOP", "ANGLE_2 = 2024-187T12:00:00.010 46\nDATA_STOP")

    with pytest.raises(TdmError, match=r"line 20: ANGLE_2 is there twice at 2024-187T12"):
        read_tdm(twice)


@given(cut=st.integers(0, len(MESSAGE) - 2))
def test_a_message_cut_short_is_never_taken_for_whole(cut: int) -> None:
    with pytest.raises(TdmError):
        read_tdm(MESSAGE[:cut])


@given(text=st.text(max_size=200))
def test_no_text_makes_another_error(text: str) -> None:
    with pytest.raises(TdmError):
        read_tdm(text)


def test_a_line_of_sight_is_not_written() -> None:
    plots = made([0.0], [0], 1)
    sight = Plots(
        **{name: getattr(plots, name) for name in Plots.__slots__ if name != "range_m"},
        range_m=np.array([np.nan]),
    )

    with pytest.raises(TdmError, match=r"the plot of 'alpha' at 2024-07-05T12:00:00Z has no range"):
        write_tdm(sight)


def test_a_tag_is_later_than_its_plot_by_the_light_time() -> None:
    plots = made([0.0], [0], 2)
    line = next(line for line in write_tdm(plots).splitlines() if line.startswith("RANGE ="))
    tag = tai_from_utc(line.split()[2])

    assert tag - START == pytest.approx(plots.range_m[0] / LIGHT_M_S * SECOND_NS, abs=1.0)
