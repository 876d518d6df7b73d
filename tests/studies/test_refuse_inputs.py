"""Tracks are never written over what they are made of."""

from pathlib import Path

import pytest

from tocsin.errors import OutputError
from tocsin.studies.tracking import refuse_inputs


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_input_is_not_written_over(tmp_path: Path, place: int) -> None:
    inputs = [tmp_path / name for name in ("plots.parquet", "sensors.json", "truth.parquet")]
    for path in inputs:
        path.write_text("kept", encoding="utf-8")
    with pytest.raises(OutputError, match="give --out another name"):
        refuse_inputs(inputs[place], inputs)


def test_a_link_to_an_input_is_that_input(tmp_path: Path) -> None:
    plots, link = tmp_path / "plots.csv", tmp_path / "tracks.csv"
    plots.write_text("kept", encoding="utf-8")
    link.symlink_to(plots)
    with pytest.raises(OutputError):
        refuse_inputs(link, (plots, None))


def test_another_file_may_be_written(tmp_path: Path) -> None:
    plots, out = tmp_path / "plots.csv", tmp_path / "tracks.csv"
    plots.write_text("kept", encoding="utf-8")
    refuse_inputs(out, (plots, None))
    out.write_text("older tracks", encoding="utf-8")
    refuse_inputs(out, (plots, None))
    refuse_inputs(None, (plots,))
