"""Whether a mail that waits may still leave: what it says may have been overtaken meanwhile."""

import datetime as dt

from django.utils import timezone

from freight.models import AddressProof, Mode, OutgoingMail, Quotation, QuoteRequest, State

OBSERVED = "nothing is sent while the mailbox only observes"
NO_LONGER_ASKED = "overtaken: nothing of it is asked any more"
NO_LONGER_OFFERED = "overtaken: its price no longer stands"
NOTHING_TO_PROVE = "overtaken: there is nothing to prove at this address any more"
LEFT_TO_OPERATOR = "the request was left to an operator meanwhile"
BY_HAND = "to be approved"
ASKING = (OutgoingMail.Kind.QUESTION, OutgoingMail.Kind.REMINDER)
ASKS = (State.EXTRACTED, State.AWAITING_CUSTOMER)


def overtaken(mail: OutgoingMail, now: dt.datetime) -> str:
    """Why nobody should have this mail any more, or an empty string: it asks for what is known,
    offers a price that has changed or run out, or would prove an address that is another now.
    """
    request = mail.request
    if request is None:
        return ""
    if mail.kind in ASKING:
        return NO_LONGER_ASKED if _answered(mail, request) else ""
    if mail.kind == OutgoingMail.Kind.QUOTATION:
        return NO_LONGER_OFFERED if _withdrawn(mail, request, now) else ""
    if mail.kind == OutgoingMail.Kind.PROOF:
        return "" if _proves(request, now) else NOTHING_TO_PROVE
    return ""


def held(mail: OutgoingMail) -> str:
    """Why a person should decide now whether this mail leaves, or an empty string."""
    request = mail.request
    if request is None:
        return ""
    mode = request.present_mode
    if mode == Mode.OBSERVE:
        return OBSERVED
    if not mail.automatic:
        return ""
    if mode == Mode.DRAFT and request.mode == Mode.AUTO:
        return BY_HAND  # switched since: what came in draft mode was held from the start
    return LEFT_TO_OPERATOR if request.review else ""


def _answered(mail: OutgoingMail, request: QuoteRequest) -> bool:
    newer = request.outgoing.filter(kind=OutgoingMail.Kind.QUESTION, pk__gt=mail.pk)
    again = f"{_first_key(mail)}#"  # the same question, sent once more
    return request.state not in ASKS or newer.exclude(key__startswith=again).exists()


def _proves(request: QuoteRequest, now: dt.datetime) -> bool:
    """Whether a link is out that proves the address that the request has now."""
    return (
        request.address_proof == AddressProof.TYPED
        and request.chat_links.filter(
            proves=request.customer_address, revoked_at=None, expires_at__gt=now
        ).exists()
    )


def _withdrawn(mail: OutgoingMail, request: QuoteRequest, now: dt.datetime) -> bool:
    revision = _first_key(mail).rpartition(":")[2]
    if not revision.isdecimal():
        return False
    quotation = request.quotations.filter(revision=int(revision)).first()
    if quotation is None:
        return False
    out = quotation.valid_until < timezone.localtime(now).date()
    return out or quotation.state != Quotation.State.ISSUED or request.state != State.QUOTED


def _first_key(mail: OutgoingMail) -> str:
    return mail.key.partition("#")[0]
