"""Taking a mail in: bytes to storage first, then mail, place, first step and cursor in one
transaction.
"""

import hashlib
import logging
import os
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from pipeline import storage
from pipeline.chain import resume
from pipeline.models import Email, Location, Mailbox, Step, StepName

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Received:
    """The mail that was taken in; `new` is False where these bytes or this place were known."""

    email_id: int
    new: bool


def receive(raw: bytes, *, mailbox: Mailbox, uid: str, uidvalidity: int = 0) -> Received:
    """The mail of `raw`, recorded with where it lay. Doing it again changes nothing.

    The same place is read once; the same bytes from another place are the same mail. Message-IDs
    play no part: anybody can write one. For an IMAP mailbox the cursor moves in the same
    transaction.
    """
    digest = storage.put(raw)
    try:
        with transaction.atomic():
            return _record(digest, len(raw), mailbox, uidvalidity, uid)
    except IntegrityError:
        # another poller was at the same place at the same time: its row is as good
        with transaction.atomic():
            return _record(digest, len(raw), mailbox, uidvalidity, uid)


def _record(digest: str, size: int, mailbox: Mailbox, uidvalidity: int, uid: str) -> Received:
    place = Location.objects.filter(mailbox=mailbox, uidvalidity=uidvalidity, uid=uid).first()
    if place:
        return Received(place.email_id, new=False)
    email, new = Email.objects.get_or_create(
        raw_sha256=digest,
        defaults={"size": size, "mailbox": mailbox, "received_at": timezone.now()},
    )
    Location.objects.create(mailbox=mailbox, uidvalidity=uidvalidity, uid=uid, email=email)
    if mailbox.kind == Mailbox.Kind.IMAP:
        advance_cursor(mailbox, uidvalidity, int(uid))
    if new:
        _open_first_step(email)
    return Received(email.pk, new=new)


def _open_first_step(email: Email) -> None:
    step = Step(email=email, name=StepName.EXTRACT)
    if email.size > settings.BUSYBEE_MAX_MAIL_BYTES:
        reason = f"larger than {settings.BUSYBEE_MAX_MAIL_BYTES} bytes"
        step.state, step.reason = Step.State.QUARANTINED, reason
        email.state, email.quarantine_reason = Email.State.QUARANTINED, reason
        email.save(update_fields=["state", "quarantine_reason"])
    step.save()
    resume(email.pk)


def advance_cursor(mailbox: Mailbox, uidvalidity: int, uid: int) -> None:
    """Remember that everything up to `uid` of this epoch has been read."""
    Mailbox.objects.filter(pk=mailbox.pk).update(uidvalidity=uidvalidity, last_uid=uid)
    mailbox.uidvalidity, mailbox.last_uid = uidvalidity, uid


def file_uid(name: str, raw: bytes) -> str:
    """How a mail in a folder is known: by name and content, so a name that is used again is a new
    mail.
    """
    # a file's name is bytes: those that are no text would be refused by the database
    text = os.fsencode(name).decode("utf-8", "replace")
    return f"{text[:300]}:{hashlib.sha256(raw).hexdigest()[:32]}"
