"""The report: one run as one page a newspaper could print, complete in a single file."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape

from tocsin.studies import report_words
from tocsin.studies.judged_results import HEADS, cells, judged_sentence
from tocsin.studies.report_charts import Bar, Row, bars, histogram, ledger_svg, timeline
from tocsin.studies.report_maps import (
    FIGURES,
    MapLook,
    Scale,
    flights_svg,
    legend_svg,
    map_styles,
    map_svg,
    scale_for,
    view_for,
)
from tocsin.studies.report_projection import View
from tocsin.studies.report_svg import PALETTE_STEPS, drawing, element
from tocsin.studies.report_tracks import TABLE_HEADS, tracks_shown
from tocsin.studies.results import Coalition, Gain, MapLayer, RunResult, SensorUsed, Spread

MAP_HEADINGS = {
    "share_seen": "Which launches are seen",
    "warning_min": "How long the warning is",
    "gain_min": "What joining adds",
}
LABELLED_MAPS = 2
"""Up to so many maps of the gain are drawn large, with their sensors named."""
NOTHING = Spread(value=None, low=None, high=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRow:
    """Maps of one figure on one scale, with their legend."""

    figure: str
    heading: str
    unit: str
    legend: str
    maps: tuple[tuple[str, str], ...]
    """Caption and drawing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GainShown:
    """One gain with its chart and its columns of launch points."""

    gain: Gain
    heading: str
    rows: tuple[Row, ...]
    columns: str
    """Empty where the study has no map of this gain."""


def _text(name: str) -> str | None:
    """Give the text of a template or style file of the report."""
    path = files("tocsin.studies").joinpath("report", name)
    return path.read_text(encoding="utf-8") if path.is_file() else None


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FunctionLoader(_text),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["say"] = report_words
    return made


def firsts(coalitions: Sequence[Coalition]) -> tuple[Coalition, ...]:
    """Give one coalition for each set of partners, level, kinds and sensor left out: the first.

    A study lists each over all its launches first, then over parts of them.
    """
    kept: dict[tuple[object, ...], Coalition] = {}
    for one in coalitions:
        kept.setdefault((one.partners, one.level, one.kinds, one.without), one)
    return tuple(kept.values())


def plain_coalitions(result: RunResult) -> tuple[Coalition, ...]:
    """Give the coalitions with every kind of sensor and nothing left out."""
    every = firsts(result.compared.coalitions)
    return tuple(one for one in every if one.kinds == "all" and one.without is None)


def alone(result: RunResult) -> tuple[Coalition, ...]:
    """Give each partner alone, in the order of the study."""
    return tuple(one for one in plain_coalitions(result) if len(one.partners) == 1)


def joined(result: RunResult) -> Coalition | None:
    """Give the joined coalition to show first: the most partners, sharing the most."""
    together = [one for one in plain_coalitions(result) if len(one.partners) > 1]
    widest = max((len(one.partners) for one in together), default=0)
    together = [one for one in together if len(one.partners) == widest]
    return max(together, key=lambda one: one.level, default=None)


def headline(result: RunResult) -> tuple[Coalition, ...]:
    """Give the coalitions of the key figures: each partner alone, then joined."""
    together = joined(result)
    return (*alone(result), *([together] if together else []))


def partner_names(result: RunResult) -> dict[str, str]:
    """Give each partner's name for people, from its own coalition's label where there is one."""
    ids = [*result.compared.partners, *(sensor.partner for sensor in result.sensors)]
    names = {one: report_words.readable(one) for one in ids}
    for one in alone(result):
        names[one.partners[0]] = one.label.removesuffix(" alone").strip() or one.partners[0]
    return names


def partner_marks(result: RunResult) -> dict[str, str]:
    """Give each partner's colour class, in the order of the study."""
    ids = dict.fromkeys([*result.compared.partners, *(one.partner for one in result.sensors)])
    return {one: f"p{place % PALETTE_STEPS}" for place, one in enumerate(ids)}


def _mark(coalition: Coalition, marks: dict[str, str]) -> str:
    single = len(coalition.partners) == 1
    return marks.get(coalition.partners[0], "p5") if single else "joined"


def _sensors_of(result: RunResult, coalition: Coalition | None) -> tuple[SensorUsed, ...]:
    """Give the sensors that feed a coalition, for its map."""
    if coalition is None:
        return result.sensors
    return tuple(
        sensor
        for sensor in result.sensors
        if sensor.partner in coalition.partners
        and coalition.kinds in ("all", sensor.kind)
        and coalition.without not in (sensor.id, sensor.partner)
    )


def _never_seen(result: RunResult, layer: MapLayer) -> tuple[bool, ...]:
    """Give, for a gain, which points the joined coalition does not see at all."""
    for figure in ("share_seen", "warning_min"):
        for other in result.compared.map.layers:
            if (other.coalition, other.figure) == (layer.coalition, figure):
                return tuple(value <= 0.0 for value in other.values)
    return ()


def _one_map(
    result: RunResult, layer: MapLayer, scale: Scale, view: View, labels: bool
) -> tuple[str, str]:
    by_id = {one.id: one for one in result.compared.coalitions}
    coalition = by_id.get(layer.coalition)
    caption = coalition.label if coalition else report_words.readable(layer.coalition)
    if layer.before is not None:
        before = by_id.get(layer.before)
        caption += f", against {before.label if before else layer.before}"
    gain = layer.figure == "gain_min"
    look = MapLook(
        view=view,
        scale=scale,
        sensors=_sensors_of(result, coalition),
        colour_of=tuple(partner_marks(result)),
        labels=labels,
        unseen=_never_seen(result, layer) if gain else (),
        standalone=False,
    )
    title = f"{MAP_HEADINGS.get(layer.figure, layer.figure)}: {caption}"
    return caption, map_svg(result.compared.map, layer, title, look)


def _shown_layers(result: RunResult, figure: str) -> tuple[MapLayer, ...]:
    """Give the layers of one figure to map: the key coalitions', or all where none of them is."""
    layers = [one for one in result.compared.map.layers if one.figure == figure and one.values]
    wanted: set[tuple[str | None, str]] = {(None, one.id) for one in headline(result)}
    if figure == "gain_min":
        wanted = {(gain.before, gain.after) for gain in _main_gains(result)}
    chosen = [one for one in layers if (one.before, one.coalition) in wanted]
    return tuple(chosen or layers)


def map_rows(result: RunResult) -> tuple[MapRow, ...]:
    """Give the maps, a row for each figure, every row on one scale."""
    view = view_for(result.compared.map, result.sensors)
    rows = []
    for figure, heading in MAP_HEADINGS.items():
        layers = _shown_layers(result, figure)
        if not layers:
            continue
        scale = scale_for(layers)
        labels = figure == "gain_min" and len(layers) <= LABELLED_MAPS
        maps = tuple(_one_map(result, layer, scale, view, labels) for layer in layers)
        legend = legend_svg(scale, figure.replace("_", "-"))
        rows.append(
            MapRow(figure=figure, heading=heading, unit=FIGURES[figure], legend=legend, maps=maps)
        )
    return tuple(rows)


def _share_bar(label: str, spread: Spread, mark: str) -> Bar:
    return Bar(label=label, spread=spread, written=report_words.share(spread), mark=mark)


def _minutes_bar(label: str, spread: Spread, mark: str) -> Bar:
    return Bar(label=label, spread=spread, written=report_words.minutes(spread), mark=mark)


def _two_charts(
    groups: Sequence[tuple[str, Sequence[tuple[str, Coalition, str]]]],
) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Give share seen and median warning of the same coalitions, as two charts."""
    shares = [
        (heading, [_share_bar(label, one.share_seen, mark) for label, one, mark in members])
        for heading, members in groups
    ]
    medians = [
        (
            heading,
            [
                _minutes_bar(label, one.warning_min.get("p50", NOTHING), mark)
                for label, one, mark in members
            ],
        )
        for heading, members in groups
    ]
    return bars(shares, "%"), bars(medians, " min")


def kinds_charts(result: RunResult) -> tuple[tuple[Row, ...], ...]:
    """Give radars alone, satellites alone and both, for each partner and joined, two charts."""
    marks, groups = partner_marks(result), []
    short = {"radar": "Radars only", "infrared": "Satellites only", "all": "Both"}
    for whole in headline(result):
        members = [
            (short[kind], one, _mark(one, marks))
            for kind in short
            for one in firsts(result.compared.coalitions)
            if (one.partners, one.level, one.without) == (whole.partners, whole.level, None)
            and one.kinds == kind
        ]
        if len(members) > 1:
            groups.append((whole.label, members))
    return _two_charts(groups) if groups else ()


def sharing_charts(result: RunResult) -> tuple[tuple[Row, ...], ...]:
    """Give each partner alone and the joined partners at each level of sharing, two charts."""
    marks = partner_marks(result)
    together = [one for one in plain_coalitions(result) if len(one.partners) > 1]
    if not together:
        return ()
    groups = [("Nothing shared", [(one.label, one, _mark(one, marks)) for one in alone(result)])]
    widest = max(len(one.partners) for one in together)
    for some in sorted({one.partners for one in together}, key=len, reverse=True):
        names = " and ".join(partner_names(result).get(partner, partner) for partner in some)
        levels = sorted((one for one in together if one.partners == some), key=lambda x: x.level)
        heading = "Joined" if len(some) == widest else names
        groups.append((heading, [(one.label, one, "joined") for one in levels]))
    return _two_charts(groups)


def without_charts(result: RunResult) -> tuple[tuple[Row, ...], ...]:
    """Give what is left when one sensor or partner is taken away, two charts."""
    names = {sensor.id: sensor.name for sensor in result.sensors} | partner_names(result)
    marks, groups = partner_marks(result), []
    for whole in reversed(headline(result)):
        missing = [
            (f"without {names.get(one.without, one.without)}", one, _mark(whole, marks))
            for one in firsts(result.compared.coalitions)
            if one.without is not None
            and (one.level, one.kinds) == (whole.level, "all")
            and {*one.partners, *({one.without} & {*whole.partners})} == {*whole.partners}
        ]
        missing.sort(key=lambda member: (member[1].share_seen.value or 0.0, member[0]))
        if missing:
            members = [("nothing missing", whole, _mark(whole, marks)), *missing]
            groups.append((whole.label, members))
    return _two_charts(groups) if groups else ()


def _main_gains(result: RunResult) -> tuple[Gain, ...]:
    """Give the gains of joining at the level shown first; every gain where there is none."""
    by_id = {one.id: one for one in result.compared.coalitions}
    together = joined(result)
    chosen = []
    for gain in result.compared.gains:
        before, after = by_id.get(gain.before), by_id.get(gain.after)
        if before is None or after is None or together is None:
            continue
        same = (after.partners, after.level) == (together.partners, together.level)
        if same and after.without is None and before.without is None:
            chosen.append(gain)
    return tuple(chosen) or result.compared.gains


def gain_heading(result: RunResult, gain: Gain) -> str:
    """Write what a gain compares: 'Russia alone -> joined, tracks shared'."""
    by_id = {one.id: one.label for one in result.compared.coalitions}
    before, after = by_id.get(gain.before, gain.before), by_id.get(gain.after, gain.after)
    return f"{before} \N{RIGHTWARDS ARROW} {after}"


def gains_shown(result: RunResult) -> tuple[GainShown, ...]:
    """Give the main gains with their shares as bars and their launch points as columns."""
    shown = []
    for gain in _main_gains(result):
        heading = gain_heading(result, gain)
        shares = [
            _share_bar("gain half a minute or more", gain.share_gaining, "joined"),
            _share_bar("newly seen", gain.share_newly_seen, "joined"),
            _share_bar("lose warning", gain.share_losing, "joined"),
        ]
        wanted = ("gain_min", gain.after, gain.before)
        found = [
            layer.values
            for layer in result.compared.map.layers
            if (layer.figure, layer.coalition, layer.before) == wanted and layer.values
        ]
        columns = histogram(found[0], heading) if found else ""
        rows = bars([("", shares)], "%")
        shown.append(GainShown(gain=gain, heading=heading, rows=rows, columns=columns))
    return tuple(shown)


def verdict_svg(verdict: str) -> str:
    """Give a mark whose shape, not colour, says the verdict: full, half or empty disc."""
    ring = element("circle", cx=12, cy=12, r=9.5, class_="ring")
    shapes = {
        "borne out": element("circle", cx=12, cy=12, r=9.5, class_="full")
        + element("path", d="M7.5 12.5l3 3 6-7", class_="stroke-in"),
        "partly borne out": ring + element("path", d="M12 2.5a9.5 9.5 0 0 0 0 19z", class_="full"),
        "not borne out": ring + element("path", d="M8 8l8 8M16 8l-8 8", class_="stroke"),
    }
    shape = shapes.get(verdict.strip().lower(), ring)
    return drawing(verdict, "", shape, class_="verdict-mark", width=24, height=24)


def _flights(result: RunResult) -> str:
    if not result.launches:
        return ""
    look = MapLook(
        view=view_for(result.compared.map, result.sensors),
        scale=scale_for([]),
        sensors=result.sensors,
        colour_of=tuple(partner_marks(result)),
        labels=True,
        standalone=False,
    )
    return flights_svg(result.launches, look)


def write_report(result: RunResult) -> str:
    """Give the whole report as one HTML page that fetches nothing and runs nothing.

    Args:
        result: What the run found.
    """
    names = partner_names(result)
    marks = partner_marks(result)
    sensor_names = {sensor.id: sensor.name for sensor in result.sensors}
    page = _templates().get_template("page.html")
    return page.render(
        result=result,
        styles=map_styles() + (_text("page.css") or "") + (_text("tracks.css") or ""),
        names=names,
        areas=report_words.listed(result.compared.areas),
        places=report_words.listed(result.compared.places),
        sensor_names=sensor_names,
        marks=marks,
        labels={one.id: one.label for one in result.compared.coalitions},
        headline=headline(result),
        mark_of={one.id: _mark(one, marks) for one in result.compared.coalitions},
        map_rows=map_rows(result),
        gains=gains_shown(result),
        gain_headings={gain.id: gain_heading(result, gain) for gain in result.compared.gains},
        kinds=kinds_charts(result),
        sharing=sharing_charts(result),
        without=without_charts(result),
        ledger=ledger_svg(result.compared.ledger) if result.compared.ledger else "",
        flights=_flights(result),
        timelines=[timeline(one, sensor_names | names, marks) for one in result.launches],
        tracks=tracks_shown(result, marks),
        track_heads=TABLE_HEADS,
        judged=result.judged,
        judged_heads=HEADS,
        judged_table=[cells(row, names) for row in result.judged.rows] if result.judged else [],
        judged_sentence=judged_sentence(result.judged, names) if result.judged else "",
        verdicts={one.verdict: verdict_svg(one.verdict) for one in result.claims},
        nothing=NOTHING,
    )
