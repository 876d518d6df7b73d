"""How often the 95 % ellipses and times of predicted impacts and launches hold the truth."""

import argparse
from dataclasses import dataclass, replace

import numpy as np
from machine import show
from scipy.stats import norm

from tocsin.catalog.build import vehicle_of
from tocsin.catalog.load import load_catalog
from tocsin.earth.frames import ecef_from_geodetic_batch
from tocsin.earth.geodesy import destination
from tocsin.flight.launch import REACHED, Wanted, aim
from tocsin.flight.trajectory import Trajectory, fly_dense
from tocsin.flight.vehicle import Vehicle
from tocsin.lanes import Floats, Integers
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.measurement import Plots, Site, site_of, site_positions_m
from tocsin.sensors.satellites import geostationary
from tocsin.tracking.fall import AIR_TOP_M
from tocsin.tracking.filter import innovation, look, update
from tocsin.tracking.impact import CHI2_95, STAGE_CHANCE, ground_axes, impacts
from tocsin.tracking.launchpoint import LaunchPoints, launch_points, launch_points_from_plots
from tocsin.tracking.motion import height_and_climb, predict
from tocsin.tracking.track import (
    COAST,
    INVERSE_BALLISTIC_M2_KG,
    INVERSE_BALLISTIC_SIGMA_M2_KG,
    REENTRY,
    Tracks,
    plain_tracks,
)

LOOK_S = 10.0
RADAR_SIGMA = np.array([100.0, 1e-3, 1e-3, 10.0])
START_SIGMA = np.array([3e3] * 3 + [80.0] * 3)
BODIES = 20
"""Ballistic coefficients of each flight: evenly spaced quantiles of a log-normal spread."""
SPREAD_LOG = 0.83
"""One sigma: from 2,200 to 11,500 kg/m^2 around 5,000."""
STAGE = (350.0, 0.6)
"""Spent last stages, kg/m^2: those of the catalogue have 77 to 153 empty, and 110 to 970 where
thrust ends after 50 to 95 % of their burn."""
RANGES_KM = {
    "srbm-liquid": (150.0, 300.0),
    "mrbm-liquid": (500.0, 1200.0),
    "irbm-liquid": (1500.0, 4000.0),
    "irbm-solid": (1500.0, 4000.0),
    "icbm-liquid": (5000.0, 12000.0),
    "icbm-solid": (4000.0, 9500.0),
    "slbm": (3000.0, 10000.0),
}
SAMPLE_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Flights of one class, each many times over: truth and start."""

    flown: Trajectory
    vehicle: Vehicle
    launch_m: Floats


def flights(
    vehicle_id: str,
    count: int,
    chance: np.random.Generator,
    body: tuple[float | None, float] = (None, SPREAD_LOG),
) -> Cases:
    """Fly a class from anywhere to anywhere in its range, with twenty bodies each.

    Args:
        vehicle_id: The class.
        count: Flights.
        chance: Of places.
        body: Median ballistic coefficient (kg/m^2), the class's own if none, and its spread.
    """
    vehicle = vehicle_of(load_catalog().vehicles[vehicle_id])
    low, high = RANGES_KM[vehicle_id]
    latitude = np.arcsin(chance.uniform(-0.95, 0.95, count))
    longitude = chance.uniform(-np.pi, np.pi, count)
    azimuth = chance.uniform(0.0, 2.0 * np.pi, count)
    to = destination(latitude, longitude, azimuth, chance.uniform(low, high, count) * 1e3)
    free = np.full(count, np.nan)
    goal = Wanted(latitude_rad=to[0], longitude_rad=to[1], apogee_m=free, flight_time_s=free)
    aimed = aim(vehicle, latitude, longitude, goal)
    launches = aimed.launches.take(np.flatnonzero(aimed.code == REACHED))
    parts = []
    for quantile in (np.arange(BODIES) + 0.5) / BODIES:
        sigmas = norm.ppf(quantile)
        median = body[0] or vehicle.ballistic_coefficient_kg_m2
        one = replace(vehicle, ballistic_coefficient_kg_m2=float(median * np.exp(sigmas * body[1])))
        parts.append(fly_dense(one, launches, SAMPLE_S))
    zero = np.zeros_like(launches.latitude_rad)
    home = ecef_from_geodetic_batch(launches.latitude_rad, launches.longitude_rad, zero)
    return Cases(flown=_together(parts), vehicle=vehicle, launch_m=np.tile(home, (len(parts), 1)))


def _together(parts: list[Trajectory]) -> Trajectory:
    """Join flights of different lengths, those shorter filled up with NaN."""
    longest = max(parts, key=lambda part: part.time_s.size)
    m = longest.time_s.size

    def long(values: Floats) -> Floats:
        rest = [(0, 0), (0, m - values.shape[1])] + [(0, 0)] * (values.ndim - 2)
        return np.pad(values, rest, constant_values=np.nan)

    flown = {
        name: np.concatenate([getattr(part.flights, name) for part in parts])
        for name in parts[0].flights.__slots__
    }
    return Trajectory(
        time_s=longest.time_s,
        position_ecef_m=np.concatenate([long(part.position_ecef_m) for part in parts]),
        velocity_ecef_m_s=np.concatenate([long(part.velocity_ecef_m_s) for part in parts]),
        altitude_m=np.concatenate([long(part.altitude_m) for part in parts]),
        flights=type(parts[0].flights)(**flown),
    )


def truth_at(flown: Trajectory, time_s: Floats) -> Floats:
    """Give true states [n, 6] at one instant each, a multiple of the samples' step."""
    column = np.clip(np.round(time_s / SAMPLE_S).astype(np.int64), 0, flown.time_s.size - 1)
    row = np.arange(len(time_s))
    return np.hstack([flown.position_ecef_m[row, column], flown.velocity_ecef_m_s[row, column]])


def tracked(cases: Cases, share: float, looks: int, seed: int) -> tuple[Tracks, Floats]:
    """Track every flight by a radar of its own beside its way; give tracks and their times (s).

    Args:
        share: Of the free flight that has passed at the last look.
        looks: How many, one each `LOOK_S`.
    """
    chance = np.random.default_rng(seed)
    flown = cases.flown
    burnt, down = flown.flights.burnout_s, flown.flights.impact_s
    end = np.round((burnt + share * (down - burnt)) / SAMPLE_S) * SAMPLE_S
    n = end.size
    last = truth_at(flown, end)
    axes = ground_axes(last[:, :3])
    away = np.einsum("ni,nij->nj", chance.uniform(-6e5, 6e5, (n, 2)), axes[:, :2])
    stand = last[:, :3] + away
    stand = stand / np.linalg.norm(stand, axis=1, keepdims=True) * 6.371e6
    axes = ground_axes(stand)
    time = end - LOOK_S * (looks - 1)
    time = np.maximum(time, np.ceil((burnt + 5.0) / SAMPLE_S) * SAMPLE_S)
    state = truth_at(flown, time) + START_SIGMA * chance.standard_normal((n, 6))
    state = np.column_stack([state, np.full(n, INVERSE_BALLISTIC_M2_KG)])
    whole_sigma = np.append(START_SIGMA, INVERSE_BALLISTIC_SIGMA_M2_KG)
    cover = np.tile(np.diag(whole_sigma**2), (n, 1, 1))
    while True:
        plots = radar_plots(truth_at(flown, time), stand, axes, chance)
        found = innovation(state, cover, plots, stand, axes)
        state, cover = update(state, cover, found)
        dt = np.minimum(LOOK_S, end - time)
        if not np.any(dt > 0.0):
            break
        height, climb = height_and_climb(state)
        phase = np.where((height < AIR_TOP_M) & (climb < 0.0), REENTRY, COAST)
        state, cover = predict(state, cover, dt, phase)
        time = time + dt
    whole = np.arange(n)
    columns = {"track": whole, "time_tai_ns": np.round(end * 1e9).astype(np.int64)}
    columns |= {"sensors": whole, "hits": whole, "misses": whole, "phase": np.full(n, COAST)}
    columns |= {
        "inverse_ballistic_m2_kg": state[:, 6],
        "inverse_ballistic_sigma_m2_kg": np.sqrt(cover[:, 6, 6]),
    }
    columns |= {"state": state[:, :6], "covariance": cover[:, :6, :6]}
    return plain_tracks(existence=np.ones(n), **columns), end


def radar_plots(state: Floats, stand: Floats, axes: Floats, chance: np.random.Generator) -> Plots:
    """Give one noisy plot of each state."""
    n = len(state)
    value = look(state, stand, axes)[0] + RADAR_SIGMA * chance.standard_normal((n, 4))
    return _plots(("radar",), np.zeros(n), value, np.tile(RADAR_SIGMA, (n, 1)))


def _plots(
    sensors: tuple[str, ...],
    time_s: Floats,
    value: Floats,
    sigma: Floats,
    sensor: Integers | None = None,
) -> Plots:
    """Make plots of values and sigmas [n, 4]."""
    n = len(value)
    return Plots(
        sensors=sensors,
        time_tai_ns=np.round(time_s * 1e9).astype(np.int64),
        sensor=np.zeros(n, np.int64) if sensor is None else sensor,
        range_m=value[:, 0],
        azimuth_rad=value[:, 1],
        elevation_rad=value[:, 2],
        range_rate_m_s=value[:, 3],
        snr_db=np.full(n, np.nan),
        sigma_range_m=sigma[:, 0],
        sigma_azimuth_rad=sigma[:, 1],
        sigma_elevation_rad=sigma[:, 2],
        sigma_range_rate_m_s=sigma[:, 3],
        plot_id=np.arange(n),
    )


def held(place_m: Floats, latitude: Floats, longitude: Floats, cover: Floats) -> Floats:
    """Give squared distances [n] of true places from estimated ones, over the covariance."""
    at = ecef_from_geodetic_batch(latitude, longitude, np.zeros_like(latitude))
    off = np.einsum("nij,nj->ni", ground_axes(at)[:, :2], place_m - at)
    return np.einsum("ni,ni->n", off, np.linalg.solve(cover, off[:, :, None])[:, :, 0])


def impact_shares(
    cases: Cases, when: tuple[float, int], stage_chance: float, seed: int
) -> tuple[int, Floats]:
    """Give how many, and: shares held in place and time, median half axes (km) and sigma (s).

    Args:
        cases: Flights.
        when: Share of the free flight that has passed, and looks until then.
        stage_chance: Of what is taken for granted.
        seed: Of the plots.
    """
    tracks, end = tracked(cases, *when, seed)
    found = impacts(tracks, stage_chance=stage_chance)
    flown = cases.flown.flights
    good = np.flatnonzero(found.lands)
    square = held(flown.impact_m, found.latitude_rad, found.longitude_rad, found.covariance_m2)
    late = np.abs(flown.impact_s - end - found.time_s) / found.time_sigma_s
    long, short, _ = found.ellipse_m()
    figures = [
        np.mean(square[good] < CHI2_95),
        np.mean(late[good] < 1.96),
        np.median(long[good]) / 1e3,
        np.median(short[good]) / 1e3,
        np.median(found.time_sigma_s[good]),
    ]
    return good.size, np.array(figures)


def launch_shares(cases: Cases, found: LaunchPoints) -> tuple[int, Floats]:
    """Give the same of launches: lift-off is at instant 0."""
    good = np.flatnonzero(found.how > 0)
    square = held(cases.launch_m, found.latitude_rad, found.longitude_rad, found.covariance_m2)
    late = np.abs(found.time_tai_ns / 1e9) / found.time_sigma_s
    long, short, _ = found.ellipse_m()
    figures = [
        np.mean(square[good] < CHI2_95),
        np.mean(late[good] < 1.96),
        np.median(long[good]) / 1e3,
        np.median(short[good]) / 1e3,
        np.median(found.time_sigma_s[good]),
    ]
    return good.size, np.array(figures)


def ascent_plots(
    cases: Cases, satellites: int, seed: int
) -> tuple[Plots, Integers, tuple[Site, ...]]:
    """Give what geostationary satellites see of ascents above 10 km, each `LOOK_S`, 12 plots."""
    chance = np.random.default_rng(seed)
    flown = cases.flown
    n = len(cases.launch_m)
    longitude = np.degrees(np.arctan2(cases.launch_m[:, 1], cases.launch_m[:, 0]))
    degrees = np.arange(-180, 180, 30)
    sites = tuple(
        site_of(
            Infrared(
                id=f"geo{k}",
                name=f"geo{k}",
                orbit=geostationary(f"geo{k}", float(np.radians(degree))),
                threshold_w_m2=1e-12,
                cloud_break_m=1e4,
                revisit_s=LOOK_S,
            )
        )
        for k, degree in enumerate(degrees)
    )
    near = np.argsort(np.abs((longitude[:, None] + 20.0 - degrees + 180.0) % 360.0 - 180.0), axis=1)
    rows, values, sensors, times = [], [], [], []
    for each in range(satellites):
        mine = near[:, each]
        offset = np.round(chance.uniform(0.0, LOOK_S, n) / SAMPLE_S) * SAMPLE_S
        for k in range(12):
            seen_from = np.argmax(flown.altitude_m > 1e4, axis=1) * SAMPLE_S + offset
            time = seen_from + k * LOOK_S
            state = truth_at(flown, time)
            for s in np.unique(mine):
                some = np.flatnonzero((mine == s) & (time < flown.flights.burnout_s))
                stand = site_positions_m(sites[s], np.zeros(some.size, np.int64))
                axes = np.tile(np.eye(3)[[1, 0, 2]], (some.size, 1, 1))
                true = look(state[some], stand, axes)[0]
                true[:, 1:3] += 50e-6 * chance.standard_normal((some.size, 2))
                true[:, [0, 3]] = np.nan
                rows.append(some)
                values.append(true)
                sensors.append(np.full(some.size, s))
                times.append(time[some])
    value = np.concatenate(values)
    sigma = np.tile([np.nan, 50e-6, 50e-6, np.nan], (len(value), 1))
    sigma[:, 1] /= np.cos(value[:, 2])
    ids = tuple(site.id for site in sites)
    plots = _plots(ids, np.concatenate(times), value, sigma, np.concatenate(sensors))
    return plots, np.concatenate(rows), sites


def main() -> None:
    """Fly, track and count."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--flights", type=int, default=15, help="for each class; times twenty")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    rows: list[list[object]] = []
    for vehicle_id in RANGES_KM:
        cases = flights(vehicle_id, asked.flights, np.random.default_rng(asked.seed))
        left = flights(vehicle_id, asked.flights, np.random.default_rng(asked.seed), STAGE)
        for what, when in (("mid-course", (0.5, 12)), ("late", (0.85, 30))):
            for who, flown, chance in (
                ("known payload", cases, 0.0),
                ("payload", cases, STAGE_CHANCE),
                ("stage", left, STAGE_CHANCE),
            ):
                if who == "stage" and what == "late":
                    continue
                count, found = impact_shares(flown, when, chance, asked.seed)
                name = f"impact, {what}, {who}"
                rows.append([name, vehicle_id, count, *(float(one) for one in found)])
        tracks, _ = tracked(cases, 0.5, 12, asked.seed)
        count, found = launch_shares(cases, launch_points(tracks))
        rows.append(["launch, from coast", vehicle_id, count, *(float(one) for one in found)])
        for satellites in (1, 2):
            known = launch_points_from_plots(*ascent_plots(cases, satellites, asked.seed))
            count, found = launch_shares(cases, known)
            what = f"launch, {satellites} satellites"
            rows.append([what, vehicle_id, count, *(float(one) for one in found)])
    rows.sort(key=lambda row: str(row[0]))
    head = ["what", "class", "samples", "place held", "time held", "long km", "short km", "sigma s"]
    show("share of truths within 95 %", head, rows, asked.json)


if __name__ == "__main__":
    main()
