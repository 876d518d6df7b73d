"""Which launches are seen, by whom and from when: every launch point against every warned place."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute

from tocsin.studies import journal
from tocsin.studies.coalitions import alone_id, joined_id
from tocsin.studies.files import table_from_bytes
from tocsin.studies.prepare import Prepared

KEYS = ("area", "from_latitude_deg", "from_longitude_deg", "place")


def coverage_groups(prepared: Prepared) -> tuple[str, ...]:
    """Give the ids of the groups that coverage is about: each alone, and all joined."""
    asked = prepared.asked
    alone = tuple(alone_id(partner) for partner in asked.names)
    return alone if len(alone) == 1 else (*alone, joined_id(asked, asked.levels[-1]))


def coverage_tables(prepared: Prepared, kept: journal.Journal) -> Iterator[pa.Table]:
    """Give one row for each launch point and place, chunk by chunk.

    Columns: launches; then for each group the share seen (0 to 1) and, in minutes after lift-off,
    when the earliest and the latest of those seen are known (null where none is seen).
    """
    groups = coverage_groups(prepared)
    for result in journal.results(kept):
        yield _by(table_from_bytes(result.rows), KEYS, groups)


def area_coverage(prepared: Prepared, kept: journal.Journal) -> list[dict[str, Any]]:
    """Give one record for each area and place: the same columns as `coverage_tables`."""
    groups = coverage_groups(prepared)
    parts = [
        _by(table_from_bytes(result.rows), ("area", "place"), groups)
        for result in journal.results(kept)
    ]
    merged: dict[tuple[str, str], dict[str, Any]] = {}
    for part in parts:
        for row in part.to_pylist():
            key = (row["area"], row["place"])
            merged[key] = _merged(merged[key], row, groups) if key in merged else row
    return list(merged.values())


def _merged(one: dict[str, Any], other: dict[str, Any], groups: tuple[str, ...]) -> dict[str, Any]:
    launches = one["launches"] + other["launches"]
    found = {"area": one["area"], "place": one["place"], "launches": launches}
    for group in groups:
        seen = f"share_seen_{group}"
        number = sum(row[seen] * row["launches"] for row in (one, other))
        found[seen] = number / launches
        for name, least in (("earliest", min), ("latest", max)):
            key = f"{name}_min_{group}"
            times = [row[key] for row in (one, other) if row[key] is not None]
            found[key] = least(times) if times else None
    return found


def _by(launches: pa.Table, keys: tuple[str, ...], groups: tuple[str, ...]) -> pa.Table:
    """Group launches and give what each group of partners sees of them."""
    used = launches.select([*keys, "flight_min", *(f"warning_min_{group}" for group in groups)])
    for group in groups:
        known = pa.compute.subtract(used["flight_min"], used[f"warning_min_{group}"])
        used = used.append_column(f"known_{group}", known)
    wanted: list[tuple[Any, ...]] = [("flight_min", "count")]
    for group in groups:
        wanted += [(f"known_{group}", how) for how in ("count", "min", "max")]
    found = used.group_by(list(keys), use_threads=False).aggregate(wanted)
    columns = {key: found[key] for key in keys}
    launched = found["flight_min_count"]
    columns["launches"] = launched
    for group in groups:
        columns[f"share_seen_{group}"] = pa.compute.divide(
            pa.compute.cast(found[f"known_{group}_count"], pa.float64()),
            pa.compute.cast(launched, pa.float64()),
        )
        for name, how in (("earliest", "min"), ("latest", "max")):
            columns[f"{name}_min_{group}"] = pa.compute.round(found[f"known_{group}_{how}"], 3)
    return pa.table(columns)
