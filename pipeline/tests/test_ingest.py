from pathlib import Path

import pytest

from freight.models import Mode
from pipeline import storage
from pipeline.errors import BadMail, MailboxError
from pipeline.mailbox import directory
from pipeline.mailbox.ingest import receive
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


def test_folder_is_read_and_emptied(mailbox: Mailbox, tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(RAW)
    (tmp_path / ".two.eml").write_bytes(RAW + b"2")
    (tmp_path / "notes.txt").write_text("no mail")

    assert [received.new for received in directory.poll(mailbox)] == [True]
    assert (tmp_path / "read" / "one.eml").exists()


def test_file_name_used_again_is_a_new_mail(mailbox: Mailbox, tmp_path: Path) -> None:
    for body in (b"first", b"second"):
        (tmp_path / "one.eml").write_bytes(RAW + body)
        assert [received.new for received in directory.poll(mailbox)] == [True]


def test_kill_between_commit_and_move_doubles_nothing(mailbox: Mailbox, tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(RAW)
    next(directory.poll(mailbox))  # the poller stops here, before it sets the file aside

    assert [received.new for received in directory.poll(mailbox)] == [False]
    assert Email.objects.count() == 1


def test_folder_that_is_gone_is_a_mailbox_error(mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.directory = str(tmp_path / "nowhere")
    with pytest.raises(MailboxError, match="nowhere"):
        list(directory.poll(mailbox))


def test_changed_bytes_in_storage_are_noticed() -> None:
    digest = storage.put(b"original")
    storage.path_of(digest).write_bytes(b"changed")

    with pytest.raises(BadMail):
        storage.get(digest)
