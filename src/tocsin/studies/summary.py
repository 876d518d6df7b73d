"""The summary of a study or a run as plain records for JSON: keys end in their units."""

from dataclasses import asdict
from typing import Any

from tocsin.studies.results import Coalition, Compared, Gain, RunResult
from tocsin.studies.watch_words import tracking_record


def study_summary(compared: Compared, by_area: dict[str, tuple[Coalition, ...]]) -> dict[str, Any]:
    """Give a comparison's figures; each is {value, low, high}."""
    return {
        "partners": list(compared.partners),
        "areas": list(compared.areas),
        "places": list(compared.places),
        "launches": compared.launches,
        "out_of_reach": compared.out_of_reach,
        "coalitions": [asdict(each) for each in compared.coalitions],
        "by_area": {area: [asdict(each) for each in figures] for area, figures in by_area.items()},
        "gains": [asdict(each) for each in compared.gains],
        "ledger": [asdict(each) for each in compared.ledger],
    }


def run_summary(result: RunResult, by_area: dict[str, tuple[Coalition, ...]]) -> dict[str, Any]:
    """Give a whole run's figures, without its map (that is in the tables)."""
    head = {
        name: getattr(result, name)
        for name in (
            "scenario",
            "title",
            "question",
            "answer",
            "start_utc",
            "as_of",
            "seed",
            "data_class",
            "version",
        )
    }
    return {
        **head,
        **study_summary(result.compared, by_area),
        "claims": [asdict(each) for each in result.claims],
        "flights": [asdict(each) for each in result.launches],
        "tracking": None if result.tracking is None else tracking_record(result.tracking),
        "judged": None if result.judged is None else asdict(result.judged),
        "sensors": [asdict(each) for each in result.sensors],
        "left_out": list(result.left_out),
        "assumptions": list(result.assumptions),
        "sources": [{"title": title, "url": url} for title, url in result.sources],
    }


def flat_coalition(scope: str, found: Coalition) -> dict[str, Any]:
    """Give a coalition as one row of a table."""
    row: dict[str, Any] = {
        "scope": scope,
        "coalition": found.id,
        "label": found.label,
        "partners": "+".join(found.partners),
        "level": found.level,
        "kinds": found.kinds,
        "without": found.without or "",
        "launches": found.launches,
    }
    row |= _flat("share_seen", asdict(found.share_seen))
    row |= _flat("share_confirmed_by_two", asdict(found.share_confirmed_by_two))
    for name, spread in found.warning_min.items():
        row |= _flat(f"warning_{name}_min", asdict(spread))
    for name, spread in found.warning_two_min.items():
        row |= _flat(f"warning_two_{name}_min", asdict(spread))
    return row


def flat_gain(scope: str, found: Gain) -> dict[str, Any]:
    """Give a gain as one row of a table."""
    row: dict[str, Any] = {"scope": scope, "before": found.before, "after": found.after}
    row |= _flat("share_gaining", asdict(found.share_gaining))
    row |= _flat("share_newly_seen", asdict(found.share_newly_seen))
    row |= _flat("share_losing", asdict(found.share_losing))
    for name, spread in found.gain_min.items():
        row |= _flat(f"gain_{name}_min", asdict(spread))
    return row


def _flat(name: str, spread: dict[str, float | None]) -> dict[str, float | None]:
    return {
        name: spread["value"],
        f"{name}_low": spread["low"],
        f"{name}_high": spread["high"],
    }
