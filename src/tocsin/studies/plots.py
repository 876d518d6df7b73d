"""What `tocsin run --plots` leaves: plots, the truth beside them, and the sensors they are of."""

from pathlib import Path
from typing import Any

import numpy as np
from pyarrow import parquet

from tocsin.catalog.load import Catalog
from tocsin.formats.look_table import looks_from_scans, table_from_looks
from tocsin.formats.plot_table import table_from_plots
from tocsin.formats.sensors_file import write_sensors
from tocsin.formats.truth_table import table_from_truth
from tocsin.sensors.measurement import assumed_bias_sigma
from tocsin.simulation.roster import Roster
from tocsin.simulation.scenario import Scenario
from tocsin.simulation.world import joined_plots, looking, scans_of
from tocsin.studies.files import placed, write_tables, write_text

PLOT_FILES = ("plots.parquet", "plots.csv", "truth.parquet", "looks.parquet", "sensors.json")


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
    scans, truth = scans_of(scenario, members, catalog, scenario.seed)
    plots, looks = joined_plots(scans, scenario.data_class), looks_from_scans(scans)
    table = table_from_plots(plots)
    write_tables(folder, "plots", table.schema, [table])
    for name, rows in (("truth", table_from_truth(truth)), ("looks", table_from_looks(looks))):
        with placed(folder / f"{name}.parquet") as part, part.open("wb") as file:
            parquet.write_table(rows, file, write_page_checksum=True)
    sensors = looking(members, scenario.start_tai_ns)
    write_text(folder / "sensors.json", write_sensors(sensors, assumed_bias_sigma))
    return {
        "plots": plots.count,
        "sensors_reporting": int(np.unique(plots.sensor).size),
        "sensors_looking": len(plots.sensors),
        "looks": looks.count,
        "looks_saturated": int(np.count_nonzero(looks.saturated)),
        "objects": len(truth.objects),
        "files": list(PLOT_FILES),
    }
