"""From entries to the records of the models: units, variants, refusals, orbits."""

import math
from datetime import date

import pytest

from tocsin.catalog.entries import VARIANTS
from tocsin.catalog.load import load_catalog
from tocsin.errors import CatalogError

CATALOG = load_catalog()
DAY = date(2024, 7, 5)
SEMI_MAJOR_AXIS_M = 6_378_137.0 + (1_111_000.0 + 37_564_000.0) / 2.0


def test_a_radar_comes_out_in_radians_and_metres() -> None:
    radar = CATALOG.radar_at(CATALOG.radars["rus-lekhtusi-voronezh-m"], "nominal", DAY)
    assert math.degrees(radar.latitude_rad) == pytest.approx(60.275458)
    assert math.degrees(radar.longitude_rad) == pytest.approx(30.546017)
    assert radar.sectors_rad == ((math.radians(245), math.radians(355)),)
    assert (radar.range_min_m, radar.range_max_m) == (250_000.0, 6_000_000.0)
    assert math.degrees(radar.elevation_min_rad) == pytest.approx(2.0)
    assert math.degrees(radar.elevation_max_rad) == pytest.approx(70.0)
    assert (radar.reference_rcs_m2, radar.revisit_s) == (1.0, 10.0)
    assert (radar.confirm_hits, radar.confirm_window) == (2, 3)


def test_the_published_range_is_where_half_the_looks_succeed() -> None:
    radar = CATALOG.radar_at(CATALOG.radars["usa-beale-uewr"])
    seen = radar.false_alarm_probability ** (1.0 / (1.0 + radar.reference_snr))
    assert seen == pytest.approx(0.5)


def test_variants_move_a_radars_disputed_values_and_no_others() -> None:
    entry = CATALOG.radars["rus-lekhtusi-voronezh-m"]
    low, nominal, high = (CATALOG.radar_at(entry, each) for each in VARIANTS)
    assert [each.range_max_m for each in (low, nominal, high)] == [3.7e6, 6.0e6, 8.0e6]
    assert [each.range_min_m for each in (low, nominal, high)] == [2.5e5, 2.5e5, 1.0e5]
    assert low.sectors_rad == nominal.sectors_rad == high.sectors_rad
    assert low.latitude_rad == high.latitude_rad


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_usable_sensor_makes_a_record_of_the_models(variant: str) -> None:
    radars = [e for e in CATALOG.radars.values() if CATALOG.usable(e, variant) is None]
    satellites = [e for e in CATALOG.satellites.values() if CATALOG.usable(e, variant) is None]
    assert {CATALOG.radar_at(each, variant).id for each in radars} == {e.id for e in radars}
    made = {CATALOG.infrared_at(each, variant).id for each in satellites}
    assert made == {each.id for each in satellites}
    assert len(radars) == (37 if variant == "high" else 36)
    assert len(satellites) == (27 if variant == "high" else 23)


def test_a_sensor_that_cannot_be_used_is_refused_with_the_reason() -> None:
    with pytest.raises(CatalogError, match="'usa-eglin-fps-85' cannot be used: no range"):
        CATALOG.radar_at(CATALOG.radars["usa-eglin-fps-85"])


def test_a_sensor_of_another_day_is_refused_with_its_state() -> None:
    entry = CATALOG.radars["rus-balkhash-dnepr"]
    assert CATALOG.radar_at(entry, "nominal", date(2019, 6, 1)).id == "rus-balkhash-dnepr"
    with pytest.raises(CatalogError, match=r"2021-06-01.*absent since 2021-01-01"):
        CATALOG.radar_at(entry, "nominal", date(2021, 6, 1))
    with pytest.raises(CatalogError, match="not there yet"):
        CATALOG.radar_at(entry, "nominal", date(1960, 1, 1))


def test_a_satellite_flies_its_public_element_set() -> None:
    entry = CATALOG.satellites["rus-eks-5-kosmos-2552"]
    orbit = CATALOG.infrared_at(entry, "nominal", DAY).orbit
    assert orbit.kind == "tle"
    assert orbit.line1.startswith("1 49503U")
    assert orbit.line2.startswith("2 49503")


def test_an_element_set_goes_before_a_longitude() -> None:
    entry = CATALOG.satellites["usa-sbirs-geo-3"]
    assert {"orbit", "longitude"} <= set(entry.values)
    assert CATALOG.infrared_at(entry).orbit.kind == "tle"


def test_a_satellite_without_published_angles_flies_an_assumed_ellipse() -> None:
    orbit = CATALOG.infrared_at(CATALOG.satellites["usa-sbirs-heo-1"], "high").orbit
    assert orbit.kind == "kepler"
    assert orbit.elements is not None
    assert orbit.elements.semi_major_axis_m == pytest.approx(SEMI_MAJOR_AXIS_M)
    perigee_m = orbit.elements.semi_major_axis_m * (1.0 - orbit.elements.eccentricity)
    assert perigee_m == pytest.approx(6_378_137.0 + 1_111_000.0)
    assert math.degrees(orbit.elements.perigee_rad) == pytest.approx(270.0)
    period_min = 2 * math.pi * math.sqrt(SEMI_MAJOR_AXIS_M**3 / 3.986004418e14) / 60
    published = CATALOG.satellites["usa-sbirs-heo-1"].values["period"].value
    assert period_min == pytest.approx(published, rel=0.005)


def test_a_ten_kilowatt_plume_is_just_seen_from_geostationary_height() -> None:
    watch = CATALOG.infrared_at(CATALOG.satellites["usa-dsp-21"])
    edge_m = math.sqrt(42_164_170.0**2 - 6_378_137.0**2)
    assert 1.0e4 / edge_m**2 == pytest.approx(watch.threshold_w_m2, rel=0.02)
    assert watch.cloud_break_m == 10_000.0
    assert watch.revisit_s == 10.0
