import hashlib
import os
import time
from pathlib import Path

import pytest

from freight.models import Mode
from pipeline import storage
from pipeline.errors import BadMail, FilesLeft, MailboxError
from pipeline.mailbox import directory
from pipeline.mailbox.ingest import Received, receive
from pipeline.mailbox.poller import _polled
from pipeline.models import Email, Location, Mailbox, Step

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


def test_too_large_mail_is_kept_and_set_aside(mailbox: Mailbox, settings: object) -> None:
    settings.BUSYBEE_MAX_MAIL_BYTES = 50  # type: ignore[attr-defined]  # pytest-django's wrapper
    email = Email.objects.get(pk=receive(RAW, mailbox=mailbox, uid="1").email_id)

    assert email.state == Email.State.QUARANTINED
    assert storage.get(email.raw_sha256) == RAW


def test_imap_cursor_moves_with_the_mail() -> None:
    box = Mailbox.objects.create(name="imap", host="127.0.0.1")
    receive(RAW, mailbox=box, uid="17", uidvalidity=5)

    box.refresh_from_db()
    assert (box.uidvalidity, box.last_uid) == (5, 17)


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
    def receive_late(raw: bytes, *, mailbox: Mailbox, uid: str) -> Received:
        received = receive(raw, mailbox=mailbox, uid=uid)
        if raw == RAW:
            (tmp_path / ".new").write_bytes(RAW + b"newer")
            (tmp_path / ".new").rename(tmp_path / "one.eml")
        return received

    monkeypatch.setattr(directory, "receive", receive_late)
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

    assert _polled(mailbox)
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


def test_full_disk_leaves_no_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    data = b"mail for a full disk"
    folder = storage.path_of(hashlib.sha256(data).hexdigest()).parent
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        storage.put(data)
    assert not list(folder.glob(".new-*"))


def test_new_folders_of_storage_are_synced(monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(storage, "_sync_folder", synced.append)
    path = storage.path_of(storage.put(b"mail in a folder of its own"))

    assert {path.parent, path.parent.parent} <= set(synced)


def test_changed_bytes_in_storage_are_noticed() -> None:
    digest = storage.put(b"original")
    storage.path_of(digest).write_bytes(b"changed")

    with pytest.raises(BadMail):
        storage.get(digest)
