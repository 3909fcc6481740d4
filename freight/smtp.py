"""The one door through which mail leaves: SMTP, with a clear word on what became of it."""

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from freight.errors import NotAccepted, OutcomeUnknown

LEADING_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True)
class Relay:
    """An SMTP relay: `smtp://`, `smtp+starttls://` or `smtps://` with user:password@host:port."""

    host: str
    port: int
    security: str  # "", "starttls" or "tls"
    username: str
    password: str

    @classmethod
    def from_url(cls, url: str) -> "Relay":
        parts = urlsplit(url)
        security = {"smtp": "", "smtp+starttls": "starttls", "smtps": "tls"}[parts.scheme]
        port = parts.port or {"": 25, "starttls": 587, "tls": 465}[security]
        return cls(
            host=parts.hostname or "127.0.0.1",
            port=port,
            security=security,
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )


def deliver(relay: Relay, *, sender: str, recipient: str, raw: bytes, seconds: float) -> None:
    """Hand `raw` to the relay, which has it when this returns.

    Nothing is begun after half of `seconds`, an answer is awaited for a quarter at most, and the
    connection is cut after three quarters, so that a caller whose lease is `seconds` long is never
    overtaken by its own mail. Raises NotAccepted (nobody has it) or OutcomeUnknown (the bytes left,
    no clear answer came).
    """
    started = time.monotonic()
    try:
        smtp = _connect(relay, timeout=seconds / 4)
    except (OSError, smtplib.SMTPException) as exc:
        raise NotAccepted(f"no connection: {exc}", permanent=False) from exc
    try:
        _offer(smtp, sender, recipient)
        if time.monotonic() - started > seconds / 2:
            raise NotAccepted("the relay is too slow", permanent=False)
        with _cut_off(smtp, started + seconds * 3 / 4 - time.monotonic()):
            _transfer(smtp, raw)
    finally:
        smtp.close()


def _connect(relay: Relay, *, timeout: float) -> smtplib.SMTP:
    if relay.security == "tls":
        context = ssl.create_default_context()
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            relay.host, relay.port, timeout=timeout, context=context
        )
    else:
        smtp = smtplib.SMTP(relay.host, relay.port, timeout=timeout)
    try:
        if relay.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if relay.username:
            smtp.login(relay.username, relay.password)
    except (OSError, smtplib.SMTPException):
        smtp.close()
        raise
    return smtp


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
