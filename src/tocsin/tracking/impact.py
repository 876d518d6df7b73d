"""Where and when tracks will land, with the ellipse that should hold the place."""

from dataclasses import dataclass

import numpy as np

from tocsin.lanes import Flags, Floats, Integers
from tocsin.tracking.fall import Falls, falls
from tocsin.tracking.motion import COAST_NOISE_M2_S3, REENTRY_NOISE_M2_S3, WGS84, EarthModel
from tocsin.tracking.track import BOOST, Tracks
from tocsin.tracking.track import INVERSE_BALLISTIC_SIGMA_M2_KG as PRIOR_SIGMA

CHI2_95 = 5.991464547107979
"""Squared distance that 95 % of normal errors in two dimensions stay within: -2 ln 0.05."""

AIR_UNSURE = 0.15
"""Share by which the tracker's air may be off over a whole descent: up to 15 % of the standard
atmosphere where a body slows down (see `motion.air_density_kg_m3`)."""

STAGE_INVERSE_BALLISTIC_M2_KG = 1.0 / 300.0
"""Of a spent last stage that tumbles: the catalogue's have 77 to 153 kg/m^2 empty, and 110 to
970 where thrust ends after 50 to 95 % of their burn. What re-enters to hit has 2,000 to 10,000. A
stage lands short of its payload, one to four minutes later."""
STAGE_SPREAD_LOG = 0.7
"""One sigma of its logarithm."""
STAGE_CHANCE = 0.25
"""Chance that what has not been seen to decelerate is a spent stage. Least for which both natures
lie within 95 % of the spread that is told; a payload is the likelier, and the sooner."""
UNMEASURED_SHARE = 0.7
UNMEASURED_PART = 0.5
"""Drag is not measured while it is less sure than this share of the prior of payloads and than this
part of itself."""

POINTS = 15
"""The middle, the state's and the drag's."""
STATE_POINTS = 12
"""Sigma points of six state numbers; see `filter.sigma_points`."""
DRAG_POINTS = 2
DRAG_REACH = np.sqrt(3.0)
DRAG_WEIGHT = 1.0 / 6.0
"""Three points, the middle and one at `DRAG_REACH` sigmas on each side, give a normal number's
moments up to the fifth. Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 25.4.46.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impacts:
    """Predicted impacts of tracks, as columns [n]; NaN where `lands` is false."""

    lands: Flags
    """Whether it comes down within `fall.LONGEST_S`, and does not burn any more: what still burns
    may end thousands of kilometres further on."""
    lands_probability: Floats
    """Share of what the track may be that comes down so, in twelfths; 0 while it burns."""
    time_s: Floats
    """Time left, after the track's instant."""
    time_sigma_s: Floats
    latitude_rad: Floats
    longitude_rad: Floats
    covariance_m2: Floats
    """[n, 2, 2], of east and north along the ground."""
    apogee_m: Floats
    """Greatest height over the ellipsoid; NaN once it is past."""
    apogee_sigma_m: Floats
    apogee_time_s: Floats
    """Time to it, after the track's instant; NaN once it is past."""
    apogee_time_sigma_s: Floats

    def ellipse_m(self) -> tuple[Floats, Floats, Floats]:
        """Give the 95 % ellipse: half axes (m), long and short, and azimuth (rad) of the long."""
        return ellipse_m(self.covariance_m2)

    def take(self, rows: Integers) -> "Impacts":
        """Give the impacts at these places, in this order."""
        return Impacts(**{name: getattr(self, name)[rows] for name in self.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactHistory:
    """How the predicted impacts of tracks have changed, as columns over saved instants [n]."""

    track: Integers
    time_tai_ns: Integers
    impacts: Impacts
    long_m: Floats
    """Half axes of the 95 % ellipse."""
    short_m: Floats
    growth_m_s: Floats
    """Of the long half axis since the track's instant before; below zero it shrinks; NaN at the
    first."""
    moved_m: Floats
    """How far the predicted place moved since then, along the ground; NaN at the first."""


def ellipse_m(covariance_m2: Floats) -> tuple[Floats, Floats, Floats]:
    """Give 95 % ellipses: half axes (m), long and short, and azimuth (rad) of the long.

    Args:
        covariance_m2: [n, 2, 2] of east and north; NaN gives NaN.
    """
    known: Flags = np.asarray(np.all(np.isfinite(covariance_m2), axis=(1, 2)))
    size, way = np.linalg.eigh(np.where(known[:, None, None], covariance_m2, 0.0))
    axes = np.sqrt(CHI2_95 * np.maximum(size, 0.0))
    azimuth = np.arctan2(way[:, 0, 1], way[:, 1, 1]) % np.pi
    lost = np.where(known, 0.0, np.nan)
    return axes[:, 1] + lost, axes[:, 0] + lost, azimuth + lost


def impacts(
    tracks: Tracks, earth: EarthModel = WGS84, stage_chance: float = STAGE_CHANCE
) -> Impacts:
    """Predict where and when tracks land, by the tracker's own motion without further plots.

    Twelve sigma points of the state and two of the drag are carried to the ground beside the middle
    itself, so that a wide spread need not be small beside the range. What is told is their mean and
    spread; the drag's logarithm is taken for normal and for independent of the state. The unknown
    pull and wind on the way are in it to first order, with the tidal pull left out.

    What has not been seen to decelerate may be a payload or a spent stage: what is told is mean and
    spread over both. Once its deceleration is measured its own drag counts alone.

    Args:
        tracks: Any.
        earth: What pulls and turns.
        stage_chance: That one whose drag is not measured is a spent stage; 0 for payloads alone.

    A track in boost gets no impact; `if_cut_now` tells what little can be said of it.

    Source: Arasaratnam and Haykin, Cubature Kalman filters, IEEE Transactions on Automatic Control
    54(6), 2009, equation 24.
    """
    return _predicted(tracks, tracks.phase != BOOST, earth, stage_chance)


def if_cut_now(tracks: Tracks, earth: EarthModel = WGS84) -> Impacts:
    """Give where tracks would land if their thrust stopped at once: for a burning one, no forecast.

    A rocket that burns on lands further away, as a rule, and its ellipse here says nothing of that.
    """
    return _predicted(tracks, np.ones(tracks.count, np.bool_), earth, 0.0)


def impact_history(tracks: Tracks, earth: EarthModel = WGS84) -> ImpactHistory:
    """Give how predictions changed over saved instants, each track's in order of time.

    Without new plots an ellipse stays as it is: everything still unknown of the way is in it from
    the first. It shrinks with plots, and grows where they contradict or a motion changes.

    Args:
        tracks: Any number of instants of any number of tracks, in any order.
        earth: What pulls and turns.
    """
    order = np.lexsort((tracks.time_tai_ns, tracks.track))
    saved = tracks.take(order)
    found = impacts(saved, earth)
    long, short, _ = found.ellipse_m()
    growth, moved = np.full(saved.count, np.nan), np.full(saved.count, np.nan)
    later = np.flatnonzero(np.diff(saved.track) == 0) + 1
    passed = (saved.time_tai_ns[later] - saved.time_tai_ns[later - 1]) / 1e9
    growth[later] = (long[later] - long[later - 1]) / np.where(passed > 0.0, passed, np.nan)
    place = on_ellipsoid(found.latitude_rad, found.longitude_rad, earth)
    chord = np.linalg.norm(place[later] - place[later - 1], axis=1)
    moved[later] = 2.0 * earth.radius_m * np.arcsin(np.minimum(0.5 * chord / earth.radius_m, 1.0))
    return ImpactHistory(
        track=saved.track,
        time_tai_ns=saved.time_tai_ns,
        impacts=found,
        long_m=long,
        short_m=short,
        growth_m_s=growth,
        moved_m=moved,
    )


def state_points(state: Floats, covariance: Floats) -> Floats:
    """Give the sigma points [12, n, 6] of states; a covariance that lacks a rank is no hindrance.

    Source: as `filter.sigma_points`, with the symmetric root in place of Cholesky's.
    """
    scale = np.sqrt(np.maximum(np.diagonal(covariance, axis1=1, axis2=2), 1e-12))
    size, way = np.linalg.eigh(covariance / (scale[:, :, None] * scale[:, None, :]))
    root = way * np.sqrt(np.maximum(size, 0.0))[:, None, :]
    away = np.sqrt(6.0) * np.moveaxis(scale[:, :, None] * root, 2, 0)
    return np.concatenate([state + away, state - away])


def _predicted(tracks: Tracks, asked: Flags, earth: EarthModel, stage_chance: float) -> Impacts:
    """Predict the impacts of the tracks asked for; NaN elsewhere."""
    rows = np.flatnonzero(asked)
    part = tracks.take(rows)
    sigma, alpha = part.inverse_ballistic_sigma_m2_kg, part.inverse_ballistic_m2_kg
    unmeasured = sigma > np.maximum(UNMEASURED_SHARE * PRIOR_SIGMA, UNMEASURED_PART * alpha)
    sigma = np.where(unmeasured, np.minimum(sigma, PRIOR_SIGMA), sigma)
    alpha = np.maximum(np.maximum(alpha, sigma / 3.0), 1e-6)
    columns = _fallen(part, alpha, np.sqrt(np.log1p(np.square(sigma / alpha))), earth)
    unsure = np.flatnonzero(unmeasured & (stage_chance > 0.0))
    if unsure.size:
        second = _fallen_stages(part.take(unsure), earth)
        columns = _of_either(columns, second, (unsure, stage_chance), earth)
    whole = {}
    for name, values in columns.items():
        missing = False if name == "lands" else 0.0 if name == "lands_probability" else np.nan
        whole[name] = np.full((tracks.count, *values.shape[1:]), missing)
        whole[name][rows] = values
    return Impacts(**whole)


def _fallen(tracks: Tracks, alpha: Floats, spread: Floats, earth: EarthModel) -> dict[str, Floats]:
    """Give the columns of impacts of tracks of one nature.

    Args:
        tracks: n of them.
        alpha: Median inverse ballistic coefficients, [n].
        spread: Standard deviations of their logarithms, [n]; that of the air is added.
        earth: What pulls and turns.
    """
    n = tracks.count
    points = np.concatenate(
        [
            tracks.state[None],
            state_points(tracks.state, tracks.covariance),
            np.broadcast_to(tracks.state, (DRAG_POINTS, n, 6)),
        ]
    )
    reach = DRAG_REACH * np.hypot(spread, AIR_UNSURE)
    drag = np.tile(alpha, (len(points), 1))
    drag[-2] *= np.exp(reach)
    drag[-1] *= np.exp(-reach)
    found = falls(points.reshape(-1, 6), drag.ravel(), earth)
    lands = found.lands.reshape(POINTS, n)
    chance = lands[1 : 1 + STATE_POINTS].mean(axis=0)
    return {"lands": lands[0], "lands_probability": chance} | _moments(found, n, earth)


def _fallen_stages(tracks: Tracks, earth: EarthModel) -> dict[str, Floats]:
    """Give the columns of impacts of stages, with no more spread than their drag makes.

    Stages fall for long, in short steps: what their states make of it is taken from payloads.
    """
    n = tracks.count
    factor = np.exp(DRAG_REACH * np.hypot(STAGE_SPREAD_LOG, AIR_UNSURE))
    drag = STAGE_INVERSE_BALLISTIC_M2_KG * np.repeat([1.0, factor, 1.0 / factor], n)
    found = falls(np.tile(tracks.state, (1 + DRAG_POINTS, 1)), drag, earth)
    at = np.concatenate([np.arange(n), np.arange((1 + STATE_POINTS) * n, POINTS * n)])
    whole = {}
    for name in Falls.__slots__:
        values = getattr(found, name)
        whole[name] = np.full((POINTS * n, *values.shape[1:]), False if name == "lands" else np.nan)
        whole[name][at] = values
    return {"lands": np.asarray(found.lands[:n], np.float64)} | _moments(Falls(**whole), n, earth)


def _of_either(
    first: dict[str, Floats],
    second: dict[str, Floats],
    which: tuple[Integers, float],
    earth: EarthModel,
) -> dict[str, Floats]:
    """Give columns of impacts over both natures.

    Args:
        first: Of payloads.
        second: Of stages, for some of the same tracks: what their drag alone makes.
        which: Their rows, and the chance of a stage.
        earth: That they land on.
    """
    rows, share = which
    both = np.flatnonzero((first["lands"][rows] > 0) & (second["lands"] > 0))
    rows = rows[both]
    one = {name: values[rows] for name, values in first.items()}
    two = {name: values[both] for name, values in second.items()}
    place = np.stack(
        [on_ellipsoid(each["latitude_rad"], each["longitude_rad"], earth) for each in (one, two)]
    )
    axes = ground_axes(place[0])
    off = along_the_ground(place, axes)[1]
    later = two["time_s"] - one["time_s"]
    latitude, longitude = moved_along(place[0], axes, share * off, earth)
    cover = one["covariance_m2"] + share * two["covariance_m2"]
    cover += share * (1.0 - share) * off[:, :, None] * off[:, None, :]
    spread2 = one["time_sigma_s"] ** 2 + share * two["time_sigma_s"] ** 2
    fresh = {
        "time_s": one["time_s"] + share * later,
        "time_sigma_s": np.sqrt(spread2 + share * (1.0 - share) * later**2),
        "latitude_rad": latitude,
        "longitude_rad": longitude,
        "covariance_m2": cover,
    }
    whole = dict(first)
    for name, values in fresh.items():
        whole[name] = first[name].copy()
        whole[name][rows] = values
    return whole


def spread_of(values: Floats) -> tuple[Floats, Floats]:
    """Give mean [n, m] and covariance [n, m, m] of what 15 points [15, n, m] came to.

    Args:
        values: Of the middle, the state's points and the drag's; NaN where a point has none, which
            then counts for nothing.
    """
    weight: Floats = np.all(np.isfinite(values), axis=2).astype(np.float64)
    weight[0] = 0.0
    count = np.maximum(weight[1 : 1 + STATE_POINTS].sum(axis=0), 1.0)
    off = np.where(weight[:, :, None] > 0.0, values - values[0], 0.0)
    weight[1 : 1 + STATE_POINTS] /= count
    weight[1 + STATE_POINTS :] *= DRAG_WEIGHT
    state, drag = slice(1, 1 + STATE_POINTS), slice(1 + STATE_POINTS, None)
    total: Floats = np.zeros(values.shape[1:])
    cover: Floats = np.zeros((*values.shape[1:], values.shape[2]))
    for points in (state, drag):
        shift: Floats = np.einsum("kn,kni->ni", weight[points], off[points])
        second: Floats = np.einsum("kn,kni,knj->nij", weight[points], off[points], off[points])
        total += shift
        cover += second - shift[:, :, None] * shift[:, None, :]
    return values[0] + total, cover


def _moments(found: Falls, n: int, earth: EarthModel) -> dict[str, Floats]:
    """Give the columns of impacts from the falls of 15 points of n tracks."""
    place = found.position_m.reshape(POINTS, n, 3)
    axes = ground_axes(place[0])
    local = along_the_ground(place, axes)
    time = found.time_s.reshape(POINTS, n, 1)
    mean, cover = spread_of(np.concatenate([local, time], axis=2))
    noise = (
        COAST_NOISE_M2_S3 * found.time_s[:n] ** 3 + REENTRY_NOISE_M2_S3 * found.air_s[:n] ** 3
    ) / 3.0
    velocity = (axes @ found.velocity_m_s[:n, :, None])[:, :, 0]
    sink = np.maximum(np.abs(velocity[:, 2]), 1.0)
    slide = velocity[:, :2] / sink[:, None]
    cover[:, :2, :2] += noise[:, None, None] * (np.eye(2) + slide[:, :, None] * slide[:, None, :])
    latitude, longitude = moved_along(place[0], axes, mean[:, :2], earth)
    top = np.stack([found.apogee_m, found.apogee_s], axis=1).reshape(POINTS, n, 2)
    top[:, ~found.lands[:n]] = np.nan
    high, high_cover = spread_of(top)
    lost = np.where(np.isfinite(high[:, 0]), 0.0, np.nan)
    return {
        "time_s": mean[:, 2],
        "time_sigma_s": np.sqrt(cover[:, 2, 2] + noise / sink**2),
        "latitude_rad": latitude,
        "longitude_rad": longitude,
        "covariance_m2": cover[:, :2, :2],
        "apogee_m": high[:, 0],
        "apogee_sigma_m": np.sqrt(high_cover[:, 0, 0]) + lost,
        "apogee_time_s": high[:, 1],
        "apogee_time_sigma_s": np.sqrt(high_cover[:, 1, 1]) + lost,
    }


# ---- along the ground ----


def ground_axes(position_m: Floats) -> Floats:
    """Give rows east, north and up [n, 3, 3] at places; up is along the radius."""
    up = position_m / np.linalg.norm(position_m, axis=-1, keepdims=True)
    east = np.stack([-up[:, 1], up[:, 0], np.zeros(len(up))], axis=-1)
    east = east / np.maximum(np.linalg.norm(east, axis=-1, keepdims=True), 1e-12)
    return np.stack([east, np.cross(up, east), up], axis=1)


def along_the_ground(place_m: Floats, axes: Floats) -> Floats:
    """Give how far east and north [k, n, 2] places [k, n, 3] lie from the first, along the ground.

    True distance and direction from the middle (an azimuthal equidistant map). Source: Snyder, Map
    Projections: A Working Manual, USGS Professional Paper 1395, 1987, section 25.
    """
    radius = np.linalg.norm(place_m[0], axis=-1)
    local = np.einsum("nij,knj->kni", axes, place_m)
    across = np.hypot(local[..., 0], local[..., 1])
    angle = np.arctan2(across, local[..., 2])
    factor = np.where(across > 1e-3, radius * angle / np.maximum(across, 1e-3), 1.0)
    return np.asarray(local[..., :2] * factor[..., None])


def moved_along(
    place_m: Floats, axes: Floats, shift_m: Floats, earth: EarthModel
) -> tuple[Floats, Floats]:
    """Give latitude and longitude [n] of places moved east and north by `shift_m` [n, 2]."""
    radius = np.linalg.norm(place_m, axis=-1, keepdims=True)
    far = np.linalg.norm(shift_m, axis=-1, keepdims=True)
    way = np.einsum("ni,nij->nj", shift_m / np.maximum(far, 1e-9), axes[:, :2])
    at = place_m * np.cos(far / radius) + radius * way * np.sin(far / radius)
    flat = (1.0 - earth.flattening) ** 2 * np.hypot(at[:, 0], at[:, 1])
    return np.arctan2(at[:, 2], flat), np.arctan2(at[:, 1], at[:, 0])


def on_ellipsoid(latitude_rad: Floats, longitude_rad: Floats, earth: EarthModel) -> Floats:
    """Give places on the ground, [n, 3], Earth-fixed."""
    squash = (1.0 - earth.flattening) ** 2
    sine, cosine = np.sin(latitude_rad), np.cos(latitude_rad)
    normal = earth.radius_m / np.sqrt(cosine**2 + squash * sine**2)
    return np.stack(
        [
            normal * cosine * np.cos(longitude_rad),
            normal * cosine * np.sin(longitude_rad),
            normal * squash * sine,
        ],
        axis=-1,
    )
