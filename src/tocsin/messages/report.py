"""Every kind of report, and the way from a report to bytes and back.

Reports are MessagePack arrays: the kind with its version, then the fields in the order written
here. A reader skips what comes after the fields that it knows.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from tocsin.messages import decode
from tocsin.messages.fields import REPORT_BYTES_MAX
from tocsin.messages.office import (
    AcknowledgementReport,
    AlertReport,
    CommandReport,
    HealthReport,
    HeartbeatReport,
    SiteReport,
    SummaryReport,
)
from tocsin.messages.picture import (
    ConsultationReport,
    EventReport,
    NoticeReport,
    RetractionReport,
    TrackReport,
)
from tocsin.messages.sensing import PlotReport, ScanReport
from tocsin.messages.versions import RETIRED, Upgrade, upgraded

Report = (
    PlotReport
    | ScanReport
    | TrackReport
    | EventReport
    | NoticeReport
    | ConsultationReport
    | RetractionReport
    | HeartbeatReport
    | HealthReport
    | AlertReport
    | AcknowledgementReport
    | SiteReport
    | SummaryReport
    | CommandReport
)
CLASSES: tuple[type[Report], ...] = Report.__args__
KINDS: dict[str, type[Report]] = {str(each.__struct_config__.tag): each for each in CLASSES}
"""Every kind that is written and read, such as `track.1`, and its class."""

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Report] = msgspec.msgpack.Decoder(Report)


def kind_of(report: Report) -> str:
    """Give the kind of a report, such as `track.1`."""
    return str(type(report).__struct_config__.tag)


def write_report(report: Report) -> bytes:
    """Give a report as bytes, checked as a receiver would.

    Raises:
        MessageError: It is over 64 KiB, or a field is not allowed.
    """
    try:
        payload = _encoder.encode(report)
    except decode.WRITE_ERRORS as error:
        raise decode.unwritable(kind_of(report), error) from error
    read_report(payload)
    return payload


def read_report(payload: bytes, retired: Mapping[str, Upgrade] = RETIRED) -> Report:
    """Decode and check one report, of the newest version or of an older one.

    Raises:
        MessageError: Its `fault` says what is wrong: oversized, truncated, corrupt, unknown
            version, not finite or wrong field; the text names the field.
    """
    if len(payload) > REPORT_BYTES_MAX:
        raise decode.oversized("report", len(payload), REPORT_BYTES_MAX)
    try:
        return _decoder.decode(payload)
    except decode.RAW_ERRORS as error:
        return _older(payload, retired, error)


def _older(payload: bytes, retired: Mapping[str, Upgrade], error: BaseException) -> Report:
    """Read what is no report of the newest version: one of an older, or else refuse it."""
    kind = decode.kind_of(payload)
    if kind in KINDS:
        raise decode.refused(kind, _fields(kind), decode.raw(payload), error) from error
    if kind not in retired:
        raise decode.unknown_version(kind, (*KINDS, *retired)) from error
    values: list[Any] = upgraded(decode.raw(payload), retired)
    try:
        report: Report = msgspec.convert(values, Report)
    except decode.RAW_ERRORS as wrong:
        raise decode.refused(kind, _fields(str(values[0])), values, wrong) from wrong
    return report


def _fields(kind: str) -> tuple[str, ...]:
    return KINDS[kind].__struct_fields__
