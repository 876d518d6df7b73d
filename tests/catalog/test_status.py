"""Which sensors count on which day, in which variant, and why others cannot be used."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.catalog.entries import (
    VARIANTS,
    Alternative,
    Data,
    RadarEntry,
    SensorEntry,
    Value,
    Variant,
)
from tocsin.catalog.load import load_catalog
from tocsin.catalog.status import data_at, operational, usable
from tocsin.errors import CatalogError

CATALOG = load_catalog()
SENSORS: dict[str, SensorEntry] = {**CATALOG.radars, **CATALOG.satellites}


def radar(values: dict[str, Value]) -> RadarEntry:
    return RadarEntry(
        id="one",
        name="One",
        operator="RU",
        host_country="RU",
        role="missile-warning",
        status="operational",
        use="baseline",
        confidence="high",
        states=(),
        values=values,
        site="here",
    )


def disputed(value: Data, *others: Data, counts: bool = True) -> Value:
    return Value(
        value=value,
        unit="km",
        how="published",
        confidence="high",
        alternatives=tuple(Alternative(value=each, counts=counts) for each in others),
    )


@pytest.mark.parametrize(
    ("sensor", "day", "there"),
    [
        ("rus-balkhash-dnepr", date(2019, 6, 1), True),
        ("rus-balkhash-dnepr", date(2021, 6, 1), False),
        ("rus-eks-6-kosmos-2563", date(2021, 6, 1), False),
        ("rus-eks-6-kosmos-2563", date(2024, 7, 5), True),
        ("rus-eks-1-kosmos-2510", date(2020, 6, 1), True),
        ("rus-eks-1-kosmos-2510", date(2024, 7, 5), False),
        ("chn-yiyuan-lpar-face-2", date(2020, 6, 1), False),
        ("chn-yiyuan-lpar-face-1", date(2020, 6, 1), True),
        ("sov-skrunda-dnestr-m", date(1998, 9, 3), True),
        ("sov-skrunda-dnestr-m", date(1998, 9, 4), False),
        ("usa-sbirs-geo-1", date(2012, 6, 1), False),
        ("usa-sbirs-geo-1", date(2014, 6, 1), True),
        ("rus-kupol-system", date(2024, 7, 5), False),
    ],
)
def test_a_scenario_has_the_sensors_of_its_day(sensor: str, day: date, there: bool) -> None:
    assert operational(SENSORS[sensor], day) is there


@pytest.mark.parametrize("number", ["3-kosmos-2541", "4-kosmos-2546", "6-kosmos-2563"])
def test_satellites_disputed_since_december_2025_count_as_the_variant_says(number: str) -> None:
    entry = SENSORS[f"rus-eks-{number}"]
    before, after = date(2025, 11, 30), date(2025, 12, 1)
    assert [operational(entry, before, each) for each in VARIANTS] == [True, True, True]
    assert [operational(entry, after, each) for each in VARIANTS] == [False, False, True]


def test_the_last_satellite_without_clear_failure_counts_nominally() -> None:
    entry = SENSORS["rus-eks-5-kosmos-2552"]
    assert [operational(entry, date(2026, 1, 15), each) for each in VARIANTS] == [False, True, True]


@given(
    sensor=st.sampled_from(sorted(SENSORS)),
    day=st.dates(min_value=date(1955, 1, 1), max_value=date(2030, 1, 1)),
)
def test_what_counts_in_a_poorer_variant_counts_in_a_richer_one(sensor: str, day: date) -> None:
    low, nominal, high = (operational(SENSORS[sensor], day, each) for each in VARIANTS)
    assert low <= nominal <= high


@given(sensor=st.sampled_from(sorted(SENSORS)), before=st.integers(1, 20_000))
def test_no_sensor_counts_before_its_first_day(sensor: str, before: int) -> None:
    entry = SENSORS[sensor]
    first = entry.states[0].since
    assert not operational(entry, first - timedelta(days=before), "high")


def test_since_and_until_are_the_days_it_came_and_went() -> None:
    entry = SENSORS["rus-balkhash-dnepr"]
    assert (entry.since, entry.until) == (date(1973, 1, 1), date(2021, 1, 1))
    assert SENSORS["rus-barnaul-voronezh-dm"].until is None
    assert SENSORS["rus-kupol-system"].since is None


@pytest.mark.parametrize(
    ("sensor", "variant", "why"),
    [
        ("rus-barnaul-voronezh-dm", "nominal", None),
        ("chn-huian-lpar", "nominal", "no coordinates, no sector published"),
        ("usa-shemya-cobra-dane", "nominal", "no range published"),
        ("usa-shemya-cobra-dane", "high", "no range published"),
        ("chn-korla-lpar", "nominal", "no range published"),
        ("chn-korla-lpar", "high", None),
        ("usa-sbirs-heo-1", "low", "orbit only assumed"),
        ("usa-sbirs-heo-1", "nominal", "orbit only assumed"),
        ("usa-sbirs-heo-1", "high", None),
        ("usa-dsp-23", "high", "no orbit published"),
        ("sov-us-k-oko", "high", "a record of a series"),
        ("fra-graves", "high", "two-site"),
    ],
)
def test_what_cannot_be_used_says_why(sensor: str, variant: Variant, why: str | None) -> None:
    found = usable(SENSORS[sensor], variant)
    assert found == why if why is None else why in str(found)


def test_every_baseline_sensor_is_usable_at_least_in_the_richest_variant() -> None:
    baseline = [each for each in SENSORS.values() if each.use == "baseline"]
    assert len(baseline) == 35
    assert [each.id for each in baseline if usable(each, "high")] == []


def test_a_variant_takes_the_least_or_the_most_capable_claim() -> None:
    entry = radar(
        {
            "range_max": disputed(6000.0, 3700.0, 8000.0),
            "range_min": disputed(250.0, 100.0),
            "latitude": disputed(10.0, 20.0),
        }
    )
    assert [data_at(entry, "range_max", each) for each in VARIANTS] == [3700.0, 6000.0, 8000.0]
    assert [data_at(entry, "range_min", each) for each in VARIANTS] == [250.0, 250.0, 100.0]
    assert [data_at(entry, "latitude", each) for each in VARIANTS] == [10.0, 10.0, 10.0]


def test_the_wider_sectors_are_the_more_capable() -> None:
    narrow, wide = ((10.0, 60.0),), ((300.0, 20.0),)
    entry = radar({"sectors": disputed(narrow, wide)})
    assert [data_at(entry, "sectors", each) for each in VARIANTS] == [narrow, narrow, wide]
    everything = ((0.0, 360.0),)
    entry = radar({"sectors": disputed(everything, wide)})
    assert [data_at(entry, "sectors", each) for each in VARIANTS] == [wide, everything, everything]


def test_a_claim_that_does_not_count_moves_no_variant() -> None:
    entry = radar({"range_max": disputed(3000.0, 14_000.0, counts=False)})
    assert [data_at(entry, "range_max", each) for each in VARIANTS] == [3000.0] * 3


def test_claims_alone_make_a_value_in_the_richest_variant_only() -> None:
    entry = radar({"range_max": disputed(None, 5500.0, 5556.0)})
    assert [data_at(entry, "range_max", each) for each in VARIANTS] == [None, None, 5556.0]


def test_an_unknown_variant_is_refused_with_the_nearest() -> None:
    entry = SENSORS["rus-barnaul-voronezh-dm"]
    with pytest.raises(CatalogError, match="did you mean 'nominal'"):
        usable(entry, "nominl")
    with pytest.raises(CatalogError, match="variant is 'best'"):
        operational(entry, date(2024, 7, 5), "best")
