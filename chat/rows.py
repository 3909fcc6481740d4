"""The conversation's rows as the dialogue's values, and new messages under rising numbers."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone

from chat.dialogue import Pending, Situation
from chat.models import Message, Session
from freight.fields import Container, Facts, evidence_as_json, evidence_from_json


def append(session: Session, author: str, text: str, cid: str = "") -> Message:
    """Store a message under the next number; the update takes the row's lock first."""
    Session.objects.filter(pk=session.pk).update(
        last_seq=F("last_seq") + 1, updated_at=timezone.now()
    )
    session.refresh_from_db(fields=["last_seq"])
    return Message.objects.create(
        session=session, seq=session.last_seq, author=author, text=text, cid=cid
    )


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
