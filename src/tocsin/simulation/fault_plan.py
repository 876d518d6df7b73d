"""What goes wrong in one small network, all of it drawn from one number before it starts."""

from dataclasses import dataclass, field, replace

import numpy as np

from tocsin.earth.time import SECOND_NS
from tocsin.messages.fields import DataClass
from tocsin.partners.in_process import CALM, Cut, Weather
from tocsin.partners.keys import KeyRing, revoked
from tocsin.partners.policy import Policy
from tocsin.simulation.network import key_of
from tocsin.simulation.small_world import BEGIN_S, NATIONS, small_world

STEP_S = 2.5
"""Between two ticks of the virtual clock."""
HEAL_S = 165.0
"""From then on nothing fails any more, in seconds after the first launch."""
SETTLE_S = 95.0
"""So much later everything must have been delivered: an envelope is repeated after 30 s at most, a
gap is asked for in the answer to that, and a clock may be off by `CLOCK_MOST_S`."""
CLOCK_MOST_S = 12.0
DRAWS = 2
"""Of the sensors' noise."""

CRASHES = ("append lost", "append stored", "logged", "acted", "decided")
"""Where a centre may crash: while it logs what arrived, before it acts on it, after it has acted
and while it logs its decisions, and before it sends."""
LIARS = ("ghost", "echo", "retract")
"""What a partner does that is no centre of ours: tells of what is not there, gives our own word
back, or tells and takes back."""
FORGERIES = (
    "wrong key",
    "unknown key",
    "revoked key",
    "revoked key, backdated",
    "unsigned",
    "changed",
    "replay",
    "other link",
    "noise",
    "answer",
)
"""What somebody without keys, who reads all traffic, puts on a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How far a centre's clock is off: at the start, and more by a share of what passes."""

    offset_s: float = 0.0
    drift: float = 0.0

    def read(self, tai_ns: int, begin_tai_ns: int) -> int:
        """Give what the clock says at an instant."""
        return tai_ns + round(self.offset_s * SECOND_NS + self.drift * (tai_ns - begin_tai_ns))


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """One crash of one centre: at its next turn from an instant on; it is down for a while."""

    centre: str
    tai_ns: int
    where: str
    down_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """Something that an attacker puts on a link."""

    tai_ns: int
    link: tuple[str, str]
    how: str
    chance: float
    """From 0 to 1: settles what is left open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that one run will meet."""

    seed: int
    nations: tuple[str, ...]
    liar: str = ""
    """The nation that is no centre of ours; empty: all are."""
    lie: str = ""
    flights: str = ""
    exercise: str = ""
    """Letters of launches that are played, and told as an exercise."""
    draw: int = 1
    policies: dict[tuple[str, str], tuple[Policy, ...]] = field(default_factory=dict)
    """From whom to whom."""
    weather: dict[tuple[str, str], Weather] = field(default_factory=dict)
    """Of links that are not calm."""
    cuts: tuple[Cut, ...] = ()
    clocks: dict[str, Clock] = field(default_factory=dict)
    crashes: tuple[Crash, ...] = ()
    forgeries: tuple[Forgery, ...] = ()
    revoked_sensor: tuple[str, int] | None = None
    """A sensor whose key is revoked, and when: it is believed in nothing any more."""

    @property
    def centres(self) -> tuple[str, ...]:
        """Give the nations that run a centre of ours."""
        return tuple(name for name in self.nations if name != self.liar)

    def links(self) -> tuple[tuple[str, str], ...]:
        """Give every way on which something is said, in order."""
        world = small_world()
        owned = [(each.site.id, each.owner) for each in world.sensors]
        mine = [link for link in owned if link[1] in self.centres]
        pairs = [(one, two) for one in self.nations for two in self.nations if one != two]
        both = [(two, one) for one, two in mine]
        return (*mine, *both, *pairs)

    def ring(self) -> KeyRing:
        """Give everybody's keys."""
        ring = small_world().ring
        if self.revoked_sensor is None:
            return ring
        sensor, at_tai_ns = self.revoked_sensor
        return revoked(ring, key_of(sensor).id, at_tai_ns)

    def data_class(self) -> DataClass:
        """Give the class of what the sensors say."""
        return "exercise" if self.exercise else "actual"


def plan_of(seed: int) -> Plan:
    """Draw a network and all that goes wrong in it from one number."""
    chance = np.random.default_rng((20_260_701, seed))
    nations = NATIONS if chance.random() < 0.4 else _two(chance)
    liar, lie = _liar(chance, nations)
    flights, exercise = _flights(chance, lie)
    plan = Plan(
        seed=seed,
        nations=nations,
        liar=liar,
        lie=lie,
        flights=flights,
        exercise=exercise,
        draw=1 + int(chance.integers(DRAWS)),
        policies={
            (one, two): _policies(chance, two)
            for one in nations
            for two in nations
            if one not in (two, liar)
        },
        clocks={name: _clock(chance) for name in nations if name != liar},
    )
    plan = replace(plan, weather=_weather(chance, plan), cuts=_cuts(chance, plan))
    return replace(
        plan,
        crashes=_crashes(chance, plan),
        forgeries=_forgeries(chance, plan),
        revoked_sensor=_revoked(chance, plan),
    )


def calm(plan: Plan) -> Plan:
    """Give a plan in which nothing fails and nobody lies."""
    return replace(
        plan, weather={}, cuts=(), clocks={}, crashes=(), forgeries=(), revoked_sensor=None
    )


def _two(chance: np.random.Generator) -> tuple[str, ...]:
    left_out = chance.integers(len(NATIONS))
    return tuple(name for place, name in enumerate(NATIONS) if place != left_out)


def _liar(chance: np.random.Generator, nations: tuple[str, ...]) -> tuple[str, str]:
    if chance.random() < 0.6:
        return "", ""
    return str(chance.choice(nations)), str(chance.choice(LIARS))


def _flights(chance: np.random.Generator, lie: str) -> tuple[str, str]:
    """Draw what flies and what is only played; a ghost is of a launch that does not fly."""
    ways = (("", ""), ("a", ""), ("b", ""), ("ab", ""), ("", "a"))
    shares = [0.55, 0.2, 0.1, 0.05, 0.1]
    flights, exercise = ways[chance.choice(len(ways), p=shares)]
    return ("" if lie == "ghost" and "a" in flights else flights), exercise


def _policies(chance: np.random.Generator, receiver: str) -> tuple[Policy, ...]:
    """Draw what one is told: at one level, or at another from some instant on, or no more."""
    world = small_world()
    level = int(chance.integers(5))
    first = Policy(receiver=receiver, level=level, sensors_named=bool(chance.random() < 0.5))
    if chance.random() < 0.6:
        return (first,)
    turn = world.at(float(chance.uniform(BEGIN_S + 10.0, HEAL_S)))
    if chance.random() < 0.4:
        return (replace(first, until_tai_ns=turn),)
    then = replace(first, level=int(chance.integers(5)), since_tai_ns=turn)
    return (first, then)


def _weather(chance: np.random.Generator, plan: Plan) -> dict[tuple[str, str], Weather]:
    """Draw how badly each link carries; most carry well."""
    share = float(chance.choice([0.0, 0.15, 0.5]))
    return {link: _bad(chance) for link in plan.links() if chance.random() < share}


def _bad(chance: np.random.Generator) -> Weather:
    late_s = float(chance.choice([0.05, 0.5, 3.0]))

    def sometimes(most: float) -> float:
        return float(chance.random() * most) if chance.random() < 0.5 else 0.0

    return replace(
        CALM,
        delay_s=late_s,
        jitter_s=sometimes(6.0),
        loss=sometimes(0.6),
        duplication=sometimes(0.6),
        reorder=sometimes(0.5),
        corruption=sometimes(0.4),
        truncation=sometimes(0.3),
    )


def _cuts(chance: np.random.Generator, plan: Plan) -> tuple[Cut, ...]:
    if chance.random() < 0.6:
        return ()
    found = []
    for _ in range(int(chance.integers(1, 3))):
        since_s = float(chance.uniform(BEGIN_S - 5.0, HEAL_S - 10.0))
        until_s = min(HEAL_S, since_s + float(chance.uniform(5.0, 70.0)))
        links = plan.links()
        sender, receiver = links[int(chance.integers(len(links)))]
        whole = chance.random() < 0.4
        found.append(
            Cut(
                since_tai_ns=small_world().at(since_s),
                until_tai_ns=small_world().at(until_s),
                sender=sender,
                receiver="" if whole else receiver,
            )
        )
    return tuple(found)


def _clock(chance: np.random.Generator) -> Clock:
    kind = chance.random()
    if kind < 0.6:
        return Clock()
    most_s = 1.5 if kind < 0.85 else CLOCK_MOST_S - 1.0
    return Clock(
        offset_s=float(chance.uniform(-most_s, most_s)), drift=float(chance.uniform(-2e-3, 2e-3))
    )


def _crashes(chance: np.random.Generator, plan: Plan) -> tuple[Crash, ...]:
    if chance.random() < 0.5:
        return ()
    return tuple(
        Crash(
            centre=str(chance.choice(plan.centres)),
            tai_ns=small_world().at(float(chance.uniform(BEGIN_S, HEAL_S - 25.0))),
            where=str(chance.choice(CRASHES)),
            down_s=float(chance.choice([0.0, 2.5, 20.0])),
        )
        for _ in range(int(chance.integers(1, 4)))
    )


def _forgeries(chance: np.random.Generator, plan: Plan) -> tuple[Forgery, ...]:
    if chance.random() < 0.4:
        return ()
    links = plan.links()
    found = [
        Forgery(
            tai_ns=small_world().at(float(chance.uniform(BEGIN_S + 2.0, HEAL_S))),
            link=links[int(chance.integers(len(links)))],
            how=str(chance.choice(FORGERIES)),
            chance=float(chance.random()),
        )
        for _ in range(int(chance.integers(3, 16)))
    ]
    return tuple(sorted(found, key=lambda each: each.tai_ns))


def _revoked(chance: np.random.Generator, plan: Plan) -> tuple[str, int] | None:
    if chance.random() < 0.85:
        return None
    mine = [each.site.id for each in small_world().sensors if each.owner in plan.centres]
    at_tai_ns = small_world().at(float(chance.uniform(BEGIN_S, HEAL_S)))
    return str(chance.choice(mine)), at_tai_ns
