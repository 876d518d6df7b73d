"""A radar that looks all round, a satellite, coasting bodies, and plots of them."""

import numpy as np

from tocsin.earth.frames import east_north_up, ecef_from_geodetic
from tocsin.lanes import Floats, Integers
from tocsin.sensors.infrared import Infrared
from tocsin.sensors.measurement import Plots, Site, site_of, site_positions_m
from tocsin.sensors.radar import Radar
from tocsin.sensors.satellites import geostationary
from tocsin.tracking.bank import Bank, blank
from tocsin.tracking.filter import look
from tocsin.tracking.looks import SATELLITE_AXES, Look, look_of
from tocsin.tracking.motion import predict
from tocsin.tracking.track import COAST

SECOND_NS = 1_000_000_000
START_NS = 1_700_000_000 * SECOND_NS
PLACE_RAD = 0.8, 0.6
PLACE_M = np.array(ecef_from_geodetic(*PLACE_RAD, 0.0))
AXES = np.array(east_north_up(*PLACE_RAD))
RADAR = Radar(
    id="one",
    name="One",
    latitude_rad=PLACE_RAD[0],
    longitude_rad=PLACE_RAD[1],
    altitude_m=0.0,
    sectors_rad=((0.0, 2.0 * np.pi),),
    elevation_min_rad=0.03,
    elevation_max_rad=1.5,
    range_min_m=1e4,
    range_max_m=6e6,
    reference_rcs_m2=1.0,
    reference_snr=19.0,
    false_alarm_probability=1e-6,
    revisit_s=10.0,
)
SATELLITE = Infrared(
    id="two",
    name="Two",
    orbit=geostationary("Two", 0.6),
    threshold_w_m2=5e-12,
    cloud_break_m=1e4,
    revisit_s=10.0,
)
SIGMA = np.array([50.0, 5e-4, 5e-4, np.nan])
SIGHT_SIGMA = np.array([np.nan, 2e-5, 2e-5, np.nan])


def sites(bias: tuple[float, float] = (0.0, 0.0)) -> tuple[Site, ...]:
    """Give the radar, with a stated lasting error, and the satellite."""
    return site_of(RADAR, bias), site_of(SATELLITE)


def state_at(east_m: float, north_m: float, up_m: float, velocity: tuple[float, ...]) -> Floats:
    """Give a state [1, 6] beside the radar, by east, north and up."""
    place = PLACE_M + np.array([east_m, north_m, up_m]) @ AXES
    return np.concatenate([place, np.array(velocity) @ AXES])[None]


def coasted(states: Floats, time_s: float) -> Floats:
    """Give true states after free flight."""
    n = len(states)
    none = np.zeros((n, 6, 6))
    return predict(states, none, np.full(n, float(time_s)), np.full(n, COAST))[0]


def plots_at(
    states: Floats,
    time_s: float,
    draw: np.random.Generator | None = None,
    sensor: int = 0,
    sigma: Floats | None = None,
) -> Plots:
    """Give what the radar (0) or the satellite (1) says of states; exact if no chance is given."""
    n = len(states)
    time = np.full(n, START_NS + round(time_s * SECOND_NS))
    place, axes = PLACE_M, AXES
    if sensor:
        place, axes = site_positions_m(sites()[1], time[:1])[0], SATELLITE_AXES
    sigma = (SIGHT_SIGMA if sensor else SIGMA) if sigma is None else sigma
    wide = np.broadcast_to(place, (n, 3)), np.broadcast_to(axes, (n, 3, 3))
    values = look(states, *wide)[0]
    if draw is not None:
        values = values + draw.standard_normal((n, 4)) * np.nan_to_num(sigma)
    values = np.where(np.isnan(sigma), np.nan, values)
    return Plots(
        sensors=("one", "two"),
        time_tai_ns=time,
        sensor=np.full(n, sensor),
        range_m=values[:, 0],
        azimuth_rad=values[:, 1] % (2.0 * np.pi),
        elevation_rad=values[:, 2],
        range_rate_m_s=values[:, 3],
        snr_db=np.full(n, np.nan),
        sigma_range_m=np.full(n, sigma[0]),
        sigma_azimuth_rad=np.full(n, sigma[1]),
        sigma_elevation_rad=np.full(n, sigma[2]),
        sigma_range_rate_m_s=np.full(n, sigma[3]),
        plot_id=np.arange(n),
    )


def look_at(plots: Plots, bias: tuple[float, float] = (0.0, 0.0), first_number: int = 0) -> Look:
    """Make a look of plots ready."""
    return look_of(plots, sites(bias), first_number)


def tracks_of(states: Floats, sigma_m: float = 200.0, errors: int = 0) -> Bank:
    """Give sure tracks of states, fed just now."""
    n = len(states)
    bank = blank(n, errors)
    cov = np.diag([sigma_m**2] * 3 + [(sigma_m / 20.0) ** 2] * 3)
    seen = np.full(n, START_NS)
    return bank.with_rows(
        np.arange(n),
        mean=states,
        cov=cov,
        number=np.arange(1, n + 1),
        score=5.0,
        hits=10,
        sensors=1,
        born_tai_ns=seen,
        seen_tai_ns=seen,
    )


def numbers(*values: int) -> Integers:
    """Give an array of whole numbers."""
    return np.array(values, np.int64)
