"""The kill switch: whether mail may leave, and who stopped it when.

Two switches, and both must be on: the machine's own (BUSYBEE_SENDING) and the operators' row. The
row is asked at each mail, twice in each conversation with a relay.
"""

import datetime as dt
import logging
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from freight.errors import Stopped
from freight.models import MailSwitch

logger = logging.getLogger(__name__)
KEY = 1  # of the one row


@dataclass(frozen=True, slots=True)
class Stop:
    """Mail is stopped: by whom ("" for the machine's own switch) and since when."""

    by: str
    since: dt.datetime | None


def stopped() -> Stop | None:
    """Who has stopped all mail, None while it may leave."""
    if not settings.BUSYBEE_SENDING:
        return Stop(by="", since=None)
    row = MailSwitch.objects.filter(pk=KEY, sending=False).first()
    return Stop(row.changed_by, row.updated_at) if row else None


def check() -> None:
    """Raise Stopped while no mail may leave."""
    if stopped():
        raise Stopped("mail is stopped")


def turn(*, on: bool, by: str) -> None:
    """Let mail leave, or stop it, from this moment on and in every process."""
    changes = {"sending": on, "changed_by": by[:150], "updated_at": timezone.now()}
    MailSwitch.objects.update_or_create(pk=KEY, defaults=changes)
    logger.warning("mail out %s by %s", "goes again" if on else "is stopped", by)
