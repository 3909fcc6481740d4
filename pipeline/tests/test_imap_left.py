"""Mails that a real IMAP server cannot give, mark or move stop no others."""

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError
from pytest_django.fixtures import Settings

from pipeline.errors import FilesLeft, MailboxError
from pipeline.mailbox import after, backfill, connection, fetching, imap
from pipeline.mailbox.imap import Session
from pipeline.mailbox.poller import poll_once
from pipeline.models import Email, Location, Mailbox
from pipeline.tests import dovecot, imap_proxy
from pipeline.tests.dovecot import Dovecot
from pipeline.tests.factories import imap_mailbox
from pipeline.tests.test_imap import DAY, at, raw

pytestmark = [
    pytest.mark.needs("dovecot"),
    pytest.mark.django_db,
    pytest.mark.usefixtures("redis_url"),
]


@pytest.fixture
def mailbox(server: Dovecot) -> Mailbox:
    return imap_mailbox(server.port)


def lock(path: Path) -> Callable[[], None]:
    """The server says no to it; what is returned mends it."""
    before = path.stat()
    path.chmod(0)
    if os.geteuid() == 0:  # Dovecot runs as nobody: it may not even make it readable again
        os.chown(path, 0, 0)

    def mend() -> None:
        now = _where(path)
        now.chmod(before.st_mode)
        os.chown(now, before.st_uid, before.st_gid)

    return mend


def truncate(path: Path) -> Callable[[], None]:
    """The server hangs up amid it: its name says how long it should be."""
    assert ",S=" in path.name
    whole = path.read_bytes()
    path.write_bytes(whole[:20])

    def mend() -> None:
        _where(path).write_bytes(whole)

    return mend


def _where(path: Path) -> Path:
    """The server moves new files to those that it has shown."""
    (found,) = path.parent.parent.glob(f"*/{path.name.partition(':')[0]}*")
    return found


def uids() -> list[int]:
    return sorted(int(uid) for uid in Location.objects.values_list("uid", flat=True))


def poll(mailbox: Mailbox, session: Session) -> str:
    """What is left; empty: nothing."""
    mailbox.refresh_from_db()
    try:
        poll_once(mailbox, session)
    except FilesLeft as exc:
        said = str(exc)
    else:
        said = ""
    assert Mailbox.objects.get().last_error == said
    return said


@pytest.mark.parametrize("break_it", [lock, truncate])
def test_mail_that_cannot_be_read_stops_no_other_and_is_tried_again(
    server: Dovecot,
    mailbox: Mailbox,
    session: Session,
    break_it: Callable[[Path], Callable[[], None]],
) -> None:
    server.append(*(raw(number) for number in range(1, 11)))
    mends = [break_it(server.file_of(uid)) for uid in (5, 8)]

    assert "read: 2 of 127.0.0.1 (UID 5" in poll(mailbox, session)
    assert uids() == [1, 2, 3, 4, 6, 7, 9, 10]
    assert (mailbox.last_uid, Mailbox.objects.get().last_uid) == (10, 10)
    assert Mailbox.objects.get().last_success
    server.append(raw(11))
    assert "read: 2 of" in poll(mailbox, session)
    assert uids()[-1] == 11

    mends[0]()
    session._reconciled -= imap.RECONCILE_SECONDS
    assert "read: 1 of 127.0.0.1 (UID 8" in poll(mailbox, session)
    mends[1]()
    session._reconciled -= imap.RECONCILE_SECONDS
    assert poll(mailbox, session) == ""
    assert uids() == list(range(1, 12))


@pytest.mark.parametrize("break_it", [lock, truncate])
def test_backfill_and_moving_survive_a_mail_that_cannot_be_read(
    server: Dovecot,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    break_it: Callable[[Path], Callable[[], None]],
) -> None:
    monkeypatch.setattr(backfill, "SLICE", 2)
    mailbox.since, mailbox.after, mailbox.after_folder = DAY, Mailbox.After.MOVE, "Done"
    mailbox.save()
    server.append(*(raw(number) for number in range(1, 6)), when=at(DAY - dt.timedelta(days=3)))
    server.append(raw(6), raw(7), when=at(DAY))
    mends = [break_it(server.file_of(uid)) for uid in (3, 6)]
    backfill.order(mailbox, DAY - dt.timedelta(days=5))
    mailbox.refresh_from_db()

    with pytest.raises(FilesLeft, match="read: 2 of"):
        poll_once(mailbox)
    assert uids() == [1, 2, 4, 5, 7]
    assert server.uids() == [3, 6]
    for mend in mends:
        mend()
    mailbox.refresh_from_db()
    assert mailbox.since == DAY - dt.timedelta(days=5)
    assert poll_once(mailbox) == 2
    assert server.uids() == []


def test_after_a_restart_the_comparison_survives_it_too(server: Dovecot, mailbox: Mailbox) -> None:
    server.append(*(raw(number) for number in range(1, 5)))
    truncate(server.file_of(2))
    for _ in range(2):
        with pytest.raises(FilesLeft, match="read: 1 of"):
            poll_once(mailbox)
    Location.objects.filter(uid="3").delete()

    with pytest.raises(FilesLeft, match="read: 1 of"):
        poll_once(mailbox)
    assert uids() == [1, 3, 4]


def test_folder_of_mails_at_which_the_server_hangs_up_is_come_through(
    server: Dovecot, mailbox: Mailbox, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "MOST_CUTS", 5)
    server.append(*(raw(number) for number in range(1, 8)))
    for uid in range(1, 6):
        truncate(server.file_of(uid))
    for _ in range(2):
        mailbox.refresh_from_db()
        with pytest.raises(MailboxError, match="EOF"):
            poll_once(mailbox, session)

    assert "read: 5 of" in poll(mailbox, session)
    assert uids() == [6, 7]
    assert len(session._left) == 5
    session._reconciled -= imap.RECONCILE_SECONDS
    assert "read: 5 of" in poll(mailbox, session)  # not all of them are tried again


def test_answer_that_was_refused_halfway_is_not_part_of_the_next(
    server: Dovecot, mailbox: Mailbox
) -> None:
    """Exchange: what it cannot convert it refuses, with the mails before it already sent."""
    server.append(*(raw(number) for number in range(1, 6)))
    fetch = IMAPClient.fetch

    def without_3(client: IMAPClient, uids: list[int], what: list[str]) -> Any:
        if "BODY.PEEK[]" in what and 3 in uids:
            stale = (b"1 (UID 4 BODY[] {5}", b"stale")
            client._imap.untagged_responses.setdefault("FETCH", []).extend([stale, b")"])
            raise IMAPClientError("fetch failed: it could not be converted")
        return fetch(client, uids, what)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(IMAPClient, "fetch", without_3)
        with pytest.raises(FilesLeft, match="UID 3: fetch failed: it could not"):
            poll_once(mailbox)
    assert uids() == [1, 2, 4, 5]
    assert not Email.objects.filter(size=5).exists()


@pytest.mark.parametrize("error", [IMAPClientError("no"), IMAPClientAbortError("EOF"), OSError(32)])
def test_sizes_that_the_server_refuses_stop_no_other_mail(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    server.append(*(raw(number) for number in range(1, 10)))
    fetch = IMAPClient.fetch

    def without_7(client: IMAPClient, uids: list[int], what: list[str]) -> Any:
        if "RFC822.SIZE" in what and 7 in uids:
            raise error
        return fetch(client, uids, what)

    monkeypatch.setattr(IMAPClient, "fetch", without_7)
    with pytest.raises(FilesLeft, match="read: 1 of"):
        poll_once(mailbox)
    assert uids() == [1, 2, 3, 4, 5, 6, 8, 9]


def test_full_disk_is_not_taken_for_a_server_that_hangs_up(
    server: Dovecot, mailbox: Mailbox, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    server.append(raw(1))
    monkeypatch.setattr(fetching, "stored", full)
    with pytest.raises(MailboxError, match="No space"):
        poll_once(mailbox, session)
    assert not session._left
    assert Mailbox.objects.get().last_uid == 0


def test_mail_that_was_left_and_is_gone_is_not_told_for_ever(
    server: Dovecot, mailbox: Mailbox, session: Session
) -> None:
    server.append(raw(1), raw(2))
    lock(server.file_of(2))
    assert "UID 2" in poll(mailbox, session)
    with server.client() as client:
        client.select_folder("INBOX")
        client.delete_messages([2])
        client.expunge()
    session._reconciled -= imap.RECONCILE_SECONDS

    assert poll(mailbox, session) == ""


def test_too_large_mail_that_is_gone_before_its_header_is_none(
    server: Dovecot,
    mailbox: Mailbox,
    session: Session,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.BUSYBEE_MAX_MAIL_BYTES = 2000
    server.append(raw(1) + b"x" * 5000)
    header = fetching._header

    def gone(client: IMAPClient, uid: int, size: int) -> Any:
        with server.client() as other:
            other.select_folder("INBOX")
            other.delete_messages([uid])
            other.expunge()
        return header(client, uid, size)

    monkeypatch.setattr(fetching, "_header", gone)
    assert poll(mailbox, session) == ""
    assert not Email.objects.exists()


def test_move_that_the_server_refuses_slows_nothing(
    server: Dovecot, mailbox: Mailbox, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "BATCH_MAILS", 2)
    mailbox.after, mailbox.after_folder, mailbox.since = Mailbox.After.MOVE, "a..b", DAY
    mailbox.save()
    server.append(raw(0), when=at(DAY - dt.timedelta(days=3)))
    server.append(*(raw(number) for number in range(1, 8)), when=at(DAY))
    backfill.order(mailbox, DAY - dt.timedelta(days=5))

    assert "cannot be marked or moved" in poll(mailbox, session)
    assert uids() == list(range(1, 9))
    mailbox.refresh_from_db()
    assert (mailbox.since, mailbox.last_uid) == (DAY - dt.timedelta(days=5), 8)
    assert len(server.uids()) == 8

    Mailbox.objects.update(after_folder="Done")
    session._reconciled -= imap.RECONCILE_SECONDS
    assert poll(mailbox, session) == ""
    assert (server.uids(), len(server.uids("Done"))) == ([], 8)


def test_of_mails_that_are_moved_together_only_the_refused_one_stays(
    server: Dovecot, mailbox: Mailbox, session: Session
) -> None:
    mailbox.after, mailbox.after_folder = Mailbox.After.MOVE, "Done"
    mailbox.save()
    server.append(*(raw(number) for number in range(1, 6)))
    with imap_proxy.to(server.port) as proxy:
        Mailbox.objects.update(port=proxy.port)
        proxy.refuses = lambda line: b"MOVE 1,2,3," in line or b"MOVE 3 " in line
        assert "cannot be marked or moved" in poll(mailbox, session)
        assert server.uids() == [3]
        session.close()


def test_move_at_which_the_server_hangs_up_slows_nothing(
    server: Dovecot, mailbox: Mailbox, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "BATCH_MAILS", 2)
    mailbox.after, mailbox.after_folder = Mailbox.After.MOVE, "Done"
    mailbox.save()
    server.append(*(raw(number) for number in range(1, 8)))
    connections: list[Mailbox] = []
    connect = connection.connect

    def counted(box: Mailbox) -> IMAPClient:
        connections.append(box)
        return connect(box)

    def hang_up(*_: object) -> None:
        raise IMAPClientAbortError("EOF")

    monkeypatch.setattr(imap, "connect", counted)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(after, "_move", hang_up)
        # one new connection a try, in the polling and in the comparison
        assert "cannot be marked or moved: 127.0.0.1 (EOF)" in poll(mailbox, session)
    assert (len(uids()), len(connections)) == (7, 5)
    session._reconciled -= imap.RECONCILE_SECONDS
    assert poll(mailbox, session) == ""
    assert server.uids() == []


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_new_mail_on_the_first_day_is_read_whatever_the_calendar_of_the_server(
    mailbox: Mailbox, zone: str
) -> None:
    """It is eight in the morning in Seoul, on the day from which mails are to be read."""
    with dovecot.running(zone=zone) as server:
        mailbox.port, mailbox.since = server.port, DAY
        mailbox.save()
        eight = dt.datetime.combine(DAY, dt.time(8), tzinfo=dt.timezone(dt.timedelta(hours=9)))
        server.append(raw(1), when=eight - dt.timedelta(hours=9))  # 23:00 of the day before
        server.append(raw(2), when=eight)
        server.append(raw(3), when=eight + dt.timedelta(hours=15, minutes=30))

        assert poll_once(mailbox) == 2
        assert uids() == [2, 3]
        assert Email.objects.get(locations__uid="2").received_at == eight
        backfill.order(mailbox, DAY - dt.timedelta(days=1))
        mailbox.refresh_from_db()
        assert poll_once(mailbox) == 1
        mailbox.refresh_from_db()
        assert (mailbox.since, uids()) == (DAY - dt.timedelta(days=1), [1, 2, 3])
