"""Access tokens for mailboxes that log in by XOAUTH2: asked for, kept sealed, renewed in time.

Providers that rotate refresh tokens take each of them once, and some withdraw all of a family when
an old one comes again. So one process at a time asks for a mailbox: it leases the row's keys in a
short transaction, talks to the provider without one, and writes what it got in another.
"""

import base64
import dataclasses
import json
import logging
import re
import secrets
import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol
from urllib.parse import urlsplit

from cryptography.fernet import InvalidToken
from django.db import transaction

from freight.sealing import seal, unseal
from pipeline.errors import ConsentGone, MailboxError
from pipeline.models import Mailbox

logger = logging.getLogger(__name__)
EARLY_SECONDS = 300  # a token is renewed so long before it ends
USUAL_LIFE_SECONDS = 3600
CONNECT_SECONDS, READ_SECONDS, ANSWER_SECONDS = 5, 15, 25
LEASE_SECONDS = 45  # longer than one answer can take
LARGEST_ANSWER = 64 * 1024
LARGEST_WORDS = 200
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,99}")
SECRET_FIELDS = {"client_secret", "refresh_token", "code", "code_verifier"}
APP_ONLY_SCOPE = "https://outlook.office365.com/.default"


@dataclass(frozen=True, slots=True)
class Provider:
    """Where to ask, and for what; `extra` goes along when a person is asked for consent."""

    authorize_url: str
    token_url: str
    scope: str
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Keys:
    """What lies sealed in Mailbox.sealed_oauth; times are seconds since 1970."""

    client_secret: str = ""
    refresh_token: str = ""
    access_token: str = ""
    renew_at: float = 0.0
    lease: str = ""  # who asks the provider just now, and until when
    lease_until: float = 0.0

    def fresh(self, now: float) -> bool:
        return bool(self.access_token) and now < self.renew_at


class TokenRefused(MailboxError):
    """The IMAP server does not take this access token."""


class SaslClient(Protocol):
    """The part of imapclient.IMAPClient that logs in."""

    def sasl_login(self, mech_name: str, mech_callable: Callable[[bytes], bytes]) -> object: ...


def provider_of(mailbox: Mailbox) -> Provider:
    """The provider's addresses and scope; raises MailboxError where they are missing or unsafe."""
    if mailbox.login == Mailbox.Login.GOOGLE:
        return Provider(
            "https://accounts.google.com/o/oauth2/v2/auth",
            "https://oauth2.googleapis.com/token",
            mailbox.oauth_scope or "https://mail.google.com/",
            # without these two Google gives no refresh token the second time
            {"access_type": "offline", "prompt": "consent"},
        )
    if mailbox.login == Mailbox.Login.MICROSOFT:
        tenant = mailbox.oauth_tenant or "organizations"
        if not TENANT.fullmatch(tenant):
            raise MailboxError("the tenant is neither an ID nor a domain")
        base = f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
        usual = "https://outlook.office.com/IMAP.AccessAsUser.All offline_access"
        if mailbox.relay:
            usual = f"https://outlook.office.com/SMTP.Send {usual}"
        return Provider(f"{base}/authorize", f"{base}/token", mailbox.oauth_scope or usual, {})
    for url in (mailbox.oauth_token_url, mailbox.oauth_authorize_url):
        if url and not safe_url(url):
            raise MailboxError("the provider's addresses must begin with https://")
    if not mailbox.oauth_token_url:
        raise MailboxError("the provider's token address is missing")
    return Provider(mailbox.oauth_authorize_url, mailbox.oauth_token_url, mailbox.oauth_scope, {})


def safe_url(url: str) -> bool:
    """Whether secrets may go to `url`: HTTPS, or this machine itself."""
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    return bool(parts.hostname) and (parts.scheme == "https" or local)


def app_only(mailbox: Mailbox) -> bool:
    """Whether the application logs in as itself (client credentials), without a user's consent."""
    return mailbox.oauth_scope.endswith("/.default")


def keys_of(mailbox: Mailbox) -> Keys:
    """The mailbox's keys; raises MailboxError where they were sealed with another secret key."""
    if not mailbox.sealed_oauth:
        return Keys()
    try:
        kept = json.loads(unseal(bytes(mailbox.sealed_oauth)))
    except InvalidToken as exc:
        raise MailboxError("the stored keys cannot be read: the secret key has changed") from exc
    known = {field.name for field in fields(Keys)}
    return Keys(**{name: value for name, value in kept.items() if name in known})


def change_keys(mailbox: Mailbox, change: Callable[[Keys], Keys]) -> Keys:
    """The row's keys after `change`, which sees what is there now: nobody's write is undone."""
    with transaction.atomic():
        row = Mailbox.objects.select_for_update().only("sealed_oauth").get(pk=mailbox.pk)
        before = keys_of(row)
        after = change(before)
        if after != before:
            row.sealed_oauth = seal(json.dumps(asdict(after)).encode())
            row.save(update_fields=["sealed_oauth"])
    mailbox.sealed_oauth = row.sealed_oauth
    return after


def forget(mailbox: Mailbox, *, secret: bool) -> None:
    """Drop the tokens, and the client secret as well if `secret`."""
    try:
        change_keys(mailbox, lambda keys: Keys("" if secret else keys.client_secret))
    except MailboxError:
        Mailbox.objects.filter(pk=mailbox.pk).update(sealed_oauth=b"")
        mailbox.sealed_oauth = b""


def set_client_secret(mailbox: Mailbox, secret: str) -> None:
    """Keep `secret`; tokens that were got with another one stay until the provider refuses them."""
    change_keys(mailbox, lambda keys: dataclasses.replace(keys, client_secret=secret))


def authenticate(client: SaslClient, mailbox: Mailbox) -> None:
    """Log `client` in by XOAUTH2. A token that the server refuses is renewed once.

    Raises MailboxError; the connection is then of no more use.
    """
    if not mailbox.tls and mailbox.host.lower() not in LOOPBACK:
        raise MailboxError("a token is sent over TLS only: switch it on")
    token = access_token(mailbox)
    try:
        _log_in(client, mailbox.username, token)
    except TokenRefused:
        logger.info("mailbox %s: access token refused, asking for another", mailbox.pk)
        _log_in(client, mailbox.username, access_token(mailbox, refused=token))


def _log_in(client: SaslClient, username: str, token: str) -> None:
    from imapclient.exceptions import IMAPClientAbortError, LoginError

    answer = f"user={username}\x01auth=Bearer {token}\x01\x01".encode()

    def respond(challenge: bytes) -> bytes:
        # a challenge is the server's reason in JSON: an empty answer ends the attempt
        return b"" if challenge else answer

    try:
        client.sasl_login("XOAUTH2", respond)
    except (IMAPClientAbortError, LoginError) as exc:
        # imapclient makes one of the other; without a cause no traceback in the log has the token
        if isinstance(exc, IMAPClientAbortError) or isinstance(
            exc.__context__, IMAPClientAbortError
        ):
            raise MailboxError("the server closed the connection at the login") from None
        sent = base64.b64encode(answer).decode()
        words = cleaned(str(exc).partition(sent)[0], token)
        raise TokenRefused(f"the server refuses the login: {words}") from None


def access_token(mailbox: Mailbox, *, refused: str = "") -> str:
    """A token that is good for another five minutes, from the row or from the provider.

    `refused` is one that the server did not take: it is not returned again. Raises ConsentGone
    where a person must connect the mailbox again, MailboxError for all else.
    """
    deadline = time.monotonic() + LEASE_SECONDS + ANSWER_SECONDS
    holder = secrets.token_hex(8)
    while True:
        keys = change_keys(mailbox, lambda keys: _leased(keys, holder, refused))
        if keys.fresh(time.time()) and keys.access_token != refused:
            return keys.access_token
        if keys.lease == holder:
            return _renewed(mailbox, keys, holder)
        if time.monotonic() > deadline:
            raise MailboxError("another process has been asking for a token for too long")
        time.sleep(0.2)


def _leased(keys: Keys, holder: str, refused: str) -> Keys:
    """The keys, leased to `holder` if a new token is needed and nobody else asks for one."""
    now = time.time()
    if keys.fresh(now) and keys.access_token != refused:
        return keys
    # a lease from the future is a clock that was set back
    if keys.lease and 0 < keys.lease_until - now <= LEASE_SECONDS:
        return keys
    return dataclasses.replace(keys, lease=holder, lease_until=now + LEASE_SECONDS)


def _renewed(mailbox: Mailbox, used: Keys, holder: str) -> str:
    """A new access token by the refresh token, or by the application's own secret."""

    def given_back(keys: Keys) -> Keys:
        mine = keys.lease == holder
        return dataclasses.replace(keys, lease="", lease_until=0.0) if mine else keys

    try:
        granted = ask(mailbox, used, _grant(mailbox, used))
    except BaseException:
        change_keys(mailbox, given_back)
        raise

    def stored(keys: Keys) -> Keys:
        if keys.refresh_token != used.refresh_token or keys.client_secret != used.client_secret:
            return given_back(keys)  # connected anew meanwhile: that is the newer consent
        return dataclasses.replace(
            granted,
            client_secret=keys.client_secret,
            refresh_token=granted.refresh_token or keys.refresh_token,
        )

    change_keys(mailbox, stored)
    logger.info("mailbox %s: new access token", mailbox.pk)
    return granted.access_token


def _grant(mailbox: Mailbox, keys: Keys) -> dict[str, str]:
    if app_only(mailbox):
        if not keys.client_secret:
            raise MailboxError("an application that logs in as itself needs a client secret")
        return {"grant_type": "client_credentials", "scope": mailbox.oauth_scope}
    if not keys.refresh_token:
        raise ConsentGone("not connected yet: use Connect on the mailbox's page")
    return {"grant_type": "refresh_token", "refresh_token": keys.refresh_token}


def ask(mailbox: Mailbox, keys: Keys, grant: Mapping[str, str]) -> Keys:
    """What the provider's token address grants; raises ConsentGone or MailboxError.

    A public client sends its ID alone, a confidential one its secret too (both in the body, which
    every provider takes).
    """
    form = {"client_id": mailbox.oauth_client_id, **grant}
    if keys.client_secret:
        form["client_secret"] = keys.client_secret
    status, answer = _post(provider_of(mailbox).token_url, form)
    hidden = [value for name, value in form.items() if name in SECRET_FIELDS]
    if status != 200 or "error" in answer:
        raise _refusal(status, answer, hidden)
    token = answer.get("access_token")
    if not isinstance(token, str) or not token or not token.isprintable():
        raise MailboxError("the login server answers without an access token")
    refresh = answer.get("refresh_token")
    return Keys(
        access_token=token,
        refresh_token=refresh if isinstance(refresh, str) else "",
        renew_at=time.time() + _life(answer.get("expires_in")),
    )


def _post(url: str, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """Status and JSON object of the answer, an empty one where it is something else."""
    import requests

    place = urlsplit(url).hostname
    deadline = time.monotonic() + ANSWER_SECONDS
    body = b""
    try:
        with requests.post(
            url,
            data=form,
            headers={"Accept": "application/json"},
            auth=lambda request: request,  # or a .netrc would put its own in
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            for piece in response.iter_content(4096):
                body += piece
                if len(body) > LARGEST_ANSWER or time.monotonic() > deadline:
                    raise MailboxError(f"the login server's answer is too long ({place})")
    except requests.RequestException as exc:
        # its text repeats the whole request line of a proxy: the kind says enough
        kind = type(exc).__name__
        raise MailboxError(f"the login server cannot be reached ({place}: {kind})") from exc
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    return response.status_code, answer if isinstance(answer, dict) else {}


def _refusal(status: int, answer: Mapping[str, Any], hidden: list[str]) -> MailboxError:
    code = cleaned(answer.get("error"), *hidden)
    words = ": ".join(filter(None, [code, cleaned(answer.get("error_description"), *hidden)]))
    if code == "invalid_grant":
        return ConsentGone(f"consent is gone, connect the mailbox again ({words})")
    if words:
        return MailboxError(f"the login server refuses: {words}")
    return MailboxError(f"the login server answers with status {status}")


def cleaned(words: object, *hidden: str) -> str:
    """One short line of a stranger's words, without control characters and without our secrets."""
    line = words if isinstance(words, str) else ""
    for secret in hidden:
        if secret:
            line = line.replace(secret, "…")
    visible = (char if unicodedata.category(char)[0] != "C" else " " for char in line[:2000])
    line = " ".join("".join(visible).split())
    return line if len(line) <= LARGEST_WORDS else f"{line[: LARGEST_WORDS - 1]}…"


def _life(seconds: object) -> float:
    """How long a token is used that lives for `seconds`: not its last minutes."""
    try:
        life = float(str(seconds))
    except ValueError:
        life = 0.0
    if not 0 < life <= 86_400:  # missing, or no number (nan is in no range)
        life = USUAL_LIFE_SECONDS
    return max(life - EARLY_SECONDS, life / 2)
