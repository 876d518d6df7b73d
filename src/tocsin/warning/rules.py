"""The rules from reasons to a level, held as data: what each level needs, and what bars it.

A level holds if every line of `needs` has one of its codes among the reasons and none of `bars` is
there. Levels are tried from the lowest; each needs the one below it.
"""

from dataclasses import dataclass

from tocsin.warning.levels import CONFIRMED, POSSIBLE, REPORTED, THREAT


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What one level needs and what bars it, beside all that the level below does."""

    level: int
    needs: tuple[tuple[str, ...], ...]
    """Lines of codes; one of each line must be there."""
    bars: tuple[str, ...]


RULES = (
    Rule(level=REPORTED, needs=(), bars=()),
    Rule(
        level=POSSIBLE,
        needs=(("INFRARED", "RADAR", "PARTNER_EVENT", "SUMMARY"),),
        bars=(
            "CATALOGUE",
            "DECAY",
            "EXERCISE_DATA",
            "FROM_ORBIT",
            "MAY_BE_KNOWN",
            "UNSIGNED",
            "NO_SENSOR_SUPPORT",
            "NO_IDENTITIES",
            "LINK_CORRUPT",
            "LINKS_DISAGREE",
            "SENSOR_FAULT",
        ),
    ),
    Rule(
        level=CONFIRMED,
        needs=(("TWO_KINDS", "TWO_SENSORS", "PARTNER_CONFIRMS"),),
        bars=("JAMMED", "NEVER_ROSE", "NOISE_FREE", "NOT_SEEN_WHEN_DUE", "STILL"),
    ),
    Rule(
        level=THREAT,
        needs=(("MEETS_AREA",),),
        bars=("NOTICE_MATCH", "SHORT_ARC"),
    ),
)

SOURCES = ("INFRARED", "RADAR", "PARTNER_EVENT")
"""Codes of what evidence there is."""

LOWERS = (
    "GLINT",
    "JAMMED",
    "NEVER_ROSE",
    "NOISE_FREE",
    "NOT_SEEN_WHEN_DUE",
    "NO_FIT",
    "PROBATION",
    "SHORT_ARC",
    "STILL",
)
"""Each of these lowers confidence by one word."""

CODES = {
    "CATALOGUE": "it is a catalogued object",
    "COMMON_CAUSE": "what fell silent or what agrees shares one element",
    "DECAY": "it is an object that was expected to decay",
    "ECHO_DELAY": "its echo comes back after the radar's next pulse",
    "EXERCISE_DATA": "it is of an exercise or a test",
    "FROM_ORBIT": "it comes down as what falls out of orbit does",
    "GLINT": "the Sun is mirrored by clouds into that satellite's line of sight",
    "GOOD_FIT": "its plots fit one flight",
    "IMPACT_TIME_PASSED": "the time of impact has passed",
    "INFRARED": "a satellite sees it",
    "JAMMED": "only sensors that are being jammed see it",
    "LATE": "the warning comes after the predicted arrival",
    "LINKS_DISAGREE": "links that carry the same count differ",
    "LINK_CORRUPT": "a message was changed on its way",
    "LOSS_CONSISTENT": "sensors were lost while a launch is under way",
    "MAY_BE_KNOWN": "it fits a catalogued object, and has not been held against it for long",
    "MEETS_AREA": "its impact ellipse meets a defended area",
    "MOON": "it is the Moon",
    "NEVER_ROSE": "it was only seen to sink, and low",
    "NOISE_FREE": "its plots lack the noise that their sensor has",
    "NOTICE_MATCH": "it was announced",
    "NOT_SEEN_WHEN_DUE": "a healthy sensor should have seen it and did not",
    "NOT_THREAT": "it comes down clear of every defended area",
    "NOTICE_DIFFERS": "it is near what was announced and differs from it",
    "NO_FIT": "its plots fit no flight",
    "NO_IDENTITIES": "a count came without the tracks that it counts",
    "NO_SENSOR_SUPPORT": "no sensor's own report supports it",
    "OPERATOR": "a person said so",
    "PARTNER_ALONE": "one partner's sensors alone see it",
    "PARTNER_CONFIRMS": "a partner's own sensors confirm it",
    "PARTNER_EVENT": "a partner tells of it",
    "PROBATION": "a sensor on probation sees it",
    "RADAR": "a radar sees it",
    "RELEASE_REFUSED": "a release was refused",
    "SENSOR_FAULT": "a sensor or a link is at fault",
    "SHORT_ARC": "its impact is not known well enough to name a place",
    "SINGLE_PHENOMENOLOGY": "one kind of sensor alone sees it",
    "SITE_WORD": "the people at a sensor say what they think of it",
    "STALE_AREA": "the list of defended areas is out of date",
    "STILL": "it does not move as a rocket does",
    "SUMMARY": "a feed's count tells of it",
    "TWO_KINDS": "two kinds of sensor see it, independently",
    "TWO_SENSORS": "two independent sensors of one kind see it, and it fits a flight",
    "UNSIGNED": "it is not signed by who it says it is of",
}
"""What each reason means; the sentence of a reason has the figures."""
