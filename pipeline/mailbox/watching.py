"""Waiting for news from the server (IMAP IDLE), so that a mail is seen when it comes."""

import time
from collections.abc import Callable
from threading import Event
from typing import Any

from imapclient import IMAPClient

from pipeline.mailbox.connection import briefly

SLICE_SECONDS = 0.5
# servers may hang up after half an hour of IDLE, some routers after ten minutes
IDLE_SECONDS = 9 * 60


def idle(client: IMAPClient, seconds: float, stopping: Event, beat: Callable[[], None]) -> None:
    """Return when a mail came, when the server says that it ends, after `seconds` (at most 9
    minutes), or when `stopping` is set.

    Raises OSError or IMAPClientError where the connection is dead; the end of the IDLE is what
    shows it, so whoever wants to know in time passes few seconds.
    """
    if _announced(client):
        return
    with briefly(client):
        client.idle()
    deadline = time.monotonic() + min(seconds, IDLE_SECONDS)
    while not stopping.is_set() and time.monotonic() < deadline:
        began = time.monotonic()
        news = client.idle_check(timeout=min(SLICE_SECONDS, max(0.0, deadline - began)))
        if any(_is_news(line) for line in news):
            break
        if not news and time.monotonic() - began < SLICE_SECONDS / 2:
            break  # at the end of the connection there is always something to read: nothing
        beat()
    with briefly(client):
        client.idle_done()


def _is_news(line: tuple[Any, ...]) -> bool:
    return line[-1] == b"EXISTS" or line[0] == b"BYE"


def _announced(client: IMAPClient) -> bool:
    """Whether a mail came since the folder was selected: the server says so once, in the answer to
    whatever we asked, and imaplib keeps it.
    """
    return bool(client._imap.untagged_responses.pop("EXISTS", None))


def forget_announcements(client: IMAPClient) -> None:
    """What SELECT says of the folder is no news."""
    _announced(client)
