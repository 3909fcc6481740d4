"""Rows of the trade for tests and for looking at the console."""

import datetime as dt
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from freight.models import (
    LaneRate,
    Order,
    OutgoingMail,
    Quotation,
    QuoteRequest,
    Sending,
    Shipment,
    State,
    Tariff,
)
from freight.sealing import seal


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def letter(text: str) -> bytes:
    """A sealed outgoing mail with this text."""
    head = "From: quote@busybee.example\r\nTo: kim@customer.example\r\nSubject: BusyBee\r\n"
    kind = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
    return seal(f"{head}{kind}\r\n{text}".encode())


class QuoteRequestFactory(DjangoModelFactory[QuoteRequest]):
    class Meta:
        model = QuoteRequest
        skip_postgeneration_save = True

    customer_name = "김하나"
    customer_address = factory.Sequence(lambda number: f"kim{number}@customer.example")
    subject = "부산-상하이 견적 요청"
    language = "ko"

    class Params:
        complete = factory.Trait(
            state=State.CONFIRMED,
            gross_weight_kg=Decimal(18_500),
            container="40ft",
            etd=factory.LazyFunction(lambda: in_days(10)),
            eta=factory.LazyFunction(lambda: in_days(15)),
            origin="KRPUS",
            destination="CNSHA",
            evidence=factory.LazyFunction(
                lambda: {
                    "gross_weight_kg": evidence("총중량 18.5톤"),
                    "container": evidence("40피트 1대"),
                    "origin": evidence("부산"),
                    "destination": evidence("상하이"),
                }
            ),
        )


ASKED = "안녕하세요. 부산에서 상하이까지 40피트 1대, 총중량 18.5톤입니다."


def evidence(quote: str, *, source: str = "body", text: str = ASKED) -> dict[str, Any]:
    """One fact's evidence in `text` as it stands in a row."""
    start = text.index(quote)
    return {
        "quote": quote,
        "source": source,
        "start": start,
        "end": start + len(quote),
        "method": "rules",
    }


def facts_of(request: QuoteRequest) -> dict[str, Any]:
    """The facts of a complete request as a price keeps them."""
    told = request.facts
    return {
        "origin": told.origin,
        "destination": told.destination,
        "container": told.container,
        "containers": told.boxes,
        "gross_weight_kg": str(told.gross_weight_kg),
        "etd": str(told.etd),
        "eta": str(told.eta),
    }


class QuotationFactory(DjangoModelFactory[Quotation]):
    class Meta:
        model = Quotation

    request = factory.SubFactory(QuoteRequestFactory, complete=True)
    total = Decimal(18_397_843)
    lines = factory.LazyFunction(
        lambda: [
            {"code": "base", "amount": "1000000", "data": {}},
            {"code": "distance", "amount": "12481536", "data": {"km": "832.102", "factor": "1.5"}},
            {"code": "weight", "amount": "1850000", "data": {"kg": "18500"}},
            {"code": "express", "amount": "3066307", "data": {"days": 5}},
        ]
    )
    snapshot = factory.LazyAttribute(lambda row: {"facts": facts_of(row.request)})
    valid_until = factory.LazyFunction(lambda: in_days(14))
    draft_reason = "mode draft"


class OrderFactory(DjangoModelFactory[Order]):
    class Meta:
        model = Order

    quotation = factory.SubFactory(QuotationFactory, state=Quotation.State.ISSUED)
    customer_reference = "PO-7781"


class ShipmentFactory(DjangoModelFactory[Shipment]):
    class Meta:
        model = Shipment

    order = factory.SubFactory(OrderFactory)
    number = factory.Sequence(lambda number: f"SH-{number:06d}")


class TariffFactory(DjangoModelFactory[Tariff]):
    class Meta:
        model = Tariff

    name = "2026"


class LaneRateFactory(DjangoModelFactory[LaneRate]):
    class Meta:
        model = LaneRate

    origin = "KRPUS"
    destination = "CNSHA"
    container = "40ft"
    amount = Decimal(1_500_000)
    valid_from = factory.LazyFunction(lambda: in_days(-30))
    valid_to = factory.Sequence(lambda number: in_days(60 + number))


class OutgoingMailFactory(DjangoModelFactory[OutgoingMail]):
    class Meta:
        model = OutgoingMail

    key = factory.Sequence(lambda number: f"question:BB-{number:06d}:1")
    kind = OutgoingMail.Kind.QUESTION
    request = factory.SubFactory(QuoteRequestFactory)
    recipient = factory.SelfAttribute("request.customer_address")
    subject = "견적에 필요한 정보를 알려 주세요"
    message_id = factory.Sequence(lambda number: f"<mail-{number}@busybee.example>")
    sealed = factory.LazyFunction(
        lambda: letter("안녕하세요.\n중량을 알려 주세요: https://busybee.example/chat/abc/")
    )
    state = Sending.QUEUED
