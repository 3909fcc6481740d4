"""Asking the customer for what is missing: a question mail with a chat link, never in circles."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse

from freight import letters, links, outbox
from freight.fields import FACT_NAMES
from freight.models import AddressProof, Mode, OutgoingMail, QuoteRequest, State

# who has not told us by then would rather talk to a person
MOST_QUESTIONS = 3
ASKED_ENOUGH = "asked_enough"


def await_customer(
    request: QuoteRequest, names: Sequence[str], now: dt.datetime, *, ask: bool
) -> None:
    """Let the request wait for its customer, and ask for the facts `names`, in the caller's
    transaction.

    The same is not asked twice: only what is missing after an answer. After MOST_QUESTIONS the
    request is for the operator. Nobody is asked in mode observe, nor at an unproven address.
    """
    if request.state != State.AWAITING_CUSTOMER:
        request.move(State.AWAITING_CUSTOMER)
    if not ask or not _may_write(request) or set(names) == set(request.asked):
        return
    number = _letters(request, OutgoingMail.Kind.QUESTION) + 1
    if number > MOST_QUESTIONS:
        request.review = sorted({*request.review, ASKED_ENOUGH})
        request.save(update_fields=["review", "updated_at"])
        return
    _send(request, OutgoingMail.Kind.QUESTION, number, names, now)
    request.asked = list(names)
    request.save(update_fields=["asked", "updated_at"])


def remind(request: QuoteRequest, now: dt.datetime, *, closes_on: dt.date) -> bool:
    """Whether the customer is reminded of the last question, which happens once, in the caller's
    transaction.
    """
    if (
        request.state != State.AWAITING_CUSTOMER
        or request.review
        or not _may_write(request)
        or _letters(request, OutgoingMail.Kind.REMINDER)
    ):
        return False
    names = request.asked or list(request.facts.missing())
    _send(request, OutgoingMail.Kind.REMINDER, 1, names, now, closes_on=closes_on)
    return True


def _may_write(request: QuoteRequest) -> bool:
    typed = request.address_proof == AddressProof.TYPED
    return not typed and request.present_mode != Mode.OBSERVE


def _letters(request: QuoteRequest, kind: str) -> int:
    """How many mails of `kind` the request has had; one that was sent again counts once."""
    keys = request.outgoing.filter(kind=kind).values_list("key", flat=True)
    return len({outbox.first_key(key) for key in keys})


def _send(
    request: QuoteRequest,
    kind: str,
    number: int,
    names: Sequence[str],
    now: dt.datetime,
    *,
    closes_on: dt.date | None = None,
) -> None:
    told = {"closes_on": closes_on} if closes_on else {}
    token = links.issue(request, now)
    letter = letters.write(
        kind,
        request.language,
        name=request.customer_name,
        number=request.number,
        asked=letters.asked_lines([name for name in FACT_NAMES if name in names], request.language),
        known=letters.fact_lines(request.facts, request.language),
        link=settings.BUSYBEE_PUBLIC_URL + reverse("chat:open", args=[token]),
        files=(),
        **told,
    )
    outbox.intend(
        key=f"{kind}:{request.number}:{number}",
        kind=kind,
        request=request,
        letter=letter,
        draft=request.present_mode == Mode.DRAFT,
    )
