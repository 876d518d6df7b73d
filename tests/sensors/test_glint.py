"""Mirrored sunlight: at the mirror's place, as long as it is there, and never where it is night."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.earth.constants import EARTH_A_M
from tocsin.earth.frames import geodetic_from_ecef_batch
from tocsin.earth.sun import sun_position_ecef
from tocsin.earth.time import SECOND_NS, tai_from_utc
from tocsin.lanes import Floats, Integers
from tocsin.sensors.glint import CLOUD_LASTS_S, TILT_RAD, glint_points, glints, mirrored_w_sr
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.satellites import GEO_RADIUS_M, geostationary, positions_ecef_m
from tocsin.sensors.scan import InfraredNoise, Instrument, scan

EYE = Infrared(
    id="eye",
    name="eye",
    orbit=geostationary("eye", math.radians(80.0)),
    threshold_w_m2=1.9e-10,
    cloud_break_m=9_000.0,
    revisit_s=10.0,
)


def day(start: str = "2024-07-05T00:00:00Z", looks: int = 2_880) -> Integers:
    return tai_from_utc(start) + np.arange(looks) * 30 * SECOND_NS


def direction(azimuth_rad: Floats | float, height_rad: Floats | float) -> Floats:
    flat = np.cos(height_rad)
    return np.stack(
        np.broadcast_arrays(
            flat * np.cos(azimuth_rad), flat * np.sin(azimuth_rad), np.sin(height_rad)
        ),
        axis=-1,
    )


@given(turn=st.floats(-3.0, 3.0), high=st.floats(-0.4, 0.4), radius=st.floats(7e6, 5e7))
def test_a_glint_point_mirrors_the_sun_into_the_satellite(
    turn: float, high: float, radius: float
) -> None:
    place, sun = np.array([[radius, 0.0, 0.0]]), direction(turn, high)[None]
    point = glint_points(place, sun)[0]
    apart = math.acos(np.clip(sun[0, 0], -1.0, 1.0))
    limb = math.acos(EARTH_A_M / radius)
    assert np.isfinite(point[0]) == (apart - limb <= 0.5 * math.pi)
    if np.isfinite(point[0]):
        up = point / np.linalg.norm(point)
        ray = 2.0 * (sun[0] @ up) * up - sun[0]
        to_eye = place[0] - point
        assert np.linalg.norm(point) == pytest.approx(EARTH_A_M)
        assert ray @ to_eye / np.linalg.norm(to_eye) == pytest.approx(1.0, abs=1e-9)


def test_the_mirrored_light_falls_off_the_mirrors_ray_and_grows_at_grazing() -> None:
    off = np.array([0.0, 2.0 * TILT_RAD, 8.0 * TILT_RAD])
    light = mirrored_w_sr(np.ones(3), off)
    np.testing.assert_allclose(light[1:] / light[0], np.exp([-0.5, -8.0]))
    # 0.31 / 2.31 squared of 7.4 W/m2 on 1e5 m2, into a spread of 2 deg
    assert light[0] == pytest.approx(
        (0.31 / 2.31) ** 2 * 7.4e5 / (2.0 * math.pi * math.radians(2.0) ** 2), rel=1e-9
    )
    sines = np.sin(np.radians([90.0, 40.0, 20.0]))
    assert np.all(np.diff(mirrored_w_sr(sines, np.zeros(3))) > 0.0)


def test_clouds_are_lit_by_day_near_the_glint_point_and_half_the_time() -> None:
    looks = day()
    found = glints(EYE, looks, np.random.default_rng(1))
    point = glint_points(positions_ecef_m(EYE.orbit, looks), sun_position_ecef(looks))
    there = np.isfinite(point[:, 0])
    off = np.linalg.norm(found.position_ecef_m - point[found.look], axis=-1)

    assert np.nanmax(off) < 500e3
    assert np.unique(found.look).size == found.look.size
    assert 0.3 < found.look.size / np.count_nonzero(there) < 0.7
    height = geodetic_from_ecef_batch(found.position_ecef_m)[2]
    np.testing.assert_allclose(height, EYE.cloud_break_m, atol=2.0)
    assert found.plume_w_sr.min() > 0.0
    assert not glints(EYE, looks[:0], np.random.default_rng(1)).look.size


def test_a_cloud_stays_where_it_is_and_is_reported_look_after_look() -> None:
    looks = day("2024-07-05T05:00:00Z", 480)
    found = glints(EYE, looks, np.random.default_rng(2))
    after_s = (looks[found.look] - looks[0]) / SECOND_NS
    for span in np.unique(after_s // CLOUD_LASTS_S):
        mine = found.position_ecef_m[after_s // CLOUD_LASTS_S == span]
        np.testing.assert_array_equal(mine, np.broadcast_to(mine[0], mine.shape))
    quiet = InfraredNoise(angle_rad=0.0, angle_cell_rad=0.0, angle_bias_rad=0.0)
    plots = scan(Instrument(sensor=EYE, noise=quiet), looks, found, np.random.default_rng(3)).plots
    assert plots.count > 0.8 * found.look.size
    assert np.linalg.norm(found.position_ecef_m, axis=-1).max() < GEO_RADIUS_M
