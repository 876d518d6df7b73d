"""The decision-time ledger: where the minutes of a flight go, and how many are left to decide."""

from collections.abc import Mapping, Sequence

from tocsin.studies.figures import spread
from tocsin.studies.results import LedgerLine, Spread

ASSESSMENT_MIN = Spread(value=3.5, low=3.0, high=4.0)
"""Minutes from a report to a judgement that it is a launch.

Source: Union of Concerned Scientists, on the crew that judges a report valid or not, 3 to 4
minutes; 3 minutes in the Russian national centre (the duty shift's hour-glass).
"""

DECISION_MIN = Spread(value=8.0, low=2.0, high=10.0)
"""Minutes that published accounts give a leader to decide: 2 to 3 of 30 (NTI), 3 to 7 (Gates), 4
(Lewis, 2016), about 8 (Hoffman, of Russia), about 10 (Gronlund); see `SOURCES`."""

NEEDED_MIN = Spread(value=11.5, low=5.0, high=14.0)
"""Assessment and decision together: the sums of the two above."""

SOURCES = (
    (
        "Union of Concerned Scientists, Reducing the Risk of Nuclear War: the crew's judgement",
        "https://studylib.net/doc/18548051/reducing-the-risk-of-nuclear-war",
    ),
    (
        "topwar.ru, on the Russian warning system: three minutes in the national centre",
        "https://es.topwar.ru/180135-polveka-srpn-o-rabote-sisteme-preduprezhdenija-o-raketnom-"
        "napadenii.html",
    ),
    (
        "NTI, Lewis, Launch under attack: feasible?: the leader's decision",
        "https://www.nti.org/analysis/articles/launch-under-attack-feasible/",
    ),
    (
        "Unredacted, False warning of a nuclear missile attack (Gates): the leader's decision",
        "https://unredacted.com/2012/03/02/document-friday-false-warning-of-a-nuclear-missile-"
        "attack-on-the-united-states/",
    ),
    (
        "Lewis, 2016, a four-minute window for decision",
        "https://nuclear-news.net/2016/08/12/americas-nuclear-missile-system-gives-president-a-4-"
        "minute-window-for-decision/",
    ),
    (
        "Hoffman, Cold-War Doctrines Refuse to Die, Washington Post, 1998: Russia's decision",
        "https://www.washingtonpost.com/wp-srv/inatl/longterm/coldwar/shatter031598a.htm",
    ),
    (
        "New Hampshire Public Radio, Gronlund: close calls and the leader's decision",
        "http://nhpr.org/post/close-calls-hair-trigger-systems-faulty-missile-interceptors-"
        "nuclear-security-then-now",
    ),
)
"""Title and address of each account behind the minutes above."""


def make_ledger(
    left_min: Mapping[str, Sequence[float | None]], told_why: str
) -> tuple[LedgerLine, ...]:
    """Give the ledger's lines from the median minutes left at each step.

    Args:
        left_min: Median minutes to impact in each variant of the disputed values, nominal first,
            over the launches that somebody is warned of: flight (at lift-off), detected, confirmed
            and told.
        told_why: How those who share tell one another.

    What a step takes is the difference of two medians, so that the lines add up.
    """
    lines = [
        LedgerLine(
            step="lift-off",
            takes_s=Spread(value=0.0, low=0.0, high=0.0),
            left_min=spread(left_min["flight"]),
            why="Median time of flight of the launches that somebody is warned of.",
        )
    ]
    for step, before, title, why in (
        ("detected", "flight", "first detection", "Until the first look of any sensor hits."),
        (
            "confirmed",
            "detected",
            "confirmation",
            "Until enough looks hit to rule out a stray one.",
        ),
        ("told", "confirmed", "telling the partner", told_why),
    ):
        taken = [
            None if one is None or other is None else 60.0 * (one - other)
            for one, other in zip(left_min[before], left_min[step], strict=True)
        ]
        lines.append(
            LedgerLine(step=title, takes_s=spread(taken), left_min=spread(left_min[step]), why=why)
        )
    left = less(spread(left_min["told"]), ASSESSMENT_MIN)
    lines.append(
        LedgerLine(
            step="assessment",
            takes_s=_seconds(ASSESSMENT_MIN),
            left_min=left,
            why="Published: a crew judges a report in 3 to 4 minutes.",
        )
    )
    lines.append(
        LedgerLine(
            step="decision",
            takes_s=_seconds(DECISION_MIN),
            left_min=less(left, DECISION_MIN),
            why="Published accounts give a leader 2 to 10 minutes; 8 is the figure for Russia.",
        )
    )
    return tuple(lines)


def less(left_min: Spread, takes_min: Spread) -> Spread:
    """Give what is left after a step, never below zero; most left when it takes least."""
    return Spread(
        value=_less(left_min.value, takes_min.value),
        low=_less(left_min.low, takes_min.high),
        high=_less(left_min.high, takes_min.low),
    )


def _less(left: float | None, takes: float | None) -> float | None:
    return None if left is None or takes is None else max(0.0, left - takes)


def _seconds(minutes: Spread) -> Spread:
    assert minutes.value is not None
    assert minutes.low is not None
    assert minutes.high is not None
    return Spread(value=60.0 * minutes.value, low=60.0 * minutes.low, high=60.0 * minutes.high)
