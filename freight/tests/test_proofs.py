"""Typed addresses: one mail that proves them, seldom, and nothing else before it was opened."""

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from freight import deliveries, lifecycle, links, outbox, proofs, quotes, standing
from freight.errors import StateConflict, UnprovenAddress
from freight.letters import Letter
from freight.models import AddressProof, ChatLink, OutgoingMail, QuoteRequest, Sending, State
from freight.proofs import Asked
from freight.tests.test_quotes import FACTS, make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]
NOW = timezone.now()
KINDS = OutgoingMail.Kind
HERS = "mina@customer.example"


def visitor(facts: Any = FACTS, **changes: Any) -> QuoteRequest:
    """A request that began in the widget; nobody has told an address."""
    values = {"customer_address": "", "customer_name": "", "address_proof": AddressProof.TYPED}
    return make_request(facts, **{**values, **changes})


def proof_mails() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=KINDS.PROOF).order_by("pk"))


def link_in(mail: OutgoingMail) -> ChatLink:
    token = outbox.readable(mail).split("/chat/")[1].split("/")[0]
    link = links.open_by_token(token, timezone.now())
    assert link is not None
    return link


def asked(address: str = HERS, **changes: Any) -> QuoteRequest:
    """A visitor's request whose proof is under way."""
    request = visitor(**changes)
    assert proofs.ask(request, address, NOW) == Asked.SENT
    return request


def test_complete_request_of_a_visitor_waits_unpriced() -> None:
    request = visitor()
    for address in ("", HERS):
        request.customer_address = address
        request.save()
        assert quotes.advance(request, NOW) == State.AWAITING_CUSTOMER
    request.refresh_from_db()
    assert not request.quotations.exists()
    assert not OutgoingMail.objects.exists()
    assert request.review == []


def test_missing_facts_are_not_asked_for_at_an_unproven_address() -> None:
    request = visitor(replace(FACTS, eta=None), customer_address=HERS)
    assert quotes.advance(request, NOW) == State.AWAITING_CUSTOMER
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != KINDS.PROOF])
def test_outbox_takes_nothing_else_for_an_unproven_address(kind: str) -> None:
    request = visitor(customer_address=HERS)
    with pytest.raises(UnprovenAddress):
        outbox.intend(key="x", kind=kind, request=request, letter=Letter("x", "x"), capped=False)


@pytest.mark.parametrize("language", ["ko", "en", "ja", "th"])
def test_proof_says_who_asked_and_nothing_that_a_visitor_wrote(language: str) -> None:
    request = asked(language=language, customer_name="Buy pills www.spam.example")
    (mail,) = proof_mails()
    letter = outbox.letter_of(mail)

    assert (mail.recipient, mail.state) == (HERS, Sending.QUEUED)
    assert str(request.number) in letter.subject
    for body in (letter.text, letter.html):
        assert "spam" not in body
        assert HERS not in body
        assert "18,500" not in body
        assert len(set(re.findall(r"http://\S+/chat/[\w-]{43}/", body))) == 1
    assert link_in(mail).proves == HERS


def test_proof_leaves_in_mode_draft_as_well() -> None:
    asked(mode="draft")
    assert proof_mails()[0].state == Sending.QUEUED
    assert standing.held(proof_mails()[0]) == ""


def test_opened_proof_lets_the_request_be_priced_at_once() -> None:
    request = asked()
    quotes.advance(request, NOW)
    request.refresh_from_db()

    assert proofs.prove(request, link_in(proof_mails()[0]), NOW)
    assert quotes.advance(request, NOW) == State.QUOTED
    quotation = OutgoingMail.objects.get(kind=KINDS.QUOTATION)
    assert (quotation.recipient, quotation.state) == (HERS, Sending.QUEUED)


def test_proof_that_is_opened_again_proves_nothing_more() -> None:
    request = asked()
    link = link_in(proof_mails()[0])
    assert proofs.prove(request, link, NOW)
    assert not proofs.prove(request, link, NOW)


def test_three_proofs_do_not_hold_back_the_quotation() -> None:
    request = asked("a@one.example")
    for address in ("b@two.example", HERS):
        assert proofs.ask(request, address, NOW) == Asked.SENT
    proofs.prove(request, link_in(proof_mails()[-1]), NOW)
    quotes.advance(request, NOW)
    assert OutgoingMail.objects.get(kind=KINDS.QUOTATION).state == Sending.QUEUED


def test_corrected_address_revokes_the_old_proof() -> None:
    request = asked("typo@customer.example")
    old = link_in(proof_mails()[0])
    assert proofs.ask(request, HERS, NOW) == Asked.SENT

    old.refresh_from_db()
    assert old.revoked_at is not None
    assert not proofs.prove(request, old, NOW)
    assert standing.overtaken(proof_mails()[1], NOW) == ""
    request.refresh_from_db()
    assert (request.customer_address, request.address_proof) == (HERS, AddressProof.TYPED)


def test_link_proves_only_the_address_it_was_mailed_to() -> None:
    request = asked()
    link = link_in(proof_mails()[0])
    QuoteRequest.objects.filter(pk=request.pk).update(customer_address="other@else.example")
    request.refresh_from_db()
    assert not proofs.prove(request, link, NOW)
    assert standing.overtaken(proof_mails()[0], NOW) == standing.NOTHING_TO_PROVE


def test_ordinary_link_of_the_conversation_proves_nothing() -> None:
    request = asked()
    link = links.open_by_token(links.issue(request, NOW), NOW)
    assert link is not None
    assert not proofs.prove(request, link, NOW)


@pytest.mark.parametrize("changed", ["revoked_at", "expires_at"])
def test_closed_link_proves_nothing(changed: str) -> None:
    request = asked()
    link = link_in(proof_mails()[0])
    ChatLink.objects.filter(pk=link.pk).update(**{changed: NOW - dt.timedelta(seconds=1)})
    assert not proofs.prove(request, link, NOW)


def test_same_address_is_not_mailed_again_unless_asked_for() -> None:
    request = asked()
    assert proofs.ask(request, HERS, NOW) == Asked.ALREADY
    assert proofs.ask(request, HERS, NOW, again=True) == Asked.SENT
    assert link_in(proof_mails()[0]).proves == HERS  # the first still opens


def test_a_conversation_mails_three_proofs() -> None:
    request = asked("a@one.example")
    assert proofs.ask(request, "b@two.example", NOW) == Asked.SENT
    assert proofs.ask(request, "c@three.example", NOW) == Asked.SENT
    assert proofs.ask(request, "d@four.example", NOW) == Asked.ENOUGH
    request.refresh_from_db()
    assert request.customer_address == "c@three.example"


@pytest.mark.parametrize(
    "same", [HERS, "Mina@Customer.example", "mina+1@customer.example", "mina+2@CUSTOMER.example"]
)
def test_a_mailbox_gets_two_proofs_an_hour_from_all_conversations(same: str) -> None:
    asked()
    asked()
    assert proofs.ask(visitor(), same, timezone.now()) == Asked.TOO_OFTEN
    assert len(proof_mails()) == 2


def test_a_mailbox_gets_five_proofs_a_day() -> None:
    for hours in (20, 16, 12, 8, 4):
        asked()
        OutgoingMail.objects.filter(pk=proof_mails()[-1].pk).update(
            created_at=NOW - dt.timedelta(hours=hours)
        )
    assert proofs.ask(visitor(), HERS, NOW) == Asked.TOO_OFTEN
    OutgoingMail.objects.filter(pk=proof_mails()[0].pk).update(
        created_at=NOW - dt.timedelta(hours=25)
    )
    assert proofs.ask(visitor(), HERS, NOW) == Asked.SENT


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("mina", Asked.UNUSABLE),
        ("mina@customer", Asked.UNUSABLE),
        ("mina@customer.example\r\nBcc: all@victims.example", Asked.UNUSABLE),
        ("a@x.example,b@y.example", Asked.UNUSABLE),
        ("미나@customer.example", Asked.UNUSABLE),
        ("mina@straße.example", Asked.UNUSABLE),
        ("a" * 250 + "@customer.example", Asked.UNUSABLE),
        ("quote@busybee.example", Asked.OWN),
        ("anyone@BusyBee.example", Asked.OWN),
        ("Desk@mail.example", Asked.OWN),
        ("no-reply@customer.example", Asked.UNREAD),
        ("NOREPLY+1@customer.example", Asked.UNREAD),
        ("MAILER-DAEMON@customer.example", Asked.UNREAD),
    ],
)
def test_refused_address_gets_no_mail(typed: str, code: Asked) -> None:
    apps.get_model("pipeline.Mailbox").objects.create(
        name="desk", host="imap.mail.example", username="desk@mail.example"
    )
    request = visitor()
    assert proofs.ask(request, typed, NOW) == code
    request.refresh_from_db()
    assert request.customer_address == ""
    assert not OutgoingMail.objects.exists()


def test_provider_domain_that_customers_write_from_is_not_ours_alone(
    settings: Any,
) -> None:
    settings.BUSYBEE_MAIL_FROM = "We <we@provider.example>"
    assert proofs.refusal("kim@provider.example") == Asked.OWN
    make_request(customer_address="lee@provider.example")
    assert proofs.refusal("kim@provider.example") is None
    assert proofs.refusal("we@provider.example") == Asked.OWN


def test_international_domain_travels_in_ascii_and_is_kept_as_typed() -> None:
    request = asked("kim@회사.example")
    assert proof_mails()[0].recipient == "kim@xn--3r8bp2u.example".replace(
        "xn--3r8bp2u", "회사".encode("idna").decode()
    )
    assert proofs.prove(request, link_in(proof_mails()[0]), NOW)


@pytest.mark.parametrize("state", [Sending.FAILED, Sending.UNDELIVERED])
def test_bounced_proof_is_found_and_the_address_forgotten(state: str) -> None:
    request = asked()
    OutgoingMail.objects.update(state=state)
    assert proofs.bounced() == proof_mails()

    link = link_in(proof_mails()[0])
    proofs.forget(request, NOW)
    assert proofs.bounced() == []
    link.refresh_from_db()
    assert link.revoked_at is not None


def test_bounce_of_an_earlier_address_says_nothing_of_the_present_one() -> None:
    request = asked("typo@customer.example")
    proofs.ask(request, HERS, NOW)
    OutgoingMail.objects.filter(pk=proof_mails()[0].pk).update(state=Sending.UNDELIVERED)
    assert proofs.bounced() == []


def test_operator_cannot_send_a_proof_to_another_address() -> None:
    asked()
    OutgoingMail.objects.update(state=Sending.UNDELIVERED)
    with pytest.raises(StateConflict, match="another address"):
        deliveries.send_again(proof_mails()[0], to="x@else.example", by="op", now=NOW)


def test_visitor_who_left_without_an_address_expires() -> None:
    request = visitor(replace(FACTS, eta=None))
    quotes.advance(request, NOW)
    after = timezone.now()
    assert lifecycle.expire_due(after + dt.timedelta(days=13)) == 0
    assert lifecycle.expire_due(after + dt.timedelta(days=15)) == 1
    request.refresh_from_db()
    assert request.state == State.EXPIRED


def test_kept_proof_loses_its_link_when_the_request_has_ended() -> None:
    request = asked()
    OutgoingMail.objects.update(state=Sending.SENT)
    QuoteRequest.objects.filter(pk=request.pk).update(state=State.EXPIRED)
    assert lifecycle.purge_links(NOW) == 1
    assert "/chat/" not in outbox.readable(proof_mails()[0])
