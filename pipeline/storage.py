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
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    _sync_folder(path.parent)
    return digest


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
