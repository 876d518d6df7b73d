"""Catalogued objects before one radar: truth that is off from the elements, and what it reports."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import cKDTree
from sgp4.api import WGS72, Satrec

from tocsin.catalog.build import radar_at
from tocsin.catalog.load import load_catalog
from tocsin.earth.frames import east_north_up
from tocsin.lanes import Floats, Integers
from tocsin.sensors.measurement import Plots, Site, site_of, site_positions_m
from tocsin.sensors.sky import Sky, sigmas_m, sky_at, sky_of_models, taken
from tocsin.tracking.expect import should_be_seen
from tocsin.tracking.fate import Fates, Judged, fates, judged
from tocsin.tracking.filter import look
from tocsin.tracking.known import Known, start_known, step_known
from tocsin.tracking.step import TrackerState, start, step
from tocsin.tracking.track import Tracks

LOOK_S = 10.0
SIGMA = (100.0, 5e-3, 5e-3, 10.0)
"""Range (m), angles (rad), range rate (m/s) of a plot."""
MISSED = 0.1
SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One look: its plots, the tracks believed after it, and what they are held to be."""

    time_tai_ns: int
    true_states: Floats
    """[objects, 6], in view or not: a track goes on when its object has left."""
    true_rows: Integers
    """Their places in the true sky; past its end for what was added."""
    state: TrackerState
    tracks: Tracks
    known: Known
    fate: Fates
    verdicts: Judged


def warning_radar(name: str = "usa-pituffik-uewr") -> Site:
    """Give a radar of the catalogue."""
    return site_of(radar_at(load_catalog().radars[name]))


def true_sky(sky: Sky, time_tai_ns: int, draw: np.random.Generator) -> Sky:
    """Give a sky whose objects are off from their elements as far as is stated for an instant.

    Late or early; with another eccentricity and perigee; in another plane: that is what errors of
    place along the track, along the radius and across it are made of.
    """
    at = sky_at(sky, time_tai_ns)
    sigma = np.zeros((sky.count, 3))
    sigma[at.row] = sigmas_m(at, np.arange(at.count))
    off = sigma[:, [0, 0, 1, 2, 2]] / sky.axis_m[:, None] * draw.standard_normal((sky.count, 5))
    models = [_off(model, off[row]) for row, model in enumerate(sky.models)]
    return sky_of_models(sky.names, models)


def _off(model: Any, off: Floats) -> Any:
    """Give a model whose elements are off."""
    over, under = (
        model.ecco * np.cos(model.argpo) + off[0],
        model.ecco * np.sin(model.argpo) + off[1],
    )
    eccentricity, perigee = min(float(np.hypot(over, under)), 0.98), np.arctan2(under, over)
    tilt = max(model.inclo, 1e-3)
    along = model.mo + model.argpo + off[2]
    node = model.nodeo + off[4] / np.sin(tilt) if tilt < 3.1 else model.nodeo
    moved = Satrec()
    moved.sgp4init(
        WGS72,
        "i",
        model.satnum,
        model.jdsatepoch + model.jdsatepochF - 2_433_281.5,
        model.bstar,
        model.ndot,
        model.nddot,
        eccentricity,
        float(perigee % (2.0 * np.pi)),
        float(abs(model.inclo + off[3])),
        float((along - perigee) % (2.0 * np.pi)),
        model.no_kozai,
        float(node % (2.0 * np.pi)),
    )
    return moved


def passing(sky: Sky, site: Site, times_tai_ns: Integers) -> Integers:
    """Give the objects of a sky that are in a radar's view at any of some instants."""
    place, axes = stand(site)
    found = []
    for time in times_tai_ns.tolist():
        at = sky_at(sky, time)
        found.append(at.row[should_be_seen(site, place, axes, at.state[:, :3])])
    return np.unique(np.concatenate(found))


def stand(site: Site) -> tuple[Floats, Floats]:
    """Give a radar's place and axes."""
    place = site_positions_m(site, np.zeros(1, np.int64))[0]
    return place, np.array(east_north_up(site.latitude_rad, site.longitude_rad))


def plots_of(site: Site, states: Floats, time_tai_ns: int, draw: np.random.Generator) -> Plots:
    """Give a look's plots of objects, some missed."""
    place, axes = stand(site)
    kept = states[draw.random(len(states)) >= MISSED]
    shape = len(kept), 3
    true, _ = look(kept, np.broadcast_to(place, shape), np.broadcast_to(axes, (*shape, 3)))
    noisy = true + draw.standard_normal((len(kept), 4)) * SIGMA
    sigma = np.broadcast_to(SIGMA, (len(kept), 4)).T
    return Plots(
        sensors=(site.id,),
        time_tai_ns=np.full(len(kept), time_tai_ns),
        sensor=np.zeros(len(kept), np.int64),
        range_m=noisy[:, 0],
        azimuth_rad=noisy[:, 1] % (2.0 * np.pi),
        elevation_rad=noisy[:, 2],
        range_rate_m_s=noisy[:, 3],
        snr_db=np.full(len(kept), np.nan),
        sigma_range_m=sigma[0],
        sigma_azimuth_rad=sigma[1],
        sigma_elevation_rad=sigma[2],
        sigma_range_rate_m_s=sigma[3],
        plot_id=np.arange(len(kept)),
    )


def watched(
    skies: tuple[Sky, Sky],
    site: Site,
    times_tai_ns: Integers,
    draw: np.random.Generator,
    added: Floats | None = None,
) -> Iterator[Seen]:
    """Watch a sky with a radar and hold what is tracked against a catalogue, look by look.

    Args:
        skies: The true one and the catalogue.
        site: The radar.
        times_tai_ns: Of the looks.
        draw: Chance.
        added: States [looks, k, 6] of more objects; NaN where one does not fly.
    """
    true, catalogue = skies
    place, axes = stand(site)
    state, remembered = start(), start_known()
    for step_number, time in enumerate(times_tai_ns.tolist()):
        there = sky_at(true, time)
        states, rows = there.state, there.row
        if added is not None:
            fly = np.flatnonzero(np.isfinite(added[step_number, :, 0]))
            states = np.vstack([states, added[step_number, fly]])
            rows = np.append(rows, true.count + fly)
        seen = should_be_seen(site, place, axes, states[:, :3])
        plots = plots_of(site, states[seen], time, draw)
        state = step(state, plots, (site,))
        believed = state.confirmed()
        tracks = state.tracks.take(believed[state.tracks.time_tai_ns[believed] == time])
        remembered, known = step_known(remembered, tracks, sky_at(catalogue, time))
        fate = fates(tracks)
        yield Seen(
            time_tai_ns=time,
            true_states=states,
            true_rows=rows,
            state=state,
            tracks=tracks,
            known=known,
            fate=fate,
            verdicts=judged(tracks, known, fate),
        )


def nearest(seen: Seen) -> Integers:
    """Give the true object nearest to each believed track, by place and by velocity times 60 s."""
    weight = np.array([1.0, 1.0, 1.0, 60.0, 60.0, 60.0])
    if len(seen.true_states) == 0:
        return np.full(seen.tracks.count, -1)
    return seen.true_rows[cKDTree(seen.true_states * weight).query(seen.tracks.state * weight)[1]]


def every(start_tai_ns: int, seconds: float) -> Integers:
    """Give the instants of looks through some time."""
    count = int(seconds / LOOK_S)
    return start_tai_ns + (np.arange(count) * LOOK_S * SECOND_NS).astype(np.int64)


__all__ = ["Seen", "every", "nearest", "passing", "taken", "true_sky", "warning_radar", "watched"]
