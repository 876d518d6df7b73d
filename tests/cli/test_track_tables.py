"""What `tocsin track` says each track is, against which catalogue, and how its tables fit."""

import io
import runpy
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tocsin.cli.track_tables import launches_table, scores_table, tracks_table

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


@pytest.mark.parametrize("width", [80, 100])
def test_the_tables_fit_a_terminal(files: Any, width: int) -> None:
    records = told(files.folder / "plots.parquet")["tracks"]
    named = {"name": "COSMOS 2251 DEB (A)", "catalogue_number": 12345}
    records[0] |= {"known_object": named, "verdict": "known object", "impact": None}
    records[1]["impact"] |= {"longitude_deg": -139.5, "ellipse_95_long_km": 4321.0}
    records[1]["impact"] |= {"ellipse_95_short_km": 123.0, "left_at_last_plot_s": 1234.0}
    screen = Console(width=width, file=io.StringIO())
    sensors = [RADAR, *map(str, range(12))]
    screen.print(tracks_table(records, width), launches_table(records, sensors, width))
    text = screen.file.getvalue()

    assert max(len(line) for line in text.splitlines()) <= width
    assert "COSMOS 2251 DEB " in text
    assert "(A)" not in text
    assert "4,321 x 123" in text
    assert " 139.50 W" in text
    assert "…" not in text
    assert ("left, min" in text) == ("fed by" in text) == (width == 100)


def test_pieces_are_scored_only_where_the_truth_has_any(files: Any) -> None:
    record = told(files.folder / "plots.parquet", "--truth", files.folder / "truth.parquet")
    scores = record["scores"]
    screen = Console(width=100, file=io.StringIO())

    screen.print(scores_table(scores), scores_table(scores | {"pieces": 9, "pieces_tracked": 4}))

    text = screen.file.getvalue()
    assert text.count("missiles tracked") == 2
    assert text.count("pieces tracked") == 1
    assert "4 of 9" in text
