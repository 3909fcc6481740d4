"""The pages: a link's door, which only a click opens, and the conversation behind it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from chat import access, catalogue, services, visitors
from chat.errors import Denied, TooMany
from chat.visitor_words import PROOF_DOOR
from chat.wording import DOOR, GONE, PAGE


@never_cache
@access.own_pages_only
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """A page with one button; pressing it trades the token for the conversation's cookie.

    Mail scanners follow links: a GET changes nothing and gives nothing away.
    """
    now = timezone.now()
    try:
        link = services.open_link(token, access.address_of(request), now)
    except Denied:
        return gone(request)
    except TooMany as exc:
        return _too_many(request, exc)
    if request.method != "POST":
        language = link.request.language
        words = DOOR[language] | (PROOF_DOOR[language] if link.proves else {})
        context = {"language": language, "words": words, "number": str(link.request)}
        return _private(render(request, "chat/open.html", context))
    visitors.prove(link, now)
    conversation = link.request.public_id
    response = redirect("chat:page", conversation)
    for name in access.surplus_cookies(request.COOKIES):
        response.delete_cookie(name, samesite="Lax")
    response.set_cookie(
        access.cookie_name(conversation),
        access.seal_link(link.pk),
        max_age=int((link.expires_at - now).total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return _private(response)


@never_cache
@require_safe
def page(request: HttpRequest, conversation: UUID) -> HttpResponse:
    """The conversation, to who holds its cookie; what is in it comes over the socket."""
    try:
        cookie = request.COOKIES.get(access.cookie_name(conversation), "")
        link = services.link_by_id(access.sealed_link(cookie), timezone.now())
    except Denied:
        return gone(request)
    if link.request.public_id != conversation:
        return gone(request)
    language = services.language_of(link.request)
    context = {
        "language": language,
        "words": PAGE,
        "number": str(link.request),
        "conversation": conversation,
    }
    return _private(render(request, "chat/page.html", context))


def gone(request: HttpRequest) -> HttpResponse:
    """The same answer for wrong, expired and revoked links."""
    wanted = request.headers.get("Accept-Language", "")[:2].lower()
    order = sorted(GONE, key=lambda language: language != wanted)
    context = {"texts": [(language, GONE[language]) for language in order], "language": order[0]}
    return _private(render(request, "chat/gone.html", context, status=404))


def _too_many(request: HttpRequest, error: TooMany) -> HttpResponse:
    """The answer to an address that tries many tokens, wrong or right."""
    language = access.language_of(request.headers.get("Accept-Language", ""))
    text = {"title": "BusyBee", "text": catalogue.refusal(language, error.code)}
    context = {"texts": [(language, text)], "language": language}
    response = render(request, "chat/gone.html", context, status=429)
    response.headers["Retry-After"] = str(error.seconds)
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    # the door's address holds the token. With `no-referrer` a browser's POST says `Origin: null`,
    # which is refused
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
