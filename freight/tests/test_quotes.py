import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from freight import links, outbox, quotes
from freight.errors import StateConflict
from freight.fields import Container, Evidence, Facts
from freight.models import Mode, OutgoingMail, Quotation, QuoteRequest, Sending, State, Tariff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]
NOW = timezone.now()
TODAY = timezone.localtime(NOW).date()
FACTS = Facts(
    gross_weight_kg=Decimal(18_500),
    container=Container.FT40,
    etd=TODAY + dt.timedelta(days=20),
    eta=TODAY + dt.timedelta(days=25),
    origin="KRPUS",
    destination="CNSHA",
)


def seen(facts: Facts) -> dict[str, Evidence]:
    return {name: Evidence(str(value), "body", 0, 1, "rules") for name, value in facts.stated()}


def make_request(facts: Facts = FACTS, **changes: Any) -> QuoteRequest:
    values = {
        "customer_address": "kim@shipper.example",
        "customer_name": "김하나",
        "mode": Mode.AUTO,
        "needs_lane_rate": False,
    }
    request = QuoteRequest.objects.create(**{**values, **changes})
    quotes.record_facts(request, facts, seen(facts), NOW)
    return request


def test_complete_request_is_quoted_once() -> None:
    request = make_request()
    assert quotes.advance(request, NOW) == State.QUOTED
    assert quotes.advance(request, NOW) == State.QUOTED

    quotation = Quotation.objects.get()
    assert quotation.total == sum(Decimal(line["amount"]) for line in quotation.lines)
    assert quotation.total == Decimal(18_397_843)
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.state) == ("quotation", Sending.QUEUED)
    assert "18,397,843" in outbox.readable(mail)


@pytest.mark.parametrize("language", ["ko", "en", "ja", "th"])
def test_missing_facts_are_asked_for_once(language: str) -> None:
    request = make_request(replace(FACTS, gross_weight_kg=None, eta=None), language=language)
    assert quotes.advance(request, NOW) == State.AWAITING_CUSTOMER
    assert quotes.advance(request, NOW) == State.AWAITING_CUSTOMER

    mail = OutgoingMail.objects.get()
    text = outbox.readable(mail)
    assert mail.kind == "question"
    assert "1. " in text
    assert "2. " in text
    assert "3. " not in text
    token = text.split("/chat/")[1].split("/")[0]
    link = links.open_by_token(token, NOW)
    assert link is not None
    assert link.request_id == request.pk


def test_link_is_not_in_the_database_in_clear() -> None:
    quotes.advance(make_request(replace(FACTS, eta=None)), NOW)
    mail = OutgoingMail.objects.get()

    token = outbox.readable(mail).split("/chat/")[1].split("/")[0]
    assert token.encode() not in bytes(mail.sealed)


@pytest.mark.parametrize("changed", ["expires_at", "revoked_at"])
def test_expired_or_revoked_link_opens_nothing(changed: str) -> None:
    request = make_request()
    token = links.issue(request, NOW)
    request.chat_links.update(**{changed: NOW})

    assert links.open_by_token(token, NOW) is None


def test_fact_without_evidence_is_no_fact() -> None:
    request = make_request(Facts())
    quotes.record_facts(request, FACTS, {}, NOW)

    request.refresh_from_db()
    assert request.facts.missing() == Facts().missing()


def test_draft_mode_waits_for_an_operator() -> None:
    request = make_request(mode=Mode.DRAFT)
    assert quotes.advance(request, NOW) == State.CONFIRMED
    assert not OutgoingMail.objects.exists()

    quotes.approve(Quotation.objects.get(), by="operator", now=NOW)
    assert OutgoingMail.objects.get().state == Sending.QUEUED
    assert Quotation.objects.get().approved_by == "operator"


def test_draft_for_the_same_facts_is_not_made_again() -> None:
    request = make_request(mode=Mode.DRAFT)
    quotes.advance(request, NOW)
    quotes.advance(request, NOW)

    assert Quotation.objects.get().revision == 1


def test_draft_is_approved_once() -> None:
    quotes.advance(make_request(mode=Mode.DRAFT), NOW)
    first, second = Quotation.objects.get(), Quotation.objects.get()
    quotes.approve(first, by="one", now=NOW)

    with pytest.raises(StateConflict):
        quotes.approve(second, by="two", now=NOW)


def test_question_of_a_draft_mailbox_waits_too() -> None:
    quotes.advance(make_request(replace(FACTS, eta=None), mode=Mode.DRAFT), NOW)

    assert OutgoingMail.objects.get().state == Sending.DRAFT


def test_observe_mode_sends_nothing() -> None:
    quotes.advance(make_request(mode=Mode.OBSERVE), NOW)
    quotes.advance(make_request(replace(FACTS, eta=None), mode=Mode.OBSERVE), NOW)

    assert not OutgoingMail.objects.exists()


def test_price_above_the_limit_needs_approval(settings: Any) -> None:
    settings.BUSYBEE_APPROVAL_ABOVE_KRW = 18_000_000
    quotes.advance(make_request(), NOW)

    assert Quotation.objects.get().draft_reason == "approval limit"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"machine": "auto-replied"}, "machine"),
        ({"customer_address": "not an address"}, "address"),
        ({"review": ["lcl"]}, "lcl"),
    ],
)
def test_what_the_machine_may_not_decide_goes_to_the_operator(changes: Any, reason: str) -> None:
    request = make_request(**changes)
    assert quotes.advance(request, NOW) == State.EXTRACTED

    request.refresh_from_db()
    assert request.review == [reason]
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("changes", [{"machine": "auto-replied"}, {"review": ["lcl", "air"]}])
def test_what_an_operator_has_cleared_stays_cleared(changes: Any) -> None:
    request = make_request(**changes)
    quotes.advance(request, NOW)
    quotes.clear_review(request, by="lee", now=NOW)

    assert quotes.advance(request, NOW) == State.QUOTED
    request.refresh_from_db()
    assert request.review == []
    assert request.review_cleared == [
        {"reasons": changes.get("review", ["machine"]), "by": "lee", "at": NOW.isoformat()}
    ]


def test_clearing_decides_on_nothing_that_was_not_there() -> None:
    request = make_request(machine="auto-replied")
    quotes.clear_review(request, by="lee", now=NOW)

    assert quotes.advance(request, NOW) == State.EXTRACTED
    request.refresh_from_db()
    assert (request.review, request.review_cleared) == (["machine"], [])


def test_no_decision_makes_an_address_of_what_is_none() -> None:
    request = make_request(customer_address="not an address", review=["lcl"])
    quotes.advance(request, NOW)
    quotes.clear_review(request, by="lee", now=NOW)

    assert quotes.advance(request, NOW) == State.EXTRACTED
    request.refresh_from_db()
    assert request.review == ["address"]
    assert request.review_cleared[0]["reasons"] == ["lcl", "address"]


def test_clearing_sees_what_others_have_written_since() -> None:
    request = make_request(review=["lcl"])
    QuoteRequest.objects.filter(pk=request.pk).update(review=["lcl", "air"])
    quotes.clear_review(request, by="lee", now=NOW)
    quotes.clear_review(request, by="kim", now=NOW)

    assert request.review == []
    assert [entry["reasons"] for entry in request.review_cleared] == [["lcl", "air"]]


def test_operator_facts_carry_their_name() -> None:
    request = make_request(replace(FACTS, eta=None))
    quotes.record_operator_facts(request, {"eta": FACTS.eta, "containers": 2}, by="lee", now=NOW)

    request.refresh_from_db()
    assert request.fact_evidence["eta"].source == "operator:lee"
    assert (request.containers, quotes.advance(request, NOW)) == (2, State.QUOTED)


def test_operator_may_clear_a_fact() -> None:
    request = make_request()
    quotes.record_operator_facts(request, {"container": None}, by="lee", now=NOW)

    request.refresh_from_db()
    assert request.facts.missing() == ("container",)
    assert "container" not in request.fact_evidence


def test_newest_active_tariff_prices() -> None:
    Tariff.objects.create(name="dearer", base=Decimal(2_000_000))
    quotes.advance(make_request(), NOW)

    assert Quotation.objects.get().total == Decimal(18_397_843) + 1_200_000


def drafted(**changes: Any) -> tuple[QuoteRequest, Quotation]:
    request = make_request(**{"mode": Mode.DRAFT, **changes})
    quotes.advance(request, NOW)
    request.refresh_from_db()
    return request, request.quotations.get()


def test_price_of_facts_that_an_operator_corrected_is_not_approved() -> None:
    request, draft = drafted()
    quotes.record_operator_facts(request, {"containers": 2}, by="lee", now=NOW)

    with pytest.raises(StateConflict):
        quotes.approve(draft, by="lee", now=NOW)
    draft.refresh_from_db()
    assert draft.state == Quotation.State.SUPERSEDED
    quotes.advance(request, NOW)
    assert request.quotations.get(state=Quotation.State.DRAFT).revision == 2


def test_price_of_facts_that_changed_otherwise_is_not_approved() -> None:
    _request, draft = drafted()
    QuoteRequest.objects.update(gross_weight_kg=20_000)

    with pytest.raises(StateConflict, match="have changed"):
        quotes.approve(draft, by="lee", now=NOW)
    assert not OutgoingMail.objects.exists()


def test_offer_whose_departure_has_passed_is_not_approved() -> None:
    _request, draft = drafted()

    with pytest.raises(StateConflict, match="no longer stand"):
        quotes.approve(draft, by="lee", now=NOW + dt.timedelta(days=21))
    assert not OutgoingMail.objects.exists()


def test_validity_counts_from_the_approval() -> None:
    _request, draft = drafted()
    later = NOW + dt.timedelta(days=5)
    quotes.approve(draft, by="lee", now=later)

    draft.refresh_from_db()
    assert draft.valid_until == TODAY + dt.timedelta(days=5 + 14)
    day = f"{draft.valid_until.month}월 {draft.valid_until.day}일"
    assert day in outbox.readable(OutgoingMail.objects.get())


def test_draft_that_stands_is_valid_from_the_newest_look() -> None:
    request, _draft = drafted()
    quotes.advance(request, NOW + dt.timedelta(days=5))

    assert request.quotations.get().valid_until == TODAY + dt.timedelta(days=5 + 14)


def test_nothing_is_approved_while_only_observing() -> None:
    _request, draft = drafted(mode=Mode.OBSERVE)

    with pytest.raises(StateConflict, match="only observes"):
        quotes.approve(draft, by="lee", now=NOW)
    assert not OutgoingMail.objects.exists()


def test_approved_quotation_is_not_held_by_a_cap(settings: Any) -> None:
    settings.BUSYBEE_RECIPIENT_CAP = 1
    for _number in range(2):
        quotes.approve(drafted()[1], by="lee", now=NOW)

    assert [mail.state for mail in OutgoingMail.objects.all()] == [Sending.QUEUED] * 2


def test_operator_cannot_change_what_a_price_hangs_on() -> None:
    request = make_request()
    quotes.advance(request, NOW)

    with pytest.raises(StateConflict):
        quotes.record_operator_facts(request, {"containers": 2}, by="lee", now=NOW)


@pytest.mark.parametrize(("said", "priced"), [(1, 1), (None, 2), (3, 3)])
def test_number_of_containers_is_what_was_said_last(said: int | None, priced: int) -> None:
    request = make_request(replace(FACTS, containers=2))
    facts = Facts(container=Container.FT20, containers=said)
    quotes.record_facts(request, facts, seen(facts), NOW)
    quotes.advance(request, NOW)

    assert Quotation.objects.get().snapshot["facts"]["containers"] == priced
    assert f"20ft × {priced}" in outbox.readable(OutgoingMail.objects.get())


def test_number_of_containers_that_nobody_said_is_not_known() -> None:
    request = make_request()
    request.refresh_from_db()

    assert (request.containers, request.facts.boxes) == (None, 1)


def test_withdrawn_request_leaves_nothing_that_waits() -> None:
    request = make_request()
    links.issue(request, NOW)
    quotes.advance(request, NOW)
    assert quotes.withdraw(request, why="withdrawn: relabelled by lee", now=NOW)

    request.refresh_from_db()
    mail = OutgoingMail.objects.get()
    assert (request.state, request.quotations.get().state) == (State.DECLINED, "superseded")
    assert (mail.state, mail.last_error) == (Sending.FAILED, "withdrawn: relabelled by lee")
    assert not request.chat_links.filter(revoked_at=None).exists()


@pytest.mark.parametrize("left", [Sending.SENDING, Sending.SENT, Sending.UNCERTAIN])
def test_request_with_a_mail_that_may_have_left_is_not_withdrawn(left: str) -> None:
    request = make_request()
    quotes.advance(request, NOW)
    OutgoingMail.objects.update(state=left)

    assert not quotes.withdraw(request, why="withdrawn: relabelled by lee", now=NOW)
    request.refresh_from_db()
    assert (request.state, request.quotations.get().state) == (State.QUOTED, "issued")


@pytest.mark.parametrize(
    ("address", "reasons"), [("kim@한국.kr", []), ("김@shipper.example", ["address"])]
)
def test_only_a_domain_may_be_in_another_script(address: str, reasons: list[str]) -> None:
    request = make_request(customer_address=address)
    quotes.advance(request, NOW)

    request.refresh_from_db()
    assert request.review == reasons
