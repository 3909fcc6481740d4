"""What became of mails after they left us: reports that come back, and sending once more."""

import datetime as dt
import logging

from django.db import transaction

from freight import outbox, quotes, standing
from freight.errors import StateConflict, UnusableAddress
from freight.models import Mode, OutgoingMail, QuoteRequest, Sending

logger = logging.getLogger(__name__)
# a report about one of these proves that the relay had taken the mail
OPEN = (Sending.SENDING, Sending.UNCERTAIN)


@transaction.atomic
def mark_accepted(message_id: str, now: dt.datetime) -> OutgoingMail | None:
    """The mail of ours with this Message-ID, None if there is none; it is sent if that was open."""
    mail = OutgoingMail.objects.select_for_update().filter(message_id=message_id).first()
    if mail and mail.state in OPEN:
        # its sender, if one is still at it, finds that somebody else has settled it
        mail.move(Sending.SENT, sent_at=now, last_error="", next_at=None, lease_until=None)
    return mail


@transaction.atomic
def mark_undelivered(message_id: str, reason: str, now: dt.datetime) -> OutgoingMail | None:
    """The mail of ours with this Message-ID, None if there is none; it is undelivered for `reason`.

    One that never left, or that waits to be sent once more, stays as it is.
    """
    mail = mark_accepted(message_id, now)
    if mail and mail.state == Sending.SENT:
        mail.move(Sending.UNDELIVERED, last_error=reason[:300], next_at=None)
        logger.info("outgoing %s undelivered", mail.pk)
    return mail


def settle(mail: OutgoingMail, *, by: str) -> None:
    """Take an undelivered mail off the list of what waits: the operator has seen to it."""
    _answer(mail, f"settled by {by}")


@transaction.atomic
def send_again(mail: OutgoingMail, *, to: str, by: str, now: dt.datetime) -> OutgoingMail:
    """A new mail with the letter and files of the undelivered one to the address `to`, now the
    customer's.

    It has a Message-ID of its own: a late report about the first says nothing about this one.
    Raises UnusableAddress, and StateConflict where this text may not go out (any more).
    """
    address = outbox.usable_address(to.strip())
    if address is None:
        raise UnusableAddress("no mail can go to this address")
    if mail.request_id is None:
        raise StateConflict("this mail belongs to no request")
    request = QuoteRequest.objects.select_for_update().get(pk=mail.request_id)
    _check(mail, request, now)
    letter = outbox.letter_or_none(mail)
    if letter is None:
        raise StateConflict("the text of this mail is no longer kept")
    request.customer_address = address
    request.save(update_fields=["customer_address", "updated_at"])
    _answer(mail, f"sent again by {by}")
    return outbox.intend(
        key=_next_key(mail),
        kind=mail.kind,
        request=request,
        letter=letter,
        capped=False,
    )


def _check(mail: OutgoingMail, request: QuoteRequest, now: dt.datetime) -> None:
    if mail.kind == OutgoingMail.Kind.PROOF:
        raise StateConflict("its link proves another address: the customer gives it in the chat")
    if mail.purged_at:  # its link was taken out: what is kept says less than it did
        raise StateConflict(outbox.SEALED)
    if request.present_mode == Mode.OBSERVE:
        raise StateConflict(standing.OBSERVED)
    if mail.kind in standing.ASKING and (why := standing.overtaken(mail, now)):
        raise StateConflict(why)
    if mail.kind == OutgoingMail.Kind.QUOTATION and not quotes.stands(request, mail.key, now):
        raise StateConflict("its price no longer stands: carry on with the request")


def _answer(mail: OutgoingMail, remark: str) -> None:
    """Note what an operator did about the mail; raises StateConflict if another was first."""
    rows = OutgoingMail.objects.for_operator().filter(pk=mail.pk, state=Sending.UNDELIVERED)
    if rows.update(last_error=remark[:300]) != 1:
        raise StateConflict("somebody has seen to this mail meanwhile")
    mail.last_error = remark[:300]


def _next_key(mail: OutgoingMail) -> str:
    first = outbox.first_key(mail.key)
    number = OutgoingMail.objects.filter(key__startswith=f"{first}#").count() + 2
    return f"{first}#{number}"
