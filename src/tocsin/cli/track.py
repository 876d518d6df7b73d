"""`tocsin track`: tracks from a file of recorded plots, and how good they are."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from tocsin.cli.errors import printable, reported


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
@click.option(
    "--satellites",
    metavar="FILE|builtin",
    help="Catalogue to hold tracks against (.3le, .tle, .txt, also .xz).  [default: the built-in"
    " one, if the plots lie within 15 days of it]",
)
@click.option("--no-satellites", is_flag=True, help="Hold tracks against no catalogue.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; keys end in their unit.")
@click.option("--quiet", "-q", is_flag=True, help="No progress and no remarks.")
def track(
    plots: Path,
    sensors: Path | None,
    truth: Path | None,
    out: Path | None,
    satellites: str | None,
    no_satellites: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Track what recorded plots show, and say where it will land.

    PLOTS is a table (.parquet, .csv) or a CCSDS tracking data message (.tdm, .kvn). Shown are the
    tracks that were believed at some time, what each is and where it was launched; an ellipse holds
    the place 95 times in 100, if the tracker's own idea of its errors is right.

    \b
    Example:
      tocsin track plots.parquet --sensors sensors.json --out tracks.parquet
    """
    import json

    from tocsin.cli.progress import shown
    from tocsin.cli.study_tables import remark
    from tocsin.studies.data_classes import outs_of, track_each
    from tocsin.studies.known_sky import BUILT_IN, Satellites
    from tocsin.studies.plot_input import settings_for, sites_for
    from tocsin.studies.track_figures import figures
    from tocsin.studies.tracking import Options, refuse_inputs

    if no_satellites and satellites is not None:
        raise click.UsageError("--satellites and --no-satellites: give one of them, or none")
    path = None if satellites in (None, BUILT_IN) else Path(satellites)
    sky = Satellites(wanted=not no_satellites, told=satellites is not None, path=path)
    with reported(as_json), shown(plots.name, quiet=quiet, parts="plots") as report:
        refuse_inputs(out, (plots, sensors, truth, path))
        sites, settings = sites_for(plots, sensors), settings_for(sensors)
        options = Options(settings=settings, truth=truth, out=out, satellites=sky)
        found = track_each(plots, sites, options, report)
        records = [figures(each) | {"input": each.heard.record()} for each in found]
    several = len(found) > 1
    for each in found:
        about = f"{each.data_class}: " if several else ""
        for line in each.remarks():
            remark(quiet)(printable(f"note: {about}{line}"))
    if as_json:
        told: object = {"by_data_class": records} if several else records[0]
        click.echo(json.dumps(told, indent=1, allow_nan=False, ensure_ascii=False))
        return
    _print_records(records)
    for path in outs_of(out, found):
        remark(quiet)(printable(f"wrote {path}"))


def _print_records(records: Sequence[dict[str, Any]]) -> None:
    """Print what was found of each data class, each under its name if there are several."""
    from rich.rule import Rule
    from rich.text import Text

    from tocsin.cli.study_tables import console
    from tocsin.cli.track_tables import (
        in_order,
        launches_table,
        legend,
        scores_table,
        tracks_table,
    )

    screen = console()
    for record in records:
        if len(records) > 1:
            screen.print(Rule(f"{record['data_class'].upper()} PLOTS ONLY", characters="="))
        screen.print(Text(_title(record)), style="bold")
        day = record["first_plot_utc"][:10]
        if record["tracks"]:
            tracks, sensors = in_order(record["tracks"]), record["sensors"]
            screen.print(tracks_table(tracks, day, screen.width))
            screen.print(launches_table(tracks, sensors, day, screen.width))
            screen.print(Text(legend(sensors, day, screen.width)), style="dim")
        if record["scores"]:
            screen.print(_against(record["scores"]), style="bold")
            screen.print(scores_table(record["scores"]))


def _title(record: dict[str, Any]) -> str:
    """Say in a few words what came of the plots, and of which data class they are."""
    plots, found = _count(record["plots"], "plot"), len(record["tracks"])
    tracks = _count(found, "track") if found else "no track"
    kind = "" if record["data_class"] == "test" else f"{record['data_class'].upper()}: "
    return (
        f"{kind}{plots} of {_count(len(record['sensors']), 'sensor')}: {tracks},"
        f" from {record['first_plot_utc'][:19].replace('T', ' ')} on (times in UTC)"
        f"{_threats(record)}"
    )


def _threats(record: dict[str, Any]) -> str:
    """Say how many missiles the threatening tracks are of; nothing if there is none."""
    count = record["threats"]
    least, most = count["missiles_least"], count["missiles_most"]
    if not count["tracks"]:
        return ""
    missiles = _count(most, "missile") if least == most else f"{least:,} to {most:,} missiles"
    verb = "comes" if count["tracks"] == 1 else "come"
    burning = sum(each["verdict"] == "still burning" for each in record["tracks"])
    pieces = ", with spent stages and other pieces" if count["tracks"] > least else ""
    return f"\n{_count(count['tracks'], 'track')} {verb} down: {missiles}{pieces}" + (
        f"; {burning:,} still burning when last seen" if burning else ""
    )


def _count(number: int, what: str) -> str:
    """Give a number of things."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _against(record: dict[str, Any]) -> str:
    """Say what the scores were taken over."""
    return f"against the truth: {record['objects']} objects at {record['instants']:,} instants"
