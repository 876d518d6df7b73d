"""What `tocsin track` found, as tables on a terminal."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from tocsin.cli.study_tables import table
from tocsin.studies.track_figures import NOT_FREE

Record = dict[str, Any]

WIDE = 97
"""Columns of a terminal from which on all is shown; below, what can be spared is left out."""
NAME_MAX = 16
"""Longest name of a known object that is shown; JSON has all of it."""

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


def tracks_table(records: Sequence[Record], width: int) -> Table:
    """Give what each track is and where it lands."""
    wide = width >= WIDE
    spare = ("plots", "left, min") if wide else ()
    made = table(
        "", "track", "last", *spare[:1], "verdict", "impact", *spare[1:], "where", "95 %, km"
    )
    for each in records:
        time, left, place, size = _impact(each)
        row = [str(each["track"]), _clock(each["last_seen_utc"]), _verdict(each), time, place, size]
        if wide:
            row.insert(2, str(each["hits"]))
            row.insert(5, left)
        made.add_row(*row)
    return _unbroken(made, "verdict")


def launches_table(records: Sequence[Record], sensors: Sequence[str], width: int) -> Table:
    """Give where each track comes from, and what saw it."""
    wide = width >= WIDE
    head = "track", "first", "launched", "95 %, s", "from", "95 %, km", "apogee, km"
    made = table("", *(head if wide else (*head[:3], *head[4:])), *(("fed by",) if wide else ()))
    for each in records:
        found, top = each["launch"], each["apogee"]
        row = [str(each["track"]), _clock(each["first_seen_utc"])]
        row += [_clock(found["time_utc"])] if found else ["-"]
        if wide:
            row += [f"{1.96 * found['time_sigma_s']:.0f}" if found else "-"]
        row += [_place(found), _size(found)] if found else ["-", "-"]
        row += [f"{top['height_km']:,.0f}" if top else "-"]
        if wide:
            row += [",".join(str(sensors.index(name) + 1) for name in each["sensors"])]
        made.add_row(*row)
    return _unbroken(made, "fed by")


def legend(sensors: Sequence[str]) -> str:
    """Say which sensor each number stands for."""
    return "fed by: " + ", ".join(f"{k} {name}" for k, name in enumerate(sensors, start=1))


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


def _unbroken(made: Table, soft: str) -> Table:
    """Give a table in which only one column may be broken over lines."""
    for column in made.columns:
        column.no_wrap = column.header != soft
        column.justify = "left" if column.header == soft else column.justify
    return made


def _verdict(each: Record) -> str:
    """Give a verdict in a few words; a known object by its name."""
    known = each["known_object"]
    if known:
        return str(known["name"])[:NAME_MAX]
    return str(each["verdict"]).removesuffix(" satellite")


def _impact(each: Record) -> tuple[str, str, str, str]:
    """Give an impact's time, the minutes left, its place and its ellipse."""
    found = each["impact"]
    if found is None:
        return "-", "-", "not flying freely" if each["no_impact"] == NOT_FREE else "-", "-"
    left = f"{found['left_at_last_plot_s'] / 60.0:.1f}"
    return _clock(found["time_utc"]), left, _place(found), _size(found)


def _clock(utc: str) -> str:
    """Give the time of day."""
    return utc[11:19]


def _place(found: Record) -> str:
    """Give a place on the ground."""
    north, east = found["latitude_deg"], found["longitude_deg"]
    return f"{abs(north):.2f} {'NS'[north < 0]} {abs(east):.2f} {'EW'[east < 0]}"


def _size(found: Record) -> str:
    """Give an ellipse's half axes."""
    return f"{_km(found['ellipse_95_long_km'])} x {_km(found['ellipse_95_short_km'])}"


def _km(value: float) -> str:
    """Give a length with two figures or more, and no power of ten."""
    return f"{value:,.0f}" if value >= 10.0 else f"{value:.1f}" if value >= 1.0 else f"{value:.2f}"
