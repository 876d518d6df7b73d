"""The plots table comes back as it went out, and every fault in one names its row and column."""

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.formats.columns import TableError
from tocsin.formats.plot_table import (
    ORDER_TOLERANCE_S,
    SIGMA_ANGLE_RAD,
    SIGMA_RANGE_M,
    SIGMA_SIGHT_RAD,
    contents,
    iter_batches,
    iter_plots,
    joined,
    no_plots,
    read_plots,
    table_from_plots,
)
from tocsin.sensors.measurement import Plots

START = tai_from_utc("2024-07-05T12:00:00Z")
KINDS = {"north": "radar", "eye": "infrared"}
ROW: dict[str, Any] = {
    "time_utc": "2024-07-05T12:00:00.5Z",
    "sensor": "north",
    "range_m": 1.5e6,
    "azimuth_deg": 350.0,
    "elevation_deg": 12.0,
}


def write(path: Path, *rows: dict[str, Any]) -> Path:
    """Write rows as the ending says."""
    table = pa.Table.from_pylist(list(rows))
    if path.suffix == ".csv":
        pa.csv.write_csv(table, path)
    else:
        pa.parquet.write_table(table, path)
    return path


def made(times_s: list[float], sight: list[bool]) -> Plots:
    """Give plots at some times, each of the radar or of the satellite."""
    n = len(times_s)
    eye = np.array(sight, dtype=bool)
    chance = np.random.default_rng(n)
    return Plots(
        sensors=("north", "eye"),
        time_tai_ns=START + np.rint(np.array(times_s) * 1e9).astype(np.int64),
        sensor=eye.astype(np.int64),
        range_m=np.where(eye, np.nan, chance.uniform(1e5, 5e6, n)),
        azimuth_rad=chance.uniform(0.0, 2.0 * math.pi, n),
        elevation_rad=chance.uniform(-1.5, 1.5, n),
        range_rate_m_s=np.where(eye, np.nan, chance.uniform(-7e3, 7e3, n)),
        snr_db=np.where(eye, np.nan, chance.uniform(5.0, 40.0, n)),
        sigma_range_m=np.where(eye, np.nan, chance.uniform(10.0, 500.0, n)),
        sigma_azimuth_rad=chance.uniform(1e-4, 1e-2, n),
        sigma_elevation_rad=chance.uniform(1e-4, 1e-2, n),
        sigma_range_rate_m_s=np.where(eye, np.nan, chance.uniform(1.0, 30.0, n)),
        plot_id=np.arange(n),
        data_class="exercise",
    )


def assert_same(found: Plots, wanted: Plots) -> None:
    assert found.data_class == wanted.data_class
    for name in Plots.__slots__:
        if name not in ("sensors", "data_class", "sensor"):
            np.testing.assert_allclose(
                getattr(found, name), getattr(wanted, name), rtol=1e-14, atol=0.0, err_msg=name
            )
    assert [found.sensors[k] for k in found.sensor] == [wanted.sensors[k] for k in wanted.sensor]


@pytest.mark.parametrize("ending", ["parquet", "csv"])
@given(
    times_s=st.lists(st.floats(0.0, 5e3), min_size=1, max_size=30).map(sorted), sight=st.booleans()
)
def test_plots_come_back_from_a_table_as_they_were(
    times_s: list[float], sight: bool, ending: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("plots") / f"plots.{ending}"
    plots = made(times_s, [sight ^ bool(k % 3) for k in range(len(times_s))])
    write(path, *table_from_plots(plots).to_pylist())

    assert_same(read_plots(path), plots)


@pytest.mark.parametrize("batch_rows", [1, 7, 100])
@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_batches_of_any_size_give_the_same_plots_in_order_of_time(
    batch_rows: int, ending: str, tmp_path: Path
) -> None:
    chance = np.random.default_rng(5)
    times_s = np.sort(chance.uniform(0.0, 600.0, 100)).round()
    late = times_s + chance.uniform(0.0, 0.4 * ORDER_TOLERANCE_S, 100)
    plots = made(list(times_s), [False] * 100).take(np.argsort(late))
    path = write(tmp_path / f"plots.{ending}", *table_from_plots(plots).to_pylist())

    parts = list(iter_plots(path, batch_rows, KINDS))
    whole = no_plots(("north", "eye"), "exercise")
    for part in parts:
        whole = joined(whole, part)

    assert np.all(np.diff(whole.time_tai_ns) >= 0)
    assert sorted(whole.plot_id) == list(range(100))
    assert len(parts) > 1
    for before, after in pairwise(parts):
        assert before.time_tai_ns[-1] < after.time_tai_ns[0]


def test_a_row_too_late_to_be_put_in_order_is_refused(tmp_path: Path) -> None:
    rows = [{**ROW, "time_utc": f"2024-07-05T12:{minute:02d}:00Z"} for minute in (0, 5, 9, 2)]
    path = write(tmp_path / "plots.csv", *rows)

    assert read_plots(path).count == 4
    with pytest.raises(TableError, match=r"^plots.csv: row 4: time_utc is 2024-07-05T12:02:00Z"):
        list(iter_plots(path, 1))


@pytest.mark.parametrize(
    "time",
    [
        "2024-07-05T12:00:00.5Z",
        "2024-07-05 12:00:00.500",
        "2024-07-05T12:00:00.500000000+00:00",
        1_720_180_800_500_000_000,
        "1720180800500000000",
    ],
)
@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_a_time_may_be_a_text_or_nanoseconds(time: object, ending: str, tmp_path: Path) -> None:
    path = write(tmp_path / f"plots.{ending}", {**ROW, "time_utc": time})

    assert read_plots(path).time_tai_ns[0] == START + SECOND_NS // 2


@pytest.mark.parametrize("ending", ["parquet", "csv"])
@pytest.mark.parametrize(
    ("time", "line"),
    [
        (1_720_180_800, "it looks like seconds since 1970 (2024-07-05T12:00:00Z); multiply by 1,0"),
        (
            1_720_180_800_500,
            "it looks like milliseconds since 1970 (2024-07-05T12:00:00Z); multipl",
        ),
        (1_720_180_800_500_000, "it looks like microseconds since 1970 (2024-07-05T12:00:00Z); mu"),
        (43_200, "it must be whole nanoseconds since 1970"),
    ],
)
def test_a_time_in_another_unit_than_nanoseconds_is_refused(
    time: int, line: str, ending: str, tmp_path: Path
) -> None:
    path = write(tmp_path / f"plots.{ending}", {**ROW, "time_utc": time})

    with pytest.raises(TableError) as caught:
        read_plots(path)

    assert str(caught.value).startswith(f"plots.{ending}: row 1: time_utc is {time}; {line}")


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_columns_may_be_separated_by_semicolons_or_tabs(
    separator: str, mark: str, tmp_path: Path
) -> None:
    write(tmp_path / "plots.csv", ROW, ROW)
    text = (tmp_path / "plots.csv").read_text()
    (tmp_path / "other.csv").write_text(mark + text.replace(",", separator))

    assert_same(read_plots(tmp_path / "other.csv"), read_plots(tmp_path / "plots.csv"))


def test_plots_of_one_data_class_are_picked_out_of_a_table_of_several(tmp_path: Path) -> None:
    nothing = {"range_m": None, "azimuth_deg": None, "elevation_deg": None}
    rows = [
        {**ROW, "data_class": name, "sensor": sensor}
        for name in ("actual", "exercise", "actual")
        for sensor in ("north", f"only-{name}")
    ]
    rows.append({**ROW, **nothing, "data_class": "exercise"})
    path = write(tmp_path / "plots.csv", *rows)

    one, other = contents(path)
    batches = list(
        iter_batches(path, 2, KINDS | {"only-actual": "", "only-exercise": ""}, "actual")
    )

    assert (one.data_class, one.sensors, one.rows) == ("actual", ("north", "only-actual"), 4)
    assert (other.data_class, other.rows) == ("exercise", 3)
    assert {batch.plots.data_class for batch in batches} == {"actual"}
    assert sorted(k for batch in batches for k in batch.plots.plot_id) == [1, 2, 5, 6]
    assert sum(batch.empty_looks for batch in batches) == 0


def test_a_time_stamp_of_another_program_is_read(tmp_path: Path) -> None:
    stamp = pa.array([1_720_180_800_500], pa.timestamp("ms", tz="UTC"))
    table = pa.Table.from_pylist([ROW]).set_column(0, "time_utc", stamp)
    pa.parquet.write_table(table, tmp_path / "plots.parquet")

    assert read_plots(tmp_path / "plots.parquet").time_tai_ns[0] == START + SECOND_NS // 2


def test_a_leap_second_is_read(tmp_path: Path) -> None:
    texts = ["2016-12-31T23:59:59Z", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"]
    path = write(tmp_path / "plots.csv", *({**ROW, "time_utc": text} for text in texts))

    assert list(np.diff(read_plots(path).time_tai_ns)) == [SECOND_NS, SECOND_NS]


def test_what_is_not_given_is_as_stated(tmp_path: Path) -> None:
    sight = {**ROW, "sensor": "eye", "range_m": None}
    plots = read_plots(write(tmp_path / "plots.csv", ROW, sight), KINDS)

    assert plots.data_class == "test"
    assert list(plots.plot_id) == [1, 2]
    assert plots.sigma_range_m[0] == SIGMA_RANGE_M
    assert math.isnan(plots.sigma_range_m[1])
    assert list(plots.sigma_azimuth_rad) == [SIGMA_ANGLE_RAD, SIGMA_SIGHT_RAD]
    assert list(plots.sigma_elevation_rad) == [SIGMA_ANGLE_RAD, SIGMA_SIGHT_RAD]
    assert np.all(np.isnan(plots.range_rate_m_s))
    assert np.all(np.isnan(plots.sigma_range_rate_m_s))


def test_an_azimuth_west_of_north_may_be_negative(tmp_path: Path) -> None:
    plots = read_plots(write(tmp_path / "plots.csv", {**ROW, "azimuth_deg": -10.0}))

    assert plots.azimuth_rad[0] == pytest.approx(math.radians(350.0), abs=1e-12)


@pytest.mark.parametrize("ending", ["parquet", "csv"])
@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"elevation_deg": 95.0}, "elevation_deg is 95; it must be a number from -90 to 90"),
        ({"azimuth_deg": math.nan}, "azimuth_deg is nan; it must be a number from -180 to 360"),
        ({"range_m": math.inf}, "range_m is inf; it must be a number from 1 to 5e+07, or empty"),
        ({"range_m": math.nan}, "range_m is nan; it must be"),
        ({"range_m": 0.0}, "range_m is 0; it must be"),
        ({"elevation_deg": None}, "elevation_deg is empty; it must be"),
        ({"elevation_deg": "high"}, "elevation_deg is 'high'; it must be a number"),
        ({"sigma_range_m": 0.0}, "sigma_range_m is 0; it must be a number from 0.001"),
        ({"sensor": "nort"}, "sensor 'nort' is not known; did you mean 'north'?"),
        ({"sensor": None}, "sensor is empty"),
        ({"sensor": "eye"}, "sensor 'eye': range_m is given; leave it empty"),
        ({"range_m": None}, "sensor 'north': range_m is empty; a radar's plot must have a range"),
        ({"time_utc": "yesterday"}, "time_utc: time 'yesterday' is not UTC in ISO 8601"),
        ({"time_utc": "2024-13-05T12:00:00Z"}, "time_utc: time '2024-13-05T12:00:00Z' does not"),
        ({"time_utc": None}, "time_utc is empty"),
        ({"data_class": "real"}, "data_class is 'real'; it must be one of test, exercise, actual"),
        ({"data_class": "actual"}, "data_class is 'actual' after 'test'; they must never be mixed"),
        ({"plot_id": -1}, "plot_id is -1; it must be a whole number"),
    ],
)
def test_a_fault_names_its_file_row_and_column(
    change: dict[str, Any], line: str, ending: str, tmp_path: Path
) -> None:
    good = {**ROW, "data_class": "test", "sigma_range_m": 50.0, "plot_id": 4}
    rows = [good, {**good, "plot_id": 5}, {**good, **change}]
    name = f"plots.{ending}"
    if any(
        isinstance(value, str) and not isinstance(good[key], str) for key, value in change.items()
    ):
        rows = [{key: None if v is None else str(v) for key, v in row.items()} for row in rows]
    write(tmp_path / name, *rows)

    with pytest.raises(TableError) as caught:
        read_plots(tmp_path / name, KINDS)

    assert str(caught.value).startswith(f"{name}: row 3: {line}")
    assert "\n" not in str(caught.value)


def test_classes_are_not_mixed_across_batches(tmp_path: Path) -> None:
    rows = [{**ROW, "data_class": "test"}] * 3 + [{**ROW, "data_class": "actual"}]

    with pytest.raises(TableError, match=r"row 4: data_class is 'actual' after 'test'"):
        list(iter_plots(write(tmp_path / "plots.csv", *rows), 2))


def test_a_missing_column_is_told_what_may_be_meant(tmp_path: Path) -> None:
    row = {("elevation" if key == "elevation_deg" else key): value for key, value in ROW.items()}

    with pytest.raises(TableError, match=r"no column 'elevation_deg'; is 'elevation' meant\?"):
        read_plots(write(tmp_path / "plots.csv", row))


def test_a_misspelt_column_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"'sigma_rnge_m' is not known; did you mean"):
        read_plots(write(tmp_path / "plots.csv", {**ROW, "sigma_rnge_m": 5.0, "colour": "red"}))


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("plots.parquet", b"PAR1 not really", "plots.parquet: cannot be read: "),
        ("plots.csv", b"", "plots.csv: cannot be read: "),
        ("plots.csv", b"time_utc,sensor\n1,2,3\n", "plots.csv: cannot be read: "),
        ("plots.txt", b"", "cannot read 'plots.txt': its ending must be one of"),
    ],
)
def test_what_is_no_table_is_one_line(name: str, content: bytes, line: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(TableError) as caught:
        read_plots(tmp_path / name)

    assert str(caught.value).startswith(line)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"none.csv' cannot be read: No such file"):
        read_plots(tmp_path / "none.csv")


@given(content=st.binary(max_size=300))
def test_no_bytes_make_another_error(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for ending in ("csv", "parquet"):
        path = tmp_path_factory.mktemp("bytes") / f"plots.{ending}"
        path.write_bytes(content)
        with pytest.raises(TableError):
            read_plots(path)


def test_two_years_in_one_batch_have_each_its_own_leap_seconds(tmp_path: Path) -> None:
    texts = ["2016-12-31T23:59:58Z", "2017-01-01T00:00:00Z"]
    path = write(tmp_path / "plots.csv", *({**ROW, "time_utc": text} for text in texts))

    assert list(read_plots(path).time_tai_ns) == [tai_from_utc(text) for text in texts]


def test_plots_of_one_instant_stay_together_when_it_is_just_old_enough(tmp_path: Path) -> None:
    stamps = ["12:00:00", "12:01:00", "12:00:00", "12:02:30"]
    rows = [{**ROW, "time_utc": f"2024-07-05T{stamp}Z"} for stamp in stamps]
    path = write(tmp_path / "plots.csv", *rows)

    assert [list(part.plot_id) for part in iter_plots(path, 1)] == [[1, 3, 2], [4]]


def test_an_error_of_what_was_not_measured_is_left_out(tmp_path: Path) -> None:
    sight = {**ROW, "sensor": "eye", "range_m": None, "sigma_range_m": 5.0}
    plots = read_plots(write(tmp_path / "plots.csv", {**ROW, "sigma_range_m": 5.0}, sight), KINDS)

    assert plots.sigma_range_m[0] == 5.0
    assert math.isnan(plots.sigma_range_m[1])


def test_a_row_without_a_measurement_is_a_look_that_saw_nothing(tmp_path: Path) -> None:
    nothing = {"range_m": None, "azimuth_deg": None, "elevation_deg": None}
    path = write(tmp_path / "plots.csv", ROW, {**ROW, **nothing}, ROW)

    batches = list(iter_batches(path))

    assert sum(batch.empty_looks for batch in batches) == 1
    assert sum(batch.plots.count for batch in batches) == 2


def test_a_late_row_comes_through_and_is_told_with_its_row(tmp_path: Path) -> None:
    rows = [{**ROW, "time_utc": f"2024-07-05T12:{minute:02d}:00Z"} for minute in (0, 5, 9, 2)]
    path = write(tmp_path / "plots.csv", *rows)

    batches = list(iter_batches(path, 1))

    assert sum(batch.plots.count for batch in batches) == 4
    late = [batch.first_late for batch in batches if batch.first_late is not None]
    assert [(odd.row, odd.by_s) for odd in late] == [(4, -420.0)]
