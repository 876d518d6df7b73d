"""What a tracked file of plots came to, as records whose keys end in their unit."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from tocsin.earth.time import SECOND_NS, utc_from_tai
from tocsin.formats.track_table import PHASES, names_of
from tocsin.studies.track_scores import CUTOFF_M, EVERY_S, Scores
from tocsin.studies.tracking import Tracked, TrackSummary
from tocsin.tracking.impact import impacts
from tocsin.tracking.track import BOOST, joined_tracks

Record = dict[str, Any]


def figures(found: Tracked) -> Record:
    """Give everything that was found, ready for JSON; what there is not is null."""
    return {
        "plots": found.plots,
        "first_plot_utc": utc_from_tai(found.first_tai_ns),
        "looks": found.looks,
        "rows": found.rows,
        "sensors": list(found.sensors),
        "tracks": track_records(found),
        "scores": None if found.scores is None else score_record(found.scores),
    }


def track_records(found: Tracked) -> list[Record]:
    """Give a record of each track, with the impact that its last plot foretells.

    A track that burns at its last plot has no impact: how long it will burn is not known. Nor has
    one that stays up, such as a satellite.
    """
    landings = _landings(found.tracks)
    return [
        {
            "track": int(each.last.track[0]),
            "first_seen_utc": utc_from_tai(each.first_tai_ns),
            "last_seen_utc": utc_from_tai(each.last_tai_ns),
            "hits": int(each.last.hits[0]),
            "existence": round(float(each.last.existence[0]), 6),
            "phase": PHASES[int(each.last.phase[0])],
            "sensors": names_of(int(each.last.sensors[0]), found.sensors),
            "impact": landings[row],
        }
        for row, each in enumerate(found.tracks)
    ]


def _landings(tracks: Sequence[TrackSummary]) -> list[Record | None]:
    """Give the impact of each track, or nothing."""
    landings: list[Record | None] = [None] * len(tracks)
    coasting = [row for row, each in enumerate(tracks) if each.last.phase[0] != BOOST]
    if not coasting:
        return landings
    last = joined_tracks([tracks[row].last for row in coasting])
    where = impacts(last)
    long_m, short_m, way_rad = where.ellipse_m()
    for place, row in enumerate(coasting):
        if not where.lands[place]:
            continue
        after_ns = round(float(where.time_s[place]) * SECOND_NS)
        landings[row] = {
            "time_utc": utc_from_tai((int(last.time_tai_ns[place]) + after_ns) // 10**6 * 10**6),
            "time_sigma_s": round(float(where.time_sigma_s[place]), 1),
            "latitude_deg": round(math.degrees(where.latitude_rad[place]), 4),
            "longitude_deg": round(math.degrees(where.longitude_rad[place]), 4),
            "ellipse_95_long_km": round(float(long_m[place]) / 1e3, 2),
            "ellipse_95_short_km": round(float(short_m[place]) / 1e3, 2),
            "ellipse_95_azimuth_deg": round(math.degrees(way_rad[place]), 1),
        }
    return landings


def score_record(scores: Scores) -> Record:
    """Give the scores, with what they were taken at."""
    known = {
        key: None if isinstance(value, float) and not np.isfinite(value) else value
        for key, value in asdict(scores).items()
    }
    return {"cutoff_m": CUTOFF_M, "every_s": EVERY_S, **known}
