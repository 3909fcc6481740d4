"""Mail out, each exactly once: fixed bytes, a lease, and `uncertain` where nobody knows yet.

queued -> sending -> sent. A send that broke before the bytes left goes back to queued; one that
broke after them, or whose sender died, is uncertain: a lease later it is looked up in the journal
(the sink's folder, or the mailbox's Sent folder where its server files what it sends), then settled
as sent or sent again with identical bytes. It is held for the operator where there is no journal to
look in, and after UNANSWERED tries.
"""

import datetime as dt
import hashlib
import hmac
import logging
import random
import re
import time
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from functools import partial
from pathlib import Path

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from freight import mail_switch, mime_out, standing
from freight.accounts import Account, account_for, account_of
from freight.errors import (
    CannotLook,
    NotAccepted,
    OutcomeUnknown,
    StateConflict,
    Stopped,
    UnprovenAddress,
    UnusableAddress,
)
from freight.journal import DirectoryJournal
from freight.letters import Letter
from freight.models import (
    AddressProof,
    Mode,
    OutgoingMail,
    OutgoingMailQuerySet,
    QuoteRequest,
    Sending,
)
from freight.sealing import seal, unseal
from freight.smtp import Relay, deliver
from freight.wake import wake

logger = logging.getLogger(__name__)
TRIES = 72  # about two days with the gaps of `_again`: a relay that is down overnight loses nothing
# IDNA 2003 and 2008 make different domains of these, and they may have different owners
AMBIGUOUS = re.compile("[ßẞς\u200c\u200d]")
LONGEST_ADDRESS = 254  # RFC 5321, and the column's width
UNANSWERED = 6  # each further try could be a further copy at the customer's
NOBODY_CAN_LOOK = "the answer of the relay never came and there is no journal to look in"
ANSWERED = "a colleague has already answered in the thread"
NOT_SEEN = "whether a colleague has answered cannot be seen: the mailbox does not answer"
SEALED = "the bytes of this mail are no longer kept"
LOOK_FOR = dt.timedelta(hours=1)  # then a person decides
COPY_AFTER = dt.timedelta(seconds=30)  # servers that file what they send take some seconds
THREAD_LOOKED_AT = 5  # of the customer's mails, the newest


@transaction.atomic
def intend(
    *,
    key: str,
    kind: str,
    request: QuoteRequest,
    letter: Letter,
    draft: bool = False,
    capped: bool = True,
) -> OutgoingMail:
    """The outgoing mail of intent `key`: made and queued now, or the one that was made before.

    A mail that a cap or `draft` holds back waits as a draft for an operator. What an operator has
    approved, or a customer has ordered, is not `capped`. Raises UnusableAddress, and
    UnprovenAddress where a visitor typed the address and it is not the mail that proves it.
    """
    earlier = OutgoingMail.objects.filter(key=key).first()
    if earlier:
        return earlier
    if request.address_proof == AddressProof.TYPED and kind != OutgoingMail.Kind.PROOF:
        raise UnprovenAddress(f"request {request.pk}: nobody has shown that the address is theirs")
    recipient = usable_address(request.customer_address)
    if recipient is None:
        raise UnusableAddress(f"request {request.pk}: no mail can go to its customer's address")
    held = "to be approved" if draft else _cap(request, recipient) if capped else ""
    message_id = fixed_message_id(key)
    mail = OutgoingMail.objects.create(
        key=key,
        kind=kind,
        request=request,
        recipient=recipient,
        subject=letter.subject,
        message_id=message_id,
        sealed=seal(_render(request, recipient, message_id, letter)),
        state=Sending.DRAFT if held else Sending.QUEUED,
        automatic=capped,
        last_error=held,
    )
    if not held:
        wake("freight.tasks.send_outgoing", mail.pk)
    return mail


def usable_address(address: str) -> str | None:
    """`address` in ASCII, as headers and envelope carry it; None where no mail can go to it."""
    try:
        ascii_form = _in_ascii(address)
        validate_email(ascii_form)
    except (UnusableAddress, ValidationError):
        return None
    return ascii_form if len(ascii_form) <= LONGEST_ADDRESS else None


def _in_ascii(address: str) -> str:
    """`address` with its domain in IDNA. A local part has no such form: it would need SMTPUTF8."""
    local, at, domain = address.rpartition("@")
    try:
        if AMBIGUOUS.search(domain):
            raise UnicodeError("a domain that may be either of two")
        return local.encode("ascii").decode() + at + domain.encode("idna").decode()
    except UnicodeError as exc:
        raise UnusableAddress("an address that has no ASCII form") from exc


def _sender(account: Account | None = None) -> tuple[str, str]:
    """The name and address, in ASCII, that our mails of this account come from."""
    name, address = parseaddr((account and account.sender) or settings.BUSYBEE_MAIL_FROM)
    return name, _in_ascii(address)


def fixed_message_id(key: str) -> str:
    """The Message-ID of intent `key`: always the same, and not to be guessed from outside."""
    digest = hmac.new(settings.SECRET_KEY.encode(), key.encode(), hashlib.sha256).hexdigest()[:40]
    return f"<{digest}@{_sender()[1].rpartition('@')[2]}>"


def _cap(request: QuoteRequest, recipient: str) -> str:
    """Why no more mail may leave by itself now, or an empty string. Counts what was intended."""
    now = timezone.now()
    automatic = OutgoingMail.objects.exclude(state=Sending.DRAFT)
    # proofs have caps of their own, and must not hold back the quotation that they are for
    thread = automatic.filter(request=request, created_at__gt=now - dt.timedelta(days=1))
    if thread.exclude(kind=OutgoingMail.Kind.PROOF).count() >= settings.BUSYBEE_THREAD_CAP:
        return "cap of automatic mails in one thread and day"
    hour = now - dt.timedelta(hours=1)
    to_one = automatic.filter(recipient__iexact=recipient, created_at__gt=hour)
    if to_one.count() >= settings.BUSYBEE_RECIPIENT_CAP:
        return "cap of automatic mails to one recipient and hour"
    return ""


def _render(request: QuoteRequest, recipient: str, message_id: str, letter: Letter) -> bytes:
    head = mime_out.Head(
        sender=_sender(account_of(request)),
        recipient=(request.customer_name, recipient),
        message_id=message_id,
        date=timezone.now(),
        answers=request.message_id,
        references=tuple(request.references.split()),
    )
    return mime_out.render(head, letter)


def letter_of(mail: OutgoingMail) -> Letter:
    """What the mail says, as its recipient gets it: words, HTML and files.

    Raises InvalidToken where its bytes were purged or sealed with another key.
    """
    return mime_out.letter_of(unseal(bytes(mail.sealed)))


def readable(mail: OutgoingMail) -> str:
    """The text of the mail as its recipient reads it. Raises InvalidToken."""
    return letter_of(mail).text


def first_key(key: str) -> str:
    """The intent that a mail was first made for: `quotation:BB-2026-000123:1#2` is its second
    sending.
    """
    return key.partition("#")[0]


def letter_or_none(mail: OutgoingMail) -> Letter | None:
    """The mail's letter; None where its bytes were purged or sealed with another key."""
    try:
        return letter_of(mail) if mail.sealed else None
    except InvalidToken:
        return None


def text_of(mail: OutgoingMail) -> str:
    """The mail's text; empty where its bytes were purged or sealed with another key."""
    letter = letter_or_none(mail)
    return letter.text if letter else ""


def send(pk: int) -> str:
    """Bring the mail one step on its way; the state it is in afterwards. A doubled call does
    nothing.
    """
    mail = OutgoingMail.objects.get(pk=pk)
    try:
        return _step(mail, timezone.now())
    except StateConflict as exc:
        logger.info("%s", exc)  # somebody else was first
        return OutgoingMail.objects.values_list("state", flat=True).get(pk=pk)


def _step(mail: OutgoingMail, now: dt.datetime) -> str:
    if mail.state == Sending.SENDING and mail.lease_until and mail.lease_until <= now:
        # its sender died: nobody knows whether it left, and the relay may still be writing it
        soon = now + _patience(mail.attempt)
        _settle(mail, Sending.UNCERTAIN, now, last_error="the sender died", next_at=soon)
    due = mail.next_at is not None and mail.next_at <= now
    if due and mail.state == Sending.UNCERTAIN:
        return _look_up(mail, now)
    if due and mail.state == Sending.QUEUED and not mail_switch.stopped():
        return _begin(mail, now)
    return mail.state


def _begin(mail: OutgoingMail, now: dt.datetime) -> str:
    """Send the mail, unless it is overtaken or somebody of us has answered the customer."""
    if gone := standing.overtaken(mail, now):
        mail.move(Sending.FAILED, last_error=gone, next_at=None)
        return mail.state
    if why := standing.held(mail):
        return _keep_silent(mail, why)
    account = account_for(mail)
    if account and mail.request and mail.automatic:
        try:
            if account.answered(_thread_ids(mail.request), _day(mail.request)):
                return _keep_silent(mail, ANSWERED)
        except CannotLook as exc:
            if mail.created_at < now - LOOK_FOR:
                return _keep_silent(mail, NOT_SEEN)
            return _put_off(mail, now, str(exc))
    return _attempt(mail, account)


def _thread_ids(request: QuoteRequest) -> list[str]:
    """The Message-IDs of the customer's mails, that a colleague's answer would name."""
    mails = request.emails.order_by("-pk").values_list("message_id", flat=True)
    return [*{request.message_id, *mails[:THREAD_LOOKED_AT]} - {""}]


def _day(request: QuoteRequest) -> dt.date:
    return timezone.localdate(request.created_at)


def _keep_silent(mail: OutgoingMail, reason: str) -> str:
    """Leave it to the operator whether the mail goes."""
    if _as_read(mail).update(state=Sending.DRAFT, last_error=reason) == 1:
        mail.state = Sending.DRAFT
    return mail.state


def _put_off(mail: OutgoingMail, now: dt.datetime, why: str) -> str:
    """Look again a little later: the mail stays what it is."""
    later = now + dt.timedelta(seconds=random.uniform(30, 90))
    _as_read(mail).update(next_at=later, last_error=why[:300])
    return mail.state


def _look_up(mail: OutgoingMail, now: dt.datetime) -> str:
    account = account_for(mail)
    try:
        found = _is_found(mail, account)
    except CannotLook as exc:
        return _put_off(mail, now, str(exc))
    if found is None:
        return _hold(mail, NOBODY_CAN_LOOK)
    if found:
        _settle_sent(mail, now, account)
        return mail.state
    if mail.attempt >= UNANSWERED:
        return _hold(mail, mail.last_error)
    if why := standing.overtaken(mail, now) or standing.held(mail):
        return _hold(mail, why)
    return _attempt(mail, account)


def _is_found(mail: OutgoingMail, account: Account | None) -> bool | None:
    """Whether the journal has the mail; None where none shows all that the relay takes."""
    if settings.BUSYBEE_JOURNAL_DIR and not (account and account.own_relay):
        return DirectoryJournal(Path(settings.BUSYBEE_JOURNAL_DIR)).holds(mail.message_id)
    if account is None:
        return None
    if account.holds(mail.message_id, timezone.localdate(mail.created_at)):
        return True
    return False if account.journals else None


def _hold(mail: OutgoingMail, reason: str) -> str:
    """Leave the uncertain mail to the operator."""
    _as_read(mail).update(next_at=None, last_error=reason)
    return mail.state


def _as_read(mail: OutgoingMail) -> OutgoingMailQuerySet:
    """The mail's row, if nobody has moved, tried or put it off since `mail` was read."""
    return OutgoingMail.objects.filter(
        pk=mail.pk, state=mail.state, attempt=mail.attempt, next_at=mail.next_at
    )


def _attempt(mail: OutgoingMail, account: Account | None) -> str:
    if mail_switch.stopped():
        return mail.state
    raw = _bytes_of(mail)
    if not raw:
        mail.move(Sending.FAILED, last_error=SEALED, next_at=None)
        return mail.state
    # the lease counts from here: to look into the mailbox may have taken long
    now, started = timezone.now(), time.monotonic()
    if not _claim(mail, now):
        return OutgoingMail.objects.values_list("state", flat=True).get(pk=mail.pk)
    try:
        deliver(
            _relay(account),
            sender=_envelope_sender(raw),
            recipient=mail.recipient,
            raw=raw,
            seconds=_lease().total_seconds(),
            started=started,
            last_look=partial(_last_look, mail.pk),
        )
    except Stopped as exc:
        _settle(mail, Sending.QUEUED, now, last_error=str(exc), next_at=timezone.now())
    except NotAccepted as exc:
        final = exc.permanent or mail.attempt >= TRIES
        state = Sending.FAILED if final else Sending.QUEUED
        _settle(mail, state, now, last_error=str(exc)[:300], next_at=_again(mail.attempt))
    except OutcomeUnknown as exc:
        soon = timezone.now() + _patience(mail.attempt)
        _settle(mail, Sending.UNCERTAIN, now, last_error=str(exc)[:300], next_at=soon)
    else:
        _settle_sent(mail, now, account)
    logger.info("outgoing %s attempt %s: %s", mail.pk, mail.attempt, mail.state)
    return mail.state


def _last_look(pk: int) -> None:
    """Raise Stopped where the mail, read anew, may not leave (any more)."""
    mail_switch.check()
    mail = OutgoingMail.objects.select_related("request").defer("sealed").get(pk=pk)
    if why := standing.overtaken(mail, timezone.now()) or standing.held(mail):
        raise Stopped(why)


def _bytes_of(mail: OutgoingMail) -> bytes:
    """The mail's bytes as they were intended; none where they were purged or cannot be opened."""
    try:
        return b"" if mail.purged_at else unseal(bytes(mail.sealed))
    except InvalidToken:
        return b""


def _relay(account: Account | None) -> Relay:
    """The account's own relay, else the installation's. Raises NotAccepted."""
    own = account.relay if account else None
    try:
        return own or Relay.from_url(
            settings.BUSYBEE_SMTP_URL, ca_file=settings.BUSYBEE_SMTP_CA_FILE
        )
    except ValueError as exc:
        raise NotAccepted(f"BUSYBEE_SMTP_URL: {exc}", permanent=False) from exc


def _envelope_sender(raw: bytes) -> str:
    """The address in From: what the relay is told must be what the customer reads (DMARC)."""
    return parseaddr(str(BytesHeaderParser().parsebytes(raw)["From"]))[1]


def _settle_sent(mail: OutgoingMail, now: dt.datetime, account: Account | None) -> None:
    sent = timezone.now()
    copy = sent + COPY_AFTER if account and account.keeps_copies else None
    _settle(mail, Sending.SENT, now, sent_at=sent, last_error="", next_at=copy)


def _claim(mail: OutgoingMail, now: dt.datetime) -> bool:
    """Whether the mail is this sender's now; not if another has sent since it was read."""
    changes = {
        "state": Sending.SENDING,
        "attempt": mail.attempt + 1,
        "lease_until": now + _lease(),
        "updated_at": now,
    }
    claimed = _as_read(mail).update(**changes) == 1
    if claimed:
        for name, value in changes.items():
            setattr(mail, name, value)
    return claimed


def _lease() -> dt.timedelta:
    return dt.timedelta(seconds=settings.BUSYBEE_SEND_LEASE_SECONDS)


def _patience(attempt: int) -> dt.timedelta:
    """How long a relay that did not answer may still be writing what it took."""
    return _lease() * 2 ** min(attempt - 1, 4)


def _gaps(attempt: int) -> tuple[float, float]:
    """The shortest and the longest wait in seconds after a refused attempt: it doubles up to an
    hour.
    """
    longest = min(3600, 5 * 2 ** min(attempt, 10))
    return longest / 2, longest


def _again(attempt: int) -> dt.datetime:
    """When to try again; with jitter, so that what waited for one relay does not come at once."""
    return timezone.now() + dt.timedelta(seconds=random.uniform(*_gaps(attempt)))


def _settle(mail: OutgoingMail, state: str, now: dt.datetime, **changes: object) -> None:
    """Move on from `sending`, only if the attempt is still this one's.

    What was sent stays sent even where somebody has called it uncertain meanwhile.
    """
    changes = {**changes, "lease_until": None, "state": state, "updated_at": now}
    before = Q(state=Sending.SENDING, lease_until=mail.lease_until)
    if state == Sending.SENT:
        before = Q(state__in=[Sending.SENDING, Sending.UNCERTAIN])
    own = OutgoingMail.objects.filter(before, pk=mail.pk, attempt=mail.attempt)
    if own.update(**changes) != 1:
        raise StateConflict(f"outgoing {mail.pk}: attempt {mail.attempt} has lost its lease")
    for name, value in changes.items():
        setattr(mail, name, value)


def release(mail: OutgoingMail, *, by: str) -> None:
    """Let a held-back or failed mail go; raises StateConflict if it is neither any more, or if it
    is overtaken, purged or of a mailbox that only observes.

    It has all its tries before it again.
    """
    with transaction.atomic():
        now = timezone.now()
        _check_sendable(mail, now)
        remark = f"released by {by}"[:300]
        mail.move(Sending.QUEUED, attempt=0, next_at=now, automatic=False, last_error=remark)
        wake("freight.tasks.send_outgoing", mail.pk)


def _check_sendable(mail: OutgoingMail, now: dt.datetime) -> None:
    if not _bytes_of(mail):
        raise StateConflict(SEALED)
    why = standing.overtaken(mail, now)
    if not why and mail.request and mail.request.present_mode == Mode.OBSERVE:
        why = standing.OBSERVED
    if why:
        raise StateConflict(why)


def retry(mail: OutgoingMail, *, by: str) -> None:
    """Queue a failed mail again; its bytes stay the same."""
    release(mail, by=by)


def settle(mail: OutgoingMail, *, sent: bool, by: str) -> None:
    """The operator's word on an uncertain mail: it arrived, or it did not and is given up."""
    state = Sending.SENT if sent else Sending.FAILED
    # a reminder and the expiry count from when the customer had it
    when = {"sent_at": timezone.now()} if sent else {}
    mail.move(state, last_error=f"settled by {by}", next_at=None, **when)


def due_ids(now: dt.datetime, *, limit: int = 200) -> list[int]:
    """Keys of mails that wait for a sender, oldest first. While mail is stopped: of those only
    whose fate is open.
    """
    due = OutgoingMail.objects.due(now)
    if mail_switch.stopped():
        due = due.exclude(state=Sending.QUEUED)
    rows = due.order_by(F("next_at").asc(nulls_last=True))
    return list(rows.values_list("pk", flat=True)[:limit])
