"""The quotation that stands for a request, as the chat shows it."""

import datetime as dt
from decimal import Decimal
from typing import Any

from chat import catalogue
from freight import letters
from freight.models import Quotation, QuoteRequest, State
from freight.quotation_document import WORDS

# a request that has not come so far has none; one whose facts were changed has none any more
_UNQUOTED = (State.EXTRACTED, State.AWAITING_CUSTOMER, State.CONFIRMED)


def issued(request: QuoteRequest) -> Quotation | None:
    """The newest quotation that was issued to the customer; None where there is none."""
    if request.state in _UNQUOTED:
        return None
    found = Quotation.objects.filter(request=request, state=Quotation.State.ISSUED)
    return found.select_related("request").order_by("-revision").first()


def shown(quotation: Quotation, language: str, today: dt.date) -> dict[str, Any]:
    """The quotation's price, lines and validity as text in `language`.

    `stamp` says that it has expired; empty while it may be accepted.
    """
    words = WORDS[language]
    names = letters.price_lines(quotation.lines, language)
    amounts = (Decimal(line["amount"]) for line in quotation.lines)
    return {
        "number": str(quotation.request.number),
        "revision": quotation.revision,
        "currency": quotation.currency,
        "total": letters.money(quotation.total, quotation.currency, language),
        "lines": [
            {"text": named["name"], "amount": letters.money(amount, quotation.currency, language)}
            for named, amount in zip(names, amounts, strict=True)
        ],
        "valid_until": catalogue.date(language, quotation.valid_until, weekday=False),
        "note": words["vat"],
        "stamp": words["expired"] if quotation.valid_until < today else "",
        "pages": True,
    }
