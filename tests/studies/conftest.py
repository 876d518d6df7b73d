"""Sensors and scenarios small enough for tests."""

import math
from collections.abc import Callable

import pytest

from tocsin.catalog.entries import RadarEntry
from tocsin.sensors.radar import Radar
from tocsin.simulation.roster import Member


def radar(radar_id: str, range_km: float) -> Radar:
    return Radar(
        id=radar_id,
        name=radar_id,
        latitude_rad=0.3,
        longitude_rad=0.1,
        altitude_m=0.0,
        sectors_rad=((0.0, 2.0 * math.pi),),
        elevation_min_rad=0.05,
        elevation_max_rad=1.4,
        range_min_m=0.0,
        range_max_m=1000.0 * range_km,
        reference_rcs_m2=1.0,
        reference_snr=20.0,
        false_alarm_probability=1e-6,
        revisit_s=10.0,
    )


@pytest.fixture
def make_member() -> Callable[..., Member]:
    """Give a maker of radars: ranges in km, the low and high as the nominal unless given."""

    def make(
        member_id: str,
        partner: str,
        *,
        nominal: float | None = 3000,
        low: float | None = 3000,
        high: float | None = 3000,
        alternatives: tuple[tuple[str, float], ...] = (),
    ) -> Member:
        nominal_, low_, high_ = (
            None if range_km is None else radar(member_id, range_km)
            for range_km in (nominal, low, high)
        )
        return Member(
            partner=partner,
            id=member_id,
            name=member_id,
            kind="radar",
            nominal=nominal_,
            low=low_,
            high=high_,
            alternatives=tuple((label, radar(member_id, km)) for label, km in alternatives),
            entry=RadarEntry(
                id=member_id,
                name=member_id,
                operator="XX",
                host_country="XX",
                role="",
                status="made up",
                use="baseline",
                confidence="low",
                states=(),
                values={},
                site="",
            ),
        )

    return make
