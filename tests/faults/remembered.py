"""Pure steps whose results are remembered by what goes into them.

The same rocket is seen by the same sensors in thousands of runs: what a tracker makes of the same
looks in the same order is worked out once. Nothing is remembered of messages, links, logs or
judgement, which are what these runs are about.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from tocsin.node import state, step
from tocsin.tracking import ascent, impact, launchpoint

KEPT_MAX = 20_000


def remembering(made: Callable[..., Any], key: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function that remembers what it gave; its arguments are kept, so ids stay theirs."""
    kept: OrderedDict[Any, Any] = OrderedDict()

    def found(*args: Any, **named: Any) -> Any:
        name = key(*args, **named)
        if name not in kept:
            kept[name] = (args, made(*args, **named))
            if len(kept) > KEPT_MAX:
                kept.popitem(last=False)
        return kept[name][1]

    return found


def _plots_key(looks: Any) -> Any:
    return tuple(
        (look.sensor, look.tai_ns, look.plots.range_m.tobytes(), look.plots.azimuth_rad.tobytes())
        for look in looks
    )


def _bytes_of(*arrays: Any) -> bytes:
    return b"/".join(each.tobytes() for each in arrays)


def _see_key(picture: Any, looks: Any, checks: Any, now_tai_ns: int) -> Any:
    del now_tai_ns  # only what holds tracks against the catalogue, or the Moon, asks for it
    return id(picture), _plots_key(looks), checks


def _fusion_key(before: Any, picture: Any, own: Any, reports: Any, trust: Any) -> Any:
    empty = not before.own and not before.reports
    return 0 if empty else id(before), id(picture), id(own), reports, trust


def _fitted_key(seen: Any, earth: Any) -> Any:
    return _bytes_of(*(getattr(seen, name) for name in seen.__slots__), earth)


def _falls_key(states: Any, drag: Any, earth: Any = None, backward: bool = False) -> Any:
    return _bytes_of(states, drag), states.shape, earth, backward


WRAPPED = (
    (state, "start_picture", lambda sites, sky=None: (sites, sky)),
    (step, "see", _see_key),
    (step, "sightings", lambda picture, origin: (id(picture), origin)),
    (step, "step_fusion", _fusion_key),
    (launchpoint, "fitted", _fitted_key),
    (launchpoint, "falls", _falls_key),
    (impact, "falls", _falls_key),
)
"""Where each is called from, and by what its results are known again."""

COARSER = {"STARTS": 4, "START_ROUNDS": 4, "ROUNDS": 5}
"""Of fits of an ascent: a launch point to some kilometres is enough here, at less work."""


MADE: list[Callable[..., Any]] = []
"""Of `WRAPPED`, in its order, made once: what is remembered lasts as long as the program."""


def install() -> list[tuple[Any, str, Any]]:
    """Put these in place; give what was there before, for `put_back`."""
    if not MADE:
        MADE.extend(remembering(getattr(module, name), key) for module, name, key in WRAPPED)
    before = [(module, name, getattr(module, name)) for module, name, _ in WRAPPED]
    before += [(ascent, name, getattr(ascent, name)) for name in COARSER]
    for (module, name, _), made in zip(WRAPPED, MADE, strict=True):
        setattr(module, name, made)
    for name, fewer in COARSER.items():
        setattr(ascent, name, fewer)
    return before


def put_back(before: list[tuple[Any, str, Any]]) -> None:
    """Take these out of their places."""
    for module, name, was in before:
        setattr(module, name, was)
