"""Whether a track stays in orbit or comes down, and what it is then judged to be."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, qmc

from tocsin.lanes import Flags, Floats, Integers
from tocsin.tracking.known import NOTHING, Known
from tocsin.tracking.motion import WGS84, EarthModel
from tocsin.tracking.track import BOOST, Tracks

ORBIT_LEAST_M = 100_000.0
"""An object whose perigee lies higher stays up for its present revolution."""
DOWN_MOST_M = 80_000.0
"""One whose perigee lies lower comes down at it.

Satellites have come through perigees of 80 to 90 km, none through lower ones: McDowell, The edge of
space: revisiting the Karman line, Acta Astronautica 151, 2018, 668-677. What lies between 80 and
100 km is left open.
"""
MODEL_SIGMA_M = 5_000.0
"""Of a perigee by the two-body problem: an oblate Earth bends low orbits up and down by some 5 to
10 km within a revolution."""

TRACK_INFLATION = 4.0
"""Times a track's covariance: trackers claim too much while a track is young or sensors disagree;
one satellite wrongly seen to fall is a false alarm."""

POINTS = 128
"""Samples of each track's state."""
BLOCK = 2_000
"""Tracks looked at at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fates:
    """What becomes of tracks, as columns [n]; the three probabilities add up to 1."""

    perigee_m: Floats
    """Height over the ellipsoid of the point nearest to Earth of its present orbit; below zero for
    what comes down steeply. While it burns, that of the orbit if it burnt no more."""
    perigee_sigma_m: Floats
    """Its standard deviation, of a state `TRACK_INFLATION` times as uncertain as claimed."""
    in_orbit: Floats
    """Probability that its perigee is above `ORBIT_LEAST_M`."""
    comes_down: Floats
    """Probability that it comes down within its present revolution."""
    unknown: Floats
    """The rest: still burning, or a perigee in between."""
    burning: Flags
    """Judged to boost: where it will go is not settled."""


def fates(tracks: Tracks, earth: EarthModel = WGS84) -> Fates:
    """Give what becomes of tracks by the orbits that they are on.

    The two-body orbit through the state: no oblateness, no air, no engine. It holds above 100 km;
    for what is already in the air or falls into it, it still tells that it comes down, not when.
    A state's error is followed by samples, not to first order: a round orbit has no slope there.

    Source: Montenbruck and Gill, Satellite Orbits, 2000, section 2.2.
    """
    n = tracks.count
    perigee, sigma, high, low = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    root = _roots(TRACK_INFLATION * tracks.covariance)
    points = _points()
    for first in range(0, n, BLOCK):
        rows = slice(first, first + BLOCK)
        cloud = tracks.state[rows, None, :] + points @ np.swapaxes(root[rows], 1, 2)
        height, leaves = perigees_m(cloud, earth)
        perigee[rows] = perigees_m(tracks.state[rows], earth)[0]
        sigma[rows] = np.hypot(height.std(axis=1), MODEL_SIGMA_M)
        high[rows] = np.mean(
            np.where(leaves, 1.0, norm.cdf((height - ORBIT_LEAST_M) / MODEL_SIGMA_M)), axis=1
        )
        low[rows] = np.mean(
            np.where(leaves, 0.0, norm.cdf((DOWN_MOST_M - height) / MODEL_SIGMA_M)), axis=1
        )
    burning = tracks.phase == BOOST
    settled = np.where(burning, 0.0, 1.0 - tracks.modes[:, BOOST])
    return Fates(
        perigee_m=perigee,
        perigee_sigma_m=sigma,
        in_orbit=settled * high,
        comes_down=settled * low,
        unknown=np.maximum(1.0 - settled * (high + low), 0.0),
        burning=burning,
    )


THREAT, KNOWN, UNCATALOGUED, UNDECIDED = range(4)
VERDICTS = ("threat", "known object", "uncatalogued satellite", "undecided")

REASONS = (
    "comes down and is no known object",
    "keeps fitting a catalogued object in place and velocity",
    "in orbit and in no catalogue",
    "not believed yet",
    "still burning",
    "may be a catalogued object, not held long enough to tell",
    "its orbit is not known well enough",
    "seems to come down, from too few plots to be sure",
)
(
    COMES_DOWN,
    FITS_CATALOGUE,
    IN_ORBIT,
    NOT_BELIEVED,
    BURNING,
    MAY_BE_KNOWN,
    TOO_VAGUE,
    TOO_YOUNG,
) = range(len(REASONS))


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedBy:
    """Thresholds of a verdict, and what is expected before anything is seen."""

    existence_least: float = 0.95
    hits_least: int = 3
    """A track is believed from these two on."""
    threat_hits_least: int = 5
    """A threat has at least so many plots. Velocities from three or four angles of a radar are now
    and then off by more than they claim: of 1,000 satellites that passed one radar 3 to 8 then
    seemed to fall."""
    threat_existence_least: float = 0.99
    """And exists with at least this probability: a track that was made of plots that may be those
    of several objects does from the next plot on that fits it."""
    threat_least: float = 0.5
    """A threat comes down with at least this probability: a candidate, for others to judge."""
    threat_odds_least: float = 10.0
    """And so many times likelier than it is in orbit, with `orbit_weight` weighed in. A radar
    tracks hundreds of uncatalogued satellites in half an hour, and of the low ones some seem to
    fall by two standard deviations. It costs missiles little: of 367 that passed satellites six
    became threats one or two looks later."""
    sure_down: float = 0.99
    """From here on a threat, even where it may yet turn out to be a known object."""
    orbit_least: float = 0.95
    """An uncatalogued satellite is in orbit with at least this probability."""
    orbit_weight: float = 10.0
    """How much likelier an orbit is than a fall in an equal part of what velocities there are.
    Orbits fill about a tenth of the velocities up to 8 km/s; uncatalogued satellites and missiles
    are expected in equal numbers. Without it every track would fall until its velocity is known."""
    may_be_known: float = 0.9
    """A track with this probability of being a catalogued object waits to be told from it."""


JUDGED_BY = JudgedBy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What tracks are judged to be, as columns [n]."""

    track: Integers
    verdict: Integers
    """`THREAT`, `KNOWN`, `UNCATALOGUED` or `UNDECIDED`: a place in `VERDICTS`."""
    reason: Integers
    """A place in `REASONS`."""
    comes_down: Floats
    """Probability that it comes down, with what was expected before weighed in."""
    in_orbit: Floats
    """That it is in orbit, likewise."""


def judged(tracks: Tracks, known: Known, fate: Fates, rules: JudgedBy = JUDGED_BY) -> Judged:
    """Give a verdict on every track.

    Args:
        tracks: Any; those that are not believed stay undecided.
        known: Of the same tracks, from `step_known`: only claims that lasted set a track aside.
        fate: Of the same tracks.
        rules: Thresholds.

    Source of the weighing: Bayes' rule, with the velocities that orbits and falls fill as priors.
    """
    assert known.count == tracks.count == fate.perigee_m.size
    orbit = rules.orbit_weight * fate.in_orbit
    whole = np.maximum(orbit + fate.comes_down + fate.unknown, 1e-300)
    down, orbit = fate.comes_down / whole, orbit / whole
    believed = (tracks.existence >= rules.existence_least) & (tracks.hits >= rules.hits_least)
    waits = (known.row != NOTHING) & (known.probability >= rules.may_be_known)
    falls = (down >= rules.threat_least) & (down >= rules.threat_odds_least * orbit)
    young = (tracks.hits < rules.threat_hits_least) | (
        tracks.existence < rules.threat_existence_least
    )
    cases = (
        (known.claimed & believed, KNOWN, FITS_CATALOGUE),
        (~believed, UNDECIDED, NOT_BELIEVED),
        (fate.burning, UNDECIDED, BURNING),
        (falls & young, UNDECIDED, TOO_YOUNG),
        (waits & (down < rules.sure_down), UNDECIDED, MAY_BE_KNOWN),
        (falls, THREAT, COMES_DOWN),
        (orbit >= rules.orbit_least, UNCATALOGUED, IN_ORBIT),
    )
    which, verdicts, reasons = zip(*cases, strict=True)
    return Judged(
        track=tracks.track,
        verdict=np.select(which, verdicts, UNDECIDED).astype(np.int64),
        reason=np.select(which, reasons, TOO_VAGUE).astype(np.int64),
        comes_down=down,
        in_orbit=orbit,
    )


def reason_words(verdicts: Judged, fate: Fates, row: int) -> str:
    """Give one track's verdict and its reason, with the figures, as a line for people."""
    height_km, sigma_km = fate.perigee_m[row] / 1e3, fate.perigee_sigma_m[row] / 1e3
    return (
        f"{VERDICTS[verdicts.verdict[row]]}: {REASONS[verdicts.reason[row]]}"
        f" (perigee {height_km:.0f} +/- {sigma_km:.0f} km, comes down with probability"
        f" {verdicts.comes_down[row]:.2f})"
    )


def perigees_m(state: Floats, earth: EarthModel = WGS84) -> tuple[Floats, Flags]:
    """Give the heights of the perigees of states [..., 6], and whether they leave for ever.

    The height is over the ellipsoid, to 0.1 km, at the perigee's latitude; of a round orbit, whose
    perigee is anywhere, at the latitude that the state's error happens to give.
    """
    place = state[..., :3]
    x, y = place[..., 0], place[..., 1]
    turned = earth.rotation_rad_s * np.stack([-y, x, np.zeros_like(x)], axis=-1)
    speed = state[..., 3:6] + turned
    radius = np.linalg.norm(place, axis=-1)
    speed2 = np.sum(speed * speed, axis=-1)
    climb = np.sum(place * speed, axis=-1)
    momentum2 = np.maximum(radius * radius * speed2 - climb * climb, 0.0)
    gm = earth.gm_m3_s2
    eccentric = (speed2 / gm - 1.0 / radius)[..., None] * place - (climb / gm)[..., None] * speed
    eccentricity = np.linalg.norm(eccentric, axis=-1)
    sine = eccentric[..., 2] / np.maximum(eccentricity, 1e-12)
    nearest = momentum2 / (gm * (1.0 + eccentricity))
    height = nearest - earth.radius_m * (1.0 - earth.flattening * sine * sine)
    return height, (eccentricity >= 1.0) & (climb > 0.0)


def _points() -> Floats:
    """Give `POINTS` vectors of six that stand for standard normal numbers: mean 0, covariance 1.

    Source: Sobol's sequence, by Joe and Kuo, SIAM Journal on Scientific Computing 30(5), 2008.
    """
    even = qmc.Sobol(6, scramble=False).random(POINTS) + 0.5 / POINTS
    points = norm.ppf(even)
    points -= points.mean(axis=0)
    root = np.linalg.cholesky(np.cov(points.T, bias=True))
    return np.asarray(np.linalg.solve(root, points.T).T)


def _roots(covariance: Floats) -> Floats:
    """Give square roots [n, 6, 6] of covariances, also of those that are not quite positive."""
    scale = np.sqrt(np.maximum(np.diagonal(covariance, axis1=1, axis2=2), 1e-12))
    even = covariance / (scale[:, :, None] * scale[:, None, :])
    size, way = np.linalg.eigh(even)
    return np.asarray(scale[:, :, None] * way * np.sqrt(np.maximum(size, 0.0))[:, None, :])
