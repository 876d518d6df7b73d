"""Charts of the report: rows of small SVG drawings whose words stay legible at any width.

Every horizontal place is a percentage of the drawing, every height a number of pixels, and the
words that can grow long stand beside the drawing as ordinary text; so nothing shrinks on a phone.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tocsin.studies.report_svg import drawing, element, percent, plain, round_top, words
from tocsin.studies.report_words import LEVELS, clock
from tocsin.studies.results import Knowledge, LaunchResult, LedgerLine, Sighting, Spread

ROW_PX = 26
MARK = 13
"""Height of the middle of a row, pixels."""
TIME_STEPS = 8
"""At most so many steps on a time axis: more would collide on a phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a chart: words, drawing, words."""

    label: str
    svg: str
    value: str = ""
    kind: str = "row"
    """row, group (a heading alone) or axis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One figure to draw as a point with its low-high whisker."""

    label: str
    spread: Spread
    written: str
    """The figure in words, with its unit and its low and high."""
    mark: str = "joined"
    """Class that colours it: joined, or p0 to p5 for a partner."""


def _ticks(top: float, step: float) -> list[float]:
    return [step * place for place in range(round(top / step) + 1)]


def _grid(top: float, step: float) -> str:
    """Draw faint vertical lines that join from row to row."""
    return "".join(
        element("line", x1=percent(at, top), x2=percent(at, top), y1=0, y2="100%", class_="grid")
        for at in _ticks(top, step)
    )


def _axis(top: float, step: float, unit: str, scale: float = 1.0) -> str:
    """Draw the numbers under a chart; '%' is written, other units stand in words beside it."""
    drawn = []
    ticks = _ticks(top, step)
    for at in ticks:
        last = at == ticks[-1]
        anchor = "start" if at == 0.0 else "end" if last else "middle"
        text = plain(scale * at) + (unit if last and unit == "%" else "")
        drawn.append(words(text, x=percent(at, top), y=14, text_anchor=anchor, class_="tick"))
    text = f"Axis from 0 to {plain(scale * top)}{unit}"
    return drawing(text, "", *drawn, class_="strip", width="100%", height=20)


def _bar(bar: Bar, top: float, step: float) -> str:
    drawn = [_grid(top, step)]
    low, high, value = bar.spread.low, bar.spread.high, bar.spread.value
    if low is not None and high is not None:
        ends = {"x1": percent(low, top), "x2": percent(high, top)}
        drawn.append(element("line", y1=MARK, y2=MARK, class_=f"whisker {bar.mark}", **ends))
        for end in (low, high):
            at = percent(end, top)
            drawn.append(
                element("line", x1=at, x2=at, y1=MARK - 5, y2=MARK + 5, class_=f"cap {bar.mark}")
            )
    if value is not None:
        drawn.append(
            element("circle", cx=percent(value, top), cy=MARK, r=5.5, class_=f"dot {bar.mark}")
        )
    title = f"{bar.label}: {bar.written}"
    return drawing(title, "", *drawn, class_="strip", width="100%", height=ROW_PX)


def bars(groups: Sequence[tuple[str, Sequence[Bar]]], unit: str) -> tuple[Row, ...]:
    """Give a chart of points with whiskers on one scale that starts at 0.

    Args:
        groups: Heading (may be empty) and the figures below it.
        unit: '%' for shares from 0 to 1, else the unit to write on the axis.
    """
    shown = [bar.spread for _, members in groups for bar in members]
    ends = [end for one in shown for end in (one.value, one.high) if end is not None]
    if unit == "%":
        top, step, scale = 1.0, 0.25, 100.0
    else:
        (top, step), scale = round_top(max(ends, default=0.0), 5), 1.0
    rows = []
    for heading, members in groups:
        if heading:
            rows.append(Row(label=heading, svg="", kind="group"))
        rows += [Row(label=b.label, svg=_bar(b, top, step), value=b.written) for b in members]
    return (*rows, Row(label="", svg=_axis(top, step, unit, scale), kind="axis"))


def histogram(values: Sequence[float], name: str) -> str:
    """Give how many launch points gain how many minutes, as columns.

    Args:
        values: Minutes gained, one a launch point; 0 and below share the first column, and a
            point without a figure (not a number) is not counted.
        name: What is compared, for those who cannot see the drawing.
    """
    known = [value for value in values if math.isfinite(value)]
    gaining = [value for value in known if value > 0.0]
    none = len(known) - len(gaining)
    top, step = round_top(max(gaining, default=1.0), 10)
    counts = [0] * max(1, round(top / step))
    for value in gaining:
        counts[min(int(value / step), len(counts) - 1)] += 1
    columns = [none, *counts]
    wide, tallest, base = 100.0 / len(columns), max([1, *columns]), 138.0
    drawn = [element("line", x1="0%", x2="100%", y1=base, y2=base, class_="base")]
    for place, count in enumerate(columns):
        height = 112.0 * count / tallest
        left = f"{place * wide + 0.06 * wide:.2f}%"
        middle = f"{(place + 0.5) * wide:.2f}%"
        class_ = "column nothing" if place == 0 else "column"
        if count:
            drawn.append(
                element(
                    "rect",
                    x=left,
                    y=base - height,
                    width=f"{0.88 * wide:.2f}%",
                    height=height,
                    class_=class_,
                )
            )
            drawn.append(words(str(count), x=middle, y=base - height - 5, class_="tick count"))
    drawn.append(words("none", x=f"{0.5 * wide:.2f}%", y=base + 16, class_="tick count"))
    for edge in range(1, len(counts) + 1):  # 'none' stands where 0 would
        anchor = "end" if edge == len(counts) else "middle"
        text = plain(edge * step)
        at = f"{(edge + 1) * wide:.2f}%"
        drawn.append(words(text, x=at, y=base + 16, text_anchor=anchor, class_="tick"))
    title = f"Launch points by minutes of warning gained: {name}"
    text = f"{none} of {len(known)} launch points gain nothing; {len(gaining)} gain."
    return drawing(title, text, *drawn, class_="strip columns", width="100%", height=160)


def ledger_svg(ledger: Sequence[LedgerLine]) -> str:
    """Give the decision-time ledger as one stacked bar: each step numbered, what is left last."""
    takes = [(line.takes_s.value or 0.0) / 60.0 for line in ledger]
    left = next((line.left_min.value for line in reversed(ledger) if line.left_min.value), 0.0)
    spent = sum(takes)
    total, step = round_top(max(spent + max(left, 0.0), 0.1), 8)
    drawn, start, lifted = [_grid(total, step)], 0.0, False
    before = -1.0
    for number, length in enumerate(takes, start=1):
        if length <= 0.0:
            continue
        wide = percent(length, total)
        class_ = f"step s{(number - 1) % 2}"
        drawn.append(
            element("rect", x=percent(start, total), y=30, width=wide, height=34, class_=class_)
        )
        middle = start + 0.5 * length
        lifted = not lifted if middle - before < 0.05 * total else False
        before = middle
        at = percent(middle, total)
        drawn.append(words(str(number), x=at, y=10 if lifted else 25, class_="tick count"))
        start += length
    if left > 0.0:
        ends = {"x": percent(start, total), "width": percent(left, total)}
        drawn.append(element("rect", y=30, height=34, class_="left-over", **ends))
        text = f"{left:.1f} min left"
        at = percent(start + 0.5 * left, total)
        drawn.append(words(text, x=at, y=52, class_="count inside"))
    for at_min in _ticks(total, step):
        last = at_min >= total - 1e-9
        anchor = "start" if at_min == 0.0 else "end" if last else "middle"
        drawn.append(
            words(plain(at_min), x=percent(at_min, total), y=80, text_anchor=anchor, class_="tick")
        )
    title = "Where the minutes go"
    text = f"{len(takes)} steps take {spent:.1f} min; {max(left, 0.0):.1f} min are left to act."
    return drawing(title, text, *drawn, class_="strip", width="100%", height=86)


def _span(start: float, end: float, total: float, class_: str, high: int) -> str:
    return element(
        "rect",
        x=percent(start, total),
        width=percent(end - start, total),
        y=MARK - high // 2,
        height=high,
        class_=class_,
    )


def _tick(at: float, total: float, class_: str) -> str:
    place = percent(at, total)
    return element("line", x1=place, x2=place, y1=3, y2=ROW_PX - 3, class_=class_)


def _flight_row(launch: LaunchResult, top: float, step: float) -> Row:
    total = 60.0 * top
    drawn = [
        _grid(top, step),
        _span(launch.burnout_s, launch.impact_s, total, "coast", 6),
        _span(0.0, launch.burnout_s, total, "boost", 12),
        element("circle", cx=percent(launch.apogee_s, total), cy=MARK, r=4.5, class_="apogee"),
        _tick(launch.impact_s, total, "impact"),
    ]
    written = (
        f"lift-off 0:00, burnout {clock(launch.burnout_s)}, "
        f"apogee {clock(launch.apogee_s)}, impact {clock(launch.impact_s)}"
    )
    svg = drawing(f"Flight: {written}", "", *drawn, class_="strip", width="100%", height=ROW_PX)
    return Row(label="Flight", svg=svg, value=f"impact {clock(launch.impact_s)}")


def _sighting_row(sighting: Sighting, name: str, mark: str, top: float, step: float) -> Row:
    total = 60.0 * top
    drawn = [_grid(top, step)]
    if sighting.first_look_s is not None:
        last = sighting.last_look_s
        end = sighting.first_look_s if last is None else last
        drawn.append(_span(sighting.first_look_s, end, total, f"seen {mark}", 8))
    if sighting.confirmed_low_s is not None and sighting.confirmed_high_s is not None:
        ends = {"x1": percent(sighting.confirmed_high_s, total)}
        ends["x2"] = percent(sighting.confirmed_low_s, total)
        drawn.append(element("line", y1=MARK, y2=MARK, class_=f"doubt {mark}", **ends))
    if sighting.confirmed_s is not None:
        at = percent(sighting.confirmed_s, total)
        drawn.append(element("circle", cx=at, cy=MARK, r=5, class_=f"dot {mark}"))
    title = f"{name}: first look {clock(sighting.first_look_s)}, confirmed " + clock(
        sighting.confirmed_s
    )
    svg = drawing(title, "", *drawn, class_="strip", width="100%", height=ROW_PX)
    seen = sighting.confirmed_s is not None
    value = f"confirmed {clock(sighting.confirmed_s)}" if seen else "not confirmed"
    return Row(label=name, svg=svg, value=value)


def same_knowledge(knowledge: Sequence[Knowledge]) -> list[tuple[str, str, Knowledge]]:
    """Give partner, levels in words and knowledge, with levels that know the same put together."""
    merged: list[tuple[list[int], Knowledge]] = []
    order = {one.partner: place for place, one in reversed(list(enumerate(knowledge)))}
    for one in sorted(knowledge, key=lambda item: (order[item.partner], item.level)):
        last = merged[-1] if merged else None
        same = (one.partner, one.known_s, one.confirmed_by_two_s)
        if last and (last[1].partner, last[1].known_s, last[1].confirmed_by_two_s) == same:
            last[0].append(one.level)
        else:
            merged.append(([one.level], one))
    written = []
    for levels, one in merged:
        told = [LEVELS.get(level, f"level {level}").split()[0] for level in levels if level > 1]
        alone = ["alone"] if min(levels) < 2 else []
        written.append((one.partner, ", ".join([*alone, *told]), one))
    return written


def _knowledge_row(one: Knowledge, label: str, mark: str, ends: tuple[float, float, float]) -> Row:
    impact_s, top, step = ends
    total = 60.0 * top
    drawn = [_grid(top, step)]
    if one.known_s is not None:
        drawn.append(_span(one.known_s, impact_s, total, f"warned {mark}", 12))
        drawn.append(_tick(one.known_s, total, f"known {mark}"))
    if one.confirmed_by_two_s is not None:
        at = percent(one.confirmed_by_two_s, total)
        drawn.append(element("circle", cx=at, cy=MARK, r=3.5, class_="two"))
    warning = one.warning_min.value
    known = one.known_s is not None and warning is not None
    value = f"{warning:.1f} min" if known else "0 min: never known"
    title = f"{label}: known {clock(one.known_s)}, warning {value}"
    svg = drawing(title, "", *drawn, class_="strip", width="100%", height=ROW_PX)
    return Row(label=label, svg=svg, value=value)


def _knowledge_rows(
    launch: LaunchResult,
    known: Sequence[tuple[str, str, Knowledge]],
    names: Mapping[str, str],
    marks: Mapping[str, str],
) -> list[Row]:
    top, step = round_top(launch.impact_s / 60.0, TIME_STEPS)
    rows = []
    for partner, how, one in known:
        label = f"{names.get(partner, partner)}: {how}"
        ends = (launch.impact_s, top, step)
        rows.append(_knowledge_row(one, label, marks.get(partner, "p5"), ends))
    return rows


def timeline(
    launch: LaunchResult, names: Mapping[str, str], marks: Mapping[str, str]
) -> tuple[Row, ...]:
    """Give one launch as rows against time: the flight, who looked, who knew.

    Args:
        launch: The launch.
        names: Names of sensors and partners by id.
        marks: Colour class of each partner id.
    """
    top, step = round_top(launch.impact_s / 60.0, TIME_STEPS)
    rows = [_flight_row(launch, top, step)]
    seen = [one for one in launch.sightings if one.first_look_s is not None]
    heading = "Sensors that saw it" if seen else "No sensor saw it"
    rows.append(Row(label=heading, svg="", kind="group"))
    for one in sorted(seen, key=lambda item: (item.confirmed_s is None, item.confirmed_s or 0.0)):
        name = names.get(one.sensor, one.sensor)
        rows.append(_sighting_row(one, name, marks.get(one.partner, "p5"), top, step))
    if launch.knowledge:
        rows.append(Row(label="Who knew, and the warning left", svg="", kind="group"))
        rows += _knowledge_rows(launch, same_knowledge(launch.knowledge), names, marks)
    if launch.declared:
        rows.append(Row(label="Under the sharing the scenario declares", svg="", kind="group"))
        declared = [(one.partner, "as declared", one) for one in launch.declared]
        rows += _knowledge_rows(launch, declared, names, marks)
    axis = _axis(top, step, " min")
    return (*rows, Row(label="minutes after lift-off", svg=axis, kind="axis"))
