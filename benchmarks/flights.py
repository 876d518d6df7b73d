"""Flights a second to within 10 m of the truth: the block kernel and its peers, same flights."""

import argparse
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import workload
from machine import shortest, show

from tocsin.earth.constants import EARTH_OMEGA_RAD_S
from tocsin.flight.trajectory import fly, fly_dense, launch_rows
from tocsin.flight.vehicle import Vehicle
from tocsin.lanes import Floats

COUNT = 32_768
DENSE_COUNT = 4_096
DENSE_STEP_S = 5.0
SAMPLE = 12
"""Flights that are held against the truth, and that scipy flies."""
ERROR_M = 10.0
TOLERANCES = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10)
"""Tried in order, loosest first, until the sample's largest error is below `ERROR_M`."""

HAPSIRA = """
import json, sys, time
import numpy as np
from astropy import units as u
from hapsira.bodies import Earth
from hapsira.core.perturbations import J2_perturbation
from hapsira.core.propagation import func_twobody
from hapsira.twobody import Orbit
from hapsira.twobody.propagation import CowellPropagator
states, times = json.load(sys.stdin)
k, j2, r = Earth.k.to_value(u.km**3/u.s**2), Earth.J2.value, Earth.R.to_value(u.km)
def pulled(t, s, k):
    ax, ay, az = J2_perturbation(t, s, k, J2=j2, R=r)
    return func_twobody(t, s, k) + np.array([0.0, 0.0, 0.0, ax, ay, az])
move = CowellPropagator(rtol=1e-9, f=pulled)
orbits = [Orbit.from_vectors(Earth, s[:3]*u.m, s[3:]*u.m/u.s) for s in np.array(states)]
orbits[0].propagate(times[0]*u.s, method=move)
start = time.process_time()
for orbit, t in zip(orbits, times): orbit.propagate(t*u.s, method=move)
print(json.dumps([len(orbits), time.process_time() - start]))
"""
"""The coast alone (no boost, no air), with oblateness, at the tolerance that reaches 10 m."""

PYTRAJLIB = """
import json, os, sys, time
sys.stdin.read()
quiet = os.dup(1); os.dup2(2, 1)
import pytrajlib
still = dict(traj_output=0, impact_output=0, grav_error=0, atm_model=0, ins_nav=0,
             initial_pos_error=0.0, initial_vel_error=0.0, initial_angle_error=0.0, output_dir="",
             impact_data_path="", trajectory_path="")
pytrajlib.run(num_runs=2, **still)
start = time.process_time()
pytrajlib.run(num_runs=40, **still)
took = time.process_time() - start
os.write(quiet, json.dumps([40, took]).encode())
"""
"""Its own default flight of three stages, every error switched off: other equations and steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One way of flying: how many a second, and how far off."""

    way: str
    per_second: float | str
    per_cpu_second: float | str
    error_m: float | str


def off_m(impacts: Floats, truth: Floats) -> float:
    """Give the largest distance of impacts from the true ones."""
    return float(np.max(np.linalg.norm(impacts - truth, axis=-1)))


def ours(truth: Floats) -> list[Measured]:
    """Fly by the block kernel, without output and with states every few seconds."""
    rocket, batch = workload.vehicle(), workload.launches(COUNT)
    few = batch.take(np.arange(DENSE_COUNT))
    error = off_m(fly(rocket, batch).impact_m[:SAMPLE], truth)
    fly_dense(rocket, few, DENSE_STEP_S)
    whole = shortest(lambda: fly(rocket, batch), 5)
    dense = shortest(lambda: fly_dense(rocket, few, DENSE_STEP_S), 3)
    return [
        Measured(
            way="tocsin, all cores, no output",
            per_second=COUNT / whole.wall_s,
            per_cpu_second=COUNT / whole.cpu_s,
            error_m=error,
        ),
        Measured(
            way=f"tocsin, all cores, states every {DENSE_STEP_S:g} s",
            per_second=DENSE_COUNT / dense.wall_s,
            per_cpu_second=DENSE_COUNT / dense.cpu_s,
            error_m=error,
        ),
    ]


def fly_each(
    fly_one: Callable[[Vehicle, Floats, Floats], Floats],
    rocket: Vehicle,
    rows: Floats,
    table: Floats,
) -> Floats:
    """Fly rows one after another; give where each came down."""
    return np.array([fly_one(rocket, row, table) for row in rows])


def scipys(rows: Floats, table: Floats, truth: Floats) -> list[Measured]:
    """Fly by scipy's methods at the loosest tolerance that is good enough."""
    rocket, found = workload.vehicle(), []
    for method in ("DOP853", "LSODA"):
        for rtol in TOLERANCES:
            fly_one = workload.by_scipy(method, rtol)
            error = off_m(fly_each(fly_one, rocket, rows, table), truth)
            if error <= ERROR_M:
                break
        took = shortest(partial(fly_each, fly_one, rocket, rows, table), 2)
        found.append(
            Measured(
                way=f"scipy {method}, rtol {rtol:g}, one core",
                per_second=len(rows) / took.wall_s,
                per_cpu_second=len(rows) / took.cpu_s,
                error_m=error,
            )
        )
    return found


def peer(way: str, python: str | None, code: str, given: str) -> Measured:
    """Run a peer's code with the Python that has it."""
    if python is None:
        return Measured(way=way, per_second="not installed", per_cpu_second="", error_m="")
    # Our own settings for the compiler are not the peer's.
    plain = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    ended = subprocess.run(  # noqa: S603  the interpreter is the caller's choice
        [python, "-c", code], input=given, capture_output=True, text=True, check=False, env=plain
    )
    if ended.returncode != 0:
        reason = ended.stderr.strip().splitlines()[-1:]
        return Measured(way=way, per_second="failed", per_cpu_second="", error_m=str(reason))
    count, cpu_s = json.loads(ended.stdout.strip().splitlines()[-1])
    return Measured(way=way, per_second="", per_cpu_second=count / cpu_s, error_m="not compared")


def coasts(count: int) -> str:
    """Give inertial burnout states and times of coast, for a peer that only coasts."""
    flights = fly(workload.vehicle(), workload.launches(count))
    spin = EARTH_OMEGA_RAD_S * np.stack([-flights.burnout_m[:, 1], flights.burnout_m[:, 0]], -1)
    velocity = flights.burnout_velocity_m_s.copy()
    velocity[:, :2] += spin
    states = np.hstack([flights.burnout_m, velocity])
    return json.dumps([states.tolist(), (flights.impact_s - flights.burnout_s).tolist()])


def main() -> None:
    """Measure and show."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--json", action="store_true", help="print JSON")
    asked.add_argument("--hapsira", metavar="PYTHON", help="a Python that has hapsira")
    asked.add_argument("--pytrajlib", metavar="PYTHON", help="a Python that has pytrajlib")
    options = asked.parse_args()
    rocket, table = workload.vehicle(), workload.air()
    rows = launch_rows(workload.launches(COUNT))[:SAMPLE]
    exact = workload.by_scipy("DOP853", 1e-12)
    truth = fly_each(exact, rocket, rows, table)
    found = [
        *ours(truth),
        *scipys(rows, table, truth),
        peer("hapsira Cowell with J2, coast only", options.hapsira, HAPSIRA, coasts(40)),
        peer("pytrajlib, its own flight, errors off", options.pytrajlib, PYTRAJLIB, ""),
    ]
    best = float(found[0].per_cpu_second)
    peers = [one for one in found if not one.way.startswith("tocsin")]
    show(
        f"three-stage flights, largest error of {SAMPLE} against DOP853 at 1e-12",
        ["way", "flights/s", "per CPU-second", "error m", "tocsin over it"],
        [
            [
                one.way,
                one.per_second,
                one.per_cpu_second,
                one.error_m,
                best / float(one.per_cpu_second) if one in peers and one.per_cpu_second else "",
            ]
            for one in found
        ],
        options.json,
    )


if __name__ == "__main__":
    main()
