"""The facts of a request as an operator reads them: label, value, and where each was read."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from freight import places
from freight.fields import FACT_NAMES, Container, Evidence, Position
from freight.models import Quotation, QuoteRequest
from freight.quotation_document import quoted_facts

LABELS = {
    "gross_weight_kg": gettext_lazy("Gross weight"),
    "container": gettext_lazy("Container"),
    "containers": gettext_lazy("Number of containers"),
    "etd": gettext_lazy("Departure (ETD)"),
    "eta": gettext_lazy("Arrival (ETA)"),
    "origin": gettext_lazy("Origin"),
    "destination": gettext_lazy("Destination"),
}
ROWS = (*FACT_NAMES, "containers")
METHODS = {
    "rules": gettext_lazy("read by rules"),
    "llm": gettext_lazy("read by the language model"),
    "choice": gettext_lazy("chosen by the customer"),
    "operator": gettext_lazy("entered by an operator"),
}
REVIEW = {
    "lcl": gettext_lazy("less than a container (LCL)"),
    "air": gettext_lazy("air freight"),
    "ocr": gettext_lazy("facts were read from a picture (OCR)"),
    "facts-cut": gettext_lazy("facts were not read from all files"),
    "dangerous": gettext_lazy("dangerous goods"),
    "several_shipments": gettext_lazy("several shipments"),
    "overweight": gettext_lazy("heavier than the containers take"),
    "implausible": gettext_lazy("facts do not fit together"),
    "price": gettext_lazy("the price is beyond all reason: is a rate or the number wrong?"),
    "machine": gettext_lazy("sent by a machine"),
    "address": gettext_lazy("no proper mail address"),
    "forged": gettext_lazy("the sender's domain says that the mail is forged"),
    "reply_to": gettext_lazy("answers would go to another domain than the sender's"),
    "unsure": gettext_lazy("the classifier is not sure"),
    "chat": gettext_lazy("a chat message could not be answered"),
    "readers": gettext_lazy("a fact that was known is read differently now"),
    "correction": gettext_lazy("the customer came back to the quotation with changes"),
    "asked_enough": gettext_lazy("asked several times, and facts are still missing"),
    "answer": gettext_lazy("the customer's answer does not say what was asked"),
    "taken_back": gettext_lazy("the customer cancels or declines"),
}


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact on the screen; `value` is empty where the fact is missing."""

    name: str
    label: str
    value: str
    quote: str
    source: str
    method: str


def fact_rows(request: QuoteRequest) -> list[FactRow]:
    """A row for each of the six facts in the order they are asked for, then the containers."""
    evidence = request.fact_evidence
    return [_row(name, getattr(request, name), evidence.get(name)) for name in ROWS]


def priced_rows(quotation: Quotation) -> list[FactRow]:
    """The facts that the price was made of, whatever the request says by now; each with where it
    was read, as far as the request still has it.
    """
    priced, request = quoted_facts(quotation), quotation.request
    rows = []
    for name in ROWS:
        value = getattr(priced, name)
        stands = value == getattr(request.facts, name)
        rows.append(_row(name, value, request.fact_evidence.get(name) if stands else None))
    return rows


def _row(name: str, value: Any, evidence: Evidence | None) -> FactRow:
    return FactRow(
        name=name,
        label=str(LABELS[name]),
        value=shown(name, value),
        quote=evidence.quote if evidence else "",
        source=where_read(evidence) if evidence else "",
        method=str(METHODS.get(evidence.method, evidence.method)) if evidence else "",
    )


def shown(name: str, value: Any) -> str:
    """A fact's value as an operator reads it; an empty string where there is none."""
    if value in (None, ""):
        return ""
    show: Callable[[Any], str] = _SHOW.get(name, str)
    return show(value)


def _weight(value: Decimal) -> str:
    decimals = 0 if value == value.to_integral_value() else 2
    return f"{number_format(value, decimals, use_l10n=True, force_grouping=True)} kg"


def _container(value: str) -> str:
    return f"{value} ({Container(value).iso_code})"


def place(code: str) -> str:
    """A place's name in the reader's language with its code, or the bare code of an unknown one."""
    name = place_name(code)
    return f"{name} ({code})" if name != code else code


def place_name(code: str) -> str:
    """A place's name in the reader's language, or its code."""
    return places.display_name(code, (get_language() or "en")[:2]) or code


_SHOW: dict[str, Callable[[Any], str]] = {
    "gross_weight_kg": _weight,
    "container": _container,
    "etd": lambda value: date_format(value, "Y-m-d"),
    "eta": lambda value: date_format(value, "Y-m-d"),
    "origin": place,
    "destination": place,
}


def route(request: QuoteRequest) -> str:
    """`부산 → 상하이`; a question mark where an end is not known, empty where neither is."""
    return _ends(request.origin, request.destination)


def priced_route(quotation: Quotation) -> str:
    """The route that the price was made of, whatever the request says by now."""
    told = quotation.snapshot["facts"]
    return _ends(told["origin"], told["destination"])


def _ends(origin: str, destination: str) -> str:
    ends = [place_name(code) if code else "?" for code in (origin, destination)]
    return " → ".join(ends) if ends != ["?", "?"] else ""


def where_read(evidence: Evidence) -> str:
    """Where a fact was read, down to the page or cell, in the reader's language."""
    source = source_label(evidence.source)
    return f"{source}, {position_label(evidence.place)}" if evidence.place else source


def position_label(position: Position) -> str:
    """`sheet 화물, cell C5`, `page 2` or `slide 3` in the reader's language."""
    several = ":" in position.cell
    parts = (
        _("page %(number)s") % {"number": position.page} if position.page else "",
        _("slide %(number)s") % {"number": position.slide} if position.slide else "",
        _("sheet %(name)s") % {"name": position.sheet} if position.sheet else "",
        _("cells %(cells)s") % {"cells": position.cell} if several else "",
        _("cell %(cell)s") % {"cell": position.cell} if position.cell and not several else "",
    )
    return ", ".join(part for part in parts if part)


def source_label(source: str) -> str:
    """Where a fact was read, in the reader's language."""
    kind, _colon, detail = source.partition(":")
    match kind:
        case "subject":
            return _("subject")
        case "body":
            return _("mail text")
        case "attachment":
            return _("attachment %(path)s") % {"path": detail}
        case "thread":
            return _("a mail that is quoted")
        case "chat":
            return _("chat message")
        case "form":
            return _("form")
        case "operator":
            return _("operator %(name)s") % {"name": detail}
    return source


def review_labels(request: QuoteRequest) -> list[str]:
    """Why the machine may not carry on with this request, in the reader's language."""
    return _labels(request.review)


def cleared_labels(request: QuoteRequest) -> list[tuple[str, str, dt.datetime]]:
    """(reasons, operator, time) of what operators decided on this request, the oldest first."""
    return [
        (", ".join(_labels(entry["reasons"])), entry["by"], dt.datetime.fromisoformat(entry["at"]))
        for entry in request.review_cleared
    ]


def _labels(reasons: Iterable[str]) -> list[str]:
    return [str(REVIEW.get(reason, reason)) for reason in reasons]
