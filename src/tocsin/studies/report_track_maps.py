"""Maps of what each watcher tracked, all on one scale: true paths, held parts, ellipses."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.studies.report_ellipses import drawn_instants
from tocsin.studies.report_projection import (
    Point,
    View,
    choose_centre_deg,
    destination,
    land_path_within,
    line_path,
    project,
)
from tocsin.studies.report_svg import drawing, element, plain, words
from tocsin.studies.results import LaunchResult
from tocsin.studies.watch_results import Foretold, Watcher

SIDES = 24
"""Corners of a drawn ellipse."""
LARGEST_KM = 3_000.0
"""A larger ellipse says nothing on a map and is left out."""
NARROWEST = 120.0
"""A map shows at least so much of the world's 1,000 units of width."""
PATH_POINTS = 36
"""Most points of a drawn path: at this size the eye sees no corner."""
SHOWN_PX = 370.0
"""Width at which a map is shown; marks on it keep their size."""

Box = tuple[float, float, float, float]
"""Left, top, width and height in drawing units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A watcher and its colour class."""

    watcher: Watcher
    mark: str


def track_maps(
    launches: Sequence[LaunchResult], shown: Sequence[Shown]
) -> tuple[tuple[str, str], ...]:
    """Give a map for each watcher with its caption."""
    places = [place for launch in launches for place in launch.track_deg]
    places += [
        place
        for one in shown
        for each in one.watcher.launches
        for run in each.held_deg
        for place in run
    ]
    view = View(centre_deg=choose_centre_deg([east for _, east in places]), south_deg=-85.0)
    box = _box([project(view, *place) for place in places])
    return tuple((one.watcher.label, _map(launches, one, view, box)) for one in shown)


def _box(spots: Sequence[tuple[float, float]]) -> Box:
    """Give what a map shows: every path, some room, and no shape too long or too tall."""
    across, down = [x for x, _ in spots], [y for _, y in spots]
    room = 0.05 * max(max(across) - min(across), max(down) - min(down)) + 6.0
    left, top = min(across) - room, min(down) - room
    wide, high = max(across) + room - left, max(down) + room - top
    wider = max(wide, NARROWEST, 0.9 * high)
    higher = max(high, wider / 1.6)
    return left - 0.5 * (wider - wide), top - 0.5 * (higher - high), wider, higher


def _map(launches: Sequence[LaunchResult], one: Shown, view: View, box: Box) -> str:
    """Draw one watcher's map."""
    unit = box[2] / SHOWN_PX
    sea = element("rect", x=box[0], y=box[1], width=box[2], height=box[3], class_="sea")
    drawn = [sea, element("path", d=land_path_within(view, box), class_="land")]
    paths = "".join(line_path(view, thinned(launch.track_deg)) for launch in launches)
    drawn.append(element("path", d=paths, class_="true-path"))
    for each in one.watcher.launches:
        held = "".join(line_path(view, thinned(run)) for run in each.held_deg if len(run) > 1)
        if held:
            drawn.append(element("path", d=held, class_="held"))
    for each in one.watcher.launches:
        drawn += [
            element("path", d=_outline(view, foretold), class_=f"map-ell e{place}")
            for place, foretold in enumerate(_sizes(each.foretold, drawn_instants(each)))
        ]
    drawn += [_cross(project(view, *launch.track_deg[-1]), 3.5 * unit) for launch in launches]
    drawn += _launch_points(launches, view, unit)
    title = f"What would be tracked: {one.watcher.label}"
    text = f"{one.watcher.tracked} of {len(one.watcher.launches)} launches tracked at some time."
    frame = " ".join(plain(edge) for edge in box)
    return drawing(title, text, *drawn, class_=f"map tracked {one.mark}", viewBox=frame)


def _cross(spot: tuple[float, float], arm: float) -> str:
    """Draw the mark of a true impact."""
    x, y = spot
    cross = f"M{x - arm:.1f} {y - arm:.1f}l{2 * arm:.1f} {2 * arm:.1f}"
    cross += f"M{x - arm:.1f} {y + arm:.1f}l{2 * arm:.1f} {-2 * arm:.1f}"
    return element("path", d=cross, class_="fell")


def _launch_points(launches: Sequence[LaunchResult], view: View, unit: float) -> list[str]:
    """Draw each launch point with the numbers of all launches from it."""
    numbers: dict[tuple[float, float], list[int]] = {}
    for number, launch in enumerate(launches, start=1):
        place = (round(launch.from_latitude_deg, 1), round(launch.from_longitude_deg, 1))
        numbers.setdefault(place, []).append(number)
    drawn = []
    for place, several in numbers.items():
        x, y = project(view, *place)
        text = numbered(several)
        wide, high = unit * (8.0 + 5.4 * len(text)), 13.0 * unit
        edge = {"x": x - 0.5 * wide, "y": y - 0.5 * high, "rx": 0.5 * high}
        drawn.append(element("rect", width=wide, height=high, class_="from", **edge))
        size = f"font-size:{9.0 * unit:.2f}px"
        drawn.append(words(text, x=x, y=y, dy="0.36em", class_="from-number", style=size))
    return drawn


def numbered(several: Sequence[int]) -> str:
    """Write rising numbers shortly: '7-9' where they follow each other, else '4, 6'."""
    if len(several) > 2 and several[-1] - several[0] == len(several) - 1:
        return f"{several[0]}\N{EN DASH}{several[-1]}"
    return ", ".join(map(str, several))


def thinned(places: Sequence[Point]) -> list[Point]:
    """Give a path with at most `PATH_POINTS` points, its ends among them."""
    step = max(1, math.ceil(len(places) / PATH_POINTS))
    return [*places[:-1:step], places[-1]] if places else []


def _sizes(every: Sequence[Foretold], few: Sequence[Foretold]) -> list[Foretold]:
    """Give the ellipses of a map, largest first: the first that fits on it, then those drawn."""
    fits = [one for one in every if one.long_km < LARGEST_KM]
    return list(dict.fromkeys([*fits[:1], *few]))[:4] if fits else []


def _outline(view: View, one: Foretold) -> str:
    """Give a foretold ellipse as a path on the map."""
    places = []
    for side in range(SIDES + 1):
        turn = 2.0 * math.pi * side / SIDES
        ahead, aside = one.long_km * math.cos(turn), one.short_km * math.sin(turn)
        way = one.azimuth_deg + math.degrees(math.atan2(aside, ahead))
        centre = (one.latitude_deg, one.longitude_deg)
        places.append(destination(centre, way, 1e3 * math.hypot(ahead, aside)))
    return line_path(view, places)
