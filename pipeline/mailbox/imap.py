"""A company mailbox over IMAP: one connection, kept over polls, that reads each mail once.

A mail's place is (mailbox, epoch, UID). An epoch is a folder of a server under one UIDVALIDITY;
another server, account, folder or UIDVALIDITY is another epoch, which is read from its first UID
on. Mails that were read in an old epoch have the same bytes and are recognised by them.

What is to be read is decided by three things that don't get into each other's way:

- `since` is the floor: mails that the server got before that day are left alone, everywhere.
- The cursor `last_uid` finds new mail at a low price. It moves in the transaction that records the
  mails, never backwards, and says nothing of what lies below it.
- The comparison (reconcile), at each connect and every ten minutes, finds what the cursor has
  passed: each UID up to it, from `since` on, of which there is no Location. So a mail that the
  server failed to give does not stop the ones behind it, and is tried again.

A backfill takes in mails between `backfill_from` and `since`, the newest first, a slice after each
look for new mail. `backfill_uid` is how far down it has come. At its end `since` becomes the
earlier day, so that from then on the comparison covers these mails too, and not before.

On the server nothing is changed before the commit (BODY.PEEK, EXAMINE). Where the mailbox wants
mails marked or moved afterwards (after.py) and a crash comes between, the comparison does it: to
mails that were taken in since the last comparison, so that what a person marks as unread later
stays so. A moved mail that another mailbox reads in its new folder has the same bytes.

All searches are in ASCII and without CHARSET, which Exchange and others refuse.
"""

import logging
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

from imapclient import IMAPClient

from pipeline.errors import FilesLeft, MailboxError
from pipeline.mailbox import after, fetching, pressure, reconcile, watching
from pipeline.mailbox.backfill import Backfill
from pipeline.mailbox.connection import connect, drop, is_alive, told
from pipeline.mailbox.ingest import (
    Received,
    Wake,
    advance_cursor,
    begin_epoch,
    publish_all,
    receive_all,
)
from pipeline.models import Mailbox

logger = logging.getLogger(__name__)
RECONCILE_SECONDS = 600


class Session:
    """The reader of one mailbox. Not shared between threads."""

    def __init__(self, beat: Callable[[], None] = lambda: None, wake: Wake = publish_all) -> None:
        self.beat, self.wake = beat, wake
        self.client: IMAPClient | None = None
        self.more = False  # the backfill goes on at once
        self._opened_with: tuple[Any, ...] = ()
        self._exists = 0
        self._reconciled = -float("inf")
        self._backfill = Backfill()
        self._left: dict[int, str] = {}

    def poll(self, mailbox: Mailbox) -> Iterator[Received]:
        """Each mail that is to be read, taken in: new ones, missed ones, a slice of the backfill.

        Raises MailboxError where the server cannot be read; the connection is then given up.
        Raises FilesLeft at the end where single mails cannot, and Paused.
        """
        self.more = False
        pressure.check()
        try:
            with told(mailbox):
                client = self._ready(mailbox)
                self._select(client, mailbox)
                yield from self._new(client, mailbox)
                if time.monotonic() - self._reconciled >= RECONCILE_SECONDS:
                    yield from self._compare(client, mailbox)
                if mailbox.backfill_from:
                    yield from self._go_back(client, mailbox)
        except BaseException:
            # whatever it was: the helper may have met an error of the connection meanwhile
            self.close()
            raise
        if self._left:
            first = next(iter(self._left.values()))
            raise FilesLeft(f"{mailbox.host}: {len(self._left)} mails cannot be read ({first})")

    def wait(self, mailbox: Mailbox, seconds: float, stopping: Event) -> None:
        """Return when there may be new mail: `seconds` at the longest. Raises MailboxError."""
        if self.more:
            return
        if self.client is None or not self.client.has_capability("IDLE"):
            stopping.wait(seconds)
            return
        try:
            with told(mailbox):
                watching.idle(self.client, seconds, stopping, self.beat)
        except MailboxError:
            self.close()
            raise

    def close(self) -> None:
        """Give the connection up; the next poll makes another."""
        if self.client is not None:
            drop(self.client)
        self.client = None

    def _ready(self, mailbox: Mailbox) -> IMAPClient:
        """A connection that answers: the one at hand, or a new one."""
        wanted = _login_of(mailbox)
        if self.client is not None:
            if wanted == self._opened_with and is_alive(self.client):
                return self.client
            logger.info("mailbox %s: connecting anew", mailbox.pk)
            self.close()
        self.client, self._opened_with = connect(mailbox), wanted
        self._reconciled = -float("inf")
        self._backfill = Backfill()
        self._left = {}
        return self.client

    def _select(self, client: IMAPClient, mailbox: Mailbox) -> None:
        """Open the folder anew: another UIDVALIDITY, or that it is gone, shows nowhere else."""
        keep = after.action(mailbox) == Mailbox.After.KEEP
        status = client.select_folder(mailbox.folder, readonly=keep)
        watching.forget_announcements(client)
        self._exists = int(status[b"EXISTS"])
        if b"UIDVALIDITY" not in status:
            raise MailboxError(f"{mailbox.host}: the server gives no UIDVALIDITY")
        epoch = epoch_of(mailbox, int(status[b"UIDVALIDITY"]))
        if epoch != mailbox.uidvalidity:
            logger.info("mailbox %s: new epoch, UIDVALIDITY %s", mailbox.pk, status[b"UIDVALIDITY"])
            begin_epoch(mailbox, epoch)
            self._reconciled = -float("inf")
            self._left = {}

    def _new(self, client: IMAPClient, mailbox: Mailbox) -> Iterator[Received]:
        uids = reconcile.above(client, mailbox, self._exists)
        yield from self._take(client, mailbox, reconcile.unknown(mailbox, uids), new=True)
        if uids:
            advance_cursor(mailbox, mailbox.uidvalidity, uids[-1])

    def _compare(self, client: IMAPClient, mailbox: Mailbox) -> Iterator[Received]:
        began, last_time = reconcile.now(), mailbox.reconciled_at
        for uids in reconcile.missing(client, mailbox, self._exists):
            self.beat()
            yield from self._take(client, mailbox, uids)
        if criteria := after.undone(mailbox):
            recent = reconcile.recent(mailbox, last_time)
            for piece in reconcile.listed(client, self._exists, criteria):
                after.apply(client, mailbox, [uid for uid in piece if uid in recent])
        reconcile.finished(mailbox, began)
        self._reconciled = time.monotonic()

    def _go_back(self, client: IMAPClient, mailbox: Mailbox) -> Iterator[Received]:
        uids = self._backfill.next_slice(client, mailbox, self._exists)
        yield from self._take(client, mailbox, uids)
        self._backfill.done(mailbox, uids)
        self.more = mailbox.backfill_from is not None

    def _take(
        self, client: IMAPClient, mailbox: Mailbox, uids: Sequence[int], *, new: bool = False
    ) -> Iterator[Received]:
        """Batch by batch: fetched, committed, and only then marked or moved on the server.

        While one is recorded here, a thread fetches the next and puts it into storage. The
        connection is never used by both: the marking waits until that one has come.
        """
        if not uids:
            return
        batches = fetching.read(client, uids)
        taken: list[int] = []
        with ThreadPoolExecutor(1) as helper:  # leaving waits for it
            coming = helper.submit(next, batches, None)
            while (item := coming.result()) is not None:
                if taken:
                    after.apply(client, mailbox, taken)
                taken = []
                pressure.check()
                self.beat()
                coming = helper.submit(next, batches, None)
                received = self._record(mailbox, *item, new=new)
                taken = [int(each.uid) for each in item[1].arrivals]
                yield from received
            after.apply(client, mailbox, taken)

    def _record(
        self, mailbox: Mailbox, batch: fetching.Batch, fetched: fetching.Fetched, *, new: bool
    ) -> list[Received]:
        received = receive_all(
            fetched.arrivals,
            mailbox=mailbox,
            uidvalidity=mailbox.uidvalidity,
            cursor=batch.uids[-1] if new else 0,
            wake=self.wake,
        )
        for uid in batch.uids:
            self._left.pop(uid, None)
        self._left.update(fetched.left)
        return received


def poll(mailbox: Mailbox, wake: Wake = publish_all) -> Iterator[Received]:
    """All that is to be read of a mailbox now, its whole backfill too, on a connection of its own.

    Raises what Session.poll raises.
    """
    session = Session(wake=wake)
    try:
        yield from session.poll(mailbox)
        while session.more:
            yield from session.poll(mailbox)
    finally:
        session.close()


def epoch_of(mailbox: Mailbox, uidvalidity: int) -> int:
    """A number for folder and UIDVALIDITY together: two folders may well have the same one."""
    place = f"{mailbox.host}\n{mailbox.port}\n{mailbox.username}\n{mailbox.folder}"
    return (zlib.crc32(place.encode()) & 0x7FFFFFFF) << 32 | uidvalidity


def _login_of(mailbox: Mailbox) -> tuple[Any, ...]:
    password = bytes(mailbox.sealed_password)
    box = mailbox
    return box.host, box.port, box.tls, box.username, box.login, box.oauth_client_id, password
