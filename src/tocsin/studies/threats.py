"""How many missiles threatening tracks are of: a missile and what came off it are many tracks.

A spent stage that falls comes down like its missile and is tracked like it. Which of the two a
track follows its plots do not tell, nor do they tell a stage from a second missile launched beside
the first; so the number of missiles is given by its bounds.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tocsin.earth.constants import EARTH_A_M
from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.lanes import Floats
from tocsin.tracking.impact import CHI2_95

Record = dict[str, Any]

THREAT = "threat"
SIGMAS_95 = 1.96


def threats(records: Sequence[Record]) -> Record:
    """Give the number of threatening tracks, and the least and most missiles that they may be of.

    Most: each track that came off no other is a missile. Least: so are only launches that can be
    told apart by place or time.

    Args:
        records: Of all tracks, as `track_figures.track_records` gives them.
    """
    by_number = {each["track"]: each for each in records}
    roots = {_root(each, by_number) for each in records if each["verdict"] == THREAT}
    launches: list[Record] = []
    unknown = 0
    for number in sorted(roots):
        launch = by_number[number]["launch"]
        if launch is None:
            unknown += 1
        elif not any(same_launch(launch, other) for other in launches):
            launches.append(launch)
    return {
        "tracks": sum(each["verdict"] == THREAT for each in records),
        "missiles_least": len(launches) or min(unknown, 1),
        "missiles_most": len(roots),
    }


def _root(record: Record, by_number: dict[int, Record]) -> int:
    """Give the track that one came off in the end, itself if it came off none that is told of."""
    seen = {record["track"]}
    while record["parent_track"] in by_number and record["parent_track"] not in seen:
        record = by_number[record["parent_track"]]
        seen.add(record["track"])
    return int(record["track"])


def same_launch(one: Record, other: Record) -> bool:
    """Say whether two launches lie within each other's errors, 95 times in 100, in time and place.

    To first order, on a flat ground about the first: for ellipses of some hundred kilometres.
    """
    apart_s = abs(tai_from_utc(one["time_utc"]) - tai_from_utc(other["time_utc"])) / SECOND_NS
    if apart_s > SIGMAS_95 * math.hypot(one["time_sigma_s"], other["time_sigma_s"]):
        return False
    north = math.radians(other["latitude_deg"] - one["latitude_deg"])
    east = math.radians((other["longitude_deg"] - one["longitude_deg"] + 180.0) % 360.0 - 180.0)
    flat = math.cos(math.radians(one["latitude_deg"]))
    apart = EARTH_A_M / 1e3 * np.array([flat * east, north])
    spread = _spread_km2(one) + _spread_km2(other)
    return bool(apart @ np.linalg.solve(spread, apart) <= CHI2_95)


def _spread_km2(launch: Record) -> Floats:
    """Give the covariance of a place, east and north, by its 95 % ellipse; of 10 m at least."""
    way = math.radians(launch["ellipse_95_azimuth_deg"])
    along = np.array([math.sin(way), math.cos(way)])
    across = np.array([math.cos(way), -math.sin(way)])
    long2 = launch["ellipse_95_long_km"] ** 2 / CHI2_95
    short2 = launch["ellipse_95_short_km"] ** 2 / CHI2_95
    return np.asarray(
        long2 * np.outer(along, along) + short2 * np.outer(across, across) + 1e-4 * np.eye(2)
    )
