"""Bytes of customers' files, kept under their sha256 beside those of the mails, and as long."""

import hashlib
import os
import secrets
import shutil
from pathlib import Path

from django.conf import settings

from chat.errors import FileGone


def path_of(digest: str) -> Path:
    """Where the bytes with this sha256 lie, or would lie."""
    return Path(settings.BUSYBEE_STORAGE, "chat", digest[:2], digest)


def put(data: bytes) -> str:
    """The sha256 of `data`, which is on disk (synced) when this returns.

    Bytes get their name once they are synced, and what has its name is never removed: a row may
    name it by then.
    """
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(digest)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists() or path.read_bytes() != data:
        _write(path, data)
    for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
        _sync(folder)  # of a file that was there as well: who wrote it may have been killed
    return digest


def free_bytes() -> int:
    """What is free on the disk of the storage, which may not have been made yet."""
    folder = Path(settings.BUSYBEE_STORAGE)
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _write(path: Path, data: bytes) -> None:
    fresh = path.with_name(f".new-{os.getpid()}-{secrets.token_hex(8)}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)  # a full disk gets no fuller
        raise


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def get(digest: str) -> bytes:
    """The bytes with this sha256; raises FileGone where they are gone or changed."""
    try:
        data = path_of(digest).read_bytes()
    except FileNotFoundError as exc:
        raise FileGone from exc
    if hashlib.sha256(data).hexdigest() != digest:
        raise FileGone
    return data
