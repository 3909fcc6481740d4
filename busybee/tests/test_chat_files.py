"""Customers' files through the real sandbox: what is read in them, and why some are not."""

import random
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from celery.contrib.testing.worker import start_worker
from django.utils import timezone

from busybee import chat_files
from busybee.tasks import read_chat_file
from chat import file_store, tasks, uploads
from chat.models import Session, Upload
from chat.tests.factories import SessionFactory
from pipeline.tests import pictures
from pipeline.tests.files import docx_bytes, pdf_bytes, xlsx_bytes, zip_bytes
from pipeline.tests.office import hwp_bytes, hwp_paragraph
from pipeline.tests.packed import ole_bytes

pytestmark = pytest.mark.django_db
WORDS = "Total gross weight: 18,500 kg"
# what encrypted Office documents are: a container with these streams
LOCKED = ole_bytes({"EncryptionInfo": bytes(600), "EncryptedPackage": bytes(4096)})


def dropped(session: Session, name: str, data: bytes) -> Upload:
    now = timezone.now()
    message = uploads.receive(session.pk, cid=name[:60], name=name, data=data, now=now)
    return Upload.objects.get(message=message)


def read(name: str, data: bytes) -> Upload:
    upload = dropped(SessionFactory.create(), name, data)
    read_chat_file(upload.pk)
    upload.refresh_from_db()
    return upload


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("list.pdf", pdf_bytes([[WORDS]]), "pdf"),
        ("list.xlsx", xlsx_bytes({"Cargo": [["Total gross weight", "18,500 kg"]]}), "xlsx"),
        ("list.docx", docx_bytes([WORDS]), "docx"),
        ("포장명세서.hwp", hwp_bytes(hwp_paragraph("총중량: 18,500 kg")), "hwp"),
        ("list.csv", b"item,value\r\nTotal gross weight,18500 kg\r\n", "csv"),
        ("list.txt", WORDS.encode(), "txt"),
        ("no-ending", pdf_bytes([[WORDS]]), "pdf"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_documents_are_read_and_their_facts_wait_for_a_yes(
    name: str, data: bytes, kind: str
) -> None:
    upload = read(name, data)
    tasks.answer(upload.message_id)

    assert (upload.state, upload.kind, upload.reason) == ("read", kind, "")
    session = Session.objects.get()
    assert session.pending["facts"] == {"gross_weight_kg": "18500"}
    assert session.pending["evidence"]["gross_weight_kg"]["source"] == f"attachment:{name}"
    assert name in session.messages.after(upload.message.seq)[0].text


@pytest.mark.needs("tesseract")
def test_a_photo_is_read_and_asks_to_be_checked() -> None:
    upload = read("photo.png", pictures.saved(pictures.drawn(WORDS, size=40), "PNG"))
    tasks.answer(upload.message_id)

    assert (upload.state, upload.kind) == ("read", "png")
    assert upload.texts[0]["ocr"] is True
    first = upload.message.session.messages.after(upload.message.seq)[0]
    assert "from a picture" in first.text


def test_an_archives_documents_are_read_under_their_own_names() -> None:
    inner = zip_bytes({"deep.txt": b"Container: 40ft"})
    data = zip_bytes({"a/list.txt": WORDS.encode(), "run.exe": b"MZ" + bytes(100), "in.zip": inner})

    upload = read("all.zip", data)

    names = {each["name"] for each in upload.texts}
    assert names == {"all.zip/a/list.txt", "all.zip/in.zip/deep.txt"}


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("locked.xlsx", LOCKED, "encrypted"),
        ("bomb.zip", zip_bytes({"zeros.txt": bytes(15_000_000)}), "ratio"),
        ("large.zip", zip_bytes({"zeros.txt": bytes(60_000_000)}), "too-large"),
        ("setup.exe", b"MZ" + bytes(200), "program"),
        ("invoice.pdf", b"MZ" + bytes(200), "program"),
        ("list.pdf.exe", pdf_bytes([[WORDS]]), "program"),
        ("noise.bin", random.Random(6).randbytes(4_000), "unknown-type"),
        ("cut.pdf", pdf_bytes([[WORDS]])[:60], "damaged"),
        ("blank.txt", b"  \n", "no-text"),
    ],
)
def test_what_is_not_read_says_why(name: str, data: bytes, reason: str) -> None:
    upload = read(name, data)

    assert (upload.state, upload.texts) == ("refused", [])
    assert upload.reason == reason


def test_reading_twice_reads_once(monkeypatch: pytest.MonkeyPatch) -> None:
    upload = read("list.txt", WORDS.encode())
    first = upload.read_at
    monkeypatch.setattr(chat_files, "contents", lambda *args: pytest.fail("read again"))

    read_chat_file(upload.pk)

    upload.refresh_from_db()
    assert upload.read_at == first


def test_a_reader_that_dies_leaves_the_file_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    upload = dropped(SessionFactory.create(), "list.txt", WORDS.encode())

    def dies(*args: object) -> None:
        raise SystemExit  # as a worker that is told to stop at once

    read_contents = chat_files.contents
    monkeypatch.setattr(chat_files, "contents", dies)
    with pytest.raises(SystemExit):
        read_chat_file(upload.pk)
    monkeypatch.setattr(chat_files, "contents", read_contents)
    upload.refresh_from_db()
    assert (upload.state, upload.failures) == ("received", 1)

    later = timezone.now() + timedelta(seconds=uploads.TRY_SECONDS + 1)
    assert chat_files.read(upload.pk, lambda: later)
    upload.refresh_from_db()
    assert upload.state == "read"


def test_bytes_that_are_gone_are_said_to_be() -> None:
    upload = dropped(SessionFactory.create(), "list.txt", b"gone")
    file_store.path_of(upload.sha256).unlink()

    read_chat_file(upload.pk)

    upload.refresh_from_db()
    assert (upload.state, upload.reason) == ("refused", "gone")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("transactional_db", "empty_redis")
def test_through_the_broker_a_file_is_read_and_answered() -> None:
    session = SessionFactory.create()
    with start_worker(
        current_app,
        pool="solo",
        perform_ping_check=False,
        queues=["mail", "chat"],
        loglevel="WARNING",
    ):
        upload = dropped(session, "list.pdf", pdf_bytes([[WORDS]]))
        answer: Any = None
        deadline = timezone.now() + timedelta(seconds=30)
        while answer is None and timezone.now() < deadline:
            answer = session.messages.after(upload.message.seq).first()

    assert "list.pdf" in answer.text
