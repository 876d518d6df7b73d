"""The tracker on many objects at once: CPU time of a scan and how good its tracks are."""

import argparse
import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import resource  # noqa: E402  the libraries below read the settings above
import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
from machine import say, show  # noqa: E402
from tracking_scenario import (  # noqa: E402
    Scenario,
    Wanted,
    add_options,
    asked_for,
    from_earth_fixed,
    make,
    write,
)
from tracking_score import FIRST_SCAN, Said, Score, score  # noqa: E402
from tracking_tables import earth_of, false_density, plots_of, radar_of  # noqa: E402

from tocsin.lanes import Floats  # noqa: E402
from tocsin.sensors.measurement import site_of  # noqa: E402
from tocsin.tracking import step as tracker  # noqa: E402
from tocsin.tracking.motion import EarthModel  # noqa: E402

WARM_SCANS = 12
"""Of a small scenario, tracked before the clock starts: the compiler's work is not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One run of a tracker over a scenario."""

    who: str
    cpu_s: float
    """Of one scan, on one core: the median from `FIRST_SCAN` on."""
    slowest_s: float
    """CPU time of the slowest scan."""
    peak_mb: float
    """Most memory of the whole process."""
    score: Score


def rules_for(scenario: Scenario) -> tracker.Settings:
    """Give the tracker's settings: it is told the scenario's chances and its Earth."""
    usual = tracker.Settings()
    return tracker.Settings(
        detection_probability=scenario["meta"]["pd"],
        false_density=(false_density(scenario), usual.false_density[1]),
        earth=EarthModel(**earth_of(scenario)),
    )


def followed(scenario: Scenario, range_rate: bool) -> tuple[Said, Floats]:
    """Track a scenario scan by scan; give what was believed, and each scan's CPU time [scan]."""
    plots, sites = plots_of(scenario, range_rate), (site_of(radar_of(scenario)),)
    scans = np.arange(len(scenario["scan_time"]))
    edges = np.searchsorted(scenario["plot_scan"], np.append(scans, scans.size))
    looks = [plots.take(np.arange(edges[k], edges[k + 1])) for k in scans]
    state = tracker.start(rules_for(scenario))
    scan, track, states = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty((0, 6))]
    took = np.empty(scans.size)
    for k, look in enumerate(looks):
        start = time.process_time()
        state = tracker.step(state, look, sites)
        believed = state.confirmed()
        took[k] = time.process_time() - start
        scan.append(np.full(believed.size, k))
        track.append(state.tracks.track[believed])
        states.append(from_earth_fixed(state.tracks.state[believed], scenario["meta"]["re"]))
    said = Said(
        scan=np.concatenate(scan), track=np.concatenate(track), state=np.concatenate(states)
    )
    return said, took


def ours(scenario: Scenario, range_rate: bool, save: Path | None) -> Ran:
    """Run the tracker, score it, and keep what it said if asked."""
    said, took = followed(scenario, range_rate)
    if save is not None:
        np.savez_compressed(save, scan=said.scan, track_id=said.track, state=said.state)
    return Ran(
        who="tocsin, range rate too" if range_rate else "tocsin",
        cpu_s=float(np.median(took[FIRST_SCAN:])),
        slowest_s=float(took.max()),
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
        score=score(scenario["truth"], said),
    )


def peers(scenario: Scenario, python: str, filters: list[str]) -> list[Ran]:
    """Run the peer, by the Python that has it, on the same file."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "scenario.npz"
        write(scenario, given)
        for each in filters:
            out = Path(folder) / f"{each}.npz"
            code = Path(__file__).with_name("peer_tracking.py")
            asked = ["--npz", str(given), "--filter", each, "--out", str(out)]
            # Our own settings for the compiler are not the peer's.
            plain = {key: text for key, text in os.environ.items() if not key.startswith("NUMBA_")}
            subprocess.run(  # noqa: S603  the interpreter is the caller's choice
                [python, str(code), *asked], check=True, stdout=sys.stderr, env=plain
            )
            with np.load(out) as told:
                said = Said(scan=told["scan"], track=told["track_id"], state=told["state"])
                found.append(
                    Ran(
                        who=str(told["who"]),
                        cpu_s=float(np.median(told["cpu_s"][FIRST_SCAN:])),
                        slowest_s=float(told["cpu_s"].max()),
                        peak_mb=float(told["peak_mb"]),
                        score=score(scenario["truth"], said),
                    )
                )
    return found


HEAD = (
    "tracker", "CPU s a scan", "over tocsin", "slowest s", "peak MB", "GOSPA m", "OSPA m",
    "missed %", "false %", "swaps / 1,000", "RMSE m", "RMSE m/s",
)  # fmt: skip


def row(run: Ran, mine: Ran) -> list[object]:
    """Give one line of the table."""
    found = run.score
    return [
        run.who,
        run.cpu_s,
        run.cpu_s / mine.cpu_s,
        run.slowest_s,
        run.peak_mb,
        found.gospa_m,
        found.ospa_m,
        100.0 * found.missed_share,
        100.0 * found.false_share,
        found.switches,
        found.rms_m,
        found.rms_m_s,
    ]


def main() -> None:
    """Track, score and show."""
    asked = argparse.ArgumentParser(description=__doc__)
    add_options(asked)
    asked.add_argument("--range-rate", action="store_true", help="feed the measured range rates")
    asked.add_argument("--out", type=Path, metavar="FILE", help="write the tracks as .npz")
    asked.add_argument("--peer", metavar="PYTHON", help="a Python that has Stone Soup")
    asked.add_argument("--filters", default="ekf,ukf", help="of the peer, with commas between")
    asked.add_argument("--json", action="store_true", help="print JSON")
    options = asked.parse_args()
    followed(make(Wanted(objects=30, scans=WARM_SCANS, layout="raid")), options.range_rate)
    scenario = asked_for(options)
    runs = [ours(scenario, options.range_rate, options.out)]
    if options.peer is not None:
        runs += peers(scenario, options.peer, options.filters.split(","))
    elif not options.json:
        say("Stone Soup: not installed (--peer PYTHON)")
    meta, truth = scenario["meta"], scenario["truth"]
    plots = len(scenario["plot_scan"]) / len(truth)
    title = f"{truth.shape[1]:,} objects, {meta['layout']}, seed {meta['seed']}, {plots:,.0f} plots"
    show(f"{title} a scan", HEAD, [row(one, runs[0]) for one in runs], options.json)


if __name__ == "__main__":
    main()
