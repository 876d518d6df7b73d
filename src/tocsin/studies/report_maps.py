"""Maps of a study as SVG: launch points coloured by one figure, sensors and what they watch."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tocsin.studies.report_projection import (
    WIDTH,
    Point,
    View,
    choose_centre_deg,
    destination,
    land_path,
    line_path,
    offset_deg,
    outline_path,
    project,
    project_offset,
)
from tocsin.studies.report_svg import PALETTE_STEPS, drawing, element, plain, round_top, words
from tocsin.studies.report_words import readable
from tocsin.studies.results import LaunchResult, MapLayer, SensorUsed, StudyMap

FIGURES = {
    "share_seen": "share of launches seen, %",
    "warning_min": "median warning, minutes (not seen counts as 0)",
    "gain_min": "median warning gained, minutes",
}
WEDGE_STEP_DEG = 4.0
SHORT_WORD = 5
"""A first word with fewer letters says too little alone: 'Cape Cod', not 'Cape'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How a figure becomes one of the palette's colours; shared by every map of that figure."""

    figure: str
    step: float
    """Width of one colour in the figure's own unit; the first starts just above 0."""
    count: int

    @property
    def labels(self) -> tuple[str, ...]:
        """Numbers at the edges of the colours, from 0 up, in the unit the legend names."""
        factor = 100.0 if self.figure == "share_seen" else 1.0
        return tuple(plain(factor * self.step * edge) for edge in range(self.count + 1))

    def colour(self, value: float) -> str:
        """Give the palette class of a value above 0; what is past the end takes the last."""
        place = min(max(math.ceil(value / self.step - 1e-9) - 1, 0), self.count - 1)
        return f"q{palette_step(place, self.count)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLook:
    """What goes on a map besides the launch points."""

    view: View
    scale: Scale
    sensors: tuple[SensorUsed, ...] = ()
    colour_of: tuple[str, ...] = ()
    """Partner ids in the order of their colours."""
    labels: bool = False
    """Whether sensors and launch areas are named on the map."""
    unseen: tuple[bool, ...] = ()
    """For a gain: whether each point stays unseen even after joining."""
    standalone: bool = True
    """Whether the drawing carries its own styles, heading and legend."""


def palette_step(place: int, count: int) -> int:
    """Spread `count` colours over the whole palette."""
    return round(place * (PALETTE_STEPS - 1) / max(1, count - 1))


def scale_for(layers: Sequence[MapLayer]) -> Scale:
    """Give the one scale that all these layers of one figure are drawn with."""
    figure = layers[0].figure if layers else "share_seen"
    if figure == "share_seen":
        return Scale(figure=figure, step=0.2, count=5)
    known = [value for layer in layers for value in layer.values if math.isfinite(value)]
    largest = max(known, default=0.0)
    top, step = round_top(max(largest, 1e-9), PALETTE_STEPS)
    return Scale(figure=figure, step=step, count=max(1, round(top / step)))


def view_for(study_map: StudyMap, sensors: Sequence[SensorUsed] = ()) -> View:
    """Give the view that shows every launch point whole, and the north of the world."""
    known = [sensor.longitude_deg for sensor in sensors if sensor.longitude_deg is not None]
    centre = choose_centre_deg(study_map.longitude_deg, known)
    lowest = min(study_map.latitude_deg, default=-60.0) - study_map.spacing_deg
    return View(centre_deg=centre, south_deg=max(-85.0, min(-45.0, lowest)))


def _partner_class(partner: str, colour_of: Sequence[str]) -> str:
    return f"p{colour_of.index(partner) % PALETTE_STEPS}" if partner in colour_of else "p5"


def _cell_path(view: View, study_map: StudyMap, point: int) -> str:
    """Give the near-equal-area cell around one launch point as an SVG path."""
    latitude = study_map.latitude_deg[point]
    half = 0.5 * study_map.spacing_deg
    wide = half / max(0.1, math.cos(math.radians(latitude)))
    east = offset_deg(study_map.longitude_deg[point], view.centre_deg)
    left, right = max(-180.0, east - wide), min(180.0, east + wide)
    south, north = max(-90.0, latitude - half), min(90.0, latitude + half)
    corners = ((north, left), (north, right), (south, right), (south, left))
    places = [project_offset(view, row, column) for row, column in corners]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places) + "Z"


def _cells(study_map: StudyMap, layer: MapLayer, look: MapLook, hatch: str) -> str:
    """Draw every launch point's cell: coloured, hatched where unseen, outlined where no gain."""
    drawn = []
    for point, value in enumerate(layer.values):
        if not math.isfinite(value):
            continue
        path = _cell_path(look.view, study_map, point)
        unseen = look.unseen[point] if look.unseen else layer.figure != "gain_min" and value <= 0.0
        if unseen:
            drawn.append(element("path", d=path, class_="unseen", fill=f"url(#{hatch})"))
        elif value <= 0.0:
            drawn.append(element("path", d=path, class_="loss" if value < 0.0 else "none"))
        else:
            drawn.append(element("path", d=path, class_=f"cell {look.scale.colour(value)}"))
    return "".join(drawn)


def _wedge(view: View, site: Point, sector: tuple[float, float], range_m: float) -> str:
    """Give the edge of one azimuth sector as an SVG path along great circles."""
    start, width = sector[0], (sector[1] - sector[0]) % 360.0
    whole = width == 0.0
    width = 360.0 if whole else width
    count = max(2, math.ceil(width / WEDGE_STEP_DEG))
    arc = [destination(site, start + width * step / count, range_m) for step in range(count + 1)]
    if whole:
        return line_path(view, arc)
    side = [destination(site, start, range_m * step / 8.0) for step in range(8)]
    back = [destination(site, sector[1], range_m * step / 8.0) for step in range(7, -1, -1)]
    return line_path(view, [*side, *arc, *back])


def _sites(look: MapLook, size: float) -> str:
    """Draw sector wedges, then radar triangles and satellite diamonds over them."""
    wedges, marks = [], []
    thin = "" if look.labels else " thin"
    for sensor in look.sensors:
        if sensor.latitude_deg is None or sensor.longitude_deg is None:
            continue
        colour = f"var(--{_partner_class(sensor.partner, look.colour_of)})"
        site = (sensor.latitude_deg, sensor.longitude_deg)
        x, y = project(look.view, *site)
        reach_km = sensor.range_km.value if sensor.range_km is not None else None
        for sector in sensor.sectors_deg if reach_km is not None else ():
            path = _wedge(look.view, site, sector, 1000.0 * (reach_km or 0.0))
            style = f"stroke:{colour}"
            wedges.append(element("path", d=path, class_=f"wedge{thin}", style=style))
        if sensor.kind == "infrared":
            corners: list[Point] = [(0.0, -size), (size, 0.0), (0.0, size), (-size, 0.0)]
            class_, style = "satellite", f"stroke:{colour}"
        else:
            corners = [(0.0, -size), (size, 0.8 * size), (-size, 0.8 * size)]
            class_, style = "site", f"fill:{colour}"
        path = "M" + "L".join(f"{x + dx:.1f} {y + dy:.1f}" for dx, dy in corners) + "Z"
        marks.append(element("path", d=path, class_=class_, style=style))
    return "".join(wedges) + "".join(marks)


def _overlaps(box: tuple[float, float, float, float], others: Sequence[Sequence[float]]) -> bool:
    left, top, right, bottom = box
    return any(left < o[2] and right > o[0] and top < o[3] and bottom > o[1] for o in others)


def short_name(name: str) -> str:
    """Give the place or number in a sensor's name: 'Armavir Voronezh-DM no. 2' is 'Armavir'."""
    parts = name.split()
    first = parts[0].rstrip(",;:") if parts else ""
    two = len(parts) > 1 and first.isalpha() and (first.isupper() or len(first) < SHORT_WORD)
    return (f"{first} {parts[1]}" if two else first)[:26]


def _sensor_labels(look: MapLook) -> str:
    """Name the sensors beside their marks where no name covers another; leave out the rest."""
    placed: list[tuple[float, float, float, float]] = []
    spots: dict[tuple[str, int, int], tuple[str, float, float]] = {}
    for sensor in look.sensors:
        if sensor.latitude_deg is None or sensor.longitude_deg is None:
            continue
        x, y = project(look.view, sensor.latitude_deg, sensor.longitude_deg)
        placed.append((x - 6.0, y - 6.0, x + 6.0, y + 6.0))
        name = short_name(sensor.name)
        spots.setdefault((name, round(x / 20.0), round(y / 20.0)), (name, x, y))
    drawn = []
    for name, x, y in spots.values():
        wide = 7.2 * len(name)
        beside = ((x + 10.0, y + 5.0), (x - 10.0 - wide, y + 5.0))
        over = ((x - 0.5 * wide, y - 11.0), (x - 0.5 * wide, y + 21.0))
        for left, base in (*beside, *over):
            box = (left, base - 12.0, left + wide, base + 4.0)
            inside = left > 0.0 and left + wide < WIDTH and base > 14.0
            if inside and not _overlaps(box, placed):
                placed.append(box)
                drawn.append(words(name, x=left, y=base, class_="on-map name"))
                break
    return "".join(drawn)


def _area_labels(study_map: StudyMap, view: View) -> str:
    """Name each launch area above the middle of its points."""
    drawn = []
    for area in dict.fromkeys(study_map.area):
        places = [
            project(view, latitude, longitude)
            for latitude, longitude, name in zip(
                study_map.latitude_deg, study_map.longitude_deg, study_map.area, strict=True
            )
            if name == area
        ]
        x = sum(place[0] for place in places) / len(places)
        y = sum(place[1] for place in places) / len(places)
        x = min(max(x, 90.0), WIDTH - 90.0)
        drawn.append(words(readable(area), x=x, y=y, class_="on-map area"))
    return "".join(drawn)


def _hatch(name: str) -> str:
    """Give the pattern of thin slanting lines that stands for 'not seen'."""
    line = element("path", d="M0 0V7", class_="hatch", stroke_width=2)
    turned = "rotate(45)"
    pattern = element(
        "pattern",
        line,
        id=name,
        width=7,
        height=7,
        patternUnits="userSpaceOnUse",
        patternTransform=turned,
    )
    return element("defs", pattern)


def _ground(view: View) -> str:
    """Draw sea, a faint grid every 30 degrees, and land."""
    grid = []
    for east in range(-150, 180, 30):
        rows = range(int(view.south_deg), int(view.north_deg) + 1, 7)
        grid.append(line_path(view, [(float(row), view.centre_deg + east) for row in rows]))
    for row in (-60.0, -30.0, 0.0, 30.0, 60.0):
        ends = (
            (row, view.centre_deg - 180.0),
            (row, view.centre_deg),
            (row, view.centre_deg + 179.99),
        )
        grid.append(line_path(view, ends))
    return (
        element("path", d=outline_path(view), class_="sea")
        + element("path", d="".join(grid), class_="grid")
        + element("path", d=land_path(view), class_="land")
    )


def _legend_body(scale: Scale, hatch: str) -> tuple[str, float]:
    """Draw the colour scale with its numbers; give it and its width."""
    box, tall, left = 44.0, 14.0, 6.0
    drawn = []
    gain = scale.figure == "gain_min"
    kinds = [("unseen", "not seen")] + ([("none", "no gain")] if gain else [])
    for class_, label in kinds:
        fill = {"fill": f"url(#{hatch})"} if class_ == "unseen" else {}
        drawn.append(
            element("rect", x=left + 1, y=1, width=box, height=tall, class_=class_, **fill)
        )
        drawn.append(words(label, x=left + 0.5 * box + 1, y=tall + 16.0, class_="tick"))
        left += box + 22.0
    for place in range(scale.count):
        class_ = f"q{palette_step(place, scale.count)}"
        drawn.append(
            element("rect", x=left + place * box, y=1, width=box, height=tall, class_=class_)
        )
    for edge, label in enumerate(scale.labels):
        drawn.append(words(label, x=left + edge * box, y=tall + 16.0, class_="tick"))
    return "".join(drawn), left + scale.count * box + 14.0


def legend_svg(scale: Scale, name: str) -> str:
    """Give the legend of a row of maps.

    Args:
        scale: The scale that every map of the row was drawn with.
        name: Makes the hatching's id unique in the page.
    """
    body, width = _legend_body(scale, f"hatch-{name}")
    title = f"Colour scale: {FIGURES[scale.figure]}"
    text = f"From 0 to {scale.labels[-1]}, {scale.count} colours; hatched: not seen."
    return drawing(
        title,
        text,
        _hatch(f"hatch-{name}"),
        body,
        class_="map legend",
        width=width,
        height=36,
        viewBox=f"0 0 {plain(width)} 36",
    )


@cache
def map_styles() -> str:
    """Give the styles that every map needs, light and dark."""
    return files("tocsin.studies").joinpath("report/map.css").read_text(encoding="utf-8")


def _map_body(study_map: StudyMap, layer: MapLayer, look: MapLook, hatch: str) -> str:
    labels = ""
    if look.labels:
        labels = _area_labels(study_map, look.view) + _sensor_labels(look)
    return (
        _hatch(hatch)
        + _ground(look.view)
        + _cells(study_map, layer, look, hatch)
        + _sites(look, 6.0 if look.labels else 10.0)
        + labels
    )


def map_svg(study_map: StudyMap, layer: MapLayer, title: str, look: MapLook | None = None) -> str:
    """Give one figure over the launch points as an SVG drawing.

    Args:
        study_map: Where the launch points are.
        layer: The figure to colour them by, one value a point.
        title: Names the map to readers and to screen readers.
        look: Scale, view, sensors; None draws the layer alone on its own scale, as a whole file.
    """
    if look is None:
        look = MapLook(view=view_for(study_map), scale=scale_for([layer]), labels=True)
    hatch = "hatch-" + "-".join(filter(None, (layer.coalition, layer.before, layer.figure)))
    hatch = "".join(letter if letter.isalnum() else "-" for letter in hatch)
    body = _map_body(study_map, layer, look, hatch)
    height = look.view.height
    about = f"World map, {len(layer.values)} launch points, {FIGURES[layer.figure]}."
    if not look.standalone:
        box = f"0 0 {plain(WIDTH)} {plain(height)}"
        return drawing(title, about, body, class_="map", viewBox=box)
    return _whole_file(title, about, body, look, hatch)


def _whole_file(title: str, about: str, body: str, look: MapLook, hatch: str) -> str:
    """Give a map as a drawing that stands alone: ground, heading, map, legend and styles."""
    height = look.view.height
    legend, wide = _legend_body(look.scale, hatch)
    below = f"translate(8 {plain(height + 46.0)})"
    unit = words(FIGURES[look.scale.figure], x=wide + 12.0, y=13, class_="unit")
    return drawing(
        title,
        about,
        element("style", map_styles()),
        element("rect", width=WIDTH, height=height + 88.0, class_="ground"),
        words(title, x=8, y=26, class_="heading"),
        element("svg", body, y=40, width=WIDTH, height=height),
        element("g", legend, unit, transform=below),
        class_="map",
        viewBox=f"0 0 {plain(WIDTH)} {plain(height + 88.0)}",
        xmlns="http://www.w3.org/2000/svg",
    )


def flights_svg(launches: Sequence[LaunchResult], look: MapLook) -> str:
    """Give the scenario's launches as numbered ground tracks among the sensors."""
    drawn = [_ground(look.view), _sites(look, 6.0)]
    for number, launch in enumerate(launches, start=1):
        path = line_path(look.view, launch.track_deg)
        drawn.append(element("path", d=path, class_="track", style="stroke:var(--mark)"))
        x, y = project(look.view, launch.from_latitude_deg, launch.from_longitude_deg)
        drawn.append(element("circle", cx=x, cy=y, r=9, class_="pad", style="fill:var(--mark)"))
        drawn.append(words(str(number), x=x, y=y, dy="0.36em", class_="pad-number"))
    drawn.append(_sensor_labels(look))
    title = f"Ground tracks of the {len(launches)} launches of the scenario"
    text = "Each numbered disc is a launch point; its line runs to the point of impact."
    box = f"0 0 {plain(WIDTH)} {plain(look.view.height)}"
    return drawing(title, text, *drawn, class_="map", viewBox=box)
