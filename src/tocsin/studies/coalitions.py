"""Which sets of partners a study looks at, and which of them it compares launch by launch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

JOINED_WORDS = {
    0: "side by side, nothing shared",
    1: "joined, notices shared",
    2: "joined, events shared",
    3: "joined, tracks shared",
    4: "joined, plots shared",
}

FIRST_TELLING = 2
"""The lowest level at which a launch that nobody announced is told of: events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Partners that watch together, how much they share, and which launches are counted.

    Whoever defends the place a launch is aimed at is the one to be warned. Where that partner is
    not of the group, the first of the group to know counts.
    """

    id: str
    label: str
    partners: tuple[str, ...]
    level: int
    kinds: str = "all"
    """all, radar or infrared."""
    without: str | None = None
    """Sensor or partner left out."""
    own: str | None = None
    """Count only launches aimed at this partner's places; None counts all of the study."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two groups compared launch by launch; both count the same launches."""

    before: str
    after: str
    about: str
    """joining, sensor or partner: what the second has that the first has not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutOnce:
    """A sensor that a study leaves out to see what it adds."""

    partner: str
    kind: str
    """radar or infrared."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a study is to compare."""

    names: Mapping[str, str]
    """Partner ids with their names, in the scenario's order."""
    levels: tuple[int, ...]
    """Ascending."""
    without: Mapping[str, LeftOutOnce]
    """Sensors to leave out, one at a time, by id."""
    sets: tuple[tuple[str, ...], ...] = ()
    """Further sets of partners to join, beside each alone and all of them."""


def alone_id(partner: str, own: bool = False) -> str:
    """Give the id of one partner by itself; `own`: for the launches aimed at its own places."""
    return f"{partner}@{partner}" if own else partner


def joined_id(asked: Asked, level: int, own: str | None = None) -> str:
    """Give the id of all partners joined; `own`: for launches aimed at one partner's places."""
    return f"{'+'.join(asked.names)}-l{level}" + (f"@{own}" if own else "")


def counts_all(group_id: str) -> bool:
    """Tell whether a group counts all launches of a study, not only those at one's own places."""
    return "@" not in group_id


def groups(asked: Asked) -> tuple[Group, ...]:
    """Give every group to evaluate, in a fixed order, each id once."""
    every = tuple(asked.names)
    alone = [
        Group(id=alone_id(p), label=f"{name} alone", partners=(p,), level=0)
        for p, name in asked.names.items()
    ]
    levels = tuple(sorted({0, *asked.levels}))
    joined = [_joined(asked, level) for level in levels] if len(every) > 1 else []
    found = [*alone, *joined]
    found += [_joined(asked, level, some) for some in smaller(asked) for level in asked.levels]
    found += [_own(asked, group, group.partners[0]) for group in alone]
    found += [_own(asked, group, partner) for partner in every for group in joined]
    whole = [*alone, *joined[-1:]]
    found += [_kinds(group, kinds) for group in whole for kinds in ("radar", "infrared")]
    found += _without_sensor(asked, alone, joined)
    if len(every) > 2:
        found += [_without_partner(asked, joined[-1], partner) for partner in every]
    return tuple(found)


def telling(asked: Asked) -> tuple[int, ...]:
    """Give the levels at which a launch that nobody announced is told of."""
    return tuple(level for level in asked.levels if level >= FIRST_TELLING)


def pairs(asked: Asked) -> tuple[Pair, ...]:
    """Give the pairs of groups to compare, launch by launch.

    Joining is measured against side by side, where nothing is shared and whoever is aimed at is the
    same; and against each partner alone, over all launches and over those at its own places.
    """
    every = tuple(asked.names)
    found = []
    if len(every) > 1:
        for level in telling(asked):
            before: list[tuple[str, str | None]] = [(joined_id(asked, 0), None)]
            before += [(alone_id(partner), None) for partner in every]
            before += [(alone_id(partner, True), partner) for partner in every]
            found += [
                Pair(before=group, after=joined_id(asked, level, own), about="joining")
                for group, own in before
            ]
    for sensor, left in asked.without.items():
        whole = [alone_id(left.partner)]
        if len(every) > 1:
            whole.append(joined_id(asked, asked.levels[-1]))
        whole += [f"{group}-{left.kind}" for group in whole]
        found += [
            Pair(before=f"{after}-without-{sensor}", after=after, about="sensor") for after in whole
        ]
    if len(every) > 2:
        after = joined_id(asked, asked.levels[-1])
        found += [
            Pair(before=f"{after}-without-{partner}", after=after, about="partner")
            for partner in every
        ]
    return tuple(found)


def smaller(asked: Asked) -> tuple[tuple[str, ...], ...]:
    """Give the sets asked for that are neither one partner nor all of them, each once."""
    every = tuple(asked.names)
    sets = (tuple(sorted(some, key=every.index)) for some in asked.sets)
    return tuple(dict.fromkeys(some for some in sets if 1 < len(some) < len(every)))


def _joined(asked: Asked, level: int, some: tuple[str, ...] | None = None) -> Group:
    who = "" if some is None else " and ".join(asked.names[partner] for partner in some) + " "
    partners = tuple(asked.names) if some is None else some
    return Group(
        id=f"{'+'.join(partners)}-l{level}",
        label=f"{who}{JOINED_WORDS[level]}",
        partners=partners,
        level=level,
    )


def _own(asked: Asked, group: Group, partner: str) -> Group:
    single = len(group.partners) == 1
    return replace(
        group,
        id=alone_id(partner, True) if single else joined_id(asked, group.level, partner),
        label=f"{group.label}, launches at its own places"
        if single
        else f"{group.label}, launches at {asked.names[partner]}'s places",
        own=partner,
    )


def _kinds(group: Group, kinds: str) -> Group:
    return replace(
        group, id=f"{group.id}-{kinds}", label=f"{group.label}, {kinds} only", kinds=kinds
    )


def _without_sensor(asked: Asked, alone: list[Group], joined: list[Group]) -> list[Group]:
    """Give the owner alone and all joined without each sensor, all kinds and that kind only."""
    by_partner = {group.partners[0]: group for group in alone}
    found = []
    for sensor, left in asked.without.items():
        whole = [by_partner[left.partner], *joined[-1:]]
        whole += [_kinds(group, left.kind) for group in whole]
        found += [
            replace(
                group,
                id=f"{group.id}-without-{sensor}",
                label=f"{group.label}, without {left.name}",
                without=sensor,
            )
            for group in whole
        ]
    return found


def _without_partner(asked: Asked, group: Group, partner: str) -> Group:
    return replace(
        group,
        id=f"{group.id}-without-{partner}",
        label=f"{group.label}, {asked.names[partner]} gone",
        partners=tuple(p for p in group.partners if p != partner),
        without=partner,
    )
