"""The cross-cutting checks, C1 to C20: what each looks for, drawn from the record of false alarms.

C1 to C6 look at messages and feeds, C7 to C15 and C20 at what sensors saw, C16 to C18 at what is
told to the public, C19 at the centre's own record. This file holds those that a judge makes of a
launch; `faults` those of feeds and links; `gate` and `ledger` those of alerts.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from tocsin.earth.time import SECOND_NS, utc_from_tai
from tocsin.warning.areas import stale
from tocsin.warning.events import Event, JudgeSettings, Reason
from tocsin.warning.evidence import Notice, PartnerEvent, Sighting, Silence, Source
from tocsin.warning.levels import CONFIRMED, DOWN, POSSIBLE
from tocsin.warning.notices import match

CHECKS = {
    "C1": "data class, end to end",
    "C2": "signature and sequence of every sender",
    "C3": "a summary can be computed again from the sensors' own reports",
    "C4": "a count names the tracks that it counts",
    "C5": "a checksum from origin to display; an idle message does not look like a warning",
    "C6": "the same value on all links of a feed",
    "C7": "common causes: what shares a link, power, version or kind is not independent",
    "C8": "a sensor's silence counts only where and when it would have seen",
    "C9": "Sun and Moon lower confidence, and never blank",
    "C10": "a plume moves as a rocket does",
    "C11": "an echo's true range: delay beyond the next pulse",
    "C12": "catalogued and decaying objects, with their covariance",
    "C13": "a notice matches in time and place and direction and energy",
    "C14": "an impact ellipse with its covariance before any place is named",
    "C15": "a watch on the time of impact",
    "C16": "release needs a judged threat or two persons",
    "C17": "a ledger of deliveries, and retraction to all who were told",
    "C18": "alerts expire, areas grow no faster than evidence, area lists are current",
    "C19": "everything is recorded and can be replayed byte for byte",
    "C20": "a new sensor is on probation",
}
ALL_CHECKS = frozenset(CHECKS)

STILL_AFTER_S = 60.0
STILL_M_S = 120.0
"""A plume that drifts slower than this, on average, is no rocket: the slowest of the generic
classes has covered 30 km along the ground a minute after it rose over the clouds, a high cloud
drifts at up to 80 m/s. Assumed between the two."""
GLINT_RAD = math.radians(20.0)
"""A line of sight nearer than this to the Sun's mirror image may show the Sun. Assumed: broken
clouds and waves spread it over some degrees. On 26 September 1983 no satellite of the orbits then
in use was nearer than 15 to that of level clouds over the place of the false launches."""
PLOTS_FOR_FIT = 5
RESIDUAL_MOST = 2.5
RESIDUAL_LEAST = 0.05
"""Twenty plots of a real sensor do not come out so near to their track by chance."""
PLOTS_FOR_NOISE = 20
SHORT_ARC_M = 400_000.0
"""With a longer half axis of the impact ellipse no place is named."""
IN_ORBIT = 0.95
UNSEEN_S = 60.0
TRUST_ALONE = 0.8
"""From this trust on, what only a partner's sensors see may be confirmed by them alone."""
MAY_BE_S = 120.0
"""So long after its first plot a track is claimed for a catalogued object, or is not: of 6,110 that
were claimed in simulations, half were within seven looks of being believed, 95 % within eleven."""
MISSED_BY_CHANCE = 0.01
"""A silence counts when so little chance is left that it is one."""
PASSED_S = 60.0
"""After the predicted impact, beside three standard deviations of it."""
SIGMAS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One event with everything that may speak for or against it."""

    event: Event
    seen: frozenset[str]
    """Sightings of it that are believed now; the others are remembered."""
    sources: dict[str, Source]
    silences: tuple[Silence, ...]
    partner_events: tuple[PartnerEvent, ...]
    notices: tuple[Notice, ...]
    settings: JudgeSettings
    now_tai_ns: int

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        """Give the last of all its sightings."""
        return self.event.sightings

    def sensors(self, kind: str = "") -> list[Source]:
        """Give the sensors that see it, of one kind or all, in order of their ids."""
        ids = sorted({sensor for each in self.sightings for sensor in each.sensors})
        found = [self.sources[sensor] for sensor in ids if sensor in self.sources]
        return [source for source in found if kind in ("", source.kind)]


def independent(case: Case, kind: str = "") -> list[Source]:
    """Give as many of the sensors that see it as share nothing with one another.

    A jammed sensor counts only beside one that is not. With C7 off, all count; with C20 off, those
    on probation too.
    """
    checks = case.settings.checks
    jammed = all(source.jammed for source in case.sensors())
    chosen: list[Source] = []
    for source in case.sensors(kind):
        if (source.jammed and jammed) or (source.probation and "C20" in checks):
            continue
        if "C7" in checks and any(set(source.groups) & set(each.groups) for each in chosen):
            continue
        chosen.append(source)
    return chosen


def _names(sources: list[Source]) -> str:
    return " and ".join(source.id for source in sources[:3]) + (
        f" and {len(sources) - 3} more" if len(sources) > 3 else ""
    )


def evidence(case: Case) -> list[Reason]:
    """Say what sees it."""
    found = []
    for kind, code in (("infrared", "INFRARED"), ("radar", "RADAR")):
        if sensors := case.sensors(kind):
            found.append(Reason(code=code, check="", sentence=f"{kind} {_names(sensors)} sees it"))
    for told in case.partner_events:
        if not told.withdrawn and told.level >= POSSIBLE:
            words = f"{told.origin} tells of it, from its own sensors, at level A{told.level}"
            found.append(Reason(code="PARTNER_EVENT", check="", sentence=words))
            break
    if len({reason.code for reason in found}) == 1:
        one = found[0].sentence
        found.append(
            Reason(
                code="SINGLE_PHENOMENOLOGY", check="C7", sentence=f"only {one}; nothing else does"
            )
        )
    return found


def fit(case: Case) -> list[Reason]:
    """Say whether its plots fit one flight."""
    best = max(case.sightings, key=lambda each: each.plots, default=None)
    if best is None or best.plots < PLOTS_FOR_FIT:
        return []
    if best.residual > RESIDUAL_MOST:
        words = (
            f"its plots are {best.residual:.1f} times as far off one flight as their errors allow"
        )
        return [Reason(code="NO_FIT", check="C7", sentence=words)]
    age_s = max(STILL_AFTER_S, (best.last_tai_ns - best.first_tai_ns) / SECOND_NS)
    moves = bool(case.sensors("radar")) or best.drift_m > STILL_M_S * age_s
    if moves and (best.burning or best.comes_down >= 0.5):
        words = f"{best.plots} plots fit one flight"
        return [Reason(code="GOOD_FIT", check="C7", sentence=words)]
    return []


def noise(case: Case) -> list[Reason]:
    """Notice plots without the noise of their sensor: made by a program, whatever they say (C1)."""
    for each in case.sightings:
        if each.residual < RESIDUAL_LEAST and each.plots >= PLOTS_FOR_NOISE:
            words = f"{each.plots} plots with less than their sensor's noise: made, not measured"
            return [Reason(code="NOISE_FREE", check="C1", sentence=words)]
    return []


def independence(case: Case) -> list[Reason]:
    """Say which independent sources confirm it (C7), and which do not count (C7, C20)."""
    found = []
    chosen = independent(case)
    kinds = {source.kind: source for source in reversed(chosen)}
    fits = any(reason.code == "GOOD_FIT" for reason in fit(case))
    word_alone = _word_alone(case, chosen)
    if word_alone:
        return [word_alone, *_partner_confirms(case, chosen), *_weak(case, kinds)]
    if len(kinds) > 1:
        words = f"{_names(list(kinds.values()))} see it, two kinds of sensor that share nothing"
        found.append(Reason(code="TWO_KINDS", check="C7", sentence=words))
    for kind in ("infrared", "radar"):
        same = independent(case, kind)
        if len(same) > 1 and fits:
            words = f"{_names(same)} see it, share nothing, and it fits one flight"
            found.append(Reason(code="TWO_SENSORS", check="C7", sentence=words))
            break
    return [*found, *_partner_confirms(case, chosen), *_weak(case, kinds)]


def _word_alone(case: Case, chosen: list[Source]) -> Reason | None:
    """Say that one partner's sensors alone see it: its word is no confirmation by itself."""
    owners = {source.owner for source in chosen}
    if len(owners) != 1 or owners == {case.settings.own}:
        return None
    owner = owners.pop()
    weight = case.settings.trusted(owner)
    if weight >= TRUST_ALONE:
        return None
    words = f"only {owner}'s sensors see it; trust {weight:.1f} confirms nothing by itself"
    return Reason(code="PARTNER_ALONE", check="C7", sentence=words)


def _weak(case: Case, kinds: dict[str, Source]) -> list[Reason]:
    """Say which of the sensors that see it do not count, and why."""
    found = []
    shared = _shared(case)
    if shared and len(kinds) < 2:
        words = f"{_names(case.sensors())} share {shared}: they count as one"
        found.append(Reason(code="COMMON_CAUSE", check="C7", sentence=words))
    new = [source for source in case.sensors() if source.probation]
    if new and "C20" in case.settings.checks:
        words = f"{_names(new)} is on probation and does not confirm anything"
        found.append(Reason(code="PROBATION", check="C20", sentence=words))
    jammed = [source for source in case.sensors() if source.jammed]
    if jammed and len(jammed) == len(case.sensors()):
        words = f"only {_names(jammed)} sees it, and says that it is being jammed"
        found.append(Reason(code="JAMMED", check="C7", sentence=words))
    return found


def _partner_confirms(case: Case, chosen: list[Source]) -> list[Reason]:
    """Let a trusted partner's own sensors confirm what ours see."""
    for told in case.partner_events:
        weight = case.settings.trusted(told.origin)
        if told.withdrawn or told.level < POSSIBLE or weight < 0.5:
            continue
        owners = {source.owner for source in chosen}
        if owners - {told.origin}:
            words = f"{told.origin}'s own sensors see it too (trust {weight:.1f})"
            return [Reason(code="PARTNER_CONFIRMS", check="C7", sentence=words)]
    return []


def _shared(case: Case) -> str:
    """Give what two of its sensors share, if they do."""
    groups = [group for source in case.sensors() for group in source.groups]
    return next((group for group in groups if groups.count(group) > 1), "")


def silence(case: Case) -> list[Reason]:
    """Count silence only of healthy sensors that should have seen it by now (C8).

    While two independent sensors hold it, the silence of a third says nothing against it.
    """
    unseen_s = (case.now_tai_ns - case.event.seen_tai_ns) / SECOND_NS
    if len(independent(case)) > 1 and unseen_s < UNSEEN_S:
        return []
    found = []
    ids = {each.id for each in case.sightings}
    for each in case.silences:
        if each.sighting in ids and each.chance <= MISSED_BY_CHANCE:
            words = (
                f"{each.sensor} was healthy, should have seen it in {each.looks} looks and did not"
            )
            found.append(Reason(code="NOT_SEEN_WHEN_DUE", check="C8", sentence=words))
    return found[:3]


def sun(case: Case) -> list[Reason]:
    """Lower confidence where the Sun may be mirrored into a satellite's line of sight (C9)."""
    off = [each.sun_off_rad for each in case.sightings if each.sun_off_rad is not None]
    if not off or min(off) > GLINT_RAD or case.sensors("radar"):
        return []
    words = f"the Sun's mirror image is {math.degrees(min(off)):.0f} deg from the line of sight"
    return [Reason(code="GLINT", check="C9", sentence=words)]


def still(case: Case) -> list[Reason]:
    """Hold a plume's way over the ground against the slowest rocket's (C10)."""
    if case.sensors("radar"):
        return []
    for each in case.sightings:
        age_s = (each.last_tai_ns - each.first_tai_ns) / SECOND_NS
        if age_s >= STILL_AFTER_S and each.drift_m < STILL_M_S * age_s:
            words = f"it moved {each.drift_m / 1e3:.0f} km in {age_s:.0f} s; a rocket moves on"
            return [Reason(code="STILL", check="C10", sentence=words)]
    return []


def known_object(case: Case) -> list[Reason]:
    """Name the catalogued or decaying object that it is, if every part of it is one (C12)."""
    sightings = case.sightings
    if sightings and all(each.catalogued for each in sightings):
        words = f"it keeps fitting {sightings[0].catalogued} of the catalogue in place and velocity"
        return [Reason(code="CATALOGUE", check="C12", sentence=words)]
    if sightings and all(each.decaying or each.catalogued for each in sightings):
        named = next(each.decaying for each in sightings if each.decaying)
        words = f"it fits the orbital plane and the time of {named}, which was expected to decay"
        return [Reason(code="DECAY", check="C12", sentence=words)]
    return []


def waiting(case: Case) -> list[Reason]:
    """Hold back what radars alone see while it may be a catalogued object (C12).

    Only until a claim is due; what a satellite sees, or what burns, does not wait.
    """
    own = [each for each in case.sightings if not each.parent]
    radars_alone = len(case.sensors("radar")) == len(case.sensors())
    if not radars_alone or not any(each.may_be for each in own):
        return []
    for each in own:
        age_s = (each.last_tai_ns - each.first_tai_ns) / SECOND_NS
        if not (each.may_be or each.catalogued or each.decaying) or each.burning:
            return []
        if each.may_be and age_s > MAY_BE_S:
            return []
    words = "it fits an object of the catalogue so far, and only radars see it"
    return [Reason(code="MAY_BE_KNOWN", check="C12", sentence=words)]


def sinking(case: Case) -> list[Reason]:
    """Notice what was only seen to sink, and low: a meteor, or a fall out of orbit (C12).

    A missile that is first seen on its way down is higher; one that was ever seen to climb is no
    such body. One that is as fast as what is in orbit, too, is no possible launch either: missiles
    that stay so low are slower. A warhead that was in orbit is told from a decaying body by its
    launch alone.
    """
    own = [each for each in case.sightings if not each.parent]
    if not own or any(each.rises is not False for each in own):
        return []
    if any(each.orbital for each in own):
        words = "it sinks, low and as fast as what is in orbit, and was never seen to rise"
        return [Reason(code="FROM_ORBIT", check="C12", sentence=words)]
    words = "it was only seen to sink, and low: no launch of it was seen"
    return [Reason(code="NEVER_ROSE", check="C12", sentence=words)]


def announced(case: Case) -> list[Reason]:
    """Name the notice that it matches in time, place, direction, energy and number (C13)."""
    found = []
    for notice in case.notices:
        fits = match(case.event, notice)
        if fits is not None and fits.clears:
            words = f"matches notice {notice.id}: {', '.join(fits.fits)}"
            found.append(Reason(code="NOTICE_MATCH", check="C13", sentence=words))
        elif fits is not None and fits.differs:
            words = f"notice {notice.id} does not clear it: {', '.join(fits.differs)} differs"
            found.append(Reason(code="NOTICE_DIFFERS", check="C13", sentence=words))
    clear = [reason for reason in found if reason.code == "NOTICE_MATCH"]
    return clear[:1] or found[:1]


def where(case: Case) -> list[Reason]:
    """Say which defended area it threatens, or that it threatens none, with an ellipse (C14)."""
    event = case.event
    risen = [each for each in case.sightings if not each.parent]
    placed = case.sensors("radar") or len(case.sensors()) > 1  # one plume's orbit is a guess
    if placed and risen and all(each.in_orbit >= IN_ORBIT for each in risen):
        return [Reason(code="NOT_THREAT", check="C14", sentence="it is in orbit and stays up")]
    if event.impact is None:
        return []
    long_m = event.impact.long_m()
    if event.areas:
        named = ", ".join(f"{area} ({chance:.0%})" for area, chance in event.areas[:3])
        if long_m > SHORT_ARC_M:
            words = (
                f"its 95 % ellipse is {long_m / 1e3:,.0f} km long to each side: no place is named"
            )
            return [Reason(code="SHORT_ARC", check="C14", sentence=words)]
        words = f"its 95 % impact ellipse of {long_m / 1e3:,.0f} km meets {named}"
        return [Reason(code="MEETS_AREA", check="C14", sentence=words)]
    words = f"it comes down clear of every defended area, to {long_m / 1e3:,.0f} km (95 %)"
    return [Reason(code="NOT_THREAT", check="C14", sentence=words)]


def current(case: Case) -> list[Reason]:
    """Say that the list of areas is out of date; it threatens all the same (C18)."""
    held = case.settings
    old = stale(held.areas, held.geometry_tai_ns, case.now_tai_ns)
    if not old or not case.event.areas:
        return []
    return [Reason(code="STALE_AREA", check="C18", sentence=f"no area is named: {old}")]


def passed(case: Case) -> list[Reason]:
    """Notice that the time of impact has passed (C15)."""
    event = case.event
    if event.impact_tai_ns is None:
        return []
    slack_s = PASSED_S + SIGMAS * event.impact_sigma_s
    if case.now_tai_ns - event.impact_tai_ns <= slack_s * SECOND_NS:
        return []
    at = utc_from_tai(event.impact_tai_ns)[11:19]
    then = "as foretold" if event.level_max >= CONFIRMED else "and nothing was seen of it"
    words = f"impact time {at} UTC passed {then}"
    return [Reason(code="IMPACT_TIME_PASSED", check="C15", sentence=words)]


def losses(case: Case) -> list[Reason]:
    """Notice sensors that were lost after the launch and before its impact (C7, C8)."""
    lost = [
        source
        for source in case.sources.values()
        if source.health == DOWN and source.since_tai_ns >= case.event.first_tai_ns
    ]
    if not lost or not case.sightings:
        return []
    lost.sort(key=lambda source: source.id)
    words = f"{_names(lost)} lost since it was seen: consistent with attack"
    return [Reason(code="LOSS_CONSISTENT", check="C8", sentence=words)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """A check of a launch: the number it goes by, and what finds its reasons."""

    check: str
    """Empty for what is always said."""
    find: Callable[[Case], list[Reason]]


FINDERS = (
    Finder(check="", find=evidence),
    Finder(check="", find=independence),
    Finder(check="", find=fit),
    Finder(check="C1", find=noise),
    Finder(check="C8", find=silence),
    Finder(check="C8", find=losses),
    Finder(check="C9", find=sun),
    Finder(check="C10", find=still),
    Finder(check="C12", find=known_object),
    Finder(check="C12", find=waiting),
    Finder(check="C12", find=sinking),
    Finder(check="C13", find=announced),
    Finder(check="C14", find=where),
    Finder(check="C15", find=passed),
    Finder(check="C18", find=current),
)
"""In the order in which their reasons are told."""


def reasons_of(case: Case) -> tuple[Reason, ...]:
    """Make all checks of a launch that are switched on."""
    made = [
        finder for finder in FINDERS if not finder.check or finder.check in case.settings.checks
    ]
    return tuple(reason for finder in made for reason in finder.find(case))
