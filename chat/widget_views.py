"""The widget: its loader for any page, the page in its iframe, and conversations begun there."""

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_POST, require_safe

from chat import access, api, catalogue, frames, limits, visitors
from chat.errors import ChatError
from chat.visitor_words import DEMO_SITE, FRAME
from chat.wording import PAGE

# a site that took the script an hour ago has the new one in an hour
LOADER_SECONDS = 3600


def _loader(request: HttpRequest | None = None) -> bytes:
    found = finders.find("chat/widget.js")
    if not found:
        raise Http404
    return Path(found).read_bytes()


def _etag(request: HttpRequest) -> str:
    return f'"{hashlib.sha256(_loader()).hexdigest()[:32]}"'


@gzip_page
@condition(etag_func=_etag)
@require_safe
def widget(request: HttpRequest) -> HttpResponse:
    """The loader. Any page may load it: it holds nothing but how to show our iframe."""
    response = HttpResponse(_loader(), content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={LOADER_SECONDS}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@never_cache
@xframe_options_exempt
@require_safe
def frame(request: HttpRequest) -> HttpResponse:
    """The page in the widget's iframe. To open it stores nothing.

    Whose pages may show it the policy says (busybee.security), which browsers prefer to
    X-Frame-Options.
    """
    language = _language(request.GET.get("lang", "")) or access.language_of(
        request.headers.get("Accept-Language", "")
    )
    context = {
        "language": language,
        "words": {each: PAGE[each] | FRAME[each] for each in PAGE},
        "site": _site(request),
    }
    response = render(request, "chat/frame.html", context)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@never_cache
@access.own_pages_only
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """A new conversation of a visitor, as a bearer for the page's memory."""
    try:
        language = frames.parse_start(api.body_of(request))
        limits.count(limits.STARTS, access.address_of(request))
        link = visitors.start(_language(language) or settings.LANGUAGE_CODE, timezone.now())
    except ChatError as exc:
        return api.refusal(request, exc)
    return JsonResponse(api.pass_of(link))


@require_safe
def demo_site(request: HttpRequest) -> HttpResponse:
    """A made-up company's site with the widget on it; where nothing is embedded there is none."""
    if not settings.BUSYBEE_EMBEDDED:
        raise Http404
    language = _language(request.GET.get("lang", "")) or "ko"
    words = DEMO_SITE[language]
    cards = words["cards"].split("|")
    context = {
        "language": language,
        "languages": settings.LANGUAGES,
        "words": words,
        "nav": words["nav"].split("|"),
        "cards": list(zip(cards[::2], cards[1::2], strict=True)),
    }
    return render(request, "chat/demo_site.html", context)


def _language(wanted: str) -> str:
    return wanted if wanted in catalogue.LANGUAGES else ""


def _site(request: HttpRequest) -> str:
    """The origin of the page that shows the iframe, if it may: with it alone messages go to and
    fro.
    """
    origin = request.GET.get("site", "").lower()
    own = {f"{request.scheme}://{request.get_host()}", _origin(settings.BUSYBEE_PUBLIC_URL)}
    return origin if origin in own | set(settings.BUSYBEE_CHAT_SITES) else ""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
