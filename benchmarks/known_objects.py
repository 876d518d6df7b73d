"""Catalogued objects before one radar: how many are told, how many are taken for missiles."""

import argparse
import runpy
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from machine import show

from tocsin.catalog.sky import load_sky
from tocsin.earth.time import DAY_NS, tai_from_utc
from tocsin.lanes import Integers
from tocsin.sensors.sky import Sky, sky_at, taken
from tocsin.tracking.fate import KNOWN, THREAT, UNCATALOGUED, fates, judged
from tocsin.tracking.known import known_objects, start_known, step_known
from tocsin.tracking.track import plain_tracks

WORLD = Path(__file__).parents[1] / "tests" / "tracking" / "sky_world.py"
START = "2024-07-05T12:00:00Z"
MISSING = 0.05
"""Share of the objects that the catalogue does not have."""
CASES = ((0, "at its date"), (15, "15 days later"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What became of the objects that passed a radar."""

    passes: Integers
    """Objects that were tracked, by their places in the sky."""
    told: Integers
    """Of these, objects that were held to be catalogued at some look."""
    threats: Integers
    """Held to be threats at some look."""
    uncatalogued: Integers
    wrong: int
    """Claims of one look that named another object; of `claims`."""
    claims: int
    look_s: float
    """Wall time of one look, tracking and judging."""


def swept(sky: Sky, site: Any, times: Integers, seed: int) -> tuple[Swept, Integers]:
    """Watch the whole sky with one radar; give what came of it and whom the catalogue lacks."""
    world = runpy.run_path(str(WORLD))
    draw = np.random.default_rng(seed)
    rows = world["passing"](sky, site, times[::3])
    true = world["true_sky"](taken(sky, rows), int(times[0]), draw)
    missing = np.flatnonzero(draw.random(sky.count) < MISSING)
    catalogue = taken(sky, np.setdiff1d(np.arange(sky.count), missing))
    marks = {name: np.zeros(rows.size, np.bool_) for name in ("passes", "told", "threat", "other")}
    wrong, claims, begun = 0, 0, time.perf_counter()
    for seen in world["watched"]((true, catalogue), site, times, draw):
        who, verdict = world["nearest"](seen), seen.verdicts.verdict
        marks["passes"][who] = True
        marks["told"][who[verdict == KNOWN]] = True
        marks["threat"][who[verdict == THREAT]] = True
        marks["other"][who[verdict == UNCATALOGUED]] = True
        claimed = seen.known.claimed
        claims += int(np.count_nonzero(claimed))
        named = seen.known.number[claimed]
        wrong += int(np.count_nonzero(named != true.numbers[who[claimed]]))
    look_s = (time.perf_counter() - begun) / times.size
    passes, told, threats, other = (rows[one] for one in marks.values())
    found = Swept(
        passes=passes,
        told=told,
        threats=threats,
        uncatalogued=other,
        wrong=wrong,
        claims=claims,
        look_s=look_s,
    )
    return found, missing


def row_of(found: Swept, missing: Integers, label: str) -> list[str]:
    """Give a row of the table."""
    has = np.setdiff1d(found.passes, missing)
    lacks = np.intersect1d(found.passes, missing)
    told = np.intersect1d(found.told, has).size
    other = np.intersect1d(found.uncatalogued, lacks).size
    return [
        label,
        str(found.passes.size),
        str(found.threats.size),
        f"{told / max(has.size, 1):.1%}",
        f"{other / max(lacks.size, 1):.1%} of {lacks.size}",
        f"{found.wrong} of {found.claims}",
        f"{found.look_s:.2f}",
    ]


def look_times(sky: Sky) -> list[list[str]]:
    """Time one look at the whole catalogue with a thousand tracks, stage by stage."""
    now = tai_from_utc(START)
    at = sky_at(sky, now)
    rows = np.random.default_rng(1).choice(at.count, 1_000, replace=False)
    n = rows.size
    tracks = plain_tracks(
        track=np.arange(n),
        time_tai_ns=np.full(n, now),
        state=at.state[rows],
        covariance=np.tile(np.diag([3e3] * 3 + [30.0] * 3) ** 2, (n, 1, 1)),
        existence=np.ones(n),
        phase=np.ones(n, np.int64),
        sensors=np.ones(n, np.int64),
        hits=np.full(n, 9),
        misses=np.zeros(n, np.int64),
    )
    stages = {
        "places of all objects": lambda: sky_at(sky, now),
        "1,000 tracks against them": lambda: known_objects(tracks, at),
        "fates of 1,000 tracks": lambda: fates(tracks),
        "all of it, with verdicts": lambda: judged(
            tracks, step_known(start_known(), tracks, sky_at(sky, now))[1], fates(tracks)
        ),
    }
    return [[name, f"{1e3 * best_of(work):.0f}"] for name, work in stages.items()]


def best_of(work: Any, times: int = 5) -> float:
    """Give the shortest of some runs, in seconds."""
    taken_s = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken_s.append(time.perf_counter() - begun)
    return min(taken_s)


def main() -> None:
    """Sweep the sky and print the tables; fail if a satellite is taken for a missile."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--minutes", type=float, default=30.0)
    options.add_argument("--radar", default="usa-pituffik-uewr")
    options.add_argument("--most", type=int, default=0, help="objects ever a threat; more: fail")
    chosen = options.parse_args()
    world = runpy.run_path(str(WORLD))
    sky, site = load_sky(), world["warning_radar"](chosen.radar)
    head = ["look of 26,389 objects", "ms"]
    show("time of one look", head, look_times(sky), chosen.json)
    rows, worst = [], 0
    for days, label in CASES:
        times = world["every"](tai_from_utc(START) + days * DAY_NS, 60.0 * chosen.minutes)
        found, missing = swept(sky, site, times, days + 1)
        rows.append(row_of(found, missing, label))
        worst = max(worst, found.threats.size)
    columns = ["catalogue", "objects tracked", "ever a threat", "told, of those it has"]
    columns += ["uncatalogued told", "wrong claims", "s a look"]
    show(f"{chosen.minutes:g} minutes before {site.id}", columns, rows, chosen.json)
    sys.exit(worst > chosen.most)


if __name__ == "__main__":
    main()
