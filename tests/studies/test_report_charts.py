"""The charts and the words of the report: right places, right counts, right writing."""

import dataclasses
import re
import runpy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.studies import report_words
from tocsin.studies.report_charts import (
    Bar,
    bars,
    histogram,
    ledger_svg,
    same_knowledge,
    timeline,
)
from tocsin.studies.report_svg import element, percent, round_step, round_top, words
from tocsin.studies.results import Spread

RESULT = runpy.run_path(str(Path(__file__).with_name("report_example.py")))["make_result"]()
NOTHING = Spread(value=None, low=None, high=None)


@given(largest=st.floats(1e-3, 1e6), most=st.integers(1, 12))
def test_a_round_step_is_the_smallest_that_covers_the_axis(largest: float, most: int) -> None:
    step = round_step(largest, most)
    assert step * most >= largest * (1.0 - 1e-6)
    mantissa = float(f"{step:e}".split("e")[0])
    assert mantissa in (1.0, 2.0, 5.0)
    smaller = step / {1.0: 2.0, 2.0: 2.0, 5.0: 2.5}[mantissa]
    assert smaller * most < largest * (1.0 + 1e-6)


@given(largest=st.floats(1e-3, 1e6), most=st.integers(1, 12))
def test_an_axis_holds_its_largest_figure_in_no_more_steps_than_asked(
    largest: float, most: int
) -> None:
    top, step = round_top(largest, most)
    assert top >= largest * (1.0 - 1e-6)
    assert round(top / step) <= most


@given(part=st.floats(-10.0, 10.0), whole=st.floats(-1.0, 10.0))
def test_a_place_on_an_axis_never_leaves_it(part: float, whole: float) -> None:
    assert 0.0 <= float(percent(part, whole).removesuffix("%")) <= 100.0


def test_text_and_attributes_are_escaped() -> None:
    assert words("<a & b>", x=1) == '<text x="1">&lt;a &amp; b&gt;</text>'
    assert element("g", class_='"><x') == '<g class="&quot;&gt;&lt;x"/>'


def test_a_bar_puts_value_low_and_high_at_their_places() -> None:
    bar = Bar(label="one", spread=Spread(value=0.5, low=0.25, high=0.75), written="50%")
    svg = bars([("", [bar])], "%")[0].svg
    assert re.search(r'<circle cx="50.00%"', svg)
    assert re.search(r'class="whisker joined" x1="25.00%" x2="75.00%"', svg)


def test_a_bar_with_nothing_measured_draws_no_point() -> None:
    rows = bars([("", [Bar(label="one", spread=NOTHING, written="not seen")])], " min")
    assert "<circle" not in rows[0].svg
    assert rows[0].value == "not seen"


@settings(max_examples=50, deadline=None)
@given(values=st.lists(st.floats(-5.0, 60.0), min_size=1, max_size=60))
def test_every_launch_point_is_counted_in_one_column(values: list[float]) -> None:
    svg = histogram(values, "x")
    counts = [int(n) for n in re.findall(r'class="tick count">(\d+)<', svg)]
    assert sum(counts) == len(values)


def test_each_column_holds_the_launch_points_of_its_own_minutes() -> None:
    svg = histogram([0.0, 0.5, 1.5, 1.5, 9.5], "x")
    drawn = re.findall(r'<text x="([\d.]+)%" y="[\d.]+" class="tick count">(\d+)<', svg)
    columns = {int(float(middle) * 11 / 100): int(count) for middle, count in drawn}
    assert columns == {0: 1, 1: 1, 2: 2, 10: 1}  # "none", then one column a minute up to 10


def test_launch_points_without_a_figure_are_not_counted() -> None:
    svg = histogram([1.0, float("nan"), 3.0], "x")
    assert "0 of 2 launch points gain nothing; 2 gain." in svg


def test_the_ledger_is_drawn_to_scale_and_leaves_out_steps_that_take_nothing() -> None:
    ledger = RESULT.compared.ledger
    free = dataclasses.replace(ledger[0], takes_s=Spread(value=0.0, low=0.0, high=0.0))
    svg = ledger_svg((free, *ledger))
    assert svg.count('class="step') == len(ledger)
    widths = [float(w) for w in re.findall(r'width="([\d.]+)%" height="34"', svg)]
    total = sum(line.takes_s.value for line in ledger) / 60.0
    spent = sum(widths[: len(ledger)])
    left = re.search(r'class="left-over" x="[\d.]+%" width="([\d.]+)%"', svg)
    assert left is not None
    assert spent / float(left[1]) == pytest.approx(total / ledger[-1].left_min.value, rel=1e-2)


def test_levels_that_know_the_same_share_a_row_and_others_do_not() -> None:
    rows = [(who, how) for who, how, _ in same_knowledge(RESULT.launches[1].knowledge)]
    assert rows == [
        ("russia", "alone, events"),
        ("russia", "tracks, plots"),
        ("china", "alone"),
        ("china", "events"),
        ("china", "tracks"),
        ("china", "plots"),
    ]


def test_a_timeline_says_in_words_what_it_draws() -> None:
    launch = RESULT.launches[0]
    rows = timeline(launch, {"eks-5": "EKS-5", "russia": "Russia"}, {"russia": "p0"})
    said = "".join(row.svg for row in rows)
    assert "lift-off 0:00, burnout 2:56, apogee 13:02, impact 24:35" in said
    assert "EKS-5: first look 2:06, confirmed 2:26" in said
    assert [row.value for row in rows if row.label.endswith(": alone")] == ["0 min: never known"]


def test_a_timeline_shows_what_the_scenario_itself_declares() -> None:
    launch = dataclasses.replace(RESULT.launches[0], declared=RESULT.launches[0].knowledge[:1])
    labels = [row.label for row in timeline(launch, {}, {})]
    assert "russia: as declared" in labels


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (report_words.share(Spread(value=0.62, low=0.48, high=0.71)), "62% (48–71%)"),
        (report_words.minutes(Spread(value=18.3, low=15.0, high=21.2)), "18.3 min (15.0–21.2 min)"),
        (
            report_words.minutes(Spread(value=2.0, low=None, high=3.0)),
            "2.0 min (not seen to 3.0 min)",
        ),
        (report_words.share(NOTHING), "not seen"),
        (report_words.seconds(Spread(value=60, low=30, high=120)), "60 s (30–120 s)"),
        (
            report_words.kilometres(Spread(value=6000, low=3700, high=8000)),
            "6,000 km (3,700–8,000 km)",
        ),
        (report_words.kilometres(None), "—"),
        (report_words.clock(365.4), "6:05"),
        (report_words.clock(59.6), "1:00"),
        (report_words.clock(None), "never"),
        (report_words.position(-44.94, 220.0), "44.9° S, 140.0° W"),
        (report_words.position(None, 1.0), "not published"),
        (report_words.sectors(((245.0, 355.0), (10.0, 20.0))), "245°–355°, 10°–20°"),
        (report_words.readable("south-pacific"), "South Pacific"),
        (report_words.readable("EKS-5 of 6"), "EKS-5 of 6"),
        (report_words.listed(["moscow", "beijing", "irkutsk"]), "Moscow, Beijing and Irkutsk"),
        (report_words.listed(["moscow"]), "Moscow"),
        (report_words.listed([]), ""),
        (report_words.web_address("javascript:x"), None),
    ],
)
def test_figures_are_written_with_units_and_low_and_high(written: str, expected: str) -> None:
    said = written.replace("\N{NO-BREAK SPACE}", " ") if written else written
    assert said == expected
