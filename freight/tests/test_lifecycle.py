"""What time does to requests: reminders, expiry, links that go."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from freight import lifecycle, links, outbox, quotes
from freight.models import Mode, OutgoingMail, QuoteRequest, Sending, State
from freight.tests.test_quotes import FACTS, make_request, seen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]
NOW = timezone.now()
KINDS = OutgoingMail.Kind
MISSING = replace(FACTS, gross_weight_kg=None, container=None)


def later(days: float) -> dt.datetime:
    return NOW + dt.timedelta(days=days)


def asked(**changes: Any) -> QuoteRequest:
    """A request whose question is with its customer."""
    request = make_request(MISSING, **changes)
    quotes.advance(request, NOW)
    OutgoingMail.objects.filter(request=request).update(state=Sending.SENT, sent_at=NOW)
    QuoteRequest.objects.filter(pk=request.pk).update(updated_at=NOW)
    request.refresh_from_db()
    return request


def letters_of(request: QuoteRequest, kind: str) -> list[OutgoingMail]:
    return list(request.outgoing.filter(kind=kind).order_by("pk"))


@pytest.mark.parametrize("language", ["ko", "en", "ja", "th"])
def test_silent_customer_is_reminded_once(language: str) -> None:
    request = asked(language=language)

    assert lifecycle.remind_due(later(1.9)) == 0
    assert lifecycle.remind_due(later(2.1)) == 1
    assert lifecycle.remind_due(later(3)) == 0

    (reminder,) = letters_of(request, KINDS.REMINDER)
    text = outbox.readable(reminder)
    assert reminder.state == Sending.QUEUED
    assert request.number
    assert request.number in reminder.subject
    assert "/chat/" in text
    assert text != outbox.readable(letters_of(request, KINDS.QUESTION)[0])
    assert request.chat_links.count() == 2


@pytest.mark.parametrize(
    "changes",
    [{"mode": Mode.OBSERVE}, {"review": ["dangerous"]}, {"state": State.DECLINED}],
)
def test_who_is_not_reminded(changes: dict[str, Any]) -> None:
    request = asked()
    QuoteRequest.objects.filter(pk=request.pk).update(**changes)

    assert lifecycle.remind_due(later(3)) == 0


def test_reminder_of_a_mailbox_in_draft_waits() -> None:
    request = asked(mode=Mode.DRAFT)
    lifecycle.remind_due(later(3))

    assert letters_of(request, KINDS.REMINDER)[0].state == Sending.DRAFT


def test_question_that_has_not_left_is_not_reminded_of() -> None:
    request = asked()
    OutgoingMail.objects.update(state=Sending.DRAFT, sent_at=None)

    assert lifecycle.remind_due(later(20)) == 0
    assert lifecycle.expire_due(later(20)) == 0
    request.refresh_from_db()
    assert request.state == State.AWAITING_CUSTOMER


def test_answer_puts_reminder_and_expiry_off() -> None:
    request = asked()
    weight = replace(FACTS, container=None)
    quotes.record_facts(request, weight, seen(weight), later(1.5))
    QuoteRequest.objects.filter(pk=request.pk).update(updated_at=later(1.5))

    assert lifecycle.remind_due(later(3)) == 0
    assert lifecycle.remind_due(later(3.6)) == 1
    assert lifecycle.expire_due(later(15)) == 0


def test_silent_request_expires_and_its_link_opens_nothing() -> None:
    request = asked()
    token = links.issue(request, NOW)
    lifecycle.remind_due(later(3))

    assert lifecycle.expire_due(later(13.9)) == 0
    assert lifecycle.expire_due(later(15.1)) == 1

    request.refresh_from_db()
    assert request.state == State.EXPIRED
    assert links.open_by_token(token, NOW) is None
    # the reminder had not left: it never will
    (reminder,) = letters_of(request, KINDS.REMINDER)
    assert (reminder.state, reminder.last_error) == (Sending.FAILED, lifecycle.EXPIRED)


def test_quoted_request_expires_with_its_last_quotation() -> None:
    request = make_request()
    quotes.advance(request, NOW)
    valid = request.quotations.get().valid_until
    noon = dt.time(12)

    on_the_day = timezone.make_aware(dt.datetime.combine(valid, noon))
    assert lifecycle.expire_due(on_the_day) == 0
    assert lifecycle.expire_due(on_the_day + dt.timedelta(days=1)) == 1
    request.refresh_from_db()
    assert request.state == State.EXPIRED


def test_expired_request_goes_on_when_facts_come() -> None:
    request = asked()
    lifecycle.expire_due(later(15))
    request.refresh_from_db()

    request.move(State.CONFIRMED)
    quotes.record_facts(request, FACTS, seen(FACTS), later(15))
    assert quotes.advance(request, NOW) == State.QUOTED


@pytest.mark.parametrize("ended", [State.EXPIRED, State.DECLINED, State.ORDERED])
def test_link_goes_out_of_the_kept_bytes_and_the_words_stay(ended: str) -> None:
    request = asked()
    (question,) = letters_of(request, KINDS.QUESTION)
    words = outbox.readable(question)
    assert lifecycle.purge_links(later(1)) == 0
    QuoteRequest.objects.filter(pk=request.pk).update(state=ended)

    assert lifecycle.purge_links(later(1)) == 1
    assert lifecycle.purge_links(later(1)) == 0

    question.refresh_from_db()
    kept = outbox.readable(question)
    assert "/chat/" in words
    assert "/chat/" not in kept
    assert b"/chat/" not in outbox.unseal(bytes(question.sealed))
    gone = {line for line in words.splitlines() if line not in kept.splitlines()}
    assert len(gone) == 1


def test_link_that_opens_nothing_any_more_goes_too(settings: Any) -> None:
    asked()
    OutgoingMail.objects.update(created_at=later(-settings.BUSYBEE_CHAT_LINK_DAYS - 1))

    assert lifecycle.purge_links(NOW) == 1


def test_mail_that_may_still_leave_keeps_its_link() -> None:
    request = asked()
    OutgoingMail.objects.update(state=Sending.UNCERTAIN)
    QuoteRequest.objects.filter(pk=request.pk).update(state=State.EXPIRED)

    assert lifecycle.purge_links(later(1)) == 0


def test_what_is_missing_after_an_answer_is_asked_for() -> None:
    request = asked()
    weight = replace(MISSING, gross_weight_kg=Decimal(9_000))
    quotes.record_facts(request, weight, seen(weight), NOW)
    quotes.advance(request, NOW)
    quotes.advance(request, NOW)

    first, second = letters_of(request, KINDS.QUESTION)
    assert second.key.endswith(":2")
    assert outbox.readable(first) != outbox.readable(second)


def test_nobody_is_asked_in_circles() -> None:
    request = asked()
    for container in ("", "20ft", "", "20ft"):
        request.refresh_from_db()
        request.container = container
        request.save()
        OutgoingMail.objects.update(created_at=later(-2))
        quotes.advance(request, NOW)

    request.refresh_from_db()
    assert len(letters_of(request, KINDS.QUESTION)) == 3
    assert request.review == ["asked_enough"]
