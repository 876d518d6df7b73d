"""Everything that a warning centre knows, as frozen records."""

from dataclasses import dataclass, field

from tocsin.node.fusion import Fusion
from tocsin.node.heard import Heard
from tocsin.node.picture import Picture, start_picture
from tocsin.node.settings import PARTNER, NodeSettings
from tocsin.partners.inbox import Inbox
from tocsin.partners.outbox import Outbox
from tocsin.partners.policy import Policy
from tocsin.partners.release import Released
from tocsin.warning.civil import CivilState
from tocsin.warning.events import Judgement, JudgeSettings
from tocsin.warning.evidence import Sighting
from tocsin.warning.ledger import Ledger, Message
from tocsin.warning.levels import DATA_CLASSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One picture and what is judged of it."""

    picture: Picture
    sightings: tuple[Sighting, ...] = ()
    """Of the picture's own tracks, as they were after its last plot."""
    fusion: Fusion = field(default_factory=Fusion)
    """These with partners' tracks joined: what the judge is told."""
    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeState:
    """A centre between two steps."""

    settings: NodeSettings
    policies: tuple[Policy, ...]
    """Those in force; a command may change them while it runs."""
    inboxes: dict[str, Inbox]
    outboxes: dict[str, Outbox]
    released: dict[str, Released]
    own: dict[str, Side]
    """By data class: our own sensors alone. What partners are told comes from here."""
    joint: dict[str, Side]
    """By data class: with what partners share. What our people are told comes from here."""
    heard: Heard
    civil: CivilState
    ledger: Ledger
    heartbeat_tai_ns: int = 0
    heartbeats: int = 0
    told_tai_ns: dict[str, int] = field(default_factory=dict)
    """When each event and track was last told to partners."""
    mode: str = "actual"
    """Data class of the console."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """What one step gives to the world, once it is stored."""

    transmit: tuple[tuple[str, bytes], ...] = ()
    """To whom, and the envelope."""
    decisions: tuple[bytes, ...] = ()
    """Every judgement that changed, every alert and every order's answer, to be recorded."""
    messages: tuple[Message, ...] = ()
    """Alerts for channels."""


def start(settings: NodeSettings) -> NodeState:
    """Give a centre that has heard nothing yet."""
    judge = JudgeSettings(
        own=settings.own,
        areas=settings.areas,
        geometry_tai_ns=settings.civil.geometry_tai_ns,
        checks=settings.checks,
        trust=settings.trust,
    )
    side = Side(
        picture=start_picture(settings.sites, settings.sky), judgement=Judgement(settings=judge)
    )
    partners = [each.id for each in settings.speakers if each.role == PARTNER]
    return NodeState(
        settings=settings,
        policies=settings.policies,
        inboxes={
            each.id: Inbox(
                sender=each.id, receiver=settings.own, since_tai_ns=settings.since_tai_ns
            )
            for each in settings.speakers
        },
        outboxes={name: Outbox(sender=settings.own, receiver=name) for name in partners},
        released={name: Released() for name in partners},
        own=dict.fromkeys(DATA_CLASSES, side),
        joint=dict.fromkeys(DATA_CLASSES, side),
        heard=Heard(),
        civil=CivilState(),
        ledger=Ledger(channels=settings.channels),
    )
