"""Alerts of `warning` as messages of the Common Alerting Protocol, one part a language."""

import math
from collections.abc import Sequence

from tocsin.earth.time import SECOND_NS
from tocsin.formats.cap import CapArea, CapInfo, CapMessage, Pair
from tocsin.warning.alert import RESTRICTED, Alert, AlertArea
from tocsin.warning.areas import Ring, unrolled
from tocsin.warning.levels import ACTUAL
from tocsin.warning.phrases import EVENT_NAMES

RESTRICTION = "For authorities and exercise staff only"
LANGUAGE_TAGS = {"en": "en", "fr": "fr", "ru": "ru", "zh": "zh-Hans"}
DECIMALS = 5
"""Of a degree: to about a metre."""


def cap_message(alert: Alert, sender: str, sender_name: str = "") -> CapMessage:
    """Give an alert as a message.

    Args:
        alert: Released by the gate.
        sender: As the protocol wants it: no space, comma, < or &. Every earlier alert that this one
            refers to was sent under the same name.
        sender_name: For people.
    """
    areas = tuple(_area(each) for each in alert.areas)
    parameters = [("event", alert.event), ("revision", str(alert.revision))]
    parameters += [("kind", alert.kind), ("areaList", alert.area_version)]
    parameters += [("mark", each) for each in alert.marks]
    infos = tuple(
        CapInfo(
            language=LANGUAGE_TAGS[text.language],
            event=EVENT_NAMES[text.language],
            urgency=alert.urgency,
            severity=alert.severity,
            certainty=alert.certainty,
            responses=(alert.response,),
            effective_tai_ns=_second(alert.issued_tai_ns),
            onset_tai_ns=_onset(alert),
            expires_tai_ns=None if alert.expires_tai_ns is None else _second(alert.expires_tai_ns),
            sender_name=sender_name,
            headline=text.headline,
            description=text.description,
            instruction=text.instruction,
            parameters=tuple((name, value) for name, value in parameters if value),
            areas=areas,
        )
        for text in alert.texts
    )
    return CapMessage(
        identifier=alert.id,
        sender=sender,
        sent_tai_ns=_second(alert.issued_tai_ns),
        status=alert.status,
        message_type=alert.message_type,
        scope=alert.scope,
        restriction=RESTRICTION if alert.scope == RESTRICTED else "",
        note="" if alert.data_class == ACTUAL else alert.texts[0].headline,
        references=tuple((sender, before, _second(tai_ns)) for before, tai_ns in alert.references),
        incidents=(alert.event,),
        infos=infos,
    )


def _onset(alert: Alert) -> int | None:
    return None if alert.onset_tai_ns is None else _second(alert.onset_tai_ns)


def _second(tai_ns: int) -> int:
    return tai_ns - tai_ns % SECOND_NS


def _area(area: AlertArea) -> CapArea:
    pieces = [piece for ring in area.polygons for piece in cut_at_date_line(ring)]
    return CapArea(
        description=area.name,
        polygons=tuple(pieces),
        geocodes=(("tocsin:area", area.id),) if area.polygons else (),
    )


def cut_at_date_line(ring: Ring) -> tuple[tuple[Pair, ...], ...]:
    """Give a ring as closed polygons in degrees, none of which crosses 180 degrees of longitude.

    One around a pole is closed along that pole.
    """
    corners = [(math.degrees(lat), math.degrees(lon)) for lat, lon in unrolled(ring).tolist()]
    if abs(corners[-1][1] - corners[0][1]) > 180.0:
        pole = math.copysign(90.0, sum(lat for lat, _ in corners))
        corners = [*corners, (pole, corners[-1][1]), (pole, corners[0][1])]
    else:
        corners = corners[:-1]
    turns = [math.floor((lon + 180.0) / 360.0) for _, lon in corners]
    found = []
    for turn in range(min(turns), max(turns) + 1):
        west = 360.0 * turn - 180.0
        piece = _clipped(_clipped(corners, west, 1.0), west + 360.0, -1.0)
        pairs = [
            (round(lat, DECIMALS) + 0.0, round(lon - 360.0 * turn, DECIMALS) + 0.0)
            for lat, lon in piece
        ]
        pairs = [pair for k, pair in enumerate(pairs) if pair != pairs[k - 1]]
        if len(set(pairs)) >= 3:
            found.append((*pairs, pairs[0]))
    return tuple(found)


def _clipped(corners: Sequence[Pair], edge: float, side: float) -> list[Pair]:
    """Give what of a polygon lies east (side 1) or west (-1) of a meridian.

    Source: Sutherland and Hodgman, Reentrant polygon clipping, Communications of the ACM 17(1),
    1974, 32-42.
    """
    kept: list[Pair] = []
    for k, (lat, lon) in enumerate(corners):
        before_lat, before_lon = corners[k - 1]
        inside, before = side * (lon - edge) >= 0.0, side * (before_lon - edge) >= 0.0
        if inside != before:
            part = (edge - before_lon) / (lon - before_lon)
            kept.append((before_lat + part * (lat - before_lat), edge))
        if inside:
            kept.append((lat, lon))
    return kept
