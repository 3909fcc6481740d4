"""The outbox's tasks: ids in, one call, the state out."""

import logging

from celery import shared_task
from django.utils import timezone

from freight import outbox

logger = logging.getLogger(__name__)


@shared_task
def send_outgoing(mail_id: int) -> str:
    """Send one outgoing mail, or find out what became of it."""
    return outbox.send(mail_id)


@shared_task
def sweep() -> int:
    """Take up the outgoing mails whose wake-up was lost or whose time has come; their number."""
    ids = outbox.due_ids(timezone.now())
    for mail_id in ids:
        outbox.send(mail_id)
    return len(ids)
