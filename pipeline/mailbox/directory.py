"""A folder of .eml files as a mailbox. What has been read moves to its subfolder `read`.

Who puts mails there writes them under another name and renames them: a writer that pauses longer
than YOUNG_SECONDS is otherwise taken for one that has ended.
"""

import contextlib
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import FilesLeft, MailboxError
from pipeline.mailbox.ingest import Received, file_uid, receive
from pipeline.models import Mailbox

logger = logging.getLogger(__name__)
SETTLED_SECONDS = 0.05
YOUNG_SECONDS = 1.0


def poll(mailbox: Mailbox) -> Iterator[Received]:
    """Each mail of the folder, taken in; files that are still being written wait for the next
    poll.

    Raises MailboxError where the folder cannot be read, and FilesLeft, after all others were
    taken, where a file of it cannot.
    """
    folder = Path(mailbox.directory)
    try:
        paths = _settled(folder)
    except OSError as exc:
        raise MailboxError(f"{folder}: {exc.strerror}") from exc
    left = []
    for path in paths:
        try:
            yield from _take(path, mailbox)
        except FileNotFoundError:
            continue  # another poller was first
        except OSError as exc:
            left.append(f"{path.name}: {exc.strerror}")
    if left:
        raise FilesLeft(f"{folder}: {len(left)} files cannot be taken ({left[0]})")


def _take(path: Path, mailbox: Mailbox) -> Iterator[Received]:
    """The mail of `path`, which then lies in `read`, and another one that took its place between
    the read and the move.
    """
    raw = path.read_bytes()
    uid = file_uid(path.name, raw)
    yield receive(raw, mailbox=mailbox, uid=uid)
    moved = _set_aside(path).read_bytes()
    if file_uid(path.name, moved) != uid:
        logger.warning("mailbox %s: a file was replaced while it was read", mailbox.pk)
        yield receive(moved, mailbox=mailbox, uid=file_uid(path.name, moved))


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
