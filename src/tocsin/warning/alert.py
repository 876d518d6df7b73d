"""The Alert record: what is said to whom; and what it is made from, an event as judged or an order.

The words for urgency, severity, certainty, response and status are those of the Common Alerting
Protocol 1.2 (OASIS, 2010, section 3.2), so that nothing is translated on the way out.
"""

from dataclasses import dataclass

from tocsin.errors import AlertError
from tocsin.warning.areas import ExpectedImpact, Ring
from tocsin.warning.levels import ACTUAL, DATA_CLASSES, EXERCISE, LEVELS, TEST
from tocsin.warning.phrases import ALERT, ALL_CLEAR, CANCEL, KINDS, PRE_ALERT, UPDATE
from tocsin.warning.words import Text

STATUS = {ACTUAL: "Actual", EXERCISE: "Exercise", TEST: "Test"}
PUBLIC, RESTRICTED = "Public", "Restricted"
"""Scope: for everybody, or for officials."""
WARNS = (PRE_ALERT, ALERT, UPDATE)
"""Kinds that tell of a danger; the others tell that there is none."""
LATE = "LATE"
"""Mark of an alert that is issued after the arrival that it predicts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An event as the assessment sees it now: all that civil alerting may know of it."""

    event: str
    revision: int
    level: int
    """0 to 4."""
    confidence: int
    data_class: str
    withdrawn: bool = False
    """It was no launch after all."""
    impacts: tuple[ExpectedImpact, ...] = ()
    """Of every object of it that comes down."""
    codes: tuple[str, ...] = ()
    """Reason codes."""
    verified: bool = True
    """Whether more than one independent source is behind it."""
    passed: bool = False
    """Whether a track of it was seen past the areas that it threatened."""

    def __post_init__(self) -> None:
        """Refuse a level or a data class that does not exist."""
        if self.level not in range(len(LEVELS)) or self.data_class not in DATA_CLASSES:
            raise AlertError(
                f"event {self.event!r}: level {self.level} of data class {self.data_class!r}; "
                f"levels are 0 to 4, data classes {', '.join(DATA_CLASSES)}"
            )


LIVE, DRILL, TRIAL = "live", "drill", "test"
MODES = (LIVE, DRILL, TRIAL)
"""What a console is set to, or what a template is for."""
ORDER_KINDS = (ALERT, CANCEL, ALL_CLEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What people at a console ask for."""

    id: str
    kind: str
    """`ALERT`, `CANCEL` (it was wrong) or `ALL_CLEAR` (it is over)."""
    event: str = ""
    """The event or, of a cancel or an all-clear, the order whose alert it is about."""
    persons: tuple[str, ...] = ()
    """Who asks; each has proved who they are before this record is made."""
    mode: str = LIVE
    """Of the console."""
    template: str = LIVE
    """Of the words: a live alert, an exercise or a test."""
    areas: tuple[str, ...] = ()
    """Ids; empty: those in danger of the event."""
    cause: str = ""
    """Reason code, of a cancel or an all-clear."""

    def __post_init__(self) -> None:
        """Refuse what no console sends."""
        if self.kind not in ORDER_KINDS or not {self.mode, self.template} <= set(MODES):
            raise AlertError(
                f"order {self.id!r}: kind {self.kind!r}, mode {self.mode!r}, template "
                f"{self.template!r}; kinds are {', '.join(ORDER_KINDS)}, modes {', '.join(MODES)}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertArea:
    """An area of an alert, as it is named and drawn."""

    id: str
    name: str
    polygons: tuple[Ring, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message to people; it never changes, and a later one refers to it."""

    id: str
    """Unique; no space, comma, < or &."""
    event: str
    revision: int
    kind: str
    data_class: str
    message_type: str
    """Alert, Update or Cancel."""
    scope: str
    issued_tai_ns: int
    urgency: str
    severity: str
    certainty: str
    response: str
    areas: tuple[AlertArea, ...]
    texts: tuple[Text, ...]
    onset_tai_ns: int | None = None
    expires_tai_ns: int | None = None
    references: tuple[tuple[str, int], ...] = ()
    """Ids of earlier alerts and when they were issued."""
    retracts: tuple[str, ...] = ()
    """Ids of the alerts that it declares wrong."""
    marks: tuple[str, ...] = ()
    """Such as `LATE`."""
    area_version: str = ""
    """Of the list that its areas are from."""
    persons: tuple[str, ...] = ()
    """Who released it; nobody where an event did."""

    def __post_init__(self) -> None:
        """Refuse a kind or a data class that does not exist."""
        if self.kind not in KINDS or self.data_class not in DATA_CLASSES:
            raise AlertError(
                f"alert {self.id!r}: kind {self.kind!r} of data class {self.data_class!r}; "
                f"kinds are {', '.join(KINDS)}"
            )

    @property
    def status(self) -> str:
        """Give its data class in the protocol's words."""
        return STATUS[self.data_class]

    @property
    def warns(self) -> bool:
        """Tell whether people should shelter or get ready because of it."""
        return self.data_class == ACTUAL and self.kind in WARNS
