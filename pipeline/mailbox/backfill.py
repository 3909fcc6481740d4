"""Older mails, from a day that an operator names: see imap.py for how it goes with the rest."""

import datetime as dt
import logging

from imapclient import IMAPClient

from pipeline.errors import MailboxError
from pipeline.mailbox import reconcile
from pipeline.models import Mailbox

logger = logging.getLogger(__name__)
SLICE = 200


def order(mailbox: Mailbox, from_day: dt.date) -> None:
    """Have the poller take in the mails from `from_day` on. Raises MailboxError where there is
    nothing to go back for.
    """
    if mailbox.kind != Mailbox.Kind.IMAP:
        raise MailboxError(f"{mailbox.name}: a folder is always read whole")
    if mailbox.since is None or mailbox.since <= from_day:
        raise MailboxError(f"{mailbox.name}: mails of that day are taken in already")
    Mailbox.objects.filter(pk=mailbox.pk).update(backfill_from=from_day, backfill_uid=0)


class Backfill:
    """What is left of a mailbox's backfill, asked of the server once a connection."""

    def __init__(self) -> None:
        self._key: tuple[int, dt.date | None, dt.date | None] | None = None
        self._left: list[int] = []

    def next_slice(self, client: IMAPClient, mailbox: Mailbox, exists: int) -> list[int]:
        """The next UIDs to take in, the newest, in rising order; empty: none is left."""
        key = (mailbox.uidvalidity, mailbox.backfill_from, mailbox.since)
        if key != self._key:
            self._left = self._ask(client, mailbox, exists)
            self._key = key
        return self._left[-SLICE:]

    def _ask(self, client: IMAPClient, mailbox: Mailbox, exists: int) -> list[int]:
        wanted = reconcile.days(mailbox.backfill_from, mailbox.since)
        pieces = reconcile.listed(client, exists, wanted)
        found = sorted(uid for piece in pieces for uid in piece)
        if mailbox.backfill_uid:
            found = [uid for uid in found if uid < mailbox.backfill_uid]
        return reconcile.unknown(mailbox, found)

    def done(self, mailbox: Mailbox, uids: list[int]) -> None:
        """The slice was taken in; after the last one the mailbox begins at the earlier day."""
        self._left = self._left[: -len(uids)] if uids else []
        same = Mailbox.objects.filter(pk=mailbox.pk, backfill_from=mailbox.backfill_from)
        if self._left:
            same.filter(uidvalidity=mailbox.uidvalidity).update(backfill_uid=uids[0])
            mailbox.backfill_uid = uids[0]
            logger.info("mailbox %s: backfill, %s mails to go", mailbox.pk, len(self._left))
            return
        if same.update(since=mailbox.backfill_from, backfill_from=None, backfill_uid=0):
            logger.info("mailbox %s: backfill from %s done", mailbox.pk, mailbox.backfill_from)
        mailbox.refresh_from_db(fields=["since", "backfill_from", "backfill_uid"])
        self._key = None
