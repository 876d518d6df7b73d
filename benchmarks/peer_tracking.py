"""Stone Soup on a scenario for trackers: run by the Python that has it, which needs no tocsin.

It is put together for its best figures, from its own parts: global nearest neighbour over a k-d
tree of the plots, a start of three plots, an end after five scans without one. Two parts are ours,
by its documented interfaces: free fall (it has no gravity), and the derivative of the measurement
(its own is by differences, slower and wrong for negative coordinates in 1.9.1).

    filter ekf: extended Kalman filter, its fastest here
    filter ukf: unscented Kalman filter, its best tracks
"""

import argparse
import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402  it reads the settings above

if importlib.util.find_spec("stonesoup") is None:
    if __name__ == "__main__":
        sys.stdout.write("Stone Soup: not installed\n")
    raise SystemExit(0)

import stonesoup  # noqa: E402
from stonesoup.base import Property  # noqa: E402
from stonesoup.dataassociator.tree import DetectionKDTreeGNN2D  # noqa: E402
from stonesoup.deleter.time import UpdateTimeStepsDeleter  # noqa: E402
from stonesoup.hypothesiser.distance import DistanceHypothesiser  # noqa: E402
from stonesoup.initiator.simple import (  # noqa: E402
    MultiMeasurementInitiator,
    SinglePointMeasurementInitiator,
)
from stonesoup.measures import Mahalanobis  # noqa: E402
from stonesoup.models.base import TimeVariantModel  # noqa: E402
from stonesoup.models.measurement.nonlinear import CartesianToElevationBearingRange  # noqa: E402
from stonesoup.models.transition.nonlinear import GaussianTransitionModel  # noqa: E402
from stonesoup.predictor.kalman import (  # noqa: E402
    ExtendedKalmanPredictor,
    UnscentedKalmanPredictor,
)
from stonesoup.tracker.simple import MultiTargetTracker  # noqa: E402
from stonesoup.types.angle import Bearing, Elevation  # noqa: E402
from stonesoup.types.array import CovarianceMatrix, StateVector, StateVectors  # noqa: E402
from stonesoup.types.detection import Detection  # noqa: E402
from stonesoup.types.state import GaussianState  # noqa: E402
from stonesoup.updater.kalman import ExtendedKalmanUpdater, UnscentedKalmanUpdater  # noqa: E402

PLACE, RATE = (0, 1, 2), (3, 4, 5)
NOISE_M2_S3 = 0.5
"""White acceleration: what its filters need to stay steady; less makes them lose objects."""
GATE = 4.0
"""Standard deviations (Mahalanobis) of a plot that a track may take."""
NEAR_M = (10e3, 60e3)
"""Search of the tree around a track, and around one of few plots."""
START_PLOTS, START_SCANS, LOST_SCANS = 3, 2, 5
START_SIGMA = (1e5, 3e3)
"""Of a track before its first plot, m and m/s along each axis."""
FIRST_DAY = np.datetime64("2030-01-01T00:00:00").astype("datetime64[us]").item()


def pull(place: Any, meta: dict[str, Any]) -> Any:
    """Give the acceleration [3, n] at places [3, n]: Earth's centre is under the radar."""
    down = place + np.array([[0.0], [0.0], [meta["re"]]])
    return -meta["mu"] * down / np.sum(down * down, axis=0) ** 1.5


class FreeFall(GaussianTransitionModel, TimeVariantModel):  # type: ignore[misc]
    """Free fall: one Runge-Kutta step; the derivative to second order in the time."""

    meta: dict = Property(doc="settings of the scenario")  # type: ignore[type-arg]

    @property
    def ndim_state(self) -> int:
        """Numbers of the state."""
        return 6

    def function(self, state: Any, noise: bool = False, **given: Any) -> Any:
        """Move one state or many."""
        assert not noise, "the filters used here draw none"
        h = given["time_interval"].total_seconds()
        vector = state.state_vector
        start = np.asarray(vector, dtype=float)
        p, v = start[:3], start[3:]
        a1 = pull(p, self.meta)
        a2 = pull(p + 0.5 * h * v, self.meta)
        a3 = pull(p + 0.5 * h * v + 0.25 * h * h * a1, self.meta)
        a4 = pull(p + h * v + 0.5 * h * h * a2, self.meta)
        moved = np.concatenate(
            [p + h * v + h * h / 6.0 * (a1 + a2 + a3), v + h / 6.0 * (a1 + 2.0 * (a2 + a3) + a4)]
        )
        return StateVectors(moved) if isinstance(vector, StateVectors) else StateVector(moved)

    def jacobian(self, state: Any, **given: Any) -> Any:
        """Give the derivative of the move."""
        h = given["time_interval"].total_seconds()
        down = np.asarray(state.state_vector, dtype=float)[:3, 0] + [0.0, 0.0, self.meta["re"]]
        r2 = down @ down
        one = np.eye(3)
        slope = self.meta["mu"] / r2**1.5 * (3.0 * np.outer(down, down) / r2 - one)
        near = one + 0.5 * h * h * slope
        return np.block([[near, h * one + h**3 / 6.0 * slope], [h * slope, near]])

    def covar(self, **given: Any) -> Any:
        """Give the noise of the move."""
        h = given["time_interval"].total_seconds()
        part = NOISE_M2_S3 * np.array([[h**3 / 3.0, h * h / 2.0], [h * h / 2.0, h]])
        return CovarianceMatrix(np.kron(part, np.eye(3)))


class Radar(CartesianToElevationBearingRange):  # type: ignore[misc]
    """Elevation, bearing and range, with their exact derivative."""

    def jacobian(self, state: Any, **_given: Any) -> Any:
        """Give the derivative [3, 6]."""
        x, y, z = np.asarray(state.state_vector, dtype=float)[:3, 0]
        level2 = x * x + y * y
        level, r2 = np.sqrt(level2), level2 + z * z
        r = np.sqrt(r2)
        slope = np.zeros((3, 6))
        slope[0, :3] = -x * z / (r2 * level), -y * z / (r2 * level), level / r2
        slope[1, :2] = -y / level2, x / level2
        slope[2, :3] = x / r, y / r, z / r
        return slope


def tracker_for(meta: dict[str, Any], scans: list[Any], kind: str) -> Any:
    """Put a tracker together."""
    radar = radar_for(meta)
    moves = FreeFall(meta=meta)
    first = ExtendedKalmanUpdater(radar)
    if kind == "ekf":
        predictor, updater = ExtendedKalmanPredictor(moves), first
    else:
        predictor, updater = UnscentedKalmanPredictor(moves), UnscentedKalmanUpdater(radar)
    hypotheses = DistanceHypothesiser(
        predictor, updater, measure=Mahalanobis(), missed_distance=GATE
    )
    old, new = (
        DetectionKDTreeGNN2D(hypotheses, predictor, updater, max_distance=near) for near in NEAR_M
    )
    prior = GaussianState(
        StateVector(np.zeros(6)),
        CovarianceMatrix(np.diag(np.repeat(START_SIGMA, 3) ** 2)),
        timestamp=FIRST_DAY,
    )
    initiator = MultiMeasurementInitiator(
        prior_state=prior,
        deleter=UpdateTimeStepsDeleter(START_SCANS),
        data_associator=new,
        updater=updater,
        measurement_model=radar,
        min_points=START_PLOTS,
        initiator=SinglePointMeasurementInitiator(prior, radar, first),
    )
    return MultiTargetTracker(
        initiator=initiator,
        deleter=UpdateTimeStepsDeleter(LOST_SCANS),
        detector=scans,
        data_associator=old,
        updater=updater,
    )


_RADARS: dict[str, Any] = {}


def radar_for(meta: dict[str, Any]) -> Any:
    """Give the one measurement model, which plots and filter must share."""
    key = json.dumps(meta, sort_keys=True)
    if key not in _RADARS:
        sigma = np.array([meta["sig_ang"], meta["sig_ang"], meta["sig_r"]])
        _RADARS[key] = Radar(6, mapping=PLACE, noise_covar=np.diag(sigma**2))
    return _RADARS[key]


def detections(scenario: dict[str, Any], meta: dict[str, Any]) -> list[Any]:
    """Give its detections, scan by scan."""
    radar, found = radar_for(meta), []
    for number, time_s in enumerate(scenario["scan_time"]):
        now = FIRST_DAY + np.timedelta64(round(float(time_s) * 1e6), "us").item()
        rows = scenario["plot_rae"][scenario["plot_scan"] == number]
        made = {
            Detection(
                StateVector([Elevation(elevation), Bearing(azimuth), range_m]),
                timestamp=now,
                measurement_model=radar,
            )
            for range_m, azimuth, elevation in rows
        }
        found.append((now, made))
    return found


def peak_mb() -> float:
    """Give the most memory held by this program, not by the one that started it; Linux only."""
    listed = Path("/proc/self/status")
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    held = [float(line.split()[1]) / 1024.0 for line in lines if line.startswith("VmHWM")]
    return held[0] if held else float("nan")


def run(path: Path, kind: str) -> dict[str, Any]:
    """Track a file; give what the tracker believed and how long each scan took."""
    with np.load(path) as opened:
        scenario = {name: opened[name] for name in opened.files}
    meta = json.loads(str(scenario["meta"]))
    scans = detections(scenario, meta)
    tracker = iter(tracker_for(meta, scans, kind))
    names: dict[str, int] = {}
    scan, track, state, took = [], [], [], []
    for number in range(len(scans)):
        start = time.process_time()
        _, tracks = next(tracker)
        took.append(time.process_time() - start)
        for each in tracks:
            scan.append(number)
            track.append(names.setdefault(each.id, len(names)))
            state.append(np.asarray(each.state.mean, dtype=float).ravel())
    return {
        "scan": np.array(scan, np.int64),
        "track_id": np.array(track, np.int64),
        "state": np.array(state).reshape(-1, 6),
        "cpu_s": np.array(took),
        "peak_mb": peak_mb(),
        "who": f"Stone Soup {stonesoup.__version__} {kind}",
    }


def main() -> None:
    """Run as asked, write the tracks."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--npz", type=Path, metavar="FILE", help="the scenario")
    asked.add_argument("--filter", choices=("ekf", "ukf"), default="ekf")
    asked.add_argument("--out", type=Path, metavar="FILE", help="write tracks and times as .npz")
    options = asked.parse_args()
    if options.npz is None:
        sys.stdout.write("no scenario: make one by tracking_scenario.py --out FILE\n")
        return
    found = run(options.npz, options.filter)
    if options.out is not None:
        np.savez_compressed(options.out, **found)
    middle = float(np.median(found["cpu_s"]))
    sys.stdout.write(f"{found['who']}: {middle:.4g} CPU s a scan (median of all)\n")


if __name__ == "__main__":
    main()
