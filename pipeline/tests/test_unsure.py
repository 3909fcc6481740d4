"""A mail that the classifier is not sure of: a person says what it is, and nothing before that."""

from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from freight.models import Mode, Order, OutgoingMail, QuoteRequest, State
from freight.remarks import remark
from pipeline import labels, work
from pipeline.mailbox.ingest import receive
from pipeline.models import Email, Mailbox, Step, StepName
from pipeline.steps import FUNCTIONS
from pipeline.tests.factories import StepFactory
from pipeline.tests.test_steps import message
from pipeline.tests.test_steps_trade import answers, asks, carried, quoted
from pipeline.unsure import unsure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]
SHARES = {"quote": 0.41, "inquiry": 0.38, "spam": 0.11, "order": 0.10}
WHY = "quote 0.41, inquiry 0.38"


def guessed(label: str, **changes: Any) -> Email:
    """A mail that the model takes for `label`, hardly more than for another."""
    others = [name for name in SHARES if name != label]
    shares = dict(zip([label, *others], SHARES.values(), strict=True))
    return asks(label=label, probabilities=shares, **changes)


@pytest.mark.parametrize("label", SHARES)
def test_mail_of_any_label_waits_and_nothing_is_done(label: str) -> None:
    email = carried(guessed(label))

    assert email.label == label
    assert email.outcome.startswith(f"review: unsure: {label} 0.41, ")
    assert Email.objects.for_operator().get() == email
    assert not QuoteRequest.objects.exists()
    assert not OutgoingMail.objects.exists()
    assert not Order.objects.exists()


@pytest.mark.parametrize(("share", "waits"), [(0.4999, True), (0.5, False)])
def test_the_setting_is_the_bound(share: float, waits: bool) -> None:
    email = carried(asks(probabilities={"quote": share, "spam": 1 - share - 0.3, "order": 0.3}))
    assert Email.objects.for_operator().filter(pk=email.pk).exists() is waits
    assert QuoteRequest.objects.exists() is not waits


def test_zero_lets_every_label_count(settings: Any) -> None:
    settings.BUSYBEE_ABSTAIN_BELOW = 0.0
    assert carried(guessed("inquiry")).outcome == "filed"


@pytest.mark.parametrize("mode", [Mode.DRAFT, Mode.OBSERVE])
def test_no_mode_of_a_mailbox_takes_a_guess(mode: str) -> None:
    email = guessed("quote")
    Mailbox.objects.update(mode=mode)
    assert carried(Email.objects.get(pk=email.pk)).outcome == f"review: unsure: {WHY}"
    assert not QuoteRequest.objects.exists()


def test_the_machines_doubt_about_an_answer_is_settled_by_its_thread() -> None:
    quotation = quoted()
    email = carried(answers(quotation, "네, 진행해 주세요.", label="order", probabilities=SHARES))
    assert email.outcome == "ordered"
    assert QuoteRequest.objects.get().state == State.ORDERED


def test_a_doubtful_answer_that_settles_nothing_leaves_the_request_alone() -> None:
    quotation = quoted()
    email = carried(answers(quotation, "Hm.", label="quote", probabilities=SHARES))
    assert email.outcome == f"review: unsure: {WHY}"
    assert (email.request, QuoteRequest.objects.get().state) == (None, State.QUOTED)


def run_on(email: Email) -> Email:
    work.carry(email.pk, StepName.SAVE, FUNCTIONS, on=lambda _: True)
    return Email.objects.get(pk=email.pk)


def waits(label: str) -> Email:
    email = carried(guessed(label))
    for name in StepName:
        StepFactory.create(email=email, name=name)
    return email


@pytest.mark.parametrize(
    ("label", "said", "outcome"),
    [
        ("quote", "quote", "quoted"),
        ("inquiry", "quote", "quoted"),
        ("inquiry", "inquiry", "filed"),
        ("quote", "spam", "filed"),
    ],
)
def test_an_operators_word_sends_it_on_its_way(label: str, said: str, outcome: str) -> None:
    email = waits(label)
    labels.relabel(email, said, by="lee")
    email = run_on(email)

    assert (email.label, email.outcome, email.label_by) == (said, outcome, "lee")
    assert not Email.objects.for_operator().exists()
    assert QuoteRequest.objects.exists() is (said == "quote")


def test_the_same_word_on_a_mail_that_was_sure_runs_nothing_again() -> None:
    email = carried(asks())
    StepFactory.create(email=email, name=StepName.SAVE)
    labels.relabel(email, "quote", by="lee")
    assert set(Step.objects.values_list("state", flat=True)) == {Step.State.DONE}


def test_dealt_with_is_off_the_list_until_it_is_judged_anew(admin_client: Client) -> None:
    email = waits("inquiry")
    Email.objects.filter(pk=email.pk).update(handled_by="lee")
    assert not Email.objects.for_operator().exists()

    carried(Email.objects.get(pk=email.pk))
    assert Email.objects.for_operator().exists()


def test_a_better_model_takes_it_off_the_list() -> None:
    email = carried(guessed("quote"))
    email.probabilities = {**SHARES, "quote": 0.97}
    assert carried(email).outcome == "quoted"


def test_the_steps_say_why(settings: Any) -> None:
    settings.BUSYBEE_ABSTAIN_BELOW = 1.0
    box = Mailbox.objects.create(
        name="box", kind=Mailbox.Kind.DIRECTORY, directory="(test)", mode=Mode.AUTO
    )
    received = receive(message().as_bytes(), mailbox=box, uid="1")
    work.carry(received.email_id, StepName.EXTRACT, FUNCTIONS, on=lambda _: True)

    email = Email.objects.get()
    why = unsure(email.probabilities)
    assert why.startswith("unsure: quote ")
    assert email.outcome == f"review: {why}"
    reasons = dict(email.steps.values_list("name", "reason"))
    assert [reasons["classify"], reasons["save"]] == [why, why]
    assert not QuoteRequest.objects.exists()


def test_the_operator_sees_why(admin_client: Client) -> None:
    email = carried(guessed("quote"))
    told = f"분류기가 확신하지 못함 ({WHY})"
    with override("ko"):
        assert remark(email.outcome) == f"담당자 확인: {told}"
    page = admin_client.get(f"/admin/pipeline/email/{email.pk}/change/", follow=True)
    assert told in page.content.decode()


def test_a_mail_that_was_never_judged_is_no_doubt() -> None:
    assert unsure({}) == ""
    assert carried(asks(probabilities={}, label_by="lee")).outcome == "quoted"
