"""What IMAP servers answer that Dovecot does not."""

from typing import Any

import pytest

from pipeline.errors import MailboxError
from pipeline.mailbox import imap


class Server:
    """Stands in for IMAPClient: gives these bodies one after the other."""

    def __init__(self, *bodies: bytes | None, size: int = 100, listed: bool = True) -> None:
        self.bodies, self.size, self.listed = list(bodies), size, listed

    def fetch(self, uids: list[int], what: list[str]) -> dict[int, dict[bytes, Any]]:
        body = self.bodies.pop(0)
        answer = {} if body is None else {b"BODY[]": body}
        return {uids[0]: {**answer, b"RFC822.SIZE": self.size}}

    def search(self, criteria: list[str]) -> list[int]:
        return [7] if self.listed else []


def fetch(server: Server) -> bytes | None:
    return imap._fetch(server, 7)


def test_size_that_is_an_estimate_does_not_stop_the_mailbox() -> None:
    assert fetch(Server(b"x" * 96, b"x" * 96)) == b"x" * 96


def test_short_read_that_is_longer_the_next_time_is_an_error() -> None:
    with pytest.raises(MailboxError, match="96 of 100"):
        fetch(Server(b"x" * 96, b"x" * 100))


def test_mail_that_is_listed_but_not_given_is_not_passed() -> None:
    with pytest.raises(MailboxError, match="gives nothing"):
        fetch(Server(None))


def test_mail_that_is_gone_is_passed() -> None:
    assert fetch(Server(None, listed=False)) is None
