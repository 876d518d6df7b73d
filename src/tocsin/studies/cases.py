"""Every different calculation that a study needs for each launch, and where its counts are kept.

A group under a variant of the disputed values is a case. Most variants change few sensors, so that
many groups come down to the same case: it is worked out and counted once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.studies.coalitions import FIRST_TELLING, Group, Pair
from tocsin.studies.columns import Columns
from tocsin.studies.tally import GAIN_ROW, WARNING_ROW

EVERYWHERE = "all"
"""The scope that counts every launch of a study."""

LEDGER_ROWS = ("flight", "detected", "confirmed", "told")
"""Warning rows of the decision-time ledger, over the launches of which the group is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Partners with the sensor columns that each has, sharing at one level."""

    partners: tuple[int, ...]
    """Numbers of partners, in the scenario's order."""
    columns: tuple[tuple[int, ...], ...]
    """Sensor columns of each of them."""
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The cases of a study and the place of each one's counts in one long array."""

    groups: tuple[Group, ...]
    pairs: tuple[Pair, ...]
    scopes: tuple[str, ...]
    """all, then area ids, then partner ids (launches at that partner's places)."""
    cases: tuple[Case, ...]
    case_of: tuple[tuple[int, ...], ...]
    """Case number, [group][variant]."""
    warning: dict[tuple[int, int], int]
    """First place of a warning row, by case and scope number."""
    two: dict[tuple[int, int], int]
    """The same for the second sensor's confirmation."""
    gain: dict[tuple[int, int, int], int]
    """First place of a gain row, by case before, case after and scope."""
    ledger: dict[int, int]
    """First place of the ledger's rows, by case."""
    ledger_group: int
    size: int

    def group(self, group_id: str) -> int:
        """Give the number of a group."""
        return next(n for n, group in enumerate(self.groups) if group.id == group_id)

    def scopes_of(self, group: Group) -> tuple[int, ...]:
        """Give the scopes in which a group's launches are counted."""
        if group.own is not None:
            return (self.scopes.index(own_scope(group.own)),)
        return tuple(n for n, s in enumerate(self.scopes) if not s.startswith("own:"))


def own_scope(partner: str) -> str:
    """Give the scope of the launches aimed at a partner's places."""
    return f"own:{partner}"


def lay_out(
    groups: Sequence[Group],
    pairs: Sequence[Pair],
    columns: Columns,
    areas: Sequence[str],
    ledger_group: str,
) -> Layout:
    """Find the different cases of a study and give each of its counts a place."""
    scopes = (EVERYWHERE, *areas, *(own_scope(p) for p in columns.partners))
    numbers: dict[Case, int] = {}
    case_of = tuple(
        tuple(
            numbers.setdefault(case_for(group, columns, variant), len(numbers))
            for variant in range(len(columns.variants))
        )
        for group in groups
    )
    bare = Layout(
        groups=tuple(groups),
        pairs=tuple(pairs),
        scopes=scopes,
        cases=tuple(numbers),
        case_of=case_of,
        warning={},
        two={},
        gain={},
        ledger={},
        ledger_group=next(n for n, group in enumerate(groups) if group.id == ledger_group),
        size=0,
    )
    return _with_places(bare)


def _with_places(bare: Layout) -> Layout:
    single = list(
        dict.fromkeys(
            (case, scope)
            for group, cases in zip(bare.groups, bare.case_of, strict=True)
            for case in cases
            for scope in bare.scopes_of(group)
        )
    )
    double = list(
        dict.fromkeys(
            (before, after, scope)
            for pair in bare.pairs
            for before, after in zip(
                bare.case_of[bare.group(pair.before)],
                bare.case_of[bare.group(pair.after)],
                strict=True,
            )
            for scope in bare.scopes_of(bare.groups[bare.group(pair.after)])
        )
    )
    ledger = list(dict.fromkeys(bare.case_of[bare.ledger_group]))
    warnings_end = len(single) * WARNING_ROW
    two_end = 2 * warnings_end
    gains_end = two_end + len(double) * GAIN_ROW
    rows = len(LEDGER_ROWS) * WARNING_ROW
    return Layout(
        groups=bare.groups,
        pairs=bare.pairs,
        scopes=bare.scopes,
        cases=bare.cases,
        case_of=bare.case_of,
        ledger_group=bare.ledger_group,
        warning={key: n * WARNING_ROW for n, key in enumerate(single)},
        two={key: warnings_end + n * WARNING_ROW for n, key in enumerate(single)},
        gain={key: two_end + n * GAIN_ROW for n, key in enumerate(double)},
        ledger={case: gains_end + n * rows for n, case in enumerate(ledger)},
        size=gains_end + len(ledger) * rows,
    )


def case_for(group: Group, columns: Columns, variant: int) -> Case:
    """Give the case that a group comes down to under one variant of the disputed values."""
    used = []
    for partner in group.partners:
        mine = (
            int(columns.column[variant, n])
            for n, member in enumerate(columns.members)
            if member.partner == partner
            and group.kinds in ("all", member.kind)
            and group.without != member.id
        )
        used.append(tuple(column for column in mine if column >= 0))
    return Case(
        partners=tuple(columns.partners.index(p) for p in group.partners),
        columns=tuple(used),
        level=group.level if len(used) > 1 and group.level >= FIRST_TELLING else 0,
    )
