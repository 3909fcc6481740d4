"""A folder of .eml files as a mailbox. What has been read moves to its subfolder `read`.

Who puts mails there writes them under another name and renames them: a writer that pauses longer
than YOUNG_SECONDS is otherwise taken for one that has ended.
"""

import contextlib
import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

from django.conf import settings

from pipeline.errors import FilesLeft, MailboxError
from pipeline.mailbox import pressure
from pipeline.mailbox.ingest import (
    HEADER_BYTES,
    Arrival,
    Received,
    Wake,
    file_uid,
    header_block,
    named,
    publish_all,
    receive_all,
    whole,
)
from pipeline.models import Mailbox

logger = logging.getLogger(__name__)
SETTLED_SECONDS = 0.05
YOUNG_SECONDS = 1.0
CHECKED_EVERY = 20


class Folder:
    """The reader of one folder."""

    def __init__(self, beat: Callable[[], None] = lambda: None, wake: Wake = publish_all) -> None:
        self.beat, self.wake = beat, wake

    def poll(self, mailbox: Mailbox) -> Iterator[Received]:
        """As `poll` below."""
        for number, received in enumerate(poll(mailbox, self.wake)):
            if number % 20 == 0:
                self.beat()
            yield received

    def wait(self, mailbox: Mailbox, seconds: float, stopping: Event) -> None:
        """Return after `seconds`, or when `stopping` is set."""
        stopping.wait(seconds)

    def close(self) -> None:
        """Nothing is kept open."""


def poll(mailbox: Mailbox, wake: Wake = publish_all) -> Iterator[Received]:
    """Each mail of the folder, taken in; files that are still being written wait for the next
    poll.

    Raises MailboxError where the folder cannot be read, FilesLeft, after all others were taken,
    where a file of it cannot, and Paused.
    """
    folder = Path(mailbox.directory)
    pressure.check()
    try:
        paths = _settled(folder)
    except OSError as exc:
        raise MailboxError(f"{folder}: {exc.strerror}") from exc
    left = []
    for number, path in enumerate(paths):
        if number % CHECKED_EVERY == CHECKED_EVERY - 1:
            pressure.check()
        try:
            yield from _take(path, mailbox, wake)
        except FileNotFoundError:
            continue  # another poller was first
        except OSError as exc:
            left.append(f"{path.name}: {exc.strerror}")
    if left:
        raise FilesLeft(f"{folder}: {len(left)} files cannot be taken ({left[0]})")


def _take(path: Path, mailbox: Mailbox, wake: Wake) -> Iterator[Received]:
    """The mail of `path`, which then lies in `read`, and another one that took its place between
    the read and the move.
    """
    arrival = _read(path, path.name)
    yield receive_all([arrival], mailbox=mailbox, wake=wake)[0]
    moved = _read(_set_aside(path), path.name)
    if moved.uid != arrival.uid:
        logger.warning("mailbox %s: a file was replaced while it was read", mailbox.pk)
        yield receive_all([moved], mailbox=mailbox, wake=wake)[0]


def _read(path: Path, name: str) -> Arrival:
    """The file's mail; of a too large one no more than the header stays in memory."""
    size = path.stat().st_size
    if size <= settings.BUSYBEE_MAX_MAIL_BYTES:
        raw = path.read_bytes()
        return whole(file_uid(name, raw), raw)
    with path.open("rb") as file:
        header = header_block(file.read(HEADER_BYTES))
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Arrival(named(name, digest), header, size=size, header_only=True, whole=digest)


def _settled(folder: Path) -> list[Path]:
    """The .eml files that nobody writes to any more, by name: size and time stay the same over a
    short while, and the last write is a moment ago.
    """
    before = _look(folder)
    if not before:
        return []
    time.sleep(SETTLED_SECONDS)
    after = _look(folder)
    same = [path for path in sorted(before) if after.get(path) == before[path]]
    return [path for path in same if not 0 <= time.time() - after[path][1] / 1e9 < YOUNG_SECONDS]


def _look(folder: Path) -> dict[Path, tuple[int, int]]:
    found = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.endswith(".eml") or entry.name.startswith("."):
                continue
            with contextlib.suppress(FileNotFoundError):
                if entry.is_file():
                    status = entry.stat()
                    found[Path(entry.path)] = (status.st_size, status.st_mtime_ns)
    return found


def _set_aside(path: Path) -> Path:
    """Where the file now lies."""
    read = path.parent / "read"
    read.mkdir(exist_ok=True)
    target = read / path.name
    if target.exists():
        target = read / f"{path.stem}.{time.time_ns()}{path.suffix}"
    path.rename(target)
    return target
