import datetime as dt
import textwrap
from decimal import Decimal
from typing import Any

import pytest

from freight import orders, outbox, quotes
from freight.errors import OrderRefused
from freight.fields import Facts
from freight.goahead import GO_AHEAD
from freight.models import Mode, OutgoingMail, Quotation, QuoteRequest, Sending, Shipment, State
from freight.orders import GoAhead
from freight.tests.test_quotes import NOW, make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]


@pytest.fixture
def quoted() -> QuoteRequest:
    request = make_request()
    quotes.advance(request, NOW)
    request.refresh_from_db()
    return request


def sent_quotation(language: str) -> OutgoingMail:
    quotes.advance(make_request(language=language), NOW)
    return OutgoingMail.objects.get()


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
    "quoted_as", ["{}", "____________\n{}", "--- Forwarded\n{}", "| {}", "From: BusyBee\n\n{}"]
)
@pytest.mark.parametrize("language", ["ko", "en", "ja", "th"])
def test_our_own_letter_accepts_nothing(language: str, quoted_as: str) -> None:
    mail = sent_quotation(language)
    text = outbox.readable(mail)

    ids = [mail.message_id]
    assert GO_AHEAD.search(text)
    assert not orders.accepts(quoted_as.format(text), ids)
    assert not orders.accepts("Too expensive, sorry.\n\n" + quoted_as.format(text), ids)


def test_our_own_letter_in_other_line_breaks_accepts_nothing() -> None:
    mail = sent_quotation("en")
    wrapped = textwrap.fill(outbox.readable(mail), 40, initial_indent="* ", subsequent_indent="* ")

    assert not orders.accepts(f"Too expensive.\n{wrapped}", [mail.message_id])
    assert not orders.accepts(wrapped, (), number=mail.request.number if mail.request else None)


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("ko", "{} 진행 부탁드립니다"),
        ("en", "Please proceed with {}"),
        ("ja", "{} で手配をお願いします"),
        ("th", "ยืนยันตามใบเสนอราคา {}"),
    ],
)
def test_the_words_that_our_letter_asks_for_do_accept(language: str, says: str) -> None:
    mail = sent_quotation(language)
    assert mail.request is not None

    text = f"{says.format(mail.request.number)}\n\n___\n{outbox.readable(mail)}"
    assert orders.accepts(text, [mail.message_id])


def test_price_of_the_offer_may_be_repeated_but_no_other_named() -> None:
    mail = sent_quotation("en")

    ids = [mail.message_id]
    assert orders.accepts("We accept your price of KRW 18,397,843. Please proceed.", ids)
    assert not orders.accepts("We accept at KRW 15,000,000. Please proceed.", ids)


def test_letter_that_cannot_be_read_any_more_is_left_to_the_operator() -> None:
    mail = sent_quotation("en")
    OutgoingMail.objects.update(sealed=b"")

    assert not orders.accepts("Please proceed.", [mail.message_id])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"machine": "auto-submitted"}, "a machine"),
        ({"text": "I am out of office. For orders call 4711."}, "not plainly"),
    ],
)
def test_words_that_a_person_must_read(changes: Any, reason: str) -> None:
    mail = sent_quotation("en")
    values: dict[str, Any] = {
        "text": "Please proceed.",
        "machine": "",
        "number": None,
        "decided": False,
    }
    orders.check_words(**values, replied_ids=[mail.message_id])

    with pytest.raises(OrderRefused, match=reason):
        orders.check_words(**{**values, **changes}, replied_ids=[mail.message_id])


def test_operator_who_called_it_an_order_has_read_it() -> None:
    orders.check_words("PO 4711 as agreed", [], number=None, machine="", decided=True)


@pytest.mark.parametrize("facts", [Facts(containers=2), Facts(gross_weight_kg=Decimal(24_000))])
def test_acceptance_of_other_facts_goes_to_the_operator(quoted: QuoteRequest, facts: Facts) -> None:
    with pytest.raises(OrderRefused, match="changes the facts"):
        orders.place(reply(quoted, facts=facts), NOW)
    assert orders.place(reply(quoted, facts=Facts(gross_weight_kg=Decimal(18_500))), NOW)


def test_confirmation_shows_what_was_quoted(quoted: QuoteRequest) -> None:
    QuoteRequest.objects.update(gross_weight_kg=99, containers=7)
    orders.place(reply(quoted), NOW)

    text = outbox.readable(OutgoingMail.objects.get(kind="confirmation"))
    assert "18,500 kg" in text
    assert "40ft × 1" in text


def test_confirmation_of_a_mailbox_that_only_observes_by_now_waits(quoted: QuoteRequest) -> None:
    QuoteRequest.objects.update(mode=Mode.OBSERVE)
    orders.place(reply(quoted), NOW)

    assert OutgoingMail.objects.get(kind="confirmation").state == Sending.DRAFT
