"""What `tocsin track` says each track is, against which catalogue, and how its tables fit."""

import io
import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from tocsin.cli.track import _title
from tocsin.cli.track_tables import in_order, launches_table, legend, scores_table, tracks_table
from tocsin.studies import track_figures
from tocsin.studies.plot_input import sites_for
from tocsin.studies.threats import threats
from tocsin.studies.track_figures import OPEN_YET, figures
from tocsin.studies.tracking import Options, track_file
from tocsin.tracking.track import BOOST

RAID = runpy.run_path(str(Path(__file__).parent / "test_track.py"))
files, ran, told, written = (RAID[name] for name in ("files", "ran", "told", "written"))
RADAR = RAID["RADAR"]


def test_each_track_has_its_verdict_and_the_reason_for_it(files: Any) -> None:
    found = told(files.folder / "plots.parquet")

    assert found["satellites"]["not_used"] is None
    last = [each for each in found["tracks"] if each["last_seen_utc"] >= "2024-07-05T12:15:00Z"]
    for each in last:
        assert each["verdict"] == "threat"
        assert each["reason"].startswith("threat: comes down and is no known object (perigee -")
        assert each["known_object"] is each["no_impact"] is None
        assert each["comes_down_probability"] > 0.99
        assert each["misfit"] < 2.5
        assert 0.0 < each["impact"]["left_at_last_plot_s"] < 1_200.0
        assert each["launch"]["from"] == "its free flight, carried back"
        assert abs(each["launch"]["latitude_deg"] - 8.5) < 5.0
        assert each["apogee"] is None or each["apogee"]["height_km"] > 500.0


def test_without_a_catalogue_the_same_is_found_and_that_it_was_off_is_said(files: Any) -> None:
    plots = files.folder / "plots.parquet"
    off = ran(plots, "--no-satellites")
    both = ran(plots, "--no-satellites", "--satellites", "builtin")

    assert "turned off" in off.stderr
    assert off.stdout == ran(plots, "--quiet").stdout
    assert both.exit_code == 2
    assert "give one of them, or none" in both.stderr


def test_plots_of_another_year_are_not_held_against_the_built_in_catalogue(
    files: Any, tmp_path: Path
) -> None:
    later = written(
        files,
        tmp_path,
        lambda rows: [r | {"time_utc": r["time_utc"].replace("2024", "2026")} for r in rows],
    )

    done, asked = ran(later), ran(later, "--satellites", "builtin")

    line = (
        "built-in catalogue of satellites is of 2024-07-05, 730 days from these plots (2026-07-05)"
    )
    assert done.exit_code == 0
    assert f"note: the {line}; the most is 15: it was not used" in done.stderr
    assert asked.exit_code == 1
    assert f"error: the {line}" in asked.stderr
    assert "give one of their time with --satellites FILE" in asked.stderr


def test_a_catalogue_that_is_not_there_is_one_line(files: Any) -> None:
    done = ran(files.folder / "plots.csv", "--satellites", files.folder / "none.tle")

    assert done.exit_code == 1
    assert "none.tle is not there; give a file of element sets" in done.stderr
    assert done.stderr.count("\n") == 1


DAY = "2024-07-05"
HARD = {
    "known_object": {"name": "COSMOS 2251 DEB [red](A)\x1b[31m", "catalogue_number": 12345},
    "verdict": "known object",
    "impact": None,
}


@pytest.mark.parametrize("width", [60, 80, 100])
def test_the_tables_fit_a_terminal_and_cut_no_figure(files: Any, width: int) -> None:
    records = told(files.folder / "plots.parquet")["tracks"]
    records[0] |= HARD
    records[1]["impact"] |= {"longitude_deg": -139.5, "ellipse_95_long_km": 4321.0}
    records[1]["impact"] |= {"ellipse_95_short_km": 123.0, "left_at_last_plot_s": 1234.0}
    records[1]["impact"] |= {"time_utc": "2024-07-06T00:01:02.003Z", "time_sigma_s": 12.0}
    records[1]["apogee"] = {"height_km": 1234.4, "height_sigma_km": 5.0}
    sensors = [RADAR, *map(str, range(12))]
    screen = Console(width=width, file=io.StringIO())
    screen.print(tracks_table(records, DAY, width), launches_table(records, sensors, DAY, width))
    text = screen.file.getvalue()

    assert max(len(line) for line in text.splitlines()) <= width
    for words in (
        "COSMOS 2251 DEB ",
        "[red](A)\\x1b[31",
        "4,321 x 123",
        " 139.50 W",
        "07-06",
        "00:01:02 ± 24 s",
        "20.6 ± 0.4 min",
        "1,234 ± 9.8 km",
    ):
        assert words in text, words
    assert "…" not in text
    assert "\x1b" not in text
    assert ("fed by" in text) == (width > 60)


def test_every_estimate_has_its_error_beside_it(files: Any) -> None:
    records = told(files.folder / "plots.parquet")["tracks"]
    for width in (60, 100):
        screen = Console(width=width, file=io.StringIO())
        screen.print(
            tracks_table(records, DAY, width), launches_table(records, [RADAR], DAY, width)
        )
        text = screen.file.getvalue()
        landing = [each for each in records if each["impact"]]
        launched = [each for each in records if each["launch"]]
        peaks = [each for each in records if each["apogee"]]
        own = text.count("± ") - text.count("± 95 %")
        stacked = len(landing) + len(launched) if width == 60 else 0
        assert own == 2 * len(landing) + len(launched) + len(peaks) + stacked


def test_the_legend_breaks_no_name_of_a_sensor() -> None:
    names = [f"sensor-{'x' * (k % 17)}-{k}" for k in range(30)]
    for width in (60, 80, 100):
        lines = legend(names, DAY, width).splitlines()
        assert max(map(len, lines)) <= width
        assert all(any(name in line for line in lines) for name in names)


def test_a_piece_is_told_with_the_track_that_it_came_off_and_counts_as_no_missile(
    files: Any,
) -> None:
    found = told(files.folder / "plots.parquet")
    records = [each for each in found["tracks"] if each["verdict"] == "threat"]
    plain = threats(records)
    for each in records[1:]:
        each["parent_track"] = records[0]["track"]
    screen = Console(width=100, file=io.StringIO())
    screen.print(tracks_table(records, DAY, 100))

    assert plain["tracks"] == plain["missiles_most"] == len(records) > 3
    assert found["threats"] == plain
    assert threats(records) == {
        "tracks": len(records),
        "missiles_least": 1,
        "missiles_most": 1,
    }
    assert screen.file.getvalue().count(f"threat, off {records[0]['track']}") == len(records) - 1


def test_tracks_that_may_be_of_one_launch_are_counted_as_one_missile_at_least(files: Any) -> None:
    records = [e for e in told(files.folder / "plots.parquet")["tracks"] if e["launch"]][:2]
    one, other = records
    other["launch"] = dict(one["launch"])
    assert threats(records) == {"tracks": 2, "missiles_least": 1, "missiles_most": 2}
    for change in ({"time_utc": "2024-07-05T11:00:00Z"}, {"latitude_deg": -60.0}):
        other["launch"] = one["launch"] | change
        assert threats(records)["missiles_least"] == 2


def test_tracks_are_titled_as_missiles_with_their_pieces_not_as_so_many_threats() -> None:
    burning = {"verdict": "still burning"}
    record = {
        "plots": 2280,
        "sensors": ["a", "b"],
        "data_class": "exercise",
        "first_plot_utc": "2024-07-05T00:00:38Z",
        "threats": {"tracks": 18, "missiles_least": 9, "missiles_most": 11},
        "tracks": [burning, *({"verdict": "threat"},) * 18],
    }
    title = _title(record)

    assert title.startswith("EXERCISE: 2,280 plots of 2 sensors: 19 tracks, from 2024-07-05")
    assert (
        "18 tracks come down: 9 to 11 missiles, with spent stages and other pieces; 1 still burning"
        in title
    )
    assert "threat" not in title


def test_of_what_still_burns_no_chance_is_told(files: Any) -> None:
    path = files.folder / "plots.parquet"
    found = track_file(path, sites_for(path, None), Options(), lambda *_: None)
    one, *others = found.tracks
    burning = replace(one, last=replace(one.last, phase=np.array([BOOST])))

    record, *rest = figures(replace(found, tracks=(burning, *others)))["tracks"]

    assert record["verdict"] == "still burning"
    assert record["reason"] == OPEN_YET
    assert record["comes_down_probability"] is record["in_orbit_probability"] is None
    assert all("comes down with probability" in each["reason"] for each in rest)


def test_an_impact_without_an_error_is_not_told(
    files: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = track_figures.impacts

    def vague(*args: Any) -> Any:
        found = real(*args)
        return replace(found, time_sigma_s=np.full_like(found.time_sigma_s, np.nan))

    monkeypatch.setattr(track_figures, "impacts", vague)
    tracks = told(files.folder / "plots.parquet")["tracks"]

    assert {each["impact"] for each in tracks} == {None}
    assert {each["no_impact"] for each in tracks} == {track_figures.VAGUE}


def test_threats_are_shown_first() -> None:
    kinds = ("known object", "undecided", "threat", "still burning", "threat")
    records = [{"track": k, "verdict": kind} for k, kind in enumerate(kinds)]

    assert [each["track"] for each in in_order(records)] == [2, 4, 3, 1, 0]


def test_pieces_are_scored_only_where_the_truth_has_any(files: Any) -> None:
    record = told(files.folder / "plots.parquet", "--truth", files.folder / "truth.parquet")
    scores = record["scores"]
    screen = Console(width=100, file=io.StringIO())

    screen.print(scores_table(scores), scores_table(scores | {"pieces": 9, "pieces_tracked": 4}))

    text = screen.file.getvalue()
    assert text.count("missiles tracked") == 2
    assert text.count("pieces tracked") == 1
    assert "4 of 9" in text
