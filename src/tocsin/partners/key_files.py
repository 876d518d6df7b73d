"""A folder of keys: `ring.json`, the public ones, and `PARTNER-ID.pem`, our own private ones.

A private key's file is made readable by its owner alone and never written over.
"""

import os
import stat
import tempfile
from pathlib import Path

from tocsin.partners.keys import (
    RING_BYTES_MAX,
    KeyRing,
    KeysError,
    PublicKey,
    ring_from_text,
    ring_text,
)
from tocsin.partners.signing import PrivateKey, private_from_pem, private_pem

RING_NAME = "ring.json"
PEM_BYTES_MAX = 64 * 1024
OWNER_ONLY = 0o600


def write_private(folder: Path, key: PrivateKey) -> Path:
    """Write a private key to its own new file, readable by its owner alone; give its path."""
    path = private_path(folder, key.partner, key.id)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, flags, OWNER_ONLY), "wb") as file:
            file.write(private_pem(key))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise KeysError(f"{path}: it exists and is never written over; move it away") from None
    except OSError as error:
        raise KeysError(f"{path}: it cannot be written: {error.strerror}") from None
    return path


def read_private(folder: Path, key: PublicKey) -> PrivateKey:
    """Read the private key that goes with a public one, and check that it does."""
    path = private_path(folder, key.partner, key.id)
    if os.name == "posix" and path.exists():
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise KeysError(f"{path}: others may read it (mode {mode:04o}); run chmod 600 on it")
    private = private_from_pem(_read(path, PEM_BYTES_MAX), key.partner, str(path))
    if private.id != key.id:
        raise KeysError(f"{path}: it holds the key {private.id!r}, not {key.id!r}; restore it")
    return private


def private_path(folder: Path, partner: str, key: str) -> Path:
    """Give where a private key is kept."""
    return folder / f"{partner}-{key}.pem"


def write_ring(path: Path, ring: KeyRing) -> None:
    """Write a ring in place of an older one: a reader finds the old or the new, never a part."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(ring_text(ring))
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise KeysError(f"{path}: it cannot be written: {error.strerror}") from None


def read_ring(path: Path) -> KeyRing:
    """Read a ring of public keys and check it."""
    try:
        text = _read(path, RING_BYTES_MAX).decode("utf-8")
    except UnicodeDecodeError:
        raise KeysError(f"{path}: it is no ring of keys: not UTF-8 text") from None
    return ring_from_text(text, str(path))


def _read(path: Path, bytes_max: int) -> bytes:
    """Read a whole file of limited size."""
    try:
        with path.open("rb") as file:
            data = file.read(bytes_max + 1)
    except OSError as error:
        raise KeysError(f"{path}: it cannot be read: {error.strerror}") from None
    if len(data) > bytes_max:
        raise KeysError(f"{path}: it has more than {bytes_max} bytes; that is no file of keys")
    return data
