"""Bytes kept under their sha256: written once, never changed, found again by digest."""

import ctypes
import hashlib
import os
import secrets
import threading
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings

from pipeline.errors import BadMail

MANY = 24
THREADS = 16
_TOKEN = secrets.token_hex(4)


def path_of(digest: str) -> Path:
    """Where the bytes with this sha256 lie, or would lie."""
    path = Path(_place(digest))
    # as it was before 256 folders were found to be enough; such a file stays where it is
    old = path.parent / digest[2:4] / digest
    return old if not path.exists() and old.exists() else path


def _place(digest: str) -> str:
    return f"{settings.BUSYBEE_STORAGE}/{digest[:2]}/{digest}"


def put(data: bytes) -> str:
    """The sha256 of `data`, which is on disk (synced) when this returns."""
    return put_all([data])[0]


def put_all(datas: Sequence[bytes]) -> list[str]:
    """The sha256 of each of `datas`, which are all on disk (synced) when this returns.

    Bytes get their name once they are synced, and what has its name is never removed: another
    writer may have found it there, and recorded it.
    """
    digests = [hashlib.sha256(data).hexdigest() for data in datas]
    fresh: dict[str, str] = {}  # temporary: final
    folders: set[str] = set()
    try:
        for digest, data in dict(zip(digests, datas, strict=True)).items():
            path = _place(digest)
            folders.add(os.path.dirname(path))
            if not _holds(path, data):
                folders.update(_write(_temporary(path, len(fresh)), path, data, fresh))
        _sync(fresh)
        for temporary, path in fresh.items():
            os.replace(temporary, path)
    except BaseException:
        for temporary in fresh:  # a full disk gets no fuller
            Path(temporary).unlink(missing_ok=True)
        raise
    _sync(folders)  # of files that were there as well: who wrote them may have been killed
    return digests


def _temporary(path: str, number: int) -> str:
    name = f".new-{_TOKEN}-{os.getpid()}-{threading.get_ident()}-{number}"
    return f"{os.path.dirname(path)}/{name}"


def _holds(path: str, data: bytes) -> bool:
    """Whether `path` has just these bytes: a file that a disk has damaged is written anew."""
    try:
        with open(path, "rb") as file:
            return file.read(len(data) + 1) == data
    except FileNotFoundError:
        return False


def _write(temporary: str, path: str, data: bytes, fresh: dict[str, str]) -> list[str]:
    """Put `data` at `temporary`, noted in `fresh`; the folders that have got a new one in them."""
    changed: list[str] = []
    try:
        descriptor = _create(temporary)
    except FileNotFoundError:
        changed = _make_folder(Path(temporary).parent)
        descriptor = _create(temporary)
    fresh[temporary] = path
    _fill(descriptor, data)
    return changed


def _fill(descriptor: int, data: bytes) -> None:
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
    finally:
        os.close(descriptor)


def _create(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)


def _make_folder(folder: Path) -> list[str]:
    """Make `folder` and its parents; where they stand, which a power cut must not forget."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return [str(made.parent) for made in missing]


def _sync(paths: Collection[str]) -> None:
    """Return once all of these files and folders are on the disk."""
    if len(paths) >= MANY and _sync_whole_disk():
        return
    if len(paths) < MANY:
        for path in paths:
            _sync_one(path)
        return
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(_sync_one, paths):
            pass


def _sync_whole_disk() -> bool:
    """Whether the file system of the storage could be synced at once, which takes as long as two
    or three files do one by one. Linux only.
    """
    call = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if call is None:
        return False
    descriptor = os.open(settings.BUSYBEE_STORAGE, os.O_RDONLY)
    try:
        if call(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(descriptor)
    return True


def _sync_one(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
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
