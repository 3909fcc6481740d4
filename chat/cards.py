"""What a page is shown: messages as frames, and the card with the six facts."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import QuerySet

from chat import catalogue, dialogue, quoted, spoken, visitors
from chat.errors import ChatError, TooMany
from chat.models import Message, Session, Upload
from chat.rows import situation_of
from chat.situation import Situation
from freight.fields import FACT_NAMES

# messages that one look reads and one frame carries
PAGE = 200
# of older files nothing new is told
FILES = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a file is shown; `size` in bytes."""

    name: str
    size: int
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class News:
    """Messages up to `seq` in their order, and how the request stands. `later`: some came after
    these, `earlier`: some before that the reader has not seen.
    """

    seq: int
    messages: list[dict[str, Any]]
    card: dict[str, Any]
    later: bool = False
    earlier: bool = False


def news_after(session_id: int, seq: int) -> News:
    """The first 200 messages after `seq`; who has seen none, or what never was, gets the newest."""
    sessions = Session.objects.select_related("request", "operator")
    return news_of(sessions.get(pk=session_id), seq)


def news_of(session: Session, seq: int) -> News:
    """As `news_after`, of a conversation that has just been read with its request and operator."""
    if not 0 < seq <= session.last_seq:
        rows, earlier = _newest(session.messages.all())
        seq = rows[-1].seq if rows else 0
        return News(seq, [_frame(row) for row in rows], _card(session), earlier=earlier)
    rows = list(_with_files(session.messages.after(seq))[: PAGE + 1])
    later, rows = len(rows) > PAGE, rows[:PAGE]
    seq = rows[-1].seq if rows else seq
    return News(seq, [_frame(row) for row in rows], _card(session), later=later)


def earlier_than(session_id: int, before: int) -> dict[str, Any]:
    """A frame with the last 200 messages before a number, in their order."""
    rows, more = _newest(_before(session_id, before))
    return {"type": "earlier", "history": [_frame(row) for row in rows], "more": more}


def _before(session_id: int, seq: int) -> QuerySet[Message]:
    return Message.objects.filter(session_id=session_id, seq__lt=seq).select_related("session")


def refusal(error: ChatError, language: str, cid: str = "") -> dict[str, Any]:
    """The frame that says why something was refused, and of which message."""
    text = catalogue.refusal(language, error.code)
    frame: dict[str, Any] = {"type": "error", "code": error.code, "text": text}
    if isinstance(error, TooMany):
        frame["retry_after"] = error.seconds
    return {**frame, "cid": cid} if cid else frame


def _newest(messages: QuerySet[Message]) -> tuple[list[Message], bool]:
    rows = list(_with_files(messages).order_by("-seq")[: PAGE + 1])
    return rows[:PAGE][::-1], len(rows) > PAGE


def _with_files(messages: QuerySet[Message]) -> QuerySet[Message]:
    """`messages` with what is shown of their files: not the texts, which are long."""
    return messages.select_related("upload").defer("upload__texts")


def frame_of_words(message: Message) -> dict[str, Any]:
    """A message that is no file as its frame; asks no rows."""
    frame: dict[str, Any] = {
        "type": "message",
        "seq": message.seq,
        "author": message.author,
        "text": message.text,
        "at": message.created_at.isoformat(),
    }
    if message.by:
        frame["by"] = message.by
    # an operator's page names its messages for itself
    own = message.cid and message.author == Message.Author.CUSTOMER
    return {**frame, "cid": message.cid} if own else frame


def _frame(message: Message) -> dict[str, Any]:
    frame, upload = frame_of_words(message), getattr(message, "upload", None)
    return {**frame, "file": _file(upload, message.session.language)} if upload else frame


def _file(upload: Upload | Shown, language: str) -> dict[str, Any]:
    told = {"name": upload.name, "size": upload.size, "state": upload.state}
    refused = upload.state == Upload.State.REFUSED
    return {**told, "reason": spoken.why(language, upload.reason)} if refused else told


def _card(session: Session) -> dict[str, Any]:
    """The six facts as the page shows them, with what they wait for."""
    situation = situation_of(session)
    language = session.language
    return {
        "lang": language,
        "state": session.state,
        "number": situation.number,
        "confirm": situation.is_listed,
        "asked": "" if situation.is_listed else situation.asked,
        "waiting": not session.operator_id and session.messages.unanswered().exists(),
        "address": visitors.address_state(session.request),
        "person": session.colleague or ("wanted" if session.wants_person_at else ""),
        "fields": [_field(situation, language, name) for name in FACT_NAMES],
        "offers": [asdict(offer) for offer in dialogue.offers(situation)],
        "files": _files(session),
        "quotation": _quotation(session, situation),
    }


def _files(session: Session) -> list[dict[str, Any]]:
    """The newest files by the number of their message: a page sees what has become of them."""
    uploads = Upload.objects.filter(message__session=session).order_by("-message__seq")
    # not the texts, which are long, nor whole rows: this is asked at every look
    rows = uploads.values_list("message__seq", "name", "size", "state", "reason")[:FILES]
    language = session.language
    return [
        {"seq": seq, **_file(Shown(name, size, state, reason), language)}
        for seq, name, size, state, reason in rows
    ]


def _quotation(session: Session, situation: Situation) -> dict[str, Any] | None:
    """The newest quotation that was issued, in the conversation's language."""
    quotation = quoted.issued(session.request)
    if quotation is None:
        return None
    return quoted.shown(quotation, session.language, situation.today)


def _field(situation: Situation, language: str, name: str) -> dict[str, str]:
    pending = getattr(situation.pending.facts, name) is not None
    stored = getattr(situation.facts, name) is not None
    shown = situation.told
    return {
        "name": name,
        "label": catalogue.label(language, name),
        "value": catalogue.value(language, shown, name),
        "status": "pending" if pending else "filled" if stored else "missing",
        "raw": catalogue.raw(shown, name),
    }
