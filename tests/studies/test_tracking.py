"""What was odd about plots, as it is told."""

from dataclasses import replace

from tocsin.studies.plot_input import GAP_TOLD_S, Heard
from tocsin.tracking.late import Counts

DAY_NS = 86_400 * 10**9


def test_nothing_odd_is_nothing_said() -> None:
    heard = Heard(plots=3, gap_tai_ns=(0, round(GAP_TOLD_S * 1e9)))

    assert heard.remarks() == []
    assert heard.record()["degraded_looks"] == 0


def test_a_gap_of_days_and_a_degraded_look_are_each_a_line() -> None:
    heard = Heard(plots=3, gap_tai_ns=(DAY_NS * 20_000, DAY_NS * 20_003))
    heard = replace(heard, counts=Counts(degraded=2, thinned=7), thinned=1)

    degraded, gap = heard.remarks()

    assert degraded == "degraded: 2 looks had more than 5,000 plots; 8 plots were left out"
    assert gap.endswith("(3.0 days): no track lived through it")
