"""Units that a radar which sees from its feet on cannot tell by its view."""

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tocsin.sensors.measurement import site_of
from tocsin.studies import plot_checks

MADE: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "tracking" / "conftest.py"))


def test_ranges_in_kilometres_are_found_at_a_radar_that_sees_from_its_feet_on() -> None:
    raid = MADE["make_raid"]()
    site = site_of(replace(raid.site.sensor, range_min_m=0.0))
    plots = MADE["watched"](raid, 3)
    plot_checks._check_ranges("plots.csv", plots, site)
    with pytest.raises(plot_checks.UnitError, match="range_m looks like kilometres: the "):
        plot_checks._check_ranges("plots.csv", replace(plots, range_m=plots.range_m / 1e3), site)
