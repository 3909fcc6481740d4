"""One IMAP connection: made, kept alive, given up. Other modules speak on it."""

import base64
import binascii
import contextlib
import imaplib
import socket
import ssl
import unicodedata
from collections.abc import Iterator

from cryptography.fernet import InvalidToken
from django.conf import settings
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from pipeline.errors import MailboxError
from pipeline.mailbox.oauth import LOOPBACK, authenticate, cleaned
from pipeline.models import Mailbox

CONNECT_SECONDS = 15
READ_SECONDS = 30
LEAST_SECONDS = 2.0
# a router that forgets an idle connection mostly does so after five minutes or more
KEEPALIVE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}


class LoginRefused(MailboxError):
    """The server does not take our name and password."""


def connect(mailbox: Mailbox) -> IMAPClient:
    """A connection that is logged in. Raises MailboxError, LoginRefused for one."""
    with told(mailbox):
        context = ssl.create_default_context() if mailbox.tls else None
        timeout = SocketTimeout(CONNECT_SECONDS, READ_SECONDS)
        client = IMAPClient(
            mailbox.host, mailbox.port, ssl=mailbox.tls, ssl_context=context, timeout=timeout
        )
        try:
            _keep_alive(client.socket())
            _log_in(client, mailbox)
        except BaseException:
            drop(client)
            raise
        return client


def _log_in(client: IMAPClient, mailbox: Mailbox) -> None:
    if mailbox.login != Mailbox.Login.PASSWORD:
        authenticate(client, mailbox)
        return
    if not mailbox.tls and mailbox.host.lower() not in LOOPBACK:
        raise MailboxError("a password is sent over TLS only: switch it on")
    user, password = mailbox.username, password_of(mailbox)
    if has_controls(user + password):
        raise LoginRefused("the user name or the password has a control character")
    try:
        if client.has_capability("AUTH=PLAIN"):
            client.sasl_login("PLAIN", lambda _challenge: _plain(user, password))
        elif (user + password).isascii():
            # imaplib quotes the password only
            client.login(_quoted(user), password)
        else:
            raise LoginRefused("the server takes names and passwords in plain ASCII only")
    except LoginError as exc:
        # without its cause: a traceback in the log would have the password as well
        raise LoginRefused(f"{mailbox.host}: {_words(exc, user, password)}") from None


def password_of(mailbox: Mailbox) -> str:
    """The mailbox's password; raises MailboxError where it was sealed with another key."""
    try:
        return mailbox.password
    except (InvalidToken, binascii.Error) as exc:
        raise MailboxError("the stored keys cannot be read: the secret key has changed") from exc


def has_controls(text: str) -> bool:
    """Whether `text` has characters that could end a command's line, or a name in it."""
    return any(unicodedata.category(char) in {"Cc", "Cs"} for char in text)


def _plain(user: str, password: str) -> bytes:
    """The answer of SASL PLAIN (RFC 4616), which speaks UTF-8."""
    return f"\0{user}\0{password}".encode()


def _quoted(text: str) -> str:
    """A quoted string of RFC 3501."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _words(refusal: LoginError, user: str, password: str) -> str:
    """Why the server refuses; some repeat the command, and the password in it, in one form or
    another.
    """
    told = next(iter(getattr(refusal.__context__, "args", ())), str(refusal))
    line = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
    sent = base64.b64encode(_plain(user, password)).decode()
    # what may follow is any part of the password: of PLAIN, behind the groups with the name alone
    begins = [sent[: (len(user.encode()) + 2) // 3 * 4], f"{_quoted(user)} "]
    forms = [_quoted(password), _quoted(password)[1:-1], password]
    return cleaned(_before(line, *_shown(begins)), *_shown(forms))


def _shown(forms: list[str]) -> list[str]:
    """`forms`, and as imaplib writes them when it tells of a line as Python bytes."""
    return [*(repr(form.encode())[2:-1] for form in forms), *forms]


def _before(line: str, *commands: str) -> str:
    """`line` up to the first of `commands` in it."""
    for command in commands:
        line = line.partition(command)[0]
    return line


def _keep_alive(sock: socket.socket) -> None:
    # a command in two pieces (AUTHENTICATE) waits 40 ms for an acknowledgement otherwise
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEPALIVE.items():
        if hasattr(socket, name):  # Linux has all three, other systems some
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def drop(client: IMAPClient) -> None:
    """Close the socket without a word: nobody may be there to hear a LOGOUT."""
    with contextlib.suppress(OSError, imaplib.IMAP4.error, IMAPClientError):
        client.shutdown()


@contextlib.contextmanager
def told(mailbox: Mailbox) -> Iterator[None]:
    """Errors of the libraries and of the network as MailboxError with the server's name.

    UnicodeError: a host that is no name; binascii.Error: a challenge that is no base64.
    """
    try:
        yield
    except (
        OSError,
        imaplib.IMAP4.error,
        IMAPClientError,
        UnicodeError,
        binascii.Error,
    ) as exc:
        raise MailboxError(f"{mailbox.host}: {exc}") from exc


@contextlib.contextmanager
def briefly(client: IMAPClient) -> Iterator[None]:
    """A shorter patience for commands that have nothing to fetch: half a poll's interval, so that
    a server that fell silent after one poll is taken for gone before the next but one.
    """
    patience = max(LEAST_SECONDS, settings.BUSYBEE_POLL_SECONDS / 2)
    client.socket().settimeout(min(patience, READ_SECONDS))
    yield
    client.socket().settimeout(READ_SECONDS)


def is_alive(client: IMAPClient) -> bool:
    """Whether the server still answers a NOOP."""
    try:
        with briefly(client):
            client.noop()
    except (OSError, imaplib.IMAP4.error, IMAPClientError):
        return False
    return True
