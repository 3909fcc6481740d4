"""Bytes kept under their sha256: written once, never changed, found again by digest."""

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings

from pipeline.errors import BadMail


def path_of(digest: str) -> Path:
    """Where the bytes with this sha256 lie."""
    return Path(settings.BUSYBEE_STORAGE) / digest[:2] / digest[2:4] / digest


def put(data: bytes) -> str:
    """The sha256 of `data`, which is on disk (synced) when this returns."""
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(digest)
    if not _holds(path, data):
        _make_folder(path.parent)
        _write(path, data)
        _sync_folder(path.parent)
    return digest


def _holds(path: Path, data: bytes) -> bool:
    """Whether `path` has just these bytes: a file that a disk has damaged is written anew."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False


def _make_folder(folder: Path) -> None:
    """Make `folder` and its parents so that a power cut takes none of them away again."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for made in missing:
        _sync_folder(made.parent)


def _write(path: Path, data: bytes) -> None:
    """Put `data` at `path`, whole or not at all."""
    descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except BaseException:
        os.unlink(fresh)  # a full disk gets no fuller by the halves of what it could not take
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def get(digest: str) -> bytes:
    """The bytes with this sha256; raises BadMail where they are gone or changed."""
    try:
        data = path_of(digest).read_bytes()
    except FileNotFoundError as exc:
        raise BadMail(f"storage has no {digest[:12]}") from exc
    if hashlib.sha256(data).hexdigest() != digest:
        raise BadMail(f"storage holds other bytes than {digest[:12]}")
    return data
