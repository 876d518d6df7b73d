"""Silence counts only well inside a radar's view."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.frames import east_north_up, ecef_from_geodetic
from tocsin.lanes import Floats
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.measurement import site_of
from tocsin.sensors.radar import Radar
from tocsin.sensors.satellites import geostationary
from tocsin.tracking.expect import should_be_seen

RADAR = Radar(
    id="one",
    name="One",
    latitude_rad=0.8,
    longitude_rad=0.6,
    altitude_m=0.0,
    sectors_rad=((np.radians(300.0), np.radians(60.0)),),
    elevation_min_rad=np.radians(3.0),
    elevation_max_rad=np.radians(85.0),
    range_min_m=2e5,
    range_max_m=5e6,
    reference_rcs_m2=1.0,
    reference_snr=19.0,
    false_alarm_probability=1e-6,
    revisit_s=10.0,
)
AXES = np.array(east_north_up(0.8, 0.6))
PLACE = np.array(ecef_from_geodetic(0.8, 0.6, 0.0))


def at(range_m: float, azimuth_deg: float, elevation_deg: float) -> Floats:
    azimuth, elevation = np.radians([azimuth_deg, elevation_deg])
    flat = np.cos(elevation)
    local = np.array([flat * np.sin(azimuth), flat * np.cos(azimuth), np.sin(elevation)])
    return np.asarray((PLACE + range_m * local @ AXES)[None])


@pytest.mark.parametrize(
    ("range_m", "azimuth_deg", "elevation_deg", "seen"),
    [
        (1e6, 0.0, 30.0, True),
        (1e6, 310.0, 30.0, True),
        (1e6, 50.0, 30.0, True),
        (1e6, 180.0, 30.0, False),
        (1e6, 59.5, 30.0, False),
        (1e6, 300.5, 30.0, False),
        (1e5, 0.0, 30.0, False),
        (4.9e6, 0.0, 30.0, False),
        (1e6, 0.0, 3.5, False),
        (1e6, 0.0, 84.5, False),
    ],
)
def test_edges_of_the_view_do_not_count(
    range_m: float, azimuth_deg: float, elevation_deg: float, seen: bool
) -> None:
    found = should_be_seen(site_of(RADAR), PLACE, AXES, at(range_m, azimuth_deg, elevation_deg))
    assert list(found) == [seen]


@given(azimuth_deg=st.floats(0.0, 360.0))
def test_a_radar_that_looks_all_round_has_no_edge(azimuth_deg: float) -> None:
    everywhere = site_of(replace(RADAR, sectors_rad=((0.0, 2.0 * np.pi),)))
    assert should_be_seen(everywhere, PLACE, AXES, at(1e6, azimuth_deg, 30.0))[0]


def test_a_satellite_s_silence_counts_for_nothing() -> None:
    satellite = Infrared(
        id="two",
        name="Two",
        orbit=geostationary("Two", 0.6),
        threshold_w_m2=5e-12,
        cloud_break_m=1e4,
        revisit_s=10.0,
    )
    assert not should_be_seen(site_of(satellite), PLACE, AXES, at(1e6, 0.0, 30.0))[0]
