"""Answering what customers said, off the socket: each message once, in order."""

import datetime as dt
import logging
from dataclasses import replace
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import F

from chat import (
    catalogue,
    dialogue,
    file_turns,
    information,
    notices,
    rounds,
    second_reading,
    uploads,
    visitors,
)
from chat.addresses import Heard
from chat.dialogue import Pending, Situation, Turn
from chat.models import Message, Session
from chat.rounds import Said
from chat.rows import (
    append,
    append_all,
    background_of,
    memory_as_json,
    pending_as_json,
    situation_of,
)
from freight import own_places, quotes, second_reader
from freight.errors import StateConflict
from freight.extraction import certainty, extract
from freight.fields import Source
from freight.models import QuoteRequest, State
from freight.wake import wake

logger = logging.getLogger(__name__)
ANSWER = "chat.tasks.answer"
ANSWER_WITH_MODEL = "chat.tasks.answer_with_model"
# a language model that nobody has asked by then is not waited for
MODEL_WAITS = dt.timedelta(minutes=2)
A_DAY = dt.timedelta(days=1)
# of one conversation and day: who writes more than this is not read by a model
MODEL_MESSAGES = 40
# an answer that fails so often is left to a person: it holds up what the customer says next
TRIES = 5
# what a turn writes to the conversation
CHANGES = ("language", "pending", "memory", "wants_person_at", "version", "state")


def answer_all(session_id: int, now: dt.datetime, *, with_model: bool = False) -> int:
    """How many of the customer's messages were answered, in order; safe to call at any time.

    with_model: a language model may be asked, which takes seconds. Without, the first message that
    wants one, and what was said after it, is left to a task of queue `llm`.
    """
    own_places.refresh()
    session = _with_request(session_id)
    answered = 0
    for number, said in enumerate(rounds.due(session, now)):
        if not with_model and _wants_model(said, now):
            wake(ANSWER_WITH_MODEL, said.last.pk)
            return answered
        # what was read serves the first; after it the conversation stands elsewhere
        if _settle(said, now, with_model=with_model, session=None if number else session):
            answered += len(said.messages)
    return answered


def _with_request(session_id: int) -> Session:
    return Session.objects.select_related("request").get(pk=session_id)


def _wants_model(said: Said, now: dt.datetime) -> bool:
    """Whether a language model may find in a message what the rules do not."""
    if second_reader.configured() is None or now - said.last.created_at > MODEL_WAITS:
        return False
    if said.upload is not None or said.aside:
        return False
    session = _with_request(said.last.session_id)
    told = session.messages.filter(author=Message.Author.CUSTOMER, created_at__gt=now - A_DAY)
    if told.count() > MODEL_MESSAGES:
        return False
    heard = visitors.hear(session.request, said.text)
    situation = situation_of(session, now)
    return situation.memory.choice is None and second_reading.wants_model(
        _source(said, heard.rest), second_reading.question_of(situation)
    )


def _source(said: Said, text: str) -> Source:
    return Source(f"chat:{said.last.pk}", text)


def _settle(said: Said, now: dt.datetime, *, with_model: bool, session: Session | None) -> bool:
    """Answer what was said, or leave it to a person after TRIES failures; False if others did.

    session: the conversation with its request as just read; None where it must be read.
    """
    if said.last.failures >= TRIES:
        return _give_up(said, now)
    try:
        with_model = with_model and _wants_model(said, now)
        return _answer(said, now, with_model=with_model, session=session)
    except Exception:
        Message.objects.filter(pk=said.last.pk).update(failures=F("failures") + 1)
        raise


def _claimed(session: Session, said: Said, now: dt.datetime) -> bool:
    """Whether the answer is this transaction's to give: not while an operator has the conversation,
    nor where others have given it.
    """
    if session.operator_id is not None:
        return False
    rows = Message.objects.filter(pk__in=said.ids, answered_at=None)
    if rows.update(answered_at=now) == len(said.ids):
        return True
    transaction.set_rollback(True)  # some of a round are not answered without the others
    return False


@transaction.atomic
def _give_up(said: Said, now: dt.datetime) -> bool:
    """Leave a message to a person, and tell the customer so; False where it was answered."""
    session = _locked(said.last.session_id)
    if not _claimed(session, said, now):
        return False
    _note_review(session.request, ("chat",))
    append(session, Message.Author.BOT, catalogue.say(session.language, "by_colleague"))
    logger.error("conversation %s: message %s is given up", session.pk, said.last.seq)
    transaction.on_commit(partial(notices.tell, session.group))
    return True


def _locked(session_id: int) -> Session:
    """The conversation with its request, both locked; the request first, as everywhere."""
    # PostgreSQL locks in the order of `of`
    rows = Session.objects.select_for_update(of=("request", "self")).select_related("request")
    return rows.get(pk=session_id)


def _answer(
    said: Said,
    now: dt.datetime,
    *,
    with_model: bool,
    session: Session | None = None,
    tries: int = 5,
) -> bool:
    """Answer what was said once; False where somebody else has, or an operator talks."""
    for _attempt in range(tries):
        if session is None:
            session = _with_request(said.last.session_id)
        heard = visitors.hear(session.request, said.text)
        situation = _situation(session, heard.rest, now)
        turn = _turn(situation, said, heard.rest, with_model)
        if turn.agreed and not _has_seen(session):
            # a "yes" to the list as it was: the facts that a mail has changed since stand in none
            restated = dialogue.restate(situation)
            turn = Turn(restated, turn.language, situation.pending, situation.memory)
        try:
            outcome = _commit(said, session, turn, heard, now)
        except StateConflict:
            logger.info("request of conversation %s moved meanwhile", session.pk)
            outcome = None
        if outcome is not None:
            return outcome
        session = None  # it has moved on: think again
    raise StateConflict(f"conversation {said.last.session_id} did not come to rest")


def _has_seen(session: Session) -> bool:
    """Whether something was said to the customer since the request last changed."""
    told = session.messages.filter(author=Message.Author.BOT).order_by("-seq")
    last = told.values_list("created_at", flat=True).first()
    return last is None or last >= session.request.updated_at


def _situation(session: Session, text: str, now: dt.datetime) -> Situation:
    """Where the conversation stands, with what the rows say about what the text asks."""
    situation = situation_of(session, now)
    if situation.status in dialogue.CLOSED or information.topics(text):
        return replace(situation, background=background_of(session.request))
    return situation


def _turn(situation: Situation, said: Said, text: str, with_model: bool) -> Turn:
    """The dialogue's answer to what was said; `text` is what of it is the dialogue's."""
    if said.upload is not None:
        return file_turns.turn(situation, uploads.read_file(said.upload))
    if said.aside:
        return rounds.turn(situation, said, text, extract)
    read = second_reading.reader(second_reading.question_of(situation)) if with_model else extract
    return dialogue.turn(situation, _source(said, text), read)


@transaction.atomic
def _commit(said: Said, read: Session, turn: Turn, heard: Heard, now: dt.datetime) -> bool | None:
    """Store a turn: True if done, False if answered already, None if thought out too late.

    read: the conversation and its request as the turn was thought out for them.

    Raises StateConflict, and stores nothing, where the request was quoted or closed meanwhile.
    """
    session = _locked(said.last.session_id)
    if not _claimed(session, said, now):
        return False
    if session.version != read.version or session.request.facts != read.request.facts:
        transaction.set_rollback(True)
        return None
    before = session.pending
    session.language, session.pending = turn.language, pending_as_json(turn.pending)
    if turn.memory is not None:
        session.memory = memory_as_json(turn.memory)
    if turn.person and session.wants_person_at is None:
        session.wants_person_at = now
    session.version += 1
    replies = list(turn.replies)
    _note_review(session.request, turn.review)
    if turn.confirmed is not None:
        replies += _store(session, turn, turn.confirmed, now)
    told = turn.confirmed is not None or session.pending != before
    replies = visitors.address_turn(session, heard, replies, told=told, now=now)
    session.state = _state(session, now)
    changes = {name: getattr(session, name) for name in CHANGES}
    append_all(session, Message.Author.BOT, replies, **changes)
    logger.info("conversation %s answered message %s", session.pk, said.last.seq)
    transaction.on_commit(partial(notices.tell, session.group))
    return True


def _note_review(request: QuoteRequest, reasons: tuple[str, ...]) -> None:
    """Add what a person must look at: the machine does not price it any more."""
    fresh = [reason for reason in reasons if reason not in request.review]
    if fresh:
        request.review = [*request.review, *fresh]
        request.save(update_fields=["review", "updated_at"])


def _state(session: Session, now: dt.datetime) -> str:
    """Completed where nothing is asked or to be confirmed any more."""
    ended = situation_of(session, now).stage in ("closed", "done")
    if ended and not visitors.unproven(session.request):
        return Session.State.COMPLETED
    return Session.State.IN_PROGRESS


def _store(session: Session, turn: Turn, confirmed: Pending, now: dt.datetime) -> tuple[str, ...]:
    """Give confirmed facts to the request, price it if it is complete; what to say about it.

    A quotation that is out is taken back by changed facts: the next revision replaces it. Raises
    StateConflict where the request no longer takes facts: an offer stands by its own.
    """
    request = session.request
    quoted = request.state == State.QUOTED
    if request.state in dialogue.CLOSED or (quoted and not _knew_of_offer(turn)):
        raise StateConflict(f"{request} is {request.state}")
    if quoted:
        quotes.reopen(request, by_hand=False)
        request.refresh_from_db()
    if request.language != session.language:  # the quotation comes in the language they chose
        request.language = session.language
        request.save(update_fields=["language", "updated_at"])
    evidence = confirmed.evidence
    if turn.agreed:  # the question listed all six, those that mails said included
        evidence = certainty.confirmed({**request.fact_evidence, **evidence})
    quotes.record_facts(request, confirmed.facts, evidence, now)
    quotes.advance(request, now, ask=False)
    request.refresh_from_db()
    situation = situation_of(session, now)
    if not situation.open() and visitors.unproven(request):
        return ()
    return dialogue.after_saving(situation, again=quoted)


def _knew_of_offer(turn: Turn) -> bool:
    """Whether the turn was thought out with the quotation out that it would replace."""
    return turn.memory is not None and turn.memory.quoted


def republish_stuck(now: dt.datetime) -> int:
    """Wake a worker for every conversation whose answer is overdue; how many there were."""
    before = now - dt.timedelta(seconds=settings.BUSYBEE_SWEEP_AGE_SECONDS)
    firsts: dict[int, int] = {}
    for session_id, pk in Message.objects.stuck(before).values_list("session_id", "pk")[:200]:
        firsts.setdefault(session_id, pk)
    for pk in firsts.values():
        wake(ANSWER, pk)
    return len(firsts)
