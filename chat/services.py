"""The conversation's verbs: open, hear, answer, and what is new for somebody who looks."""

import datetime as dt
import logging
from functools import partial
from math import ceil
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from chat import access, cards, catalogue, dialogue, limits, notices
from chat.answering import ANSWER
from chat.cards import News
from chat.errors import BadFrame, Denied, EmptyText, TextTooLong, TooMany
from chat.models import Message, Session
from chat.rows import append, append_all, situation_of
from freight import links
from freight.models import ChatLink, QuoteRequest
from freight.wake import wake

logger = logging.getLogger(__name__)
TEXT_LIMIT = 2_000
MESSAGES_A_MINUTE = 30
# with what we answer; a page that switches languages to and fro fills the rows without a word
ROWS_A_MINUTE = 90


def link_of_token(token: str, now: dt.datetime) -> ChatLink:
    """The open link of a token; raises Denied."""
    link = links.open_by_token(token, now) if token else None
    if link is None:
        raise Denied
    return link


def link_by_id(link_id: int | None, now: dt.datetime) -> ChatLink:
    """The link if it is still open: neither expired nor revoked; raises Denied."""
    link = _open_links(link_id, now).select_related("request").first()
    if link is None:
        raise Denied
    return link


def _open_links(link_id: int | None, now: dt.datetime) -> QuerySet[ChatLink]:
    return ChatLink.objects.filter(pk=link_id or 0, expires_at__gt=now, revoked_at=None)


def open_link(token: str, address: str, now: dt.datetime) -> ChatLink:
    """The open link of a token from `address`; raises Denied, TooMany where that tries too much.

    A right token is then refused like a wrong one: who tries must not learn which it was.
    """
    limits.check(limits.WRONG_TOKENS, address)
    try:
        return link_of_token(token, now)
    except Denied:
        limits.note(limits.WRONG_TOKENS, address)
        raise


def link_of_credential(credential: str, address: str, now: dt.datetime) -> ChatLink:
    """The open link of a bearer or of a token; raises Denied or TooMany."""
    sealed = access.sealed_link(credential)
    return link_by_id(sealed, now) if sealed else open_link(credential, address, now)


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
    append_all(session, Message.Author.BOT, dialogue.greet(situation_of(session)))
    return session, True


def welcome(session: Session, *, last_seq: int, fresh: bool) -> dict[str, Any]:
    """The answer to a `hello`: what was said after `last_seq`, and how the request stands.

    Where more than one look's worth is new it begins with the first of it; the rest follows as
    messages. `more`: the page can ask for what is earlier.
    """
    news = cards.news_after(session.pk, last_seq)
    note = "" if fresh or last_seq else _welcome_back(session)
    return {
        "type": "welcome",
        "seq": news.seq,
        "history": news.messages,
        "more": news.earlier,
        "note": note,
        **news.card,
    }


def hear(
    session_id: int, link_id: int, *, cid: str, text: str, address: str, now: dt.datetime
) -> Message:
    """The stored message (see `post`) of who came by a link that must still be open.

    Raises Denied, what `post` raises, and TooMany where too much comes from the address.
    """
    if not _open_links(link_id, now).exists():
        raise Denied
    limits.count(limits.messages(), address)
    return post(session_id, cid=cid, text=text, now=now)


def look(session_id: int, link_id: int, seq: int, now: dt.datetime) -> News:
    """What is new after `seq`; raises Denied where the link is no longer open."""
    session = (
        Session.objects.select_related("request", "operator")
        .filter(pk=session_id, request__chat_links__in=_open_links(link_id, now))
        .first()
    )
    if session is None:
        raise Denied
    return cards.news_of(session, seq)


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
    if session.last_seq >= MESSAGES_A_MINUTE:  # else there are not that many at all
        said = session.messages.filter(author=Message.Author.CUSTOMER)
        _check_rate(said, MESSAGES_A_MINUTE, now)
    message = append(session, Message.Author.CUSTOMER, text.strip(), cid=cid)
    wake(ANSWER, message.pk)  # first: the worker begins while the pages are told
    transaction.on_commit(partial(notices.tell, session.group, message.seq))
    return message


def _check_rate(messages: QuerySet[Message], most: int, now: dt.datetime) -> None:
    """Raises TooMany where `most` came within a minute, with the seconds until one more may."""
    minute = dt.timedelta(minutes=1)
    times = messages.order_by("-seq").values_list("created_at", flat=True)[most - 1 : most]
    for since in times:
        if since > now - minute:
            raise TooMany(max(1, ceil((since + minute - now).total_seconds())))


def _check(cid: str, text: str) -> None:
    if not text.strip():
        raise EmptyText
    if len(text) > TEXT_LIMIT:
        raise TextTooLong
    if not cid or len(cid) > 64 or "\0" in text + cid:
        raise BadFrame


@transaction.atomic
def speak(session_id: int, language: str, now: dt.datetime | None = None) -> None:
    """Go on in another language, and say in it what is open; raises BadFrame or TooMany."""
    if language not in catalogue.LANGUAGES:
        raise BadFrame
    session = Session.objects.select_for_update().get(pk=session_id)
    if session.language == language:
        return
    _check_rate(session.messages.all(), ROWS_A_MINUTE, now or timezone.now())
    session.language = language
    session.version += 1
    session.save(update_fields=["language", "version", "updated_at"])
    # while an operator talks, the machine does not
    if not session.operator_id:
        append_all(session, Message.Author.BOT, dialogue.restate(situation_of(session)))
    transaction.on_commit(partial(notices.tell, session.group))


def language_of(request: QuoteRequest) -> str:
    """The language of the conversation about a request, or the request's own before it."""
    begun = Session.objects.filter(request=request).values_list("language", flat=True).first()
    return begun or request.language
