"""The outbox's tasks: ids in, one call, the state out."""

import logging

from celery import shared_task
from django.utils import timezone

from freight import copies, lifecycle, outbox
from freight.wake import wake

logger = logging.getLogger(__name__)
SWEPT_AT_ONCE = 200


@shared_task
def send_outgoing(mail_id: int) -> str:
    """Send one outgoing mail, or find out what became of it."""
    return outbox.send(mail_id)


@shared_task
def file_copy(mail_id: int) -> bool:
    """Put a copy of one sent mail into its mailbox's Sent folder."""
    return copies.file_copy(mail_id)


@shared_task
def sweep() -> int:
    """Wake the senders of the mails whose wake-up was lost or whose time has come; their number.

    It sends nothing itself: a slow relay or one bad mail would hold up all the others.
    """
    now = timezone.now()
    ids = outbox.due_ids(now, limit=SWEPT_AT_ONCE)
    for mail_id in ids:
        wake("freight.tasks.send_outgoing", mail_id)
    for mail_id in copies.due_ids(now, limit=SWEPT_AT_ONCE - len(ids)):
        wake("freight.tasks.file_copy", mail_id)
    return len(ids)


@shared_task
def tend_requests() -> dict[str, int]:
    """Remind, expire and purge what time has come for; how many of each."""
    return lifecycle.tend(timezone.now())
