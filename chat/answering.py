"""Answering what customers said, off the socket: each message once, in order."""

import datetime as dt
import logging
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F

from chat import catalogue, dialogue, notices
from chat.dialogue import Pending, Turn
from chat.models import Message, Session
from chat.rows import append, pending_as_json, situation_of
from freight import own_places, quotes
from freight.errors import StateConflict
from freight.extraction import certainty, extract
from freight.fields import Source
from freight.models import QuoteRequest
from freight.wake import wake

logger = logging.getLogger(__name__)
ANSWER = "chat.tasks.answer"
# an answer that fails so often is left to a person: it holds up what the customer says next
TRIES = 5


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
    append(session, Message.Author.BOT, catalogue.say(session.language, "by_colleague"))
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
        turn = dialogue.turn(situation_of(session, now), source, extract)
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
    session.language, session.pending = turn.language, pending_as_json(turn.pending)
    session.version += 1
    replies = list(turn.replies)
    _note_review(session.request, turn.review)
    if turn.confirmed is not None:
        replies += _store(session, turn.confirmed, now)
    if session.request.state in dialogue.CLOSED:
        session.state = Session.State.COMPLETED
    session.save(update_fields=["language", "pending", "version", "state", "updated_at"])
    for text in replies:
        append(session, Message.Author.BOT, text)
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
    situation = situation_of(session, now)
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
