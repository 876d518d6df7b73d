"""A sensors file comes back as it was written; a fault in one names the sensor and the key."""

import json
from dataclasses import fields, replace
from typing import Any

import pytest

from tocsin.catalog.build import infrared_at, radar_at
from tocsin.catalog.load import load_catalog
from tocsin.catalog.status import usable
from tocsin.earth.time import tai_from_utc
from tocsin.errors import TocsinError
from tocsin.formats.sensors_file import read_sensors, read_sites, write_sensors
from tocsin.sensors.radar import Radar
from tocsin.sensors.satellites import in_run

RADAR: dict[str, Any] = {
    "id": "north",
    "kind": "radar",
    "latitude_deg": 60.0,
    "longitude_deg": 30.0,
    "altitude_m": 50.0,
    "sectors_deg": [[250.0, 10.0]],
    "elevation_min_deg": 2.0,
    "elevation_max_deg": 70.0,
    "range_min_km": 100.0,
    "range_max_km": 6000.0,
    "revisit_s": 5.0,
}
EYE: dict[str, Any] = {"id": "eye", "kind": "infrared", "longitude_deg": 80.0, "revisit_s": 10.0}


def text(*records: dict[str, Any]) -> str:
    return json.dumps({"sensors": records})


def near(one: Any, two: Any) -> None:
    """Compare two records field by field."""
    for each in fields(one):
        left, right = getattr(one, each.name), getattr(two, each.name)
        if each.name in ("orbit", "elements") and left is not None:
            near(left, right)
        elif isinstance(left, float):
            assert right == pytest.approx(left, rel=1e-12, abs=1e-12)
        elif each.name == "sectors_rad":
            assert [x for pair in right for x in pair] == pytest.approx(
                [x for pair in left for x in pair]
            )
        else:
            assert right == left


def test_every_usable_sensor_of_the_catalogue_comes_back() -> None:
    catalog = load_catalog()
    sensors = [radar_at(each) for each in catalog.radars.values() if usable(each) is None]
    eyes = [infrared_at(each) for each in catalog.satellites.values() if usable(each) is None]

    found = read_sensors(write_sensors([*sensors, *eyes]))

    assert len(found) == len(sensors) + len(eyes) > 40
    for one, two in zip([*sensors, *eyes], found, strict=True):
        near(one, two)


def test_a_sensor_needs_only_what_a_tracker_asks() -> None:
    radar, eye = read_sensors(text(RADAR, EYE))

    assert isinstance(radar, Radar)
    assert radar.name == "north"
    assert radar.range_max_m == 6.0e6
    assert not isinstance(eye, Radar)
    assert eye.orbit.kind == "geo"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("{", "s.json: this is not JSON"),
        ('{"sensors": []}', 's.json: it must be {"sensors": [...]}'),
        (text(RADAR, RADAR), "s.json: sensor 'north' is there twice"),
        (text({**RADAR, "kind": "sonar"}), "kind is 'sonar'; it must be 'radar' or 'infrared'"),
        (text({**RADAR, "latitude": 3}), "'latitude' is not known; did you mean 'latitude_deg'?"),
        (text({**RADAR, "latitude_deg": "N60"}), "latitude_deg is 'N60'; it must be a number"),
        (
            text({**RADAR, "latitude_deg": 95}),
            "s.json: sensor 1 ('north'): latitude_deg is 95; it must be from -90 to 90",
        ),
        (text({**RADAR, "range_max_km": 9e7}), "range_max_km is 90000000; it must be from 1 to"),
        (text({**RADAR, "range_min_km": 7e3}), "range_min_km is 7000; it must be from 0 to 6000"),
        (text({**RADAR, "elevation_min_deg": -5}), "elevation_min_deg is -5; it must be from -1"),
        (text({**RADAR, "elevation_max_deg": 1}), "elevation_max_deg is 1; it must be from 2 to"),
        (text({**RADAR, "sectors_deg": [[0, 400]]}), "sectors_deg to is 400; it must be from 0 to"),
        (text({**RADAR, "sectors_deg": [[9, 9]]}), "sectors_deg has [9, 9], of no width; for all"),
        (text({**RADAR, "altitude_m": 10**400}), "altitude_m is inf; it must be from -500 to"),
        (text({**EYE, "longitude_deg": 500}), "'eye'): longitude_deg is 500; it must be from -360"),
        (text({**EYE, "cloud_break_km": 99}), "cloud_break_km is 99; it must be from 0 to 30"),
        ('{"sensor": [], "sensors": []}', "s.json: 'sensor' is not known; did you mean 'sensors'?"),
        ('{"sensors": [], "erth": {}}', "s.json: 'erth' is not known; did you mean 'earth'?"),
        (text({**RADAR, "sectors_deg": [5]}), "sectors_deg is [5]; it must be pairs"),
        (text({k: v for k, v in RADAR.items() if k != "range_max_km"}), "range_max_km is missing"),
        (text({**EYE, "element_set": ["1", "2"]}), "it has element_set and longitude_deg; give"),
        (text({k: v for k, v in EYE.items() if k != "longitude_deg"}), "it has no orbit; give one"),
        (text({**RADAR, "pulse_hz": 0}), "pulse_hz is 0; it must be from 0.1 to 1000000"),
        (text({**RADAR, "plots_max": 0}), "plots_max is 0; it must be from 1 to 1000000"),
        (text({**RADAR, "range_bias_sigma_m": -1}), "range_bias_sigma_m is -1; it must be from 0"),
        (text({**EYE, "range_bias_sigma_m": 1}), "'range_bias_sigma_m' is not known"),
        (text({**EYE, "run_utc": "soon"}), "soon"),
        (text({**RADAR, "revisit_s": float("nan")}), "NaN is not a number in JSON"),
    ],
)
def test_a_fault_names_the_sensor_and_the_key(content: str, line: str) -> None:
    with pytest.raises(TocsinError) as caught:
        read_sensors(content, "s.json")

    assert line in str(caught.value)
    assert str(caught.value).startswith("s.json: ")
    assert "\n" not in str(caught.value)


def test_lasting_errors_pulses_and_runs_come_back_and_may_be_left_out() -> None:
    catalog = load_catalog()
    radar = replace(radar_at(catalog.radars["rus-don-2n"]), pulse_hz=37.5, plots_max=40)
    eye = infrared_at(
        next(
            each
            for each in catalog.satellites.values()
            if usable(each) is None and infrared_at(each).orbit.kind == "tle"
        )
    )
    eye = replace(eye, orbit=in_run(eye.orbit, tai_from_utc("2025-03-01T00:00:00.5Z")))
    sigma = {radar.id: (12.0, 3e-4), eye.id: (0.0, 5e-5)}
    plain = read_sites(write_sensors([radar, eye]))
    stated = read_sites(write_sensors([radar, eye], lambda sensor: sigma[sensor.id]))

    for site in plain:
        assert site.bias_sigma == (0.0, 0.0)
    for site in stated:
        assert site.bias_sigma == pytest.approx(sigma[site.id])
    near(radar, stated[0].sensor)
    near(eye, stated[1].sensor)
    assert stated[1].sensor.orbit.run_tai_ns == eye.orbit.run_tai_ns  # type: ignore[union-attr]
    assert '"pulse_hz"' not in write_sensors([radar_at(catalog.radars["rus-don-2n"])])


def test_a_file_of_nothing_but_brackets_is_one_line() -> None:
    with pytest.raises(TocsinError, match="this is not JSON"):
        read_sites("[" * 100_000)
