"""Where `tocsin fly --out` writes a flight: a table or a trajectory file, whole or not at all."""

from pathlib import Path

import numpy as np

from tocsin.earth.frames import geodetic_from_ecef_batch
from tocsin.earth.time import tai_from_utc
from tocsin.errors import OutputError
from tocsin.flight.single import Flown, dense
from tocsin.formats.czml import write_czml
from tocsin.formats.oem import write_oem
from tocsin.lanes import Floats
from tocsin.studies.files import placed

EPOCH_UTC = "2024-01-01T00:00:00Z"
"""Lift-off in files that need a date; a flight alone has none."""

ENDINGS = (".csv", ".parquet", ".czml", ".oem")


def write_flight(flown: Flown, path: Path, step_s: float) -> None:
    """Write a flight every `step_s`, from lift-off to the last step before impact.

    Raises:
        OutputError: The ending is not one of `ENDINGS`, or the file cannot be written.
        FlightError: The flight is a closed-form arc.
    """
    if path.suffix not in ENDINGS:
        raise OutputError(
            f"cannot write {path.name!r}: its ending must be one of {', '.join(ENDINGS)}"
        )
    path_time = dense(flown, step_s)
    up = np.isfinite(path_time.altitude_m[0])
    time, place = path_time.time_s[up], path_time.position_ecef_m[0][up]
    rate = path_time.velocity_ecef_m_s[0][up]
    start = tai_from_utc(EPOCH_UTC)
    name = flown.figures()["vehicle"]
    if path.suffix == ".czml":
        payload = write_czml(str(name), start, time, place).encode()
    elif path.suffix == ".oem":
        payload = write_oem(str(name), start, time, place, rate).encode()
    else:
        payload = _table(path.suffix, time, place, rate)
    with placed(path) as part:
        part.write_bytes(payload)


def _table(ending: str, time: Floats, place: Floats, rate: Floats) -> bytes:
    """Give the flight as a table in CSV or Parquet."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    latitude, longitude, height = geodetic_from_ecef_batch(place)
    columns = {
        "time_s": time,
        "latitude_deg": np.degrees(latitude),
        "longitude_deg": np.degrees(longitude),
        "altitude_m": height,
        **{f"{axis}_m": place[:, k] for k, axis in enumerate("xyz")},
        **{f"v{axis}_m_s": rate[:, k] for k, axis in enumerate("xyz")},
    }
    sink = pa.BufferOutputStream()
    table = pa.table(columns)
    if ending == ".csv":
        csv.write_csv(table, sink)
    else:
        parquet.write_table(table, sink)
    return bytes(sink.getvalue())
