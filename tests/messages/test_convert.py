import math
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.catalog.build import radar_at
from tocsin.catalog.load import load_catalog
from tocsin.catalog.status import usable
from tocsin.errors import MessageError
from tocsin.messages.convert import (
    MEASURED,
    PART_PLOTS,
    History,
    LookTold,
    Origin,
    plot_reports,
    plots_of,
    plots_of_scans,
    scan_reports,
    sectors_of,
    track_reports,
    tracks_of,
)
from tocsin.messages.report import read_report, write_report
from tocsin.sensors.measurement import Plots
from tocsin.tracking.track import Tracks, plain_tracks

START = 1_790_000_000_000_000_000
SENSORS = ("radar-b", "eye-a", "radar-c")
ORIGIN = Origin(
    partner="east",
    sensors=SENSORS,
    kinds={"radar-b": "radar", "eye-a": "infrared", "radar-c": "radar"},
    data_class="exercise",
)
RADARS = [
    radar_at(entry) for entry in load_catalog().radars.values() if usable(entry, "nominal") is None
]
replace = msgspec.structs.replace


def made_tracks(seed: int, count: int) -> tuple[Tracks, History]:
    """Give tracks drawn from a seed, all that a report carries drawn."""
    chance = np.random.default_rng(seed)
    root = chance.normal(size=(count, 6, 6)) * 100.0
    numbers = chance.permutation(np.arange(1, count + 1))
    tracks = plain_tracks(
        track=numbers,
        time_tai_ns=START + chance.integers(0, 10**12, count),
        state=chance.normal(size=(count, 6)) * ([4e6] * 3 + [3e3] * 3),
        covariance=root @ root.transpose(0, 2, 1),
        existence=chance.random(count),
        phase=chance.integers(0, 3, count),
        sensors=chance.integers(1, 8, count),
        hits=chance.integers(1, 500, count),
        misses=np.zeros(count, np.int64),
        parent=np.where(numbers > 1, numbers - 1, 0),
    )
    first = START - chance.integers(0, 10**12, count)
    return tracks, History(
        first_tai_ns=first,
        last_tai_ns=first + chance.integers(0, 10**11, count),
        residual=chance.random(count) * 3.0,
    )


def made_plots(seed: int, count: int, sensors: tuple[str, ...] = ("radar-b",)) -> Plots:
    """Give plots drawn from a seed, a third of what may be missing missing."""
    chance = np.random.default_rng(seed)
    columns: dict[str, Any] = {name: chance.random(count) for name in MEASURED}
    for name in ("range_m", "range_rate_m_s", "sigma_range_m", "sigma_range_rate_m_s", "snr_db"):
        columns[name] = np.where(chance.random(count) < 1 / 3, math.nan, columns[name] * 100.0)
    return Plots(
        sensors=sensors,
        time_tai_ns=START + chance.integers(0, 5 * 10**9, count),
        sensor=chance.integers(0, len(sensors), count),
        plot_id=chance.integers(0, 2**40, count),
        data_class="exercise",
        **columns,
    )


def look(**changes: Any) -> LookTold:
    told = {
        "sensor": "radar-b",
        "number": 9,
        "start_tai_ns": START,
        "end_tai_ns": START + 5 * 10**9,
        "looked": (),
        "health": "ok",
    }
    return LookTold(**(told | changes))


def assert_same(one: Any, other: Any) -> None:
    for name in one.__slots__:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


@given(seed=st.integers(0, 2**32), count=st.integers(0, 12))
def test_tracks_come_back_from_their_reports_to_the_last_bit(seed: int, count: int) -> None:
    tracks, history = made_tracks(seed, count)
    lower = np.tril(tracks.covariance)
    mirrored = lower + np.tril(tracks.covariance, -1).transpose(0, 2, 1)

    sent = [write_report(report) for report in track_reports(tracks, history, ORIGIN)]
    found, found_history = tracks_of([read_report(each) for each in sent], SENSORS)

    np.testing.assert_array_equal(found.covariance, mirrored)
    assert_same(found_history, history)
    for name in Tracks.__slots__:
        if name != "covariance":
            np.testing.assert_array_equal(getattr(found, name), getattr(tracks, name), name)


def test_a_track_report_names_its_track_its_parent_and_its_sensors_in_order() -> None:
    tracks, history = made_tracks(1, 2)
    bits = tracks_of(track_reports(tracks, history, ORIGIN), SENSORS)[0]
    report = track_reports(
        Tracks(**{**{n: getattr(bits, n) for n in Tracks.__slots__}, "sensors": np.array([7, 5])}),
        history,
        ORIGIN,
    )

    assert {each.track for each in report} == {"east:1", "east:2"}
    assert {each.parent for each in report} == {None, "east:1"}
    assert [each.sensors for each in report] == [("eye-a", "radar-b", "radar-c"), SENSORS[::2]]
    assert [each.sources for each in report] == [("infrared", "radar"), ("radar",)]
    assert report[0].data_class == "exercise"


def test_the_bits_of_reported_tracks_follow_the_receivers_own_list() -> None:
    tracks, history = made_tracks(3, 5)
    reports = track_reports(tracks, history, ORIGIN)

    found, _ = tracks_of(reports, ("other", *reversed(SENSORS)))

    for bits, report in zip(found.sensors, reports, strict=True):
        names = ("other", *reversed(SENSORS))
        assert {n for s, n in enumerate(names) if bits >> s & 1} == set(report.sensors)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"track": "west:3"}, "'west:3' of 'east' must be named east:NUMBER"),
        ({"track": "east:03"}, "must be named east:NUMBER"),
        ({"track": "east"}, "must be named east:NUMBER"),
        ({"parent": "east:x"}, "must be named east:NUMBER"),
        ({"sensors": ("radar-x",)}, "sensor 'radar-x' is not known; did you mean"),
        ({"partner": "west"}, "one batch"),
    ],
)
def test_a_track_that_cannot_be_taken_in_is_refused(changes: dict[str, Any], words: str) -> None:
    one, two = track_reports(*made_tracks(1, 2), ORIGIN)

    with pytest.raises(MessageError, match=words):
        tracks_of([one, replace(two, **changes)], SENSORS)


@given(seed=st.integers(0, 2**32), count=st.integers(0, 30))
def test_the_plots_of_a_look_come_back_to_the_last_bit(seed: int, count: int) -> None:
    plots = made_plots(seed, count)

    sent = [write_report(report) for report in scan_reports(look(), plots)]

    assert_same(plots_of_scans([read_report(each) for each in sent]), plots)


@given(seed=st.integers(0, 2**32), count=st.integers(1, 30))
def test_single_plots_come_back_to_the_last_bit(seed: int, count: int) -> None:
    plots = made_plots(seed, count, ("eye-a", "radar-b"))

    sent = [write_report(report) for report in plot_reports(plots)]
    found = plots_of([read_report(each) for each in sent])

    for name in (*MEASURED, "time_tai_ns", "plot_id", "data_class"):
        np.testing.assert_array_equal(getattr(found, name), getattr(plots, name))
    assert [found.sensors[s] for s in found.sensor] == [plots.sensors[s] for s in plots.sensor]


@pytest.mark.parametrize(
    ("count", "parts"), [(0, 1), (1, 1), (PART_PLOTS, 1), (PART_PLOTS + 1, 2), (2_000, 4)]
)
def test_a_look_with_many_plots_is_told_in_parts_each_of_which_fits(count: int, parts: int) -> None:
    plots = made_plots(5, count)
    widest = {name: np.ones(count) for name in MEASURED} | {"plot_id": np.full(count, 2**62)}
    full = Plots(**{n: widest.get(n, getattr(plots, n)) for n in Plots.__slots__})

    found = scan_reports(look(looked=sectors_of(RADARS[0])), full)

    assert [(each.part, each.parts) for each in found] == [(k + 1, parts) for k in range(parts)]
    assert sum(len(each.plots) for each in found) == count
    assert all(write_report(each) for each in found)


def test_a_plot_outside_its_look_or_of_another_sensor_is_refused() -> None:
    plots = made_plots(1, 4)

    for wrong in (
        look(sensor="radar-c"),
        look(start_tai_ns=START + 5 * 10**9),
        look(end_tai_ns=START),
    ):
        with pytest.raises(MessageError):
            scan_reports(wrong, plots)


def test_data_classes_are_not_mixed() -> None:
    one, two = scan_reports(look(), made_plots(1, PART_PLOTS + 1))
    single = plot_reports(made_plots(1, 2))

    with pytest.raises(MessageError, match=r"\['actual', 'exercise'\] are mixed"):
        plots_of_scans([one, replace(two, data_class="actual")])
    with pytest.raises(MessageError, match="are mixed"):
        plots_of([single[0], replace(single[1], data_class="actual")])


def test_every_radar_of_the_catalogue_says_where_it_looked() -> None:
    for radar in RADARS:
        scan = scan_reports(look(looked=sectors_of(radar)), made_plots(1, 0))[0]

        assert read_report(write_report(scan)) == scan
        for sector, (start, end) in zip(scan.looked, radar.sectors_rad, strict=True):
            last = sector.azimuth_from_rad + sector.azimuth_width_rad
            assert 0.0 < sector.azimuth_width_rad <= 2.0 * math.pi
            assert math.cos(last - end) == pytest.approx(1.0)
            assert sector.azimuth_from_rad == start
