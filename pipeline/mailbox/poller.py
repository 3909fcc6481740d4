"""Reading every active mailbox again and again, a thread each."""

import logging
import random
import threading
import time
from collections.abc import Iterator
from typing import Protocol

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from pipeline import tasks
from pipeline.errors import FilesLeft, MailboxError
from pipeline.mailbox import directory, imap, pressure
from pipeline.mailbox.connection import LoginRefused
from pipeline.mailbox.feeding import Feeder
from pipeline.mailbox.ingest import Received, Wake, publish_all
from pipeline.models import Mailbox

logger = logging.getLogger(__name__)
LONGEST_WAIT_SECONDS = 300
SWEEP_SECONDS = 10
BEAT_SECONDS = 20


class Reader(Protocol):
    """How a kind of mailbox is read; it may keep a connection from poll to poll."""

    def poll(self, mailbox: Mailbox) -> Iterator[Received]: ...

    def wait(self, mailbox: Mailbox, seconds: float, stopping: threading.Event) -> None: ...

    def close(self) -> None: ...


def poll_once(mailbox: Mailbox, reader: Reader | None = None) -> int:
    """The number of new mails; success, pause or error is kept on the mailbox.

    Without a `reader` all that there is is read, a backfill too. Raises MailboxError.
    """
    row = Mailbox.objects.filter(pk=mailbox.pk)
    new = 0
    try:
        for received in reader.poll(mailbox) if reader else _everything(mailbox):
            new += received.new
    except pressure.Paused as exc:
        if mailbox.paused != str(exc):
            logger.warning("mailbox %s paused: %s", mailbox.pk, exc)
        row.update(paused=str(exc)[:300], last_error="", heartbeat_at=timezone.now())
        mailbox.paused = str(exc)[:300]
        return new
    except MailboxError as exc:
        now = timezone.now()
        # single mails that are left: the server answers, and all others were taken in
        well = {"last_success": now} if isinstance(exc, FilesLeft) else {}
        row.update(last_error=str(exc)[:300], paused="", heartbeat_at=now, **well)
        raise
    now = timezone.now()
    row.update(last_success=now, heartbeat_at=now, last_error="", paused="")
    mailbox.paused = ""
    if new:
        logger.info("mailbox %s: %s new mails", mailbox.pk, new)
    return new


def poll_all(mailbox: Mailbox) -> int:
    """The number of new mails of an IMAP mailbox, all recorded, as the poller does it: the workers
    are woken beside. For benches.
    """
    feeder = Feeder()
    session = imap.Session(wake=feeder.put)
    try:
        return poll_once(mailbox, session)
    finally:
        session.close()
        feeder.drop()


def _everything(mailbox: Mailbox) -> Iterator[Received]:
    if mailbox.kind == Mailbox.Kind.IMAP:
        return imap.poll(mailbox)
    return directory.Folder().poll(mailbox)


class Poller:
    """Threads that poll until `stop`; mailboxes that are added or switched off meanwhile are
    noticed.
    """

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.threads: dict[int, threading.Thread] = {}
        self.feeder = Feeder()

    def run(self) -> None:
        """Keep a thread for each active mailbox, and sweep, until `stop` is called."""
        while not self.stopping.is_set():
            try:
                close_old_connections()
                self._start_missing()
                tasks.sweep()
            except DatabaseError as exc:
                # it comes back, and the threads wait for it too
                logger.warning("the database does not answer: %s", exc)
                connection.close()
            self.stopping.wait(SWEEP_SECONDS)
        for thread in self.threads.values():
            thread.join(timeout=10)
        self.feeder.close()

    def stop(self) -> None:
        self.stopping.set()

    def _start_missing(self) -> None:
        for pk in Mailbox.objects.filter(active=True).values_list("pk", flat=True):
            thread = self.threads.get(pk)
            if thread is None or not thread.is_alive():
                watch = Watch(pk, self.stopping, self.feeder.put)
                self.threads[pk] = threading.Thread(target=watch.run, daemon=True)
                self.threads[pk].start()


class Watch:
    """One mailbox, read until it is gone or switched off; waits longer after each failure in a
    row.
    """

    def __init__(self, pk: int, stopping: threading.Event, wake: Wake = publish_all) -> None:
        self.pk, self.stopping, self.wake = pk, stopping, wake
        self.reader: Reader | None = None
        self.kind = ""
        self.failures = 0
        self.cuts = 0  # of the wait between two polls
        self._beaten = -float("inf")

    def run(self) -> None:
        """The thread's loop."""
        try:
            while not self.stopping.is_set():
                try:
                    close_old_connections()
                    if not self._turn():
                        return
                except DatabaseError as exc:
                    logger.warning("mailbox %s: the database does not answer: %s", self.pk, exc)
                    connection.close()
                    self._rest(self._backoff())
                except Exception as exc:
                    # the edge of the thread's loop: a bug must be seen on the mailbox, and pass
                    logger.exception("mailbox %s: a bug", self.pk)
                    self._say(f"{type(exc).__name__}: {exc}")
                    self._close()
                    self._rest(self._backoff())
        finally:
            self._close()
            connection.close()

    def _turn(self) -> bool:
        """Poll and wait for the next time; False where the mailbox is none of ours any more."""
        mailbox = Mailbox.objects.filter(pk=self.pk, active=True).first()
        if mailbox is None:
            return False
        reader = self._reader_of(mailbox)
        self.beat()
        poll_seconds = float(settings.BUSYBEE_POLL_SECONDS)
        if not self._polled(mailbox, reader):
            return True
        if mailbox.paused:
            self._rest(poll_seconds)
            return True
        try:
            reader.wait(mailbox, poll_seconds, self.stopping)
        except MailboxError as exc:
            logger.warning("mailbox %s while waiting: %s", self.pk, exc)
            # no error on the mailbox yet: mostly the next connection is as good as this was
            self.cuts += 1
            self._rest(_backoff(0.5, self.cuts))
        else:
            self.cuts = 0
        return True

    def _polled(self, mailbox: Mailbox, reader: Reader) -> bool:
        """Whether the mailbox could be read; single mails that cannot be do not slow it."""
        started = time.monotonic()
        try:
            poll_once(mailbox, reader)
        except FilesLeft as exc:
            if mailbox.last_error != str(exc)[:300]:  # said once, not at every poll
                logger.warning("mailbox %s: %s", self.pk, exc)
        except MailboxError as exc:
            took = time.monotonic() - started
            logger.warning("mailbox %s after %.1f s: %s", self.pk, took, exc)
            # a server that counts wrong passwords locks the account
            refused = isinstance(exc, LoginRefused)
            self._rest(self._backoff(settings.BUSYBEE_POLL_SECONDS if refused else 1))
            return False
        self.failures = 0
        return True

    def _reader_of(self, mailbox: Mailbox) -> Reader:
        if self.reader is None or self.kind != mailbox.kind:
            self._close()
            self.kind = mailbox.kind
            kind = imap.Session if mailbox.kind == Mailbox.Kind.IMAP else directory.Folder
            self.reader = kind(self.beat, self.wake)
        return self.reader

    def _close(self) -> None:
        if self.reader is not None:
            self.reader.close()
        self.reader = None

    def beat(self) -> None:
        """Leave word that this thread lives, now and then."""
        now = time.monotonic()
        if now - self._beaten >= min(BEAT_SECONDS, settings.BUSYBEE_POLL_SECONDS / 2):
            Mailbox.objects.filter(pk=self.pk).update(heartbeat_at=timezone.now())
            self._beaten = now

    def _say(self, error: str) -> None:
        try:
            Mailbox.objects.filter(pk=self.pk).update(last_error=error[:300])
        except DatabaseError:
            connection.close()

    def _backoff(self, base: float = 1) -> float:
        self.failures += 1
        return _backoff(base, self.failures)

    def _rest(self, seconds: float) -> None:
        """Wait, with a sign of life."""
        deadline = time.monotonic() + seconds
        while not self.stopping.is_set() and (left := deadline - time.monotonic()) > 0:
            self.stopping.wait(min(left, BEAT_SECONDS / 2))
            try:
                self.beat()
            except DatabaseError:
                connection.close()


def _backoff(base: float, failures: int) -> float:
    """Exponential with full jitter: a server that comes back is not met by all at once."""
    return random.uniform(0, min(LONGEST_WAIT_SECONDS, base * 2 ** min(failures, 12)))
