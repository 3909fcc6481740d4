"""The facts of a request, or the order that a mail places, and what the trade makes of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from freight import orders, quotes
from freight.errors import OrderRefused
from freight.fields import FACT_NAMES, Extraction, Facts, Source, evidence_as_json
from freight.models import QuoteRequest, State
from pipeline import bounces, positions
from pipeline.documents.results import Place
from pipeline.fact_sources import read_facts
from pipeline.models import Attachment, Email
from pipeline.unsure import WAITS
from pipeline.work import Outcome

OUTCOMES = {State.QUOTED: "quoted", State.AWAITING_CUSTOMER: "asked", State.CONFIRMED: "draft"}


def run(email: Email) -> Outcome:
    """Facts with evidence and the next move of the trade; nothing to do for other labels."""
    request_id = email.request_id
    if bounces.is_report(email.machine) and not email.label_by:
        return Outcome({"outcome": email.machine}, skipped=True, note=email.machine)
    if email.outcome.startswith(WAITS):
        return Outcome({"handled_by": ""}, skipped=True, note=email.outcome)
    if email.label == "quote" and request_id:
        read = _read(email)
        return Outcome(
            {"warnings": [*email.warnings, *read.warnings]},
            write=lambda: _advance(email, request_id, read),
            note=f"{sum(1 for _ in read.facts.stated())} of 6 facts",
        )
    if email.label == "order":
        return Outcome({"handled_by": ""}, write=lambda: _order(email, _read(email)))
    return Outcome({"outcome": "filed"}, skipped=True, note=email.label)


def _read(email: Email) -> Extraction:
    # places in it stay the same: what our own letter says is blanked, not taken out
    own = orders.own_words(email.new_text, [email.in_reply_to, *email.references])
    letter = [Source("body", own), Source("subject", email.subject)]
    files = email.attachments.exclude(text="").order_by("path")
    read = read_facts(letter, files, today=email.day(), language=email.language)
    documents = {f"attachment:{file.path}": _document(file) for file in files}
    pictures = {f"attachment:{file.path}" for file in files if "ocr" in file.notes}
    # OCR takes 22,000 for 22.000 and 8 for 3: a person looks before a price goes out
    doubtful = any(seen.source in pictures for seen in read.evidence.values())
    return replace(
        read,
        evidence=positions.placed(read.evidence, documents),
        review=(*read.review, "ocr") if doubtful else read.review,
    )


def _document(file: Attachment) -> positions.Document:
    places = tuple(Place(*place) for place in file.places)
    return positions.Document(file.kind, file.text, places)


def _advance(email: Email, request_id: int, read: Extraction) -> Mapping[str, Any]:
    now = timezone.now()
    request = QuoteRequest.objects.select_for_update().get(pk=request_id)
    if request.state in quotes.WAITING:
        request.review = sorted({*request.review, *read.review})
        request.save(update_fields=["review"])
        quotes.record_facts(request, read.facts, read.evidence, now)
    state = quotes.advance(request, now)
    request.refresh_from_db()
    if request.review:
        return {"outcome": f"review: {', '.join(request.review)}"}
    return {"outcome": OUTCOMES.get(State(state), state)}


def _stated_in_the_letter(read: Extraction) -> Facts:
    """The facts of the mail's own text: an attached form may be about more than this order."""
    body = {name for name, seen in read.evidence.items() if seen.source == "body"}
    left: Any = {name: None for name in (*FACT_NAMES, "containers") if name not in body}
    return replace(read.facts, **left)


def _order(email: Email, read: Extraction) -> Mapping[str, Any]:
    evidence = {"order_number": read.order_number_evidence} if read.order_number_evidence else {}
    replied_ids = tuple(filter(None, [email.in_reply_to, *email.references]))
    number = read.order_number if (read.order_number or "").upper().startswith("BB-") else None
    go_ahead = orders.GoAhead(
        sender=email.from_address,
        replied_ids=replied_ids,
        number=number,
        dmarc=email.dmarc or "none",
        customer_reference=read.order_number or "",
        facts=Facts() if email.label_by else _stated_in_the_letter(read),
        evidence=evidence_as_json(evidence),
    )
    try:
        with transaction.atomic():
            orders.check_words(
                email.new_text,
                replied_ids,
                number=number,
                machine=email.machine,
                decided=bool(email.label_by),
            )
            order = orders.place(go_ahead, timezone.now())
    except OrderRefused as exc:
        return {"outcome": f"review: {exc}"}
    return {"outcome": "ordered", "request": order.quotation.request}
