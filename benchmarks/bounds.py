"""How near a track's position error comes to the posterior Cramer-Rao bound, phase by phase.

Missiles of the built-in scenarios are watched again and again, each time with other errors of the
plots and other lasting errors of the sensors: one missile at a time, without the stages that it
leaves and without false plots.
"""

import argparse
import os
import sys

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from collections.abc import Sequence  # noqa: E402
from dataclasses import dataclass  # noqa: E402

import numpy as np  # noqa: E402
from machine import show  # noqa: E402

from tocsin.catalog.load import load_catalog  # noqa: E402
from tocsin.earth.time import SECOND_NS  # noqa: E402
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
from tocsin.studies.bounds import Flown, Followed, Pooled, flown, followed, pooled  # noqa: E402

LAUNCHES = {
    "joined-watch": ("Arabian Sea side to Moscow", "Central Indian Ocean to Moscow"),
    "trilateral": ("Hwasong-12, 29 August 2017", "Hwasong-14, 4 July 2017"),
    "two-islands": ("strait to east", "strait to west"),
}
SEEDS = 16
PHASES = ("boost", "coast", "re-entry")
MOST = (1.3, 1.15, 1.3)
"""Largest ratio wanted in each."""
HEAD = (
    "scenario",
    "launch",
    "lasting errors",
    "phase",
    "instants",
    "followed",
    "bound m",
    "error m",
    "ratio",
    "give or take",
    "each instant alike",
    "NEES (6 is right)",
    "wanted at most",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One missile, and the sensors that look for it."""

    path: Flown
    whole: world._Path
    sensors: tuple[Sensor, ...]


def watched(scenario_name: str, launch: str) -> Watched:
    """Fly one launch of a built-in scenario."""
    catalog = load_catalog()
    scenario = load_scenario(scenario_name, catalog)
    plan = next(each for each in scenario.launches if each.name == launch)
    whole = world._flown(scenario, plan, catalog.vehicle_of(catalog.vehicles[plan.vehicle]))[0]
    step_ns = round(world.PATH_STEP_S * SECOND_NS)
    times = whole.start_tai_ns + np.arange(len(whole.state)) * step_ns
    sensors = world.looking(roster(scenario, catalog), scenario.start_tai_ns)
    return Watched(path=flown(times, whole.state), whole=whole, sensors=sensors)


def plots_of(missile: Watched, seed: int, lasting: bool) -> tuple[Plots, tuple[Site, ...]]:
    """Give the plots of a missile by all sensors, with their lasting errors or without any."""
    scans = []
    for sensor in missile.sensors:
        noise = RadarNoise() if isinstance(sensor, Radar) else InfraredNoise()
        chance = stream(seed, sensor.id, "plots")
        bias = draw_bias(noise, chance) if lasting else Bias()
        first = world.first_look_tai_ns(sensor, missile.whole.start_tai_ns, seed)
        times = world._look_times(sensor, first, missile.whole.end_tai_ns)
        instrument = Instrument(sensor=sensor, noise=noise, bias=bias)
        scans.append(scan(instrument, times, world._along(missile.whole, times), chance))
    sites = tuple(
        site_of(one, assumed_bias_sigma(one) if lasting else (0.0, 0.0)) for one in missile.sensors
    )
    return world.joined_plots(scans, "test"), sites


def runs(missile: Watched, seeds: int, lasting: bool) -> list[Followed]:
    """Track a missile by several seeds, those left out that no sensor saw."""
    seen = (plots_of(missile, seed, lasting) for seed in range(seeds))
    return [followed(missile.path, plots, sites) for plots, sites in seen if plots.count]


def told(which: Sequence[object], place: int, found: Pooled) -> list[object]:
    """Give a row of the table."""
    return [
        *which,
        PHASES[place],
        found.instants,
        found.followed,
        found.bound_m,
        found.error_m,
        found.ratio,
        found.ratio_sigma,
        found.even,
        found.nees,
        MOST[place],
    ]


def main() -> None:
    """Print the ratios; with `--check`, fail where one is surely above what is wanted."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--seeds", type=int, default=SEEDS)
    options.add_argument("--scenario", choices=list(LAUNCHES), action="append")
    options.add_argument("--each", action="store_true", help="a row for each launch as well")
    options.add_argument("--check", action="store_true", help="fail where it is above by 2 sigmas")
    asked = options.parse_args()
    rows, above = [], 0
    for name in asked.scenario or LAUNCHES:
        missiles = {launch: watched(name, launch) for launch in LAUNCHES[name]}
        for lasting in (True, False):
            groups = {one: runs(each, asked.seeds, lasting) for one, each in missiles.items()}
            together = {"all": [run for group in groups.values() for run in group]}
            for launch, group in ((groups if asked.each else {}) | together).items():
                for place in range(len(PHASES)):
                    found = pooled(group, place)
                    if found.instants:
                        which = (name, launch, "drawn" if lasting else "none")
                        rows.append(told(which, place, found))
                        above += found.ratio - 2.0 * found.ratio_sigma > MOST[place]
    show("position error over its posterior Cramer-Rao bound", HEAD, rows, asked.json)
    if asked.check and above:
        sys.exit(f"{above} ratios are above what is wanted by more than 2 standard errors")


if __name__ == "__main__":
    main()
