"""What the console's pages of one request, quotation or outgoing mail show."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import get_language

from freight import letters
from freight.fact_rows import cleared_labels, fact_rows, review_labels, route
from freight.models import OutgoingMail, Quotation, QuoteRequest, Sending, State
from freight.remarks import remark

REQUEST_COLOURS = {
    State.EXTRACTED: "info",
    State.AWAITING_CUSTOMER: "warning",
    State.CONFIRMED: "info",
    State.QUOTED: "primary",
    State.ORDERED: "success",
}
QUOTATION_COLOURS = {
    Quotation.State.DRAFT: "warning",
    Quotation.State.ISSUED: "success",
    Quotation.State.REFUSED: "danger",
}
MAIL_COLOURS = {
    Sending.DRAFT: "warning",
    Sending.QUEUED: "info",
    Sending.SENDING: "info",
    Sending.SENT: "success",
    Sending.FAILED: "danger",
    Sending.UNCERTAIN: "warning",
    Sending.UNDELIVERED: "danger",
}


MAIL_COLUMNS = ("subject", "from_name", "from_address", "received_at", "outcome", "request")


def won(amount: Decimal, currency: str = "KRW") -> str:
    """An amount with thousands separators and its currency."""
    decimals = 0 if amount == amount.to_integral_value() else 2
    return f"{number_format(amount, decimals, force_grouping=True)} {currency}"


def request_page(row: QuoteRequest) -> dict[str, Any]:
    """What the page of one request shows besides the form: three queries."""
    outgoing = list(row.outgoing.defer("sealed").order_by("-pk")[:50])
    return {
        "facts": fact_rows(row),
        "route": route(row),
        "review": review_labels(row),
        "cleared": cleared_labels(row),
        "state_colour": REQUEST_COLOURS.get(State(row.state), ""),
        "quotations": [quotation_page(item) for item in row.quotations.all()],
        "outgoing": [
            (mail, MAIL_COLOURS.get(Sending(mail.state), ""), remark(mail.last_error))
            for mail in outgoing
        ],
        "undelivered": [
            (mail, remark(mail.last_error))
            for mail in outgoing
            if mail.state == Sending.UNDELIVERED and not mail.seen_to
        ],
        "received": [(mail, remark(mail.outcome)) for mail in row.emails.only(*MAIL_COLUMNS)[:50]],
    }


def reports_on(mail: OutgoingMail) -> QuerySet[Any]:
    """The received mails that are delivery reports on `mail`, the newest first."""
    return mail.bounces.only(*MAIL_COLUMNS)[:20]


def quotation_page(quotation: Quotation) -> dict[str, Any]:
    """A quotation with its lines in the reader's language."""
    language = "ko" if (get_language() or "").startswith("ko") else "en"
    lines = letters.price_lines(quotation.lines, language)
    data = [
        ", ".join(f"{key}: {value}" for key, value in (line.get("data") or {}).items())
        for line in quotation.lines
    ]
    return {
        "row": quotation,
        "draft_reason": remark(quotation.draft_reason),
        "colour": QUOTATION_COLOURS.get(Quotation.State(quotation.state), ""),
        "lines": [{**line, "data": detail} for line, detail in zip(lines, data, strict=True)],
        "total": won(quotation.total, quotation.currency),
    }
