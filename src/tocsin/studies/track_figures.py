"""What a tracked file of plots came to, as records whose keys end in their unit."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tocsin.earth.time import SECOND_NS, utc_from_tai
from tocsin.formats.track_table import PHASES, names_of
from tocsin.lanes import Floats, Integers
from tocsin.studies.broken import broken_off
from tocsin.studies.known_sky import known_of
from tocsin.studies.threats import threats
from tocsin.studies.track_scores import CUTOFF_M, EVERY_S, PLACE_SHARED_M, Scores
from tocsin.studies.tracking import Tracked
from tocsin.tracking.beginnings import launched
from tocsin.tracking.fate import (
    BURNING,
    KNOWN,
    REASONS,
    UNCATALOGUED,
    VERDICTS,
    fates,
    judged,
    reason_words,
)
from tocsin.tracking.impact import impacts
from tocsin.tracking.launchpoint import FROM_ASCENT, UNKNOWN, LaunchPoints, launch_points
from tocsin.tracking.track import BOOST, Tracks, joined_tracks

Record = dict[str, Any]

BURNS, STAYS_UP, NOT_FREE, LEAVES, VAGUE = (
    "still burns: where it stops is not known",
    "stays up",
    "does not fly freely: its plots do not fit what gravity and air alone do to it",
    "does not come down within the time looked at",
    "too little is known of its way: no error of its place or time can be told",
)
"""Why a track has no impact."""
OPEN_YET = "still burning: nothing can be said yet of where it comes down"
"""In place of a judged track's reason."""
HOW = ("", "the plots of its ascent", "its free flight, carried back")
"""How a launch point was found; as `launchpoint` numbers it."""


def figures(found: Tracked) -> Record:
    """Give everything that was found, ready for JSON; what there is not is null."""
    records = track_records(found)
    return {
        "data_class": found.data_class,
        "plots": found.plots,
        "first_plot_utc": utc_from_tai(found.first_tai_ns),
        "looks": found.looks,
        "rows": found.rows,
        "sensors": list(found.sensors),
        "satellites": _catalogue(found),
        "threats": threats(records),
        "tracks": records,
        "scores": None if found.scores is None else score_record(found.scores),
    }


def _catalogue(found: Tracked) -> Record:
    """Give which catalogue tracks were held against; `objects` is null where none was needed."""
    held = found.held
    return {
        "catalogue": held.name or None,
        "objects": held.sky.count if held.sky is not None and not held.why_not else None,
        "not_used": held.why_not or None,
    }


def track_records(found: Tracked) -> list[Record]:
    """Give a record of each track: its verdict, its launch and the impact its last plot foretells.

    No impact has a track that burns at its last plot, since how long it will burn is not known; one
    that stays up, such as a satellite; and one whose plots do not fit free flight.
    """
    if not found.tracks:
        return []
    last = joined_tracks([each.last for each in found.tracks])
    verdicts = _verdicts(found, last)
    kinds = [each["verdict"] for each in verdicts]
    landings = _landings(found, last, kinds)
    launches = _launches(found, last, kinds)
    return [
        {
            "track": int(last.track[row]),
            "data_class": found.data_class,
            "parent_track": int(last.parent[row]) or None,
            "first_seen_utc": utc_from_tai(each.first_tai_ns),
            "last_seen_utc": utc_from_tai(each.last_tai_ns),
            "hits": int(last.hits[row]),
            "existence": round(float(last.existence[row]), 6),
            "phase": PHASES[int(last.phase[row])],
            "sensors": names_of(int(last.sensors[row]), found.sensors),
            **verdicts[row],
            "misfit": round(float(each.misfits[-1]), 2),
            "launch": launches[row],
            **landings[row],
        }
        for row, each in enumerate(found.tracks)
    ]


# ---- what it is ----


def _verdicts(found: Tracked, last: Tracks) -> list[Record]:
    """Give what each track is judged to be at its last plot, and why."""
    fate = fates(last, found.earth)
    known = known_of(found.held, last)
    seen = judged(last, known, fate)
    sky = found.held.sky
    open_yet = seen.reason == BURNING
    return [
        {
            "verdict": _verdict(int(seen.verdict[row]), int(seen.reason[row])),
            "reason": OPEN_YET if open_yet[row] else reason_words(seen, fate, row),
            "known_object": {
                "name": sky.names[known.row[row]],
                "catalogue_number": int(known.number[row]),
            }
            if sky is not None and seen.verdict[row] == KNOWN
            else None,
            "comes_down_probability": None
            if open_yet[row]
            else round(float(seen.comes_down[row]), 4),
            "in_orbit_probability": None if open_yet[row] else round(float(seen.in_orbit[row]), 4),
        }
        for row in range(last.count)
    ]


def _verdict(verdict: int, reason: int) -> str:
    """Give a verdict in a few words."""
    return REASONS[BURNING] if reason == BURNING else VERDICTS[verdict]


# ---- where it will land ----


def _landings(found: Tracked, last: Tracks, kinds: Sequence[str]) -> list[Record]:
    """Give the apogee and the impact of each track, or why there is none."""
    first = joined_tracks([each.first for each in found.tracks])
    born = np.array([each.first_tai_ns for each in found.tracks])
    infrared = sum(1 << bit for bit, site in enumerate(found.sites) if site.kind != "radar")
    broken = broken_off(first, last, born, infrared)
    why = [
        _no_impact(int(last.phase[row]), kinds[row], bool(each.flies_freely and not broken[row]))
        for row, each in enumerate(found.tracks)
    ]
    rows = np.flatnonzero([not line for line in why])
    made: list[Record] = [{"impact": None, "no_impact": line, "apogee": None} for line in why]
    if rows.size == 0:
        return made
    part = last.take(rows)
    where = impacts(part, found.earth)
    ellipses = where.ellipse_m()
    for place, row in enumerate(rows):
        if not where.lands[place]:
            made[row]["no_impact"] = LEAVES
            continue
        figures_of = (where.time_s, where.time_sigma_s, where.latitude_rad, *ellipses)
        if not all(np.isfinite(each[place]) for each in figures_of):
            made[row]["no_impact"] = VAGUE
            continue
        now = int(part.time_tai_ns[place])
        made[row] = {
            "impact": _timed(now, where.time_s[place], where.time_sigma_s[place])
            | {"left_at_last_plot_s": round(float(where.time_s[place]), 1)}
            | _placed(where.latitude_rad, where.longitude_rad, ellipses, place),
            "no_impact": None,
            "apogee": None
            if not np.isfinite(where.apogee_m[place])
            else _timed(now, where.apogee_time_s[place], where.apogee_time_sigma_s[place])
            | {
                "height_km": round(float(where.apogee_m[place]) / 1e3, 1),
                "height_sigma_km": round(float(where.apogee_sigma_m[place]) / 1e3, 2),
            },
        }
    return made


def _no_impact(phase: int, kind: str, freely: bool) -> str:
    """Give why a track gets no impact; nothing if it may."""
    if phase == BOOST:
        return BURNS
    if not freely and kind != VERDICTS[KNOWN]:
        return NOT_FREE
    return STAYS_UP if kind in (VERDICTS[KNOWN], VERDICTS[UNCATALOGUED]) else ""


def _timed(now_tai_ns: int, after_s: float, sigma_s: float) -> Record:
    """Give an instant some seconds after another, to the millisecond, and its error."""
    return {
        "time_utc": utc_from_tai((now_tai_ns + round(after_s * SECOND_NS)) // 10**6 * 10**6),
        "time_sigma_s": round(float(sigma_s), 1),
    }


def _placed(
    latitude_rad: Floats, longitude_rad: Floats, ellipses: tuple[Floats, Floats, Floats], row: int
) -> Record:
    """Give a place on the ground and its 95 % ellipse."""
    long_m, short_m, way_rad = (each[row] for each in ellipses)
    return {
        "latitude_deg": round(math.degrees(latitude_rad[row]), 4),
        "longitude_deg": round(math.degrees(longitude_rad[row]), 4),
        "ellipse_95_long_km": round(float(long_m) / 1e3, 2),
        "ellipse_95_short_km": round(float(short_m) / 1e3, 2),
        "ellipse_95_azimuth_deg": round(math.degrees(way_rad), 1),
    }


# ---- where it was launched ----


@dataclass(frozen=True, slots=True, kw_only=True)
class _Launch:
    """One row of launch points."""

    points: LaunchPoints
    row: int

    def record(self, of_parent: bool) -> Record:
        """Give it for JSON."""
        points, row = self.points, self.row
        place = _placed(points.latitude_rad, points.longitude_rad, points.ellipse_m(), row)
        return {
            **_timed(int(points.time_tai_ns[row]), 0.0, float(points.time_sigma_s[row])),
            **place,
            "from": HOW[int(points.how[row])] + (" (of the track it came off)" * of_parent),
        }


def _launches(found: Tracked, last: Tracks, kinds: Sequence[str]) -> list[Record | None]:
    """Give where and when each track was launched, or nothing.

    From the plots of its own ascent; else from those of the track that it came off; else from its
    free flight. What is up there for good was not launched now.
    """
    up = {VERDICTS[KNOWN], VERDICTS[UNCATALOGUED]}
    down = np.flatnonzero([kind not in up for kind in kinds])
    born = np.array([each.first_tai_ns for each in found.tracks])[down]
    rows, points = launched(found.ascents, last.track[down], born, found.sites)
    ascents = _known_launches(down[rows], points)
    ascents = {
        row: each for row, each in ascents.items() if each.points.how[each.row] == FROM_ASCENT
    }
    free = [row for row, each in enumerate(found.tracks) if each.coasting is not None]
    coasts: dict[int, _Launch] = {}
    if free:
        parts = [found.tracks[row].coasting for row in free]
        coasting = joined_tracks([each for each in parts if each is not None])
        coasts = _known_launches(np.array(free), launch_points(coasting, found.earth))
    place = {int(number): row for row, number in enumerate(last.track)}
    made: list[Record | None] = []
    for row, kind in enumerate(kinds):
        parent = place.get(int(last.parent[row]), -1)
        if kind in up:
            made.append(None)
        elif row in ascents:
            made.append(ascents[row].record(of_parent=False))
        elif parent in ascents:
            made.append(ascents[parent].record(of_parent=True))
        else:
            made.append(coasts[row].record(of_parent=False) if row in coasts else None)
    return made


def _known_launches(rows: Integers, points: LaunchPoints) -> dict[int, _Launch]:
    """Give the launch points that are known, by the places of their tracks."""
    known = np.flatnonzero(points.how != UNKNOWN)
    return {int(rows[each]): _Launch(points=points, row=int(each)) for each in known}


def score_record(scores: Scores) -> Record:
    """Give the scores, with what they were taken at."""
    known = {
        key: None if isinstance(value, float) and not np.isfinite(value) else value
        for key, value in asdict(scores).items()
    }
    return {
        "cutoff_m": CUTOFF_M,
        "every_s": EVERY_S,
        "place_shared_m": PLACE_SHARED_M,
        **known,
    }
