"""`tocsin fly`: one flight, its range, apogee, times, speeds and angles."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tocsin.cli.errors import reported

if TYPE_CHECKING:
    from tocsin.flight.single import Flown, Request
    from tocsin.flight.vehicle import Vehicle


class Place(click.ParamType[tuple[float, float]]):
    """A latitude and longitude in degrees, written LAT,LON."""

    name = "lat,lon"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        """Read the two numbers; anything else is wrong usage."""
        if isinstance(value, tuple):
            return value
        parts = str(value).split(",")
        try:
            latitude, longitude = (float(part) for part in parts)
        except ValueError:
            self.fail(f"{value!r} is not LAT,LON in degrees, for instance 39.2,125.7", param, ctx)
        if not -90.0 <= latitude <= 90.0:
            self.fail(f"latitude is {latitude:g}; it must be from -90 to 90", param, ctx)
        if not -180.0 <= longitude <= 360.0:
            self.fail(f"longitude is {longitude:g}; it must be from -180 to 360", param, ctx)
        return latitude, longitude


@click.command()
@click.option("--from", "start", type=Place(), required=True, help="Launch point, degrees.")
@click.option("--to", "end", type=Place(), help="Impact point, degrees.")
@click.option(
    "--azimuth",
    "azimuth_deg",
    type=float,
    metavar="DEG",
    help="Direction of the impact, from north.",
)
@click.option("--range-km", type=float, metavar="X", help="Distance to the impact on the ground.")
@click.option(
    "--apogee-km", type=float, metavar="X", help="Greatest height to fly to: lofted or depressed."
)
@click.option(
    "--time-s", "flight_time_s", type=float, metavar="X", help="Time from lift-off to impact."
)
@click.option(
    "--vehicle",
    metavar="ID",
    help="Id of a vehicle in the catalogue.  [default: icbm-liquid]",
)
@click.option("--impulsive", is_flag=True, help="No vehicle: an impulse from the surface, no air.")
@click.option(
    "--kepler", is_flag=True, help="No vehicle: a closed-form arc over a sphere that does not turn."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the flight as .csv, .parquet, .czml or .oem.",
)
@click.option(
    "--step-s",
    type=click.FloatRange(0.1, 600.0),
    default=10.0,
    show_default=True,
    help="Time between two rows of --out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; keys end in their unit.")
def fly(as_json: bool, out: Path | None, step_s: float, **asked: Any) -> None:
    """Fly one rocket and say how it went.

    The impact point is given by --to, or by --azimuth and --range-km. Without --apogee-km or
    --time-s the flight of least energy is flown: the one with the earliest cutoff of thrust.

    \b
    Examples:
      tocsin fly --from 10,65 --to 55.75,37.62 --vehicle slbm
      tocsin fly --from 40,125 --azimuth 60 --range-km 787 --apogee-km 2111.5 --kepler
    """
    with reported(as_json):
        request = _request(asked)
        from tocsin.flight.single import fly_one

        flown = fly_one(request)
        if out is not None:
            from tocsin.cli.fly_files import write_flight

            write_flight(flown, out, step_s)
        _show(flown, as_json)


def _request(asked: dict[str, Any]) -> "Request":
    """Turn the options into a checked request; options that clash are wrong usage."""
    start, end = asked["start"], asked["end"]
    azimuth_deg, range_km = asked["azimuth_deg"], asked["range_km"]
    if (end is None) == (azimuth_deg is None and range_km is None):
        raise click.UsageError("give the impact point: --to LAT,LON, or --azimuth and --range-km")
    if end is None and (azimuth_deg is None or range_km is None):
        raise click.UsageError("--azimuth and --range-km belong together")
    modes = [asked["impulsive"], asked["kepler"], asked["vehicle"] is not None]
    if sum(modes) > 1:
        raise click.UsageError("give one of --vehicle, --impulsive and --kepler")
    if asked["apogee_km"] is not None and asked["flight_time_s"] is not None:
        raise click.UsageError("give --apogee-km or --time-s, not both")
    from tocsin.flight.single import Request, place_from_range

    if end is None:
        end = place_from_range(start, azimuth_deg, range_km)
    mode = "kepler" if asked["kepler"] else "impulsive" if asked["impulsive"] else "staged"
    vehicle = "icbm-liquid" if asked["vehicle"] is None else asked["vehicle"]
    return Request(
        start_deg=start,
        end_deg=end,
        apogee_km=asked["apogee_km"],
        flight_time_s=asked["flight_time_s"],
        mode=mode,
        vehicle=_vehicle(vehicle) if mode == "staged" else None,
    )


def _vehicle(name: str) -> "Vehicle":
    """Find a vehicle of the catalogue; an unknown name is told its nearest."""
    from tocsin.catalog.build import vehicle_of
    from tocsin.catalog.load import load_catalog
    from tocsin.errors import CatalogError, nearest

    vehicles = load_catalog().vehicles
    if name not in vehicles:
        raise CatalogError(f"--vehicle {name!r} is not in the catalogue; {nearest(name, vehicles)}")
    return vehicle_of(vehicles[name])


def _show(flown: "Flown", as_json: bool) -> None:
    """Print the answer, as JSON or as a table."""
    if as_json:
        import json

        click.echo(json.dumps(flown.figures(), indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(justify="left")
    table.add_column(justify="right")
    table.add_column(justify="left")
    for name, value, unit in flown.lines():
        table.add_row(name, value, unit)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
    console.print(flown.title(), style="bold")
    console.print(table)
    for note in flown.notes():
        console.print(note, style="dim")
