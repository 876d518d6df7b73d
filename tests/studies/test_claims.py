"""Verdicts and sentences follow from figures: sensors that see exactly what a test says."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow.parquet
import pytest

from tocsin.flight.trajectory import Launches
from tocsin.sensors.watch import Watch
from tocsin.studies import survey
from tocsin.studies.claims import BORNE_OUT, NOT, PARTLY, claims, study_sentence
from tocsin.studies.outputs import write_study
from tocsin.studies.results import Claim, Compared
from tocsin.studies.run import Options, open_scenario, worked_out

NEVER = np.inf
Times = Mapping[str, tuple[float, float]]
"""First look and confirmation, s after lift-off, of each sensor that sees."""


class Judged(SimpleNamespace):
    """What a study with made-up looks came to."""

    claims: dict[str, Claim]
    compared: Compared
    sentence: str
    folder: Path


@pytest.fixture
def judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Times], Judged]:
    """Give a study of two-islands whose sensors see what the test says."""

    def judged(times: Times) -> Judged:
        def cover(_vehicle: object, launches: Launches, over: Watch) -> SimpleNamespace:
            rows = launches.latitude_rad.size
            looks = np.array([times.get(name, (NEVER, NEVER)) for name in over.ids])
            return SimpleNamespace(
                first_look_s=np.tile(looks[:, 0], (rows, 1)),
                confirmed_s=np.tile(looks[:, 1], (rows, 1)),
            )

        monkeypatch.setattr(survey, "cover", cover)
        options = Options(out=tmp_path)
        with worked_out(open_scenario("two-islands", options), options, lambda *_: None) as done:
            write_study(done.prepared, done.totals, done.kept, done.compared, done.folder)
            found = claims(done.prepared, done.totals)
            return Judged(
                claims={claim.question: claim for claim in found},
                compared=done.compared,
                sentence=study_sentence(done.prepared, done.totals),
                folder=tmp_path,
            )

    return judged


GAP = "Does joining close the gap over the strait?"
MINUTES = "Are there enough minutes to decide?"
LEAVING = "What is lost when a partner leaves?"
RADAR = "What does West's radar add?"


def test_where_nobody_sees_nothing_is_borne_out(judge: Callable[[Times], Judged]) -> None:
    found = judge({})

    assert {claim.verdict for claim in found.claims.values()} == {NOT}
    assert all(c.share_seen.value == 0.0 for c in found.compared.coalitions)
    assert "West Island sees 0 %, median warning 0.0 min" in found.sentence
    assert found.compared.ledger[0].left_min.value is None


def test_where_one_sees_all_joining_closes_the_other_ones_gap(
    judge: Callable[[Times], Judged],
) -> None:
    found = judge({"west-radar": (90.0, 100.0)})

    assert found.claims[GAP].verdict == BORNE_OUT
    assert "With nothing shared, whoever is aimed at knows of 50 %" in found.claims[GAP].answer
    assert "joined, plots shared, of 100 %" in found.claims[GAP].answer
    assert found.claims[RADAR].verdict == BORNE_OUT
    assert found.claims[LEAVING].verdict == PARTLY
    assert "If East Island leaves, no launch loses" in found.claims[LEAVING].answer
    assert (
        "If West Island leaves, 100 % of launches at East Island's" in found.claims[LEAVING].answer
    )


def test_where_both_see_alike_joining_closes_nothing(judge: Callable[[Times], Judged]) -> None:
    found = judge({"west-radar": (90.0, 100.0), "east-radar": (90.0, 100.0)})

    assert found.claims[GAP].verdict == NOT
    assert found.claims[GAP].answer.startswith("There is no gap to close")
    assert found.claims[LEAVING].verdict == NOT
    assert found.claims[RADAR].verdict == PARTLY


def test_one_minute_earlier_is_a_gain_for_every_launch_at_the_other_place(
    judge: Callable[[Times], Judged],
) -> None:
    found = judge({"west-radar": (100.0, 120.0), "east-radar": (200.0, 240.0)})
    gain = {each.id: each for each in found.compared.gains}["east+west-l0->east+west-l3"]

    assert gain.share_gaining.value == 0.5
    assert gain.share_newly_seen.value == 0.0
    assert gain.share_losing.value == 0.0
    assert gain.gain_min["p50"].value == pytest.approx(110 / 60, abs=1 / 60)
    assert gain.gain_min["mean"].value == pytest.approx(110 / 60, abs=1 / 60)


def test_warning_counts_from_when_the_one_aimed_at_is_told(
    judge: Callable[[Times], Judged],
) -> None:
    found = judge({"west-radar": (100.0, 120.0)})
    rows = pyarrow.parquet.read_table(found.folder / "tables" / "launches.parquet").to_pylist()

    for row in rows:
        left = row["flight_min"] - 120.0 / 60.0
        late = 60.0 / 60.0 if row["place"] == "east-harbour" else 0.0
        assert row["warning_min_west"] == pytest.approx(left, abs=2e-3)
        assert row["warning_min_east"] is None
        assert row["warning_min_east+west-l2"] == pytest.approx(left - late, abs=2e-3)


@pytest.mark.parametrize(
    ("seen_s", "verdict"), [(60.0, BORNE_OUT), (3000.0, NOT)], ids=["early", "never in time"]
)
def test_minutes_to_decide_are_judged_by_what_is_left(
    judge: Callable[[Times], Judged], seen_s: float, verdict: str
) -> None:
    found = judge({"west-radar": (seen_s, seen_s), "east-radar": (seen_s, seen_s)})

    assert found.claims[MINUTES].verdict == verdict


def test_the_ledger_tells_where_the_minutes_go(judge: Callable[[Times], Judged]) -> None:
    found = judge({"west-radar": (100.0, 130.0)})
    takes = {line.step: line.takes_s.value for line in found.compared.ledger}

    assert takes["first detection"] == pytest.approx(100.0, abs=1.0)
    assert takes["confirmation"] == pytest.approx(30.0, abs=1.0)
    assert 0.0 <= takes["telling the partner"] <= 2.0
    assert takes["assessment"] == 210.0


def test_two_sensors_confirm_only_where_their_tracks_come_together(
    judge: Callable[[Times], Judged],
) -> None:
    found = judge({"west-radar": (100.0, 120.0), "east-radar": (200.0, 240.0)})
    twice = {c.id: c.share_confirmed_by_two.value for c in found.compared.coalitions}

    assert twice["east"] == twice["west"] == twice["east+west-l0"] == 0.0
    assert twice["east+west-l3"] == twice["east+west-l4"] == 1.0
