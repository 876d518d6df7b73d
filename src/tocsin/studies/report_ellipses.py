"""Drawings of foretold impacts: ellipses round the true place, and their size against time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.earth.constants import EARTH_MEAN_RADIUS_M
from tocsin.studies.report_svg import drawing, element, plain, words
from tocsin.studies.watch_results import Followed, Foretold, Watcher

REACH_KM = 100.0
"""Half the width of a target panel, the same for all of them."""
PANEL = 120.0
"""Width of a target panel in drawing units."""
STEPS_KM = (100.0, 30.0, 10.0)
"""An ellipse is drawn when it first shrinks below each of these, and at the last."""
DECADES = (0.1, 1.0, 10.0, 100.0, 1_000.0, 10_000.0)
CURVE_POINTS = 36
"""Most points of a curve that are drawn."""
DOTS = 60
"""Most dots of one watcher in the chart of error against claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """How one watcher's ellipse shrank for one launch."""

    label: str
    mark: str
    left_min: tuple[float, ...]
    """Minutes to impact, falling."""
    long_km: tuple[float, ...]


def drawn_instants(one: Followed) -> tuple[Foretold, ...]:
    """Give the foretold impacts to draw, up to four, largest first, each once."""
    if one.last is None:
        return ()
    found = [next((f for f in one.foretold if f.long_km < size), None) for size in STEPS_KM]
    return tuple(dict.fromkeys([*(f for f in found if f is not None), one.last]))


def _offset_km(one: Foretold, true_deg: tuple[float, float]) -> tuple[float, float]:
    """Give how far east and north of the true place one was foretold, on the mean sphere."""
    east = math.radians((one.longitude_deg - true_deg[1] + 180.0) % 360.0 - 180.0)
    north = math.radians(one.latitude_deg - true_deg[0])
    radius_km = EARTH_MEAN_RADIUS_M / 1e3
    return radius_km * east * math.cos(math.radians(true_deg[0])), radius_km * north


def target_svg(one: Followed, label: str) -> str:
    """Give the ellipses round the true place of impact, from above, on the scale of all panels."""
    middle, scale = 0.5 * PANEL, 0.5 * PANEL / REACH_KM
    body = [element("rect", width=PANEL, height=PANEL, class_="field")]
    body += [
        element("circle", cx=middle, cy=middle, r=ring * scale, class_="ring")
        for ring in (30.0, 10.0)
    ]
    instants = [each for each in drawn_instants(one) if each.long_km <= REACH_KM]
    for place, each in enumerate(instants):
        east, north = _offset_km(each, one.impact_deg)
        last = place == len(instants) - 1
        body.append(
            element(
                "ellipse",
                cx=middle + scale * east,
                cy=middle - scale * north,
                rx=max(scale * each.short_km, 0.8),
                ry=max(scale * each.long_km, 0.8),
                transform=f"rotate({plain(each.azimuth_deg)} {plain(middle + scale * east)} "
                f"{plain(middle - scale * north)})",
                class_="ell last" if last else f"ell e{place}",
            )
        )
    body.append(element("path", d="M55 60h10M60 55v10", class_="true"))
    title = f"{label}, {one.launch}: foretold impact round the true one"
    text = f"{len(instants)} ellipses that should hold the place in 95 of 100 cases."
    return drawing(
        title, text, *body, class_="target", viewBox=f"0 0 {plain(PANEL)} {plain(PANEL)}"
    )


def _log(value: float, ends: tuple[float, float]) -> float:
    """Give a place on a logarithmic axis, 0 to 1, held within its ends."""
    low, high = math.log10(ends[0]), math.log10(ends[1])
    return min(max((math.log10(max(value, 1e-9)) - low) / (high - low), 0.0), 1.0)


def _thinned(count: int, most: int) -> list[int]:
    """Give at most so many places of a row, evenly, the last among them."""
    step = max(1, math.ceil(count / most))
    return sorted({*range(0, count, step), count - 1}) if count else []


def _km(value: float) -> str:
    return f"{value:,.0f}" if value >= 1.0 else f"{value:g}"


def shrink_svg(curves: Sequence[Curve], *, large: bool) -> str:
    """Give the long half axis of each watcher's ellipse against minutes to impact.

    Args:
        curves: One for each watcher; one without points is left out.
        large: Whether it is the chart of the section, or one of many.
    """
    wide, high = (480.0, 300.0) if large else (300.0, 128.0)
    left, top, right, bottom = 46.0, 10.0, wide - 8.0, high - (38.0 if large else 22.0)
    told = [curve for curve in curves if curve.long_km]
    longest = max((curve.left_min[0] for curve in told), default=10.0)
    step = next(s for s in (1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 1e9) if longest / s <= 6.0)
    most = step * max(1, math.ceil(longest / step))
    ends = (DECADES[0], DECADES[-1])
    body = []
    for at in DECADES:
        y = bottom - (bottom - top) * _log(at, ends)
        body.append(element("line", x1=left, x2=right, y1=y, y2=y, class_="grid"))
        if large or at in (0.1, 10.0, 1_000.0):
            body.append(words(_km(at), x=left - 6.0, y=y + 4.0, class_="tick end"))
    for tick in range(round(most / step) + 1):
        x = right - (right - left) * tick * step / most
        body.append(words(plain(tick * step), x=x, y=bottom + 16.0, class_="tick mid"))
    for curve in told:
        places = [
            (
                right - (right - left) * max(curve.left_min[n], 0.0) / most,
                bottom - (bottom - top) * _log(curve.long_km[n], ends),
            )
            for n in _thinned(len(curve.long_km), CURVE_POINTS)
        ]
        path = "M" + "L".join(f"{plain(x)} {plain(y)}" for x, y in places)
        body.append(element("path", d=path, class_=f"curve {curve.mark}"))
        x, y = places[0]
        body.append(element("circle", cx=x, cy=y, r=2.6, class_=f"first {curve.mark}"))
    if large:
        body.append(words("minutes to impact", x=right, y=high - 4.0, class_="tick end"))
    if not told:
        middle = 0.5 * (left + right)
        body.append(words("no impact foretold", x=middle, y=0.5 * bottom + 8.0, class_="tick mid"))
    title = "Impact ellipse (long half axis, km, logarithmic) against minutes to impact"
    text = "; ".join(
        f"{c.label}: {_km(c.long_km[0])} km {c.left_min[0]:.0f} min before,"
        f" last {_km(c.long_km[-1])} km"
        for c in told
    )
    size = "shrink large" if large else "shrink"
    return drawing(title, text, *body, class_=size, viewBox=f"0 0 {plain(wide)} {plain(high)}")


def bound_svg(watchers: Sequence[tuple[str, Watcher]]) -> str:
    """Give how far off foretold impacts were against the 95 % bound they claimed, both logarithmic.

    Args:
        watchers: Colour class and watcher.
    """
    wide, high = 480.0, 300.0
    left, top, right, bottom = 46.0, 10.0, wide - 8.0, high - 38.0
    ends = (DECADES[0], DECADES[-1])

    def spot(claimed: float, off: float) -> tuple[float, float]:
        x = left + (right - left) * _log(claimed, ends)
        return x, bottom - (bottom - top) * _log(off, ends)

    body = [element("path", d=f"M{left} {bottom}L{right} {top}L{right} {bottom}Z", class_="inside")]
    for at in DECADES:
        x, y = spot(at, at)
        body.append(element("line", x1=left, x2=right, y1=y, y2=y, class_="grid"))
        body.append(element("line", x1=x, x2=x, y1=top, y2=bottom, class_="grid"))
        body.append(words(_km(at), x=left - 6.0, y=y + 4.0, class_="tick end"))
        end = "tick end" if at == DECADES[-1] else "tick mid"
        body.append(words(_km(at), x=x, y=bottom + 16.0, class_=end))
    body.append(element("line", x1=left, x2=right, y1=bottom, y2=top, class_="diagonal"))
    shown = 0
    for mark, watcher in watchers:
        every = [f for one in watcher.launches for f in one.foretold]
        for n in _thinned(len(every), DOTS):
            x, y = spot(every[n].long_km, every[n].miss_km)
            body.append(element("circle", cx=x, cy=y, r=2.4, class_=f"spot {mark}"))
            shown += 1
    body.append(words("claimed 95 % bound, km", x=right, y=high - 4.0, class_="tick end"))
    body.append(words("off, km", x=left + 6.0, y=top + 12.0, class_="tick"))
    body.append(words("within the bound", x=right - 10.0, y=bottom - 12.0, class_="tick end"))
    title = "How far off foretold impacts were, against the 95 % bound they claimed"
    text = f"{shown} foretold impacts; below the diagonal the error is smaller than the bound."
    return drawing(title, text, *body, class_="shrink", viewBox=f"0 0 {plain(wide)} {plain(high)}")
