"""What a warning centre is set up with: its sensors, who may speak to it, whom it tells what."""

from dataclasses import dataclass, field

from tocsin.partners.keys import KeyRing
from tocsin.partners.policy import Policy
from tocsin.partners.signing import PrivateKey
from tocsin.sensors.measurement import Site
from tocsin.sensors.sky import Sky
from tocsin.warning.areas import AreaList
from tocsin.warning.checks import ALL_CHECKS
from tocsin.warning.compose import CivilSettings
from tocsin.warning.evidence import Source
from tocsin.warning.ledger import Channel
from tocsin.warning.levels import ACTUAL

SENSOR, PARTNER, HUB, OFFICE, CHANNEL = "sensor", "partner", "hub", "office", "channel"
ROLES = (SENSOR, PARTNER, HUB, OFFICE, CHANNEL)
"""Who speaks: a sensor of our own, a partner's centre, a feed of counts, our own operators, and a
channel that puts alerts out. Each may say only what its role has to say."""

SPEAKS = {
    SENSOR: ("scan", "health", "heartbeat", "site_report"),
    PARTNER: (
        "heartbeat",
        "health",
        "acknowledgement",
        "retraction",
        "notice",
        "event",
        "consultation",
        "track",
        "scan",
    ),
    HUB: ("summary", "heartbeat"),
    OFFICE: ("command", "notice"),
    CHANNEL: ("acknowledgement",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Somebody whose messages a centre takes in."""

    id: str
    role: str
    group: str = ""
    """What its way to us shares with others; empty if nothing."""
    silent_after_s: float | None = None
    """A feed that says nothing for so long has failed; None: it need not speak."""

    def __post_init__(self) -> None:
        assert self.role in ROLES, self.role


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeSettings:
    """All that a centre is told before it starts."""

    own: str
    """The partner whose centre it is."""
    sites: tuple[Site, ...]
    """Of its own sensors, and of partners' whose plots it may be sent."""
    sources: tuple[Source, ...]
    """The same sensors, as its judge knows them."""
    speakers: tuple[Speaker, ...]
    key: PrivateKey = field(repr=False)
    ring: KeyRing
    policies: tuple[Policy, ...] = ()
    """One for each partner that it tells anything; of several of one partner, the one that began
    last holds."""
    areas: AreaList
    civil: CivilSettings
    channels: tuple[Channel, ...] = ()
    trust: tuple[tuple[str, float], ...] = ()
    checks: frozenset[str] = ALL_CHECKS
    sky: Sky | None = None
    decays: tuple[tuple[int, int, int], ...] = ()
    """Objects that are expected to decay: catalogue number, from when, until when (TAI ns)."""
    data_class: str = ACTUAL
    """Of the centre itself: whether its console is live."""
    since_tai_ns: int = 0
    """When its links were opened."""

    def speaker(self, name: str) -> Speaker | None:
        """Give who goes by a name."""
        return next((each for each in self.speakers if each.id == name), None)

    def owned(self) -> frozenset[str]:
        """Give the ids of its own sensors."""
        return frozenset(source.id for source in self.sources if source.owner == self.own)
