"""Who may talk: the cookie or bearer of one conversation, and pages whose calls are heard."""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from chat import catalogue, limits

_COOKIE = "busybee_chat_"
_SALT = "chat.link"
# of about 150 bytes each: a server refuses a request whose headers grow too long
_COOKIES = 20


def cookie_name(conversation: UUID) -> str:
    """The name of a conversation's own cookie: two tabs must not become one conversation."""
    return _COOKIE + conversation.hex


def surplus_cookies(names: Iterable[str]) -> list[str]:
    """Those of our cookies that make room for one more; browsers name the oldest first."""
    return [name for name in names if name.startswith(_COOKIE)][: -(_COOKIES - 1)]


def seal_link(link_id: int) -> str:
    """The cookie's value for a link, also its bearer: signed, so that nobody makes one up."""
    return signing.dumps({"link": link_id}, salt=_SALT)


def sealed_link(sealed: str) -> int | None:
    """The link's id in a cookie's value or a bearer; None where it is not ours."""
    try:
        return int(signing.loads(sealed, salt=_SALT)["link"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None


def sealed_of(request: HttpRequest, conversation: UUID) -> str:
    """What a call shows for itself: its bearer, else the conversation's cookie; may be empty."""
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return bearer.strip()
    return request.COOKIES.get(cookie_name(conversation), "")


def address_of(request: HttpRequest) -> str:
    """The address whose limits count for a request."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    return limits.address_of(request.META.get("REMOTE_ADDR") or "", forwarded)


def language_of(accepted: str) -> str:
    """The customers' language that an Accept-Language header begins with, else Korean."""
    wanted = accepted[:2].lower()
    return wanted if wanted in catalogue.LANGUAGES else "ko"


View = Callable[..., HttpResponse]


def own_pages_only(view: View) -> View:
    """`view` for pages of ours: who writes must say so in Origin, who reads must not say other.

    It stands in for the check against forged requests, which wants a cookie: a page in an iframe
    has none, and a GET of ours sets none.
    """

    @csrf_exempt
    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        origin = request.headers.get("Origin", "")
        reads = request.method in ("GET", "HEAD")
        if (origin or not reads) and not _is_own(origin, request.get_host()):
            return JsonResponse({"error": "origin"}, status=403)
        return view(request, *args, **kwargs)

    return checked


def is_own_page(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a page of ours opens this socket: a null, missing or foreign Origin is refused."""
    origin, host = (headers.get(name, b"").decode("latin-1") for name in (b"origin", b"host"))
    return _is_own(origin, host)


def _is_own(origin: str, host: str) -> bool:
    try:
        found, public = urlsplit(origin), urlsplit(settings.BUSYBEE_PUBLIC_URL)
    except ValueError:  # "http://[": no address at all
        return False
    if found.scheme not in ("http", "https") or not found.netloc:
        return False
    if found.netloc == public.netloc:  # http where we are https: whoever sits on the wire
        return found.scheme == public.scheme
    return found.netloc == host
