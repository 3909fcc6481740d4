"""From a request to a price: what is missing is asked for, what is complete is quoted, once."""

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from freight import outbox, own_places, pricing, questions, tariff, verification
from freight.errors import StateConflict
from freight.fields import FACT_NAMES, Evidence, Facts, evidence_as_json
from freight.models import (
    AddressProof,
    Mode,
    OutgoingMail,
    Quotation,
    QuoteRequest,
    Sending,
    State,
)
from freight.quotation_document import quoted_facts
from freight.quotation_letter import quotation_letter

logger = logging.getLogger(__name__)
OPERATOR_FACTS = (*FACT_NAMES, "containers")
# how a fact that is not there stands in its column
EMPTY = {"container": "", "origin": "", "destination": ""}
RATES_CHANGED = "rates have changed since this price was made: carry on again"
WAITING = (State.EXTRACTED, State.AWAITING_CUSTOMER, State.CONFIRMED)


def record_facts(
    request: QuoteRequest, facts: Facts, evidence: Mapping[str, Evidence], now: dt.datetime
) -> None:
    """Keep the stated facts that have evidence; others of the request stay as they are."""
    request.take(facts, dict(evidence))
    request.updated_at = now
    request.save(update_fields=[*FACT_NAMES, "containers", "evidence", "updated_at"])


@transaction.atomic
def record_operator_facts(
    request: QuoteRequest, changes: Mapping[str, Any], *, by: str, now: dt.datetime
) -> None:
    """Keep facts that an operator entered; the evidence is their word and name. None clears a
    fact. A draft quotation of the facts as they were is superseded.

    Raises StateConflict once a price hangs on the facts.
    """
    state = QuoteRequest.objects.select_for_update().values_list("state", flat=True)
    if state.get(pk=request.pk) not in WAITING:
        raise StateConflict("the request is priced or closed meanwhile")
    request.quotations.filter(state=Quotation.State.DRAFT).update(
        state=Quotation.State.SUPERSEDED, updated_at=now
    )
    evidence = dict(request.evidence)
    for name, value in changes.items():
        if name not in OPERATOR_FACTS:
            raise ValueError(f"{name} is not one of the facts")
        setattr(request, name, EMPTY.get(name) if value in (None, "") else value)
        evidence.pop(name, None)
        if value not in (None, ""):
            evidence.update(evidence_as_json({name: _word_of(by, value)}))
    request.evidence = evidence
    request.updated_at = now
    request.save(update_fields=[*FACT_NAMES, "containers", "evidence", "updated_at"])


def _word_of(operator: str, value: Any) -> Evidence:
    quote = str(value)
    return Evidence(quote, f"operator:{operator}", start=0, end=len(quote), method="operator")


@transaction.atomic
def advance(request: QuoteRequest, now: dt.datetime, *, ask: bool = True) -> str:
    """Price the request if its facts are complete and plausible, else ask for what is not (once).

    Returns the state it is in afterwards. What only a person may decide (`review`) stays as it is,
    and a visitor's request whose address is not proven waits for its customer, complete or not.
    """
    own_places.refresh()
    # the row's lock: two workers that advance one request must not both quote it
    request = QuoteRequest.objects.select_for_update().get(pk=request.pk)
    reasons = _reasons_for_operator(request)
    if reasons != request.review:
        request.review = reasons
        request.save(update_fields=["review"])
    if reasons or request.state not in WAITING:
        return request.state
    open_facts = [p.field for p in verification.problems(request.facts, today=_day(now))]
    if open_facts or request.address_proof == AddressProof.TYPED:
        questions.await_customer(request, list(dict.fromkeys(open_facts)), now, ask=ask)
    else:
        if request.state != State.CONFIRMED:
            request.move(State.CONFIRMED)
        price = pricing.priced(request.facts)
        if price.total > pricing.MOST:
            leave_to_operator(request, "price")
        else:
            _quote(request, price, now)
    return request.state


@transaction.atomic
def clear_review(request: QuoteRequest, *, by: str, now: dt.datetime) -> None:
    """Take off what was left to the operator; who decided so, when and on what is kept.

    A machine's mail stays cleared. An address that no mail can go to is found again by `advance`.
    """
    row = QuoteRequest.objects.select_for_update().get(pk=request.pk)
    if row.review:
        entry = {"reasons": row.review, "by": by, "at": now.isoformat()}
        row.review, row.review_cleared = [], [*row.review_cleared, entry]
        row.save(update_fields=["review", "review_cleared", "updated_at"])
        logger.info("review of request %s cleared", row.pk)
    request.review, request.review_cleared = row.review, row.review_cleared


def _reasons_for_operator(request: QuoteRequest) -> list[str]:
    reasons = [reason for reason in request.review if reason not in ("machine", "address")]
    decided = {reason for entry in request.review_cleared for reason in entry["reasons"]}
    if request.machine and "machine" not in decided:
        reasons.append("machine")
    typed = request.address_proof == AddressProof.TYPED  # the conversation asks for it
    if not typed and outbox.usable_address(request.customer_address) is None:
        reasons.append("address")
    return reasons


def _quote(request: QuoteRequest, price: tariff.Price, now: dt.datetime) -> Quotation:
    earlier = request.quotations.order_by("-revision").first()
    if earlier and earlier.state == Quotation.State.DRAFT and earlier.snapshot == price.snapshot:
        # the same facts at the same rates: what waits for approval stands
        earlier.valid_until = pricing.valid_until(price.snapshot, _day(now))
        earlier.save(update_fields=["valid_until", "updated_at"])
        return earlier
    request.quotations.exclude(state=Quotation.State.REFUSED).update(
        state=Quotation.State.SUPERSEDED, updated_at=now
    )
    quotation = Quotation.objects.create(
        request=request,
        revision=earlier.revision + 1 if earlier else 1,
        currency=price.currency,
        total=price.total,
        lines=[
            {"code": line.code, "amount": str(line.amount), "data": line.data}
            for line in price.lines
        ],
        snapshot=price.snapshot,
        valid_until=pricing.valid_until(price.snapshot, _day(now)),
        draft_reason=pricing.draft_reason(request, price),
    )
    if not quotation.draft_reason:
        _issue(quotation, now, capped=True)
    return quotation


def intent_key(quotation: Quotation) -> str:
    """The outbox's key of the mail that carries this revision."""
    return f"quotation:{quotation.request.number}:{quotation.revision}"


def stands(request: QuoteRequest, key: str, now: dt.datetime) -> bool:
    """Whether the mail of intent `key` carries the price that its customer may still accept."""
    latest = request.quotations.filter(state=Quotation.State.ISSUED).order_by("-revision").first()
    if latest is None or latest.valid_until < _day(now) or request.state != State.QUOTED:
        return False
    return outbox.first_key(key) == intent_key(latest)


def _check_issuable(quotation: Quotation, request: QuoteRequest, now: dt.datetime) -> None:
    """Raise StateConflict where this price may not go to the customer, or not any more."""
    facts = quoted_facts(quotation)
    if request.present_mode == Mode.OBSERVE:
        raise StateConflict("nothing is sent while the mailbox only observes")
    if facts != replace(request.facts, containers=request.facts.boxes):
        raise StateConflict("the facts have changed since this price was made: carry on again")
    if verification.problems(facts, today=_day(now)):
        raise StateConflict("the facts no longer stand, the departure has passed: carry on again")


def _issue(quotation: Quotation, now: dt.datetime, *, capped: bool, by: str = "") -> None:
    """Make the quotation binding and intend its mail, in the transaction of the caller, who holds
    the request's lock. It is valid from now on. Raises StateConflict.
    """
    request = quotation.request
    _check_issuable(quotation, request, now)
    valid_until = pricing.valid_until(quotation.snapshot, _day(now))
    quotation.move(
        Quotation.State.ISSUED, valid_until=valid_until, issued_on=_day(now), approved_by=by
    )
    request.move(State.QUOTED)
    outbox.intend(
        key=intent_key(quotation),
        kind=OutgoingMail.Kind.QUOTATION,
        request=request,
        letter=quotation_letter(quotation),
        capped=capped,
    )


def _locked(quotation: Quotation) -> QuoteRequest:
    """The quotation's request, locked and read anew: always before the quotation itself."""
    request = QuoteRequest.objects.select_for_update().get(pk=quotation.request_id)
    quotation.request = request
    return request


@transaction.atomic
def approve(quotation: Quotation, *, by: str, now: dt.datetime) -> None:
    """Issue a draft quotation; raises StateConflict with the reason why it may not be issued."""
    own_places.refresh()
    _locked(quotation)
    if pricing.priced(quoted_facts(quotation)).snapshot != quotation.snapshot:
        raise StateConflict(RATES_CHANGED)
    _issue(quotation, now, capped=False, by=by)
    logger.info("quotation %s approved", quotation.pk)


@transaction.atomic
def refuse(quotation: Quotation, *, by: str) -> None:
    """Put a draft quotation aside: nothing is sent, the request is declined."""
    request = _locked(quotation)
    quotation.move(Quotation.State.REFUSED)
    request.move(State.DECLINED)
    logger.info("quotation %s refused by %s", quotation.pk, by)


def leave_to_operator(request: QuoteRequest, reason: str) -> None:
    """Add `reason` to why the machine may not carry on, in the caller's transaction."""
    request.review = sorted({*request.review, reason})
    request.save(update_fields=["review", "updated_at"])


@transaction.atomic
def revive(request: QuoteRequest) -> None:
    """Let an expired request go on: its customer has come back to it with facts."""
    row = QuoteRequest.objects.select_for_update().get(pk=request.pk)
    if row.state == State.EXPIRED:
        row.move(State.CONFIRMED, asked=[])


@transaction.atomic
def reopen(request: QuoteRequest, *, by_hand: bool = True) -> None:
    """Take back a quoted request whose customer wants changes: an operator carries it on.

    The quotation that is out can't be ordered meanwhile; the next revision supersedes it. Not
    `by_hand` where the customer has confirmed the changed facts: then the machine may price them.
    """
    row = QuoteRequest.objects.select_for_update().get(pk=request.pk)
    if row.state == State.QUOTED:
        reasons = {*row.review, "correction"} if by_hand else {*row.review}
        row.move(State.CONFIRMED, review=sorted(reasons))


@transaction.atomic
def withdraw(request: QuoteRequest, *, why: str, now: dt.datetime) -> bool:
    """Undo a request that was never one: whether it could be, which is as long as nothing left us.

    Mails that wait are given up with `why`, quotations superseded, chat links closed.
    """
    row = QuoteRequest.objects.select_for_update().get(pk=request.pk)
    if row.state not in (*WAITING, State.QUOTED):
        return False
    mails = list(row.outgoing.select_for_update())
    if any(mail.state not in (Sending.DRAFT, Sending.QUEUED, Sending.FAILED) for mail in mails):
        return False
    for mail in mails:
        if mail.state != Sending.FAILED:
            mail.move(Sending.FAILED, last_error=why[:300], next_at=None)
    row.quotations.filter(state__in=[Quotation.State.DRAFT, Quotation.State.ISSUED]).update(
        state=Quotation.State.SUPERSEDED, updated_at=now
    )
    row.chat_links.filter(revoked_at=None).update(revoked_at=now)
    row.move(State.DECLINED)
    return True


def _day(now: dt.datetime) -> dt.date:
    return timezone.localtime(now).date()
