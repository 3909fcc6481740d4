"""What a page is shown: messages as frames, and the card with the six facts."""

from dataclasses import dataclass
from typing import Any

from chat import catalogue
from chat.dialogue import Situation
from chat.models import Message, Session
from chat.rows import situation_of
from freight.fields import FACT_NAMES

HISTORY_LIMIT = 500


@dataclass(frozen=True, slots=True)
class News:
    """What somebody who has read up to a number has not seen, and how the request stands."""

    seq: int
    messages: list[dict[str, Any]]
    card: dict[str, Any]


def news_after(session_id: int, seq: int) -> News:
    """Messages after `seq` (the newest 500 of them) and the summary of the request as it is now."""
    session = Session.objects.select_related("request").get(pk=session_id)
    rows = list(session.messages.after(seq).reverse()[:HISTORY_LIMIT])[::-1]
    return News(
        seq=rows[-1].seq if rows else max(seq, 0),
        messages=[_frame(row) for row in rows],
        card=_card(session),
    )


def _frame(message: Message) -> dict[str, Any]:
    frame = {
        "type": "message",
        "seq": message.seq,
        "author": message.author,
        "text": message.text,
        "at": message.created_at.isoformat(),
    }
    return {**frame, "cid": message.cid} if message.cid else frame


def _card(session: Session) -> dict[str, Any]:
    """The six facts as the page shows them, with what they wait for."""
    situation = situation_of(session)
    language = session.language
    return {
        "lang": language,
        "state": session.state,
        "number": situation.number,
        "confirm": bool(situation.pending),
        "asked": next(iter(situation.open()), ""),
        "waiting": session.messages.unanswered().exists(),
        "fields": [_field(situation, language, name) for name in FACT_NAMES],
    }


def _field(situation: Situation, language: str, name: str) -> dict[str, str]:
    pending = getattr(situation.pending.facts, name) is not None
    stored = getattr(situation.facts, name) is not None
    shown = situation.told
    return {
        "name": name,
        "label": catalogue.label(language, name),
        "value": catalogue.value(language, shown, name),
        "status": "pending" if pending else "filled" if stored else "missing",
    }
