"""The mail in its place: which request it belongs to, and what it is in the light of that."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from django.conf import settings

from freight import extraction, orders, own_places, quotes
from freight.extraction import commands
from freight.fields import Facts, Source
from freight.models import AddressProof, Mode, Quotation, QuoteRequest, State
from pipeline import bounces, threads
from pipeline.fact_sources import read_facts
from pipeline.models import Email, Mailbox
from pipeline.unsure import WAITS, unsure
from pipeline.work import Outcome

# in what stands for a name, and is none
NO_NAME = re.compile(r"[:;!?%<>{}=\n]|\d{4}")
# in a name that we greet with: what a mail program would make a link of
LINK = re.compile(r"@|://|www\.|[^\s.]{2,}\.[a-z]{2,}(?:[/\s]|$)", re.IGNORECASE)


def run(email: Email) -> Outcome:
    """The mail's conversation; its label as that makes it; the request that it opens or answers."""
    own_places.refresh()
    if bounces.is_report(email.machine) and not email.label_by:
        # it quotes the mail that came back: what stands there is nobody's wish
        return Outcome(write=lambda: threads.join(email), note=email.machine)
    placed = _placed(email)
    write = placed.write
    return replace(placed, write=lambda: {**threads.join(email), **(write() if write else {})})


def _placed(email: Email) -> Outcome:
    answered = _answered(email)
    told = _label_by_thread(email, answered)
    doubt = "" if told or email.label_by else unsure(email.probabilities)
    if doubt:
        return Outcome({"outcome": f"review: {doubt}"}, note=doubt)
    placed = _placed_as(email, told or email.label, answered)
    if email.outcome.startswith(WAITS):
        return replace(placed, changes={**placed.changes, "outcome": ""})
    return placed


def _placed_as(email: Email, label: str, answered: QuoteRequest | None) -> Outcome:
    note = label if label == email.label else f"{email.label} lifted to {label} by its thread"
    if label != "quote" or email.request_id:
        return Outcome({"label": label}, note=note)
    if answered and _belongs(email, answered):
        return Outcome(
            {"label": label, "request": answered},
            write=partial(_come_back_to, answered),
            note=f"{note}, {answered.number}",
        )
    lifted = label != email.label
    return Outcome({"label": label}, write=lambda: _open_request(email, lifted=lifted), note=note)


def _replied_ids(email: Email) -> list[str]:
    return [email.in_reply_to, *email.references]


def _answered(email: Email) -> QuoteRequest | None:
    """The request one of whose mails this mail answers, if it is from that customer."""
    if email.dmarc == "fail":
        return None
    request = orders.threaded_request(_replied_ids(email))
    if request is None or request.address_proof == AddressProof.TYPED:
        return None  # whoever typed that address reads what is told there, and may be anybody
    return request if request.customer_address.lower() == _customer(email).lower() else None


def _label_by_thread(email: Email, answered: QuoteRequest | None) -> str:
    """A go-ahead that answers a quotation is an order; an answer that gives facts is a quote.

    Empty where the thread does not tell.
    """
    if email.label_by or email.machine or answered is None or email.label == "spam":
        return ""
    offered = answered.quotations.filter(state=Quotation.State.ISSUED).exists()
    open_yet = offered and answered.state != State.ORDERED
    if open_yet and orders.accepts(email.new_text, _replied_ids(email)):
        return "order"  # of one that has run out or is being changed: the operator reads why not
    if email.label == "order" and (offered or not _tells(email, answered)):
        return ""
    if orders.taken_back(
        email.new_text, _replied_ids(email), number=None, sender=_customer(email)
    ) and not any(True for _ in _given(email).stated()):
        return "inquiry"
    waits = (State.AWAITING_CUSTOMER, State.EXPIRED)
    if answered.state in waits and _tells(email, answered):
        return "quote"
    if answered.state in (State.QUOTED, State.CONFIRMED) and _given(email).changes(answered.facts):
        return "quote"
    return ""


def _tells(email: Email, answered: QuoteRequest) -> bool:
    """Whether the mail states facts in its own words, or in its files some that are missing."""
    if any(True for _ in _given(email).stated()):
        return True
    files = email.attachments.exclude(text="").order_by("path")
    read = read_facts(
        (), files, today=email.day(), language=email.language, country=email.sender_country
    )
    return any(name in answered.facts.missing() for name, _ in read.facts.stated())


def _given(email: Email) -> Facts:
    """The facts in the mail's own words."""
    words = orders.own_words(email.new_text, _replied_ids(email))
    source = Source("body", words)
    return extraction.extract(
        [source], today=email.day(), language=email.language, country=email.sender_country
    ).facts


def _belongs(email: Email, answered: QuoteRequest) -> bool:
    """Whether a mail with facts is about the request it answers: another route is another one."""
    if answered.state not in (*quotes.WAITING, State.QUOTED, State.EXPIRED):
        return False
    if answered.state not in (State.QUOTED, State.CONFIRMED):
        return True
    given, known = _given(email), answered.facts
    ends = (given.origin, given.destination)
    return None in ends or ends == (known.origin, known.destination)


def _come_back_to(answered: QuoteRequest) -> Mapping[str, Any]:
    quotes.revive(answered)
    quotes.reopen(answered)
    return {}


def _open_request(email: Email, *, lifted: bool) -> Mapping[str, Any]:
    mode = _mode(email.mailbox)
    request = QuoteRequest.objects.create(
        mode=mode,
        language=email.language or "ko",
        customer_name=_greeted(email.from_name),
        customer_address=_customer(email),
        subject=email.subject[:500],
        message_id=email.message_id,
        references=" ".join(email.references),
        machine=email.machine,
        needs_lane_rate=_needs_lane_rate(email.mailbox),
        review=sorted(_doubts(email, mode, lifted=lifted)),
    )
    return {"request": request}


def _doubts(email: Email, mode: str, *, lifted: bool) -> Iterator[str]:
    """Why a person should look before this sender is answered."""
    if email.dmarc == "fail":
        yield "forged"
    if email.reply_to and _domain(email.reply_to) != _domain(email.from_address):
        yield "reply_to"
    read_by_model = not lifted and not email.label_by
    sure = email.probabilities.get("quote", 0) >= settings.BUSYBEE_AUTO_CONFIDENCE
    if mode == Mode.AUTO and read_by_model and not sure:
        yield "unsure"


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()


def _mode(mailbox: Mailbox | None) -> str:
    return Mode.DRAFT if mailbox is None else mailbox.mode


def _needs_lane_rate(mailbox: Mailbox | None) -> bool:
    """Only who writes to an embedded folder, as the demo's is one, may be sent the formula's price
    by a machine (DESIGN 6.3).
    """
    is_folder = mailbox is not None and mailbox.kind == Mailbox.Kind.DIRECTORY
    return not (is_folder and settings.BUSYBEE_EMBEDDED)


def _customer(email: Email) -> str:
    return email.reply_to or email.from_address


def _greeted(name: str) -> str:
    """The name if it is one that a person may have, else nothing: we mail it to that address."""
    speaks = LINK.search(name) or NO_NAME.search(name) or commands.address_a_machine(name)
    return "" if speaks else name
