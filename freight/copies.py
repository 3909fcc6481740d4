"""Copies of what was sent, in the mailbox's own Sent folder: colleagues look there.

When a copy is due stands in the sent mail's `next_at`. Before one is put there the folder is
searched by Message-ID, so that neither a second try nor a server that files sent mail itself makes
two of it.
"""

import datetime as dt
import logging

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.utils import timezone

from freight.accounts import account_for
from freight.errors import CannotLook
from freight.models import OutgoingMail, Sending
from freight.sealing import unseal

logger = logging.getLogger(__name__)
AGAIN = dt.timedelta(minutes=5)
GIVEN_UP_AFTER = dt.timedelta(days=2)


def due_ids(now: dt.datetime, *, limit: int = 200) -> list[int]:
    """Keys of sent mails whose copy is due, oldest first."""
    rows = OutgoingMail.objects.copies_due(now).order_by("next_at")
    return list(rows.values_list("pk", flat=True)[:limit])


def file_copy(pk: int) -> bool:
    """Whether the mail lies in the Sent folder now. A doubled call does nothing."""
    mail = OutgoingMail.objects.get(pk=pk)
    now = timezone.now()
    if mail.state != Sending.SENT or mail.next_at is None or mail.next_at > now:
        return False
    lease = now + dt.timedelta(seconds=settings.BUSYBEE_SEND_LEASE_SECONDS)
    own = OutgoingMail.objects.filter(pk=pk, state=Sending.SENT)
    if own.filter(next_at=mail.next_at).update(next_at=lease) != 1:
        return False  # somebody else is at it
    changes: dict[str, object] = {"next_at": None, "last_error": ""}
    try:
        filed = _file(mail)
    except CannotLook as exc:
        late = now > (mail.sent_at or now) + GIVEN_UP_AFTER
        filed = False
        changes = {"next_at": None if late else now + AGAIN, "last_error": f"no copy: {exc}"[:300]}
    own.filter(next_at=lease).update(**changes)
    logger.info("outgoing %s copy filed: %s", pk, filed)
    return filed


def _file(mail: OutgoingMail) -> bool:
    account = account_for(mail)
    if account is None or not account.keeps_copies or mail.purged_at:
        return False
    try:
        raw = unseal(bytes(mail.sealed))
    except InvalidToken:
        return False
    account.file(mail.message_id, raw, mail.sent_at or timezone.now())
    return True
