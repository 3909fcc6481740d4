"""Who may talk: the cookie of one conversation, and pages that may open a socket."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core import signing

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
    """The cookie's value for a link: signed, so that nobody makes one up."""
    return signing.dumps({"link": link_id}, salt=_SALT)


def sealed_link(cookie: str) -> int | None:
    """The link's id in a cookie's value; None where it is not ours."""
    try:
        return int(signing.loads(cookie, salt=_SALT)["link"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None


def is_own_page(headers: Mapping[bytes, bytes]) -> bool:
    """Whether a page of ours opens this socket: a null, missing or foreign Origin is refused."""
    origin = urlsplit(headers.get(b"origin", b"").decode("latin-1"))
    if origin.scheme not in ("http", "https") or not origin.netloc:
        return False
    public = urlsplit(settings.BUSYBEE_PUBLIC_URL)
    if (origin.scheme, origin.netloc) == (public.scheme, public.netloc):
        return True
    return origin.netloc == headers.get(b"host", b"").decode("latin-1")
