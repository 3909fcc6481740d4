"""What customers write under our mails, in the many ways that they do."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from freight import lifecycle, outbox
from freight.models import Order, OutgoingMail, QuoteRequest, State
from freight.tests.factories import in_days
from freight.tests.test_goahead import REFUSALS
from pipeline.bodies import new_text
from pipeline.models import Email
from pipeline.reading import understand
from pipeline.tests.factories import AttachmentFactory
from pipeline.tests.test_steps_trade import answers, asks, carried, quoted
from pipeline.tests.test_taken_back import asked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]
DECLINED = "review: the customer cancels or declines"
WEIGHTS = {
    "ko": "총중량은 9,800kg입니다.",
    "en": "Gross weight is 9,800 kg.",
    "ja": "総重量は9,800kgです。",
    "th": "น้ำหนักรวม 9,800 กก. ค่ะ",
}


@pytest.mark.parametrize("text", REFUSALS)
def test_who_declines_a_quotation_is_on_the_operators_list(text: str) -> None:
    email = carried(answers(quoted(), text, label="inquiry"))

    assert email.outcome == DECLINED
    assert list(Email.objects.for_operator()) == [email]


def test_who_cancels_one_and_goes_ahead_with_another_is_on_the_list_too() -> None:
    mail = quoted()
    text = "Cancel the previous one and go ahead with BB-2026-000002."
    email = carried(answers(mail, text, label="inquiry"))

    assert email in Email.objects.for_operator()
    assert not Order.objects.exists()


@pytest.mark.parametrize("changes", [{"dmarc": "fail"}, {"machine": "auto-replied"}, {}])
def test_number_and_a_borrowed_address_stop_nothing(changes: Any) -> None:
    request = quoted().request
    assert request is not None
    text = f"Please cancel {request.number}."
    email = carried(asks(text=text, label="inquiry", **{"dmarc": "none", **changes}))

    request.refresh_from_db()
    assert request.review == []
    assert email in Email.objects.for_operator()


def test_two_numbers_are_not_one_order() -> None:
    mail = quoted()
    assert mail.request is not None
    text = f"Please proceed with {mail.request.number} and BB-2020-000002."
    email = carried(answers(mail, text, label="order"))

    assert email.outcome == "review: the mail names several quotations"
    assert not Order.objects.exists()


def test_reply_is_to_the_mail_that_it_answers_not_to_the_newest_it_names() -> None:
    older, newer = quoted(), None
    carried(asks())
    newer = OutgoingMail.objects.order_by("pk").last()
    assert newer is not None
    assert newer.pk != older.pk
    email = answers(older, "Please proceed.", label="order")
    email.references = [older.message_id, newer.message_id]
    email.save()
    carried(email)

    assert Order.objects.get().quotation.request == older.request


@pytest.mark.parametrize("label", ["inquiry", "quote"])
def test_go_ahead_on_what_has_run_out_reaches_the_operator_with_the_reason(label: str) -> None:
    mail = quoted()
    QuoteRequest.objects.get().quotations.update(valid_until=in_days(-1))
    lifecycle.expire_due(timezone.now())
    email = carried(answers(mail, "Please proceed.", label=label))

    assert email.outcome == "review: the quotation has expired"
    assert email in Email.objects.for_operator()


@pytest.mark.parametrize("label", ["inquiry", "quote", "order"])
def test_fact_that_stands_in_a_file_only_is_an_answer(label: str) -> None:
    email = answers(asked(), "Please find the packing list attached.", label=label)
    AttachmentFactory.create(email=email, text="Gross weight: 9,800 kg")

    assert carried(email).outcome == "quoted"


def test_answer_that_also_says_go_ahead_is_an_answer() -> None:
    text = "The gross weight is 9,800 kg. Please proceed."
    assert carried(answers(asked(), text, label="order")).outcome == "quoted"


def test_cancelling_that_states_a_fact_is_not_priced() -> None:
    text = "Please cancel the shipment with gross weight 9,800 kg."
    carried(answers(asked(), text, label="quote"))

    request = QuoteRequest.objects.get()
    assert request.review == ["taken_back"]
    assert not request.quotations.exists()


def test_who_writes_back_is_not_silent() -> None:
    question = asked()
    QuoteRequest.objects.update(updated_at=timezone.now() - dt.timedelta(days=3))
    carried(answers(question, "Thanks, I ask our warehouse.", label="inquiry"))

    assert lifecycle.remind_due(timezone.now()) == 0


def reply_by(question: OutgoingMail, body: str, kind: str) -> str:
    """What is new in a reply with this body, as it is read from a raw mail."""
    head = f"From: kim@shipper.example\r\nIn-Reply-To: {question.message_id}\r\n"
    raw = f"{head}Content-Type: text/{kind}; charset=utf-8\r\n\r\n{body}".encode()
    return new_text(understand(raw).text)


@pytest.mark.parametrize("language", WEIGHTS)
@pytest.mark.parametrize("way", ["above", "html", "between", "outlook"])
def test_fact_is_read_wherever_it_is_written(language: str, way: str) -> None:
    question = asked()
    ours, said = outbox.readable(question), WEIGHTS[language]
    quote = "\n".join(f"> {line}" for line in ours.splitlines())
    lines = quote.splitlines()
    lines.insert(len(lines) // 2, f"\n{said}\n")
    as_html = ours.replace("\n", "<br>")
    body, kind = {
        "above": (f"{said}\n\nOn Monday BusyBee wrote:\n{quote}", "plain"),
        "html": (f"<div>{said}</div><blockquote type='cite'>{as_html}</blockquote>", "html"),
        "between": ("\n".join(lines), "plain"),
        "outlook": (
            f"<p>{said}</p><hr><p><b>From:</b> BusyBee<br><b>Sent:</b> Monday<br><b>To:</b> Kim"
            f"<br><b>Subject:</b> x</p><p>{as_html}</p>",
            "html",
        ),
    }[way]
    text = reply_by(question, body, kind)
    carried(answers(question, text, label="inquiry", language=language))

    request = QuoteRequest.objects.get()
    assert request.state == State.QUOTED
    assert request.gross_weight_kg == 9_800
