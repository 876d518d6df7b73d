"""The report's section on tracks: what each watcher held, and how its impact ellipse shrank."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tocsin.studies import watch_words
from tocsin.studies.report_ellipses import REACH_KM, Curve, bound_svg, shrink_svg, target_svg
from tocsin.studies.report_track_maps import Shown, track_maps
from tocsin.studies.report_words import clock
from tocsin.studies.results import RunResult
from tocsin.studies.watch_results import Followed, LaunchTold, Tracking, Watcher

LAUNCHES_SHOWN = 12
"""Most launches whose ellipses are drawn; the table and the files have all of them."""
ROWS_SHOWN = 200
"""Most rows of the table; the files have all of them."""
DASH = "\N{EM DASH}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One launch as one watcher foretold it: a drawing and a line of words."""

    watcher: str
    mark: str
    svg: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchRow:
    """One launch: a panel for each watcher, and how their ellipses shrank."""

    number: int
    name: str
    panels: tuple[Panel, ...]
    chart: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TracksShown:
    """Everything of the section, ready to be placed."""

    tracking: Tracking
    marks: Mapping[str, str]
    """Colour class of each watcher."""
    keys: tuple[tuple[str, str, str, str], ...]
    """Of each watcher: colour class, label, flight time held, what it tracked."""
    maps: tuple[tuple[str, str], ...]
    chosen: str
    """Name of the launch of the large chart; empty where nobody foretold an impact."""
    chart: str
    bound: str
    calls: tuple[str, ...]
    """How often each watcher's ellipse held the place."""
    rows: tuple[LaunchRow, ...]
    more: int
    """Launches that are not drawn."""
    table: tuple[tuple[str, ...], ...]


def tracks_shown(result: RunResult, partner_marks: Mapping[str, str]) -> TracksShown | None:
    """Give the section; nothing where nothing was tracked.

    Args:
        result: Of the run.
        partner_marks: Colour class of each partner.
    """
    tracking = result.tracking
    if tracking is None or not tracking.watchers or not result.launches:
        return None
    watchers = tracking.watchers
    marks = {one.id: _mark(one, partner_marks) for one in watchers}
    shown = tuple(Shown(watcher=one, mark=marks[one.id]) for one in watchers)
    chosen = _chosen(watchers)
    launches = range(min(len(watchers[0].launches), LAUNCHES_SHOWN))
    return TracksShown(
        tracking=tracking,
        marks=marks,
        keys=tuple(_key(one, marks[one.id]) for one in watchers),
        maps=track_maps(result.launches, shown),
        chosen="" if chosen is None else watchers[0].launches[chosen].launch,
        chart="" if chosen is None else shrink_svg(_curves(watchers, marks, chosen), large=True),
        bound="" if chosen is None else bound_svg([(s.mark, s.watcher) for s in shown]),
        calls=tuple(filter(None, (_call(one) for one in watchers))),
        rows=tuple(_row(watchers, marks, number) for number in launches),
        more=len(watchers[0].launches) - len(launches),
        table=_table(watchers),
    )


def _mark(watcher: Watcher, partner_marks: Mapping[str, str]) -> str:
    single = len(watcher.partners) == 1
    return partner_marks.get(watcher.partners[0], "p5") if single else "joined"


def _key(watcher: Watcher, mark: str) -> tuple[str, str, str, str]:
    """Give the key figures of a watcher."""
    held = f"{watch_words.percent(watch_words.held_share(watcher))}%"
    believed = watch_words.figure(watcher, lambda one: one.believed_s)
    after = watch_words.spread_of(believed, clock)
    told = f"{watcher.tracked} of {len(watcher.launches)} launches tracked"
    if believed:
        told += f", first believed {after} (min:s) after lift-off"
    return mark, watcher.label[:1].upper() + watcher.label[1:], held, told


def _chosen(watchers: Sequence[Watcher]) -> int | None:
    """Give the launch that most watchers foretold, and most often; nothing where none did."""
    counts = [
        [len(one.launches[number].foretold) for one in watchers]
        for number in range(len(watchers[0].launches))
    ]
    best = max(range(len(counts)), key=lambda n: (sum(c > 0 for c in counts[n]), sum(counts[n])))
    return best if any(counts[best]) else None


def _curves(watchers: Sequence[Watcher], marks: Mapping[str, str], number: int) -> list[Curve]:
    """Give how each watcher's ellipse shrank for one launch."""
    return [
        Curve(
            label=one.label,
            mark=marks[one.id],
            left_min=tuple(
                (one.launches[number].impact_s - each.time_s) / 60.0
                for each in one.launches[number].foretold
            ),
            long_km=tuple(each.long_km for each in one.launches[number].foretold),
        )
        for one in watchers
    ]


def _row(watchers: Sequence[Watcher], marks: Mapping[str, str], number: int) -> LaunchRow:
    """Give one launch's drawings."""
    return LaunchRow(
        number=watchers[0].launches[number].flight + 1,
        name=watchers[0].launches[number].launch,
        panels=tuple(
            Panel(
                watcher=one.label,
                mark=marks[one.id],
                svg=target_svg(one.launches[number], one.label),
                told=_told(one.launches[number]),
            )
            for one in watchers
        ),
        chart=shrink_svg(_curves(watchers, marks, number), large=False),
    )


def _told(one: Followed) -> str:
    """Say what became of the last foretold impact."""
    if one.last is None:
        return "tracked, no impact foretold" if one.believed_s is not None else "never tracked"
    size = watch_words.kilometres(one.last.long_km)
    off = watch_words.kilometres(one.last.miss_km)
    wide = "; wider than the square" if one.last.long_km > REACH_KM else ""
    return f"last \N{PLUS-MINUS SIGN}{size} km, {off} km off{wide}"


def _call(watcher: Watcher) -> str:
    """Say how often a watcher's ellipses held the place, counted once for each foretelling."""
    holds = [each.holds for one in watcher.launches for each in one.foretold]
    if not holds:
        return ""
    share = 100.0 * sum(holds) / len(holds)
    return f"{watcher.label}: {share:.0f}% of {len(holds)}"


def _table(watchers: Sequence[Watcher]) -> tuple[tuple[str, ...], ...]:
    """Give a row for each launch and watcher."""
    rows = [
        _cells(one.launches[number], one.label)
        for number in range(len(watchers[0].launches))
        for one in watchers
    ]
    return tuple(rows[:ROWS_SHOWN])


def _origin(told: LaunchTold | None) -> str:
    """Say how far off a told launch point is, and the half axis of its ellipse."""
    if told is None:
        return DASH
    off, size = watch_words.kilometres(told.miss_km), watch_words.kilometres(told.long_km)
    return f"{off} ({size})"


def _cells(one: Followed, label: str) -> tuple[str, ...]:
    last, warning, off = one.last, one.warning_min, "never"
    if one.position_rms_km is not None and one.position_sigma_km is not None:
        off = watch_words.kilometres(one.position_rms_km)
        off += f" ({watch_words.kilometres(one.position_sigma_km)})"
    return (
        one.launch,
        label,
        clock(one.believed_s),
        _origin(one.launch_point),
        "never" if warning is None else f"{warning:.1f}",
        watch_words.percent(one.held_share),
        off,
        " / ".join(clock(at) for at in one.ellipse_below_s)
        if any(at is not None for at in one.ellipse_below_s)
        else "never",
        *(
            (DASH,) * 4
            if last is None
            else (
                f"{watch_words.kilometres(last.long_km)} \N{MULTIPLICATION SIGN} "
                f"{watch_words.kilometres(last.short_km)}, {last.azimuth_deg:.0f}°",
                watch_words.kilometres(last.miss_km),
                "yes" if last.holds else "no",
                f"{last.time_error_s:+.1f} ({last.time_sigma_s:.1f})",
            )
        ),
    )


TABLE_HEADS = (
    "Launch",
    "Watcher",
    "Believed",
    "Launch point off (95% half axis), km",
    "Warning by track, min",
    "Flight held, %",
    "Off (claimed), km",
    "Ellipse below 100 / 30 / 10 km",
    "Last ellipse, km",
    "Off its middle, km",
    "Held the place",
    "Impact time off (claimed), s",
)
