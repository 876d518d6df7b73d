"""Free flight to the ground, held to the filter's own motion."""

from typing import Any

import numpy as np

from tocsin.tracking.fall import falls
from tocsin.tracking.motion import transition
from tocsin.tracking.track import COAST


def test_a_fall_without_air_ends_where_the_filter_would_carry_it(raid: Any) -> None:
    state = np.hstack([raid.flown.position_ecef_m[:, 60], raid.flown.velocity_ecef_m_s[:, 60]])
    for backward in (False, True):
        found = falls(state, np.zeros(len(state)), backward=backward)
        assert np.all(found.lands)
        for row, time_s in enumerate(found.time_s):
            one = state[row : row + 1]
            step = transition(one, np.array([time_s]), np.full(1, COAST)).state
            assert np.linalg.norm(step[0, :3] - found.position_m[row]) < 10.0
