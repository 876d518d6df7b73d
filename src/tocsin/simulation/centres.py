"""A scenario as a network: a warning centre for each partner, and what its sensors tell it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from tocsin.catalog.load import Catalog
from tocsin.earth.time import SECOND_NS
from tocsin.messages.convert import LookTold, scan_reports, sectors_of
from tocsin.messages.fields import DataClass, LaunchClass, RangeClass
from tocsin.messages.ground import Circle
from tocsin.messages.picture import NoticeReport
from tocsin.messages.sensing import ScanReport
from tocsin.node.settings import (
    CHANNEL,
    HUB,
    OFFICE,
    PARTNER,
    SENSOR,
    NodeSettings,
    Speaker,
)
from tocsin.partners.keys import KeyRing
from tocsin.partners.policy import Policy
from tocsin.partners.signing import public_of
from tocsin.sensors.measurement import Site, assumed_bias_sigma, site_of
from tocsin.sensors.radar import Radar
from tocsin.sensors.scan import Scan
from tocsin.sensors.sky import Sky
from tocsin.simulation.network import Utterance, key_of
from tocsin.simulation.roster import Roster
from tocsin.simulation.scenario import Notice, Scenario
from tocsin.simulation.world import looking
from tocsin.warning.areas import Area, AreaList, circle
from tocsin.warning.compose import CivilSettings
from tocsin.warning.evidence import Source
from tocsin.warning.ledger import Channel
from tocsin.warning.levels import ACTUAL, EXERCISE, TEST

AREA_RADIUS_M = 30_000.0
"""Of the circle that stands for a defended place. Assumed: a large town and its surroundings."""
SILENT_LOOKS = 6
"""A feed has failed that leaves out so many looks in a row, and `SILENT_SLACK_S` more."""
SILENT_SLACK_S = 10.0
QUIET_S = 60.0
"""Between two looks without plots that a sensor tells of in a run."""
NOTICE_CLASSES = {
    "ballistic": "ballistic",
    "space": "space-launcher",
    "sounding": "sounding-rocket",
}
OFFICE_SUFFIX, SIREN_SUFFIX, STAFF_SUFFIX = "-office", "-sirens", "-officials"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A sensor in the field, whose it is and what it shares with others."""

    site: Site
    owner: str
    groups: tuple[str, ...] = ()
    probation: bool = False


def placed_sensors(scenario: Scenario, members: Roster) -> tuple[Placed, ...]:
    """Give a scenario's sensors that look, in the order of their plots."""
    owner = {each.id: each.partner for each in members.members}
    return tuple(
        Placed(site=site_of(each, assumed_bias_sigma(each)), owner=owner[each.id])
        for each in looking(members, scenario.start_tai_ns)
    )


def defended(scenario: Scenario, catalog: Catalog, partner: str) -> AreaList:
    """Give the places that a partner defends, each as a circle that is assumed."""
    own = {place.id: place for place in scenario.places}
    named = next(each for each in scenario.partners if each.id == partner)
    areas: list[Area] = []
    for place_id in named.defended:
        if place_id in own:
            place = own[place_id]
            name, at = place.name, (place.latitude_deg, place.longitude_deg)
        else:
            known = catalog.places[place_id]
            name, at = known.name, (known.lat, known.lon)
        centre = (math.radians(at[0]), math.radians(at[1]))
        areas.append(circle(place_id, name, centre, AREA_RADIUS_M))
    return AreaList(
        name=named.name,
        version=scenario.name,
        as_of_tai_ns=scenario.start_tai_ns,
        areas=tuple(areas),
    )


def centre(
    own: str,
    sensors: Sequence[Placed],
    areas: AreaList,
    policies: Sequence[Policy],
    ring: KeyRing,
) -> NodeSettings:
    """Give the settings of one partner's centre, with its own sensors, office and channels.

    Args:
        own: The partner.
        sensors: Of all partners; those of others serve where plots are shared.
        areas: That it defends.
        policies: One for each partner that it tells anything.
        ring: Everybody's keys; see `ring_of`.
    """
    others = sorted({each.owner for each in sensors} - {own} | {p.receiver for p in policies})
    return NodeSettings(
        own=own,
        sites=tuple(each.site for each in sensors),
        sources=tuple(
            Source(
                id=each.site.id,
                kind=each.site.kind,
                owner=each.owner,
                groups=each.groups,
                probation=each.probation,
            )
            for each in sensors
        ),
        speakers=(
            *_feeds([each for each in sensors if each.owner == own]),
            Speaker(id=own + OFFICE_SUFFIX, role=OFFICE),
            Speaker(id=own + "-hub", role=HUB),
            Speaker(id=own + SIREN_SUFFIX, role=CHANNEL),
            Speaker(id=own + STAFF_SUFFIX, role=CHANNEL),
            *(Speaker(id=name, role=PARTNER) for name in others),
        ),
        key=key_of(own),
        ring=ring,
        policies=tuple(policies),
        areas=areas,
        civil=CivilSettings(issuer=own, areas=areas, geometry_tai_ns=areas.as_of_tai_ns),
        channels=(
            Channel(id=own + SIREN_SUFFIX),
            Channel(
                id=own + STAFF_SUFFIX,
                scopes=("Public", "Restricted"),
                data_classes=(ACTUAL, EXERCISE, TEST),
            ),
        ),
        since_tai_ns=areas.as_of_tai_ns,
    )


def _feeds(mine: Sequence[Placed]) -> list[Speaker]:
    """Give a centre's own sensors as those who speak to it, and how long each may be silent."""
    return [
        Speaker(
            id=each.site.id,
            role=SENSOR,
            group=each.groups[0] if each.groups else "",
            silent_after_s=max(
                SILENT_LOOKS * each.site.sensor.revisit_s + SILENT_SLACK_S, 2.5 * QUIET_S
            ),
        )
        for each in mine
    ]


def ring_of(names: Sequence[str], since_tai_ns: int) -> KeyRing:
    """Give the public keys of all who speak in a simulation."""
    return KeyRing(keys=tuple(public_of(key_of(name), since_tai_ns) for name in sorted(set(names))))


def names_of(partner: str, sensors: Sequence[Placed]) -> list[str]:
    """Give everybody who speaks to or for a partner's centre."""
    people = (OFFICE_SUFFIX, "-hub", SIREN_SUFFIX, STAFF_SUFFIX)
    own = [each.site.id for each in sensors if each.owner == partner]
    return [partner, *own, *(partner + suffix for suffix in people)]


def centres(
    scenario: Scenario,
    members: Roster,
    catalog: Catalog,
    level: int | None = None,
    sky: Sky | None = None,
) -> tuple[NodeSettings, ...]:
    """Give every partner's centre, with the sharing of the scenario.

    Args:
        scenario: As read.
        members: Its sensors.
        catalog: Where its places are.
        level: Share at this level both ways, whatever the scenario says; None: as it says.
        sky: Catalogued objects to hold tracks against.
    """
    sensors = placed_sensors(scenario, members)
    partners = [each.id for each in scenario.partners]
    since = scenario.start_tai_ns - 86_400 * SECOND_NS
    ring = ring_of([name for each in partners for name in names_of(each, sensors)], since)
    return tuple(
        replace(
            centre(
                own,
                sensors,
                defended(scenario, catalog, own),
                _policies(scenario, own, partners, level),
                ring,
            ),
            sky=sky,
        )
        for own in partners
    )


def _policies(
    scenario: Scenario, own: str, partners: Sequence[str], level: int | None
) -> list[Policy]:
    """Give what a partner tells each other one: by the scenario, or at one level both ways."""
    if level is not None:
        return [_policy(other, level) for other in partners if other != own]
    found = []
    for share in scenario.sharing:
        if share.sender == own:
            ends = math.isfinite(share.until_s)
            found.append(
                replace(
                    _policy(share.receiver, share.level),
                    since_tai_ns=scenario.start_tai_ns + round(share.since_s * SECOND_NS),
                    until_tai_ns=(
                        scenario.start_tai_ns + round(share.until_s * SECOND_NS) if ends else None
                    ),
                    delay_s=share.delay_s,
                )
            )
    return found


def _policy(receiver: str, level: int) -> Policy:
    return Policy(receiver=receiver, level=level, sensors_named=True)


def told_by_sensors(
    scans: Sequence[Scan],
    sensors: Sequence[Placed],
    data_class: DataClass = "actual",
    every_s: float = 0.0,
) -> list[Utterance]:
    """Give what each sensor tells its owner's centre: every look, with plots or without.

    Args:
        scans: Of the sensors, one each.
        sensors: In any order.
        data_class: That the looks are told with.
        every_s: Looks without plots are told no more often than this; 0: all are.
    """
    by_id = {each.site.id: each for each in sensors}
    found = []
    for scan in scans:
        here = by_id[scan.sensor]
        for reports, tai_ns in _looks(scan, here.site, data_class, every_s):
            found.append(
                Utterance(
                    tai_ns=tai_ns,
                    speaker=scan.sensor,
                    centre=here.owner,
                    reports=reports,
                    data_class=data_class,
                )
            )
    return sorted(found, key=lambda each: (each.tai_ns, each.speaker))


def _looks(
    scan: Scan, site: Site, data_class: DataClass, every_s: float
) -> list[tuple[tuple[ScanReport, ...], int]]:
    plots = replace(scan.plots, data_class=data_class)
    looked = sectors_of(site.sensor) if isinstance(site.sensor, Radar) else ()
    found: list[tuple[tuple[ScanReport, ...], int]] = []
    first = np.searchsorted(plots.time_tai_ns, scan.times_tai_ns, side="left")
    last = np.searchsorted(plots.time_tai_ns, scan.times_tai_ns, side="right")
    told = -(1 << 62)
    for number, tai_ns in enumerate(scan.times_tai_ns.tolist(), 1):
        rows = np.arange(first[number - 1], last[number - 1])
        if rows.size == 0 and tai_ns - told < every_s * SECOND_NS:
            continue
        told = tai_ns
        look = LookTold(
            sensor=scan.sensor,
            number=number,
            start_tai_ns=tai_ns,
            end_tai_ns=tai_ns,
            looked=looked,
            health="ok",
        )
        found.append((scan_reports(look, plots.take(rows)), tai_ns))
    return found


def notices_of(scenario: Scenario) -> list[Utterance]:
    """Give the notices of a scenario, each as its sender's office gives it to its centre."""
    return [
        Utterance(
            tai_ns=scenario.start_tai_ns + round(notice.issued_s * SECOND_NS),
            speaker=notice.sender + OFFICE_SUFFIX,
            centre=notice.sender,
            reports=(notice_report(notice, scenario),),
            data_class=cast("DataClass", scenario.data_class),
        )
        for notice in scenario.notices
    ]


def notice_report(notice: Notice, scenario: Scenario) -> NoticeReport:
    """Give a scenario's notice as a report."""
    start_tai_ns = scenario.start_tai_ns
    known = notice.azimuth_deg is not None
    return NoticeReport(
        notice=notice.id,
        revision=1,
        cancelled=False,
        launch_class=cast("LaunchClass", NOTICE_CLASSES[notice.kind]),
        window_start_tai_ns=start_tai_ns + round(notice.since_s * SECOND_NS),
        window_end_tai_ns=start_tai_ns + round(notice.until_s * SECOND_NS),
        launch_area=Circle(
            latitude_rad=math.radians(notice.latitude_deg),
            longitude_rad=math.radians(notice.longitude_deg),
            radius_m=notice.radius_km * 1e3,
        ),
        direction_rad=math.radians(notice.azimuth_deg or 0.0) % (2.0 * math.pi),
        direction_tolerance_rad=math.radians(10.0) if known else math.pi,
        impact_areas=(),
        apogee_m=None,
        range_class=cast("RangeClass", _range_class(notice.range_km)),
        objects=1,
        data_class=cast("DataClass", scenario.data_class),
        range_m=None if notice.range_km is None else notice.range_km * 1e3,
    )


def _range_class(range_km: float | None) -> str:
    """Give the class of a range; the widest where it is not announced."""
    if range_km is None:
        return "intercontinental"
    for limit_km, name in ((1_000.0, "short"), (3_000.0, "medium"), (5_500.0, "intermediate")):
        if range_km <= limit_km:
            return name
    return "intercontinental"
