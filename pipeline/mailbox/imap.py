"""A company mailbox over IMAP: one connection, kept over polls, that reads each mail once.

A mail's place is (mailbox, epoch, UID). An epoch is a folder of a server under one UIDVALIDITY;
another server, account, folder or UIDVALIDITY is another epoch, which is read from its first UID
on. Mails that were read in an old epoch have the same bytes and are recognised by them.

What is to be read is decided by three things that don't get into each other's way:

- `since` is the floor: mails that the server got before that day are left alone, everywhere.
- The cursor `last_uid` finds new mail at a low price. It moves in the transaction that records the
  mails, never backwards, and says nothing of what lies below it.
- The comparison (reconcile), at the start, every ten minutes and after a failure, finds what the
  cursor has passed: each UID up to it, from `since` on, of which there is no Location.

A mail that the server does not give (it says no to it, or hangs up) is left, told on the mailbox,
and tried again at each comparison. It stops neither the mails behind it nor the comparison nor the
backfill. Nor does it stop them that mails cannot be marked or moved.

A backfill takes in mails between `backfill_from` and `since`, the newest first, a slice after each
look for new mail. `backfill_uid` is how far down it has come. At its end `since` becomes the
earlier day, so that from then on the comparison covers these mails too, and not before.

On the server nothing is changed before the commit (BODY.PEEK, EXAMINE). Where the mailbox wants
mails marked or moved afterwards (after.py) and a crash comes between, the comparison does it: to
mails that were taken in since the last comparison, so that what a person marks as unread later
stays so. A moved mail that another mailbox reads in its new folder has the same bytes.

All searches are in ASCII and without CHARSET, which Exchange and others refuse.
"""

import datetime as dt
import imaplib
import logging
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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
Item = tuple[fetching.Batch, fetching.Fetched]
RECONCILE_SECONDS = 600
MOST_CUTS = 20  # of one reading of mails; two are enough to leave one
IDLE_FAILURES = 2
WITHOUT_IDLE_SECONDS = 3600
LONG_SECONDS = 60  # a wait that lasted so long has worked
BETWEEN_SECONDS = 1.0


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
        self._left: dict[int, str] = {}  # UID: why it was not given; the last tried is the last
        self._not_done = ""  # why mails could not be marked or moved
        self._hands_off = False
        self._waits_failed = 0
        self._idle_again_at = -float("inf")
        self._polled_at = -float("inf")

    def poll(self, mailbox: Mailbox) -> Iterator[Received]:
        """Each mail that is to be read, taken in: new ones, missed ones, a slice of the backfill.

        Raises MailboxError where the server cannot be read; the connection is then given up.
        Raises FilesLeft at the end where single mails cannot, and Paused.
        """
        self.more = False
        pressure.check()
        try:
            with told(mailbox):
                self._ready(mailbox)
                self._select(mailbox)
                yield from self._work(mailbox)
        except BaseException:
            # whatever it was: the helper may have met an error of the connection meanwhile
            self.close()
            raise
        finally:
            self._polled_at = time.monotonic()
        if self._left:
            first = next(iter(self._left.values()))
            raise FilesLeft(f"mails cannot be read: {len(self._left)} of {mailbox.host} ({first})")
        if self._not_done:
            raise FilesLeft(f"mails cannot be marked or moved: {mailbox.host} ({self._not_done})")

    def _work(self, mailbox: Mailbox) -> Iterator[Received]:
        try:
            yield from self._new(mailbox)
            if time.monotonic() - self._reconciled >= RECONCILE_SECONDS:
                yield from self._compare(mailbox)
            if mailbox.backfill_from:
                yield from self._go_back(mailbox)
        except BaseException:
            self._reconciled = -float("inf")  # a commit may lack its action
            raise

    def wait(self, mailbox: Mailbox, seconds: float, stopping: Event) -> None:
        """Return when there may be new mail: `seconds` at the longest. Raises MailboxError."""
        if self.more:
            return
        began = time.monotonic()
        if self.client is None or began < self._idle_again_at or not self._can_idle():
            stopping.wait(seconds)
            return
        try:
            with told(mailbox):
                watching.idle(self.client, self._exists, seconds, stopping, self.beat)
        except MailboxError:
            self.close()
            self._wait_failed(mailbox)
            raise
        if time.monotonic() - began >= min(seconds, LONG_SECONDS):
            self._waits_failed = 0
        # whatever the server says, and however often
        stopping.wait(max(0.0, self._polled_at + BETWEEN_SECONDS - time.monotonic()))

    def _can_idle(self) -> bool:
        return self.client is not None and bool(self.client.has_capability("IDLE"))

    def _wait_failed(self, mailbox: Mailbox) -> None:
        """Do without IDLE for a while where it fails again: each failure costs a login."""
        self._waits_failed += 1
        if self._waits_failed >= IDLE_FAILURES:
            self._waits_failed = 0
            self._idle_again_at = time.monotonic() + WITHOUT_IDLE_SECONDS
            logger.warning("mailbox %s: asked every so often for an hour, no IDLE", mailbox.pk)

    def close(self) -> None:
        """Give the connection up; the next poll makes another."""
        if self.client is not None:
            drop(self.client)
        self.client = None

    @property
    def _line(self) -> IMAPClient:
        """The connection, which may be another than a moment ago."""
        if self.client is None:
            raise MailboxError("not connected")
        return self.client

    def _ready(self, mailbox: Mailbox) -> None:
        """Have a connection that answers: the one at hand, or a new one."""
        wanted = _login_of(mailbox)
        if self.client is not None:
            if wanted == self._opened_with and is_alive(self.client):
                return
            logger.info("mailbox %s: connecting anew", mailbox.pk)
            self.close()
        if wanted != self._opened_with:
            self._forget()
        self._opened_with = wanted
        self._connect(mailbox)
        self._backfill = Backfill()

    def _connect(self, mailbox: Mailbox) -> None:
        self.client = connect(mailbox)
        self.client.normalise_times = False  # by the server's zone, not by this machine's

    def _forget(self) -> None:
        """What is known of the folder is not true of another one."""
        self._reconciled = -float("inf")
        self._left = {}
        self._not_done, self._hands_off = "", False

    def _reconnect(self, mailbox: Mailbox) -> None:
        """Go on with the same folder after the server has hung up."""
        epoch = mailbox.uidvalidity
        self.close()
        self.beat()
        self._connect(mailbox)
        self._select(mailbox)
        if mailbox.uidvalidity != epoch:
            raise MailboxError(f"{mailbox.host}: the folder was made anew meanwhile")

    def _select(self, mailbox: Mailbox) -> None:
        """Open the folder anew: another UIDVALIDITY, or that it is gone, shows nowhere else."""
        client = self._line
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
            self._forget()

    def _new(self, mailbox: Mailbox) -> Iterator[Received]:
        uids = reconcile.above(self._line, mailbox, self._exists)
        wanted = self._not_left(reconcile.unknown(mailbox, uids))
        yield from self._take(mailbox, fetching.Reading(wanted, floor=mailbox.since), new=True)
        if uids:
            advance_cursor(mailbox, mailbox.uidvalidity, uids[-1])

    def _compare(self, mailbox: Mailbox) -> Iterator[Received]:
        began, last_time = reconcile.now(), mailbox.reconciled_at
        self._not_done, self._hands_off = "", False
        missing: list[int] = []
        for uids in reconcile.missing(self._line, mailbox, self._exists):
            self.beat()
            missing += uids
        reading = fetching.Reading(self._not_left(missing), floor=mailbox.since)
        yield from self._take(mailbox, reading)
        if not mailbox.backfill_from:  # which has not come to all of them again
            there = set(missing)
            self._left = {uid: why for uid, why in self._left.items() if uid in there}
        yield from self._take(mailbox, fetching.Reading(list(self._left), again=True))
        self._act_again(mailbox, last_time)
        if not self._not_done:  # else those of today would be too old the next time
            reconcile.finished(mailbox, began)
        self._reconciled = time.monotonic()

    def _act_again(self, mailbox: Mailbox, last_time: dt.datetime | None) -> None:
        """Mark and move what was taken in since the last comparison and still is as it was."""
        if criteria := after.undone(mailbox):
            recent = reconcile.recent(mailbox, last_time)
            for piece in list(reconcile.listed(self._line, self._exists, criteria)):
                self._act(mailbox, [uid for uid in piece if uid in recent])

    def _go_back(self, mailbox: Mailbox) -> Iterator[Received]:
        uids = self._backfill.next_slice(self._line, mailbox, self._exists)
        reading = fetching.Reading(self._not_left(uids), floor=mailbox.backfill_from)
        yield from self._take(mailbox, reading)
        self._backfill.done(mailbox, uids)
        self.more = mailbox.backfill_from is not None

    def _not_left(self, uids: Sequence[int]) -> list[int]:
        return [uid for uid in uids if uid not in self._left]

    def _take(
        self, mailbox: Mailbox, reading: fetching.Reading, *, new: bool = False
    ) -> Iterator[Received]:
        """Batch by batch: fetched, committed, and only then marked or moved on the server.

        While one is recorded here, a thread fetches the next and puts it into storage. The
        connection is never used by both: the marking waits until that one has come.
        """
        if not reading.more:
            return
        taken: list[int] = []
        with ThreadPoolExecutor(1) as helper:  # leaving waits for it
            coming = helper.submit(reading.next, self._line)
            while (item := self._come(mailbox, reading, helper, coming)) is not None:
                self._act(mailbox, taken)
                taken = []
                pressure.check()
                self.beat()
                coming = helper.submit(reading.next, self._line)
                received = self._record(mailbox, *item, new=new)
                taken = [int(each.uid) for each in item[1].arrivals]
                yield from received
            self._act(mailbox, taken)

    def _come(
        self,
        mailbox: Mailbox,
        reading: fetching.Reading,
        helper: ThreadPoolExecutor,
        coming: Future[Item | None],
    ) -> Item | None:
        """What the helper has fetched, on another connection where the server hung up."""
        while True:
            try:
                return coming.result()
            except fetching.Cut as exc:
                logger.warning("mailbox %s: cut off while reading: %s", mailbox.pk, exc)
                if reading.cuts >= MOST_CUTS and not reading.again and not reading.leaves:
                    raise MailboxError(f"{mailbox.host}: {exc}") from exc
                self._reconnect(mailbox)
                if reading.cuts >= MOST_CUTS and not reading.leaves:
                    return None  # the others stay left until the next comparison
                coming = helper.submit(reading.next, self._line)

    def _act(self, mailbox: Mailbox, uids: Sequence[int]) -> None:
        """Mark or move what is committed; where the server refuses, only say so. Where it hangs up
        twice, no more of it until the next comparison.
        """
        if self._hands_off or not uids:
            return
        try:
            try:
                after.apply(self._line, mailbox, uids)
            except (OSError, imaplib.IMAP4.abort):
                self._reconnect(mailbox)
                after.apply(self._line, mailbox, uids)
        except after.NotDone as exc:
            self._say_not_done(mailbox, exc)
        except (OSError, imaplib.IMAP4.abort) as exc:
            self._hands_off = True
            self._say_not_done(mailbox, exc)
            self._reconnect(mailbox)

    def _say_not_done(self, mailbox: Mailbox, why: Exception) -> None:
        logger.warning("mailbox %s: not marked or moved: %s", mailbox.pk, why)
        self._not_done = str(why)

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
        for why in fetched.left.values():
            logger.warning("mailbox %s: a mail is left: %s", mailbox.pk, why)
        self._left.update(fetched.left)
        return received


def poll(mailbox: Mailbox, wake: Wake = publish_all) -> Iterator[Received]:
    """All that is to be read of a mailbox now, its whole backfill too, on a connection of its own.

    Raises what Session.poll raises.
    """
    session = Session(wake=wake)
    try:
        while True:
            left = None
            try:
                yield from session.poll(mailbox)
            except FilesLeft as exc:
                left = exc
            if not session.more:
                break
    finally:
        session.close()
    if left:
        raise left


def epoch_of(mailbox: Mailbox, uidvalidity: int) -> int:
    """A number for folder and UIDVALIDITY together: two folders may well have the same one."""
    place = f"{mailbox.host.lower()}\n{mailbox.port}\n{mailbox.username}\n{mailbox.folder}"
    return (zlib.crc32(place.encode()) & 0x7FFFFFFF) << 32 | uidvalidity


def _login_of(mailbox: Mailbox) -> tuple[Any, ...]:
    password = bytes(mailbox.sealed_password)
    box = mailbox
    return box.host, box.port, box.tls, box.username, box.login, box.oauth_client_id, password
