"""`tocsin keys`: the keys that partners sign with: make, show, publish, accept, rotate, revoke."""

import json as json_text
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tocsin.cli.errors import reported

if TYPE_CHECKING:
    from tocsin.partners.keys import KeyRing, PublicKey

FOLDER = Path("keys")
DAY_S = 86_400.0

folder_option = click.option(
    "--keys",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=FOLDER,
    show_default=True,
    help="The folder of keys: ring.json and our own private ones.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def keys() -> None:
    """Make, show, publish, accept, rotate and revoke the keys that partners sign with.

    A folder holds ring.json, the public keys of everybody, and one .pem file for each private key
    of our own, which nobody else may read. Times are UTC.

    \b
    Example:
      tocsin keys make aurora
    """


@keys.command()
@click.argument("partner")
@folder_option
@click.option("--since", metavar="UTC", help="When it begins to count.  [default: now]")
@click.option("--until", metavar="UTC", help="When it ends.  [default: never]")
@json_option
def make(partner: str, folder: Path, since: str | None, until: str | None, as_json: bool) -> None:
    """Make the first key of a partner.

    \b
    Example:
      tocsin keys make aurora --keys aurora-keys
    """
    from tocsin.earth.time import tai_from_utc
    from tocsin.partners.keys import KeysError, added, partner_name
    from tocsin.partners.signing import public_of

    with reported(as_json):
        ring = _ring(folder, must_exist=False)
        if ring.of(partner_name(partner)):
            raise KeysError(
                f"{folder}: {partner!r} has a key already; use tocsin keys rotate {partner}"
            )
        private = _new_private(partner)
        ends_tai_ns = None if until is None else tai_from_utc(until)
        key = public_of(private, _instant(since), ends_tai_ns)
        ring = added(ring, key)
        path = _keep(folder, private, ring)
    _tell(as_json, [key], f"made {key.id} of {partner}; its private half is {path}")


@keys.command()
@click.argument("partner", required=False)
@folder_option
@json_option
def show(partner: str | None, folder: Path, as_json: bool) -> None:
    """List the keys, and whether each is in force.

    \b
    Example:
      tocsin keys show aurora
    """
    from tocsin.partners.keys import published

    with reported(as_json):
        ring = _ring(folder)
        listed = ring.keys if partner is None else published(ring, partner).keys
    if as_json:
        click.echo(json_text.dumps({"keys": [_record(each) for each in listed]}, indent=1))
        return
    _print_table(folder, listed)


@keys.command()
@click.argument("partner")
@folder_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write it.  [default: PARTNER-public.json]",
)
@json_option
def publish(partner: str, folder: Path, out: Path | None, as_json: bool) -> None:
    """Write the public keys of a partner to a file.

    Whoever gets it should hear the ids another way too, by telephone say, and compare.

    \b
    Example:
      tocsin keys publish aurora --out aurora.json
    """
    from tocsin.partners.key_files import write_ring
    from tocsin.partners.keys import published

    path = out or Path(f"{partner}-public.json")
    with reported(as_json):
        told = published(_ring(folder), partner)
        write_ring(path, told)
    _tell(as_json, told.keys, f"wrote {path}: {', '.join(each.id for each in told.keys)}")


@keys.command()
@click.argument("partner")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@folder_option
@json_option
def accept(partner: str, file: Path, folder: Path, as_json: bool) -> None:
    """Take what a partner has published into the ring.

    FILE brings new keys, ends and revocations. Compare the ids first with what PARTNER says.
    Nothing that was revoked comes back.

    \b
    Example:
      tocsin keys accept borealis borealis.json --keys aurora-keys
    """
    from tocsin.partners.key_files import RING_NAME, read_ring, write_ring
    from tocsin.partners.keys import accepted

    with reported(as_json):
        ring = accepted(_ring(folder, must_exist=False), partner, read_ring(file))
        write_ring(folder / RING_NAME, ring)
    told = ring.of(partner)
    _tell(as_json, told, f"accepted of {partner}: {', '.join(each.id for each in told)}")


@keys.command()
@click.argument("partner")
@folder_option
@click.option("--since", metavar="UTC", help="When the new key begins.  [default: in one day]")
@click.option(
    "--overlap-days",
    type=click.FloatRange(0.0, 366.0),
    default=7.0,
    show_default=True,
    help="How long the old key counts beside it.",
)
@json_option
def rotate(
    partner: str, folder: Path, since: str | None, overlap_days: float, as_json: bool
) -> None:
    """Make a new key beside the old one, which then ends.

    Publish before the new key begins, so that everybody has it by then.

    \b
    Example:
      tocsin keys rotate aurora --overlap-days 14
    """
    from tocsin.partners.keys import published, rotated
    from tocsin.partners.signing import public_of

    with reported(as_json):
        ring = _ring(folder)
        published(ring, partner)
        private = _new_private(partner)
        key = public_of(private, _instant(since, later_s=DAY_S if since is None else 0.0))
        ring = rotated(ring, key, overlap_days * DAY_S)
        path = _keep(folder, private, ring)
    _tell(as_json, ring.of(partner), f"made {key.id} of {partner}; its private half is {path}")


@keys.command()
@click.argument("key")
@folder_option
@click.option("--at", metavar="UTC", help="Since when it is not believed.  [default: now]")
@json_option
def revoke(key: str, folder: Path, at: str | None, as_json: bool) -> None:
    """Revoke a key that others may have.

    Nothing that KEY has signed since is believed; what it signed before is. This cannot be undone.
    Publish at once, so that others hear of it.

    \b
    Example:
      tocsin keys revoke 3f9a51c27be08d64 --at 2026-03-01T06:00:00Z
    """
    from tocsin.partners.key_files import RING_NAME, write_ring
    from tocsin.partners.keys import revoked

    with reported(as_json):
        ring = revoked(_ring(folder), key, _instant(at))
        write_ring(folder / RING_NAME, ring)
    found = ring.find(key)
    assert found is not None, "revoked above"
    _tell(as_json, [found], f"revoked {key} of {found.partner} since {_since(found)}")


def _ring(folder: Path, must_exist: bool = True) -> "KeyRing":
    """Read the ring of a folder; an empty one where there may be none yet."""
    from tocsin.partners.key_files import RING_NAME, read_ring
    from tocsin.partners.keys import KeyRing

    path = folder / RING_NAME
    return read_ring(path) if must_exist or path.exists() else KeyRing()


def _new_private(partner: str) -> Any:
    """Make a private key from the system's source of chance."""
    import secrets

    from tocsin.partners.signing import private_from_seed

    return private_from_seed(partner, secrets.token_bytes(32))


def _keep(folder: Path, private: Any, ring: "KeyRing") -> Path:
    """Write a new private key, then the ring that has its public half."""
    from tocsin.partners.key_files import RING_NAME, write_private, write_ring

    path = write_private(folder, private)
    write_ring(folder / RING_NAME, ring)
    return path


def _instant(utc: str | None, later_s: float = 0.0) -> int:
    """Give an instant as TAI nanoseconds: the one that was asked for, or now, in whole seconds."""
    from tocsin.earth.time import SECOND_NS, tai_from_utc, tai_ns_from_datetime

    if utc is not None:
        return tai_from_utc(utc)
    now_tai_ns = tai_ns_from_datetime(datetime.now(UTC).replace(microsecond=0))
    return now_tai_ns + round(later_s * SECOND_NS)


def _record(key: "PublicKey") -> dict[str, Any]:
    """Give a key as JSON has it."""
    from tocsin.earth.time import utc_from_tai

    def utc(time_tai_ns: int | None) -> str | None:
        return None if time_tai_ns is None else utc_from_tai(time_tai_ns)

    return {
        "partner": key.partner,
        "id": key.id,
        "public": key.public.hex(),
        "since_utc": utc(key.since_tai_ns),
        "until_utc": utc(key.until_tai_ns),
        "revoked_at_utc": utc(key.revoked_at_tai_ns),
        "state": _state(key),
    }


def _state(key: "PublicKey") -> str:
    """Say in a word whether what a key signs now is believed."""
    now_tai_ns = _instant(None)
    if key.revoked_at_tai_ns is not None:
        return "revoked"
    if key.lasts_at(now_tai_ns):
        return "in force"
    return "not yet" if key.since_tai_ns > now_tai_ns else "ended"


def _since(key: "PublicKey") -> str:
    """Say since when a revoked key is not believed."""
    return str(_record(key)["revoked_at_utc"])


def _tell(as_json: bool, told: Any, line: str) -> None:
    """Print what came of a command: keys as JSON, or one line."""
    if as_json:
        click.echo(json_text.dumps({"keys": [_record(each) for each in told]}, indent=1))
    else:
        click.echo(line)


def _print_table(folder: Path, listed: Any) -> None:
    """Print keys as a table; those whose private half lies in the folder are marked as ours."""
    from rich.table import Table

    from tocsin.cli.study_tables import console
    from tocsin.partners.key_files import private_path

    table = Table(box=None, pad_edge=False)
    for column in ("partner", "key", "state", "since", "until", "revoked", "private"):
        table.add_column(column)
    for each in listed:
        record = _record(each)
        ours = private_path(folder, each.partner, each.id).exists()
        table.add_row(
            each.partner,
            each.id,
            record["state"],
            record["since_utc"],
            record["until_utc"] or "",
            record["revoked_at_utc"] or "",
            "here" if ours else "",
        )
    console().print(table)
