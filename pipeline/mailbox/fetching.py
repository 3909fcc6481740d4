"""Mails off a server by UID: sizes first, then small mails many at a time, large ones alone."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from imapclient import IMAPClient

from pipeline.errors import MailboxError
from pipeline.mailbox.ingest import HEADER_BYTES, Arrival, stored, whole

logger = logging.getLogger(__name__)
SIZES_AT_ONCE = 500
BATCH_MAILS = 100
BATCH_BYTES = 4 * 1024 * 1024
HEADER = f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>"


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails to be fetched together: (UID, size that the server says), in rising order of UID."""

    sizes: tuple[tuple[int, int], ...]

    @property
    def uids(self) -> list[int]:
        return [uid for uid, _ in self.sizes]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of a batch. Those that are gone from the server are in neither."""

    arrivals: list[Arrival] = field(default_factory=list)
    left: dict[int, str] = field(default_factory=dict)  # UID: why it could not be read


def read(client: IMAPClient, uids: Sequence[int]) -> Iterator[tuple[Batch, Fetched]]:
    """The mails `uids` in their order, batch by batch, already in storage.

    Each batch is asked for when it is wanted. It needs no database, so that a thread can do it.
    """
    for batch in batches(client, uids):
        fetched = fetch(client, batch)
        if not any(each.header_only for each in fetched.arrivals):  # those need the database first
            fetched = Fetched(stored(fetched.arrivals), fetched.left)
        yield batch, fetched


def batches(client: IMAPClient, uids: Sequence[int]) -> Iterator[Batch]:
    """`uids` in their order, bounded by number and by bytes; a large mail is alone."""
    for start in range(0, len(uids), SIZES_AT_ONCE):
        chunk = uids[start : start + SIZES_AT_ONCE]
        answer = client.fetch(chunk, ["RFC822.SIZE"])
        yield from _grouped((uid, answer.get(uid, {}).get(b"RFC822.SIZE", 0)) for uid in chunk)


def _grouped(sizes: Iterable[tuple[int, int]]) -> Iterator[Batch]:
    group: list[tuple[int, int]] = []
    total = 0
    for uid, size in sizes:
        if group and (len(group) >= BATCH_MAILS or total + size > BATCH_BYTES):
            yield Batch(tuple(group))
            group, total = [], 0
        group.append((uid, size))
        total += size
    if group:
        yield Batch(tuple(group))


def fetch(client: IMAPClient, batch: Batch) -> Fetched:
    """The batch's mails, whole, or by their header where they are too large."""
    fetched = Fetched()
    small = [uid for uid, size in batch.sizes if size <= settings.BUSYBEE_MAX_MAIL_BYTES]
    answer = client.fetch(small, ["BODY.PEEK[]"])
    for uid, size in batch.sizes:
        item = answer.get(uid, {})
        try:
            if size > settings.BUSYBEE_MAX_MAIL_BYTES:
                fetched.arrivals.append(_header(client, uid, size))
                continue
            raw = _checked(client, uid, item.get(b"BODY[]"), size)
            if raw is not None:
                fetched.arrivals.append(whole(str(uid), raw))
        except MailNotGiven as exc:
            fetched.left[uid] = str(exc)
    return fetched


class MailNotGiven(MailboxError):
    """The server does not give this one mail as it should; the others it does."""


def _checked(client: IMAPClient, uid: int, raw: bytes | None, size: int) -> bytes | None:
    """The raw mail, or None where it is gone meanwhile.

    RFC822.SIZE is an estimate on some servers: a mail that comes shorter twice, with the same
    bytes, is whole. Raises MailNotGiven where the two differ, and where the server gives nothing
    for a UID that it still lists.
    """
    if raw is not None and len(raw) < size:
        again = client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
        if again != raw:
            raise MailNotGiven(f"UID {uid}: {len(raw)} of {size} bytes, others when read again")
        logger.warning("UID %s: %s bytes, though the server says %s", uid, len(raw), size)
    if raw is None and client.search(["UID", str(uid)]):
        raise MailNotGiven(f"UID {uid}: the server lists it and gives nothing")
    return raw


def _header(client: IMAPClient, uid: int, size: int) -> Arrival:
    answer = client.fetch([uid], [HEADER]).get(uid, {})
    header = answer.get(b"BODY[HEADER]<0>")
    if not header:
        raise MailNotGiven(f"UID {uid}: the server gives no header")
    return Arrival(str(uid), header, size=size, header_only=True)
