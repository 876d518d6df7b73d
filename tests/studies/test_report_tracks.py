"""The section on tracks: every watcher and launch is in it, and the drawings share one scale."""

import dataclasses
import re
import runpy
from pathlib import Path

import pytest

from tocsin.studies.report_ellipses import drawn_instants, shrink_svg, target_svg
from tocsin.studies.report_track_maps import numbered, thinned
from tocsin.studies.report_tracks import DASH, TABLE_HEADS, TracksShown, tracks_shown
from tocsin.studies.results import RunResult

HERE = Path(__file__).parent
make_plain = runpy.run_path(str(HERE / "report_example.py"))["make_result"]
make_tracking = runpy.run_path(str(HERE / "tracking_example.py"))["make_tracking"]
MARKS = {"russia": "p0", "china": "p1"}


@pytest.fixture(scope="module")
def result() -> RunResult:
    plain = make_plain()
    return dataclasses.replace(plain, tracking=make_tracking(plain.launches))


@pytest.fixture(scope="module")
def shown(result: RunResult) -> TracksShown:
    found = tracks_shown(result, MARKS)
    assert found is not None
    return found


def test_there_is_a_map_and_a_key_for_every_watcher_in_its_own_colour(shown: TracksShown) -> None:
    assert [caption for caption, _ in shown.maps] == [
        "Russia alone",
        "China alone",
        "joined, plots shared",
    ]
    for (_, svg), mark in zip(shown.maps, ("p0", "p1", "joined"), strict=True):
        assert f'class="map tracked {mark}"' in svg
    assert [key[:2] for key in shown.keys] == [
        ("p0", "Russia alone"),
        ("p1", "China alone"),
        ("joined", "Joined, plots shared"),
    ]


def test_all_maps_show_the_same_part_of_the_world(shown: TracksShown) -> None:
    frames = {re.search(r'viewBox="([^"]+)"', svg).group(1) for _, svg in shown.maps}  # type: ignore[union-attr]
    assert len(frames) == 1


def test_a_map_has_every_true_path_but_held_parts_of_its_own_watcher_only(
    shown: TracksShown,
) -> None:
    held = [svg.count('class="held"') for _, svg in shown.maps]
    assert held == [3, 0, 6]
    paths = {re.search(r'd="([^"]+)" class="true-path"', svg).group(1) for _, svg in shown.maps}  # type: ignore[union-attr]
    assert len(paths) == 1


def test_every_launch_has_a_panel_for_every_watcher_and_a_row_of_the_table(
    result: RunResult, shown: TracksShown
) -> None:
    assert len(shown.rows) == len(result.launches)
    assert all(len(row.panels) == 3 for row in shown.rows)
    assert len(shown.table) == 3 * len(result.launches)
    assert {len(row) for row in shown.table} == {len(TABLE_HEADS)}


def test_what_a_watcher_never_had_is_said_to_be_so(shown: TracksShown) -> None:
    china = next(row for row in shown.table if row[1] == "China alone")
    assert china[2:7] == ("never", DASH, "never", "0", "never")
    assert shown.rows[0].panels[1].told == "never tracked"


def test_an_ellipse_is_drawn_at_each_size_once_and_at_the_last(result: RunResult) -> None:
    assert result.tracking is not None
    one = result.tracking.watchers[0].launches[0]
    assert [each.long_km for each in drawn_instants(one)] == [90.0, 25.0, 8.0, 2.0]
    svg = target_svg(one, "Russia alone")
    assert svg.count("<ellipse") == 4
    assert svg.count('class="ell last"') == 1


def test_an_ellipse_wider_than_its_square_is_told_in_words_and_not_drawn(
    result: RunResult,
) -> None:
    assert result.tracking is not None
    one = result.tracking.watchers[0].launches[0]
    wide = dataclasses.replace(one, foretold=one.foretold[:1])
    assert "<ellipse" not in target_svg(wide, "Russia alone")


def test_the_chart_says_in_words_how_the_ellipse_shrank(shown: TracksShown) -> None:
    assert "Russia alone: 800 km" in shown.chart
    assert shown.chart.count('class="curve p0"') == 1
    assert "no impact foretold" in shrink_svg((), large=False)


def test_nothing_is_shown_where_nothing_was_tracked(result: RunResult) -> None:
    assert tracks_shown(dataclasses.replace(result, tracking=None), MARKS) is None
    assert tracks_shown(dataclasses.replace(result, launches=()), MARKS) is None


def test_launches_from_one_place_share_a_label() -> None:
    assert numbered([7, 8, 9]) == "7\N{EN DASH}9"
    assert numbered([4, 6]) == "4, 6"
    assert numbered([1]) == "1"


def test_a_thinned_path_keeps_its_ends() -> None:
    path = [(float(n), 0.0) for n in range(500)]
    few = thinned(path)
    assert len(few) <= 38
    assert (few[0], few[-1]) == (path[0], path[-1])
