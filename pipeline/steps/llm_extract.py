"""The facts of a request, or the order that a mail places, and what the trade makes of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from freight import llm_budget, orders, own_places, quotes, second_reader
from freight.errors import OrderRefused
from freight.extraction import merge
from freight.extraction.llm import Config
from freight.extraction.rules import THREAD
from freight.fields import FACT_NAMES, Extraction, Facts, Source, evidence_as_json
from freight.models import Mode, QuoteRequest, State
from pipeline import bounces, positions
from pipeline.documents.results import Place
from pipeline.fact_sources import chosen, read_facts
from pipeline.models import Attachment, Email
from pipeline.unsure import WAITS
from pipeline.work import Outcome

# an answer beside the point: a person reads it, until the customer does tell
ANSWER = "answer"
OUTCOMES = {State.QUOTED: "quoted", State.AWAITING_CUSTOMER: "asked", State.CONFIRMED: "draft"}


def run(email: Email) -> Outcome:
    """Facts with evidence and the next move of the trade; nothing to do for other labels."""
    own_places.refresh()
    if bounces.is_report(email.machine) and not email.label_by:
        return Outcome({"outcome": email.machine}, skipped=True, note=email.machine)
    if email.outcome.startswith(WAITS):
        return Outcome({"handled_by": ""}, skipped=True, note=email.outcome)
    if email.label == "quote" and email.request:
        request_id = email.request.pk
        read, note = _read_twice(email, email.request)
        read = _with_doubt(email, email.request, read)
        return Outcome(
            {"warnings": [*email.warnings, *read.warnings]},
            write=lambda: _advance(email, request_id, read),
            note=note,
        )
    if email.label == "order":
        return Outcome({"handled_by": ""}, write=lambda: _order(email, _read(email)))
    if email.label == "inquiry" and (refused := _refused(email)):
        write = partial(_leave_to_operator, refused.pk, holds=_is_own(email, refused))
        return Outcome({"handled_by": ""}, write=write, note=orders.TAKEN_BACK)
    if email.label == "inquiry" and (spoken := _spoken_on(email)):
        return Outcome({"outcome": "filed"}, write=partial(_heard, spoken.pk), note=email.label)
    return Outcome({"outcome": "filed"}, skipped=True, note=email.label)


def _refused(email: Email) -> QuoteRequest | None:
    """The request whose customer cancels or declines by this mail, or a part of what it asks."""
    number = _by_rules(email, _texts(email)[0], ()).order_number
    return orders.taken_back(
        email.new_text,
        [email.in_reply_to, *email.references],
        number=number,
        sender=email.reply_to or email.from_address,
        plainly=False,
    )


def _spoken_on(email: Email) -> QuoteRequest | None:
    """The request whose customer says something about our mail that brings it no further."""
    if email.machine or email.dmarc == "fail":
        return None
    request = orders.threaded_request([email.in_reply_to, *email.references])
    sender = (email.reply_to or email.from_address).lower()
    return request if request and request.customer_address.lower() == sender else None


def _heard(request_id: int) -> Mapping[str, Any]:
    """Who has written to us is not silent: reminder and expiry count anew."""
    QuoteRequest.objects.filter(pk=request_id).update(updated_at=timezone.now())
    return {}


def _with_doubt(email: Email, request: QuoteRequest, read: Extraction) -> Extraction:
    """`read`, for a person where a later mail of the request cancels or declines something."""
    ids = [email.in_reply_to, *email.references]
    later = request.emails.exclude(pk=email.pk).exists()
    sender = email.reply_to or email.from_address
    if later and orders.taken_back(email.new_text, ids, number=None, sender=sender):
        return replace(read, review=(*read.review, "taken_back"))
    return read


def _is_own(email: Email, request: QuoteRequest) -> bool:
    """Whether the mail may stop what goes on: anybody can write a customer's address and a number
    that is easily guessed.
    """
    if email.machine or email.dmarc == "fail":
        return False
    threaded = orders.threaded_request([email.in_reply_to, *email.references])
    return email.dmarc == "pass" or threaded == request


def _leave_to_operator(request_id: int, *, holds: bool) -> Mapping[str, Any]:
    if holds:
        orders.hold(request_id)
    return {"outcome": f"review: {orders.TAKEN_BACK}", "request_id": request_id}


def _read(email: Email) -> Extraction:
    """What the mail states, by rules."""
    letter, files = _texts(email)
    return _placed(_by_rules(email, letter, files), files)


def _by_rules(email: Email, letter: Sequence[Source], files: Iterable[Attachment]) -> Extraction:
    return read_facts(
        letter,
        files,
        today=email.day(),
        language=email.language,
        country=email.sender_country,
    )


def _read_twice(email: Email, request: QuoteRequest) -> tuple[Extraction, str]:
    """What the mail states by rules and, if there is one, the language model; and a word for the
    timeline.
    """
    letter, files = _texts(email)
    read = _by_rules(email, [*letter, *_quoted(email, request)], files)
    agreed = None
    if config := _model_for(request, read):
        again = second_reader.read_again(
            read,
            chosen(letter, files)[0],
            today=email.day(),
            language=email.language,
            country=email.sender_country,
            config=config,
            meter=llm_budget.today(),
        )
        read, agreed = again.extraction, len(again.agreed) if again.asked else None
    return _placed(read, files), _note(read, agreed)


def _note(read: Extraction, agreed: int | None) -> str:
    note = f"{sum(1 for _ in read.facts.stated())} of 6 facts"
    if agreed is not None:
        return f"{note}, both read {agreed}"
    return f"{note}, by rules alone" if second_reader.configured() else note


def _model_for(request: QuoteRequest, read: Extraction) -> Config | None:
    """The language model, where it may help and the request is one that a machine carries on.

    Nobody pays for one that waits for an operator, is priced, or whose mailbox only observes.
    """
    if request.review or request.machine or request.state not in quotes.WAITING:
        return None
    if request.present_mode == Mode.OBSERVE or not second_reader.may_help(read):
        return None
    return second_reader.configured()


def _texts(email: Email) -> tuple[list[Source], QuerySet[Attachment]]:
    # places in it stay the same: what our own letter says is blanked, not taken out
    own = orders.own_words(email.new_text, [email.in_reply_to, *email.references])
    letter = [Source("body", own), Source("subject", email.subject)]
    return letter, email.attachments.exclude(text="").order_by("path")


def _quoted(email: Email, request: QuoteRequest) -> Iterator[Source]:
    """The mails that a first mail quotes: they fill in what it leaves out. Of an answer they would
    set older facts again.
    """
    if not request.emails.exclude(pk=email.pk).exists():
        yield Source(THREAD, orders.own_words(email.text, [email.in_reply_to, *email.references]))


def _placed(read: Extraction, files: Iterable[Attachment]) -> Extraction:
    """`read` with the place of each fact in its file, and a word where a picture states one."""
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
        read = merge.beside_known(read, request.facts)
        known = set(request.review) - ({ANSWER} if _helps(read, request) else set())
        request.review = sorted({*known, *read.review})
        request.save(update_fields=["review"])
        quotes.record_facts(request, read.facts, read.evidence, now)
    asked = request.asked
    state = quotes.advance(request, now)
    request.refresh_from_db()
    unanswered = asked and asked == request.asked and not request.review
    if state == State.AWAITING_CUSTOMER and unanswered:
        # an answer after which the same is missing: a person reads it, nobody is asked in circles
        quotes.leave_to_operator(request, ANSWER)
    if request.review:
        return {"outcome": f"review: {', '.join(request.review)}"}
    return {"outcome": OUTCOMES.get(State(state), state)}


def _helps(read: Extraction, request: QuoteRequest) -> bool:
    """Whether the mail states a fact that the request lacks."""
    missing = request.facts.missing()
    return any(name in missing for name, _ in read.facts.stated())


def _stated_in_the_letter(read: Extraction) -> Facts:
    """The facts of the mail's own text: an attached form may be about more than this order."""
    body = {name for name, seen in read.evidence.items() if seen.source == "body"}
    left: Any = {name: None for name in (*FACT_NAMES, "containers") if name not in body}
    return replace(read.facts, **left)


def _order(email: Email, read: Extraction) -> Mapping[str, Any]:
    evidence = {"order_number": read.order_number_evidence} if read.order_number_evidence else {}
    replied_ids = (email.in_reply_to, *email.references)
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
