"""What IMAP servers answer that Dovecot does not."""

from typing import Any

import pytest

from pipeline.mailbox import fetching, imap
from pipeline.mailbox.after import action
from pipeline.models import Mailbox


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


def fetch(server: Server) -> fetching.Fetched:
    return fetching.fetch(server, fetching.Batch(((7, server.size),)))


def test_size_that_is_an_estimate_does_not_stop_the_mailbox() -> None:
    assert fetch(Server(b"x" * 96, b"x" * 96)).arrivals[0].raw == b"x" * 96


def test_short_read_that_is_longer_the_next_time_is_left() -> None:
    fetched = fetch(Server(b"x" * 96, b"x" * 100))

    assert not fetched.arrivals
    assert "96 of 100" in fetched.left[7]


def test_mail_that_is_listed_but_not_given_is_left() -> None:
    assert "gives nothing" in fetch(Server(None)).left[7]


def test_mail_that_is_gone_is_passed() -> None:
    fetched = fetch(Server(None, listed=False))

    assert (fetched.arrivals, fetched.left) == ([], {})


def test_mail_without_a_byte_is_a_mail() -> None:
    assert fetch(Server(b"", size=0)).arrivals[0].raw == b""


def test_batches_are_bounded_by_bytes_and_number() -> None:
    sizes = [(uid, 100) for uid in range(1, 251)] + [(300, fetching.BATCH_BYTES * 3), (301, 5)]
    found = [batch.uids for batch in fetching._grouped(sizes)]

    assert [len(uids) for uids in found] == [100, 100, 50, 1, 1]
    assert [uid for uids in found for uid in uids] == [uid for uid, _ in sizes]


@pytest.mark.parametrize(
    ("after", "folder", "target", "expected"),
    [
        ("move", "INBOX", "Done", "move"),
        ("move", "INBOX", "", "keep"),
        ("move", "Inbox", "INBOX", "keep"),
        ("move", "Done", "Done", "keep"),
        ("seen", "INBOX", "", "seen"),
    ],
)
def test_mail_is_never_moved_to_where_it_lies(
    after: str, folder: str, target: str, expected: str
) -> None:
    mailbox = Mailbox(after=after, folder=folder, after_folder=target)

    assert action(mailbox) == expected


def test_folders_with_the_same_uidvalidity_are_two_epochs() -> None:
    one, other = Mailbox(host="imap.example"), Mailbox(host="imap.example", folder="Quotes")

    assert imap.epoch_of(one, 1) != imap.epoch_of(other, 1)
    assert 0 < imap.epoch_of(one, 2**32 - 1) < 2**63
