"""A customer's go-ahead becomes an order and a shipment, if it is theirs to give."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from freight import letters, outbox, quotes
from freight.errors import OrderRefused, StateConflict
from freight.fields import Facts
from freight.goahead import is_go_ahead, numbers_of_ours, stops, takes_back, without_lines_of
from freight.models import Mode, Order, OutgoingMail, Quotation, QuoteRequest, Shipment, State

TAKEN_BACK = "the customer cancels or declines"


@dataclass(frozen=True, slots=True)
class GoAhead:
    """What a mail that accepts a quotation says, and from whom.

    `replied_ids` are the Message-IDs that In-Reply-To ("" without one) and then References name;
    `dmarc` is the verdict of our own mail server: pass, fail or none; `facts` is what its own
    words state of the six.
    """

    sender: str
    replied_ids: tuple[str, ...] = ()
    number: str | None = None
    dmarc: str = "none"
    customer_reference: str = ""
    facts: Facts = field(default_factory=Facts)
    evidence: Mapping[str, Any] = field(default_factory=dict)


def accepts(text: str, replied_ids: Iterable[str], *, number: str | None = None) -> bool:
    """Whether the new words of a mail accept the offer that it answers, or the one of `number`."""
    letters_of_ours = _our_letters(replied_ids, number)
    if letters_of_ours is None:
        return False
    said = without_lines_of(text, letters_of_ours)
    return is_go_ahead(said, offered="\n".join(letters_of_ours))


def taken_back(
    text: str,
    replied_ids: Iterable[str],
    *,
    number: str | None,
    sender: str,
    plainly: bool = True,
) -> QuoteRequest | None:
    """The request that its own customer cancels or declines in `text`; None where nobody does.

    Not `plainly`: also where the mail asks to go ahead with something else. The number that is
    named comes before the mail that is answered.
    """
    ids = list(replied_ids)
    own = QuoteRequest.objects.filter(customer_address__iexact=sender)
    request = own.filter(number__iexact=number or "").first() or threaded_request(ids)
    if request is None or request.customer_address.lower() != sender.lower():
        return None
    words = own_words(text, ids)
    return request if (takes_back if plainly else stops)(words) else None


def hold(request_id: int) -> None:
    """Keep the machine from reminding or quoting a customer who has taken back; in the caller's
    transaction.
    """
    request = QuoteRequest.objects.select_for_update().get(pk=request_id)
    request.review = sorted({*request.review, "taken_back"})
    request.save(update_fields=["review", "updated_at"])


def own_words(text: str, replied_ids: Iterable[str]) -> str:
    """`text` without what our mails that it answers say: programs mark quotes in many ways."""
    return without_lines_of(text, _our_letters(replied_ids) or ())


def _our_letters(replied_ids: Iterable[str], number: str | None = None) -> list[str] | None:
    """The texts of our mails that are answered; None where one cannot be read any more."""
    ids = [message_id for message_id in replied_ids if message_id]
    meant = Q(message_id__in=ids)
    if number:
        meant |= Q(request__number__iexact=number)
    try:
        return [outbox.readable(mail) for mail in OutgoingMail.objects.filter(meant)]
    except InvalidToken:  # sealed with a key that is gone, or purged
        return None


def check_words(
    text: str, replied_ids: Iterable[str], *, number: str | None, machine: str, decided: bool
) -> None:
    """Raise OrderRefused where a person has to read what the mail says.

    `decided`: an operator has called it an order, and so has read it.
    """
    if machine:
        raise OrderRefused("a machine has sent it")
    if not decided and len(numbers_of_ours(own_words(text, replied_ids))) > 1:
        raise OrderRefused("the mail names several quotations")
    if not decided and not accepts(text, replied_ids, number=number):
        raise OrderRefused("the mail does not plainly accept the quotation")


def threaded_request(replied_ids: Iterable[str], *, kind: str | None = None) -> QuoteRequest | None:
    """The request one of whose mails (of `kind`) is answered: by In-Reply-To, which comes first,
    else the newest that References name.
    """
    ids = list(replied_ids)
    mails = OutgoingMail.objects.filter(message_id__in=[*filter(None, ids)], request__isnull=False)
    if kind:
        mails = mails.filter(kind=kind)
    found = list(mails.select_related("request").defer("sealed").order_by("-pk"))
    mail = next((mail for mail in found if mail.message_id == ids[0]), found[0] if found else None)
    return mail.request if mail else None


@transaction.atomic
def place(go_ahead: GoAhead, now: dt.datetime) -> Order:
    """The order and its shipment, confirmed by mail. Raises OrderRefused with what speaks against
    it.
    """
    request = _request_of(go_ahead)
    request = QuoteRequest.objects.select_for_update().get(pk=request.pk)
    quotation = _open_quotation(request, go_ahead, timezone.localtime(now).date())
    _refuse_older_revision(quotation, go_ahead)
    if go_ahead.facts.changes(quotes.quoted_facts(quotation)):
        raise OrderRefused("the mail changes the facts of the quotation")
    order = Order.objects.create(
        quotation=quotation,
        customer_reference=go_ahead.customer_reference,
        evidence=dict(go_ahead.evidence),
    )
    try:
        request.move(State.ORDERED)
    except StateConflict as exc:
        raise OrderRefused("already ordered") from exc
    shipment = Shipment.objects.create(order=order, number=f"{request.number}-S1")
    _confirm(request, quotation, shipment)
    return order


def _request_of(go_ahead: GoAhead) -> QuoteRequest:
    """The request that is meant, by our own unguessable reference or by number on a proven mail."""
    threaded = threaded_request(go_ahead.replied_ids, kind=OutgoingMail.Kind.QUOTATION)
    if threaded:
        if go_ahead.number and go_ahead.number.upper() != threaded.number:
            raise OrderRefused("the number is not the one of the quotation that is answered")
        return threaded
    numbered = QuoteRequest.objects.filter(number__iexact=go_ahead.number or "").first()
    if numbered is None:
        raise OrderRefused("no quotation with this number")
    if go_ahead.dmarc != "pass":
        raise OrderRefused("neither a reply to our quotation nor a mail whose sender is proven")
    return numbered


def _open_quotation(request: QuoteRequest, go_ahead: GoAhead, today: dt.date) -> Quotation:
    if go_ahead.dmarc == "fail":
        raise OrderRefused("the sender's domain says that this mail is forged")
    if go_ahead.sender.lower() != request.customer_address.lower():
        raise OrderRefused("the sender is not the recipient of the quotation")
    if request.state == State.ORDERED:
        raise OrderRefused("already ordered")
    quotation = (
        request.quotations.filter(state=Quotation.State.ISSUED).order_by("-revision").first()
    )
    if quotation and quotation.valid_until < today:
        raise OrderRefused("the quotation has expired")
    if request.state != State.QUOTED or quotation is None:
        raise OrderRefused("there is no open quotation")
    return quotation


def _refuse_older_revision(quotation: Quotation, go_ahead: GoAhead) -> None:
    """A reply to a mail with an older price accepts that price, which is not ours any more."""
    answered = OutgoingMail.objects.filter(
        message_id__in=go_ahead.replied_ids,
        kind=OutgoingMail.Kind.QUOTATION,
        request=quotation.request,
    )
    newest = quotes.intent_key(quotation)
    keys = answered.values_list("key", flat=True)
    if keys and newest not in map(outbox.first_key, keys):
        raise OrderRefused("a newer quotation has replaced the one that is answered")


def _confirm(request: QuoteRequest, quotation: Quotation, shipment: Shipment) -> None:
    letter = letters.write(
        "confirmation",
        request.language,
        name=request.customer_name,
        number=request.number,
        shipment=shipment.number,
        known=letters.fact_lines(quotes.quoted_facts(quotation), request.language),
        total=letters.money(quotation.total, quotation.currency, request.language),
    )
    outbox.intend(
        key=f"confirmation:{shipment.number}",
        kind=OutgoingMail.Kind.CONFIRMATION,
        request=request,
        letter=letter,
        draft=request.present_mode != Mode.AUTO,
        capped=False,
    )
