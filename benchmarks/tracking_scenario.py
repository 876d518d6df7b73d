"""Scenarios for trackers of many objects: plots of one radar and the truth, in one .npz file.

Objects fall freely over a still, round Earth before a radar; half of what is asked of a tracker is
to tell them apart. In layout `spread` they fly alone, in `raid` in tens within some kilometres. The
file can be read by any program that has NumPy:

    truth       [scan, object, 6]  x, y, z (m) and their rates (m/s): east, north, up of the radar
    scan_time   [scan]             s
    plot_scan   [plot] int32       number of the scan, rising
    plot_time   [plot]             s
    plot_rae    [plot, 3]          range (m); azimuth from east to north and elevation (rad)
    plot_rr     [plot]             range rate (m/s)
    plot_truth  [plot] int32       number of the object; -1 is a plot of nothing
    meta        JSON text          every setting, the radar's limits and the Earth among them

Earth's centre lies `re` metres under the radar. `--tables` turns a file into those that
`tocsin track` reads.
"""

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from machine import say, show

from tocsin.lanes import Flags, Floats, Integers

GM_M3_S2 = 3.986004418e14
RADIUS_M = 6_371_000.0
RANGE_M = (300e3, 3_500e3)
AZIMUTH_RAD = math.radians(75.0)
ELEVATION_RAD = (math.radians(3.0), math.radians(80.0))
"""What the radar covers: to either side of east, and between two elevations."""

LOWEST_M = 100e3
"""No object comes lower while it is watched: there is no air."""
BORN_RANGE_M = (500e3, 2_500e3)
BORN_AZIMUTH_RAD = math.radians(60.0)
BORN_ELEVATION_RAD = (math.radians(8.0), math.radians(60.0))
SPEED_M_S = (2e3, 6e3)
CLIMB_RAD = (-0.3, 0.6)
"""Where objects are at the first scan, how fast they are and how steeply they climb."""
GROUP = 10
GROUP_SIGMA = (5e3, 20.0)
"""Objects of a group in `raid`; standard deviations from its middle, m and m/s, along each axis."""
FALSE_RATE_M_S = 6e3

LAYOUTS = ("spread", "raid")
NANOSECONDS = 1_000_000_000
FIRST_UTC = "2026-01-01T00:00:00Z"
"""Instant of the first scan in the tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What scenario is asked for."""

    objects: int = 100
    scans: int = 24
    layout: str = "spread"
    seed: int = 1
    scan_s: float = 5.0
    sigma_range_m: float = 50.0
    sigma_angle_rad: float = math.radians(0.05)
    sigma_range_rate_m_s: float = 2.0
    detection_probability: float = 0.9
    false_plots: float | None = None
    """In each scan, on average; a fifth of the objects if not given."""


Scenario = dict[str, Any]
"""The arrays of the file by their names; `meta` is read into a dictionary."""


def make(wanted: Wanted) -> Scenario:
    """Make a scenario; the same wish gives the same bytes on the same machine."""
    streams = np.random.default_rng(wanted.seed).spawn(2)
    time_s = wanted.scan_s * np.arange(wanted.scans)
    begun = _begun(wanted, streams[0])
    truth = np.stack([fallen(begun, float(t)) for t in time_s])
    false_plots = 0.2 * wanted.objects if wanted.false_plots is None else wanted.false_plots
    looks = [_look(states, wanted, false_plots, streams[1]) for states in truth]
    scan = np.repeat(np.arange(wanted.scans, dtype=np.int32), [len(one[1]) for one in looks])
    return {
        "truth": truth,
        "scan_time": time_s,
        "plot_scan": scan,
        "plot_time": time_s[scan],
        "plot_rae": np.concatenate([one[0][:, :3] for one in looks]),
        "plot_rr": np.concatenate([one[0][:, 3] for one in looks]),
        "plot_truth": np.concatenate([one[1] for one in looks]).astype(np.int32),
        "meta": _meta(wanted, false_plots),
    }


def read(path: Path) -> Scenario:
    """Read a file of this layout, whoever wrote it."""
    with np.load(path) as found:
        scenario = {name: found[name] for name in found.files}
    return scenario | {"meta": json.loads(str(scenario["meta"]))}


def write(scenario: Scenario, path: Path) -> None:
    """Write a file."""
    np.savez_compressed(path, **scenario | {"meta": np.array(json.dumps(scenario["meta"]))})


def _meta(wanted: Wanted, false_plots: float) -> dict[str, Any]:
    """Give the settings under the names that the file has for them."""
    low, high = (math.sin(one) for one in ELEVATION_RAD)
    volume = (RANGE_M[1] ** 3 - RANGE_M[0] ** 3) / 3.0 * 2.0 * AZIMUTH_RAD * (high - low)
    return {
        "n": wanted.objects,
        "scans": wanted.scans,
        "seed": wanted.seed,
        "layout": wanted.layout,
        "dt": wanted.scan_s,
        "sig_r": wanted.sigma_range_m,
        "sig_ang": wanted.sigma_angle_rad,
        "sig_rr": wanted.sigma_range_rate_m_s,
        "pd": wanted.detection_probability,
        "clutter": false_plots,
        "clutter_per_m3": false_plots / volume,
        "group": GROUP,
        "group_sigma": GROUP_SIGMA[0],
        "mu": GM_M3_S2,
        "re": RADIUS_M,
        "r_lim": list(RANGE_M),
        "az_lim": AZIMUTH_RAD,
        "el_lim": list(ELEVATION_RAD),
    }


def fallen(states: Floats, time_s: float) -> Floats:
    """Give states [n, 6] some seconds later, in free fall around a point: exact.

    Source: Battin, An Introduction to the Mathematics and Methods of Astrodynamics, revised ed.,
    1999, section 4.3 (Lagrange's coefficients in the difference of eccentric anomalies).
    """
    place, velocity = states[:, :3] + np.array([0.0, 0.0, RADIUS_M]), states[:, 3:]
    radius = np.linalg.norm(place, axis=1)
    axis = 1.0 / (2.0 / radius - np.sum(velocity**2, axis=1) / GM_M3_S2)
    assert np.all(axis > 0.0), "every object comes back"
    climb = np.sum(place * velocity, axis=1) / np.sqrt(GM_M3_S2 * axis)
    turn = 1.0 - radius / axis
    mean = time_s * np.sqrt(GM_M3_S2 / axis**3)
    swept = mean.copy()
    for _ in range(30):
        excess = swept - turn * np.sin(swept) + climb * (1.0 - np.cos(swept)) - mean
        swept = swept - excess / (1.0 - turn * np.cos(swept) + climb * np.sin(swept))
    less = 1.0 - np.cos(swept)
    now = axis * (1.0 - turn * np.cos(swept) + climb * np.sin(swept))
    along = (1.0 - axis / radius * less)[:, None]
    beside = (time_s - np.sqrt(axis**3 / GM_M3_S2) * (swept - np.sin(swept)))[:, None]
    along_rate = (-np.sqrt(GM_M3_S2 * axis) / (radius * now) * np.sin(swept))[:, None]
    beside_rate = (1.0 - axis / now * less)[:, None]
    moved = along * place + beside * velocity - np.array([0.0, 0.0, RADIUS_M])
    return np.hstack([moved, along_rate * place + beside_rate * velocity])


def seen(states: Floats) -> Floats:
    """Give range, azimuth, elevation and range rate [n, 4] of states [n, 6]."""
    x, y, z = states[:, 0], states[:, 1], states[:, 2]
    range_m = np.linalg.norm(states[:, :3], axis=1)
    rate = np.sum(states[:, :3] * states[:, 3:], axis=1) / range_m
    return np.stack([range_m, np.arctan2(y, x), np.arcsin(z / range_m), rate], -1)


def places(range_m: Floats, azimuth_rad: Floats, elevation_rad: Floats) -> Floats:
    """Give places [n, 3]."""
    level = range_m * np.cos(elevation_rad)
    height = range_m * np.sin(elevation_rad)
    return np.stack([level * np.cos(azimuth_rad), level * np.sin(azimuth_rad), height], -1)


def _begun(wanted: Wanted, draw: np.random.Generator) -> Floats:
    """Draw the states at the first scan."""
    count = wanted.objects if wanted.layout == "spread" else math.ceil(wanted.objects / GROUP)
    last_s = wanted.scan_s * (wanted.scans - 1)
    found = np.empty((0, 6))
    while len(found) < count:
        tried = _drawn(max(100, 2 * count), draw)
        stays = (
            _in_view(tried) & _in_view(fallen(tried, last_s / 2)) & _in_view(fallen(tried, last_s))
        )
        found = np.concatenate([found, tried[stays]])
    found = found[:count]
    if wanted.layout == "spread":
        return found
    many = np.repeat(found, GROUP, axis=0)[: wanted.objects]
    apart = draw.standard_normal(many.shape) * np.repeat(GROUP_SIGMA, 3)
    return np.asarray(many + apart)


def _drawn(count: int, draw: np.random.Generator) -> Floats:
    """Draw states, even in the volume and in direction over the ground."""
    place = places(
        _even_in_cube(BORN_RANGE_M, count, draw),
        draw.uniform(-BORN_AZIMUTH_RAD, BORN_AZIMUTH_RAD, count),
        _even_in_sine(BORN_ELEVATION_RAD, count, draw),
    )
    up = place + np.array([0.0, 0.0, RADIUS_M])
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    level = np.cross(up, draw.standard_normal((count, 3)))
    level /= np.linalg.norm(level, axis=1, keepdims=True)
    climb = draw.uniform(*CLIMB_RAD, (count, 1))
    way = np.cos(climb) * level + np.sin(climb) * up
    return np.hstack([place, draw.uniform(*SPEED_M_S, (count, 1)) * way])


def _even_in_cube(limits: tuple[float, float], count: int, draw: np.random.Generator) -> Floats:
    return np.cbrt(draw.uniform(limits[0] ** 3, limits[1] ** 3, count))


def _even_in_sine(limits: tuple[float, float], count: int, draw: np.random.Generator) -> Floats:
    return np.arcsin(draw.uniform(math.sin(limits[0]), math.sin(limits[1]), count))


def _in_view(states: Floats) -> Flags:
    """Tell which states the radar covers and are above the air."""
    above = np.linalg.norm(states[:, :3] + np.array([0.0, 0.0, RADIUS_M]), axis=1) - RADIUS_M
    range_m, azimuth, elevation, _ = seen(states).T
    near = (range_m > RANGE_M[0]) & (range_m < RANGE_M[1]) & (np.abs(azimuth) < AZIMUTH_RAD)
    high = (elevation > ELEVATION_RAD[0]) & (elevation < ELEVATION_RAD[1]) & (above > LOWEST_M)
    return np.asarray(near & high)


def _look(
    states: Floats, wanted: Wanted, false_plots: float, draw: np.random.Generator
) -> tuple[Floats, Integers]:
    """Give the plots [n, 4] of one scan in no order, and the objects that they are of."""
    angle = wanted.sigma_angle_rad
    sigma = np.array([wanted.sigma_range_m, angle, angle, wanted.sigma_range_rate_m_s])
    hit = np.flatnonzero(draw.random(len(states)) < wanted.detection_probability)
    true = seen(states[hit]) + draw.standard_normal((hit.size, 4)) * sigma
    count = int(draw.poisson(false_plots))
    false = np.stack(
        [
            _even_in_cube(RANGE_M, count, draw),
            draw.uniform(-AZIMUTH_RAD, AZIMUTH_RAD, count),
            _even_in_sine(ELEVATION_RAD, count, draw),
            draw.uniform(-FALSE_RATE_M_S, FALSE_RATE_M_S, count),
        ],
        -1,
    )
    order = draw.permutation(hit.size + count)
    of = np.concatenate([hit, np.full(count, -1)])
    return np.concatenate([true, false])[order], of[order]


def earth_fixed(states: Floats, radius_m: float = RADIUS_M) -> Floats:
    """Give states [..., 6] on Earth's own axes: the radar stands where the x axis comes out."""
    turned = states[..., [2, 0, 1, 5, 3, 4]]
    return np.asarray(turned + np.array([radius_m, 0.0, 0.0, 0.0, 0.0, 0.0]))


def from_earth_fixed(states: Floats, radius_m: float = RADIUS_M) -> Floats:
    """Give states [..., 6] east, north and up of the radar; undoes `earth_fixed`."""
    moved = states - np.array([radius_m, 0.0, 0.0, 0.0, 0.0, 0.0])
    return np.asarray(moved[..., [1, 2, 0, 4, 5, 3]])


def add_options(asked: argparse.ArgumentParser) -> None:
    """Add the options that say what scenario is wanted."""
    asked.add_argument("--npz", type=Path, metavar="FILE", help="take this file, make none")
    asked.add_argument("--n", type=int, default=100, help="objects")
    asked.add_argument("--scans", type=int, default=24)
    asked.add_argument("--layout", choices=LAYOUTS, default="spread")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--false", type=float, metavar="PLOTS", help="in each scan; a fifth of --n")


def asked_for(options: argparse.Namespace) -> Scenario:
    """Give the scenario that the options of `add_options` say."""
    if options.npz is not None:
        return read(options.npz)
    return make(
        Wanted(
            objects=options.n,
            scans=options.scans,
            layout=options.layout,
            seed=options.seed,
            false_plots=options.false,
        )
    )


def main() -> None:
    """Make or take a scenario, and write it as asked."""
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add_options(asked)
    asked.add_argument("--out", type=Path, metavar="FILE", help="write the .npz")
    asked.add_argument(
        "--tables", type=Path, metavar="FOLDER", help="write what tocsin track reads"
    )
    asked.add_argument("--json", action="store_true", help="print JSON")
    options = asked.parse_args()
    scenario = asked_for(options)
    if options.out is not None:
        write(scenario, options.out)
    if options.tables is not None:
        from tracking_tables import write_tables  # noqa: PLC0415  the tables' library is heavy

        write_tables(scenario, options.tables)
    count = np.bincount(scenario["plot_scan"], minlength=len(scenario["scan_time"]))
    false = int(np.count_nonzero(scenario["plot_truth"] < 0))
    row = [
        scenario["meta"]["layout"],
        scenario["truth"].shape[1],
        count.size,
        int(count.sum()),
        false,
    ]
    head = ["layout", "objects", "scans", "plots", "of nothing"]
    show("a scenario for trackers", head, [row], options.json)
    for path in (options.out, options.tables):
        if path is not None and not options.json:
            say(f"wrote {path}")


if __name__ == "__main__":
    main()
