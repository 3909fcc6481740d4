"""Who may talk: the cookie of one conversation, and pages that may open a socket."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing

COOKIE = "busybee_chat"
_SALT = "chat.link"


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
