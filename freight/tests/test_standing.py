"""What has been overtaken while it waited does not leave, whoever wants it to."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from freight import deliveries, lifecycle, outbox, quotes, standing
from freight.errors import StateConflict
from freight.models import Mode, OutgoingMail, Quotation, QuoteRequest, Sending, State
from freight.tests.test_lifecycle import KINDS, NOW, asked, later
from freight.tests.test_quotes import FACTS, make_request, seen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]
MISSING = replace(FACTS, gross_weight_kg=None)


def queued(request: QuoteRequest) -> OutgoingMail:
    quotes.advance(request, timezone.now())
    return OutgoingMail.objects.get(request=request)


def price_changes(request: QuoteRequest) -> None:
    request.refresh_from_db()
    quotes.reopen(request)


def runs_out(request: QuoteRequest) -> None:
    request.quotations.update(valid_until=timezone.localdate() - dt.timedelta(days=1))


def answers(request: QuoteRequest) -> None:
    quotes.record_facts(request, FACTS, seen(FACTS), timezone.now())
    quotes.advance(request, timezone.now())


@pytest.mark.parametrize(
    ("facts", "happens", "reason"),
    [
        (FACTS, price_changes, standing.NO_LONGER_OFFERED),
        (FACTS, runs_out, standing.NO_LONGER_OFFERED),
        (MISSING, answers, standing.NO_LONGER_ASKED),
    ],
)
def test_overtaken_mail_never_leaves(
    facts: Any, happens: Callable[[QuoteRequest], None], reason: str
) -> None:
    request = make_request(facts)
    mail = queued(request)
    request.refresh_from_db()
    happens(request)

    assert outbox.send(mail.pk) == Sending.FAILED
    mail.refresh_from_db()
    assert (mail.attempt, mail.last_error) == (0, reason)
    assert not OutgoingMail.objects.for_operator().filter(pk=mail.pk).exists()
    with pytest.raises(StateConflict, match="overtaken"):
        outbox.retry(mail, by="lee")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"mode": Mode.OBSERVE}, standing.OBSERVED),
        ({"review": ["taken_back"]}, standing.LEFT_TO_OPERATOR),
    ],
)
def test_what_a_person_should_decide_meanwhile_waits(changes: Any, reason: str) -> None:
    mail = queued(make_request())
    QuoteRequest.objects.update(**changes)

    assert outbox.send(mail.pk) == Sending.DRAFT
    mail.refresh_from_db()
    assert (mail.attempt, mail.last_error) == (0, reason)


def test_nothing_is_released_while_the_mailbox_observes() -> None:
    mail = queued(make_request())
    QuoteRequest.objects.update(mode=Mode.OBSERVE)
    outbox.send(mail.pk)
    mail.refresh_from_db()

    with pytest.raises(StateConflict, match="observes"):
        outbox.release(mail, by="lee")


def test_uncertain_mail_that_is_overtaken_is_not_sent_again(settings: Any, tmp_path: Any) -> None:
    settings.BUSYBEE_JOURNAL_DIR = str(tmp_path)
    mail = queued(make_request())
    OutgoingMail.objects.update(state=Sending.UNCERTAIN, attempt=1)
    Quotation.objects.update(state=Quotation.State.SUPERSEDED)

    assert outbox.send(mail.pk) == Sending.UNCERTAIN
    mail.refresh_from_db()
    assert (mail.attempt, mail.next_at) == (1, None)


def test_relay_is_asked_only_after_a_last_look(settings: Any) -> None:
    mail = queued(make_request())
    QuoteRequest.objects.update(state=State.CONFIRMED)
    with pytest.raises(outbox.Stopped):
        outbox._last_look(mail.pk)


@pytest.mark.parametrize("state", [Sending.FAILED, Sending.UNDELIVERED])
def test_purged_mail_is_not_sent_again(state: str, settings: Any) -> None:
    request = asked()
    OutgoingMail.objects.update(state=state, created_at=later(-settings.BUSYBEE_CHAT_LINK_DAYS - 1))
    assert lifecycle.purge_links(NOW) == 1
    mail = OutgoingMail.objects.get()

    acts: dict[str, Callable[[], object]] = {
        Sending.FAILED: partial(outbox.release, mail, by="lee"),
        Sending.UNDELIVERED: partial(
            deliveries.send_again, mail, to="kim@new.example", by="lee", now=NOW
        ),
    }
    with pytest.raises(StateConflict, match="no longer kept"):
        acts[state]()
    request.refresh_from_db()
    assert request.customer_address != "kim@new.example"


def test_question_that_has_been_answered_is_not_sent_again() -> None:
    request = asked()
    OutgoingMail.objects.update(state=Sending.UNDELIVERED)
    answers(request)
    mail = OutgoingMail.objects.get(kind=KINDS.QUESTION)

    with pytest.raises(StateConflict, match="asked any more"):
        deliveries.send_again(mail, to="kim@new.example", by="lee", now=NOW)


def test_question_that_an_operator_calls_sent_is_reminded_of() -> None:
    asked()
    OutgoingMail.objects.update(state=Sending.UNCERTAIN, sent_at=None)
    outbox.settle(OutgoingMail.objects.get(), sent=True, by="lee")

    assert lifecycle.remind_due(later(3)) == 1


def test_second_question_that_waits_for_approval_is_not_reminded_of() -> None:
    request = asked()
    weight = replace(MISSING, gross_weight_kg=FACTS.gross_weight_kg, etd=None)
    quotes.record_facts(request, weight, seen(weight), NOW)
    OutgoingMail.objects.create(
        key="question:x:2", kind=KINDS.QUESTION, request=request, state=Sending.DRAFT,
        message_id="<2@x>", sealed=b"", recipient="kim@x.example", subject="s",
    )  # fmt: skip

    assert lifecycle.remind_due(later(3)) == 0
    assert lifecycle.expire_due(later(30)) == 0


@pytest.mark.parametrize(("review", "expired"), [(["answer"], 0), (["taken_back"], 1), ([], 1)])
def test_request_that_waits_for_an_operator_does_not_expire(review: Any, expired: int) -> None:
    asked()
    QuoteRequest.objects.update(review=review)

    assert lifecycle.expire_due(later(20)) == expired


def test_answer_between_the_look_and_the_expiry_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    request = asked()
    monkeypatch.setattr(lifecycle, "_some", lambda rows: [request.pk])
    QuoteRequest.objects.update(updated_at=later(19))

    assert lifecycle.expire_due(later(20)) == 0
    assert lifecycle.remind_due(later(20)) == 0
