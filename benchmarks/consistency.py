"""Whether tracks are as good as they claim."""

import argparse
import runpy
from pathlib import Path
from typing import Any

import numpy as np
from machine import show

from tocsin.lanes import Floats
from tocsin.tracking import step as tracker

RAID = Path(__file__).parents[1] / "tests" / "tracking" / "conftest.py"
SEEDS = 12
HITS_LEAST = 13
TIMES_S = (700, 900, 1100)


def squared_errors(made: dict[str, Any], raid: Any, time_s: int) -> Floats:
    """Give normalised squared errors, [n, 2]: of the place, and of place and velocity."""
    found = []
    for seed in range(SEEDS):
        plots = made["watched"](raid, seed)
        plots = plots.take(np.flatnonzero(plots.time_tai_ns <= time_s * 10**9))
        state = tracker.step(tracker.start(), plots, (raid.site,))
        rows = state.confirmed()
        rows = rows[state.tracks.hits[rows] >= HITS_LEAST]
        place = raid.flown.position_ecef_m[:, time_s // 10]
        truth = np.hstack([place, raid.flown.velocity_ecef_m_s[:, time_s // 10]])
        away = np.linalg.norm(state.tracks.state[rows][:, None, :3] - place, axis=-1)
        off = state.tracks.state[rows] - truth[np.argmin(away, axis=1)]
        for size in (3, 6):
            spread = state.tracks.covariance[rows][:, :size, :size]
            part = off[:, :size, None]
            found.append(np.sum(part * np.linalg.solve(spread, part), axis=(1, 2)))
    place_only, whole = np.concatenate(found[::2]), np.concatenate(found[1::2])
    return np.stack([place_only, whole], -1)


def main() -> None:
    """Track the raid and print the means."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    as_json = options.parse_args().json
    made = runpy.run_path(str(RAID))
    raid = made["make_raid"]()
    rows = []
    for time_s in TIMES_S:
        errors = squared_errors(made, raid, time_s).mean(axis=0)
        rows.append([time_s, *(f"{float(one):.2f}" for one in errors)])
    head = ["time s", "place (3 is right)", "place and velocity (6 is right)"]
    show("mean normalised squared errors of the raid's tracks", head, rows, as_json)


if __name__ == "__main__":
    main()
