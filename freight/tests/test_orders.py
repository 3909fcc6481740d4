import datetime as dt
from typing import Any

import pytest

from freight import orders, quotes
from freight.errors import OrderRefused
from freight.models import OutgoingMail, Quotation, QuoteRequest, Sending, Shipment, State
from freight.orders import GoAhead
from freight.tests.test_quotes import NOW, make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]


@pytest.fixture
def quoted() -> QuoteRequest:
    request = make_request()
    quotes.advance(request, NOW)
    request.refresh_from_db()
    return request


def reply(request: QuoteRequest, **changes: Any) -> GoAhead:
    mail = request.outgoing.get(kind=OutgoingMail.Kind.QUOTATION)
    values = {
        "sender": request.customer_address,
        "replied_ids": (mail.message_id,),
        "number": request.number,
    }
    return GoAhead(**{**values, **changes})


def test_reply_to_the_quotation_becomes_an_order(quoted: QuoteRequest) -> None:
    order = orders.place(reply(quoted), NOW)

    quoted.refresh_from_db()
    assert quoted.state == State.ORDERED
    assert order.shipment.status == Shipment.Status.ORDERED
    assert OutgoingMail.objects.get(kind="confirmation").state == Sending.QUEUED


def test_number_counts_with_a_proven_sender(quoted: QuoteRequest) -> None:
    assert orders.place(reply(quoted, replied_ids=(), dmarc="pass"), NOW)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"replied_ids": ()}, "sender is proven"),
        ({"sender": "thief@other.example"}, "not the recipient"),
        ({"dmarc": "fail"}, "forged"),
        ({"number": "BB-2020-999999"}, "not the one"),
        ({"number": "BB-2020-999999", "replied_ids": ()}, "no quotation"),
        ({"number": None, "replied_ids": ()}, "no quotation"),
    ],
)
def test_doubtful_order_goes_to_the_operator(
    quoted: QuoteRequest, changes: Any, reason: str
) -> None:
    with pytest.raises(OrderRefused, match=reason):
        orders.place(reply(quoted, **changes), NOW)
    assert not OutgoingMail.objects.filter(kind="confirmation").exists()


def test_second_order_is_refused(quoted: QuoteRequest) -> None:
    orders.place(reply(quoted), NOW)

    with pytest.raises(OrderRefused, match="already ordered"):
        orders.place(reply(quoted), NOW)


def test_answer_to_an_older_revision_is_refused(quoted: QuoteRequest) -> None:
    old = reply(quoted)
    quoted.move(State.CONFIRMED)
    quotes.record_operator_facts(quoted, {"gross_weight_kg": 20_000}, by="lee", now=NOW)
    quotes.advance(quoted, NOW)

    with pytest.raises(OrderRefused, match="newer quotation"):
        orders.place(old, NOW)


def test_expired_quotation_is_refused(quoted: QuoteRequest) -> None:
    Quotation.objects.update(valid_until=NOW.date() - dt.timedelta(days=2))

    with pytest.raises(OrderRefused, match="expired"):
        orders.place(reply(quoted), NOW)


@pytest.mark.parametrize(
    "text",
    [
        "BB-2026-000123 진행 부탁드립니다.",
        "위 조건으로 발주합니다",
        "Please proceed with BB-2026-000123.",
        "We accept your offer, go ahead.",
        "こちらで手配をお願いします。",
        "ยืนยันตามใบเสนอราคา BB-2026-000123",
    ],
)
def test_go_ahead_is_recognised(text: str) -> None:
    assert orders.is_go_ahead(text)


@pytest.mark.parametrize(
    "text",
    [
        "BB-2026-000123 진행 취소 부탁드립니다",
        "Please do not proceed, we cancel.",
        "가격이 조금 높네요. 할인 가능할까요?",
        "Thanks, we will come back to you.",
        "今回は見送ります。進めてくださいと言いましたが、キャンセルします。",
    ],
)
def test_no_go_ahead_without_clear_words(text: str) -> None:
    assert not orders.is_go_ahead(text)
