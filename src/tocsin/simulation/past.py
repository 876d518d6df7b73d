"""A centre's log from a file: what it was set up with, and its decisions made again."""

import json
from dataclasses import dataclass
from pathlib import Path

from tocsin.catalog.load import load_catalog
from tocsin.errors import LogError
from tocsin.eventlog.chain import verify
from tocsin.eventlog.event import Event
from tocsin.eventlog.sqlite import SqliteLog, open_log
from tocsin.node.replay import CENTRE, DECIDED, Replayed, replay
from tocsin.node.settings import NodeSettings
from tocsin.simulation.centres import centres
from tocsin.simulation.read import parse_scenario
from tocsin.simulation.roster import roster


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCentre:
    """What a log holds of one centre."""

    centre: str
    events: int
    decisions: tuple[str, ...]
    """Each as JSON, in their order."""
    replayed: Replayed | None
    """None where it was not asked for."""


def past_of(path: Path, *, again: bool) -> PastCentre:
    """Read a log, and make its decisions again if wanted.

    Args:
        path: As `tocsin run` writes it: `log/PARTNER.log`.
        again: Check the whole chain of digests, rebuild the centre and compare every decision.

    Raises:
        LogError: The log is missing, damaged or not one of a centre; the line says which event.
    """
    if not path.is_file():
        raise LogError(f"there is no log {str(path)!r}; `tocsin run` writes one for each centre")
    log = open_log(path)
    try:
        return _past(log, str(path), again=again)
    finally:
        log.close()


def _past(log: SqliteLog, name: str, *, again: bool) -> PastCentre:
    first = next(iter(log.read()), None)
    own, settings = _settings(first, name)
    if again:
        verify(log)
    return PastCentre(
        centre=own,
        events=log.tip().number,
        decisions=tuple(event.body.decode() for event in log.read() if event.kind == DECIDED),
        replayed=replay(log, settings) if again else None,
    )


def _settings(first: Event | None, name: str) -> tuple[str, NodeSettings]:
    """Rebuild the settings of a centre from the first event of its log."""
    if first is None or first.kind != CENTRE:
        raise LogError(f"log {name!r} does not begin with what its centre was set up with")
    try:
        head = json.loads(first.body)
        own, text = str(head["centre"]), str(head["scenario"])
    except (ValueError, KeyError, TypeError) as error:
        raise LogError(f"log {name!r}: its first event cannot be read: {error}") from None
    catalog = load_catalog()
    scenario = parse_scenario(text.encode(), f"{name}, first event", catalog)
    found = centres(scenario, roster(scenario, catalog), catalog)
    mine = next((each for each in found if each.own == own), None)
    if mine is None:
        raise LogError(f"log {name!r} is of centre {own!r}, which its scenario does not have")
    return own, mine
