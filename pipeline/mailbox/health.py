"""How a mailbox is doing, in one word: for the console, `manage.py status` and the figures."""

import datetime as dt

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from pipeline.models import Mailbox

SILENT_SECONDS = 300


class Health(TextChoices):
    OFF = "off", _("switched off")
    ERROR = "error", _("error")
    PAUSED = "paused", _("paused")
    SILENT = "silent", _("nobody reads it")
    NEW = "new", _("not read yet")
    WELL = "well", _("reading")


def health(mailbox: Mailbox, now: dt.datetime) -> Health:
    """The word for `mailbox`; what an operator must mend comes before what passes by itself."""
    if not mailbox.active:
        return Health.OFF
    if mailbox.last_error:
        return Health.ERROR
    if _silent(mailbox, now):
        return Health.SILENT
    if mailbox.paused:
        return Health.PAUSED
    return Health.WELL if mailbox.last_success else Health.NEW


def _silent(mailbox: Mailbox, now: dt.datetime) -> bool:
    """Whether the poller has given no sign for longer than several of its looks take."""
    sign = mailbox.heartbeat_at
    longest = max(SILENT_SECONDS, 3 * settings.BUSYBEE_POLL_SECONDS)
    return sign is not None and (now - sign).total_seconds() > longest
