"""What a result rests on that nobody published, in sentences."""

from tocsin.simulation.roster import Roster
from tocsin.simulation.scenario import LEVELS, Scenario
from tocsin.studies.ledger import ASSESSMENT_MIN, DECISION_MIN
from tocsin.studies.prepare import delays
from tocsin.studies.wording import listed, minutes


def assumptions(scenario: Scenario, members: Roster) -> tuple[str, ...]:
    """Give what was assumed in a run, one sentence each."""
    late = delays(scenario)
    told = "; ".join(f"{LEVELS[level]} {late[level]:g} s" for level in sorted(late) if level > 1)
    found = [
        "Vehicles are generic classes, aimed to within 200 m; nobody is said to launch them.",
        "A sensor sees a launch when its look, or its confirmation by several looks, is more "
        "likely than not; nothing is claimed beyond a published range.",
        "Low and high are the least and the most capable of the values published for every "
        "disputed sensor, all moved together; a sensor of disputed status is absent in the low.",
        f"What is shared arrives after a delay: {told}. Liveness and notices say nothing of a "
        "launch that nobody announced.",
        "Whoever defends the place aimed at is the one to be warned.",
        f"Assessment takes {minutes(ASSESSMENT_MIN)}, a decision {minutes(DECISION_MIN)}, as "
        "published accounts have it.",
    ]
    if scenario.study is not None and len(scenario.partners) > 1:
        found.append(
            "Joined means that every partner shares with every other at the same level, whatever "
            "they share today."
        )
    firm = [each for each in members.members if each.low == each.nominal == each.high]
    if firm:
        found.append(
            f"No published value of these sensors is disputed, so neither low nor high moves them, "
            f"though much of what is used for them is assumed: {listed([e.name for e in firm])}."
        )
    return (*found, *remarks(scenario))


def remarks(scenario: Scenario) -> tuple[str, ...]:
    """Give what a scenario asks for that these results do not take into account."""
    unused = [
        (bool(scenario.faults), "faults"),
        (bool(scenario.notices), "notices"),
        (bool(scenario.background.satellites), "background satellites"),
        (scenario.background.moon, "the Moon"),
        (scenario.background.glint, "sunlit clouds"),
        (scenario.background.clutter > 0.0, "clutter"),
        (any(share.coarsening_km > 0.0 for share in scenario.sharing), "coarsening"),
    ]
    return tuple(
        f"The scenario asks for {name}, which these figures do not take into account."
        for there, name in unused
        if there
    )
