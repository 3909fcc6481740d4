"""Files in the conversation: taken in once, waited for within bounds, answered like words."""

import datetime as dt
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat import access, cards, file_store, services, tasks, uploads
from chat.errors import BadFrame, FileEmpty, FileGone, FileTooLarge, TooManyFiles
from chat.models import Message, Session, Upload
from chat.tests.factories import EmptyRequestFactory, QuoteRequestFactory, SessionFactory
from chat.uploads import Document
from freight import links
from freight.models import ChatLink, Language, QuoteRequest

pytestmark = pytest.mark.django_db
PAGE = "http://testserver"


def receive(session: Session, name: str = "list.txt", cid: str = "f1") -> Upload:
    now = timezone.now()
    message = uploads.receive(session.pk, cid=cid, name=name, data=b"18,500 kg", now=now)
    return Upload.objects.get(message=message)


def finish(upload: Upload, *texts: str, reason: str = "", ocr: bool = False) -> list[str]:
    """What is said once the file has been read as `texts`, or refused for `reason`."""
    documents = [Document(upload.name, text, ocr) for text in texts]
    uploads.finish(upload.pk, documents, kind="txt", reason=reason, now=timezone.now())
    tasks.answer(upload.message_id)
    return [row.text for row in upload.message.session.messages.after(upload.message.seq)]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("packing list.pdf", "packing list.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\포장 명세서.hwp", "포장 명세서.hwp"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\0b\n\tc.txt", "ab c.txt"),
        ("  ..  ", "file"),
        ("\ud800.pdf", "pdf"),
        ("한" * 300 + ".xlsx", "한" * 115 + ".xlsx"),
    ],
)
def test_names_are_shown_without_folders_controls_and_bidi_marks(given: str, shown: str) -> None:
    assert uploads.shown_name(given) == shown


def test_a_file_is_stored_once_and_its_reader_is_woken(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = SessionFactory.create()
    woken: list[tuple[Any, ...]] = []
    monkeypatch.setattr("freight.wake._publish", lambda *args: woken.append(args))

    with django_capture_on_commit_callbacks(execute=True):
        first = receive(session)
        again = receive(session)

    assert first.pk == again.pk
    assert woken == [(uploads.READ, (first.pk,))]
    assert file_store.get(first.sha256) == b"18,500 kg"
    (frame,) = cards.news_after(session.pk, 0).messages
    assert frame["file"] == {"name": "list.txt", "size": 9, "state": "received"}
    assert (frame["text"], frame["cid"]) == ("list.txt", "f1")


@pytest.mark.parametrize(
    ("data", "cid", "error"),
    [
        (b"", "a", FileEmpty),
        (b"x" * (1024 * 1024 + 1), "a", FileTooLarge),
        (b"x", "", BadFrame),
        (b"x", "a" * 65, BadFrame),
    ],
)
def test_bad_files_are_refused_and_leave_nothing(
    settings: Any, data: bytes, cid: str, error: type[Exception]
) -> None:
    settings.BUSYBEE_CHAT_FILE_MB = 1
    session = SessionFactory.create()

    with pytest.raises(error):
        uploads.receive(session.pk, cid=cid, name="a.txt", data=data, now=timezone.now())

    assert not Message.objects.exists()


def test_ten_files_a_day_and_no_more() -> None:
    session = SessionFactory.create()
    for number in range(uploads.FILES_A_DAY):
        receive(session, cid=str(number))

    with pytest.raises(TooManyFiles):
        receive(session, cid="more")

    Message.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert receive(session, cid="more").pk


def test_bytes_that_were_changed_are_not_given_out() -> None:
    upload = receive(SessionFactory.create())
    file_store.path_of(upload.sha256).write_bytes(b"other")

    with pytest.raises(FileGone):
        file_store.get(upload.sha256)
    assert file_store.put(b"18,500 kg") == upload.sha256
    assert file_store.get(upload.sha256) == b"18,500 kg"


def test_facts_of_a_file_wait_for_a_yes_with_the_files_name_as_evidence() -> None:
    session = SessionFactory.create()
    upload = receive(session, "packing.txt")

    replies = finish(upload, "Total gross weight: 18,500 kg")

    session.refresh_from_db()
    assert session.pending["facts"] == {"gross_weight_kg": "18500"}
    seen = session.pending["evidence"]["gross_weight_kg"]
    assert (seen["source"], seen["quote"]) == ("attachment:packing.txt", "18,500 kg")
    assert replies[0] == "I have read the file “packing.txt”."
    assert "18,500 kg" in replies[-1]


def test_a_file_changes_nothing_that_is_known_and_says_what_it_has_otherwise() -> None:
    session = SessionFactory.create()
    upload = receive(session)

    replies = finish(upload, "Container: 20ft\nGross weight: 18,500 kg")

    session.refresh_from_db()
    assert session.pending["facts"] == {"gross_weight_kg": "18500"}
    assert "Container: the file says 20ft × 1, so far I have 40ft × 1." in replies[0]


@pytest.mark.parametrize("language", Language.values)
def test_a_file_without_news_says_so_and_asks_on(language: str) -> None:
    session = SessionFactory.create(language=language)

    replies = finish(receive(session, "memo.txt"), "Thank you for your order.")

    assert "memo.txt" in replies[0]
    assert "18,500" in replies[-1]


@pytest.mark.parametrize("language", Language.values)
@pytest.mark.parametrize("reason", ["encrypted", "program", "ratio", "damaged", "no-text", "odd"])
def test_a_refused_file_says_why_and_asks_on(language: str, reason: str) -> None:
    session = SessionFactory.create(language=language)
    upload = receive(session, "secret.pdf")

    replies = finish(upload, reason=reason)

    assert "secret.pdf" in replies[0]
    assert "18,500" in replies[-1]
    file = cards.news_after(session.pk, 0).messages[0]["file"]
    assert file["state"] == "refused"
    assert file["reason"] in replies[0]


def test_a_look_reads_no_texts_of_files(django_assert_max_num_queries: Any) -> None:
    session = SessionFactory.create()
    finish(receive(session), "18,500 kg")

    with django_assert_max_num_queries(20) as asked:
        cards.news_after(session.pk, 0)
        cards.news_after(session.pk, 1)
        cards.earlier_than(session.pk, 100)

    assert not [each["sql"] for each in asked if '"texts"' in each["sql"]]


def test_a_picture_asks_to_be_checked() -> None:
    replies = finish(
        receive(SessionFactory.create(), "scan.png"), "Gross weight: 18,500 kg", ocr=True
    )

    assert "from a picture" in replies[0]


def test_the_name_of_a_file_is_nobodys_words() -> None:
    session = SessionFactory.create(request=EmptyRequestFactory.create())

    finish(receive(session, "네 부산.txt"), "nothing")

    session.refresh_from_db()
    assert (session.language, session.pending) == ("en", {})


def test_what_is_said_behind_an_unread_file_waits_for_it() -> None:
    session = SessionFactory.create()
    upload = receive(session)
    words = services.post(session.pk, cid="w", text="hello", now=timezone.now())

    tasks.answer(words.pk)
    assert Message.objects.unanswered().count() == 2
    finish(upload, "Gross weight: 18,500 kg")

    assert not Message.objects.unanswered().exists()


def later(seconds: int) -> dt.datetime:
    return timezone.now() + timedelta(seconds=seconds)


def test_waiting_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    session = SessionFactory.create()
    upload = receive(session)

    uploads.wake_unread(later(uploads.WAIT_SECONDS + 1))
    tasks.answer(upload.message_id)

    upload.refresh_from_db()
    session.refresh_from_db()
    assert (upload.state, upload.reason) == ("refused", "late")
    assert not session.messages.unanswered().exists()
    assert session.wants_person_at is not None
    late = [Document("list.txt", "18,500 kg")]
    assert not uploads.finish(upload.pk, late, kind="txt", reason="", now=timezone.now())


def test_each_try_counts_before_it_begins_and_there_are_three() -> None:
    upload = receive(SessionFactory.create())

    assert uploads.claim(upload.pk, later(0)) is not None
    assert uploads.claim(upload.pk, later(1)) is None  # the first may still be at it
    assert uploads.claim(upload.pk, later(uploads.TRY_SECONDS + 1)) is not None
    assert uploads.claim(upload.pk, later(2 * uploads.TRY_SECONDS + 1)) is not None
    assert uploads.claim(upload.pk, later(3 * uploads.TRY_SECONDS + 1)) is None


def test_a_read_file_is_not_read_again() -> None:
    upload = receive(SessionFactory.create())
    finish(upload, "Gross weight: 18,500 kg")

    assert uploads.claim(upload.pk, later(0)) is None
    assert uploads.wake_unread(later(60)) == 0


# over HTTP


@pytest.fixture
def link() -> ChatLink:
    request = QuoteRequestFactory.create()
    links.issue(request, timezone.now())
    return ChatLink.objects.select_related("request").get()


def send(client: Client, link: ChatLink, **headers: str) -> Any:
    address = reverse("chat:file", args=[link.request.public_id])
    form = {"cid": "a", "file": SimpleUploadedFile("list.txt", b"18,500 kg")}
    return client.post(address, form, headers={"origin": PAGE, **headers})


def bearer(link: ChatLink) -> dict[str, str]:
    return {"authorization": f"Bearer {access.seal_link(link.pk)}"}


def test_a_bearer_and_a_cookie_may_send_a_file(client: Client, link: ChatLink) -> None:
    first = send(client, link, **bearer(link))
    name = access.cookie_name(link.request.public_id)
    client.cookies[name] = access.seal_link(link.pk)
    again = send(client, link)

    assert first.json() == {"type": "ack", "cid": "a", "seq": first.json()["seq"]}
    assert again.json() == first.json()
    assert Upload.objects.count() == 1


def test_who_shows_nothing_sends_nothing(client: Client, link: ChatLink) -> None:
    assert send(client, link).status_code == 401
    assert send(client, link, authorization="Bearer made-up").status_code == 401
    assert not Upload.objects.exists()


def test_another_conversations_link_sends_nothing(
    client: Client, link: ChatLink, token_for: Callable[[QuoteRequest], str]
) -> None:
    token_for(QuoteRequestFactory.create())
    other = ChatLink.objects.exclude(pk=link.pk).get()

    assert send(client, link, **bearer(other)).status_code == 401
    assert not Upload.objects.exists()


@pytest.mark.parametrize("origin", ["null", "", "https://evil.example", "http://["])
def test_foreign_pages_send_nothing(client: Client, link: ChatLink, origin: str) -> None:
    assert send(client, link, **bearer(link), origin=origin).status_code == 403
    assert not Upload.objects.exists()


def test_a_revoked_link_sends_nothing(client: Client, link: ChatLink) -> None:
    services.revoke_links(link.request, timezone.now())

    assert send(client, link, **bearer(link)).status_code == 401


def test_a_file_that_is_too_large_is_told_so_in_the_customers_language(
    client: Client, link: ChatLink, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BUSYBEE_CHAT_FILE_MB = 1
    address = reverse("chat:file", args=[link.request.public_id])
    for size in (1024 * 1024 + 1, 2 * 1024 * 1024):
        file = SimpleUploadedFile("list.txt", b"x" * size)
        form = {"cid": "a", "file": file}
        answer = client.post(address, form, headers={"origin": PAGE, **bearer(link)})

        assert answer.status_code == 413
        assert answer.json()["text"] == "The file is too large; up to 1 MB can be sent."


@pytest.mark.parametrize(
    "form",
    [
        {"cid": "a"},
        {"cid": "a", "file": SimpleUploadedFile("a.txt", b"")},
        {"cid": "a", "file": "no file at all"},
        {"file": SimpleUploadedFile("a.txt", b"x")},
    ],
)
def test_odd_forms_are_refused(client: Client, link: ChatLink, form: dict[str, Any]) -> None:
    address = reverse("chat:file", args=[link.request.public_id])

    answer = client.post(address, form, headers={"origin": PAGE, **bearer(link)})

    assert (answer.status_code, answer.json()["type"]) == (400, "error")
    assert not Upload.objects.exists()


def test_a_get_takes_no_file(client: Client, link: ChatLink) -> None:
    address = reverse("chat:file", args=[link.request.public_id])

    assert client.get(address, headers=bearer(link)).status_code == 405


def test_without_the_sweeper_the_next_answer_ends_the_waiting() -> None:
    session = SessionFactory.create()
    upload = receive(session)
    Message.objects.update(created_at=timezone.now() - timedelta(seconds=uploads.WAIT_SECONDS + 1))
    words = services.post(session.pk, cid="w", text="18,500 kg", now=timezone.now())

    tasks.answer(words.pk)

    upload.refresh_from_db()
    assert (upload.state, upload.reason) == ("refused", "late")
    assert not session.messages.unanswered().exists()
