"""The Content-Security-Policy of every page: scripts and styles from our own files only."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src "
    "'self'; connect-src 'self' ws: wss:; form-action 'self'; base-uri 'none'; frame-ancestors "
    "'none'"
)
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
    policy = CONSOLE if request.path.startswith("/admin/") else STRICT
    response.headers.setdefault("Content-Security-Policy", policy)
    return response
