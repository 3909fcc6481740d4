"""A person's consent at the provider: the way there, and what comes back (RFC 6749, RFC 7636)."""

import base64
import dataclasses
import hashlib
import logging
import secrets
from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core import signing

from pipeline.errors import MailboxError
from pipeline.mailbox.oauth import Keys, app_only, ask, change_keys, cleaned, keys_of, provider_of
from pipeline.models import Mailbox

logger = logging.getLogger(__name__)
SESSION_KEY = "mailbox_consent"
SALT = "pipeline.mailbox.consent"
LONGEST_SECONDS = 15 * 60


class ConsentError(MailboxError):
    """The way to the provider and back did not end in consent; its text is for the operator."""


def begin(mailbox: Mailbox, *, redirect_uri: str, session: MutableMapping[str, Any]) -> str:
    """The provider's page where a person allows the mailbox to be read.

    What ties the answer to this browser (verifier and nonce) stays in its session.
    """
    if mailbox.login == Mailbox.Login.PASSWORD or app_only(mailbox):
        raise ConsentError("this mailbox logs in without a person's consent")
    provider = provider_of(mailbox)
    if not provider.authorize_url:
        raise ConsentError("the provider's authorization address is missing")
    if not mailbox.oauth_client_id:
        raise ConsentError("the client ID is missing")
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    session[SESSION_KEY] = {
        "nonce": nonce,
        "verifier": verifier,
        "redirect_uri": redirect_uri,
        "asked": _asked(mailbox),
    }
    query = {
        "response_type": "code",
        "client_id": mailbox.oauth_client_id,
        "redirect_uri": redirect_uri,
        "scope": provider.scope,
        "state": signing.dumps([mailbox.pk, nonce], salt=SALT),
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
        **({"login_hint": mailbox.username} if mailbox.username else {}),
        **provider.extra,
    }
    joint = "&" if urlsplit(provider.authorize_url).query else "?"
    return f"{provider.authorize_url}{joint}{urlencode(query)}"


def challenge(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def mailbox_of(state: str) -> int:
    """The key of the mailbox that `state` was made for; raises ConsentError where it is not ours
    or too old.
    """
    return _opened(state)[0]


def finish(
    mailbox: Mailbox, answer: Mapping[str, str], *, session: MutableMapping[str, Any]
) -> None:
    """Keep the refresh token that the provider gives for the code in `answer`.

    Each way can be ended once. Raises ConsentError or MailboxError with the reason in words.
    """
    begun = session.pop(SESSION_KEY, None)
    pk, nonce = _opened(answer.get("state", ""))
    if not begun or pk != mailbox.pk or not secrets.compare_digest(nonce, begun["nonce"]):
        raise ConsentError("this answer belongs to another session: connect again")
    if begun["asked"] != _asked(mailbox):
        raise ConsentError("the mailbox was changed meanwhile: connect again")
    if "error" in answer:
        words = (cleaned(answer.get(name)) for name in ("error", "error_description"))
        raise ConsentError(f"the provider says no: {': '.join(filter(None, words))}")
    granted = _exchange(mailbox, answer.get("code", ""), begun)
    if not granted.refresh_token:
        raise ConsentError("the provider gave no refresh token: is offline access allowed?")
    change_keys(
        mailbox, lambda keys: dataclasses.replace(granted, client_secret=keys.client_secret)
    )
    logger.info("mailbox %s: connected", mailbox.pk)


def _exchange(mailbox: Mailbox, code: str, begun: Mapping[str, str]) -> Keys:
    if not code:
        raise ConsentError("the provider's answer holds no code")
    grant = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": begun["redirect_uri"],
        "code_verifier": begun["verifier"],
    }
    return ask(mailbox, keys_of(mailbox), grant)


def _opened(state: str) -> tuple[int, str]:
    try:
        pk, nonce = signing.loads(state, salt=SALT, max_age=LONGEST_SECONDS)
    except signing.SignatureExpired as exc:
        raise ConsentError("the answer came too late: connect again") from exc
    except signing.BadSignature as exc:
        raise ConsentError("this answer is not one to a question of ours") from exc
    return int(pk), str(nonce)


def _asked(mailbox: Mailbox) -> list[str]:
    """What consent is asked for with: another client's or address's code is of no use."""
    provider = provider_of(mailbox)
    return [provider.token_url, mailbox.oauth_client_id, mailbox.username, provider.scope]
