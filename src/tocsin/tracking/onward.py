"""Believed tracks at a later instant, when no plot has come since: each by its phase's motion."""

from dataclasses import replace

import numpy as np

from tocsin.earth.time import SECOND_NS
from tocsin.lanes import Integers
from tocsin.tracking.motion import height_and_climb, predict
from tocsin.tracking.track import BOOST, COAST, REENTRY, Tracks

CARRY_S = 10.0
"""Longest step by which a track is carried before its height is asked for."""
BURNS_ON_S = 12.0
"""So long after the last look that saw it burn a rocket is still taken to burn."""
AIR_TOP_M = 100_000.0
"""What falls below this height is re-entering."""
GROUND_M = -20_000.0
"""What is surely under the ground has landed, and is believed no more."""


def carried(tracks: Tracks, to_tai_ns: Integers) -> Tracks:
    """Give tracks at later instants, each by its phase's motion; one under the ground stays there.

    What burns goes on burning for `BURNS_ON_S`, then coasts.
    """
    state, covariance = tracks.state.copy(), tracks.covariance.copy()
    phase, drag = tracks.phase.copy(), tracks.inverse_ballistic_m2_kg
    left = (to_tai_ns - tracks.time_tai_ns) / SECOND_NS
    burning = np.where(tracks.modes[:, BOOST] > 0.5, BURNS_ON_S, 0.0)
    while True:
        height, climb = height_and_climb(state)
        rows = np.flatnonzero((left > 0.0) & (height > GROUND_M))
        if rows.size == 0:
            break
        falls = (height < AIR_TOP_M) & (climb < 0.0)
        phase = np.where(burning > 0.0, BOOST, np.where(falls, REENTRY, COAST))
        part = np.minimum(left[rows], CARRY_S)
        part = np.where(burning[rows] > 0.0, np.minimum(part, burning[rows]), part)
        state[rows], covariance[rows] = predict(
            state[rows], covariance[rows], part, phase[rows], drag[rows]
        )
        left[rows] -= part
        burning[rows] -= part
    still = np.where(burning > 0.0, BOOST, phase)
    return replace(
        tracks,
        time_tai_ns=to_tai_ns,
        state=state,
        covariance=covariance,
        phase=np.where(to_tai_ns == tracks.time_tai_ns, tracks.phase, still),
    )
