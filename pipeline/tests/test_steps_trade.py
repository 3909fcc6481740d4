"""What the last two steps make of a mail: whom they answer, what they order, what waits."""

from typing import Any

import pytest
from django.utils import timezone

from freight import outbox, proofs, quotes
from freight.models import (
    AddressProof,
    Mode,
    Order,
    OutgoingMail,
    Quotation,
    QuoteRequest,
    Sending,
    State,
)
from freight.tests.factories import QuoteRequestFactory, in_days
from pipeline import labels
from pipeline.bodies import new_text
from pipeline.models import Email
from pipeline.steps import llm_extract, save
from pipeline.tests.factories import AttachmentFactory, EmailFactory, MailboxFactory, StepFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]
KIM = "kim@shipper.example"
UNSURE = {"quote": 0.61, "spam": 0.20, "inquiry": 0.10, "order": 0.09}


def asks(**changes: Any) -> Email:
    """A mail with all six facts to a mailbox in mode auto."""
    text = (
        "Please quote Busan to Shanghai, 2 x 40ft, gross weight 18,500 kg, "
        f"ETD {in_days(20)}, ETA {in_days(30)}."
    )
    values = {"from_address": KIM, "from_name": "Kim", "language": "en", "subject": "q"}
    box = MailboxFactory.create(mode=Mode.AUTO)
    return EmailFactory.create(**{**values, "text": text, "mailbox": box, **changes})


def carried(email: Email) -> Email:
    """The mail after its last two steps."""
    for step in (save.run, llm_extract.run):
        outcome = step(email)
        changes = {**outcome.changes, **(outcome.write() if outcome.write else {})}
        Email.objects.filter(pk=email.pk).update(**changes)
        email.refresh_from_db()
    return email


def quoted() -> OutgoingMail:
    carried(asks())
    return OutgoingMail.objects.get(kind=OutgoingMail.Kind.QUOTATION)


def answers(mail: OutgoingMail, text: str, **changes: Any) -> Email:
    thread = {"in_reply_to": mail.message_id, "references": [mail.message_id], "dmarc": "none"}
    return asks(**{"subject": f"Re: {mail.subject}", **thread, "text": text, **changes})


def test_mail_that_a_person_need_not_read_is_quoted() -> None:
    assert quoted().state == Sending.QUEUED


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"dmarc": "fail"}, "forged"),
        ({"reply_to": "victim@bank.example"}, "reply_to"),
        ({"probabilities": UNSURE}, "unsure"),
    ],
)
def test_doubtful_mail_is_not_answered(changes: Any, reason: str) -> None:
    email = carried(asks(**changes))

    assert email.outcome == f"review: {reason}"
    assert QuoteRequest.objects.for_operator().get().review == [reason]
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(("notes", "waits"), [([], False), (["ocr"], True)])
def test_a_person_looks_at_facts_that_were_read_from_a_picture(
    notes: list[str], waits: bool
) -> None:
    email = asks(
        text=f"Busan to Shanghai, 40ft, ETD {in_days(20)}, ETA {in_days(30)}. Please quote."
    )
    AttachmentFactory.create(email=email, text="Gross weight: 18,500 kg", notes=notes)

    carried(email)

    assert (email.outcome == "review: ocr") is waits
    assert Quotation.objects.exists() is not waits


@pytest.mark.parametrize(
    "changes",
    [
        {"reply_to": "sales@Shipper.example"},
        {"probabilities": UNSURE, "label_by": "lee"},
        {"probabilities": {**UNSURE, "quote": 0.71}},
    ],
)
def test_what_is_no_doubt(changes: Any) -> None:
    assert carried(asks(**changes)).outcome == "quoted"


@pytest.mark.parametrize("name", ["http://evil.example/pay", "a@b.example", "Pay at evil.com/x"])
def test_name_with_a_link_is_not_greeted(name: str) -> None:
    carried(asks(from_name=name))

    mail = OutgoingMail.objects.get()
    assert mail.request is not None
    assert mail.request.customer_name == ""
    assert name not in outbox.readable(mail)


def test_forged_answer_adds_nothing_to_the_request() -> None:
    mail = quoted()
    carried(answers(mail, "The weight is 24,000 kg.", dmarc="fail"))

    assert mail.request is not None
    mail.request.refresh_from_db()
    assert mail.request.state == State.QUOTED
    assert mail.request.gross_weight_kg == 18_500


def test_go_ahead_in_the_thread_is_an_order() -> None:
    email = carried(answers(quoted(), "Please proceed.", label="inquiry"))

    assert (email.label, email.outcome) == ("order", "ordered")


@pytest.mark.parametrize("label", ["inquiry", "order"])
@pytest.mark.parametrize(
    ("say", "mark"),
    [
        ("Too expensive, sorry.", "________________________________\n"),
        ("", "From: BusyBee <quote@busybee.example>\nSent: Monday\nTo: Kim\nSubject: x\n\n"),
    ],
)
def test_our_own_letter_orders_nothing(label: str, say: str, mark: str) -> None:
    mail = quoted()
    text = new_text(f"{say}\n\n{mark}{outbox.readable(mail)}")
    assert "Please proceed with" in text
    carried(answers(mail, text, label=label))

    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"machine": "auto-submitted"}, "review: a machine has sent it"),
        ({}, "review: the mail does not plainly accept the quotation"),
    ],
)
def test_model_alone_orders_nothing(changes: Any, reason: str) -> None:
    text = "I am out of office. For urgent purchase orders call our order desk, PO 4711."
    email = carried(answers(quoted(), text, label="order", **changes))

    assert email.outcome == reason
    assert list(Email.objects.for_operator()) == [email]
    assert not Order.objects.exists()


def test_operators_word_orders() -> None:
    carried(answers(quoted(), "As agreed on the phone.", label="order", label_by="lee"))

    assert Order.objects.exists()


@pytest.mark.parametrize("label", ["quote", "inquiry"])
def test_correction_after_the_quotation_waits_on_the_old_request(label: str) -> None:
    email = answers(quoted(), "Sorry, the weight is 24,000 kg. Please revise.", label=label)

    assert carried(email).outcome == "review: correction"
    request = QuoteRequest.objects.for_operator().get()
    assert QuoteRequest.objects.count() == 1
    assert request.state == State.CONFIRMED
    assert request.gross_weight_kg == 24_000

    quotes.clear_review(request, by="lee", now=timezone.now())
    quotes.advance(request, timezone.now())
    assert request.quotations.get(state=Quotation.State.ISSUED).revision == 2


def test_old_price_cannot_be_accepted_after_a_correction() -> None:
    mail = quoted()
    carried(answers(mail, "Sorry, the weight is 24,000 kg. Please revise."))
    carried(answers(mail, "Please proceed.", label="order"))

    assert not Order.objects.exists()


def test_go_ahead_with_other_facts_waits() -> None:
    email = carried(answers(quoted(), "Please proceed with 1 x 40ft.", label="order"))

    assert email.outcome == "review: the mail changes the facts of the quotation"


def test_another_route_in_an_old_thread_is_another_request() -> None:
    carried(answers(quoted(), "Please quote Incheon to Hamburg, 1 x 20ft, too."))

    assert QuoteRequest.objects.count() == 2
    assert QuoteRequest.objects.order_by("pk")[0].state == State.QUOTED


def test_correction_of_a_draft_prices_it_anew() -> None:
    question = carried(asks(text="Busan to Shanghai, 1 x 20ft", mailbox=None))
    assert question.outcome == "asked"
    mail = OutgoingMail.objects.get()
    facts = f"Weight 9,000 kg, ETD {in_days(20)}, ETA {in_days(30)}."
    assert carried(answers(mail, facts)).outcome == "draft"
    carried(answers(mail, "Sorry, the weight is 9,500 kg."))

    states = Quotation.objects.order_by("revision").values_list("state", flat=True)
    assert list(states) == ["superseded", "draft"]


def test_fewer_containers_are_priced() -> None:
    question = carried(asks(text="Busan to Shanghai, 2 x 40ft, gross weight 18,500 kg"))
    assert question.outcome == "asked"
    facts = f"Make it 1 x 20ft. ETD {in_days(20)}, ETA {in_days(30)}."
    carried(answers(OutgoingMail.objects.get(), facts))

    request = QuoteRequest.objects.get()
    assert (request.container, request.containers) == ("20ft", 1)
    assert request.fact_evidence["containers"].quote.startswith("1 x 20ft")


def test_mailbox_that_observes_by_now_sends_nothing_for_what_it_had_opened() -> None:
    email = carried(asks(text="Busan to Shanghai, 1 x 20ft"))
    assert email.mailbox is not None
    email.mailbox.mode = Mode.OBSERVE
    email.mailbox.save()
    facts = f"Weight 9,000 kg, ETD {in_days(20)}, ETA {in_days(30)}."
    carried(answers(OutgoingMail.objects.get(), facts, mailbox=email.mailbox))

    assert Quotation.objects.get().draft_reason == "mode observe"
    assert not OutgoingMail.objects.filter(kind=OutgoingMail.Kind.QUOTATION).exists()


def relabelled(email: Email, label: str) -> Email:
    labels.relabel(email, label, by="lee")
    email.refresh_from_db()
    return carried(email)


def test_labelling_back_withdraws_what_has_not_left() -> None:
    email = asks(label="spam")
    StepFactory.create(email=email, name="save")
    relabelled(email, "quote")
    assert OutgoingMail.objects.get().state == Sending.QUEUED
    relabelled(email, "spam")

    assert (email.outcome, email.request) == ("filed", None)
    assert QuoteRequest.objects.get().state == State.DECLINED
    assert OutgoingMail.objects.get().last_error == "withdrawn: relabelled by lee"
    assert relabelled(email, "quote").outcome == "quoted"
    assert QuoteRequest.objects.count() == 2


def test_labelling_back_leaves_what_has_left() -> None:
    email = carried(asks())
    OutgoingMail.objects.update(state=Sending.SENT)
    labels.relabel(email, "spam", by="lee")

    assert QuoteRequest.objects.get().state == State.QUOTED


def test_labelling_an_answer_leaves_its_request() -> None:
    request = QuoteRequestFactory.create()
    asked, answered = asks(request=request), asks(request=request)
    labels.relabel(answered, "inquiry", by="lee")

    request.refresh_from_db()
    assert request.state == State.EXTRACTED
    labels.relabel(asked, "spam", by="lee")
    request.refresh_from_db()
    assert request.state == State.DECLINED


def test_answer_to_a_proof_that_somebody_else_asked_for_stays_out_of_that_conversation() -> None:
    """A visitor of the widget names Kim's address and reads what is in the conversation."""
    empty = {"gross_weight_kg": None, "container": "", "etd": None, "eta": None}
    theirs = QuoteRequestFactory.create(
        **empty, origin="", destination="", customer_address="", address_proof=AddressProof.TYPED
    )
    assert proofs.ask(theirs, KIM, timezone.now()) == proofs.Asked.SENT
    theirs.move(State.AWAITING_CUSTOMER)

    email = carried(answers(OutgoingMail.objects.get(), asks().text))

    theirs.refresh_from_db()
    assert (theirs.facts.origin, theirs.facts.gross_weight_kg) == (None, None)
    assert email.request_id != theirs.pk
