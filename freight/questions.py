"""Asking the customer for what is missing: a question mail with a chat link, once."""

import datetime as dt

from django.conf import settings
from django.urls import reverse

from freight import letters, links, outbox
from freight.fields import FACT_NAMES
from freight.models import Mode, OutgoingMail, QuoteRequest, State


def await_customer(request: QuoteRequest, names: list[str], now: dt.datetime, *, ask: bool) -> None:
    """Let the request wait for its customer, and ask for the facts `names`, in the caller's
    transaction. It is asked once; not in mode observe.
    """
    if request.state != State.AWAITING_CUSTOMER:
        request.move(State.AWAITING_CUSTOMER)
    asked_before = OutgoingMail.objects.filter(request=request, kind=OutgoingMail.Kind.QUESTION)
    mode = request.present_mode
    if not ask or mode == Mode.OBSERVE or asked_before.exists():
        return
    token = links.issue(request, now)
    letter = letters.write(
        "question",
        request.language,
        name=request.customer_name,
        number=request.number,
        asked=letters.asked_lines([name for name in FACT_NAMES if name in names], request.language),
        known=letters.fact_lines(request.facts, request.language),
        link=settings.BUSYBEE_PUBLIC_URL + reverse("chat:open", args=[token]),
    )
    outbox.intend(
        key=f"question:{request.number}:1",
        kind=OutgoingMail.Kind.QUESTION,
        request=request,
        letter=letter,
        draft=mode == Mode.DRAFT,
    )
