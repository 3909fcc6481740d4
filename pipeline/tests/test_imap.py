"""Mailboxes on a real IMAP server."""

import copy
import datetime as dt
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from imapclient import IMAPClient
from pytest_django.fixtures import Settings

from pipeline import remarks, storage
from pipeline.errors import FilesLeft, MailboxError
from pipeline.mailbox import after, backfill, connection, fetching, imap, ingest, reconcile
from pipeline.mailbox.imap import Session
from pipeline.mailbox.poller import poll_once
from pipeline.models import Email, Location, Mailbox, Step
from pipeline.tests import dovecot, imap_proxy
from pipeline.tests.dovecot import Dovecot
from pipeline.tests.factories import imap_mailbox

pytestmark = [
    pytest.mark.needs("dovecot"),
    pytest.mark.django_db,
    pytest.mark.usefixtures("redis_url"),
]


@pytest.fixture
def mailbox(server: Dovecot) -> Mailbox:
    return imap_mailbox(server.port)


DAY = dt.date(2026, 1, 20)


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)


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


def test_kill_after_a_commit_goes_on_at_the_next_mail(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "BATCH_MAILS", 1)
    server.append(raw(1), raw(2))
    next(imap.poll(mailbox))  # the poller stops here
    mailbox.refresh_from_db()

    assert mailbox.last_uid == 1
    assert [received.new for received in imap.poll(mailbox)] == [True]


def test_another_folder_with_the_same_uidvalidity_is_read_from_its_start(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    select = IMAPClient.select_folder
    monkeypatch.setattr(
        IMAPClient, "select_folder", lambda *a, **kw: select(*a, **kw) | {b"UIDVALIDITY": 7}
    )
    server.append(raw(1), raw(2))
    poll_once(mailbox)
    with server.client() as client:
        client.create_folder("Quotes")
    server.append(raw(3), folder="Quotes")
    mailbox.folder = "Quotes"
    mailbox.save()

    assert poll_once(mailbox) == 1


def test_mail_below_the_cursor_is_found(server: Dovecot, mailbox: Mailbox) -> None:
    server.append(raw(1), raw(2), raw(3))
    poll_once(mailbox)
    Location.objects.filter(uid__in=["1", "2"]).delete()  # as if they had come out of order
    Email.objects.exclude(locations__uid="3").delete()

    assert poll_once(mailbox) == 2
    assert sorted(Location.objects.values_list("uid", flat=True)) == ["1", "2", "3"]


def test_open_connection_compares_every_ten_minutes(
    server: Dovecot, mailbox: Mailbox, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.append(raw(1), raw(2))
    poll_once(mailbox, session)
    Location.objects.filter(uid="1").delete()

    assert poll_once(mailbox, session) == 0
    assert not Location.objects.filter(uid="1")
    session._reconciled -= imap.RECONCILE_SECONDS
    poll_once(mailbox, session)
    assert Location.objects.filter(uid="1")


def test_long_lists_are_asked_for_in_pieces(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "LISTED_AT_ONCE", 2)
    monkeypatch.setattr(reconcile, "ASKED_AT_ONCE", 2)
    server.append(*(raw(number) for number in range(5)))

    assert poll_once(mailbox) == 5
    Location.objects.exclude(uid="4").delete()
    poll_once(mailbox)
    assert Location.objects.count() == 5


def test_a_mail_that_is_not_given_stops_no_other(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.append(raw(1), raw(2), raw(3))
    fetch = IMAPClient.fetch

    def without_2(client: IMAPClient, uids: list[int], what: list[str]) -> Any:
        answer = fetch(client, uids, what)
        if "BODY.PEEK[]" in what:
            answer.pop(2, None)
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(IMAPClient, "fetch", without_2)
        with pytest.raises(FilesLeft, match="UID 2"):
            poll_once(mailbox)
    assert Email.objects.count() == 2
    assert "UID 2" in Mailbox.objects.get().last_error

    assert poll_once(mailbox) == 1


def test_folder_that_is_gone_is_a_clear_error_until_it_is_back(
    server: Dovecot, mailbox: Mailbox, session: Session
) -> None:
    mailbox.folder = "Quotes"
    mailbox.save()
    with server.client() as client:
        client.create_folder("Quotes")
    server.append(raw(1), folder="Quotes")
    assert poll_once(mailbox, session) == 1
    with server.client() as client:
        client.delete_folder("Quotes")
    with pytest.raises(MailboxError, match=r"127\.0\.0\.1"):
        poll_once(mailbox, session)
    with server.client() as client:
        client.create_folder("Quotes")
    server.append(raw(1), raw(2), folder="Quotes")

    assert poll_once(mailbox, session) == 1
    assert Email.objects.count() == 2


def test_of_a_too_large_mail_only_the_header_is_fetched(
    server: Dovecot, mailbox: Mailbox, settings: Settings
) -> None:
    settings.BUSYBEE_MAX_MAIL_BYTES = 2000
    server.append(raw(1) + b"x" * 3000, raw(2))
    with imap_proxy.to(server.port) as proxy:
        mailbox.port = proxy.port
        assert poll_once(mailbox) == 2

    large = Email.objects.get(header_only=True)
    assert (large.size, large.subject) == (len(raw(1)) + 3000, "mail 1")
    header = raw(1).removesuffix(b"body 1\r\n")
    note = b"[%d bytes: too large, only the header is kept]\r\n" % large.size
    assert storage.get(large.raw_sha256) == header + note
    assert not any(b"FETCH 1 (BODY.PEEK[]" in line for line in proxy.seen)


def test_server_that_refuses_charset_is_read(server: Dovecot, mailbox: Mailbox) -> None:
    mailbox.since, mailbox.after = DAY, Mailbox.After.SEEN
    mailbox.save()
    server.append(raw(1))
    backfill.order(mailbox, DAY - dt.timedelta(days=9))
    mailbox.refresh_from_db()
    with imap_proxy.to(server.port) as proxy:
        mailbox.port = proxy.port
        proxy.refuses = lambda line: b"CHARSET" in line.upper()
        assert poll_once(mailbox) == 1

    searches = [line for line in proxy.seen if b"SEARCH" in line]
    assert len(searches) > 3
    assert all(line.isascii() and b"CHARSET" not in line for line in searches)


def test_mails_from_before_since_are_left_alone(server: Dovecot, mailbox: Mailbox) -> None:
    mailbox.since = DAY
    mailbox.save()
    server.append(raw(1), raw(2), when=at(DAY - dt.timedelta(days=1)))
    server.append(raw(3), when=at(DAY))

    assert poll_once(mailbox) == 1
    assert poll_once(mailbox) == 0
    server.new_epoch()
    assert poll_once(mailbox) == 0


def test_backfill_goes_on_where_it_was_killed(
    server: Dovecot, mailbox: Mailbox, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "SLICE", 2)
    mailbox.since = DAY
    mailbox.save()
    server.append(raw(0), when=at(DAY - dt.timedelta(days=40)))
    server.append(*(raw(number) for number in range(1, 6)), when=at(DAY - dt.timedelta(days=3)))
    server.append(raw(6), when=at(DAY))
    poll_once(mailbox)
    call_command("poll_mailboxes", backfill="imap", from_day=DAY - dt.timedelta(days=30))
    mailbox.refresh_from_db()
    poll_once(mailbox, session)  # one slice, the newest; and killed
    assert sorted(Location.objects.values_list("uid", flat=True)) == ["5", "6", "7"]

    mailbox.refresh_from_db()
    assert (mailbox.backfill_uid, mailbox.since) == (5, DAY)
    server.append(raw(7), when=at(DAY))
    assert poll_once(mailbox) == 4
    mailbox.refresh_from_db()
    assert (mailbox.since, mailbox.backfill_from) == (DAY - dt.timedelta(days=30), None)
    assert sorted(Location.objects.values_list("uid", flat=True)) == list("2345678")


def test_backfill_that_would_find_nothing_says_so(mailbox: Mailbox) -> None:
    with pytest.raises(CommandError, match="taken in already"):
        call_command("poll_mailboxes", backfill="imap", from_day=DAY)
    with pytest.raises(CommandError, match="go together"):
        call_command("poll_mailboxes", backfill="imap")


def test_backfill_yields_to_new_mail(
    server: Dovecot, mailbox: Mailbox, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "SLICE", 1)
    mailbox.since = DAY
    mailbox.save()
    server.append(raw(1), raw(2), raw(3), when=at(DAY - dt.timedelta(days=3)))
    backfill.order(mailbox, DAY - dt.timedelta(days=5))
    mailbox.refresh_from_db()
    poll_once(mailbox, session)
    server.append(raw(4), when=at(DAY))
    poll_once(mailbox, session)

    assert session.more
    assert sorted(Location.objects.values_list("uid", flat=True)) == ["2", "3", "4"]


def test_many_open_steps_pause_and_resume(
    server: Dovecot, mailbox: Mailbox, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "BATCH_MAILS", 2)
    monkeypatch.setattr("django.conf.settings.BUSYBEE_MAX_OPEN_STEPS", 3)
    server.append(*(raw(number) for number in range(7)))

    assert poll_once(mailbox, session) == 4
    assert Mailbox.objects.get().paused == "more than 3 steps are open"
    assert any(known.fullmatch(Mailbox.objects.get().paused) for known, _ in remarks._KNOWN)
    Step.objects.update(state=Step.State.DONE)
    mailbox.refresh_from_db()
    assert poll_once(mailbox, session) == 3
    assert Mailbox.objects.get().paused == ""


@pytest.mark.parametrize("hidden", [(), (b"MOVE",), (b"MOVE", b"UIDPLUS")])
def test_mail_is_moved_once_it_is_taken_in(
    server: Dovecot, mailbox: Mailbox, hidden: tuple[bytes, ...]
) -> None:
    mailbox.after, mailbox.after_folder = Mailbox.After.MOVE, "Done"
    mailbox.save()
    target = copy.copy(mailbox)
    target.pk, target.name, target.folder, target.after = None, "done", "Done", "keep"
    target.save()
    server.append(raw(1), raw(2))
    with server.client() as client:
        client.select_folder("INBOX")
        client.add_flags([2], [after.DELETED])  # by a person, who has not expunged it
    with imap_proxy.to(server.port) as proxy:
        proxy.hidden = hidden
        mailbox.port = proxy.port
        assert (poll_once(mailbox), poll_once(mailbox)) == (2, 0)

    assert server.uids("INBOX", "UNDELETED") == []
    assert server.uids("Done") == [1, 2]
    assert poll_once(target) == 0
    assert Email.objects.count() == 2
    assert not any(b" EXPUNGE" in line and b"UID" not in line for line in proxy.seen)


@pytest.mark.parametrize("what", ["seen", "move"])
def test_crash_before_the_action_is_mended(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    mailbox.after, mailbox.after_folder = what, "Done"
    mailbox.save()
    server.append(raw(1), raw(2))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(after, "apply", crash)
        with pytest.raises(KeyboardInterrupt):
            poll_once(mailbox)
    assert server.uids("INBOX", "UNSEEN") == [1, 2]

    mailbox.refresh_from_db()
    assert poll_once(mailbox) == 0
    assert server.uids("INBOX", "UNSEEN") == []
    assert len(server.uids("Done" if what == "move" else "INBOX")) == 2


def test_action_follows_the_commit(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.after = Mailbox.After.SEEN
    mailbox.save()
    server.append(raw(1))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(imap, "receive_all", full)
    with pytest.raises(MailboxError, match="No space"):
        poll_once(mailbox)
    assert server.uids("INBOX", "UNSEEN") == [1]


def test_mail_that_a_person_marks_as_unread_stays_so(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.after = Mailbox.After.SEEN
    mailbox.save()
    server.append(raw(1))
    poll_once(mailbox)
    Location.objects.update(created_at=timezone.now() - dt.timedelta(hours=1))
    with server.client() as client:
        client.select_folder("INBOX")
        client.remove_flags([1], [after.SEEN])
    mailbox.refresh_from_db()
    poll_once(mailbox)

    assert server.uids("INBOX", "UNSEEN") == [1]


def test_connection_is_kept_and_made_anew_when_it_is_dead(
    server: Dovecot, mailbox: Mailbox, session: Session
) -> None:
    with imap_proxy.to(server.port) as proxy:
        mailbox.port = proxy.port
        for number in range(3):
            server.append(raw(number))
            assert poll_once(mailbox, session) == 1
        assert proxy.connections == 1
        assert sum(b"NOOP" in line for line in proxy.seen) == 2
        assert session.client
        session.client.socket().shutdown(socket.SHUT_RDWR)
        server.append(raw(9))

        assert poll_once(mailbox, session) == 1
        assert proxy.connections == 2
        session.close()


def test_socket_has_timeout_and_keepalive(mailbox: Mailbox) -> None:
    client = connection.connect(mailbox)
    sock = client.socket()

    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
    assert sock.gettimeout() == connection.READ_SECONDS
    client.logout()


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


def test_next_mails_are_fetched_while_others_are_recorded(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the connection is never used by both threads."""
    monkeypatch.setattr(fetching, "BATCH_MAILS", 2)
    mailbox.after = Mailbox.After.SEEN
    server.append(*(raw(number) for number in range(7)))
    speaking, recorded = threading.Lock(), 0
    begun = threading.Semaphore(0)

    def alone(work: Callable[..., Any], first: Callable[[], object]) -> Callable[..., Any]:
        def wrapped(*args: Any) -> Any:
            assert speaking.acquire(blocking=False), "two threads on one connection"
            first()
            try:
                time.sleep(0.1)
                return work(*args)
            finally:
                speaking.release()

        return wrapped

    def receive_all(arrivals: Sequence[ingest.Arrival], **kwargs: Any) -> list[ingest.Received]:
        nonlocal recorded
        if not recorded:
            begun.acquire()  # its own
        assert all(each.digest for each in arrivals)  # in storage before the transaction begins
        recorded += len(arrivals)
        assert recorded == 7 or begun.acquire(timeout=10), "the next batch is not fetched"
        return ingest.receive_all(arrivals, **kwargs)

    monkeypatch.setattr(fetching, "fetch", alone(fetching.fetch, begun.release))
    monkeypatch.setattr(after, "apply", alone(after.apply, lambda: None))
    monkeypatch.setattr(imap, "receive_all", receive_all)

    assert poll_once(mailbox) == recorded == 7
    assert server.uids("INBOX", "UNSEEN") == []
