"""What `tocsin run --plots` leaves: plots, the truth beside them, and the sensors they are of."""

from pathlib import Path
from typing import Any

import numpy as np
from pyarrow import parquet

from tocsin.catalog.load import Catalog
from tocsin.formats.plot_table import table_from_plots
from tocsin.formats.sensors_file import write_sensors
from tocsin.formats.truth_table import table_from_truth
from tocsin.simulation.roster import Roster
from tocsin.simulation.scenario import Scenario
from tocsin.simulation.world import looking, plots_of
from tocsin.studies.files import placed, write_tables, write_text

PLOT_FILES = ("plots.parquet", "plots.csv", "truth.parquet", "sensors.json")


def write_plots(
    folder: Path, scenario: Scenario, members: Roster, catalog: Catalog
) -> dict[str, Any]:
    """Let every sensor look at a scenario's launches; write what they report into a folder.

    Returns:
        What was written, for the summary: counts and names of files.

    Raises:
        ScenarioError: Nothing flies, nothing looks, or more than is worked out.
        OutputError: A file cannot be written.
    """
    plots, truth = plots_of(scenario, members, catalog, scenario.seed)
    table = table_from_plots(plots)
    write_tables(folder, "plots", table.schema, [table])
    with placed(folder / "truth.parquet") as part, part.open("wb") as file:
        parquet.write_table(table_from_truth(truth), file, write_page_checksum=True)
    write_text(folder / "sensors.json", write_sensors(looking(members)))
    return {
        "plots": plots.count,
        "sensors_reporting": int(np.unique(plots.sensor).size),
        "sensors_looking": len(plots.sensors),
        "objects": len(truth.objects),
        "files": list(PLOT_FILES),
    }
