"""Who cancels, declines or answers beside the point reaches a person, and is not written to."""

import datetime as dt

import pytest
from django.utils import timezone

from freight import lifecycle
from freight.models import Order, OutgoingMail, QuoteRequest, Sending, State
from freight.tests.factories import in_days
from pipeline.tests.test_steps_trade import KIM, answers, asks, carried, quoted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]
WITHOUT_WEIGHT = f"Please quote Busan to Shanghai, 1 x 40ft, ETD {in_days(20)}, ETA {in_days(30)}."


def asked() -> OutgoingMail:
    """Our question, which is with its customer."""
    carried(asks(text=WITHOUT_WEIGHT))
    question = OutgoingMail.objects.get(kind=OutgoingMail.Kind.QUESTION)
    OutgoingMail.objects.filter(pk=question.pk).update(
        state=Sending.SENT, sent_at=timezone.now() - dt.timedelta(days=3)
    )
    return question


@pytest.mark.parametrize(
    "text",
    [
        "죄송하지만 이번 건은 취소하겠습니다.",
        "Thank you, but please cancel our request.",
        "申し訳ありませんが、今回は見送らせていただきます。",
        "ขอยกเลิกการขอราคาครั้งนี้ครับ",
    ],
)
@pytest.mark.parametrize("label", ["inquiry", "quote"])
def test_who_cancels_reaches_a_person_and_is_left_in_peace(text: str, label: str) -> None:
    question = asked()

    email = carried(answers(question, text, label=label, subject=f"Re: {question.subject}"))

    request = QuoteRequest.objects.get()
    assert email.outcome == "review: the customer cancels or declines"
    assert email.request == request
    assert request.review == ["taken_back"]
    assert lifecycle.remind_due(timezone.now() + dt.timedelta(days=5)) == 0
    assert OutgoingMail.objects.count() == 1


def test_a_stranger_cancels_nothing() -> None:
    question = asked()

    email = carried(
        answers(question, "Please cancel.", label="inquiry", from_address="eve@other.example")
    )

    assert email.outcome == "filed"
    assert QuoteRequest.objects.get().review == []


def test_cancelling_a_quotation_orders_nothing() -> None:
    email = carried(answers(quoted(), "Please cancel our request, we do not proceed."))

    assert email.outcome == "review: the customer cancels or declines"
    assert not Order.objects.exists()


def test_answer_beside_the_point_reaches_a_person() -> None:
    question = asked()

    email = carried(answers(question, f"The container is 1 x 40ft, ETD {in_days(20)}."))

    assert email.outcome == "review: answer"
    assert OutgoingMail.objects.count() == 1


def test_later_answer_with_the_fact_is_priced() -> None:
    question = asked()
    carried(answers(question, f"The container is 1 x 40ft, ETD {in_days(20)}."))

    email = carried(answers(question, "Sorry: the gross weight is 9,800 kg."))

    assert email.outcome == "quoted"
    assert QuoteRequest.objects.get().review == []


def test_partial_answer_is_followed_by_what_is_still_missing() -> None:
    carried(asks(text="Please quote Busan to Shanghai, 1 x 40ft."))
    question = OutgoingMail.objects.get()

    carried(answers(question, "The gross weight is 9,800 kg."))

    first, second = OutgoingMail.objects.order_by("pk")
    assert second.key.endswith(":2")
    assert QuoteRequest.objects.get().asked == ["etd", "eta"]
    assert first.kind == second.kind


def test_answer_to_an_expired_request_revives_it() -> None:
    question = asked()
    QuoteRequest.objects.update(state=State.EXPIRED)

    email = carried(answers(question, "The gross weight is 9,800 kg.", from_address=KIM))

    assert email.outcome == "quoted"
    assert QuoteRequest.objects.get().state == State.QUOTED


def test_go_ahead_on_an_expired_quotation_says_so() -> None:
    mail = quoted()
    request = QuoteRequest.objects.get()
    request.quotations.update(valid_until=in_days(-1))
    lifecycle.expire_due(timezone.now())

    email = carried(answers(mail, f"Please proceed with {request.number}.", label="order"))

    assert email.outcome == "review: the quotation has expired"
