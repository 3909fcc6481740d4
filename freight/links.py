"""Links that open one conversation: 256 random bits in the mail, their hash in the database."""

import datetime as dt
import hashlib
import secrets

from django.conf import settings

from freight.models import ChatLink, QuoteRequest


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue(request: QuoteRequest, now: dt.datetime, *, proves: str = "") -> str:
    """A new token (43 URL-safe characters) for the conversation about `request`.

    Who opens it by a click shows that the address `proves`, to which it is mailed, is theirs.
    """
    token = secrets.token_urlsafe(32)
    expires = now + dt.timedelta(days=settings.BUSYBEE_CHAT_LINK_DAYS)
    ChatLink.objects.create(
        request=request, token_hash=_digest(token), expires_at=expires, proves=proves
    )
    return token


def open_by_token(token: str, now: dt.datetime) -> ChatLink | None:
    """The link of `token`, or None where it is wrong, expired or revoked (all the same to the
    caller).
    """
    return (
        ChatLink.objects.select_related("request")
        .filter(token_hash=_digest(token), expires_at__gt=now, revoked_at=None)
        .first()
    )
