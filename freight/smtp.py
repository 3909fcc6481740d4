"""The one door through which mail leaves: SMTP, with a clear word on what became of it."""

import base64
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from freight.errors import NotAccepted, OutcomeUnknown

LEADING_DOT = re.compile(rb"(?m)^\.")
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
SECURITY = {"smtp": "", "smtp+starttls": "starttls", "smtps": "tls"}
PORTS = {"": 25, "starttls": 587, "tls": 465}


@dataclass(frozen=True, slots=True)
class Relay:
    """An SMTP relay and how to log in there: not at all, by password, or by XOAUTH2 with `token`.

    `token` gives an access token, another than the refused one that it is handed; it may raise
    NotAccepted. `ca_file` names certificates to trust besides the system's.
    """

    host: str
    port: int
    security: str  # "", "starttls" or "tls"
    username: str = ""
    password: str = field(default="", repr=False)
    token: Callable[[str], str] | None = field(default=None, repr=False)
    ca_file: str = ""

    @classmethod
    def from_url(cls, url: str, *, ca_file: str = "") -> "Relay":
        """`smtp://`, `smtp+starttls://` or `smtps://` with user:password@host:port; raises
        ValueError where `url` is none of them.
        """
        parts = urlsplit(url)
        if parts.scheme not in SECURITY or not parts.hostname:
            raise ValueError("neither smtp://, smtp+starttls:// nor smtps:// with a host")
        security = SECURITY[parts.scheme]
        return cls(
            host=parts.hostname,
            port=parts.port or PORTS[security],
            security=security,
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            ca_file=ca_file,
        )

    def context(self) -> ssl.SSLContext:
        """Certificates and host names are checked; raises OSError for an unreadable CA file."""
        context = ssl.create_default_context()
        if self.ca_file:
            context.load_verify_locations(self.ca_file)
        return context


def deliver(
    relay: Relay,
    *,
    sender: str,
    recipient: str,
    raw: bytes,
    seconds: float,
    started: float | None = None,
    last_look: Callable[[], None] = lambda: None,
) -> None:
    """Hand `raw` to the relay, which has it when this returns.

    Nothing is begun after half of `seconds`, an answer is awaited for a quarter at most, and the
    connection is cut after three quarters, so that a caller whose lease is `seconds` long, and
    began at the monotonic time `started`, is never overtaken by its own mail. `last_look` is called
    before the mail is offered and once more before its bytes leave: what it raises ends the
    sending, and nobody has the mail. Raises NotAccepted (nobody has it) or OutcomeUnknown (the
    bytes left, no clear answer came).
    """
    started = time.monotonic() if started is None else started
    try:
        smtp = _connect(relay, timeout=seconds / 4)
    except (OSError, smtplib.SMTPException) as exc:
        raise NotAccepted(f"no connection: {_told(relay, exc)}", permanent=False) from None
    try:
        last_look()
        _offer(smtp, sender, recipient)
        if time.monotonic() - started > seconds / 2:
            raise NotAccepted("the relay is too slow", permanent=False)
        last_look()
        with _cut_off(smtp, started + seconds * 3 / 4 - time.monotonic()):
            _transfer(smtp, raw)
    finally:
        smtp.close()


def _connect(relay: Relay, *, timeout: float) -> smtplib.SMTP:
    secret = relay.username or relay.token
    if secret and not relay.security and relay.host.lower() not in LOOPBACK:
        raise NotAccepted("a password or token is sent over TLS only", permanent=False)
    if relay.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            relay.host, relay.port, timeout=timeout, context=relay.context()
        )
    else:
        smtp = smtplib.SMTP(relay.host, relay.port, timeout=timeout)
    try:
        if relay.security == "starttls":
            # raises where the relay does not offer it, or goes on in clear: a mail never does
            smtp.starttls(context=relay.context())
        _log_in(smtp, relay)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _log_in(smtp: smtplib.SMTP, relay: Relay) -> None:
    if relay.token:
        _log_in_by_token(smtp, relay.username, relay.token)
    elif relay.username and not (relay.username + relay.password).isascii():
        raise NotAccepted("a relay takes names and passwords in plain ASCII only", permanent=False)
    elif relay.username:
        smtp.login(relay.username, relay.password)


def _log_in_by_token(smtp: smtplib.SMTP, username: str, token: Callable[[str], str]) -> None:
    """XOAUTH2. A token that the relay does not take is renewed once."""
    smtp.ehlo_or_helo_if_needed()
    used = token("")
    try:
        _xoauth2(smtp, username, used)
    except smtplib.SMTPAuthenticationError:
        _xoauth2(smtp, username, token(used))


def _xoauth2(smtp: smtplib.SMTP, username: str, token: str) -> None:
    answer = f"user={username}\x01auth=Bearer {token}\x01\x01"

    def respond(challenge: bytes | None = None) -> str:
        # a challenge is the relay's reason in JSON: an empty answer ends the attempt
        return answer if challenge is None else ""

    smtp.auth("XOAUTH2", respond)


def _told(relay: Relay, exc: Exception) -> str:
    """What went wrong, in one line without our secrets: some relays repeat what they were sent."""
    if isinstance(exc, smtplib.SMTPResponseException):
        words = exc.smtp_error
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
        line = f"{exc.smtp_code} {text}"
    else:
        line = str(exc)
    sent = base64.b64encode(f"\0{relay.username}\0{relay.password}".encode()).decode()
    for secret in filter(None, (relay.password, sent if relay.password else "")):
        line = line.replace(secret, "…")
    return " ".join(line.split())[:200]


def _offer(smtp: smtplib.SMTP, sender: str, recipient: str) -> None:
    try:
        smtp.ehlo_or_helo_if_needed()
        for code, text in (smtp.mail(sender), smtp.rcpt(recipient), smtp.docmd("DATA")):
            if code not in (250, 251, 354):
                raise _refusal(code, text)
    except (OSError, smtplib.SMTPException) as exc:
        raise NotAccepted(f"before the mail: {exc}", permanent=False) from exc


@contextmanager
def _cut_off(smtp: smtplib.SMTP, seconds: float) -> Iterator[None]:
    """Cut the connection after `seconds`: a timeout alone starts anew with each byte of a relay
    that talks slowly.
    """

    sock = smtp.sock

    def cut() -> None:
        with suppress(OSError):
            if sock:
                # past the TLS layer, which another thread is reading from
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _transfer(smtp: smtplib.SMTP, raw: bytes) -> None:
    body = LEADING_DOT.sub(b"..", re.sub(rb"\r?\n", b"\r\n", raw))
    try:
        smtp.send(body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        code, text = smtp.getreply()
    except (OSError, smtplib.SMTPException) as exc:
        raise OutcomeUnknown(f"after the mail: {exc}") from exc
    if 400 <= code < 600:
        raise _refusal(code, text)
    if not 200 <= code < 300:  # smtplib says -1 for what is no reply at all
        raise OutcomeUnknown(f"after the mail: no reply of SMTP ({code})")
    with suppress(OSError, smtplib.SMTPException):
        smtp.quit()  # the mail is with the relay; how it says goodbye changes nothing


def _refusal(code: int, text: bytes) -> NotAccepted:
    return NotAccepted(f"{code} {text.decode('utf-8', 'replace')}"[:300], permanent=code >= 500)
