"""Calls of pages: the conversation without a socket, a link for a bearer, places by their letters.

Pages of ours only (Origin). Who may talk shows a bearer or the conversation's cookie.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from chat import access, cards, catalogue, frames, limits, place_search, services
from chat.errors import BadFrame, ChatError, Denied, TooMany
from chat.frames import Earlier, Hello, Said, Speak
from chat.models import Session
from freight import own_places
from freight.models import ChatLink

BODY_LIMIT = frames.FRAME_LIMIT * frames.FRAMES_A_POST
STATUS = {"denied": 403, "too_many": 429, "invalid": 400}


@never_cache
@access.own_pages_only
@require_POST
def frame(request: HttpRequest, conversation: UUID) -> HttpResponse:
    """The answers to a page's frames and all that is new: what the socket does, for who has none.

    A page polls with no frames. `later`: there is more to be had at once.
    """
    now, address = timezone.now(), access.address_of(request)
    try:
        limits.count(limits.POLLS, address)
        poll = frames.parse_poll(body_of(request))
        link = link_of_call(request, conversation, now)
        return JsonResponse(_talk(link, poll, address, now))
    except ChatError as exc:
        return refusal(request, exc)


@never_cache
@access.own_pages_only
@require_POST
def exchange(request: HttpRequest) -> HttpResponse:
    """A bearer for a link's token: for an iframe on a foreign page, which has no cookies."""
    now, address = timezone.now(), access.address_of(request)
    try:
        limits.count(limits.EXCHANGES, address)
        link = services.open_link(frames.parse_token(body_of(request)), address, now)
    except ChatError as exc:
        return refusal(request, exc)
    return JsonResponse(pass_of(link))


@never_cache
@access.own_pages_only
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Places that the typed letters may mean, the likeliest first."""
    try:
        limits.count(limits.PLACES, access.address_of(request))
    except TooMany as exc:
        return refusal(request, exc)
    own_places.refresh()
    language = request.GET.get("lang", "")
    language = language if language in catalogue.LANGUAGES else "en"
    found = place_search.suggest(request.GET.get("q", ""), language)
    return JsonResponse([asdict(each) for each in found], safe=False)


def pass_of(link: ChatLink) -> dict[str, str]:
    """What a page without cookies holds in memory: its bearer, and which conversation it opens."""
    return {"bearer": access.seal_link(link.pk), "conversation": str(link.request.public_id)}


def link_of_call(request: HttpRequest, conversation: UUID, now: dt.datetime) -> ChatLink:
    """The open link behind a call about `conversation`; raises Denied."""
    sealed = access.sealed_link(access.sealed_of(request, conversation))
    link = services.link_by_id(sealed, now)
    if link.request.public_id != conversation:
        raise Denied
    return link


def refusal(request: HttpRequest, error: ChatError) -> JsonResponse:
    """Why a call was refused: the frame that a socket would send, with a status of HTTP."""
    language = access.language_of(request.headers.get("Accept-Language", ""))
    body = {"frames": [cards.refusal(error, language)]}
    response = JsonResponse(body, status=STATUS.get(error.code, 400))
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def body_of(request: HttpRequest) -> bytes:
    """The body, of at most eight frames' size; raises BadFrame."""
    body = request.read(BODY_LIMIT + 1)
    if len(body) > BODY_LIMIT:
        raise BadFrame
    return body


def _talk(link: ChatLink, poll: frames.Poll, address: str, now: dt.datetime) -> dict[str, Any]:
    session, fresh = services.begin(link.request)
    seq, answers = poll.last_seq, []
    for content in poll.frames:
        for answer in _answers(session, link, content, address, fresh, now):
            seq = answer["seq"] if answer["type"] == "welcome" else seq
            answers.append(answer)
    news = services.look(session.pk, link.pk, seq, now)
    answers += [*news.messages, {"type": "state", **news.card}]
    if news.card["waiting"]:
        answers.append({"type": "typing"})
    return {"frames": answers, "later": news.later}


def _answers(
    session: Session, link: ChatLink, content: object, address: str, fresh: bool, now: dt.datetime
) -> Iterator[dict[str, Any]]:
    """What is answered to one frame; a refused one spoils none of the others."""
    cid = ""
    try:
        match frames.meaning(content):
            case Hello(last_seq=last_seq):
                yield services.welcome(session, last_seq=last_seq, fresh=fresh)
            case Said(cid=cid, text=text):
                message = services.hear(
                    session.pk, link.pk, cid=cid, text=text, address=address, now=now
                )
                yield {"type": "ack", "cid": cid, "seq": message.seq}
            case Speak(lang=lang):
                services.speak(session.pk, lang, now)
            case Earlier(before=before):
                yield cards.earlier_than(session.pk, before)
    except Denied:
        raise
    except ChatError as exc:
        yield cards.refusal(exc, session.language, cid)
