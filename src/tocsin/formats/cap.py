"""Common Alerting Protocol 1.2: alerts as XML, written and read.

What is written is valid against the schema of the standard and keeps the rules that its text adds
to the schema. What is read comes from outside: no entity, no document type, nothing fetched, a
limit on size; whatever is wrong is one `AlertError`.

Source: OASIS, Common Alerting Protocol Version 1.2, OASIS Standard, 1 July 2010, section 3.2.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from lxml import etree

from tocsin.earth.time import SECOND_NS, TimeError, tai_from_utc, utc_from_tai
from tocsin.errors import AlertError

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
CAP_BYTES_MAX = 512 * 1024
PAIRS_LEAST = 4
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:)(\d\d)([-+])(\d\d):(\d\d)", re.ASCII)
_NAME = re.compile(r"[^\s,<&]+")
_PLAIN = re.compile(r"[^\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]*")
_DECLARED = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")

Pair = tuple[float, float]
"""Latitude and longitude in degrees."""
Reference = tuple[str, str, int]
"""Sender, identifier and instant sent of an earlier message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapArea:
    """One area of a message."""

    description: str
    polygons: tuple[tuple[Pair, ...], ...] = ()
    """Closed: the first pair is the last."""
    geocodes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CapInfo:
    """What a message says, in one language."""

    language: str
    event: str
    urgency: str
    severity: str
    certainty: str
    categories: tuple[str, ...] = ("Security",)
    responses: tuple[str, ...] = ()
    event_codes: tuple[tuple[str, str], ...] = ()
    effective_tai_ns: int | None = None
    onset_tai_ns: int | None = None
    expires_tai_ns: int | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    areas: tuple[CapArea, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CapMessage:
    """One message; what the protocol has besides and an alert here never uses is left out."""

    identifier: str
    sender: str
    sent_tai_ns: int
    """Whole seconds of UTC."""
    status: str
    message_type: str
    scope: str
    source: str = ""
    restriction: str = ""
    addresses: str = ""
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[CapInfo, ...] = ()


def write_cap(message: CapMessage) -> bytes:
    """Give a message as XML in UTF-8.

    Raises:
        AlertError: It would not be valid against the schema, or breaks a rule of the standard.
    """
    _check_texts(message)
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    for tag, value in _head(message):
        _add(root, tag, value)
    for info in message.infos:
        _add_info(root, info)
    _check_schema(root, f"alert {message.identifier!r}")
    _check_rules(message)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    if len(written) > CAP_BYTES_MAX:
        raise AlertError(
            f"alert {message.identifier!r}: {len(written):,} bytes; at most {CAP_BYTES_MAX:,}: "
            "leave out areas or corners"
        )
    return written


def read_cap(data: bytes, name: str = "alert") -> CapMessage:
    """Give the message of XML from outside.

    Args:
        data: One CAP 1.2 message in UTF-8.
        name: Of where it is from, for errors.

    Raises:
        AlertError: It is not XML, not CAP 1.2, too long, or breaks a rule of the standard.
    """
    root = _parsed(data, name)
    _check_schema(root, name)
    try:
        message = _message(root)
    except ValueError as error:
        raise AlertError(f"{name}: {error}") from None
    _check_rules(message)
    return message


def cap_time(tai_ns: int) -> str:
    """Give an instant as the protocol writes it, in UTC, to the second below: never with a Z."""
    text = utc_from_tai(tai_ns - tai_ns % SECOND_NS).removesuffix("Z")
    if text.endswith(":60"):  # the schema knows no leap second
        text = text.removesuffix("60") + "59"
    return f"{text}-00:00"


def tai_from_cap(text: str) -> int:
    """Give the instant of a time that has an offset and no Z."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise AlertError(
            f"time {text!r} is not of this protocol; write it as 2026-11-24T08:02:00-00:00, no Z"
        )
    minute, second, sign, hours, minutes = match.groups()
    if int(hours) > 14 or int(minutes) > 59:
        raise AlertError(f"time {text!r}: its offset is more than 14 hours")
    offset_s = (3600 * int(hours) + 60 * int(minutes)) * (-1 if sign == "-" else 1)
    try:
        return tai_from_utc(f"{minute}{second}Z") - offset_s * SECOND_NS
    except TimeError as error:
        raise AlertError(str(error)) from None


# ---- writing ----


def _head(message: CapMessage) -> Iterator[tuple[str, str]]:
    yield "identifier", message.identifier
    yield "sender", message.sender
    yield "sent", cap_time(message.sent_tai_ns)
    yield "status", message.status
    yield "msgType", message.message_type
    if message.source:
        yield "source", message.source
    yield "scope", message.scope
    if message.restriction:
        yield "restriction", message.restriction
    if message.addresses:
        yield "addresses", message.addresses
    for code in message.codes:
        yield "code", code
    if message.note:
        yield "note", message.note
    if message.references:
        yield (
            "references",
            " ".join(
                f"{sender},{identifier},{cap_time(sent)}"
                for sender, identifier, sent in message.references
            ),
        )
    if message.incidents:
        yield "incidents", " ".join(_quoted(each) for each in message.incidents)


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def _add_info(root: Any, info: CapInfo) -> None:
    part = _add(root, "info")
    _add(part, "language", info.language)
    for category in info.categories:
        _add(part, "category", category)
    _add(part, "event", info.event)
    for response in info.responses:
        _add(part, "responseType", response)
    _add(part, "urgency", info.urgency)
    _add(part, "severity", info.severity)
    _add(part, "certainty", info.certainty)
    _add_pairs(part, "eventCode", info.event_codes)
    for tag, tai_ns in (
        ("effective", info.effective_tai_ns),
        ("onset", info.onset_tai_ns),
        ("expires", info.expires_tai_ns),
    ):
        if tai_ns is not None:
            _add(part, tag, cap_time(tai_ns))
    for tag, text in (
        ("senderName", info.sender_name),
        ("headline", info.headline),
        ("description", info.description),
        ("instruction", info.instruction),
    ):
        if text:
            _add(part, tag, text)
    _add_pairs(part, "parameter", info.parameters)
    for area in info.areas:
        drawn = _add(part, "area")
        _add(drawn, "areaDesc", area.description)
        for polygon in area.polygons:
            _add(drawn, "polygon", " ".join(f"{lat:.5f},{lon:.5f}" for lat, lon in polygon))
        _add_pairs(drawn, "geocode", area.geocodes)


def _add(parent: Any, tag: str, text: str | None = None) -> Any:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}")
    child.text = text
    return child


def _add_pairs(parent: Any, tag: str, pairs: Sequence[tuple[str, str]]) -> None:
    for name, value in pairs:
        part = _add(parent, tag)
        _add(part, "valueName", name)
        _add(part, "value", value)


def _check_texts(message: CapMessage) -> None:
    """Refuse characters that XML cannot hold."""
    texts = [text for _, text in _head(message)]
    for info in message.infos:
        texts += [info.event, info.headline, info.description, info.instruction, info.sender_name]
        texts += [part for pair in (*info.parameters, *info.event_codes) for part in pair]
        texts += [area.description for area in info.areas]
        texts += [part for area in info.areas for pair in area.geocodes for part in pair]
    for text in texts:
        if not _PLAIN.fullmatch(text):
            raise AlertError(
                f"alert {message.identifier!r}: {text[:40]!r} has a character that XML cannot hold"
            )


# ---- reading ----


def _parsed(data: bytes, name: str) -> Any:
    if len(data) > CAP_BYTES_MAX:
        raise AlertError(f"{name}: {len(data):,} bytes; an alert has at most {CAP_BYTES_MAX:,}")
    declared = _DECLARED.match(data.lstrip(b"\xef\xbb\xbf"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise AlertError(f"{name}: it is not UTF-8; write it in UTF-8") from None
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii"):
        raise AlertError(f"{name}: encoding {declared[1].decode()}; write it in UTF-8")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise AlertError(f"{name}: it has a document type, which an alert must not; leave it out")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise AlertError(f"{name}: this is not XML: {_one_line(error)}") from None
    if root.tag != f"{{{NAMESPACE}}}alert":
        raise AlertError(f"{name}: it begins with {root.tag!r}; it must be a CAP 1.2 alert")
    return root


def _message(root: Any) -> CapMessage:
    return CapMessage(
        identifier=_text(root, "identifier"),
        sender=_text(root, "sender"),
        sent_tai_ns=tai_from_cap(_text(root, "sent")),
        status=_text(root, "status"),
        message_type=_text(root, "msgType"),
        scope=_text(root, "scope"),
        source=_text(root, "source"),
        restriction=_text(root, "restriction"),
        addresses=_text(root, "addresses"),
        codes=_texts(root, "code"),
        note=_text(root, "note"),
        references=tuple(_reference(each) for each in _text(root, "references").split()),
        incidents=tuple(
            quoted or plain
            for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', _text(root, "incidents"))
        ),
        infos=tuple(_info(each) for each in _children(root, "info")),
    )


def _reference(text: str) -> Reference:
    parts = text.split(",")
    if len(parts) != 3:
        raise ValueError(f"reference {text!r} must be sender,identifier,sent")
    return parts[0], parts[1], tai_from_cap(parts[2])


def _info(part: Any) -> CapInfo:
    return CapInfo(
        language=_text(part, "language") or "en-US",
        event=_text(part, "event"),
        urgency=_text(part, "urgency"),
        severity=_text(part, "severity"),
        certainty=_text(part, "certainty"),
        categories=_texts(part, "category"),
        responses=_texts(part, "responseType"),
        event_codes=_pairs(part, "eventCode"),
        effective_tai_ns=_instant(part, "effective"),
        onset_tai_ns=_instant(part, "onset"),
        expires_tai_ns=_instant(part, "expires"),
        sender_name=_text(part, "senderName"),
        headline=_text(part, "headline"),
        description=_text(part, "description"),
        instruction=_text(part, "instruction"),
        parameters=_pairs(part, "parameter"),
        areas=tuple(_area(each) for each in _children(part, "area")),
    )


def _area(part: Any) -> CapArea:
    return CapArea(
        description=_text(part, "areaDesc"),
        polygons=tuple(_polygon(text) for text in _texts(part, "polygon")),
        geocodes=_pairs(part, "geocode"),
    )


def _polygon(text: str) -> tuple[Pair, ...]:
    pairs = []
    for each in text.split():
        latitude, comma, longitude = each.partition(",")
        try:
            pairs.append((float(latitude), float(longitude)))
        except ValueError:
            raise ValueError(f"polygon: {each[:40]!r} must be latitude,longitude") from None
        if not comma:
            raise ValueError(f"polygon: {each[:40]!r} must be latitude,longitude")
    return tuple(pairs)


def _children(parent: Any, tag: str) -> list[Any]:
    return list(parent.findall(f"{{{NAMESPACE}}}{tag}"))


def _texts(parent: Any, tag: str) -> tuple[str, ...]:
    return tuple(each.text or "" for each in _children(parent, tag))


def _text(parent: Any, tag: str) -> str:
    found = _texts(parent, tag)
    return found[0] if found else ""


def _pairs(parent: Any, tag: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (_text(each, "valueName"), _text(each, "value")) for each in _children(parent, tag)
    )


def _instant(parent: Any, tag: str) -> int | None:
    text = _text(parent, tag)
    return tai_from_cap(text) if text else None


# ---- rules ----


@cache
def _schema() -> Any:
    path = files("tocsin.formats") / "schemas" / "cap-1.2.xsd"
    return etree.XMLSchema(etree.fromstring(path.read_bytes()))


def _check_schema(root: Any, name: str) -> None:
    schema = _schema()
    if not schema.validate(root):
        first = schema.error_log[0]
        said = _one_line(first.message).replace(f"{{{NAMESPACE}}}", "")
        raise AlertError(f"{name}: line {first.line}: not CAP 1.2: {said}")


def _check_rules(message: CapMessage) -> None:
    """Refuse what the schema lets through and the text of the standard does not."""
    where = f"alert {message.identifier!r}"
    for key, value in (("identifier", message.identifier), ("sender", message.sender)):
        if not _NAME.fullmatch(value):
            raise AlertError(f"{where}: {key} {value!r} must have no space, comma, < or &")
    for sender, identifier, _ in message.references:
        if not (_NAME.fullmatch(sender) and _NAME.fullmatch(identifier)):
            raise AlertError(f"{where}: reference to {sender!r}, {identifier!r} is not usable")
    if message.message_type in ("Update", "Cancel", "Ack", "Error") and not message.references:
        raise AlertError(
            f"{where}: a message of type {message.message_type} must say what it refers to"
        )
    if message.scope == "Restricted" and not message.restriction:
        raise AlertError(f"{where}: scope Restricted needs a restriction: say for whom it is")
    if message.scope == "Private" and not message.addresses:
        raise AlertError(f"{where}: scope Private needs addresses: say for whom it is")
    for info in message.infos:
        _check_info(where, info)


def _check_info(where: str, info: CapInfo) -> None:
    begin, end = info.onset_tai_ns or info.effective_tai_ns, info.expires_tai_ns
    if begin is not None and end is not None and end < begin:
        raise AlertError(f"{where}: it expires before it begins; set expires later")
    for area in info.areas:
        for polygon in area.polygons:
            if len(polygon) < PAIRS_LEAST or polygon[0] != polygon[-1]:
                raise AlertError(
                    f"{where}: area {area.description!r}: a polygon needs {PAIRS_LEAST} pairs or "
                    "more, the last as the first"
                )
            if not all(abs(lat) <= 90.0 and abs(lon) <= 180.0 for lat, lon in polygon):
                raise AlertError(
                    f"{where}: area {area.description!r}: a pair lies beyond 90 degrees of "
                    "latitude or 180 of longitude"
                )


def _one_line(said: object) -> str:
    return " ".join(str(said).split())[:200]
