"""One flight, asked for in degrees and kilometres and answered in them."""

import math
from dataclasses import dataclass

import numpy as np

from tocsin.earth.constants import EARTH_MEAN_RADIUS_M
from tocsin.earth.frames import east_north_up, geodetic_from_ecef
from tocsin.earth.geodesy import azimuth_rad, destination, distance_m
from tocsin.errors import FlightError
from tocsin.flight.kepler import arc_from_apogee, arc_from_time, minimum_energy_arc
from tocsin.flight.launch import OUT_OF_REACH, REACHED, Aim, Wanted, aim
from tocsin.flight.trajectory import Trajectory, fly_dense
from tocsin.flight.vehicle import Vehicle

RANGE_LEAST_KM = 1.0
RANGE_MOST_KM = 19_900.0
APOGEE_MOST_KM = 100_000.0
STEP_LEAST_S, STEP_MOST_S = 0.1, 600.0
QUASI_BALLISTIC_KM = 60.0
"""A flight wholly below this height is steered by air as much as by gravity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One flight as a person asks for it."""

    start_deg: tuple[float, float]
    end_deg: tuple[float, float]
    apogee_km: float | None
    flight_time_s: float | None
    mode: str
    """staged, impulsive or kepler."""
    vehicle: Vehicle | None
    """For a staged flight."""

    def __post_init__(self) -> None:
        for end, (latitude, longitude) in (("launch", self.start_deg), ("impact", self.end_deg)):
            _check(f"{end} latitude", latitude, -90.0, 90.0, "deg")
            _check(f"{end} longitude", longitude, -180.0, 360.0, "deg")
        _check("range", self.range_km, RANGE_LEAST_KM, RANGE_MOST_KM, "km")
        if self.apogee_km is not None:
            _check("apogee", self.apogee_km, 1.0, APOGEE_MOST_KM, "km")
        if self.flight_time_s is not None:
            _check("flight time", self.flight_time_s, 10.0, 86_400.0, "s")

    @property
    def range_km(self) -> float:
        """Distance from launch to impact along the ground."""
        start, end = np.radians(self.start_deg), np.radians(self.end_deg)
        return float(distance_m(start[0], start[1], end[0], end[1])) / 1e3


@dataclass(frozen=True, slots=True, kw_only=True)
class Flown:
    """One flight that was flown."""

    request: Request
    range_km: float
    apogee_km: float
    flight_time_s: float
    burnout_time_s: float
    burnout_altitude_km: float
    burnout_speed_m_s: float
    launch_speed_m_s: float
    """Of the impulse; for a staged vehicle, the Earth-fixed speed at burnout."""
    launch_angle_deg: float
    """Above the horizontal: of the impulse, or of the velocity at burnout."""
    launch_azimuth_deg: float
    impact_lat_deg: float
    impact_lon_deg: float
    impact_speed_m_s: float
    impact_angle_deg: float
    miss_km: float
    aim: Aim | None
    """What to fly for a table of the flight; none for a closed-form arc."""

    def figures(self) -> dict[str, float | str]:
        """Give every figure under a name that ends in its unit."""
        return {
            "mode": self.request.mode,
            "vehicle": self.request.vehicle.id if self.request.vehicle else self.request.mode,
            **{
                name: round(getattr(self, name), 6)
                for name in self.__slots__
                if name not in ("request", "aim")
            },
        }

    def title(self) -> str:
        """Say what was flown, in one line."""
        what = {
            "staged": self.request.vehicle.name if self.request.vehicle else "",
            "impulsive": "impulse at the surface, no air",
            "kepler": "closed-form arc, sphere that does not turn",
        }[self.request.mode]
        (a, b), (c, d) = self.request.start_deg, self.request.end_deg
        return f"{what}: {a:.2f}, {b:.2f} to {c:.2f}, {d:.2f}"

    def lines(self) -> list[tuple[str, str, str]]:
        """Give name, value and unit of each figure, for a table."""
        staged = self.request.mode == "staged"
        point = "burnout" if staged else "launch"
        rows = [
            ("range", f"{self.range_km:,.0f}", "km"),
            ("apogee", f"{self.apogee_km:,.0f}", "km"),
            ("flight time", f"{self.flight_time_s:,.0f}", f"s  ({_minutes(self.flight_time_s)})"),
        ]
        if staged:
            rows += [
                ("burnout", f"{self.burnout_time_s:,.0f}", "s"),
                ("burnout altitude", f"{self.burnout_altitude_km:,.0f}", "km"),
            ]
        return [
            *rows,
            (f"{point} speed", f"{self.launch_speed_m_s:,.0f}", "m/s"),
            (f"{point} angle", f"{self.launch_angle_deg:.1f}", "deg above the horizontal"),
            ("launch azimuth", f"{self.launch_azimuth_deg:.1f}", "deg from north"),
            ("impact", f"{self.impact_lat_deg:.3f}, {self.impact_lon_deg:.3f}", "deg"),
            ("impact speed", f"{self.impact_speed_m_s:,.0f}", "m/s"),
            ("impact angle", f"{self.impact_angle_deg:.1f}", "deg below the horizontal"),
            ("miss", f"{self.miss_km:.2f}", "km from the place asked for"),
        ]

    def notes(self) -> list[str]:
        """Say what the reader should know of how far the figures hold."""
        found = []
        if self.request.mode == "staged":
            found.append(
                "Generic vehicle: its values are published or derived, see `tocsin catalog show`."
                " The same range and apogee with a burn 60 s longer or shorter takes 40 s more or"
                " less."
            )
        if self.apogee_km < QUASI_BALLISTIC_KM:
            found.append(
                f"The whole flight stays below {QUASI_BALLISTIC_KM:.0f} km, where lift and drag"
                " rule: a ballistic figure is not to be trusted here."
            )
        return found


def place_from_range(
    start_deg: tuple[float, float], azimuth_deg: float, range_km: float
) -> tuple[float, float]:
    """Give the place so far away in a direction, in degrees."""
    _check("azimuth", azimuth_deg, -360.0, 360.0, "deg")
    _check("range", range_km, RANGE_LEAST_KM, RANGE_MOST_KM, "km")
    start = np.radians(start_deg)
    latitude, longitude = destination(start[0], start[1], math.radians(azimuth_deg), range_km * 1e3)
    return float(np.degrees(latitude)), float(np.degrees(longitude))


def fly_one(request: Request) -> Flown:
    """Fly one flight.

    Raises:
        FlightError: It cannot be flown; the text says by how much it falls short.
    """
    return _closed_form(request) if request.mode == "kepler" else _integrated(request)


def dense(flown: Flown, step_s: float) -> Trajectory:
    """Give where a flight is every `step_s`, for a table.

    Raises:
        FlightError: It is a closed-form arc, which has no places on this Earth, or no such step.
    """
    _check("step", step_s, STEP_LEAST_S, STEP_MOST_S, "s")
    if flown.aim is None:
        raise FlightError(
            "a closed-form arc has no track over the real Earth: fly it with --impulsive instead"
        )
    return fly_dense(flown.request.vehicle, flown.aim.launches, step_s)


def _check(name: str, value: float, low: float, high: float, unit: str) -> None:
    """Refuse a value outside its range, NaN included."""
    if not low <= value <= high:
        raise FlightError(f"{name} is {value:g} {unit}; it must be from {low:g} to {high:g} {unit}")


def _minutes(seconds: float) -> str:
    """Give a time as minutes and seconds."""
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60:02d} s"


def _closed_form(request: Request) -> Flown:
    """Fly the closed-form arc."""
    angle = np.array(request.range_km * 1e3 / EARTH_MEAN_RADIUS_M)
    if request.apogee_km is not None:
        arc = arc_from_apogee(angle, np.array(request.apogee_km * 1e3))
    elif request.flight_time_s is not None:
        arc = arc_from_time(angle, np.array(request.flight_time_s))
        if abs(float(arc.time_s) - request.flight_time_s) > 1.0:
            raise FlightError(
                f"no arc of {request.range_km:,.0f} km takes {request.flight_time_s:g} s;"
                f" the nearest takes {float(arc.time_s):,.0f} s"
            )
    else:
        arc = minimum_energy_arc(angle)
    start = np.radians(request.start_deg)
    end = np.radians(request.end_deg)
    heading = float(azimuth_rad(start[0], start[1], end[0], end[1]))
    speed, climb = float(arc.speed_m_s), math.degrees(float(arc.angle_rad))
    return Flown(
        request=request,
        range_km=request.range_km,
        apogee_km=float(arc.apogee_m) / 1e3,
        flight_time_s=float(arc.time_s),
        burnout_time_s=0.0,
        burnout_altitude_km=0.0,
        burnout_speed_m_s=speed,
        launch_speed_m_s=speed,
        launch_angle_deg=climb,
        launch_azimuth_deg=math.degrees(heading) % 360.0,
        impact_lat_deg=request.end_deg[0],
        impact_lon_deg=request.end_deg[1],
        impact_speed_m_s=speed,
        impact_angle_deg=climb,
        miss_km=0.0,
        aim=None,
    )


def _integrated(request: Request) -> Flown:
    """Aim and fly a staged vehicle or an impulse."""
    start, end = np.radians(request.start_deg), np.radians(request.end_deg)
    unknown = np.array([np.nan])
    top, time = request.apogee_km, request.flight_time_s
    wanted = Wanted(
        latitude_rad=end[:1],
        longitude_rad=end[1:],
        apogee_m=unknown if top is None else np.array([top * 1e3]),
        flight_time_s=unknown if time is None else np.array([time]),
    )
    found = aim(request.vehicle, start[:1], start[1:], wanted)
    if found.code[0] != REACHED:
        raise FlightError(_why_not(request, found))
    flights = found.flights
    latitude, longitude, _ = geodetic_from_ecef(*(float(v) for v in flights.impact_m[0]))
    staged = request.vehicle is not None
    cut_lat, cut_lon, cut_height = geodetic_from_ecef(*(float(v) for v in flights.burnout_m[0]))
    speed, climb = _speed_and_climb(flights.burnout_velocity_m_s[0], cut_lat, cut_lon)
    impact_speed, fall = _speed_and_climb(flights.impact_velocity_m_s[0], latitude, longitude)
    if not staged:
        climb = 90.0 - math.degrees(float(found.launches.tilt_rad[0]))
    flown_m = distance_m(start[0], start[1], latitude, longitude)
    return Flown(
        request=request,
        range_km=float(flown_m) / 1e3,
        apogee_km=float(flights.apogee_m[0]) / 1e3,
        flight_time_s=float(flights.impact_s[0]),
        burnout_time_s=float(flights.burnout_s[0]),
        burnout_altitude_km=max(cut_height, 0.0) / 1e3,
        burnout_speed_m_s=speed,
        launch_speed_m_s=speed,
        launch_angle_deg=climb,
        launch_azimuth_deg=math.degrees(float(found.launches.azimuth_rad[0])) % 360.0,
        impact_lat_deg=math.degrees(latitude),
        impact_lon_deg=math.degrees(longitude),
        impact_speed_m_s=impact_speed,
        impact_angle_deg=-fall,
        miss_km=float(found.miss_m[0]) / 1e3,
        aim=found,
    )


def _speed_and_climb(
    velocity: np.ndarray, latitude_rad: float, longitude_rad: float
) -> tuple[float, float]:
    """Give speed (m/s) and angle above the local horizontal (deg) of an Earth-fixed velocity."""
    _, _, up = east_north_up(latitude_rad, longitude_rad)
    speed = float(np.linalg.norm(velocity))
    return speed, math.degrees(math.asin(float(np.dot(velocity, up)) / max(speed, 1e-9)))


def _why_not(request: Request, found: Aim) -> str:
    """Say why a flight cannot be flown, and how far it falls short."""
    what = request.vehicle.name if request.vehicle else "an impulse"
    asked = f"{request.range_km:,.0f} km"
    if request.apogee_km is not None:
        asked += f" with an apogee of {request.apogee_km:,.0f} km"
    if request.flight_time_s is not None:
        asked += f" in {request.flight_time_s:,.0f} s"
    if found.code[0] == OUT_OF_REACH and math.isfinite(float(found.shortfall_m[0])):
        short = float(found.shortfall_m[0]) / 1e3
        return (
            f"{asked} is out of reach for {what}: with everything burnt it ends {short:,.0f} km"
            " short; take a nearer place or a vehicle of longer range (tocsin catalog list"
            " --kind vehicle)"
        )
    return (
        f"{what} has no flight of {asked}: too near, too flat or too steep for it; take another"
        " apogee, time or vehicle (tocsin catalog list --kind vehicle)"
    )
