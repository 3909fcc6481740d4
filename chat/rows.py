"""The conversation's rows as the dialogue's values, and new messages under rising numbers."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from chat.information import Background
from chat.models import Message, Session
from chat.situation import Choice, Memory, Pending, Situation
from freight import pricing
from freight.fields import Container, Facts, evidence_as_json, evidence_from_json
from freight.models import Quotation, QuoteRequest, Shipment


def append(session: Session, author: str, text: str, cid: str = "", by: str = "") -> Message:
    """Store a message under the next number; the update takes the row's lock first.

    by: the name of the operator who wrote it, or whose coming or going it announces.
    """
    seq = _reserve(session, 1)
    return Message.objects.create(
        session=session, seq=seq, author=author, text=text, cid=cid, by=by
    )


def append_all(session: Session, author: str, texts: Sequence[str], **changes: Any) -> None:
    """Store messages under the next numbers, and `changes` of the conversation's row with them."""
    first = _reserve(session, len(texts), **changes)
    rows = [
        Message(session=session, seq=seq, author=author, text=text)
        for seq, text in enumerate(texts, first)
    ]
    Message.objects.bulk_create(rows)


def _reserve(session: Session, count: int, **changes: Any) -> int:
    """The first of the next `count` numbers. Who holds the row's lock needs one update for it; for
    others the numbers may have moved on since they read the row.
    """
    while True:
        first, changes["last_seq"] = session.last_seq + 1, session.last_seq + count
        row = Session.objects.filter(pk=session.pk, last_seq=session.last_seq)
        if row.update(**changes, updated_at=timezone.now()) == 1:
            session.last_seq += count
            return first
        session.refresh_from_db(fields=["last_seq"])  # DoesNotExist where the row is gone


def situation_of(session: Session, now: dt.datetime | None = None) -> Situation:
    request = session.request
    return Situation(
        language=session.language,
        number=str(request),
        facts=request.facts,
        pending=pending_from_json(session.pending),
        status=request.state,
        today=timezone.localtime(now or timezone.now()).date(),
        review=tuple(request.review),
        memory=memory_from_json(session.memory),
    )


def background_of(request: QuoteRequest) -> Background:
    """What the rows say beside the facts, for who asks about it."""
    issued = request.quotations.filter(state=Quotation.State.ISSUED).order_by("-revision").first()
    shipment = Shipment.objects.filter(order__quotation__request=request).first()
    return Background(
        rates=pricing.rates_of(pricing.current_tariff()),
        days=settings.BUSYBEE_QUOTATION_DAYS,
        valid_until=issued.valid_until if issued else None,
        shipment=shipment.status if shipment else 0,
    )


def memory_as_json(memory: Memory) -> dict[str, Any]:
    stored = {name: value for name, value in asdict(memory).items() if value}
    if memory.choice is not None:
        stored["choice"] = _choice_as_json(memory.choice)
    return stored


def _choice_as_json(choice: Choice) -> dict[str, Any]:
    stored = {name: value for name, value in asdict(choice).items() if value}
    if choice.day is not None:
        stored["day"] = choice.day.isoformat()
    if choice.evidence is not None:
        stored["evidence"] = evidence_as_json({"day": choice.evidence})
    return stored


def memory_from_json(stored: Mapping[str, Any]) -> Memory:
    choice = stored.get("choice")
    return Memory(
        asked=stored.get("asked", ""),
        last=tuple(stored.get("last", ())),
        doubted=tuple(stored.get("doubted", ())),
        later=tuple(stored.get("later", ())),
        agreed=stored.get("agreed", False),
        quoted=stored.get("quoted", False),
        choice=_choice_from_json(choice) if choice else None,
    )


def _choice_from_json(stored: Mapping[str, Any]) -> Choice:
    day = stored.get("day")
    return Choice(
        kind=stored["kind"],
        options=tuple(stored["options"]),
        fact=stored.get("fact", ""),
        name=stored.get("name", ""),
        day=dt.date.fromisoformat(day) if day else None,
        evidence=evidence_from_json(stored.get("evidence", {})).get("day"),
    )


def pending_as_json(pending: Pending) -> dict[str, Any]:
    if not pending:
        return {}
    facts: dict[str, Any] = {name: str(value) for name, value in pending.facts.stated()}
    if pending.facts.containers is not None:
        facts["containers"] = pending.facts.containers
    return {"facts": facts, "evidence": evidence_as_json(pending.evidence)}


def pending_from_json(stored: Mapping[str, Any]) -> Pending:
    if not stored:
        return Pending()
    told = stored["facts"]
    facts = Facts(
        gross_weight_kg=Decimal(told["gross_weight_kg"]) if "gross_weight_kg" in told else None,
        container=Container(told["container"]) if "container" in told else None,
        etd=dt.date.fromisoformat(told["etd"]) if "etd" in told else None,
        eta=dt.date.fromisoformat(told["eta"]) if "eta" in told else None,
        origin=told.get("origin"),
        destination=told.get("destination"),
        containers=told.get("containers"),
    )
    return Pending(facts, evidence_from_json(stored["evidence"]))
