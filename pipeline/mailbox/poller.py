"""Reading every active mailbox again and again, a thread each."""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import connection
from django.utils import timezone

from pipeline import tasks
from pipeline.errors import FilesLeft, MailboxError
from pipeline.mailbox import directory, imap
from pipeline.mailbox.ingest import Received
from pipeline.models import Mailbox

logger = logging.getLogger(__name__)
LONGEST_WAIT_SECONDS = 300
SWEEP_SECONDS = 10

ADAPTERS: dict[str, Callable[[Mailbox], Iterator[Received]]] = {
    Mailbox.Kind.DIRECTORY: directory.poll,
    Mailbox.Kind.IMAP: imap.poll,
}


def poll_once(mailbox: Mailbox) -> int:
    """The number of new mails; success or error is kept on the mailbox. Raises MailboxError."""
    try:
        new = sum(received.new for received in ADAPTERS[mailbox.kind](mailbox))
    except MailboxError as exc:
        Mailbox.objects.filter(pk=mailbox.pk).update(last_error=str(exc)[:300])
        raise
    Mailbox.objects.filter(pk=mailbox.pk).update(last_success=timezone.now(), last_error="")
    if new:
        logger.info("mailbox %s: %s new mails", mailbox.pk, new)
    return new


class Poller:
    """Threads that poll until `stop`; mailboxes that are added or switched off meanwhile are
    noticed.
    """

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.threads: dict[int, threading.Thread] = {}

    def run(self) -> None:
        """Keep a thread for each active mailbox, and sweep, until `stop` is called."""
        while not self.stopping.is_set():
            self._start_missing()
            tasks.sweep()
            self.stopping.wait(SWEEP_SECONDS)
        for thread in self.threads.values():
            thread.join(timeout=10)

    def stop(self) -> None:
        self.stopping.set()

    def _start_missing(self) -> None:
        for pk in Mailbox.objects.filter(active=True).values_list("pk", flat=True):
            thread = self.threads.get(pk)
            if thread is None or not thread.is_alive():
                self.threads[pk] = threading.Thread(target=self._watch, args=(pk,), daemon=True)
                self.threads[pk].start()

    def _watch(self, pk: int) -> None:
        """Poll one mailbox until it is gone or switched off; waits longer after each failure in a
        row.
        """
        failures = 0
        try:
            while not self.stopping.is_set():
                mailbox = Mailbox.objects.filter(pk=pk, active=True).first()
                if mailbox is None:
                    return
                failures = 0 if _polled(mailbox) else failures + 1
                self.stopping.wait(_pause(failures))
        finally:
            connection.close()


def _polled(mailbox: Mailbox) -> bool:
    """Whether the mailbox could be read; one file of a folder that cannot be does not slow it."""
    started = time.monotonic()
    try:
        poll_once(mailbox)
    except FilesLeft as exc:
        if mailbox.last_error != str(exc)[:300]:  # said once, not at every poll
            logger.warning("mailbox %s: %s", mailbox.pk, exc)
    except MailboxError as exc:
        logger.warning("mailbox %s after %.1f s: %s", mailbox.pk, time.monotonic() - started, exc)
        return False
    return True


def _pause(failures: int) -> float:
    if not failures:
        return float(settings.BUSYBEE_POLL_SECONDS)
    return random.uniform(1, min(LONGEST_WAIT_SECONDS, settings.BUSYBEE_POLL_SECONDS * 2**failures))
