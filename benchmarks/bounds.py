"""How near a track's position error comes to the posterior Cramer-Rao bound, phase by phase.

Missiles of the built-in scenarios are watched again and again, each time with other errors of the
plots and other lasting errors of the sensors, one missile at a time and without false plots.
"""

import argparse
import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from dataclasses import dataclass  # noqa: E402

import numpy as np  # noqa: E402
from machine import show  # noqa: E402

from tocsin.catalog.load import load_catalog  # noqa: E402
from tocsin.sensors.measurement import Plots, Site, assumed_bias_sigma, site_of  # noqa: E402
from tocsin.sensors.radar import Radar  # noqa: E402
from tocsin.sensors.scan import (  # noqa: E402
    Bias,
    InfraredNoise,
    Instrument,
    RadarNoise,
    draw_bias,
    scan,
)
from tocsin.simulation import world  # noqa: E402
from tocsin.simulation.background import stream  # noqa: E402
from tocsin.simulation.read import load_scenario  # noqa: E402
from tocsin.simulation.roster import Sensor, roster  # noqa: E402
from tocsin.studies.bounds import Flown, flown, followed, pooled  # noqa: E402

LAUNCHES = {
    "joined-watch": ("Arabian Sea side to Moscow", "Central Indian Ocean to Moscow"),
    "trilateral": ("Hwasong-12, 29 August 2017", "Hwasong-14, 4 July 2017"),
    "two-islands": ("strait to east", "strait to west"),
}
SEEDS = 20
NAMES = ("boost", "coast", "re-entry")
LEAST_PLOTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One missile, and the sensors that may see it."""

    path: Flown
    targets_of: world._Path
    sensors: tuple[Sensor, ...]
    start_tai_ns: int


def watched(scenario_name: str, launch: str) -> Watched:
    """Fly one launch of a built-in scenario."""
    catalog = load_catalog()
    scenario = load_scenario(scenario_name, catalog)
    plan = next(each for each in scenario.launches if each.name == launch)
    vehicle = catalog.vehicle_of(catalog.vehicles[plan.vehicle])
    path = world._flown(scenario, plan, vehicle)[0]
    times = path.start_tai_ns + np.arange(len(path.state)) * round(world.PATH_STEP_S * 10**9)
    sensors = world.looking(roster(scenario, catalog), scenario.start_tai_ns)
    return Watched(
        path=flown(times, path.state),
        targets_of=path,
        sensors=sensors,
        start_tai_ns=path.start_tai_ns,
    )


def plots_of(missile: Watched, seed: int, lasting: bool) -> tuple[Plots, tuple[Site, ...]]:
    """Give the plots of a missile by all sensors, by one seed of chance."""
    scans = []
    for sensor in missile.sensors:
        noise = RadarNoise() if isinstance(sensor, Radar) else InfraredNoise()
        chance = stream(seed, sensor.id, "plots")
        bias = draw_bias(noise, chance) if lasting else Bias()
        first = world.first_look_tai_ns(sensor, missile.start_tai_ns, seed)
        times = world._look_times(sensor, first, missile.targets_of.end_tai_ns)
        targets = world._along(missile.targets_of, times)
        instrument = Instrument(sensor=sensor, noise=noise, bias=bias)
        scans.append(scan(instrument, times, targets, chance))
    sites = tuple(
        site_of(one, assumed_bias_sigma(one) if lasting else (0.0, 0.0)) for one in missile.sensors
    )
    return world.joined_plots(scans, "test"), sites


def runs(missile: Watched, seeds: int, lasting: bool) -> list:
    """Track a missile by several seeds."""
    found = []
    for seed in range(seeds):
        plots, sites = plots_of(missile, seed, lasting)
        if plots.count >= LEAST_PLOTS:
            found.append(followed(missile.path, plots, sites))
    return found


def main() -> None:
    """Print the ratios."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--seeds", type=int, default=SEEDS)
    options.add_argument("--scenario", choices=list(LAUNCHES), action="append")
    options.add_argument("--each", action="store_true", help="a row for each launch")
    asked = options.parse_args()
    rows = []
    for name in asked.scenario or LAUNCHES:
        for lasting in (True, False):
            groups = [
                (one, runs(watched(name, one), asked.seeds, lasting)) for one in LAUNCHES[name]
            ]
            if not asked.each:
                groups = [("all", [run for _, group in groups for run in group])]
            for launch, group in groups:
                for phase, place in zip(NAMES, range(3), strict=True):
                    if not group:
                        continue
                    one = pooled(group, place)
                    if one.instants:
                        rows.append(
                            [
                                name,
                                launch,
                                "yes" if lasting else "no",
                                phase,
                                one.instants,
                                one.bound_m,
                                one.error_m,
                                one.ratio,
                                one.even,
                                one.nees,
                                one.followed,
                            ]
                        )
    head = [
        "scenario",
        "launch",
        "lasting errors",
        "phase",
        "instants",
        "bound m",
        "error m",
        "ratio",
        "even",
        "NEES",
        "followed",
    ]
    show("position error over its posterior Cramer-Rao bound", head, rows, asked.json)


if __name__ == "__main__":
    main()
