"""A folder of .eml files as a mailbox. What has been read moves to its subfolder `read`."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import MailboxError
from pipeline.mailbox.ingest import Received, file_uid, receive
from pipeline.models import Mailbox

SETTLED_SECONDS = 0.05


def poll(mailbox: Mailbox) -> Iterator[Received]:
    """Each mail of the folder, taken in; files that are still being written wait for the next
    poll.
    """
    folder = Path(mailbox.directory)
    try:
        for path in _settled(folder):
            raw = path.read_bytes()
            yield receive(raw, mailbox=mailbox, uid=file_uid(path.name, raw))
            _set_aside(path)
    except OSError as exc:
        raise MailboxError(f"{folder}: {exc.strerror}") from exc


def _settled(folder: Path) -> list[Path]:
    """The .eml files whose size and time stay the same over a short while, by name."""
    before = _look(folder)
    if not before:
        return []
    time.sleep(SETTLED_SECONDS)
    after = _look(folder)
    return [path for path in sorted(before) if after.get(path) == before[path]]


def _look(folder: Path) -> dict[Path, tuple[int, int]]:
    found = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".eml") and not entry.name.startswith(".") and entry.is_file():
                status = entry.stat()
                found[Path(entry.path)] = (status.st_size, status.st_mtime_ns)
    return found


def _set_aside(path: Path) -> None:
    read = path.parent / "read"
    read.mkdir(exist_ok=True)
    target = read / path.name
    if target.exists():
        target = read / f"{path.stem}.{time.time_ns()}{path.suffix}"
    path.rename(target)
