"""What would be tracked, in words and figures of a terminal and a report."""

from collections.abc import Callable, Sequence
from statistics import median

from tocsin.studies.watch_results import (
    ELLIPSE_STEPS_KM,
    Followed,
    Foretold,
    LaunchTold,
    Tracking,
    Watcher,
)
from tocsin.studies.wording import listed

Record = dict[str, object]


def figure(watcher: Watcher, of: Callable[[Followed], float | None]) -> list[float]:
    """Give one figure of every launch that has it, sorted."""
    return sorted(value for one in watcher.launches if (value := of(one)) is not None)


def held_share(watcher: Watcher) -> float:
    """Give the share of all flight time that a watcher held a track, 0 to 1."""
    total = sum(one.impact_s for one in watcher.launches)
    return sum(one.held_share * one.impact_s for one in watcher.launches) / max(total, 1e-9)


def half_long_km(one: Followed) -> float | None:
    """Give the long half axis of the ellipse half-way through a flight."""
    return None if one.half_flight is None else one.half_flight.long_km


def last_long_km(one: Followed) -> float | None:
    """Give the long half axis of the last ellipse."""
    return None if one.last is None else one.last.long_km


def kilometres(value: float) -> str:
    """Give kilometres with as many digits as they carry: '<0.1', '3.2', '24', '1,300'."""
    if value < 0.05:
        return "<0.1"
    if value >= 995.0:
        return f"{float(f'{value:.2g}'):,.0f}"
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}"


def spread_of(values: Sequence[float], write: Callable[[float], str]) -> str:
    """Give the median of sorted values with the least and the most: '24 (11-60)'; '-' of none."""
    if not values:
        return "-"
    middle, least, most = write(median(values)), write(values[0]), write(values[-1])
    return middle if least == most else f"{middle} ({least}-{most})"


def some_of(values: Sequence[float], write: Callable[[float], str], of: int) -> str:
    """Give the median of sorted values, and of how many launches it is where not of all."""
    text = spread_of(values, write)
    return text if not values or len(values) == of else f"{text}, {len(values)} of {of}"


def off_and_claimed(watcher: Watcher) -> str:
    """Give the medians of the tracks' errors and of what they claimed: '1.1 (0.9)'; '-' of none."""
    off = figure(watcher, lambda one: one.position_rms_km)
    claimed = figure(watcher, lambda one: one.position_sigma_km)
    return f"{kilometres(median(off))} ({kilometres(median(claimed))})" if off else "-"


def percent(share: float) -> str:
    """Give a share from 0 to 1 in whole per cent, and 'under 1' and 'over 99' where that lies."""
    if 0.0 < share < 0.01:
        return "under 1"
    return "over 99" if 0.99 < share < 1.0 else f"{100.0 * share:.0f}"


def _held(watcher: Watcher, name: str, verb: str) -> str:
    """Give 'Russia alone 61 % (0 to 95)'."""
    shares = [100.0 * one.held_share for one in watcher.launches]
    least, most = f"{min(shares):.0f}", f"{max(shares):.0f}"
    told = f"{name} {verb}{percent(held_share(watcher))} %"
    return told + ("" if least == most else f" ({least} to {most})")


def tracking_sentence(watchers: Sequence[Watcher], seed: int) -> str:
    """Say how much of the flight time each watcher holds, from launch to launch."""
    launches = len(watchers[0].launches) if watchers else 0
    if launches == 0:
        return ""
    alone = [one for one in watchers if len(one.partners) == 1]
    joined = [one for one in watchers if len(one.partners) > 1]
    first, others = (joined[0], alone) if joined else (alone[0], alone[1:])
    name = first.label[0].upper() + first.label[1:]
    told = _held(first, f"{name},", "holds ") if joined else _held(first, name, "holds ")
    if others:
        told += f" of flight time; {listed([_held(one, one.label, '') for one in others])}"
    else:
        told += " of flight time"
    number = f"{launches} launches" if launches > 1 else "1 launch"
    brackets = "In brackets: the least and the most of any launch; " if "(" in told else ""
    return f"{told}. {brackets or 'Of '}{number}, one drawing of chance (seed {seed})."


def tracking_record(tracking: Tracking) -> Record:
    """Give what each watcher would have tracked, ready for JSON; null: never, or nothing."""
    return {
        "every_s": tracking.every_s,
        "near_km": tracking.near_km,
        "sentence": tracking.sentence,
        "why_not": tracking.why_not or None,
        "watchers": [_watcher_record(one) for one in tracking.watchers],
    }


def _watcher_record(one: Watcher) -> Record:
    return {
        "id": one.id,
        "label": one.label,
        "partners": list(one.partners),
        "sensors": one.sensors,
        "plots": one.plots,
        "delay_s": one.delay_s,
        "launches_tracked": one.tracked,
        "false_tracks": one.false_tracks,
        "held_share": _r(held_share(one), 4),
        "believed_median_s": _middle(figure(one, lambda x: x.believed_s), 1),
        "position_rms_median_km": _middle(figure(one, lambda x: x.position_rms_km), 3),
        "position_sigma_median_km": _middle(figure(one, lambda x: x.position_sigma_km), 3),
        "ellipse_half_flight_median_km": _middle(figure(one, half_long_km), 2),
        "ellipse_last_median_km": _middle(figure(one, last_long_km), 2),
        "launches": [_launch_record(each) for each in one.launches],
    }


def _launch_record(one: Followed) -> Record:
    below = {
        f"ellipse_below_{size:.0f}_km_s": _r(at, 1)
        for size, at in zip(ELLIPSE_STEPS_KM, one.ellipse_below_s, strict=True)
    }
    return {
        "launch": one.launch,
        "believed_s": _r(one.believed_s, 1),
        "warning_min": _r(one.warning_min, 2),
        "held_share": _r(one.held_share, 4),
        "position_rms_km": _r(one.position_rms_km, 3),
        "position_sigma_km": _r(one.position_sigma_km, 3),
        "position_within_95_share": _r(one.within_95, 4),
        **below,
        "impact_half_flight": None if one.half_flight is None else foretold_record(one.half_flight),
        "impact_last": None if one.last is None else foretold_record(one.last),
        "launch_point": None if one.launch_point is None else _origin_record(one.launch_point),
    }


def _origin_record(one: LaunchTold) -> Record:
    """Give one told launch point as a record."""
    return {
        "from": one.how,
        "latitude_deg": _r(one.latitude_deg, 4),
        "longitude_deg": _r(one.longitude_deg, 4),
        "ellipse_95_long_km": _r(one.long_km, 3),
        "ellipse_95_short_km": _r(one.short_km, 3),
        "ellipse_95_azimuth_deg": _r(one.azimuth_deg, 1),
        "lift_off_sigma_s": _r(one.time_sigma_s, 2),
        "lift_off_error_s": _r(one.time_error_s, 2),
        "miss_km": _r(one.miss_km, 3),
        "ellipse_holds_launch": one.holds,
    }


def foretold_record(one: Foretold) -> Record:
    """Give one foretold impact as a record."""
    return {
        "time_s": _r(one.time_s, 1),
        "track": one.track,
        "latitude_deg": _r(one.latitude_deg, 4),
        "longitude_deg": _r(one.longitude_deg, 4),
        "ellipse_95_long_km": _r(one.long_km, 3),
        "ellipse_95_short_km": _r(one.short_km, 3),
        "ellipse_95_azimuth_deg": _r(one.azimuth_deg, 1),
        "impact_time_sigma_s": _r(one.time_sigma_s, 2),
        "impact_time_error_s": _r(one.time_error_s, 2),
        "miss_km": _r(one.miss_km, 3),
        "ellipse_holds_impact": one.holds,
    }


def prediction_rows(watchers: Sequence[Watcher]) -> list[Record]:
    """Give every impact foretold as a row of a table."""
    return [
        {
            "watcher": watcher.id,
            "launch": one.launch,
            "time_to_impact_s": _r(one.impact_s - each.time_s, 1),
            **foretold_record(each),
        }
        for watcher in watchers
        for one in watcher.launches
        for each in one.foretold
    ]


def _middle(values: Sequence[float], digits: int) -> float | None:
    return round(median(values), digits) if values else None


def _r(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
