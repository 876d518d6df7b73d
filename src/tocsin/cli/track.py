"""`tocsin track`: tracks from a file of recorded plots, and how good they are."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tocsin.cli.errors import reported

if TYPE_CHECKING:
    from rich.table import Table


@click.command()
@click.argument("plots", type=click.Path(path_type=Path))
@click.option(
    "--sensors",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the sensors stand (JSON).  [default: the catalogue]",
)
@click.option(
    "--truth",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the objects really were (.parquet, .csv): scores the tracks.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the tracks as .parquet or .csv.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; keys end in their unit.")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no remarks.")
def track(
    plots: Path,
    sensors: Path | None,
    truth: Path | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Track what recorded plots show, and say where it will land.

    PLOTS is a table (.parquet, .csv) or a CCSDS tracking data message (.tdm, .kvn). Shown are the
    tracks that were believed at some time; an ellipse holds the impact 95 times in 100, if the
    tracker's own idea of its errors is right.

    \b
    Example:
      tocsin track plots.parquet --sensors sensors.json --out tracks.parquet
    """
    import json

    from tocsin.cli.progress import shown
    from tocsin.cli.study_tables import console, remark
    from tocsin.studies.track_figures import figures
    from tocsin.studies.tracking import Options, sites_for, track_file

    with reported(as_json), shown(plots.name, quiet=quiet) as report:
        sites = sites_for(plots, sensors)
        found = track_file(plots, sites, Options(truth=truth, out=out), report)
        record = figures(found)
    if as_json:
        click.echo(json.dumps(record, indent=1, allow_nan=False, ensure_ascii=False))
        return
    screen = console()
    screen.print(_title(record), style="bold")
    if record["tracks"]:
        screen.print(_tracks(record["tracks"], record["sensors"]))
        screen.print(_legend(record["sensors"]), style="dim")
    if record["scores"]:
        screen.print(_against(record["scores"]), style="bold")
        screen.print(_scores(record["scores"]))
    if out is not None:
        remark(quiet)(f"wrote {out}")


def _title(record: dict[str, Any]) -> str:
    """Say in one line what came of the plots."""
    count, heard = len(record["tracks"]), len(record["sensors"])
    since = f", from {record['first_plot_utc'][:10]} on (UTC)"
    return (
        f"{record['plots']:,} plots of {heard} {'sensor' if heard == 1 else 'sensors'}:"
        f" {count} {'track' if count == 1 else 'tracks'}{since}"
    )


def _legend(sensors: list[str]) -> str:
    """Say which sensor each number stands for."""
    return "fed by: " + ", ".join(f"{k} {name}" for k, name in enumerate(sensors, start=1))


def _tracks(records: list[dict[str, Any]], sensors: list[str]) -> "Table":
    """Give the table of tracks; only the list of sensors may be broken."""
    from tocsin.cli.study_tables import table

    made = table(
        "", "track", "first", "last", "plots", "sure, %", "impact", "where", "95 %, km", "fed by"
    )
    for column in made.columns[:-1]:
        column.no_wrap = True
    made.columns[-1].justify = "left"
    for each in records:
        made.add_row(
            str(each["track"]),
            each["first_seen_utc"][11:19],
            each["last_seen_utc"][11:19],
            str(each["hits"]),
            f"{100.0 * each['existence']:.0f}",
            *_impact(each["impact"]),
            ", ".join(str(sensors.index(name) + 1) for name in each["sensors"]),
        )
    return made


def _impact(found: dict[str, Any] | None) -> tuple[str, str, str]:
    """Give an impact's time, its place and its ellipse."""
    if found is None:
        return "-", "-", "-"
    north, east = found["latitude_deg"], found["longitude_deg"]
    place = f"{abs(north):.2f} {'NS'[north < 0]} {abs(east):.2f} {'EW'[east < 0]}"
    size = f"{_km(found['ellipse_95_long_km'])} x {_km(found['ellipse_95_short_km'])}"
    return found["time_utc"][11:19], place, size


def _km(value: float) -> str:
    """Give a length with two figures or more, and no power of ten."""
    return f"{value:,.0f}" if value >= 10.0 else f"{value:.1f}" if value >= 1.0 else f"{value:.2f}"


_SCORES = (
    ("objects_tracked", "objects tracked", "{:d}", ""),
    ("completeness", "time followed", "{:.1%}", ""),
    ("purity", "purity", "{:.1%}", ""),
    ("latency_median_s", "until followed, median", "{:,.0f}", "s"),
    ("missed", "missed, mean", "{:.2f}", ""),
    ("false", "false, mean", "{:.2f}", ""),
    ("position_rmse_m", "position error, RMS", "{:,.0f}", "m"),
    ("velocity_rmse_m_s", "velocity error, RMS", "{:,.1f}", "m/s"),
    ("nees", "NEES (6 is right)", "{:.2f}", ""),
    ("nees_within_95", "within 95 % bound", "{:.1%}", ""),
    ("gospa_m", "GOSPA, mean", "{:,.0f}", "m"),
    ("ospa_m", "OSPA, mean", "{:,.0f}", "m"),
)
"""Key, words, form and unit of each score."""


def _against(record: dict[str, Any]) -> str:
    """Say what the scores were taken over."""
    return f"against the truth: {record['objects']} objects at {record['instants']:,} instants"


def _scores(record: dict[str, Any]) -> "Table":
    """Give the table of scores."""
    from tocsin.cli.study_tables import table

    made = table("", "score", "value", "unit")
    made.columns[-1].justify = "left"
    for key, words, form, unit in _SCORES:
        value = record[key]
        made.add_row(words, "-" if value is None else form.format(value), unit)
    return made
