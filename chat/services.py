"""The conversation's verbs: open, hear, answer, and what is new for somebody who looks."""

import datetime as dt
import logging
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from chat import catalogue, dialogue, notices
from chat.answering import ANSWER
from chat.cards import news_after
from chat.errors import BadFrame, Denied, EmptyText, TextTooLong, TooMany
from chat.models import Message, Session
from chat.rows import append, situation_of
from freight import links
from freight.models import ChatLink, QuoteRequest
from freight.wake import wake

logger = logging.getLogger(__name__)
TEXT_LIMIT = 2_000
MESSAGES_A_MINUTE = 30


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
    for text in dialogue.greet(situation_of(session)):
        append(session, Message.Author.BOT, text)
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
    return dialogue.welcome_back(situation_of(session), since)


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
    message = append(session, Message.Author.CUSTOMER, text.strip(), cid=cid)
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
    for text in dialogue.restate(situation_of(session)):
        append(session, Message.Author.BOT, text)
    transaction.on_commit(partial(notices.tell, session.group))


def language_of(request: QuoteRequest) -> str:
    """The language of the conversation about a request, or the request's own before it."""
    begun = Session.objects.filter(request=request).values_list("language", flat=True).first()
    return begun or request.language
