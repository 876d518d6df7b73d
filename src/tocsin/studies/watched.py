"""What would be tracked: a scenario's plots, and a tracker for each partner and for all joined."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa

from tocsin.catalog.load import Catalog
from tocsin.earth.time import SECOND_NS
from tocsin.errors import ScenarioError, TocsinError
from tocsin.formats.track_table import SENSORS_MAX, flat, table_from_tracks
from tocsin.formats.truth_table import Truth
from tocsin.lanes import Integers
from tocsin.sensors.measurement import Plots, Site, assumed_bias_sigma, site_of
from tocsin.sensors.scan import Scan
from tocsin.simulation.roster import Roster
from tocsin.simulation.scenario import LEVELS, Scenario
from tocsin.simulation.world import joined_plots, looking, scans_of
from tocsin.studies.coalitions import Asked, Group, counts_all, groups
from tocsin.studies.follow import Advance, follow, landings
from tocsin.studies.prepare import delays
from tocsin.studies.results import LaunchResult
from tocsin.studies.track_scores import CUTOFF_M
from tocsin.studies.watch_ascents import launch_told, origins
from tocsin.studies.watch_results import Tracking, Watcher
from tocsin.studies.watch_scores import (
    NOTHING,
    Flown,
    Kept,
    Moment,
    false_tracks,
    followed,
    matched,
    moments,
)
from tocsin.studies.watch_words import tracking_sentence
from tocsin.studies.work import Report

POOLED = 4
"""The level at which partners share plots."""
EVERY_S = 10.0
"""Time between two instants at which tracks are kept and held against the truth."""
ROWS_MAX = 200_000
"""Most true states to compare with; where there would be more the instants lie farther apart."""
PLOTS_MAX = 300_000
"""Most plots that a run tracks, over all watchers; `tocsin track` has no such limit."""


Seen = tuple[list[Scan], Truth]
"""What every sensor saw, and where everything was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What was tracked, and each watcher's tracks as tables of one schema."""

    tracking: Tracking
    tables: tuple[pa.Table, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One watcher before it has tracked anything."""

    group: Group
    sensors: int
    """That look."""
    plots: Plots
    sites: tuple[Site, ...]
    """Of the sensors that report."""
    delay_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the trackers are held against; they never see it."""

    flown: tuple[Flown, ...]
    truth: Truth
    instants: Integers
    moments: tuple[Moment, ...]
    """The truth at each of the instants."""


def watch_launches(
    scenario: Scenario,
    members: Roster,
    catalog: Catalog,
    launches: Sequence[LaunchResult],
    report: Report,
    seen: Seen | None = None,
) -> Watched:
    """Let every sensor look at a scenario's launches, and every watcher track what its own report.

    Args:
        scenario: With or without launches.
        members: Its sensors.
        catalog: Where the vehicles are.
        launches: How each plan flew, in the scenario's order.
        report: Told how many plots are done, over all watchers.
        seen: What the sensors saw, and the truth, if that is known already.
    """
    if not launches:
        return _untracked("The scenario names no launch.")
    try:
        scans, truth = seen or scans_of(scenario, members, catalog, scenario.seed)
        plots = joined_plots(scans, scenario.data_class)
        every = sides(scenario, members, plots)
    except TocsinError as error:
        return _untracked(f"There are no plots to track: {error}.")
    every_s, world = _world(scenario, launches, truth)
    total = sum(side.plots.count for side in every)
    done = 0

    def advance(just_done: int) -> None:
        nonlocal done
        done += just_done
        report(done, total)

    found = [_watch(side, world, advance) for side in every]
    watchers = tuple(watcher for watcher, _ in found)
    return Watched(
        tracking=Tracking(
            watchers=watchers,
            every_s=every_s,
            near_km=CUTOFF_M / 1e3,
            sentence=tracking_sentence(watchers, scenario.seed),
        ),
        tables=tuple(table for _, table in found),
    )


def _untracked(why: str) -> Watched:
    return Watched(
        tracking=Tracking(
            watchers=(), every_s=EVERY_S, near_km=CUTOFF_M / 1e3, sentence="", why_not=why
        )
    )


def sides(scenario: Scenario, members: Roster, plots: Plots) -> tuple[Side, ...]:
    """Give each partner with its own plots, then each set of partners with theirs pooled.

    Raises:
        ScenarioError: More plots, or more sensors at once, than a run tracks.
    """
    found = tuple(_side(scenario, members, group, plots) for group in watching(scenario))
    total = sum(side.plots.count for side in found)
    if total > PLOTS_MAX:
        raise ScenarioError(
            f"{total:,} plots are more than a run tracks ({PLOTS_MAX:,}); write them with --plots"
            " and follow them with `tocsin track`"
        )
    for side in found:
        if len(side.sites) > SENSORS_MAX:
            raise ScenarioError(
                f"{side.group.label}: {len(side.sites)} sensors report; the most that one tracker"
                f" tells apart is {SENSORS_MAX}"
            )
    return found


def watching(scenario: Scenario) -> tuple[Group, ...]:
    """Give the watchers of a scenario: each partner alone and, where plots are shared, joined."""
    study = scenario.study
    asked = Asked(
        names={partner.id: partner.name for partner in scenario.partners},
        levels=tuple(LEVELS) if study is None else tuple(sorted(study.levels)),
        without={},
        sets=() if study is None else study.coalitions,
    )
    return tuple(
        group
        for group in groups(asked)
        if group.kinds == "all"
        and group.without is None
        and counts_all(group.id)
        and (len(group.partners) == 1 or group.level == POOLED)
    )


def _side(scenario: Scenario, members: Roster, group: Group, plots: Plots) -> Side:
    """Give a watcher with the plots of its partners' sensors, numbered along its own sites."""
    ids = {
        each.id
        for each in members.members
        if each.partner in group.partners and each.nominal is not None
    }
    place = np.array([number for number, name in enumerate(plots.sensors) if name in ids], np.int64)
    rows = np.flatnonzero(np.isin(plots.sensor, place))
    present = np.unique(plots.sensor[rows])
    own = plots.take(rows)
    columns = {field.name: getattr(own, field.name) for field in fields(Plots)}
    columns["sensors"] = tuple(plots.sensors[k] for k in present)
    columns["sensor"] = np.searchsorted(present, own.sensor)
    by_id = {sensor.id: sensor for sensor in looking(members, scenario.start_tai_ns)}
    return Side(
        group=group,
        sensors=len(ids),
        plots=Plots(**columns),
        sites=tuple(
            site_of(by_id[name], assumed_bias_sigma(by_id[name])) for name in columns["sensors"]
        ),
        delay_s=delays(scenario)[POOLED] if len(group.partners) > 1 else 0.0,
    )


def _world(
    scenario: Scenario, launches: Sequence[LaunchResult], truth: Truth
) -> tuple[float, World]:
    """Give what tracks are held against, at even instants while anything is up."""
    flown = tuple(
        Flown(
            name=name,
            place=truth.objects.index(name),
            flight=flight,
            lift_off_tai_ns=scenario.start_tai_ns + round(plan.at_s * SECOND_NS),
            launch_deg=launches[flight].track_deg[0],
            impact_s=launches[flight].impact_s,
            impact_deg=launches[flight].track_deg[-1],
        )
        for flight, plan in enumerate(scenario.launches)
        for name in _names(plan.name, plan.count)
    )
    up_s = sum(one.impact_s for one in flown)
    every_s = EVERY_S * max(1, int(np.ceil(up_s / EVERY_S / ROWS_MAX)))
    parts = [
        one.lift_off_tai_ns
        + np.arange(int(one.impact_s / every_s) + 1, dtype=np.int64) * round(every_s * SECOND_NS)
        for one in flown
    ]
    instants = np.unique(np.concatenate(parts))
    return every_s, World(
        flown=flown, truth=truth, instants=instants, moments=moments(truth, flown, instants)
    )


def _names(name: str, count: int) -> list[str]:
    """Give the names of a plan's objects as the truth has them."""
    return [name] if count == 1 else [f"{name} ({n} of {count})" for n in range(1, count + 1)]


def _watch(side: Side, world: World, advance: Advance) -> tuple[Watcher, pa.Table]:
    """Track one watcher's plots, then hold its tracks against the truth."""
    following = follow(side.plots, side.sites, world.instants, advance)
    looks = np.unique(following.newly.time_tai_ns)
    kept = Kept(
        following=following,
        landings=landings(following),
        at=matched(following.tracks, world.moments),
        newly=matched(following.newly, moments(world.truth, world.flown, looks)),
        delay_s=side.delay_s,
    )
    found = origins(kept, side.sites)
    watcher = Watcher(
        id=side.group.id,
        label=side.group.label,
        partners=side.group.partners,
        sensors=side.sensors,
        plots=side.plots.count,
        delay_s=side.delay_s,
        false_tracks=false_tracks(kept),
        launches=tuple(
            replace(
                followed(kept, flown, world.instants),
                launch_point=launch_told(kept, found, flown),
            )
            for flown in world.flown
        ),
    )
    return watcher, _table(side, kept, world)


def _table(side: Side, kept: Kept, world: World) -> pa.Table:
    """Give a watcher's tracks at each instant as a table, with the object that each is near."""
    tracks = kept.following.tracks
    names = tuple(site.id for site in side.sites)
    table = flat(table_from_tracks(tracks, names, side.plots.data_class))
    near = [None if k == NOTHING else world.truth.objects[k] for k in kept.at.object]
    table = table.add_column(0, "object", pa.array(near, pa.string()))
    return table.add_column(0, "watcher", pa.array([side.group.id] * tracks.count, pa.string()))
