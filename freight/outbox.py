"""Mail out, each exactly once: fixed bytes, a lease, and `uncertain` where nobody knows yet.

queued -> sending -> sent. A send that broke before the bytes left goes back to queued; one that
broke after them, or whose sender died, is uncertain: it is looked up in the journal, then settled
as sent or sent again with identical bytes, or held for the operator where there is no journal to
look in.
"""

import datetime as dt
import hashlib
import hmac
import logging
import random
from email.header import Header
from email.message import EmailMessage, Message
from email.mime.text import MIMEText
from email.parser import BytesParser
from email.policy import compat32, default
from email.utils import format_datetime, formataddr, parseaddr
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from freight.errors import NotAccepted, OutcomeUnknown, StateConflict
from freight.journal import DirectoryJournal
from freight.models import OutgoingMail, QuoteRequest, Sending
from freight.sealing import seal, unseal
from freight.smtp import Relay, deliver
from freight.wake import wake

logger = logging.getLogger(__name__)
TRIES = 8
WIRE = compat32.clone(linesep="\r\n")
NOBODY_CAN_LOOK = "the answer of the relay never came and there is no journal to look in"


@transaction.atomic
def intend(
    *, key: str, kind: str, request: QuoteRequest, subject: str, text: str, draft: bool = False
) -> OutgoingMail:
    """The outgoing mail of intent `key`: made and queued now, or the one that was made before.

    A mail that a cap or `draft` holds back waits as a draft for an operator.
    """
    earlier = OutgoingMail.objects.filter(key=key).first()
    if earlier:
        return earlier
    held = "to be approved" if draft else _cap(request)
    message_id = fixed_message_id(key)
    mail = OutgoingMail.objects.create(
        key=key,
        kind=kind,
        request=request,
        recipient=request.customer_address,
        subject=subject,
        message_id=message_id,
        sealed=seal(_render(request, message_id, subject, text)),
        state=Sending.DRAFT if held else Sending.QUEUED,
        last_error=held,
    )
    if not held:
        wake("freight.tasks.send_outgoing", mail.pk)
    return mail


def fixed_message_id(key: str) -> str:
    """The Message-ID of intent `key`: always the same, and not to be guessed from outside."""
    digest = hmac.new(settings.SECRET_KEY.encode(), key.encode(), hashlib.sha256).hexdigest()[:40]
    return f"<{digest}@{parseaddr(settings.BUSYBEE_MAIL_FROM)[1].rpartition('@')[2]}>"


def _cap(request: QuoteRequest) -> str:
    """Why no more mail may leave by itself now, or an empty string. Counts what was intended."""
    now = timezone.now()
    automatic = OutgoingMail.objects.exclude(state=Sending.DRAFT)
    thread = automatic.filter(request=request, created_at__gt=now - dt.timedelta(days=1)).count()
    if thread >= settings.BUSYBEE_THREAD_CAP:
        return "cap of automatic mails in one thread and day"
    hour = now - dt.timedelta(hours=1)
    to_one = automatic.filter(recipient__iexact=request.customer_address, created_at__gt=hour)
    if to_one.count() >= settings.BUSYBEE_RECIPIENT_CAP:
        return "cap of automatic mails to one recipient and hour"
    return ""


def _render(request: QuoteRequest, message_id: str, subject: str, text: str) -> bytes:
    # not EmailMessage: Python 3.11 loses spaces where it folds a long subject in Korean
    message: Message[str, Any] = MIMEText(text, "plain", "utf-8", policy=WIRE)
    message["From"] = _address(*parseaddr(settings.BUSYBEE_MAIL_FROM))
    message["To"] = _address(request.customer_name, request.customer_address)
    message["Subject"] = Header(_line(subject), "utf-8", header_name="Subject")
    message["Date"] = format_datetime(timezone.now())
    message["Message-ID"] = message_id
    if request.message_id:
        message["In-Reply-To"] = _line(request.message_id)
        references = [*request.references.split(), _line(request.message_id)]
        message["References"] = "\r\n ".join(references[-20:])
    # RFC 3834: so that no other machine answers ours
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    return message.as_bytes()


def _address(name: str, address: str) -> str:
    return formataddr((Header(_line(name), "utf-8").encode(), address))


def _line(text: str) -> str:
    return " ".join(text.split())


def readable(mail: OutgoingMail) -> str:
    """The text of the mail as its recipient reads it."""
    message = BytesParser(policy=default).parsebytes(unseal(bytes(mail.sealed)))
    body = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
    return body.get_content().replace("\r\n", "\n") if body else ""


def send(pk: int) -> str:
    """Bring the mail one step on its way; the state it is in afterwards. A doubled call does
    nothing.
    """
    mail = OutgoingMail.objects.get(pk=pk)
    now = timezone.now()
    if mail.state == Sending.SENDING and mail.lease_until and mail.lease_until <= now:
        _abandon(mail, now)
    if mail.state == Sending.UNCERTAIN:
        return _look_up(mail, now)
    if (
        mail.state == Sending.QUEUED
        and mail.next_at
        and mail.next_at <= now
        and settings.BUSYBEE_SENDING
    ):
        return _attempt(mail, now)
    return mail.state


def _abandon(mail: OutgoingMail, now: dt.datetime) -> None:
    """A sender died with this mail in its hands: nobody knows whether it left."""
    try:
        _settle(mail, Sending.UNCERTAIN, now, last_error="the sender died", next_at=now)
    except StateConflict:
        mail.refresh_from_db()


def _look_up(mail: OutgoingMail, now: dt.datetime) -> str:
    if mail.next_at is None or mail.next_at > now:
        return mail.state
    if not settings.BUSYBEE_JOURNAL_DIR:
        OutgoingMail.objects.filter(pk=mail.pk, state=Sending.UNCERTAIN).update(
            next_at=None, last_error=NOBODY_CAN_LOOK
        )
        return mail.state
    if DirectoryJournal(Path(settings.BUSYBEE_JOURNAL_DIR)).holds(mail.message_id):
        mail.move(Sending.SENT, sent_at=now, last_error="", lease_until=None)
        return mail.state
    return _attempt(mail, now)


def _attempt(mail: OutgoingMail, now: dt.datetime) -> str:
    lease = dt.timedelta(seconds=settings.BUSYBEE_SEND_LEASE_SECONDS)
    try:
        mail.move(Sending.SENDING, attempt=mail.attempt + 1, lease_until=now + lease)
    except StateConflict:
        return OutgoingMail.objects.values_list("state", flat=True).get(pk=mail.pk)
    try:
        deliver(
            Relay.from_url(settings.BUSYBEE_SMTP_URL),
            sender=parseaddr(settings.BUSYBEE_MAIL_FROM)[1],
            recipient=mail.recipient,
            raw=unseal(bytes(mail.sealed)),
            seconds=lease.total_seconds(),
        )
    except NotAccepted as exc:
        final = exc.permanent or mail.attempt >= TRIES
        state = Sending.FAILED if final else Sending.QUEUED
        _settle(mail, state, now, last_error=str(exc)[:300], next_at=_again(mail.attempt))
    except OutcomeUnknown as exc:
        # not at once: the relay may still be writing what it took
        soon = now + lease / 4
        _settle(mail, Sending.UNCERTAIN, now, last_error=str(exc)[:300], next_at=soon)
    else:
        _settle(mail, Sending.SENT, now, sent_at=timezone.now(), last_error="", next_at=None)
    logger.info("outgoing %s attempt %s: %s", mail.pk, mail.attempt, mail.state)
    return mail.state


def _again(attempt: int) -> dt.datetime:
    """When to try again: exponential backoff with full jitter, an hour at most."""
    return timezone.now() + dt.timedelta(seconds=random.uniform(1, min(3600, 5 * 2**attempt)))


def _settle(mail: OutgoingMail, state: str, now: dt.datetime, **changes: object) -> None:
    """Move on from `sending`, only if the attempt is still this one's.

    What was sent stays sent even where somebody has called it uncertain meanwhile.
    """
    changes = {**changes, "lease_until": None, "state": state, "updated_at": now}
    before = [Sending.SENDING, Sending.UNCERTAIN] if state == Sending.SENT else [Sending.SENDING]
    own = OutgoingMail.objects.filter(pk=mail.pk, state__in=before, attempt=mail.attempt)
    rows = own.update(**changes)
    if rows != 1:
        raise StateConflict(f"outgoing {mail.pk}: attempt {mail.attempt} has lost its lease")
    for name, value in changes.items():
        setattr(mail, name, value)


def release(mail: OutgoingMail, *, by: str) -> None:
    """Let a held-back mail go; raises StateConflict if it is not a draft any more."""
    with transaction.atomic():
        mail.move(Sending.QUEUED, next_at=timezone.now(), last_error=f"released by {by}")
        wake("freight.tasks.send_outgoing", mail.pk)


def retry(mail: OutgoingMail, *, by: str) -> None:
    """Queue a failed mail again; its bytes stay the same."""
    release(mail, by=by)


def settle(mail: OutgoingMail, *, sent: bool, by: str) -> None:
    """The operator's word on an uncertain mail: it arrived, or it did not and is given up."""
    state = Sending.SENT if sent else Sending.FAILED
    mail.move(state, last_error=f"settled by {by}", next_at=None)


def due_ids(now: dt.datetime, *, limit: int = 200) -> list[int]:
    """Keys of mails that wait for a sender, oldest first."""
    rows = OutgoingMail.objects.due(now).order_by(F("next_at").asc(nulls_last=True))
    return list(rows.values_list("pk", flat=True)[:limit])
