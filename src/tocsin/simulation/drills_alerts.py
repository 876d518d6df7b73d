"""Drills of alerts that people or machines send without a threat, and of alerts that go missing.

On 13 January 2018 in Hawaii a drill without notice at a change of shift became a live alert at
08:07; the cancel of 08:12 stopped its repeats only; the correction went out at 08:45, for want of a
text and for thinking that leave was needed. On 11 October 2023 a report of 15 to 20 aircraft grew
over all of northern Israel for some 90 minutes; the army called it neither an attack on computers
nor a technical fault. On 19 June 2022 municipal sirens in Jerusalem and Eilat sounded for near an
hour without the military chain. In 2025 an application there warned wide areas that were not in
danger, while the sirens were right, and before a fatal hit no early message came.

Sources: Federal Communications Commission, Report and Recommendations, Hawaii false alert, April
2018; Associated Press, January 2018; Times of Israel, 11 October 2023; SecurityWeek, 20 June 2022;
Yemen News Now and Euroborsa, 2025.
"""

from dataclasses import replace
from functools import partial

from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.messages.envelope import Envelope, write_envelope
from tocsin.messages.fields import DataClass
from tocsin.messages.office import AcknowledgementReport, CommandReport
from tocsin.messages.report import write_report
from tocsin.node.civil import SIREN
from tocsin.node.settings import CHANNEL, NodeSettings, Speaker
from tocsin.simulation.centres import OFFICE_SUFFIX, SIREN_SUFFIX, ring_of
from tocsin.simulation.drills import FALSE_ALARM, TWIN, Case, Drill, Ran
from tocsin.simulation.drills_scenes import (
    Scene,
    after,
    alone,
    areas_of,
    over,
    placed,
    radar,
    rocket,
    said,
)
from tocsin.simulation.network import Utterance
from tocsin.simulation.scenario import LaunchPlan
from tocsin.warning.ledger import records

T0 = tai_from_utc("2018-01-13T18:07:00Z")
OWN = "hawaii"
OFFICE, SIRENS, APP = OWN + OFFICE_SUFFIX, OWN + SIREN_SUFFIX, "phone-app"
SOURCE = "Federal Communications Commission, April 2018"
PLACES = {
    "Honolulu": (21.31, -157.86),
    "Hilo": (19.72, -155.08),
    "Lihue": (21.98, -159.37),
    "Kahului": (20.89, -156.47),
    "Kailua Kona": (19.64, -156.00),
    "Lahaina": (20.87, -156.68),
    "Kaunakakai": (21.09, -157.02),
    "Lanai City": (20.83, -156.92),
}
MISSILE = LaunchPlan(
    name="missile",
    vehicle="slbm",
    from_latitude_deg=33.0,
    from_longitude_deg=-176.0,
    to_latitude_deg=PLACES["Honolulu"][0],
    to_longitude_deg=PLACES["Honolulu"][1],
)
QUIET_S = 240.0
THREAT_S = 330.0


def _scene(*, threat: bool) -> Scene:
    return Scene(
        begin_tai_ns=after(T0, -20.0),
        end_tai_ns=after(T0, THREAT_S if threat else QUIET_S),
        sensors=(
            placed(radar("radar-kauai", (22.1, -159.7), (180.0, 60.0)), OWN),
            placed(radar("radar-oahu", (21.5, -158.2), (180.0, 60.0)), OWN),
            placed(over("geo", -160.0), OWN),
        ),
        paths=rocket(T0, MISSILE) if threat else (),
    )


def _centre(scene: Scene) -> NodeSettings:
    """Give the centre; beside its own channels it feeds an application on telephones."""
    settings = alone(OWN, scene, areas_of("Hawaii", scene.begin_tai_ns, PLACES))
    app = replace(settings.channels[0], id=APP)
    names = (*(key.partner for key in settings.ring.keys), APP)
    return replace(
        settings,
        speakers=(*settings.speakers, Speaker(id=APP, role=CHANNEL)),
        channels=(*settings.channels, app),
        ring=ring_of(names, after(T0, -86_400.0)),
    )


def _order(
    at_s: float,
    what: str,
    *,
    second: str | None = None,
    template: DataClass = "actual",
    event: str | None = None,
    areas: tuple[str, ...] = (),
) -> Utterance:
    tai_ns = after(T0, at_s)
    return Utterance(
        tai_ns=tai_ns,
        speaker=OFFICE,
        centre=OWN,
        reports=(
            CommandReport(
                command=f"order-{at_s:g}",
                operator="first-officer",
                second=second,
                what=what,  # type: ignore[arg-type]
                template_class=template,
                event=event,
                areas=areas,
                time_tai_ns=tai_ns,
                data_class="actual",
            ),
        ),
    )


def _case(name: str, title: str, script: tuple[Utterance, ...], *, threat: bool) -> Case:
    scene = _scene(threat=threat)
    return Case(
        id=name,
        title=title,
        kind=TWIN if threat else FALSE_ALARM,
        source=SOURCE,
        centres=(_centre(scene),),
        script=(*said(scene), *script),
        begin_tai_ns=scene.begin_tai_ns,
        end_tai_ns=scene.end_tai_ns,
        event_tai_ns=T0,
        level_expected=4 if threat else 0,
        reasons=("MEETS_AREA", "TWO_KINDS") if threat else (),
        not_reasons=(),
        judged_within_s=300.0 if threat else QUIET_S,
        history_s=None,
        alerted=threat,
        launches_expected=1 if threat else 0,
        removed="radar-oahu",
    )


# ---- what came of it ----


def _answers(ran: Ran) -> list[tuple[bool, str]]:
    return [
        (bool(each["released"]), str(each["why"]))
        for _, _, each in ran.decisions
        if each["what"] == "order"
    ]


def _refused(ran: Ran, words: str = "mode is exercise") -> str:
    """Want every order refused, for a reason that is said."""
    answers = _answers(ran)
    if not answers or any(released for released, _ in answers):
        return f"orders were not refused: {answers}"
    return "" if any(words in why for _, why in answers) else f"not because {words}: {answers}"


def _taken_back(ran: Ran) -> str:
    """Want every channel that had the alert to have its retraction within 60 s of the cancel."""
    lines = records(ran.net.nodes[ran.at].ledger)
    first = [each for each in lines if each.alert.endswith(".1")]
    if {each.channel for each in first} < {SIRENS, APP}:
        return "the alert did not go to all channels"
    for each in first:
        if each.retracted_tai_ns is None or each.retraction_acknowledged_tai_ns is None:
            return f"{each.channel} had the alert and did not confirm its retraction"
        if each.retraction_acknowledged_tai_ns - after(T0, CANCEL_S) > 60 * SECOND_NS:
            return f"{each.channel} had its retraction late"
    return ""


def _alarms(ran: Ran) -> list[tuple[str, str]]:
    return [
        (str(each["code"]), str(each["why"]))
        for _, _, each in ran.decisions
        if each["what"] == "alarm"
    ]


def _alarmed(ran: Ran, code: str, channel: str) -> str:
    """Want an alarm of a kind about a channel."""
    if any(found == code and channel in why for found, why in _alarms(ran)):
        return ""
    return f"no alarm {code} of {channel}"


def _no_alarm(ran: Ran) -> str:
    """Want no alarm at all."""
    return f"alarms {_alarms(ran)}" if _alarms(ran) else ""


# ---- 13 January 2018 ----

CANCEL_S = 120.0


def drill_sent_live() -> Case:
    """Give the case: one click on a live text, by one person, with the console in a drill."""
    script = (
        _order(-10.0, "mode", template="exercise"),
        _order(0.0, "alert", areas=("honolulu", "hilo")),
        _order(CANCEL_S, "cancel", event="order-0"),
    )
    case = _case("R8a", "Live text sent in a drill, by one person", script, threat=False)
    return replace(case, also=(partial(_refused, words="mode is exercise"),), history_s=2_280.0)


def forced_and_taken_back() -> Case:
    """Give it forced by two persons: it goes out, and a cancel reaches all who were told."""
    script = (
        _order(-10.0, "mode", template="exercise"),
        _order(0.0, "alert", second="second-officer", areas=("honolulu", "hilo")),
        _order(CANCEL_S, "cancel", event="order-0"),
    )
    case = _case("R8b", "Live text forced by two, then taken back", script, threat=False)
    return replace(case, alerted=True, also=(_taken_back,), history_s=2_280.0)


def threat_in_a_drill() -> Case:
    """Give the twin: a real threat while the console is in a drill; nothing holds it back."""
    script = (_order(-10.0, "mode", template="exercise"),)
    case = _case("R8", "A real threat during a drill", script, threat=True)
    return replace(case, also=(_no_alarm,))


# ---- 11 October 2023 ----


def areas_that_grow() -> Case:
    """Give two persons' orders on one unverified report, for ever more areas within a minute."""
    names = tuple(each.lower().replace(" ", "-") for each in PLACES)
    script = tuple(
        _order(20.0 * k, "alert", second="second-officer", areas=names[: 2 + 3 * k])
        for k in range(3)
    )
    case = _case("R10e", "One report grows over all areas", script, threat=False)
    return replace(
        case, alerted=True, also=(_few_areas,), source="Times of Israel, 11 October 2023"
    )


def _few_areas(ran: Ran) -> str:
    """Want fewer areas told to take shelter within the minute than were ordered, and an end."""
    told = {
        area
        for _, _, each in ran.decisions
        if each["what"] == "alert" and each["kind"] == "alert"
        for area in each["areas"]
    }
    if not 2 <= len(told) <= 6:
        return f"{len(told)} of {len(PLACES)} areas told to take shelter on one report"
    ends = [each.alert.expires_tai_ns for each in ran.net.nodes[ran.at].ledger.deliveries]
    return "" if all(ends) else "an alert has no end"


def many_areas_at_once() -> Case:
    """Give the twin: two kinds of sensor see it, and no area waits."""
    return replace(_case("R10e", "A verified threat names all", (), threat=True), also=(_no_alarm,))


# ---- 19 June 2022 and 2025 ----


def _sounds(channel: str, at_s: float) -> Utterance:
    tai_ns = after(T0, at_s)
    return Utterance(
        tai_ns=tai_ns,
        speaker=channel,
        centre=OWN,
        reports=(
            AcknowledgementReport(
                subject_kind="alert", subject=SIREN, by=channel, time_tai_ns=tai_ns
            ),
        ),
    )


def _forged(at_s: float) -> Utterance:
    """Give an order that nobody signed, as if from the office."""
    order = _order(at_s, "alert", second="second-officer", areas=("honolulu",))
    envelope = Envelope(
        sender=OFFICE,
        receiver=OWN,
        number=1,
        sent_tai_ns=order.tai_ns,
        data_class="actual",
        previous=bytes(32),
        reports=tuple(write_report(each) for each in order.reports),
        key="no-such-key",
        signature=bytes(64),
    )
    return replace(order, reports=(), raw=write_envelope(envelope))


def sirens_alone() -> Case:
    """Give an unsigned order, and sirens that sound without any alert in the ledger."""
    case = _case(
        "R10f", "Unsigned order; sirens alone", (_forged(0.0), _sounds(SIRENS, 20.0)), threat=False
    )
    return replace(
        case,
        level_expected=1,
        reasons=("UNSIGNED",),
        also=(partial(_alarmed, code="SIREN_WITHOUT_ALERT", channel=SIRENS),),
        source="SecurityWeek, 20 June 2022",
    )


def sirens_with_an_alert() -> Case:
    """Give the twin: sirens sound because of a real alert; that is no alarm."""
    case = _case("R10f", "Sirens with an alert", (_sounds(SIRENS, 320.0),), threat=True)
    return replace(case, also=(_no_alarm,))


def application_alone() -> Case:
    """Give an application that warns while no other channel does."""
    case = _case("R10h", "An application warns alone", (_sounds(APP, 20.0),), threat=False)
    return replace(
        case,
        also=(partial(_alarmed, code="SIREN_WITHOUT_ALERT", channel=APP),),
        source="Yemen News Now, 2025",
    )


def application_silent() -> Case:
    """Give the twin: a real threat, and the application never says that it passed it on."""
    case = _case("R10h", "A real alert that one channel never confirms", (), threat=True)
    settings = case.centres[0]
    deaf = replace(settings, speakers=tuple(each for each in settings.speakers if each.id != APP))
    return replace(
        case,
        centres=(deaf,),
        also=(partial(_alarmed, code="ALERT_UNCONFIRMED", channel=APP),),
        source="Euroborsa, 2025",
    )


DRILLS = (
    Drill(id="R8a", kind=FALSE_ALARM, title="Live text sent in a drill", make=drill_sent_live),
    Drill(id="R8b", kind=FALSE_ALARM, title="Forced, taken back", make=forced_and_taken_back),
    Drill(id="R8", kind=TWIN, title="A real threat during a drill", make=threat_in_a_drill),
    Drill(id="R10e", kind=FALSE_ALARM, title="Areas that grow", make=areas_that_grow),
    Drill(id="R10e", kind=TWIN, title="A verified threat", make=many_areas_at_once),
    Drill(id="R10f", kind=FALSE_ALARM, title="Sirens alone", make=sirens_alone),
    Drill(id="R10f", kind=TWIN, title="Sirens with an alert", make=sirens_with_an_alert),
    Drill(id="R10h", kind=FALSE_ALARM, title="An application alone", make=application_alone),
    Drill(id="R10h", kind=TWIN, title="An application silent", make=application_silent),
)
