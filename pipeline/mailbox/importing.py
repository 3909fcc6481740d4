"""Mails from files: .eml, folders of them and mbox, however large, one mail in memory at a time."""

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from pipeline.mailbox import pressure
from pipeline.mailbox.ingest import (
    HEADER_BYTES,
    Arrival,
    file_uid,
    header_block,
    kept,
    receive_all,
    whole,
)
from pipeline.models import Email, Location, Mailbox

BATCH_MAILS, BATCH_BYTES = 100, 8 * 1024 * 1024
LINE = 64 * 1024
# of the steps that may be open: old mails must not hold back those that come in meanwhile
SHARE = 0.5
LOOK_AGAIN_SECONDS = 2.0
MBOX_SUFFIXES = {".mbox", ".mbx"}
SUFFIXES = {".eml", *MBOX_SUFFIXES}
# "From sender Mon Jan  5 10:00:00 2026"; some programs leave out all behind the first word
SEPARATOR = re.compile(
    rb"From (?:-?\s*$|.*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? .*\d{1,2}:\d\d.*)", re.DOTALL
)
QUOTED = re.compile(rb">+From ")


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or a part of it that could not be taken, and why."""

    path: str
    reason: str


@dataclass(slots=True)
class Totals:
    """What came of an import so far."""

    new: int = 0
    known: int = 0
    too_large: int = 0  # of the new ones: recorded by their header
    problems: list[Problem] = field(default_factory=list)

    @property
    def read(self) -> int:
        return self.new + self.known


def arrivals(paths: Iterable[Path], stdin: BinaryIO) -> Iterator[Arrival | Problem]:
    """Each mail that `paths` name (`-`: standard input), folders searched, in their order; what
    cannot be read comes as a Problem, and the next ones after it.
    """
    for path in paths:
        if str(path) == "-":
            yield from _of_stream(stdin, "stdin", mbox=None)
        elif path.is_dir():
            yield from _of_folder(path)
        else:
            yield from _of_file(path, path.name)


def _of_folder(folder: Path) -> Iterator[Arrival | Problem]:
    problems: list[Problem] = []

    def failed(error: OSError) -> None:
        problems.append(Problem(str(error.filename), error.strerror or str(error)))

    for place, folders, names in os.walk(folder, onerror=failed):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            if path.suffix.lower() in SUFFIXES:
                yield from _of_file(path, str(path.relative_to(folder)))
    yield from problems


def _of_file(path: Path, name: str) -> Iterator[Arrival | Problem]:
    if path.exists() and not path.is_file():
        yield Problem(str(path), "it is neither a file nor a folder")
        return
    suffix = path.suffix.lower()
    mbox = True if suffix in MBOX_SUFFIXES else False if suffix == ".eml" else None
    try:
        with path.open("rb") as file:
            for found in _of_stream(file, name, mbox=mbox):
                yield Problem(str(path), found.reason) if isinstance(found, Problem) else found
    except OSError as exc:
        yield Problem(str(path), exc.strerror or type(exc).__name__)


def _of_stream(file: BinaryIO, name: str, *, mbox: bool | None) -> Iterator[Arrival | Problem]:
    """The mails of `file`; where nobody says whether it is an mbox, its first bytes do."""
    first = file.readline(LINE)
    if mbox is None:
        mbox = SEPARATOR.match(first) is not None
    if not first:
        # an empty mbox is an empty folder
        if not mbox:
            yield Problem(name, "it is empty")
    elif not mbox:
        yield _gathered(name, _pieces(file, first))
    elif SEPARATOR.match(first):
        yield from _of_mbox(file, name)
    else:
        yield Problem(name, "it is no mbox file: it does not begin with a From line")


def _pieces(file: BinaryIO, first: bytes) -> Iterator[bytes]:
    yield first
    while piece := file.read(LINE):
        yield piece


def _of_mbox(file: BinaryIO, name: str) -> Iterator[Arrival]:
    """The mails of an mbox file whose first separator has been read."""
    box = _Mbox(file)
    number = 0
    while box.more:
        mail = _gathered(f"{name}#{number}", box.lines())
        if mail.size:
            yield mail
        number += 1


class _Mbox:
    """An mbox file that is read on from behind a separator; `more` while mails are left."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.more = True

    def lines(self) -> Iterator[bytes]:
        """Pieces of one mail, up to the next separator or the end.

        Quoted lines lose one `>` (mboxrd); the empty line at the end is the format's, not the
        mail's.
        """
        at_start, after_empty, empty = True, True, b""
        while line := self.file.readline(LINE):
            if after_empty and SEPARATOR.match(line):
                return
            yield empty
            after_empty = at_start and line in (b"\n", b"\r\n")
            empty = line if after_empty else b""
            if not after_empty:
                yield line[1:] if at_start and QUOTED.match(line) else line
            at_start = line.endswith(b"\n")
        self.more = False


def _gathered(name: str, pieces: Iterable[bytes]) -> Arrival:
    """The mail that `pieces` make; of one over the limit only the header stays in memory."""
    limit = max(settings.BUSYBEE_MAX_MAIL_BYTES, HEADER_BYTES)
    kept, size, digest = bytearray(), 0, hashlib.sha256()
    for piece in pieces:
        size += len(piece)
        digest.update(piece)
        if size <= limit:
            kept += piece
    raw = bytes(kept)
    if size == len(raw):
        return whole(file_uid(name, raw), raw)
    head, all_of_it = header_block(raw), digest.hexdigest()
    uid = file_uid(f"{name} {all_of_it}", head)
    return Arrival(uid, head, size=size, header_only=True, whole=all_of_it)


@dataclass(frozen=True, slots=True)
class Ears:
    """Who hears how an import goes: of each batch, and why it waits."""

    progress: Callable[[Totals], None] = lambda totals: None
    waiting: Callable[[str], None] = lambda why: None


def take_in(
    found: Iterable[Arrival | Problem],
    totals: Totals,
    *,
    mailbox: Mailbox,
    dry_run: bool = False,
    ears: Ears = Ears(),
) -> None:
    """Take in what is `found`, as fast as the workers can bear, and count it in `totals`; with
    `dry_run` nothing is written. To break it off loses nothing: it can be done again.
    """
    for batch in _batches(found, totals):
        if not dry_run:
            _wait_for_room(ears)
        try:
            new = (_would_take if dry_run else _take)(batch, mailbox)
        except OSError as exc:  # of the storage: a full disk
            reason = exc.strerror or type(exc).__name__
            totals.problems += [Problem(_name_of(each), reason) for each in batch]
        else:
            _count(batch, new, totals)
        ears.progress(totals)


def _wait_for_room(ears: Ears) -> None:
    told = ""
    while True:
        try:
            pressure.check(SHARE)
        except pressure.Paused as exc:
            if str(exc) != told:
                ears.waiting(str(exc))
            told = str(exc)
            time.sleep(LOOK_AGAIN_SECONDS)
        else:
            return


def _count(batch: Iterable[Arrival], new: Iterable[bool], totals: Totals) -> None:
    for arrival, is_new in zip(batch, new, strict=True):
        totals.new += is_new
        totals.known += not is_new
        totals.too_large += is_new and arrival.header_only


def _name_of(arrival: Arrival) -> str:
    return arrival.uid.rpartition(":")[0]


def _batches(found: Iterable[Arrival | Problem], totals: Totals) -> Iterator[list[Arrival]]:
    batch: list[Arrival] = []
    weight = 0
    most = max(1, min(BATCH_MAILS, settings.BUSYBEE_MAX_OPEN_STEPS // 4))
    for each in found:
        if isinstance(each, Problem):
            totals.problems.append(each)
            continue
        batch.append(each)
        weight += len(each.raw)
        if len(batch) >= most or weight >= BATCH_BYTES:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch


def _take(batch: list[Arrival], mailbox: Mailbox) -> list[bool]:
    return [received.new for received in receive_all(batch, mailbox=mailbox)]


def _would_take(batch: list[Arrival], mailbox: Mailbox) -> list[bool]:
    """Whether each mail of `batch` would be new."""
    digests = [hashlib.sha256(kept(each)).hexdigest() for each in batch]
    known = set(Email.objects.filter(raw_sha256__in=digests).values_list("raw_sha256", flat=True))
    here = Location.objects.filter(mailbox=mailbox) if mailbox.pk else Location.objects.none()
    uids = [each.uid for each in batch]
    places = set(here.filter(uid__in=uids).values_list("uid", flat=True))
    new = []
    for each, digest in zip(batch, digests, strict=True):
        new.append(digest not in known and each.uid not in places)
        known.add(digest)
    return new
