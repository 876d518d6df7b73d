"""What `tocsin track` found, as tables on a terminal.

A line a track where the terminal is wide enough, else a few lines each. No figure is ever cut, and
each estimate has its error beside it.
"""

import textwrap
from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tocsin.cli.errors import printable
from tocsin.cli.study_tables import table
from tocsin.studies.threats import SIGMAS_95, THREAT
from tocsin.studies.track_figures import NOT_FREE

Record = dict[str, Any]

NAME_MAX = 16
"""Columns for the name of a known object; a longer one goes on in the next line."""
FED_MAX = 12
"""Columns for the numbers of sensors."""
BESIDES = 76
"""Columns of a terminal from which on what is less needed is shown too."""

SCORES = (
    ("missiles_tracked", "missiles tracked", "{:d} of {missiles}", ""),
    ("pieces_tracked", "pieces tracked", "{:d} of {pieces}", ""),
    ("missiles_completeness", "missiles' time followed", "{:.1%}", ""),
    ("purity", "purity", "{:.1%}", ""),
    ("latency_median_s", "until followed, median", "{:,.0f}", "s"),
    ("missed", "missed, mean", "{:.2f}", ""),
    ("false", "false, mean", "{:.2f}", ""),
    ("position_rmse_m", "position error, RMS", "{:,.0f}", "m"),
    ("velocity_rmse_m_s", "velocity error, RMS", "{:,.1f}", "m/s"),
    ("nees", "NEES (6 is right)", "{:,.2f}", ""),
    ("nees_within_95", "within 95 % bound", "{:.1%}", ""),
    ("gospa_m", "GOSPA, mean", "{:,.0f}", "m"),
    ("ospa_m", "OSPA, mean", "{:,.0f}", "m"),
)
"""Key, words, form and unit of each score."""

Cell = tuple[str, ...]
"""The lines of a cell."""


FIRST = (THREAT, "still burning", "undecided")
"""Verdicts in the order in which they are shown; satellites come last."""


def in_order(records: Sequence[Record]) -> list[Record]:
    """Give tracks with those that matter most first."""
    place = {verdict: k for k, verdict in enumerate(FIRST)}
    return sorted(records, key=lambda each: (place.get(each["verdict"], len(FIRST)), each["track"]))


def tracks_table(records: Sequence[Record], day: str, width: int) -> Table:
    """Give what each track is and where it lands.

    Args:
        records: Of the tracks.
        day: UTC date of the first plot; an instant of another day is shown with its own.
        width: Columns of the terminal.
    """
    flat: list[list[Cell]] = []
    stacked: list[list[Cell]] = []
    for each in records:
        number, last = str(each["track"]), clock(each["last_seen_utc"], day)
        found = each["impact"]
        if found is None:
            why = "not flying freely" if each["no_impact"] == NOT_FREE else "-"
            flat.append([(number,), _verdict(each), (last,), ("-",), ("-",), (why,), ("-",)])
            stacked.append([(number, *_verdict(each)), (last,), ("-",), (why,)])
            continue
        sigma = found["time_sigma_s"]
        time = f"{clock(found['time_utc'], day)} {_seconds(sigma)}"
        left = _left(found["left_at_last_plot_s"], sigma)
        flat.append(
            [
                (number,),
                _verdict(each),
                (last,),
                (time,),
                (left,),
                (_place(found),),
                (_size(found),),
            ]
        )
        stacked.append(
            [
                (number, *_verdict(each)),
                (last,),
                (*_by_day(time), f"in {left}"),
                (_place(found), f"± {_size(found)} km"),
            ]
        )
    made = _filled(("track", "verdict", "last plot", "impact", "left", "where", "± 95 %, km"), flat)
    if _fits(made, width):
        return made
    heads = ("track", "last plot", "impact", "where, ± 95 %")
    if width < BESIDES:
        return _filled(heads[:1] + heads[2:], [[row[0], *row[2:]] for row in stacked])
    return _filled(heads, stacked)


def launches_table(
    records: Sequence[Record], sensors: Sequence[str], day: str, width: int
) -> Table:
    """Give where each track comes from, how high it goes, and what saw it; see `tracks_table`."""
    flat: list[list[Cell]] = []
    stacked: list[list[Cell]] = []
    for each in records:
        number, first = str(each["track"]), clock(each["first_seen_utc"], day)
        found, hits = each["launch"], f"{each['hits']:,}"
        fed = _fed([sensors.index(name) + 1 for name in each["sensors"]])
        time, place, size = "-", "-", "-"
        if found is not None:
            time = f"{clock(found['time_utc'], day)} {_seconds(found['time_sigma_s'])}"
            place, size = _place(found), _size(found)
        top = _top(each["apogee"])
        flat.append([(number,), (first,), (time,), (place,), (size,), (top,), fed])
        below = () if found is None else (f"± {size} km",)
        rises = () if top == "-" else (f"top {top}",)
        stacked.append(
            [(number,), (first, f"{hits} plots"), (*_by_day(time), *rises), (place, *below), fed]
        )
    made = _filled(
        ("track", "first plot", "launched", "from", "± 95 %, km", "apogee", "fed by"), flat
    )
    if _fits(made, width):
        return made
    heads = ("track", "first plot", "launched, apogee", "from, ± 95 %", "fed by")
    if width < BESIDES:
        return _filled(heads[:4], [row[:4] for row in stacked])
    return _filled(heads, stacked)


def legend(sensors: Sequence[str], day: str, width: int) -> str:
    """Say what the figures are, and which sensor each number stands for; whole names in a line."""
    said = [
        f"± and ellipses (half axes): 95 times in 100, if the tracker knows its own errors; times"
        f" in UTC, of {day} where no day is given"
    ]
    fed = [f"{k} {printable(name)}" for k, name in enumerate(sensors, start=1)]
    if width < BESIDES:
        fed = [printable(name) for name in sensors]
    lines = _joined([*said[0].split(" ")], " ", width)
    lines += _joined(
        [f"{'fed by:' if width >= BESIDES else 'sensors:'} {fed[0]}", *fed[1:]], ", ", width
    )
    return "\n".join(lines)


def scores_table(record: Record) -> Table:
    """Give the scores; pieces only where the truth has any."""
    made = table("", "score", "value", "unit")
    made.columns[-1].justify = "left"
    for key, words, form, unit in SCORES:
        value = record[key]
        if key == "pieces_tracked" and not record["pieces"]:
            continue
        made.add_row(words, "-" if value is None else form.format(value, **record), unit)
    return made


# ---- laying out ----


def _filled(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Table:
    """Give a table of cells of some lines each; none is broken further or cut."""
    made = table("", *heads)
    several = any(len(cell) > 1 for row in rows for cell in row)
    for column in made.columns:
        column.no_wrap = True
        if several or column.header in ("verdict", "fed by"):
            column.justify = "left"
    for row in rows:
        made.add_row(*(Text("\n".join(cell)) for cell in row))
    return made


def _fits(made: Table, width: int) -> bool:
    """Say whether a table may be printed without breaking a line of it."""
    return Console(width=1_000).measure(made).maximum <= width


def _joined(words: Sequence[str], between: str, width: int) -> list[str]:
    """Give words in lines that are not too long, none of them broken."""
    lines = [words[0]]
    for word in words[1:]:
        if cell_len(lines[-1]) + cell_len(between) + cell_len(word) < width:
            lines[-1] += between + word
        else:
            lines[-1] += between.rstrip()
            lines.append(word)
    return lines


def _by_day(time: str) -> Cell:
    """Give an instant, its day in a line by itself if it is given."""
    day, found, rest = time.partition(" ")
    return (day, rest) if found and len(day) == len("07-05") and "-" in day else (time,)


def _fed(numbers: Sequence[int]) -> Cell:
    """Give the numbers of sensors in lines that are not too long."""
    return tuple(_joined([str(number) for number in numbers] or ["-"], ",", FED_MAX))


# ---- figures ----


def _verdict(each: Record) -> Cell:
    """Give a verdict in a few words; a known object by its name; a piece with what it came off."""
    known = each["known_object"]
    if known:
        return tuple(textwrap.wrap(printable(str(known["name"])), NAME_MAX)) or ("-",)
    words = str(each["verdict"]).removesuffix(" satellite")
    if words == THREAT and each["parent_track"]:
        words += f", off {each['parent_track']}"
    return (words,)


def clock(utc: str, day: str) -> str:
    """Give the time of day, with month and day if they are not the given date's."""
    return utc[11:19] if utc[:10] == day else f"{utc[5:10]} {utc[11:19]}"


def _seconds(sigma_s: float) -> str:
    """Give an error of an instant, 95 times in 100."""
    half_s = SIGMAS_95 * sigma_s
    return f"± {half_s:,.0f} s" if half_s >= 0.95 else "± <1 s"


def _left(left_s: float, sigma_s: float) -> str:
    """Give a time to impact and its error: in minutes from ten minutes on."""
    if left_s < 600.0:
        return f"{left_s:.0f} {_seconds(sigma_s)}"
    half_min = SIGMAS_95 * sigma_s / 60.0
    return (
        f"{left_s / 60.0:.1f} ± {half_min:.1f} min"
        if half_min >= 0.05
        else (f"{left_s / 60.0:.1f} ± <0.1 min")
    )


def _top(found: Record | None) -> str:
    """Give a height of apogee and its error."""
    if found is None:
        return "-"
    half = SIGMAS_95 * found["height_sigma_km"]
    return f"{found['height_km']:,.0f} ± {_km(half) if half >= 1.0 else '<1'} km"


def _place(found: Record) -> str:
    """Give a place on the ground."""
    north, east = found["latitude_deg"], found["longitude_deg"]
    return f"{abs(north):.2f} {'NS'[north < 0]} {abs(east):.2f} {'EW'[east < 0]}"


def _size(found: Record) -> str:
    """Give an ellipse's half axes in kilometres."""
    return f"{_km(found['ellipse_95_long_km'])} x {_km(found['ellipse_95_short_km'])}"


def _km(value: float) -> str:
    """Give a length with two figures or more, and no power of ten."""
    return f"{value:,.0f}" if value >= 10.0 else f"{value:.1f}" if value >= 1.0 else f"{value:.2f}"
