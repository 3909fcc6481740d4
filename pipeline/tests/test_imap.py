"""Mailboxes on a real IMAP server."""

from collections.abc import Iterator

import pytest

from pipeline.errors import MailboxError
from pipeline.mailbox import imap
from pipeline.mailbox.poller import poll_once
from pipeline.models import Email, Location, Mailbox
from pipeline.tests import dovecot
from pipeline.tests.dovecot import Dovecot

pytestmark = [
    pytest.mark.needs("dovecot"),
    pytest.mark.django_db,
    pytest.mark.usefixtures("redis_url"),
]


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot.running() as running:
        yield running


@pytest.fixture
def mailbox(server: Dovecot) -> Mailbox:
    box = Mailbox(name="imap", host="127.0.0.1", port=server.port, tls=False, username=dovecot.USER)
    box.password = dovecot.PASSWORD
    box.save()
    return box


def raw(number: int) -> bytes:
    # one Message-ID for all: it must not matter
    return (
        f"From: a@shipper.example\r\nSubject: mail {number}\r\n"
        f"Message-ID: <same@shipper.example>\r\n\r\nbody {number}\r\n"
    ).encode()


def test_mails_are_read_once_and_in_order(server: Dovecot, mailbox: Mailbox) -> None:
    server.append(raw(1), raw(2))
    assert poll_once(mailbox) == 2
    server.append(raw(3))
    mailbox.refresh_from_db()

    assert poll_once(mailbox) == 1
    assert poll_once(mailbox) == 0
    assert list(Location.objects.order_by("pk").values_list("uid", flat=True)) == ["1", "2", "3"]


def test_flags_on_the_server_stay_as_they_are(server: Dovecot, mailbox: Mailbox) -> None:
    server.append(raw(1))
    poll_once(mailbox)

    with server.client() as client:
        client.select_folder("INBOX", readonly=True)
        assert b"\\Seen" not in client.get_flags([1])[1]


def test_new_uidvalidity_doubles_and_loses_nothing(server: Dovecot, mailbox: Mailbox) -> None:
    server.append(raw(1), raw(2))
    poll_once(mailbox)
    mailbox.refresh_from_db()
    before = mailbox.uidvalidity
    server.new_epoch()
    server.append(raw(3))
    poll_once(mailbox)

    mailbox.refresh_from_db()
    assert mailbox.uidvalidity != before
    assert Email.objects.count() == 3


def test_stop_between_two_mails_goes_on_at_the_next(server: Dovecot, mailbox: Mailbox) -> None:
    server.append(raw(1), raw(2))
    next(imap.poll(mailbox))
    mailbox.refresh_from_db()

    assert mailbox.last_uid == 1
    assert [received.new for received in imap.poll(mailbox)] == [True]


def test_wrong_password_is_a_clear_error(mailbox: Mailbox) -> None:
    mailbox.password = "wrong"
    with pytest.raises(MailboxError, match=r"127\.0\.0\.1"):
        poll_once(mailbox)

    mailbox.refresh_from_db()
    assert mailbox.last_error


def test_password_is_sealed_in_the_database(mailbox: Mailbox) -> None:
    stored = bytes(Mailbox.objects.get().sealed_password)

    assert dovecot.PASSWORD.encode() not in stored
    assert Mailbox.objects.get().password == dovecot.PASSWORD
