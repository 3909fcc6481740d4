"""Waiting for news from the server (IMAP IDLE), so that a mail is seen when it comes."""

import time
from collections.abc import Callable, Iterable
from threading import Event
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from pipeline.mailbox.connection import briefly

SLICE_SECONDS = 0.5
# servers may hang up after half an hour of IDLE, some routers after ten minutes
IDLE_SECONDS = 9 * 60


class Folder:
    """How many mails lie in the selected folder, by what the server says of it unasked.

    Some say it again and again: only a number that has grown is news.
    """

    def __init__(self, exists: int) -> None:
        self.exists = exists

    def has_grown(self, lines: Iterable[tuple[Any, ...]]) -> bool:
        """Whether these lines, in their order, tell of a mail that came."""
        grown = False
        for line in lines:
            if not isinstance(line[0], int):
                continue
            if line[-1] == b"EXISTS":
                grown = grown or line[0] > self.exists
                self.exists = line[0]
            elif line[-1] == b"EXPUNGE":
                self.exists -= 1
        return grown


def idle(
    client: IMAPClient,
    exists: int,
    seconds: float,
    stopping: Event,
    beat: Callable[[], None],
) -> None:
    """Return when there are more than `exists` mails (removed ones not counted), when the server
    says that it ends, after `seconds` (at most 9 minutes), or when `stopping` is set.

    Raises OSError or IMAPClientError where the server refuses to wait, or the connection is dead;
    the end of the IDLE is what shows it, so whoever wants to know in time passes few seconds.
    """
    folder = Folder(exists)
    if folder.has_grown(_announced(client)):
        return
    with briefly(client):
        _begin(client)
    deadline = time.monotonic() + min(seconds, IDLE_SECONDS)
    grown = folder.has_grown(_announced(client))  # before the server said that we may wait
    while not grown and not stopping.is_set() and time.monotonic() < deadline:
        began = time.monotonic()
        lines = client.idle_check(timeout=min(SLICE_SECONDS, max(0.0, deadline - began)))
        grown = folder.has_grown(lines) or any(line[0] == b"BYE" for line in lines)
        if not lines and time.monotonic() - began < SLICE_SECONDS / 2:
            break  # at the end of the connection there is always something to read: nothing
        beat()
    with briefly(client):
        client.idle_done()


def _begin(client: IMAPClient) -> None:
    """As IMAPClient.idle, which takes any line before the server's go-ahead for a refusal."""
    imap = client._imap
    tag = client._idle_tag = imap._command("IDLE")
    while imap._get_response() is not None:
        if imap.tagged_commands.get(tag) is not None:
            _kind, words = imap.tagged_commands.pop(tag)
            raise IMAPClientError(f"IDLE is refused: {b' '.join(words).decode('utf-8', 'replace')}")
        if "BYE" in imap.untagged_responses:
            raise IMAPClientError("the server ends the connection")


def _announced(client: IMAPClient) -> list[tuple[int, bytes]]:
    """What the server said of the folder in its answers to whatever we asked: it says it once, and
    imaplib keeps it. The order between the two kinds is lost; the last number counts.
    """
    kept = client._imap.untagged_responses
    gone, exists = kept.pop("EXPUNGE", []), kept.pop("EXISTS", [])
    return [(int(number), b"EXPUNGE") for number in gone] + [
        (int(number), b"EXISTS") for number in exists[-1:]
    ]


def forget_announcements(client: IMAPClient) -> None:
    """What SELECT says of the folder is no news."""
    _announced(client)
