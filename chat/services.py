"""The conversation's verbs: open, hear, answer, and what is new for somebody who looks."""

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from chat import catalogue, dialogue, notices
from chat.dialogue import Pending, Situation, Turn
from chat.errors import BadFrame, Denied, EmptyText, TextTooLong, TooMany
from chat.models import Message, Session
from freight import links, own_places, quotes
from freight.errors import StateConflict
from freight.extraction import certainty, extract
from freight.fields import (
    FACT_NAMES,
    Container,
    Facts,
    Source,
    evidence_as_json,
    evidence_from_json,
)
from freight.models import ChatLink, QuoteRequest
from freight.wake import wake

logger = logging.getLogger(__name__)
ANSWER = "chat.tasks.answer"
TEXT_LIMIT = 2_000
MESSAGES_A_MINUTE = 30
HISTORY_LIMIT = 500
# an answer that fails so often is left to a person: it holds up what the customer says next
TRIES = 5


@dataclass(frozen=True, slots=True)
class News:
    """What somebody who has read up to a number has not seen, and how the request stands."""

    seq: int
    messages: list[dict[str, Any]]
    card: dict[str, Any]


def link_of_token(token: str, now: dt.datetime) -> ChatLink:
    """The open link of a token; raises Denied."""
    link = links.open_by_token(token, now) if token else None
    if link is None:
        raise Denied
    return link


def link_by_id(link_id: int | None, now: dt.datetime) -> ChatLink:
    """The link if it is still open: neither expired nor revoked; raises Denied."""
    link = (
        ChatLink.objects.select_related("request")
        .filter(pk=link_id or 0, expires_at__gt=now, revoked_at=None)
        .first()
    )
    if link is None:
        raise Denied
    return link


@transaction.atomic
def revoke_links(request: QuoteRequest, now: dt.datetime) -> int:
    """How many open links of the request were closed; pages that are open by them close as well."""
    links_open = ChatLink.objects.filter(request=request, revoked_at=None, expires_at__gt=now)
    revoked = links_open.update(revoked_at=now)
    session = Session.objects.filter(request=request).first()
    if session is not None:
        transaction.on_commit(partial(notices.tell, session.group))
    logger.info("%s links of request %s revoked", revoked, request.pk)
    return revoked


@transaction.atomic
def begin(request: QuoteRequest, language: str = "") -> tuple[Session, bool]:
    """The conversation about a request, greeted once, and whether it has begun just now."""
    session, _ = Session.objects.get_or_create(
        request=request, defaults={"language": request.language}
    )
    if session.state != Session.State.INIT:
        return session, False
    session = Session.objects.select_for_update().get(pk=session.pk)
    if session.state != Session.State.INIT:
        return session, False
    session.language = language if language in catalogue.LANGUAGES else session.language
    session.state = Session.State.IN_PROGRESS
    session.save(update_fields=["language", "state", "updated_at"])
    for text in dialogue.greet(_situation(session)):
        _append(session, Message.Author.BOT, text)
    return session, True


def welcome(session: Session, *, last_seq: int, fresh: bool) -> dict[str, Any]:
    """The answer to a `hello`: what was said after `last_seq`, and how the request stands."""
    news = news_after(session.pk, last_seq)
    note = "" if fresh or last_seq else _welcome_back(session)
    return {
        "type": "welcome",
        "seq": news.seq,
        "history": news.messages,
        "note": note,
        **news.card,
    }


def _welcome_back(session: Session) -> str:
    last = session.messages.order_by("-seq").first()
    since = timezone.localtime(last.created_at if last else session.created_at).date()
    return dialogue.welcome_back(_situation(session), since)


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
    situation = _situation(session)
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


@transaction.atomic
def post(session_id: int, *, cid: str, text: str, now: dt.datetime) -> Message:
    """The stored message of the customer; a `cid` that is there already is not stored again.

    Raises EmptyText, TextTooLong, TooMany or BadFrame. The answer is a task's work.
    """
    _check(cid, text)
    session = Session.objects.select_for_update().get(pk=session_id)
    before = session.messages.filter(cid=cid).first()
    if before is not None:
        return before
    recent = session.messages.filter(
        author=Message.Author.CUSTOMER, created_at__gt=now - dt.timedelta(minutes=1)
    )
    if recent.count() >= MESSAGES_A_MINUTE:
        raise TooMany
    message = _append(session, Message.Author.CUSTOMER, text.strip(), cid=cid)
    transaction.on_commit(partial(notices.tell, session.group))
    wake(ANSWER, message.pk)
    return message


def _check(cid: str, text: str) -> None:
    if not text.strip():
        raise EmptyText
    if len(text) > TEXT_LIMIT:
        raise TextTooLong
    if not cid or len(cid) > 64 or "\0" in text + cid:
        raise BadFrame


def _append(session: Session, author: str, text: str, cid: str = "") -> Message:
    """Store a message under the next number; the update takes the row's lock first."""
    Session.objects.filter(pk=session.pk).update(
        last_seq=F("last_seq") + 1, updated_at=timezone.now()
    )
    session.refresh_from_db(fields=["last_seq"])
    return Message.objects.create(
        session=session, seq=session.last_seq, author=author, text=text, cid=cid
    )


@transaction.atomic
def speak(session_id: int, language: str) -> None:
    """Go on in another language, and say in it what is open."""
    if language not in catalogue.LANGUAGES:
        raise BadFrame
    session = Session.objects.select_for_update().get(pk=session_id)
    if session.language == language:
        return
    session.language = language
    session.version += 1
    session.save(update_fields=["language", "version", "updated_at"])
    for text in dialogue.restate(_situation(session)):
        _append(session, Message.Author.BOT, text)
    transaction.on_commit(partial(notices.tell, session.group))


def answer_all(session_id: int, now: dt.datetime) -> int:
    """How many of the customer's messages were answered, in order; safe to call at any time."""
    own_places.refresh()
    answered = 0
    for message in Message.objects.filter(session_id=session_id).unanswered():
        if _settle(message, now):
            answered += 1
    return answered


def _settle(message: Message, now: dt.datetime) -> bool:
    """Answer one message, or leave it to a person after TRIES failures; False if others did."""
    if message.failures >= TRIES:
        return _give_up(message, now)
    try:
        return _answer(message, now)
    except Exception:
        Message.objects.filter(pk=message.pk).update(failures=F("failures") + 1)
        raise


@transaction.atomic
def _give_up(message: Message, now: dt.datetime) -> bool:
    """Leave a message to a person, and tell the customer so; False where it was answered."""
    session = _locked(message.session_id)
    if Message.objects.filter(pk=message.pk, answered_at=None).update(answered_at=now) != 1:
        return False
    _note_review(session.request, ("chat",))
    _append(session, Message.Author.BOT, catalogue.say(session.language, "by_colleague"))
    logger.error("conversation %s: message %s is given up", session.pk, message.seq)
    transaction.on_commit(partial(notices.tell, session.group))
    return True


def _locked(session_id: int) -> Session:
    """The conversation with its request, both locked; the request first, as everywhere."""
    of_session = Session.objects.filter(pk=session_id).values("request_id")
    request = QuoteRequest.objects.select_for_update().get(pk__in=of_session)
    session = Session.objects.select_for_update().get(pk=session_id)
    session.request = request
    return session


def _answer(message: Message, now: dt.datetime, tries: int = 5) -> bool:
    """Answer one message once; False where somebody else has."""
    for _attempt in range(tries):
        session = Session.objects.select_related("request").get(pk=message.session_id)
        source = Source(f"chat:{message.pk}", message.text)
        turn = dialogue.turn(_situation(session, now), source, extract)
        try:
            outcome = _commit(message, session.version, turn, now)
        except StateConflict:
            logger.info("request of conversation %s moved meanwhile", session.pk)
            continue
        if outcome is not None:
            return outcome
    raise StateConflict(f"conversation {message.session_id} did not come to rest")


@transaction.atomic
def _commit(message: Message, version: int, turn: Turn, now: dt.datetime) -> bool | None:
    """Store a turn: True if done, False if answered already, None if thought out too late.

    Raises StateConflict, and stores nothing, where the request was quoted or closed meanwhile.
    """
    session = _locked(message.session_id)
    if Message.objects.filter(pk=message.pk, answered_at=None).update(answered_at=now) != 1:
        return False
    if session.version != version:
        transaction.set_rollback(True)
        return None
    session.language, session.pending = turn.language, _pending_as_json(turn.pending)
    session.version += 1
    replies = list(turn.replies)
    _note_review(session.request, turn.review)
    if turn.confirmed is not None:
        replies += _store(session, turn.confirmed, now)
    if session.request.state in dialogue.CLOSED:
        session.state = Session.State.COMPLETED
    session.save(update_fields=["language", "pending", "version", "state", "updated_at"])
    for text in replies:
        _append(session, Message.Author.BOT, text)
    logger.info("conversation %s answered message %s", session.pk, message.seq)
    transaction.on_commit(partial(notices.tell, session.group))
    return True


def _note_review(request: QuoteRequest, reasons: tuple[str, ...]) -> None:
    """Add what a person must look at: the machine does not price it any more."""
    fresh = [reason for reason in reasons if reason not in request.review]
    if fresh:
        request.review = [*request.review, *fresh]
        request.save(update_fields=["review", "updated_at"])


def _store(session: Session, confirmed: Pending, now: dt.datetime) -> tuple[str, ...]:
    """Give confirmed facts to the request, price it if it is complete; what to say about it.

    Raises StateConflict where the request no longer takes facts: an offer stands by its own.
    """
    request = session.request
    if request.state in dialogue.CLOSED:
        raise StateConflict(f"{request} is {request.state}")
    if request.language != session.language:  # the quotation comes in the language they chose
        request.language = session.language
        request.save(update_fields=["language", "updated_at"])
    # a "yes" answers what the question listed: what mails said beside it stays as sure as it was
    evidence = certainty.confirmed(confirmed.evidence)
    quotes.record_facts(request, confirmed.facts, evidence, now)
    quotes.advance(request, now, ask=False)
    request.refresh_from_db()
    situation = _situation(session, now)
    if not situation.open():
        session.state = Session.State.COMPLETED
    return dialogue.after_saving(situation)


def republish_stuck(now: dt.datetime) -> int:
    """Wake a worker for every conversation whose answer is overdue; how many there were."""
    before = now - dt.timedelta(seconds=settings.BUSYBEE_SWEEP_AGE_SECONDS)
    firsts: dict[int, int] = {}
    for session_id, pk in Message.objects.stuck(before).values_list("session_id", "pk")[:200]:
        firsts.setdefault(session_id, pk)
    for pk in firsts.values():
        wake(ANSWER, pk)
    return len(firsts)


def _situation(session: Session, now: dt.datetime | None = None) -> Situation:
    request = session.request
    return Situation(
        language=session.language,
        number=str(request),
        facts=request.facts,
        pending=_pending_from_json(session.pending),
        status=request.state,
        today=timezone.localtime(now or timezone.now()).date(),
        review=tuple(request.review),
    )


def _pending_as_json(pending: Pending) -> dict[str, Any]:
    if not pending:
        return {}
    facts: dict[str, Any] = {name: str(value) for name, value in pending.facts.stated()}
    if pending.facts.containers is not None:
        facts["containers"] = pending.facts.containers
    return {"facts": facts, "evidence": evidence_as_json(pending.evidence)}


def _pending_from_json(stored: Mapping[str, Any]) -> Pending:
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


def language_of(request: QuoteRequest) -> str:
    """The language of the conversation about a request, or the request's own before it."""
    begun = Session.objects.filter(request=request).values_list("language", flat=True).first()
    return begun or request.language
