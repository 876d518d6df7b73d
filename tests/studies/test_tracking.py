"""What was odd about plots, as it is told, and what of them is set aside."""

import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from tocsin.formats.plot_table import table_from_plots
from tocsin.studies.known_sky import Satellites
from tocsin.studies.plot_input import GAP_TOLD_S, Heard, TrackingError
from tocsin.studies.tracking import Options, track_file, without_moon
from tocsin.tracking.flood import PLOTS_MAX
from tocsin.tracking.late import Counts

MOON = runpy.run_path(str(Path(__file__).parents[1] / "sensors" / "test_moon.py"))

DAY_NS = 86_400 * 10**9


def test_nothing_odd_is_nothing_said() -> None:
    heard = Heard(plots=3, gap_tai_ns=(0, round(GAP_TOLD_S * 1e9)))

    assert heard.remarks() == []
    assert heard.record()["degraded_looks"] == 0


def test_a_gap_of_days_and_a_degraded_look_are_each_a_line() -> None:
    heard = Heard(plots=3, gap_tai_ns=(DAY_NS * 20_000, DAY_NS * 20_003))
    heard = replace(heard, counts=Counts(degraded=2, thinned=7), thinned=1)

    degraded, gap = heard.remarks()

    assert degraded == f"degraded: 2 looks had more than {PLOTS_MAX:,} plots; 8 plots were left out"
    assert gap.endswith("(3.0 days): no track lived through it")


def test_echoes_of_the_moon_are_set_aside_and_a_missile_before_it_is_not() -> None:
    rates = np.where(np.arange(24) % 2, -4_000.0, MOON["echoes"]().range_rate_m_s)
    mixed = MOON["echoes"](range_rate_m_s=rates)

    kept = without_moon(mixed, (MOON["thule"](),))

    assert set(range(1, 24, 2)) <= set(kept.plot_id.tolist())
    assert kept.count <= 14


def test_plots_without_range_rate_are_used_however_long_they_stay_before_the_moon() -> None:
    blind = MOON["echoes"](range_rate_m_s=np.full(24, np.nan))

    assert without_moon(blind, (MOON["thule"](),)) is blind


def test_the_moon_alone_is_no_plot_at_all_and_is_counted(tmp_path: Path) -> None:
    plots = MOON["echoes"]()
    plots = plots.take(np.flatnonzero(MOON["is_moon"](plots, MOON["thule"]())))
    pyarrow.parquet.write_table(table_from_plots(plots), tmp_path / "plots.parquet")
    options = Options(satellites=Satellites(wanted=False))

    with pytest.raises(TrackingError, match=f"and {plots.count} echoes of the Moon"):
        track_file(tmp_path / "plots.parquet", (MOON["thule"](),), options, lambda *_: None)

    assert Heard(moon=3).remarks() == ["3 plots are echoes of the Moon; they were set aside"]
    assert Heard(moon=3).record()["moon_plots"] == 3
