"""The mail in its place: which request it belongs to, and what it is in the light of that."""

from collections.abc import Mapping
from typing import Any

from freight import extraction, orders
from freight.fields import Source
from freight.models import Mode, QuoteRequest, State
from pipeline.models import Email, Mailbox
from pipeline.work import Outcome


def run(email: Email) -> Outcome:
    """Label as the thread makes it, and the request that the mail opens or answers."""
    answered = _answered(email)
    label = _label_in_thread(email, answered)
    note = label if label == email.label else f"{email.label} lifted to {label} by its thread"
    if label != "quote" or email.request_id:
        return Outcome({"label": label}, note=note)
    if answered and answered.state in (State.EXTRACTED, State.AWAITING_CUSTOMER):
        return Outcome({"label": label, "request": answered}, note=f"{note}, {answered.number}")
    return Outcome({"label": label}, write=lambda: _open_request(email), note=note)


def _answered(email: Email) -> QuoteRequest | None:
    """The request one of whose mails this mail answers, if it is from that customer."""
    request = orders.threaded_request([email.in_reply_to, *email.references])
    if request and request.customer_address.lower() == _customer(email).lower():
        return request
    return None


def _label_in_thread(email: Email, answered: QuoteRequest | None) -> str:
    """A go-ahead that answers a quotation is an order; an answer that gives facts is a quote."""
    if email.label_by or email.machine or answered is None or email.label in ("spam", "order"):
        return email.label
    if answered.state == State.QUOTED and orders.is_go_ahead(email.new_text):
        return "order"
    if answered.state == State.AWAITING_CUSTOMER and _gives_facts(email):
        return "quote"
    return email.label


def _gives_facts(email: Email) -> bool:
    read = extraction.extract(
        [Source("body", email.new_text)], today=email.day(), language=email.language
    )
    return any(True for _ in read.facts.stated())


def _open_request(email: Email) -> Mapping[str, Any]:
    request = QuoteRequest.objects.create(
        mode=_mode(email.mailbox),
        language=email.language or "ko",
        customer_name=email.from_name,
        customer_address=_customer(email),
        subject=email.subject[:500],
        message_id=email.message_id,
        references=" ".join(email.references),
        machine=email.machine,
    )
    return {"request": request}


def _mode(mailbox: Mailbox | None) -> str:
    """Without lane rates nobody outside a demo folder is sent a price by a machine (DESIGN 6.3)."""
    if mailbox is None:
        return Mode.DRAFT
    if mailbox.kind == Mailbox.Kind.IMAP and mailbox.mode == Mode.AUTO:
        return Mode.DRAFT
    return mailbox.mode


def _customer(email: Email) -> str:
    return email.reply_to or email.from_address
