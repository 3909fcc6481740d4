"""What the console's pages of one request, quotation or outgoing mail show."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from freight import letters, tariff
from freight.fact_rows import cleared_labels, fact_rows, place_name, review_labels, route, shown
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
    data = [_line_detail(line["code"], line.get("data") or {}) for line in quotation.lines]
    return {
        "row": quotation,
        "draft_reason": remark(quotation.draft_reason),
        "basis": price_basis(quotation.snapshot),
        "colour": QUOTATION_COLOURS.get(Quotation.State(quotation.state), ""),
        "lines": [{**line, "data": detail} for line, detail in zip(lines, data, strict=True)],
        "total": won(quotation.total, quotation.currency),
    }


def price_basis(snapshot: Mapping[str, Any]) -> str:
    """What a price stands on, in the reader's language: a lane's rate, or a tariff's formula."""
    if "lane" in snapshot:
        rate = snapshot["lane"]
        return _("rate %(lane)s, for departures from %(first)s to %(last)s") % {
            "lane": _lane_name(rate),
            "first": rate["valid_from"],
            "last": rate["valid_to"],
        }
    if "distance" not in snapshot:
        return ""
    told = tariff.Distance.from_snapshot(snapshot["distance"])
    name = snapshot["tariff"]["version"]
    basis = _("formula of %(tariff)s, %(way)s") % {"tariff": name, "way": _way(told.method)}
    return f"{basis} ({_('no way by sea was found')})" if told.instead_of else basis


def _lane_name(rate: Mapping[str, Any]) -> str:
    ends = f"{place_name(rate['origin'])} → {place_name(rate['destination'])}"
    return f"{ends} {rate['container']}"


def _way(method: str) -> str:
    return _("by sea") if method == tariff.SEA else _("great circle")


def _line_detail(code: str, data: Mapping[str, Any]) -> str:
    """How a line came about: `832.102 km, great circle · 40ft × 1.5`."""
    try:
        parts = _line_parts(code, data)
    except KeyError:  # a line from before its data was what it is now
        parts = [f"{key}: {value}" for key, value in data.items()]
    return " · ".join(parts)


def _line_parts(code: str, data: Mapping[str, Any]) -> list[str]:
    match code:
        case "lane":
            return [_lane_name(data), f"{data['containers']} × {won(Decimal(data['rate']))}"]
        case "base":
            return [_boxes(data["containers"])]
        case "distance":
            km = number_format(Decimal(data["distance_km"]), 3, force_grouping=True)
            way = f"{km} km, {_way(data['method'])}"
            return [way, f"{data['container']} × {data['factor']}", _boxes(data["containers"])]
        case "weight":
            return [shown("gross_weight_kg", Decimal(data["gross_weight_kg"]))]
        case "express":
            days = ngettext("%(days)s day on the way", "%(days)s days on the way", data["days"])
            return [days % {"days": data["days"]}]
    return [f"{key}: {value}" for key, value in data.items()]


def _boxes(count: int) -> str:
    return ngettext("%(count)s container", "%(count)s containers", count) % {"count": count}
