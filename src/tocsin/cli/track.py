"""`tocsin track`: tracks from a file of recorded plots, and how good they are."""

from pathlib import Path
from typing import Any

import click

from tocsin.cli.errors import reported


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
    from tocsin.cli.study_tables import console, remark
    from tocsin.cli.track_tables import launches_table, legend, scores_table, tracks_table
    from tocsin.studies.known_sky import BUILT_IN, Satellites
    from tocsin.studies.plot_input import settings_for, sites_for
    from tocsin.studies.track_figures import figures
    from tocsin.studies.tracking import Options, refuse_inputs, track_file

    if no_satellites and satellites is not None:
        raise click.UsageError("--satellites and --no-satellites: give one of them, or none")
    path = None if satellites in (None, BUILT_IN) else Path(satellites)
    sky = Satellites(wanted=not no_satellites, told=satellites is not None, path=path)
    with reported(as_json), shown(plots.name, quiet=quiet) as report:
        refuse_inputs(out, (plots, sensors, truth, path))
        sites, settings = sites_for(plots, sensors), settings_for(sensors)
        options = Options(settings=settings, truth=truth, out=out, satellites=sky)
        found = track_file(plots, sites, options, report)
        record = figures(found) | {"input": found.heard.record()}
    for line in found.remarks():
        remark(quiet)(f"note: {line}")
    if as_json:
        click.echo(json.dumps(record, indent=1, allow_nan=False, ensure_ascii=False))
        return
    screen = console()
    screen.print(_title(record), style="bold")
    if record["tracks"]:
        screen.print(tracks_table(record["tracks"], screen.width))
        screen.print(launches_table(record["tracks"], record["sensors"], screen.width))
        screen.print(legend(record["sensors"]), style="dim")
    if record["scores"]:
        screen.print(_against(record["scores"]), style="bold")
        screen.print(scores_table(record["scores"]))
    if out is not None:
        remark(quiet)(f"wrote {out}")


def _title(record: dict[str, Any]) -> str:
    """Say in one line what came of the plots."""
    plots, found = _count(record["plots"], "plot"), len(record["tracks"])
    tracks = _count(found, "track") if found else "no track"
    threats = sum(each["verdict"] == "threat" for each in record["tracks"])
    tracks += f" ({_count(threats, 'threat')})" if threats else ""
    return (
        f"{plots} of {_count(len(record['sensors']), 'sensor')}: {tracks},"
        f" from {record['first_plot_utc'][:19].replace('T', ' ')} on (times in UTC)"
    )


def _count(number: int, what: str) -> str:
    """Give a number of things."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _against(record: dict[str, Any]) -> str:
    """Say what the scores were taken over."""
    return f"against the truth: {record['objects']} objects at {record['instants']:,} instants"
