"""How much memory tracking a table takes, against the rows in it: peak of a process of its own.

A radar's table of false plots is written batch by batch, then tracked by `tocsin track` in a fresh
process for each size; the peak must not grow with the rows. With `--flood` one more look has so
many plots.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

SENSOR = "rus-armavir-voronezh-dm-2"
START_NS = 1_720_180_800 * 10**9
COMMAND = "from tocsin.cli.main import main; main()"
LOOK_ROWS = 50
LOOK_S = 10
LOOKS_A_BATCH = 1_000


def rows_at(draw: np.random.Generator, time_ns: np.ndarray) -> pa.Table:
    """Give a false plot for each instant."""
    n = time_ns.size
    return pa.table(
        {
            "time_utc": time_ns,
            "sensor": pa.array([SENSOR] * n),
            "range_m": draw.uniform(5e5, 5.5e6, n),
            "azimuth_deg": draw.uniform(60.0, 170.0, n),
            "elevation_deg": draw.uniform(3.0, 60.0, n),
            "snr_db": draw.uniform(10.0, 20.0, n),
        }
    )


def write(path: Path, rows: int, flood: int) -> None:
    """Write a table of so many rows, a batch at a time; one look has the flood on top."""
    draw = np.random.default_rng(1)
    looks = max(1, rows // LOOK_ROWS)
    schema = rows_at(draw, np.zeros(1, np.int64)).schema
    with pa.parquet.ParquetWriter(path, schema) as file:
        for first in range(0, looks, LOOKS_A_BATCH):
            look = np.arange(first, min(first + LOOKS_A_BATCH, looks))
            file.write_table(rows_at(draw, START_NS + np.repeat(look, LOOK_ROWS) * LOOK_S * 10**9))
        if flood:
            time_ns = np.full(flood, START_NS + looks * LOOK_S * 10**9)
            file.write_table(rows_at(draw, time_ns))


def tracked(path: Path) -> tuple[float, float]:
    """Track a table in a process of its own; give its peak (MB) and how long it took (s)."""
    began = time.perf_counter()
    child = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", COMMAND, "track", str(path), "--quiet", "--json"],
        dict(os.environ),
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, used = os.wait4(child, 0)
    assert status == 0, status
    return used.ru_maxrss / 1024.0, time.perf_counter() - began


def main() -> None:
    """Print a line for each size."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, nargs="+", default=[20_000, 200_000])
    asked.add_argument("--flood", type=int, default=0)
    words = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for rows in words.rows:
            path = Path(folder) / "plots.parquet"
            write(path, rows, words.flood)
            peak_mb, took_s = tracked(path)
            sys.stdout.write(
                json.dumps(
                    {
                        "rows": rows,
                        "flood": words.flood,
                        "peak_mb": round(peak_mb),
                        "took_s": round(took_s, 1),
                    }
                )
                + "\n"
            )


if __name__ == "__main__":
    main()
