"""Mails off a server by UID: sizes first, then small mails many at a time, large ones alone.

A server that cannot give one mail refuses the whole command in which it is asked for (NO), or hangs
up amid the answer. Its mails are then asked for one by one; one that fails alone twice is left.
"""

import contextlib
import datetime as dt
import imaplib
import logging
from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.utils import timezone
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from pipeline.errors import MailboxError
from pipeline.mailbox.ingest import HEADER_BYTES, Arrival, stored, whole

logger = logging.getLogger(__name__)
SIZES_AT_ONCE = 500
BATCH_MAILS = 100
BATCH_BYTES = 4 * 1024 * 1024
STRIKES = 2
HEADER = f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>"

Answer = Mapping[int, Mapping[bytes, Any]]


class MailNotGiven(MailboxError):
    """The server does not give this one mail as it should; the others it does."""


class Refused(MailboxError):
    """The server says no to a command, perhaps for one of its mails only."""


class Cut(MailboxError):
    """The connection broke; where it breaks for the same mail again, that mail is why."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails to be fetched together: (UID, size that the server says), in rising order of UID, and
    when the server got them, as far as it says so.
    """

    sizes: tuple[tuple[int, int], ...]
    times: Mapping[int, dt.datetime] = field(default_factory=dict)

    @property
    def uids(self) -> list[int]:
        return [uid for uid, _ in self.sizes]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of a batch. Those that are gone from the server are in neither."""

    arrivals: list[Arrival] = field(default_factory=list)
    left: dict[int, str] = field(default_factory=dict)  # UID: why it could not be read


class Reading:
    """Mails `uids` in their order, batch by batch; over several connections, where the server hangs
    up. Those that it got before the day `floor`, of our calendar, are passed over.

    With `again`, these are mails that were left before: each alone, and one failure is enough.
    """

    def __init__(
        self, uids: Sequence[int], *, floor: dt.date | None = None, again: bool = False
    ) -> None:
        self.cuts = 0
        self.again = again
        self._floor = floor
        at_once = 1 if again else SIZES_AT_ONCE
        starts = range(0, len(uids), at_once)
        self._unsized = deque(list(uids[start : start + at_once]) for start in starts)
        self._batches: deque[Batch] = deque()
        self._left: deque[tuple[Batch, Fetched]] = deque()
        self._strikes = Counter(dict.fromkeys(uids, STRIKES - 1) if again else {})

    @property
    def more(self) -> bool:
        return bool(self._left or self._batches or self._unsized)

    @property
    def leaves(self) -> bool:
        """Whether the next thing to be said is that a mail is left."""
        return bool(self._left)

    def next(self, client: IMAPClient) -> tuple[Batch, Fetched] | None:
        """The next batch and what came of it, already in storage; None: all were asked for.

        It needs no database, so that a thread can do it. Raises Cut: to be called again with
        another connection.
        """
        while self.more:
            if self._left:
                return self._left.popleft()
            if not self._batches:
                self._ask_sizes(client)
            elif fetched := self._fetch(client):
                return fetched
        return None

    def _ask_sizes(self, client: IMAPClient) -> None:
        uids = self._unsized.popleft()
        try:
            self._batches.extend(batches(client, uids, self._floor))
        except (Refused, Cut) as exc:
            if len(uids) > 1:  # halves: nothing but numbers goes over the line
                middle = len(uids) // 2
                self._unsized.extendleft([uids[middle:], uids[:middle]])
            elif not self._is_left(uids[0], exc):
                self._unsized.appendleft(uids)
            self._count(exc)

    def _fetch(self, client: IMAPClient) -> tuple[Batch, Fetched] | None:
        batch = self._batches.popleft()
        try:
            return batch, _stored(fetch(client, batch))
        except (Refused, Cut) as exc:
            if len(batch.sizes) > 1:
                alone = [replace(batch, sizes=(each,)) for each in batch.sizes]
                self._batches.extendleft(reversed(alone))
            elif not self._is_left(batch.uids[0], exc):
                self._batches.appendleft(batch)
            self._count(exc)
        return None

    def _is_left(self, uid: int, why: MailboxError) -> bool:
        self._strikes[uid] += 1
        if self._strikes[uid] < STRIKES:
            return False
        self._left.append((Batch(((uid, 0),)), Fetched(left={uid: f"UID {uid}: {why}"})))
        return True

    def _count(self, error: MailboxError) -> None:
        if isinstance(error, Cut):
            self.cuts += 1
            raise error


def _stored(fetched: Fetched) -> Fetched:
    return replace(fetched, arrivals=stored(fetched.arrivals))


def batches(
    client: IMAPClient, uids: Sequence[int], floor: dt.date | None = None
) -> Iterator[Batch]:
    """`uids` in their order, bounded by number and by bytes; a large mail is alone."""
    answer = _asked(client, uids, ["RFC822.SIZE", "INTERNALDATE"])
    times = {uid: at for uid, item in answer.items() if (at := _our_time(item))}
    wanted = [uid for uid in uids if not (floor and uid in times and times[uid].date() < floor)]
    groups = _grouped((uid, answer.get(uid, {}).get(b"RFC822.SIZE", 0)) for uid in wanted)
    return (replace(group, times=times) for group in groups)


def _our_time(item: Mapping[bytes, Any]) -> dt.datetime | None:
    """When the server got a mail, on our calendar; None where it says no time."""
    said = item.get(b"INTERNALDATE")
    if said is None:
        return None
    try:
        return (said if said.tzinfo else said.replace(tzinfo=dt.UTC)).astimezone(
            timezone.get_default_timezone()
        )
    except (ValueError, OverflowError):  # an hour that is no hour, a zone that is none
        return None


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
    """The batch's mails, whole, or by their header where they are too large.

    Raises Refused and Cut.
    """
    fetched = Fetched()
    small = [uid for uid, size in batch.sizes if size <= settings.BUSYBEE_MAX_MAIL_BYTES]
    answer = _asked(client, small, ["BODY.PEEK[]"])
    for uid, size in batch.sizes:
        try:
            if size > settings.BUSYBEE_MAX_MAIL_BYTES:
                arrival = _header(client, uid, size)
            else:
                raw = _checked(client, uid, answer.get(uid, {}).get(b"BODY[]"), size)
                arrival = None if raw is None else whole(str(uid), raw)
        except MailNotGiven as exc:
            fetched.left[uid] = str(exc)
        else:
            if arrival:
                fetched.arrivals.append(replace(arrival, came_at=batch.times.get(uid)))
    return fetched


def _asked(client: IMAPClient, uids: Sequence[int], what: Collection[str]) -> Answer:
    """What the server answers; raises Refused and Cut."""
    with _sorted_out(client):
        return client.fetch(uids, what)


def _is_listed(client: IMAPClient, uid: int) -> bool:
    with _sorted_out(client):
        return bool(client.search(["UID", str(uid)]))


@contextlib.contextmanager
def _sorted_out(client: IMAPClient) -> Iterator[None]:
    try:
        yield
    except (OSError, imaplib.IMAP4.abort) as exc:
        raise Cut(str(exc)) from exc
    except IMAPClientError as exc:
        # what came before the refusal would be taken for part of the next answer
        client._imap.untagged_responses.pop("FETCH", None)
        raise Refused(str(exc)) from exc


def _checked(client: IMAPClient, uid: int, raw: bytes | None, size: int) -> bytes | None:
    """The raw mail, or None where it is gone meanwhile.

    RFC822.SIZE is an estimate on some servers: a mail that comes shorter twice, with the same
    bytes, is whole. Raises MailNotGiven where the two differ, and where the server gives nothing
    for a UID that it still lists.
    """
    if raw is not None and len(raw) < size:
        again = _asked(client, [uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
        if again != raw:
            raise MailNotGiven(f"UID {uid}: {len(raw)} of {size} bytes, others when read again")
        logger.warning("UID %s: %s bytes, though the server says %s", uid, len(raw), size)
    if raw is None and _is_listed(client, uid):
        raise MailNotGiven(f"UID {uid}: the server lists it and gives nothing")
    return raw


def _header(client: IMAPClient, uid: int, size: int) -> Arrival | None:
    """The mail by its header, or None where it is gone meanwhile."""
    header = _asked(client, [uid], [HEADER]).get(uid, {}).get(b"BODY[HEADER]<0>")
    if header:
        return Arrival(str(uid), header, size=size, header_only=True)
    if _is_listed(client, uid):
        raise MailNotGiven(f"UID {uid}: the server gives no header")
    return None
