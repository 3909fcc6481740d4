"""A customer's go-ahead becomes an order and a shipment, if it is theirs to give."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from freight import letters, outbox, quotes
from freight.errors import OrderRefused, StateConflict
from freight.models import Mode, Order, OutgoingMail, Quotation, QuoteRequest, Shipment, State

GO_AHEAD = re.compile(
    r"진행\s*(?:해|부탁|하겠|하려|원합|바랍|합니다|할게)|발주|부킹\s*(?:부탁|해|진행)|예약\s*(?:부탁|해|진행)"
    r"|주문\s*(?:합니다|드립|하겠|부탁)|확정\s*(?:합니다|부탁|하겠)"
    r"|\b(?:please\s+(?:proceed|book|go\s+ahead)|go\s+ahead|we\s+(?:accept|confirm)"
    r"|place\s+(?:the|our|an)\s+order)\b"
    r"|手配を?お願い|発注(?:します|いたします|をお願い)|進めて(?:ください|下さい)|正式に?(?:発注|注文)|注文(?:します|いたします)"
    r"|ยืนยัน(?:ตาม|การ|คำสั่ง|ใบ)|ดำเนินการ(?:ได้เลย|ต่อ|ตาม)|ขอจอง|สั่งจอง",
    re.IGNORECASE,
)
STOP = re.compile(
    r"취소|보류|중단|진행하지|cancel|do not proceed|don't proceed|not (?:go ahead|proceed)|hold off"
    r"|キャンセル|取り?消|見送|ยกเลิก|ไม่ดำเนินการ",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class GoAhead:
    """What a mail that accepts a quotation says, and from whom.

    `replied_ids` are the Message-IDs that In-Reply-To and References name; `dmarc` is the verdict
    of our own mail server: pass, fail or none.
    """

    sender: str
    replied_ids: tuple[str, ...] = ()
    number: str | None = None
    dmarc: str = "none"
    customer_reference: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


def is_go_ahead(text: str) -> bool:
    """Whether the new words of a mail accept an offer, and do not take it back."""
    return bool(GO_AHEAD.search(text)) and not STOP.search(text)


def threaded_request(replied_ids: Iterable[str], *, kind: str | None = None) -> QuoteRequest | None:
    """The request one of whose mails (of `kind`) is answered; the newest of several."""
    ids = [message_id for message_id in replied_ids if message_id]
    mails = OutgoingMail.objects.filter(message_id__in=ids, request__isnull=False)
    if kind:
        mails = mails.filter(kind=kind)
    mail = mails.select_related("request").order_by("-pk").first()
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
    if request.state != State.QUOTED or quotation is None:
        raise OrderRefused("there is no open quotation")
    if quotation.valid_until < today:
        raise OrderRefused("the quotation has expired")
    return quotation


def _refuse_older_revision(quotation: Quotation, go_ahead: GoAhead) -> None:
    """A reply to a mail with an older price accepts that price, which is not ours any more."""
    answered = OutgoingMail.objects.filter(
        message_id__in=go_ahead.replied_ids,
        kind=OutgoingMail.Kind.QUOTATION,
        request=quotation.request,
    )
    newest = quotes.intent_key(quotation)
    if answered.exists() and not answered.filter(key=newest).exists():
        raise OrderRefused("a newer quotation has replaced the one that is answered")


def _confirm(request: QuoteRequest, quotation: Quotation, shipment: Shipment) -> None:
    letter = letters.write(
        "confirmation",
        request.language,
        name=request.customer_name,
        number=request.number,
        shipment=shipment.number,
        known=letters.fact_lines(request.facts, request.language),
        total=letters.amount(quotation.total),
    )
    outbox.intend(
        key=f"confirmation:{shipment.number}",
        kind=OutgoingMail.Kind.CONFIRMATION,
        request=request,
        subject=letter.subject,
        text=letter.text,
        draft=request.mode != Mode.AUTO,
    )
