"""Decisions as bytes: what a centre judged, warned and answered, in one comparable form."""

import msgspec

from tocsin.earth.time import utc_from_tai
from tocsin.node.civil import Done
from tocsin.node.state import NodeState
from tocsin.warning.alert import Alert
from tocsin.warning.events import Change
from tocsin.warning.levels import CONFIDENCES, DATA_CLASSES, LEVELS
from tocsin.warning.orders import Answer

_encoder = msgspec.json.Encoder(order="deterministic")


def decisions_of(state: NodeState, done: Done, now_tai_ns: int) -> tuple[bytes, ...]:
    """Give every decision of a step, each as JSON in one form, in the order in which it fell."""
    found = [
        _change(change, name)
        for name in DATA_CLASSES
        for change in state.joint[name].judgement.changes
    ]
    found += [_alert(alert) for alert in done.alerts]
    found += [_answer(answer, now_tai_ns) for answer in done.answers]
    found += [
        {"what": "alarm", "utc": utc_from_tai(each.tai_ns), "code": each.code, "why": each.sentence}
        for each in done.alarms
    ]
    return tuple(_encoder.encode(each) for each in found)


def _change(change: Change, data_class: str) -> dict[str, object]:
    return {
        "what": "level",
        "utc": utc_from_tai(change.tai_ns),
        "data_class": data_class,
        "event": change.event,
        "revision": change.revision,
        "from": LEVELS[change.level_before],
        "to": LEVELS[change.level],
        "confidence": CONFIDENCES[change.confidence],
        "state": change.state,
        "closed": change.closed,
        "reasons": [
            {"code": each.code, "check": each.check, "why": each.sentence}
            for each in change.reasons
        ],
        "sentence": change.sentence,
    }


def _alert(alert: Alert) -> dict[str, object]:
    return {
        "what": "alert",
        "utc": utc_from_tai(alert.issued_tai_ns),
        "data_class": alert.data_class,
        "alert": alert.id,
        "event": alert.event,
        "kind": alert.kind,
        "message_type": alert.message_type,
        "areas": [area.id for area in alert.areas],
        "headline": alert.texts[0].headline if alert.texts else "",
        "marks": list(alert.marks),
    }


def _answer(answer: Answer, now_tai_ns: int) -> dict[str, object]:
    return {
        "what": "order",
        "utc": utc_from_tai(now_tai_ns),
        "order": answer.order,
        "released": answer.verdict.released,
        "code": answer.verdict.code,
        "why": answer.verdict.sentence,
    }
