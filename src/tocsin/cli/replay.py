"""`tocsin replay`: what a centre decided, from its log; and whether it comes out the same again."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tocsin.cli.errors import reported

if TYPE_CHECKING:
    from tocsin.simulation.past import PastCentre


@click.command()
@click.argument("log", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--verify",
    "again",
    is_flag=True,
    help="Check every digest, rebuild the centre and make every decision again.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the decisions as JSON.")
def replay(log: Path, again: bool, as_json: bool) -> None:
    """Give every decision that a centre's LOG holds, in order.

    LOG is a file that `tocsin run` writes for each centre, such as out/two-islands/log/west.log.
    With --verify the centre is rebuilt from what arrived, and each decision is held against the one
    that was logged, byte for byte; exit status 1 if any differs or the log is damaged.

    \b
    Example:
      tocsin replay out/two-islands/log/west.log --verify
    """
    import json

    from tocsin.simulation.past import past_of

    with reported(as_json):
        found = past_of(log, again=again)
    decisions = [json.loads(each) for each in found.decisions]
    same = found.replayed is None or not found.replayed.differs
    if as_json:
        shown = {
            "centre": found.centre,
            "events": found.events,
            "decisions": decisions,
            "verified": None if found.replayed is None else same,
        }
        click.echo(json.dumps(shown, indent=1, ensure_ascii=False))
    else:
        for each in decisions:
            click.echo(_line(each))
        click.echo(_verdict(found), err=True)
    if not same:
        raise SystemExit(1)


def _line(decision: dict[str, object]) -> str:
    """Give one decision as a line for people."""
    at, what = str(decision["utc"])[:19].replace("T", " "), decision["what"]
    mark = (
        "" if decision.get("data_class", "actual") == "actual" else f"[{decision['data_class']}] "
    )
    if what == "level":
        return f"{at} UTC  {mark}{decision['from']} to {decision['to']}: {decision['sentence']}"
    if what == "alert":
        return f"{at} UTC  {mark}alert {decision['alert']}: {decision['headline']}"
    return f"{at} UTC  {mark}{what}: {decision.get('why', '')}"


def _verdict(found: "PastCentre") -> str:
    head = f"centre {found.centre}: {found.events:,} events, {len(found.decisions)} decisions"
    if found.replayed is None:
        return f"{head}; --verify makes them again"
    if found.replayed.differs:
        return f"{head}; NOT the same again: {found.replayed.differs[0]}"
    return f"{head}; every digest holds and every decision comes out the same, byte for byte"
