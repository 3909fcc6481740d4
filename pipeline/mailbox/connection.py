"""One IMAP connection: made, kept alive, given up. Other modules speak on it."""

import contextlib
import imaplib
import socket
import ssl
from collections.abc import Iterator

from django.conf import settings
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from pipeline.errors import MailboxError
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
        from pipeline.mailbox import oauth

        oauth.authenticate(client, mailbox)
        return
    try:
        client.login(mailbox.username, mailbox.password)
    except LoginError as exc:
        raise LoginRefused(f"{mailbox.host}: {exc}") from exc


def _keep_alive(sock: socket.socket) -> None:
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
    """Errors of the libraries and of the network as MailboxError with the server's name."""
    try:
        yield
    except (OSError, imaplib.IMAP4.error, IMAPClientError) as exc:
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
