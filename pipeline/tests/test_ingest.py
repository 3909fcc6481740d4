import datetime as dt
import hashlib
import os
import sys
import threading
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from pytest_django.fixtures import Settings

from freight.models import Mode
from pipeline import storage
from pipeline.documents import sandbox
from pipeline.errors import BadMail, FilesLeft, MailboxError
from pipeline.mailbox import directory, ingest
from pipeline.mailbox.ingest import Arrival, Received, begin_epoch, receive, receive_all, whole
from pipeline.mailbox.poller import Watch, poll_once
from pipeline.models import Email, Location, Mailbox, Step
from pipeline.remarks import remark

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]
RAW = (
    b"From: a@shipper.example\r\nSubject: hi\r\nMessage-ID: <same@shipper.example>\r\n\r\nbody\r\n"
)


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox.objects.create(
        name="box", kind=Mailbox.Kind.DIRECTORY, directory=str(tmp_path), mode=Mode.AUTO
    )


def test_mail_place_and_first_step_are_recorded(mailbox: Mailbox) -> None:
    received = receive(RAW, mailbox=mailbox, uid="1")

    email = Email.objects.get(pk=received.email_id)
    assert storage.get(email.raw_sha256) == RAW
    assert list(email.steps.values_list("name", "state")) == [("extract", "due")]


def test_same_place_is_read_once(mailbox: Mailbox) -> None:
    receive(RAW, mailbox=mailbox, uid="1")

    assert not receive(RAW, mailbox=mailbox, uid="1").new
    assert (Email.objects.count(), Location.objects.count(), Step.objects.count()) == (1, 1, 1)


def test_same_bytes_at_another_place_are_the_same_mail(mailbox: Mailbox) -> None:
    receive(RAW, mailbox=mailbox, uid="1", uidvalidity=1)
    receive(RAW, mailbox=mailbox, uid="1", uidvalidity=2)

    assert (Email.objects.count(), Location.objects.count()) == (1, 2)


def test_same_message_id_does_not_suppress_another_mail(mailbox: Mailbox) -> None:
    receive(RAW, mailbox=mailbox, uid="1")

    assert receive(RAW + b"other words", mailbox=mailbox, uid="2").new


def test_of_a_too_large_mail_the_header_is_kept(mailbox: Mailbox, settings: Settings) -> None:
    settings.BUSYBEE_MAX_MAIL_BYTES = 50
    email = Email.objects.get(pk=receive(RAW, mailbox=mailbox, uid="1").email_id)

    note = b"[%d bytes, sha256 %s: too" % (len(RAW), hashlib.sha256(RAW).hexdigest().encode())
    assert storage.get(email.raw_sha256).startswith(RAW.removesuffix(b"body\r\n") + note)
    assert (email.state, email.header_only) == (Email.State.QUARANTINED, True)
    assert (email.size, email.subject, email.from_address) == (len(RAW), "hi", "a@shipper.example")
    assert remark(email.quarantine_reason) != email.quarantine_reason  # Korean


def test_too_large_mails_with_the_same_header_are_two(mailbox: Mailbox, settings: Settings) -> None:
    settings.BUSYBEE_MAX_MAIL_BYTES = 50
    new = [
        receive(RAW + more, mailbox=mailbox, uid=str(number)).new
        for number, more in enumerate((b"", b"x", b"", b"x"))
    ]

    assert new == [True, True, False, False]


def large(number: int, size: int = 9**9) -> Arrival:
    return Arrival(str(number), RAW.removesuffix(b"body\r\n"), size=size, header_only=True)


def test_too_large_mails_of_one_batch_with_the_same_header_are_two(mailbox: Mailbox) -> None:
    batch = [large(1), large(2, 9**8), large(3)]

    assert [each.new for each in receive_all(batch, mailbox=mailbox)] == [True, True, False]
    assert sorted(Email.objects.values_list("size", flat=True)) == [9**8, 9**9]
    assert not receive_all([large(4, 9**8)], mailbox=mailbox)[0].new


def test_too_large_mails_that_were_read_whole_differ_by_their_bodies(
    mailbox: Mailbox, tmp_path: Path, settings: Settings
) -> None:
    settings.BUSYBEE_MAX_MAIL_BYTES = 50
    for name in "ab":
        put(tmp_path / f"{name}.eml", RAW + name.encode())
    list(directory.poll(mailbox))
    put(tmp_path / "a.eml", RAW + b"c")
    list(directory.poll(mailbox))
    mails = [whole(str(number), RAW + each) for number, each in enumerate((b"a", b"b", b"x"))]

    assert [each.new for each in receive_all(mails, mailbox=mailbox)] == [False, False, True]
    assert Email.objects.filter(header_only=True).count() == 4


def test_header_that_was_cut_off_is_told_from_the_note(mailbox: Mailbox) -> None:
    assert ingest.kept(Arrival("1", b"A: b", size=9, header_only=True)).startswith(
        b"A: b\r\n\r\n[9"
    )


def test_time_at_which_the_server_got_a_mail_is_kept_unless_it_is_to_come(mailbox: Mailbox) -> None:
    now = timezone.now()
    for number, days in enumerate((-500, 500)):
        at = now + dt.timedelta(days=days)
        receive_all(
            [replace(whole(str(number), RAW + bytes([number])), came_at=at)], mailbox=mailbox
        )
    old, new = Email.objects.order_by("received_at")

    assert (old.received_at, old.day()) == (
        now - dt.timedelta(days=500),
        timezone.localdate(now - dt.timedelta(days=500)),
    )
    assert now <= new.received_at < now + dt.timedelta(hours=1)


def test_imap_cursor_moves_with_the_mail() -> None:
    box = Mailbox.objects.create(name="imap", host="127.0.0.1")
    begin_epoch(box, 5)
    receive_all([whole("17", RAW)], mailbox=box, uidvalidity=5, cursor=17)

    box.refresh_from_db()
    assert (box.uidvalidity, box.last_uid) == (5, 17)


def test_cursor_moves_neither_backwards_nor_in_another_epoch() -> None:
    box = Mailbox.objects.create(name="imap", host="127.0.0.1")
    begin_epoch(box, 5)
    for uid, epoch in ((17, 5), (3, 5), (99, 4)):
        receive_all([whole(str(uid), RAW)], mailbox=box, uidvalidity=epoch, cursor=uid)

    box.refresh_from_db()
    assert (box.uidvalidity, box.last_uid) == (5, 17)


def test_epoch_stays_the_selected_one_whatever_another_poller_writes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two servers behind one name, each with a poller."""
    box = Mailbox.objects.create(name="imap", host="127.0.0.1", uidvalidity=4, last_uid=90)
    update = QuerySet.update

    def update_and_be_overtaken(rows: QuerySet[Any], **values: Any) -> int:
        changed = update(rows, **values)
        update(Mailbox.objects.all(), uidvalidity=999, last_uid=17)
        return changed

    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "update", update_and_be_overtaken)
        begin_epoch(box, 5)
    assert (box.uidvalidity, box.last_uid) == (5, 0)
    begin_epoch(box, 999)
    assert (box.uidvalidity, box.last_uid) == (999, 17)


def test_one_batch_may_hold_the_same_bytes_twice(mailbox: Mailbox) -> None:
    arrivals = [whole(str(number), RAW) for number in range(3)]

    assert [r.new for r in receive_all(arrivals, mailbox=mailbox)] == [True, False, False]
    assert (Email.objects.count(), Location.objects.count(), Step.objects.count()) == (1, 3, 1)


def test_many_open_steps_pause_a_folder(
    mailbox: Mailbox, tmp_path: Path, settings: Settings
) -> None:
    settings.BUSYBEE_MAX_OPEN_STEPS = 1
    for number in range(3):
        receive(RAW + bytes([number]), mailbox=mailbox, uid=str(number))
    put(tmp_path / "one.eml", RAW)

    assert poll_once(mailbox) == 0
    assert Mailbox.objects.get().paused == "more than 1 steps are open"
    Step.objects.update(state=Step.State.DONE)
    assert poll_once(mailbox) == 1
    assert Mailbox.objects.get().paused == ""


def test_short_disk_pauses(mailbox: Mailbox, settings: Settings) -> None:
    settings.BUSYBEE_MIN_FREE_BYTES = 1024**6

    assert poll_once(mailbox) == 0
    assert "MiB are free" in Mailbox.objects.get().paused


def test_of_a_too_large_file_only_the_header_is_read(
    mailbox: Mailbox, tmp_path: Path, settings: Settings
) -> None:
    settings.BUSYBEE_MAX_MAIL_BYTES = 1000
    put(tmp_path / "one.eml", RAW + b"x" * 1000)

    assert [received.new for received in directory.poll(mailbox)] == [True]
    email = Email.objects.get()
    assert (email.header_only, email.size) == (True, len(RAW) + 1000)
    assert b"xxx" not in storage.get(email.raw_sha256)


def test_broker_that_is_away_is_asked_once_a_batch(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def away(email_id: int, _: object) -> bool:
        asked.append(email_id)
        return False

    monkeypatch.setattr(ingest, "publish", away)
    ingest.publish_all([1, 2, 3])
    assert asked == [1]


def put(path: Path, raw: bytes, *, seconds_ago: float = 2) -> None:
    """A mail file whose writer has ended a while ago."""
    path.write_bytes(raw)
    age(path, seconds_ago)


def age(path: Path, seconds_ago: float) -> None:
    then = time.time() - seconds_ago
    os.utime(path, (then, then))


def test_folder_is_read_and_emptied(mailbox: Mailbox, tmp_path: Path) -> None:
    put(tmp_path / "one.eml", RAW)
    (tmp_path / ".two.eml").write_bytes(RAW + b"2")
    (tmp_path / "notes.txt").write_text("no mail")

    assert [received.new for received in directory.poll(mailbox)] == [True]
    assert (tmp_path / "read" / "one.eml").exists()


def test_file_name_used_again_is_a_new_mail(mailbox: Mailbox, tmp_path: Path) -> None:
    for body in (b"first", b"second"):
        put(tmp_path / "one.eml", RAW + body)
        assert [received.new for received in directory.poll(mailbox)] == [True]


def test_kill_between_commit_and_move_doubles_nothing(mailbox: Mailbox, tmp_path: Path) -> None:
    put(tmp_path / "one.eml", RAW)
    next(directory.poll(mailbox))  # the poller stops here, before it sets the file aside

    assert [received.new for received in directory.poll(mailbox)] == [False]
    assert Email.objects.count() == 1


def test_folder_that_is_gone_is_a_mailbox_error(mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.directory = str(tmp_path / "nowhere")
    with pytest.raises(MailboxError, match="nowhere"):
        list(directory.poll(mailbox))


def test_file_under_a_slow_pen_waits_for_its_end(mailbox: Mailbox, tmp_path: Path) -> None:
    path = tmp_path / "one.eml"
    with path.open("wb") as file:
        file.write(RAW)
        file.flush()
        age(path, 0)
        assert list(directory.poll(mailbox)) == []
        file.write(b"second half")
    age(path, 2)
    list(directory.poll(mailbox))

    assert storage.get(Email.objects.get().raw_sha256).endswith(b"second half")


def test_file_that_says_it_is_from_tomorrow_is_read(mailbox: Mailbox, tmp_path: Path) -> None:
    put(tmp_path / "one.eml", RAW, seconds_ago=-86_400)

    assert [received.new for received in directory.poll(mailbox)] == [True]


def test_file_replaced_while_it_is_read_is_read_too(
    mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def receive_late(arrivals: list[Arrival], **names: Any) -> list[Received]:
        received = receive_all(arrivals, **names)
        if arrivals[0].raw == RAW:
            (tmp_path / ".new").write_bytes(RAW + b"newer")
            (tmp_path / ".new").rename(tmp_path / "one.eml")
        return received

    monkeypatch.setattr(directory, "receive_all", receive_late)
    put(tmp_path / "one.eml", RAW)

    assert [received.new for received in directory.poll(mailbox)] == [True, True]
    assert not list(tmp_path.glob("*.eml"))


def test_files_that_cannot_be_moved_stop_no_other(mailbox: Mailbox, tmp_path: Path) -> None:
    (tmp_path / "read").write_text("a file where the folder should be")
    for name in "abc":
        put(tmp_path / f"{name}.eml", RAW + name.encode())

    with pytest.raises(FilesLeft, match="3 files"):
        list(directory.poll(mailbox))
    assert Email.objects.count() == 3


def test_one_file_that_is_left_does_not_slow_its_folder(mailbox: Mailbox, tmp_path: Path) -> None:
    (tmp_path / "read").write_text("a file where the folder should be")
    put(tmp_path / "one.eml", RAW)

    watch = Watch(mailbox.pk, threading.Event())
    assert watch._polled(mailbox, directory.Folder())
    mailbox.refresh_from_db()
    assert "one.eml" in mailbox.last_error


def test_file_name_that_is_no_text_is_read(mailbox: Mailbox, tmp_path: Path) -> None:
    put(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb0\xdf.eml")), RAW)

    assert [received.new for received in directory.poll(mailbox)] == [True]


def test_damaged_file_in_storage_is_healed_by_the_same_mail() -> None:
    digest = storage.put(b"original")
    storage.path_of(digest).write_bytes(b"0riginal")
    storage.put(b"original")

    assert storage.get(digest) == b"original"


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_full_disk_leaves_no_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"mail for a full disk"
    path = storage.path_of(hashlib.sha256(data).hexdigest())
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        storage.put(data)
    assert not path.exists()
    assert not list(path.parent.glob(".*"))


@pytest.mark.parametrize("stage", ["_fill", "_sync", "replace"])
def test_writer_that_fails_takes_nothing_from_another(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    """Two pollers have the same mail; the one finds the disk full after the other has recorded."""
    place = os if stage == "replace" else storage
    work, calls = getattr(place, stage), 0
    one, other = (RAW + word + stage.encode() for word in (b"one ", b"other "))

    def recorded_meanwhile(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls != 2:
            return work(*args)
        receive(one, mailbox=mailbox, uid="1")
        full()

    with monkeypatch.context() as patch:
        patch.setattr(place, stage, recorded_meanwhile)
        with pytest.raises(OSError, match="No space"):
            storage.put_all([one, other])
    assert storage.get(Email.objects.get().raw_sha256) == one
    assert not list(storage.path_of("0" * 64).parents[1].glob("**/.new-*"))


@pytest.mark.parametrize("number", [1, 30])
def test_bytes_have_their_name_once_they_are_synced(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    datas = [b"mail %d of %d, synced before it is named" % (each, number) for each in range(number)]
    finals = {str(storage.path_of(hashlib.sha256(data).hexdigest())) for data in datas}
    told: list[tuple[int, int, bool]] = []
    sync = storage._sync

    def watched(paths: Collection[str]) -> None:
        named = sum(os.path.exists(path) for path in finals)
        told.append((len(paths), named, all(os.path.isdir(path) for path in paths)))
        sync(paths)

    monkeypatch.setattr(storage, "_sync", watched)
    storage.put_all(datas)
    (files, before, _), (folders, after, only_folders) = told

    assert (files, before, after) == (number, 0, number)
    assert (folders > 0, only_folders) == (True, True)


def test_many_mails_are_synced_at_once_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "MANY", 2)
    one_by_one: list[str] = []
    monkeypatch.setattr(storage, "_sync_one", one_by_one.append)
    datas = [b"mail %d of a batch" % number for number in range(30)]
    assert [storage.get(digest) for digest in storage.put_all(datas)] == datas
    assert not (sys.platform == "linux" and one_by_one)

    monkeypatch.setattr(storage, "_sync_whole_disk", full)
    with pytest.raises(OSError, match="No space"):
        storage.put_all([b"one more", b"and one", datas[0]])
    with pytest.raises(BadMail):
        storage.get(hashlib.sha256(b"one more").hexdigest())
    assert storage.get(hashlib.sha256(datas[0]).hexdigest()) == datas[0]


def test_many_mails_are_synced_one_by_one_where_there_is_no_syncfs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(storage, "_sync_whole_disk", lambda: False)
    synced: list[str] = []
    monkeypatch.setattr(storage, "_sync_one", synced.append)
    digests = storage.put_all([b"mail %d without syncfs" % number for number in range(30)])

    assert sum("/.new-" in path for path in synced) == 30
    assert {str(storage.path_of(digest).parent) for digest in digests} <= set(synced)


def test_new_folders_of_storage_are_synced(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings
) -> None:
    settings.BUSYBEE_STORAGE = str(tmp_path / "storage")  # no other test's mail made the folder
    synced: list[str] = []
    monkeypatch.setattr(storage, "_sync_one", synced.append)
    path = storage.path_of(storage.put(b"mail in a folder of its own"))

    assert {str(path.parent), str(path.parent.parent)} <= set(synced)


def test_changed_bytes_in_storage_are_noticed() -> None:
    digest = storage.put(b"original")
    storage.path_of(digest).write_bytes(b"changed")

    with pytest.raises(BadMail):
        storage.get(digest)


def test_file_in_the_old_two_levels_of_folders_is_found() -> None:
    data = b"mail of the first days"
    digest = hashlib.sha256(data).hexdigest()
    old = storage.path_of(digest).parent / digest[2:4] / digest
    old.parent.mkdir(parents=True)
    old.write_bytes(data)

    assert storage.path_of(digest) == old
    assert storage.get(digest) == data
    assert storage.put(data) == digest
    assert storage.path_of(digest) == old.parents[1] / digest


def test_header_that_the_sandbox_does_not_bear_is_recorded(
    mailbox: Mailbox, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_: bytes) -> None:
        raise sandbox.SandboxKilled("memory")

    monkeypatch.setattr(sandbox, "read_mail", killed)
    settings.BUSYBEE_MAX_MAIL_BYTES = 1000

    assert receive(RAW + b"x" * 1000, mailbox=mailbox, uid="1").new
    assert list(Email.objects.values_list("header_only", "subject", "state")) == [
        (True, "", "quarantined")
    ]
