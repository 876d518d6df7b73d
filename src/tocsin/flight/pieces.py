"""What a rocket leaves behind: each spent stage flies on by itself, down to the ground.

A stage parts from the rest when it has burnt out, and the last one from the payload when thrust
ends. It is pushed backwards a little; the rest goes on as if nothing had parted. From then on it
falls as a payload does (gravity with oblateness, drag), but it tumbles and is light for its size.
Stages above the one that thrust ends in were never lit and stay on it, as one body. Left out:
fairings, heating, breaking up, and what is vented or still burns.
"""

import math
from dataclasses import dataclass

import numpy as np

from tocsin.flight.air import flight_air
from tocsin.flight.block import (
    COAST_STEP_S,
    LANE,
    NODE,
    NODES_MAX,
    RISE_STEPS,
    burn_steps,
    fall_step,
    fly_block,
    read_state,
    write_node,
)
from tocsin.flight.trajectory import (
    SUMMARY,
    Flights,
    Launches,
    find_nodes,
    launch_rows,
    load_block,
    name_summaries,
    sample_lane,
    summarise,
    vehicle_table,
)
from tocsin.flight.vehicle import Stage, Vehicle
from tocsin.lanes import LANES, Floats, kernel

STAGE_PUSH_M_S = 3.0
"""Speed that a spent stage loses as it parts from the next one, along its Earth-fixed velocity.

Assumed: springs and small rockets give a few metres a second.
"""

LAST_PUSH_M_S = 1.5
"""The same, of the last stage as the payload leaves it. Assumed: springs give one or two."""

PACKING_KG_M3 = 1_000.0
"""Mass of propellant in each cubic metre of a stage's outside. Assumed: liquids have 1,000 to 1,200
in their tanks, which do not fill a stage; solids have 1,750, and a bore through them."""

FALL_STEPS_MAX = 1_000
"""Most steps of a fall: a light body sinks slowly and takes many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A tumbling cylinder."""

    mass_kg: float
    length_m: float
    diameter_m: float

    @property
    def mean_area_m2(self) -> float:
        """A quarter of its surface: the mean area that it shows from all sides, and more.

        It is the mean drag coefficient times area, for in Newtonian flow (pressure coefficient
        2 sin^2) the mean over all attitudes of a convex body's drag area is a quarter of its
        surface: each piece of surface gives 2 cos^3 of its angle to the flow, a quarter on average.
        Too much by a third or so for a long body below the speed of sound. And it is its mean radar
        cross-section where it is large beside the wave: geometric optics gives pi times the product
        of the radii of curvature, again a quarter of the surface on average. The flash from its
        side makes up much of that mean, so that most looks see less.

        Sources: Anderson, Hypersonic and High-Temperature Gas Dynamics, 2nd ed., 2006, section 3.2;
        Ruck et al., Radar Cross Section Handbook, 1970, section 2.2. The means are derived.
        """
        return math.pi * self.diameter_m * (self.length_m + 0.5 * self.diameter_m) / 4.0

    @property
    def ballistic_coefficient_kg_m2(self) -> float:
        """Mass over drag coefficient and area, mean over all attitudes."""
        return self.mass_kg / self.mean_area_m2


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stage that parted, and its way down."""

    stage: int
    """1 is the first to burn; where later ones stayed on it, the lowest of them."""
    release_s: float
    """After lift-off."""
    body: Body
    state: Floats
    """[m, 6]: Earth-fixed position (m) and velocity (m/s) every so often from its release on."""
    came_down: bool
    impact_s: float
    """After lift-off."""
    impact_m: Floats
    """[3]."""


def pieces(vehicle: Vehicle, launches: Launches, step_s: float) -> tuple[Piece, ...]:
    """Give the stages that one launch leaves behind, in the order in which they part.

    Args:
        vehicle: What is launched.
        launches: One.
        step_s: Time between the states of each piece.
    """
    assert launches.latitude_rad.size == 1
    cutoff_s = float(launches.cutoff_s[0])
    last = _last_lit(vehicle, cutoff_s)
    release, start = _burnouts(vehicle, launches, last + 1)
    bodies = [*(spent(vehicle, k) for k in range(last)), _rest(vehicle, last, cutoff_s)]
    push = np.full(last + 1, STAGE_PUSH_M_S)
    push[last] = LAST_PUSH_M_S
    start[:, 3:] *= 1.0 - (push / np.linalg.norm(start[:, 3:], axis=-1))[:, None]
    flights, states = fall(
        start, np.array([body.ballistic_coefficient_kg_m2 for body in bodies]), step_s
    )
    return tuple(
        Piece(
            stage=k + 1,
            release_s=float(release[k]),
            body=body,
            state=states[k],
            came_down=bool(flights.came_down[k]),
            impact_s=float(release[k] + flights.impact_s[k]),
            impact_m=flights.impact_m[k],
        )
        for k, body in enumerate(bodies)
    )


def fall(
    start: Floats, ballistic_kg_m2: Floats, step_s: float
) -> tuple[Flights, tuple[Floats, ...]]:
    """Let bodies fall freely, each with its own drag, until they are down.

    Args:
        start: [n, 6], Earth-fixed position (m) and velocity (m/s); at most `LANES` bodies.
        ballistic_kg_m2: [n], mass over drag coefficient and area; infinite leaves the air out.
        step_s: Time between states.

    Returns:
        What they came to, time counted from their start (there is no burnout: its place is their
        start), and the states [m, 6] of each while it is up. One that does not come down within
        `FALL_STEPS_MAX` steps has its code say so.
    """
    n = start.shape[0]
    assert 0 < n <= LANES
    row = np.minimum(np.arange(LANES), n - 1)  # lanes past the last repeat it
    nodes = np.zeros((FALL_STEPS_MAX + 1, NODE, LANES))
    nodes[0, 1:7] = start[row].T
    nodes[0, 7] = 1.0
    flat = nodes.reshape(-1)
    end = fall_block(flat, 1.0 / ballistic_kg_m2[row], flight_air())
    down, top = np.empty(LANES, np.int64), np.empty(LANES, np.int64)
    summary = np.empty(SUMMARY * LANES)
    find_nodes(flat, end, down, top)
    summarise(flat, 0, down, top, summary)
    flights = name_summaries(summary.reshape(SUMMARY, LANES).T[:n])
    states = []
    for i in range(n):
        mine = np.empty((int(flights.impact_s[i] / step_s) + 2, 6))
        states.append(mine[: sample_lane(flat, down[i], i, step_s, mine)])
    return flights, tuple(states)


@kernel()
def fall_block(nodes: Floats, inverse_ballistic: Floats, air: Floats) -> int:
    """Let the lanes of a block fall from its first node; give the index of its last node."""
    n = 0
    for _ in range(FALL_STEPS_MAX):
        pair = nodes[n * NODE * LANES : (n + 2) * NODE * LANES]
        flying = 0.0
        for i in range(LANES):
            s = read_state(pair, LANES, i)
            live = pair[7 * LANES + i]
            dt, s, still = fall_step(s, live, inverse_ballistic[i], COAST_STEP_S, air)
            write_node(pair, LANES, i, pair[i] + dt, s, still)
        for i in range(LANES):
            flying += pair[15 * LANES + i]
        n += 1
        if flying == 0.0:
            break
    return n


def spent(vehicle: Vehicle, stage: int) -> Body:
    """Give a stage (0 is the first) that has burnt out, as a cylinder."""
    one = vehicle.stages[stage]
    return Body(mass_kg=one.dry_kg, length_m=length_m(one), diameter_m=_diameter_m(one))


def length_m(stage: Stage) -> float:
    """Give about how long a stage is: what its propellant takes up, and half its width of engine.

    Right to a factor of about 1.5, as no class says how long it is: a third stage of 8.1 m (tested)
    comes out at 5.4 m.
    """
    across = _diameter_m(stage)
    return stage.propellant_kg / (PACKING_KG_M3 * stage.drag_area_m2) + 0.5 * across


def _diameter_m(stage: Stage) -> float:
    return math.sqrt(4.0 * stage.drag_area_m2 / math.pi)


def _last_lit(vehicle: Vehicle, cutoff_s: float) -> int:
    """Give the stage (0 is the first) in which thrust ends."""
    ends = np.cumsum([stage.burn_s for stage in vehicle.stages])
    return min(int(np.searchsorted(ends, cutoff_s, side="left")), ends.size - 1)


def _rest(vehicle: Vehicle, stage: int, cutoff_s: float) -> Body:
    """Give what the payload leaves: the stage that thrust ended in, and those above it, unlit."""
    one, above = vehicle.stages[stage], vehicle.stages[stage + 1 :]
    end_s = sum(each.burn_s for each in vehicle.stages[: stage + 1])
    unburnt = one.propellant_kg * max(end_s - cutoff_s, 0.0) / one.burn_s
    return Body(
        mass_kg=one.dry_kg + unburnt + sum(each.dry_kg + each.propellant_kg for each in above),
        length_m=length_m(one) + sum(length_m(each) for each in above),
        diameter_m=_diameter_m(one),
    )


def _burnouts(vehicle: Vehicle, launches: Launches, count: int) -> tuple[Floats, Floats]:
    """Give when the first so many stages stop burning [count], and the states there [count, 6]."""
    nodes = np.zeros((NODES_MAX, NODE, LANES))
    table = vehicle_table(vehicle)
    lane = np.empty(LANE * LANES)
    load_block(launch_rows(launches), 0, nodes.reshape(-1), lane)
    fly_block(nodes.reshape(-1), lane, table, flight_air(), COAST_STEP_S)
    steps = [burn_steps(stage.burn_s, k) for k, stage in enumerate(vehicle.stages[:count])]
    at = RISE_STEPS + np.cumsum(steps)
    return nodes[at, 0, 0], nodes[at, 1:7, 0]
