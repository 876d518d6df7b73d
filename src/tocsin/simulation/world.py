"""The world that sensors look at: every launch flown, every sensor's plots, and the truth apart.

Each sensor looks on its own, at its revisit, from its own stream of chance: another sensor, or
another seed for it, changes nothing of what this one reports. Faults are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, cast

import numpy as np

from tocsin.catalog.load import Catalog
from tocsin.earth.time import SECOND_NS
from tocsin.errors import ScenarioError
from tocsin.flight.crossings import hermite, hermite_rate
from tocsin.flight.pieces import Piece, pieces
from tocsin.flight.trajectory import fly_dense
from tocsin.flight.vehicle import Vehicle
from tocsin.formats.truth_table import Truth
from tocsin.lanes import Floats, Integers
from tocsin.sensors.measurement import Plots
from tocsin.sensors.radar import Radar
from tocsin.sensors.satellites import in_run
from tocsin.sensors.scan import (
    InfraredNoise,
    Instrument,
    RadarNoise,
    Scan,
    Targets,
    draw_bias,
    scan,
)
from tocsin.simulation.aiming import aim_plan
from tocsin.simulation.background import Passing, background_targets, passing_over, stream
from tocsin.simulation.roster import Roster, Sensor
from tocsin.simulation.scenario import LaunchPlan, Scenario

PATH_STEP_S = 1.0
"""Time between the instants that flights are kept at; a cubic runs between (within 1 m)."""

TRUTH_STEP = 5
"""Truth is told at every so manieth of those instants: every 5 s."""

ROCKETS_MAX = 2_000
LOOKS_MAX = 1_000_000
"""Most looks of one sensor in a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One flight: where it is every `PATH_STEP_S` from its start while it is up.

    A rocket up to its cutoff and its payload from then on are one; each stage left behind is its
    own, from where it parted.
    """

    names: tuple[str, ...]
    """Of the bodies that fly it, side by side."""
    parents: tuple[str, ...]
    """The payload that each was launched with; none for a payload itself."""
    start_tai_ns: int
    state: Floats
    """[m, 6]: position and velocity, Earth-fixed."""
    rcs_m2: float
    stage_ends_s: Floats
    plumes_w_sr: Floats
    """Of each stage, and 0 after the last."""
    cutoff_s: float
    """After its start, as are the ends of stages; below 0 where nothing burns."""

    @property
    def end_tai_ns(self) -> int:
        """The last instant at which it is known to be up."""
        steps = int(self.state.shape[0]) - 1
        return self.start_tai_ns + round(steps * PATH_STEP_S * SECOND_NS)


def plots_of(
    scenario: Scenario, members: Roster, catalog: Catalog, seed: int
) -> tuple[Plots, Truth]:
    """Give the plots of all sensors of a scenario, and the truth; see `scans_of`."""
    scans, truth = scans_of(scenario, members, catalog, seed)
    return joined_plots(scans, scenario.data_class), truth


def scans_of(
    scenario: Scenario, members: Roster, catalog: Catalog, seed: int
) -> tuple[list[Scan], Truth]:
    """Fly a scenario's launches and give what each of its sensors reports of them, and the truth.

    Args:
        scenario: Launches, start, background.
        members: The sensors; those that do not count nominally do not look.
        catalog: Where the vehicles are.
        seed: Of all chance.

    Raises:
        ScenarioError: Nothing flies, nothing looks, or more than is worked out.
        FlightError: A vehicle cannot fly what is asked of it.
    """
    sensors = looking(members, scenario.start_tai_ns)
    if not scenario.launches or not sensors:
        missing = "launch" if not scenario.launches else "sensor that counts"
        raise ScenarioError(
            f"scenario {scenario.name!r}: there is no {missing}, so there are no plots; add one"
        )
    paths = _paths(scenario, catalog)
    passing = passing_over(scenario.background, scenario.start_tai_ns, seed)
    scans = [_scan(scenario, sensor, paths, passing, seed) for sensor in sensors]
    return scans, _truth(paths)


def looking(members: Roster, run_tai_ns: int | None = None) -> tuple[Sensor, ...]:
    """Give the sensors that look, each once, in the order that `Plots.sensors` has them.

    Args:
        members: Of the scenario.
        run_tai_ns: Start of the run; old orbits are then moved to it, the same at every look.
    """
    found = {each.id: each.nominal for each in members.members if each.nominal is not None}
    if run_tai_ns is None:
        return tuple(found.values())
    return tuple(
        each if isinstance(each, Radar) else replace(each, orbit=in_run(each.orbit, run_tai_ns))
        for each in found.values()
    )


def first_look_tai_ns(sensor: Sensor, start_tai_ns: int, seed: int) -> int:
    """Give a sensor's first look in a run; every `revisit_s` after it there is another."""
    phase = float(stream(seed, sensor.id, "first look").random())
    return start_tai_ns + round(phase * sensor.revisit_s * SECOND_NS)


def _paths(scenario: Scenario, catalog: Catalog) -> list[Path]:
    """Fly every plan once, and the stages it leaves; rockets that share it fly the same way."""
    rockets = sum(plan.count for plan in scenario.launches)
    if rockets > ROCKETS_MAX:
        raise ScenarioError(
            f"scenario {scenario.name!r}: its launches add up to {rockets} rockets; plots are made "
            f"of at most {ROCKETS_MAX}: lower some count"
        )
    return [
        path
        for plan in scenario.launches
        for path in flown(
            scenario.start_tai_ns, plan, catalog.vehicle_of(catalog.vehicles[plan.vehicle])
        )
    ]


def flown(start_tai_ns: int, plan: LaunchPlan, vehicle: Vehicle) -> list[Path]:
    """Give a plan's flight, then the stages that it leaves, in the order in which they part.

    Args:
        start_tai_ns: That the plan counts its seconds from.
        plan: With its place.
        vehicle: The plan's.
    """
    launches = aim_plan(plan, vehicle)[0].launches
    dense = fly_dense(vehicle, launches, PATH_STEP_S)
    state = np.concatenate([dense.position_ecef_m[0], dense.velocity_ecef_m_s[0]], axis=-1)
    names = _names(plan)
    whole = Path(
        names=names,
        parents=("",) * len(names),
        start_tai_ns=start_tai_ns + round(plan.at_s * SECOND_NS),
        state=state[np.isfinite(state[:, 0])],
        rcs_m2=vehicle.rcs_m2,
        stage_ends_s=np.cumsum([stage.burn_s for stage in vehicle.stages]),
        plumes_w_sr=np.array([*(stage.plume_w_sr for stage in vehicle.stages), 0.0]),
        cutoff_s=float(dense.flights.burnout_s[0]),
    )
    return [whole, *(_left(whole, piece) for piece in pieces(vehicle, launches, PATH_STEP_S))]


def _left(whole: Path, piece: Piece) -> Path:
    """Give the path of a stage that was left behind, once for each rocket that flew the same."""
    return Path(
        names=tuple(f"{name} stage {piece.stage}" for name in whole.names),
        parents=whole.names,
        start_tai_ns=whole.start_tai_ns + round(piece.release_s * SECOND_NS),
        state=piece.state,
        rcs_m2=piece.body.mean_area_m2,
        stage_ends_s=np.empty(0),
        plumes_w_sr=np.zeros(1),
        cutoff_s=-1.0,
    )


def _scan(
    scenario: Scenario,
    sensor: Sensor,
    paths: Sequence[Path],
    passing: Passing | None,
    seed: int,
) -> Scan:
    """Let one sensor look over the whole run."""
    chance = stream(seed, sensor.id, "plots")
    false_plots = scenario.background.clutter
    noise = (
        RadarNoise(false_plots=false_plots)
        if isinstance(sensor, Radar)
        else InfraredNoise(false_plots=false_plots)
    )
    first_ns = first_look_tai_ns(sensor, scenario.start_tai_ns, seed)
    times = _look_times(sensor, first_ns, max(path.end_tai_ns for path in paths))
    instrument = Instrument(sensor=sensor, noise=noise, bias=draw_bias(noise, chance))
    others = background_targets(scenario.background, sensor, times, seed, passing)
    return scan(instrument, times, (targets_of(paths, times), *others), chance, scenario.data_class)


def _look_times(sensor: Sensor, first_ns: int, last_ns: int) -> Integers:
    """Give the instants at which a sensor looks."""
    revisit_ns = sensor.revisit_s * SECOND_NS
    looks = int((last_ns - first_ns) / revisit_ns) + 1 if last_ns >= first_ns else 0
    if looks > LOOKS_MAX:
        raise ScenarioError(
            f"sensor {sensor.id!r} would look {looks:,} times; plots are made of at most "
            f"{LOOKS_MAX:,} looks: launch closer together in time, or let it look less often"
        )
    return first_ns + np.round(np.arange(looks) * revisit_ns).astype(np.int64)


def targets_of(paths: Sequence[Path], times_tai_ns: Integers) -> Targets:
    """Give every object that is up at each look."""
    parts = [_along(path, times_tai_ns) for path in paths]
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Targets)
    }
    return Targets(**columns)


def _along(path: Path, times_tai_ns: Integers) -> Targets:
    """Give the bodies on a path at the looks that find them up, once for each of them."""
    up = (times_tai_ns >= path.start_tai_ns) & (times_tai_ns <= path.end_tai_ns)
    look = np.repeat(np.flatnonzero(up), len(path.names))
    time_s = (times_tai_ns[look] - path.start_tai_ns) / SECOND_NS
    state = _between(path.state, time_s / PATH_STEP_S)
    stage = np.searchsorted(path.stage_ends_s, time_s, side="right")
    return Targets(
        look=look,
        position_ecef_m=state[:, :3],
        velocity_ecef_m_s=state[:, 3:],
        rcs_m2=np.full(look.size, path.rcs_m2),
        plume_w_sr=np.where(time_s <= path.cutoff_s, path.plumes_w_sr[stage], 0.0),
    )


def _between(state: Floats, steps: Floats) -> Floats:
    """Give states [n, 6] so many steps [n] after the first of those that are kept."""
    before = np.clip(steps.astype(np.int64), 0, max(state.shape[0] - 2, 0))
    after = np.minimum(before + 1, state.shape[0] - 1)
    ends = (state[before, :3], state[before, 3:], state[after, :3], state[after, 3:])
    way = (PATH_STEP_S, (steps - before)[:, None])
    place, rate = cast("Any", hermite)(*ends, *way), cast("Any", hermite_rate)(*ends, *way)
    return np.concatenate([place, rate], axis=-1)


def joined_plots(scans: Sequence[Scan], data_class: str) -> Plots:
    """Give the plots of all sensors in order of time; numbers count along that order."""
    sensor = np.repeat(np.arange(len(scans)), [each.plots.count for each in scans])
    columns = {
        field.name: np.concatenate([getattr(each.plots, field.name) for each in scans])
        for field in fields(Plots)
        if field.name not in ("sensors", "sensor", "plot_id", "data_class")
    }
    order = np.lexsort((sensor, columns["time_tai_ns"]))
    return Plots(
        sensors=tuple(each.sensor for each in scans),
        sensor=sensor[order],
        plot_id=np.arange(order.size),
        data_class=data_class,
        **{name: column[order] for name, column in columns.items()},
    )


def _truth(paths: Sequence[Path]) -> Truth:
    """Give where every object was, object by object."""
    named = [
        (path, name, parent)
        for path in paths
        for name, parent in zip(path.names, path.parents, strict=True)
    ]
    kept = [path.state[::TRUTH_STEP] for path, _, _ in named]
    steps = [np.arange(each.shape[0]) * round(TRUTH_STEP * PATH_STEP_S) for each in kept]
    times = [
        path.start_tai_ns + step * SECOND_NS
        for (path, _, _), step in zip(named, steps, strict=True)
    ]
    return Truth(
        objects=tuple(name for _, name, _ in named),
        object=np.repeat(np.arange(len(named)), [each.shape[0] for each in kept]),
        time_tai_ns=np.concatenate(times),
        state=np.concatenate(kept),
        parents=tuple(parent for _, _, parent in named),
    )


def _names(plan: LaunchPlan) -> tuple[str, ...]:
    """Give the names of a plan's rockets: its own, numbered if they are several."""
    if plan.count == 1:
        return (plan.name,)
    return tuple(f"{plan.name} ({number} of {plan.count})" for number in range(1, plan.count + 1))
