"""The Content-Security-Policy of every page: scripts and styles from our own files only."""

from collections.abc import Awaitable, Callable, Sequence

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src "
    "'self'; connect-src 'self' ws: wss:; form-action 'self'; base-uri 'none'; frame-ancestors "
    "'none'"
)
# the widget's page, and the demo's page with the widget on it
FRAME_PATH, HOST_PATH = "/chat/frame/", "/chat/demo-site/"
HOST = f"{STRICT}; frame-src 'self'"
# django-unfold's Alpine.js evaluates expressions and sets styles: on its own pages only
CONSOLE = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri "
    "'none'; frame-ancestors 'none'"
)


class ContentSecurityPolicyMiddleware:
    """Adds the policy to each response that does not carry one of its own."""

    sync_capable = True
    async_capable = True

    def __init__(
        self, get_response: Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
    ) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return _later(request, self.get_response)  # type: ignore[arg-type]  # async here
        return _with_policy(request, self.get_response(request))  # type: ignore[arg-type]  # sync here


async def _later(
    request: HttpRequest, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]
) -> HttpResponseBase:
    return _with_policy(request, await get_response(request))


def _with_policy(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    response.headers.setdefault("Content-Security-Policy", _policy_of(request.path))
    return response


def _policy_of(path: str) -> str:
    if path.startswith("/admin/"):
        return CONSOLE
    if path == FRAME_PATH:
        return framed(settings.BUSYBEE_CHAT_SITES)
    return HOST if path == HOST_PATH else STRICT


def framed(sites: Sequence[str]) -> str:
    """The strict policy, but that pages of ours and of these origins may show the page."""
    ancestors = " ".join(["frame-ancestors 'self'", *sites])
    return STRICT.replace("frame-ancestors 'none'", ancestors)
