"""Files of keys: private ones for their owner alone and never written over, rings whole or old."""

import stat
from pathlib import Path

import pytest

from tocsin.partners.key_files import (
    read_private,
    read_ring,
    write_private,
    write_ring,
)
from tocsin.partners.keys import KeyRing, KeysError
from tocsin.partners.signing import private_from_seed, public_of

AURORA = private_from_seed("aurora", bytes(range(32)))
PUBLIC = public_of(AURORA, since_tai_ns=0)


def test_a_private_key_is_read_back_and_only_its_owner_may(tmp_path: Path) -> None:
    path = write_private(tmp_path / "keys", AURORA)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_private(tmp_path / "keys", PUBLIC) == AURORA


def test_a_private_key_is_never_written_over(tmp_path: Path) -> None:
    path = write_private(tmp_path, AURORA)
    before = path.read_bytes()

    with pytest.raises(KeysError, match="never written over"):
        write_private(tmp_path, AURORA)
    assert path.read_bytes() == before


def test_no_private_key_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / f"aurora-{AURORA.id}.pem").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(KeysError, match="never written over"):
        write_private(tmp_path, AURORA)
    assert not (tmp_path / "elsewhere").exists()


def test_a_private_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    write_private(tmp_path, AURORA).chmod(0o640)

    with pytest.raises(KeysError, match="mode 0640"):
        read_private(tmp_path, PUBLIC)


def test_a_private_key_under_a_wrong_name_is_refused(tmp_path: Path) -> None:
    other = public_of(private_from_seed("aurora", bytes(32)), since_tai_ns=0)
    write_private(tmp_path, AURORA).rename(tmp_path / f"aurora-{other.id}.pem")

    with pytest.raises(KeysError, match="it holds the key"):
        read_private(tmp_path, other)


def test_a_ring_takes_the_place_of_the_old_one_and_leaves_nothing_beside_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ring.json"
    write_ring(path, KeyRing())
    write_ring(path, KeyRing(keys=(PUBLIC,)))

    assert read_ring(path) == KeyRing(keys=(PUBLIC,))
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"\xff\xfe", "not UTF-8"), (b"{", "not JSON"), (b"[" * 100_000, "not JSON")],
)
def test_a_damaged_ring_names_its_file(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "ring.json"
    path.write_bytes(data)

    with pytest.raises(KeysError, match=rf"ring\.json: .*{said}"):
        read_ring(path)


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeysError, match=r"ring\.json: it cannot be read: No such file"):
        read_ring(tmp_path / "ring.json")
    with pytest.raises(KeysError, match="cannot be read"):
        read_private(tmp_path, PUBLIC)
