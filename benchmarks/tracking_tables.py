"""A scenario for trackers as tocsin takes it: its plots, its radar and its Earth; and as files."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from tracking_scenario import FIRST_UTC, NANOSECONDS, Scenario, earth_fixed

from tocsin.earth.time import tai_from_utc
from tocsin.formats.plot_table import table_from_plots
from tocsin.formats.sensors_file import write_sensors
from tocsin.formats.truth_table import Truth, table_from_truth
from tocsin.sensors.measurement import Plots
from tocsin.sensors.radar import Radar, snr_for

RADAR = "radar"
FALSE_ALARM = 1e-6


def radar_of(scenario: Scenario) -> Radar:
    """Give the radar, which stands where the equator meets the first meridian."""
    meta = scenario["meta"]
    middle = math.pi / 2.0
    return Radar(
        id=RADAR,
        name=RADAR,
        latitude_rad=0.0,
        longitude_rad=0.0,
        altitude_m=0.0,
        sectors_rad=((middle - meta["az_lim"], middle + meta["az_lim"]),),
        elevation_min_rad=meta["el_lim"][0],
        elevation_max_rad=meta["el_lim"][1],
        range_min_m=meta["r_lim"][0],
        range_max_m=meta["r_lim"][1],
        reference_rcs_m2=1.0,
        reference_snr=snr_for(meta["pd"], FALSE_ALARM),
        false_alarm_probability=FALSE_ALARM,
        revisit_s=meta["dt"],
    )


def earth_of(scenario: Scenario) -> dict[str, float]:
    """Give the Earth of a scenario: round, even and still."""
    meta = scenario["meta"]
    return {
        "gm_m3_s2": meta["mu"],
        "radius_m": meta["re"],
        "flattening": 0.0,
        "j2": 0.0,
        "rotation_rad_s": 0.0,
    }


def false_density(scenario: Scenario) -> float:
    """Give the false plots of a scan in a unit of range and angles, 1/(m rad^2): the mean."""
    meta = scenario["meta"]
    span = (meta["r_lim"][1] - meta["r_lim"][0]) * (meta["el_lim"][1] - meta["el_lim"][0])
    return float(max(meta["clutter"], 1e-3) / (span * 2.0 * meta["az_lim"]))


def plots_of(scenario: Scenario, range_rate: bool) -> Plots:
    """Give all the plots, in the order of the file; azimuth now from north over east."""
    meta, rae = scenario["meta"], scenario["plot_rae"]
    count = len(rae)
    start = tai_from_utc(FIRST_UTC)
    after = np.round(scenario["scan_time"] * NANOSECONDS).astype(np.int64)
    none = np.full(count, np.nan)
    return Plots(
        sensors=(RADAR,),
        time_tai_ns=start + after[scenario["plot_scan"]],
        sensor=np.zeros(count, np.int64),
        range_m=rae[:, 0].copy(),
        azimuth_rad=(math.pi / 2.0 - rae[:, 1]) % (2.0 * math.pi),
        elevation_rad=rae[:, 2].copy(),
        range_rate_m_s=scenario["plot_rr"].copy() if range_rate else none,
        snr_db=none,
        sigma_range_m=np.full(count, meta["sig_r"]),
        sigma_azimuth_rad=np.full(count, meta["sig_ang"]),
        sigma_elevation_rad=np.full(count, meta["sig_ang"]),
        sigma_range_rate_m_s=np.full(count, meta["sig_rr"]) if range_rate else none,
        plot_id=np.arange(count),
    )


def truth_of(scenario: Scenario) -> Truth:
    """Give the truth on Earth's own axes."""
    states = earth_fixed(scenario["truth"], scenario["meta"]["re"])
    scans, objects, _ = states.shape
    after = np.round(scenario["scan_time"] * NANOSECONDS).astype(np.int64)
    return Truth(
        objects=tuple(f"{number:05d}" for number in range(objects)),
        object=np.repeat(np.arange(objects), scans),
        time_tai_ns=np.tile(tai_from_utc(FIRST_UTC) + after, objects),
        state=states.swapaxes(0, 1).reshape(-1, 6),
    )


def write_tables(scenario: Scenario, folder: Path, range_rate: bool = False) -> None:
    """Write `plots.parquet`, `truth.parquet` and a `sensors.json` that tells of its world too."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(table_from_plots(plots_of(scenario, range_rate)), folder / "plots.parquet")
    pq.write_table(table_from_truth(truth_of(scenario)), folder / "truth.parquet")
    document: dict[str, Any] = json.loads(write_sensors([radar_of(scenario)]))
    document["earth"] = earth_of(scenario)
    document["expected"] = {
        "detection_probability": scenario["meta"]["pd"],
        "false_plots_m_rad2": false_density(scenario),
    }
    text = json.dumps(document, indent=1) + "\n"
    (folder / "sensors.json").write_text(text, encoding="utf-8")
