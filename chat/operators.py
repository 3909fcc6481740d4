"""People in the conversation: take it over, write, hand it back, see to who asked for a person."""

import datetime as dt
import hashlib
import logging
from functools import partial

from django.contrib.auth.models import User
from django.db import transaction

from chat import dialogue, notices
from chat.answering import ANSWER
from chat.errors import BadFrame, EmptyText, NotYours, TextTooLong
from chat.models import Message, Session
from chat.rows import append, append_all, situation_of
from chat.spoken import spoken
from freight.wake import wake

logger = logging.getLogger(__name__)
TEXT_LIMIT = 2_000


@transaction.atomic
def take_over(session_id: int, user: User, *, instead_of: int | None) -> bool:
    """Make the conversation `user`'s; False where it is already. The machine keeps silent then.

    `instead_of`: the operator whom `user` has seen to have it, None for nobody. Raises NotYours
    where somebody else has it by now: nobody is pushed aside unseen.
    """
    session = _locked(session_id)
    if session.operator_id == user.pk:
        return False
    if session.operator_id != instead_of:
        raise NotYours(session.colleague)
    session.operator, session.wants_person_at = user, None
    session.version += 1  # an answer that is being thought out is thrown away
    session.save(update_fields=["operator", "wants_person_at", "version", "updated_at"])
    _announce(session, "joined", session.colleague)
    logger.info("conversation %s: operator %s takes over", session_id, user.pk)
    return True


@transaction.atomic
def write(session_id: int, user: User, *, text: str, cid: str) -> Message:
    """The stored message of the operator; what the same page sends twice is stored once.

    Raises EmptyText, TextTooLong, BadFrame, and NotYours where `user` has not the conversation.
    """
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise EmptyText
    if len(text) > TEXT_LIMIT:
        raise TextTooLong
    if not cid or len(cid) > 64 or "\0" in text:
        raise BadFrame
    # customers' pages name their messages themselves: no name of theirs may hide one of ours
    own_cid = "op-" + hashlib.sha256(f"{user.pk}:{cid}".encode()).hexdigest()[:40]
    session = _locked(session_id)
    before = session.messages.filter(cid=own_cid).first()
    if before is not None:
        return before
    if session.operator_id != user.pk:
        raise NotYours(session.colleague)
    message = append(session, Message.Author.OPERATOR, text, own_cid, by=session.colleague)
    transaction.on_commit(partial(notices.tell, session.group))
    return message


@transaction.atomic
def hand_back(session_id: int, user: User) -> None:
    """Let the machine carry on: it reads what was said meanwhile, and says what is still open.

    Raises NotYours where `user` has not the conversation.
    """
    session = _locked(session_id)
    if session.operator_id != user.pk:
        raise NotYours(session.colleague)
    name, session.operator = session.colleague, None
    session.version += 1
    session.save(update_fields=["operator", "version", "updated_at"])
    _announce(session, "left", name)
    unread = session.messages.unanswered().last()
    if unread is not None:
        wake(ANSWER, unread.pk)  # all of them, as one round: see rounds
    else:
        append_all(session, Message.Author.BOT, dialogue.restate(situation_of(session)))
    logger.info("conversation %s: operator %s hands back", session_id, user.pk)


def close_wish(session_id: int) -> bool:
    """Note that the wish for a person was seen to; False where there was none."""
    wishes = Session.objects.filter(pk=session_id, wants_person_at__isnull=False)
    return _tell(session_id, wishes.update(wants_person_at=None))


def open_wish(session_id: int, now: dt.datetime) -> bool:
    """Note that a person is wanted; False where one is already, or is there."""
    idle = Session.objects.filter(pk=session_id, wants_person_at=None, operator=None)
    return _tell(session_id, idle.update(wants_person_at=now))


def _tell(session_id: int, changed: int) -> bool:
    if changed:
        session = Session(pk=session_id)
        transaction.on_commit(partial(notices.tell, session.group))
    return changed == 1


def _locked(session_id: int) -> Session:
    return Session.objects.select_for_update().get(pk=session_id)


def _announce(session: Session, words: str, name: str) -> None:
    """Tell the customer who is there; `by` makes it known as an announcement (see rounds)."""
    append(session, Message.Author.BOT, spoken(session.language, words, name=name), by=name)
    transaction.on_commit(partial(notices.tell, session.group))
