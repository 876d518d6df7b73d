"""The founding claims, each answered in plain sentences with the figures that a study found.

A verdict follows from figures by fixed rules, the same for every scenario; each rule is written
beside its claim.
"""

from collections.abc import Sequence

from tocsin.studies.coalitions import alone_id, joined_id, telling
from tocsin.studies.figures import (
    GainFigures,
    Totals,
    coalition,
    gains,
    share_with_minutes,
)
from tocsin.studies.ledger import ASSESSMENT_MIN, DECISION_MIN, NEEDED_MIN, less
from tocsin.studies.prepare import Prepared
from tocsin.studies.results import Claim, Coalition, LaunchResult, Spread
from tocsin.studies.wording import area_phrase, listed, minutes, percent

BORNE_OUT, PARTLY, NOT = "borne out", "partly borne out", "not borne out"

NO_GAP = 0.01
"""A share of unseen launches up to this is no gap."""
CLOSED = 0.9
"""Share of a gap that must be closed for the claim to be borne out, 0.5 with the least capable
values; a tenth closes it partly."""
HALF = 0.5
MANY = 0.1
"""Share of launches that is more than a few."""


def claims(prepared: Prepared, totals: Totals) -> tuple[Claim, ...]:
    """Give every claim that a study can judge."""
    found = {
        (each.pair.before, each.pair.after, each.scope): each
        for each in gains(prepared.survey.layout, totals.counts)
    }
    judged = []
    if len(prepared.asked.names) > 1:
        judged += [
            _gap(prepared, totals, found, number)
            for number in range(len(prepared.survey.plan.areas))
        ]
    judged += [_sensor(prepared, totals, found, sensor) for sensor in _judged(prepared)]
    judged.append(_minutes(prepared, totals))
    if len(prepared.asked.names) > 1 and telling(prepared.asked):
        judged.append(_leaving(prepared, found))
    return tuple(judged)


def study_sentence(prepared: Prepared, totals: Totals) -> str:
    """Say in a sentence or two what each partner sees alone and what all see joined.

    Of the study's first area: the others have a claim each.
    """
    plan, asked = prepared.survey.plan, prepared.asked
    scope, name = plan.areas[0], area_phrase(plan.area_names[0])
    parts = [
        f"{partner} sees {_seen(figures(prepared, totals, alone_id(each), scope))}"
        for each, partner in asked.names.items()
    ]
    text = f"Alone, of launches from {name}, {listed(parts)}."
    if len(asked.names) < 2:
        return text
    top_id = joined_id(asked, asked.levels[-1])
    top = figures(prepared, totals, top_id, scope)
    text += f" {_sentence(top.label)[:-1]}, whoever is aimed at knows of {_seen(top)}"
    gain = {
        (each.pair.before, each.pair.after, each.scope): each
        for each in gains(prepared.survey.layout, totals.counts)
    }.get((joined_id(asked, 0), top_id, scope))
    if gain is not None and gain.figures["share_gaining"].high:
        text += (
            f"; {percent(gain.figures['share_gaining'])} of launches gain half a minute or more "
            f"over nothing shared, by a median of {minutes(gain.figures['p50'])}"
        )
    return f"{text}."


def launch_sentence(launches: Sequence[LaunchResult], partners: Sequence[str]) -> str:
    """Say in one sentence how many of a scenario's own launches each partner knows of by itself."""
    parts = []
    for partner in partners:
        alone = [k for x in launches for k in x.knowledge if (k.partner, k.level) == (partner, 0)]
        known = sum(k.known_s is not None for k in alone)
        parts.append(f"{partner} alone knows of {known} of {len(launches)} before impact")
    return f"Of the launches of this scenario, {listed(parts)}."


def figures(
    prepared: Prepared, totals: Totals, group_id: str, scope: str | None = None
) -> Coalition:
    """Give a group's figures, over all launches that it counts or in one scope."""
    layout = prepared.survey.layout
    number = layout.group(group_id)
    place = (
        layout.scopes_of(layout.groups[number])[0] if scope is None else layout.scopes.index(scope)
    )
    return coalition(layout, totals.counts, number, place)


def _seen(found: Coalition) -> str:
    return f"{percent(found.share_seen)}, median warning {minutes(found.warning_min['p50'])}"


Found = dict[tuple[str, str, str], GainFigures]


def _gap(prepared: Prepared, totals: Totals, found: Found, area: int) -> Claim:
    """Judge whether joining closes the gap of those aimed at from one area.

    The gap is what whoever is aimed at does not know of before impact when nothing is shared. Borne
    out: nine tenths of it closed, and half of it with the least capable values. Partly: a tenth of
    it closed, or the warning of a tenth of launches grows by half a minute.
    """
    plan, asked = prepared.survey.plan, prepared.asked
    scope, name = plan.areas[area], area_phrase(plan.area_names[area])
    where = "over" if scope in prepared.study.areas else "for launches from"
    apart_id, top_id = joined_id(asked, 0), joined_id(asked, asked.levels[-1])
    apart, top = (figures(prepared, totals, each, scope) for each in (apart_id, top_id))
    gap = 1.0 - (apart.share_seen.value or 0.0)
    closed = _closed(apart.share_seen.value, top.share_seen.value)
    gain = found.get((apart_id, top_id, scope))
    grown = 0.0 if gain is None else gain.figures["share_gaining"].value or 0.0
    closed_least = _closed(apart.share_seen.low, top.share_seen.low)
    if gap > NO_GAP and closed >= CLOSED and closed_least >= HALF:
        verdict = BORNE_OUT
    elif (gap > NO_GAP and closed >= MANY) or grown >= MANY:
        verdict = PARTLY
    else:
        verdict = NOT
    alone = [
        f"{partner} alone sees {percent(figures(prepared, totals, alone_id(p), scope).share_seen)}"
        for p, partner in asked.names.items()
    ]
    answer = (
        f"Of launches from {name}, {listed(alone)}. With nothing shared, whoever is aimed at knows "
        f"of {percent(apart.share_seen)}; {top.label}, of {percent(top.share_seen)}. "
        f"{_grown(gain)}"
    )
    answer += _by_radar(prepared, totals, scope)
    if gap <= NO_GAP:
        answer = f"{_only_minutes(grown)} {answer}"
    return Claim(
        question=f"Does joining close the gap {where} {name}?",
        verdict=verdict,
        answer=answer,
        coalitions=(*(alone_id(p) for p in asked.names), apart_id, top_id),
    )


def _only_minutes(grown: float) -> str:
    """Say what joining can still do where whoever is aimed at knows without it."""
    if grown >= MANY:
        return "In minutes, not in seeing: whoever is aimed at knows of nearly all without joining."
    return "There is no gap to close: whoever is aimed at knows of nearly all without joining."


def _by_radar(prepared: Prepared, totals: Totals, scope: str) -> str:
    """Say what is left of it if no satellite is to be trusted."""
    asked = prepared.asked
    if all(member.kind == "radar" for member in prepared.survey.columns.members):
        return ""
    found = {p: figures(prepared, totals, f"{alone_id(p)}-radar", scope) for p in asked.names}
    alone = [f"{asked.names[p]} alone {percent(each.share_seen)}" for p, each in found.items()]
    top = figures(prepared, totals, f"{joined_id(asked, asked.levels[-1])}-radar", scope)
    return (
        f" By radars only, without any satellite, {listed(alone)}; joined, "
        f"{percent(top.share_seen)}, median warning {minutes(top.warning_min['p50'])}."
    )


def _closed(before: float | None, after: float | None) -> float:
    """Give the share of a gap that is closed; 0 where there is none."""
    gap = 1.0 - (before or 0.0)
    return 0.0 if gap <= 0.0 else ((after or 0.0) - (before or 0.0)) / gap


def _grown(gain: GainFigures | None) -> str:
    """Say for how many launches the warning grows by joining, and by how much."""
    if gain is None or not gain.figures["share_gaining"].high:
        return "For no launch does the warning grow by half a minute."
    return (
        f"Warning grows by half a minute or more for {percent(gain.figures['share_gaining'])} of "
        f"them, by a median of {minutes(gain.figures['p50'])}."
    )


def _sensor(prepared: Prepared, totals: Totals, found: Found, sensor: str) -> Claim:
    """Judge whether a sensor adds warning to the partners joined, or to its owner alone.

    Borne out: the warning of a tenth of launches grows by half a minute when all are joined.
    Partly: of one in a hundred, or of a tenth for its owner alone, or with disputed values moved,
    or among sensors of its own kind.
    """
    asked = prepared.asked
    left = asked.without[sensor]
    owner, name = left.partner, left.name
    alone = found[f"{alone_id(owner)}-without-{sensor}", alone_id(owner), "all"]
    top_id = joined_id(asked, asked.levels[-1])
    joined = found.get((f"{top_id}-without-{sensor}", top_id, "all"))
    only = f"{top_id}-{left.kind}"
    by_kind = found.get((f"{only}-without-{sensor}", only, "all"))
    share = (joined or alone).figures["share_gaining"].value or 0.0
    least = max(_most(each) for each in (alone, joined, by_kind) if each is not None)
    verdict = NOT
    if share >= MANY:
        verdict = BORNE_OUT
    elif share >= NO_GAP or least >= MANY:
        verdict = PARTLY
    answer = f"For {asked.names[owner]} alone it {_adds(alone)}."
    if joined is not None:
        answer += f" With all joined it {_adds(joined)}."
        answer += _where(prepared, found, f"{top_id}-without-{sensor}", top_id)
        answer += _second(prepared, totals, f"{top_id}-without-{sensor}", top_id)
        if by_kind is not None:
            answer += f" With no sensor but of its kind ({left.kind}) it {_adds(by_kind)}."
    return Claim(
        question=f"What does {_called(prepared, sensor, name)} add?",
        verdict=verdict,
        answer=answer,
        coalitions=tuple(
            group
            for each in (alone, joined)
            if each is not None
            for group in (each.pair.before, each.pair.after)
        ),
    )


def _most(gain: GainFigures) -> float:
    """Give the most that the share of gaining launches can be over the disputed values."""
    return gain.figures["share_gaining"].high or 0.0


def _called(prepared: Prepared, sensor: str, name: str) -> str:
    """Give a sensor as a question names it."""
    for member in prepared.survey.columns.members:
        if member.id == sensor and member.delivered_by is not None:
            return f"the delivered {member.kind}"
    return name


def _adds(gain: GainFigures) -> str:
    share, new = gain.figures["share_gaining"], gain.figures["share_newly_seen"]
    if not share.high:
        return "adds half a minute of warning to no launch"
    if not share.value:
        return f"adds half a minute of warning to no launch ({_upto(share)} with disputed values)"
    return (
        f"adds half a minute of warning or more to {percent(share)} of launches, by a median of "
        f"{minutes(gain.figures['p50'])}, and {percent(new)} are seen only with it"
    )


def _upto(share: Spread) -> str:
    """Say how far the disputed values can raise a share that is nominally nothing."""
    return f"up to {100.0 * (share.high or 0.0):.0f} %"


def _judged(prepared: Prepared) -> tuple[str, ...]:
    """Give the sensors to judge: those delivered by another partner, or else all left out once."""
    delivered = {m.id for m in prepared.survey.columns.members if m.delivered_by is not None}
    without = tuple(prepared.asked.without)
    return tuple(sensor for sensor in without if sensor in delivered) or without


def _second(prepared: Prepared, totals: Totals, before: str, after: str) -> str:
    """Say what a sensor does to the share of launches that two sensors confirm."""
    less, more = (figures(prepared, totals, each) for each in (before, after))
    return (
        f" Two independent sensors confirm {percent(more.share_confirmed_by_two)} of launches with "
        f"it, {percent(less.share_confirmed_by_two)} without."
    )


def _where(prepared: Prepared, found: Found, before: str, after: str) -> str:
    """Say from which areas launches gain, if there are several areas."""
    plan = prepared.survey.plan
    if len(plan.areas) < 2:
        return ""
    parts = [
        f"{percent(found[before, after, area].figures['share_gaining'])} from {area_phrase(name)}"
        for area, name in zip(plan.areas, plan.area_names, strict=True)
    ]
    return f" Launches that gain, by area: {listed(parts)}."


def _minutes(prepared: Prepared, totals: Totals) -> Claim:
    """Judge whether there is time to decide: by published accounts that takes 5 to 14 min in all.

    Borne out: half of all launches leave so much; partly: a tenth.
    """
    layout, asked = prepared.survey.layout, prepared.asked
    top = layout.groups[layout.ledger_group]
    found = figures(prepared, totals, top.id)
    share = share_with_minutes(layout, totals.counts, layout.ledger_group, NEEDED_MIN)
    left = less(found.warning_min["p50"], ASSESSMENT_MIN)
    verdict = NOT
    if (share.value or 0.0) >= HALF:
        verdict = BORNE_OUT
    elif (share.value or 0.0) >= MANY:
        verdict = PARTLY
    answer = (
        f"{_sentence(top.label)[:-1]}, the median warning is "
        f"{minutes(found.warning_min['p50'])} over all launches, unseen ones as zero; "
        f"after an assessment of {minutes(ASSESSMENT_MIN)}, "
        f"{minutes(left)} is left to decide. Published accounts give the decision "
        f"{minutes(DECISION_MIN)}: {percent(share)} of launches leave enough for both."
    )
    if len(asked.names) > 1:
        alone = [
            f"{name} alone {percent(_enough(prepared, totals, alone_id(partner)))}"
            for partner, name in asked.names.items()
        ]
        answer += f" For comparison: {listed(alone)}."
    return Claim(
        question="Are there enough minutes to decide?",
        verdict=verdict,
        answer=answer,
        coalitions=(top.id, *(alone_id(p) for p in asked.names if alone_id(p) != top.id)),
    )


def _enough(prepared: Prepared, totals: Totals, group_id: str) -> Spread:
    layout = prepared.survey.layout
    return share_with_minutes(layout, totals.counts, layout.group(group_id), NEEDED_MIN)


def _leaving(prepared: Prepared, found: Found) -> Claim:
    """Judge whether the others lose warning when a partner leaves.

    Borne out: whoever leaves, the warning of a tenth of the launches counted shrinks by half a
    minute. Partly: it does so for some partner. With two partners the one that stays is alone, and
    launches at its own places are counted; with more, all launches.
    """
    asked = prepared.asked
    level = asked.levels[-1]
    lost = {}
    for partner in asked.names:
        rest = [other for other in asked.names if other != partner]
        if len(rest) == 1:
            pair = (alone_id(rest[0], True), joined_id(asked, level, rest[0]), f"own:{rest[0]}")
        else:
            top = joined_id(asked, level)
            pair = (f"{top}-without-{partner}", top, "all")
        lost[partner] = found[pair]
    shares = [gain.figures["share_gaining"].value or 0.0 for gain in lost.values()]
    verdict = PARTLY if max(shares) >= MANY else NOT
    if min(shares) >= MANY:
        verdict = BORNE_OUT
    parts = [_lost(prepared, partner, gain) for partner, gain in lost.items()]
    return Claim(
        question="What is lost when a partner leaves?",
        verdict=verdict,
        answer=" ".join(parts),
        coalitions=tuple(dict.fromkeys(g.pair.before for g in lost.values())),
    )


def _lost(prepared: Prepared, partner: str, gain: GainFigures) -> str:
    names = prepared.asked.names
    rest = [name for other, name in names.items() if other != partner]
    whose = f"launches at {rest[0]}'s places" if len(rest) == 1 else "launches"
    share, new = gain.figures["share_gaining"], gain.figures["share_newly_seen"]
    if gain.launches == 0:
        return f"If {names[partner]} leaves: no launch at {rest[0]}'s places was in the study."
    if not share.high:
        return f"If {names[partner]} leaves, no {whose[:6]} loses half a minute of warning."
    return (
        f"If {names[partner]} leaves, {percent(share)} of {whose} lose half a minute of warning or "
        f"more, by a median of {minutes(gain.figures['p50'])}, and {percent(new)} are not seen any "
        "more."
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
