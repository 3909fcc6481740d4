"""What time does to requests: one reminder, expiry, and links that outlive their conversation."""

import datetime as dt
import logging
import re
from email.message import EmailMessage

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from freight import outbox, questions
from freight.models import (
    AddressProof,
    OutgoingMail,
    QuoteRequest,
    QuoteRequestQuerySet,
    Sending,
    State,
)
from freight.sealing import seal

logger = logging.getLogger(__name__)
AT_ONCE = 200
EXPIRED = "the request has expired"
# the kinds that carry a chat link
LINKED = (OutgoingMail.Kind.QUESTION, OutgoingMail.Kind.REMINDER, OutgoingMail.Kind.PROOF)
# a mail in one of these leaves no more by itself
SETTLED = (Sending.SENT, Sending.FAILED, Sending.UNDELIVERED)
ENDED = (State.ORDERED, State.EXPIRED, State.DECLINED)


def remind_due(now: dt.datetime) -> int:
    """How many customers were reminded: of a question that left BUSYBEE_REMIND_DAYS ago, with
    nothing heard since.
    """
    waiting = _unreminded(now).exclude(outgoing__kind=OutgoingMail.Kind.REMINDER)
    return sum(_remind(pk, now) for pk in _some(waiting))


def _unreminded(now: dt.datetime) -> QuoteRequestQuerySet:
    before = now - dt.timedelta(days=settings.BUSYBEE_REMIND_DAYS)
    return QuoteRequest.objects.silent_since(before).filter(review=[])


@transaction.atomic
def _remind(pk: int, now: dt.datetime) -> bool:
    request = QuoteRequest.objects.select_for_update().get(pk=pk)
    if not _unreminded(now).filter(pk=pk).exists():
        return False  # the customer has answered since it was looked for
    closes = request.updated_at + dt.timedelta(days=settings.BUSYBEE_EXPIRE_DAYS)
    reminded = questions.remind(request, now, closes_on=timezone.localtime(closes).date())
    if reminded:
        logger.info("request %s reminded", pk)
    return reminded


def expire_due(now: dt.datetime) -> int:
    """How many requests have expired: their customer was silent, a visitor left without an address,
    or their quotation ran out.
    """
    rows = [*_some(_silent(now)), *_some(_abandoned(now)), *_some(_run_out(now))]
    return sum(_expire(pk, now) for pk in rows)


def _silent(now: dt.datetime) -> QuoteRequestQuerySet:
    """Requests whose customer was silent to the end of the day that the reminder names.

    What an operator has yet to decide, as after an answer that a person must read, stays open.
    """
    first = timezone.localtime(now).date() - dt.timedelta(days=settings.BUSYBEE_EXPIRE_DAYS)
    midnight = timezone.make_aware(dt.datetime.combine(first, dt.time()))
    nobodys = Q(review=[]) | Q(review=["taken_back"])
    return QuoteRequest.objects.silent_since(midnight).filter(nobodys)


def _abandoned(now: dt.datetime) -> QuoteRequestQuerySet:
    """Visitors' requests that nobody has proven an address for, and nobody has added to."""
    before = now - dt.timedelta(days=settings.BUSYBEE_EXPIRE_DAYS)
    begun = QuoteRequest.objects.filter(address_proof=AddressProof.TYPED, updated_at__lte=before)
    return begun.filter(state__in=[State.EXTRACTED, State.AWAITING_CUSTOMER], review=[])


def _run_out(now: dt.datetime) -> QuoteRequestQuerySet:
    return QuoteRequest.objects.run_out(timezone.localtime(now).date())


def _some(rows: QuoteRequestQuerySet) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _expire(pk: int, now: dt.datetime) -> bool:
    request = QuoteRequest.objects.select_for_update().get(pk=pk)
    due = (_silent(now), _abandoned(now), _run_out(now))
    if not any(rows.filter(pk=pk).exists() for rows in due):
        return False  # the customer has answered since it was looked for
    waiting = request.outgoing.select_for_update().filter(state__in=[Sending.DRAFT, Sending.QUEUED])
    for mail in waiting:  # locked: a sender may be about to claim it
        mail.move(Sending.FAILED, last_error=EXPIRED, next_at=None)
    request.chat_links.filter(revoked_at=None).update(revoked_at=now)
    request.move(State.EXPIRED)
    logger.info("request %s expired", pk)
    return True


def purge_links(now: dt.datetime) -> int:
    """How many kept mails lost their chat link: it opens nothing any more, or has no reason to.

    The mail's words stay, for the operator and for telling our words from a customer's.
    """
    outlived = now - dt.timedelta(days=settings.BUSYBEE_CHAT_LINK_DAYS)
    mails = OutgoingMail.objects.filter(
        Q(request__state__in=ENDED) | Q(created_at__lt=outlived),
        kind__in=LINKED,
        state__in=SETTLED,
        purged_at=None,
    )
    return sum(_purge(mail, now) for mail in mails.order_by("pk")[:AT_ONCE])


def _purge(mail: OutgoingMail, now: dt.datetime) -> bool:
    kept = EmailMessage()
    kept["Subject"] = " ".join(mail.subject.split())
    link = re.escape(settings.BUSYBEE_PUBLIC_URL) + r"\S*"
    kept.set_content(re.sub(link, "", outbox.text_of(mail)))
    own = OutgoingMail.objects.filter(pk=mail.pk, state=mail.state, purged_at=None)
    return own.update(sealed=seal(kept.as_bytes()), purged_at=now) == 1


def tend(now: dt.datetime) -> dict[str, int]:
    """What was done: reminded, expired, purged."""
    return {
        "expired": expire_due(now),
        "reminded": remind_due(now),
        "purged": purge_links(now),
    }
