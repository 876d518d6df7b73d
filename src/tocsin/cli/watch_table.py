"""What would be tracked, as a table on a terminal, at most 100 columns wide."""

from rich.table import Table

from tocsin.cli.study_tables import table
from tocsin.studies.watch_results import Followed, Tracking, Watcher
from tocsin.studies.watch_words import (
    figure,
    half_long_km,
    held_share,
    kilometres,
    last_long_km,
    off_and_claimed,
    percent,
    some_of,
    spread_of,
)


def tracking_table(tracking: Tracking) -> Table:
    """Give what each watcher would have tracked: medians, with the least and most of any launch."""
    made = table(
        "What would be tracked (medians; in brackets the least and most of any launch)",
        "who",
        "tracked",
        "held, %",
        "believed after, s",
        "off (claimed), km",
        "ellipse at half flight, km",
        "last, km",
    )
    for one in tracking.watchers:
        made.add_row(*_cells(one))
    return made


def _cells(one: Watcher) -> tuple[str, ...]:
    """Give a watcher's row; the ellipse is the long half axis of the 95 % one."""
    tracked = one.tracked
    return (
        one.label,
        f"{tracked} of {len(one.launches)}",
        percent(held_share(one)),
        spread_of(figure(one, _believed_s), lambda value: f"{value:.0f}"),
        off_and_claimed(one),
        some_of(figure(one, half_long_km), kilometres, tracked),
        some_of(figure(one, last_long_km), kilometres, tracked),
    )


def _believed_s(one: Followed) -> float | None:
    return one.believed_s
