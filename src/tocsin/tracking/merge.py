"""Two tracks of one object: the one that nothing feeds any more hands over to the one that is fed.

A rocket seen burning by satellites is tracked until it burns out; minutes later a radar starts a
track of what coasts. Where the old track, carried forward, could be the new one, they are joined.
"""

import numpy as np
from scipy.stats import chi2

from tocsin.lanes import Integers
from tocsin.tracking.associate import Pairs, assign
from tocsin.tracking.track import Tracks

SHARE = 0.99
"""Share of true pairs that lie within the gate, as far as the covariances can be believed."""


def same_objects(tracks: Tracks, old: Integers, fresh: Integers) -> tuple[Integers, Integers]:
    """Give pairs of an old and a fresh track that are taken for one object, each at most once.

    Args:
        tracks: All at one instant.
        old, fresh: Places of those that nothing feeds, and of those that are fed.

    Source: Bar-Shalom and Li, Multitarget-Multisensor Tracking, 1995, section 8.4 (test of whether
    two tracks are of one origin, their errors taken for independent).
    """
    apart = tracks.state[old][:, None] - tracks.state[fresh][None]
    spread = tracks.covariance[old][:, None] + tracks.covariance[fresh][None]
    away = np.linalg.solve(spread, apart[..., None])[..., 0]
    distance2 = np.sum(apart * away, axis=-1)
    limit = float(chi2.ppf(SHARE, 6))
    row, column = np.nonzero(distance2 < limit)
    pairs = Pairs(track=row, plot=column, cost=distance2[row, column] - limit)
    taken = assign(pairs, old.size, fresh.size)
    return old[row[taken]], fresh[column[taken]]
