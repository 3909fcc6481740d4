"""Attacks that were tried: disk, budget, mailboxes of others, and what a page's address may say."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat import access, answering, consumers, limits, uploads
from chat.errors import TooMany, TooManyFiles
from chat.models import Message, Upload
from chat.rounds import Said
from chat.rows import append
from chat.tests.factories import QuoteRequestFactory, SessionFactory
from chat.tests.test_consumers import ORIGIN, communicator
from freight import links, llm_budget, proofs, second_reader
from freight.models import ChatLink, LanguageModelUse, OutgoingMail
from freight.proofs import Asked
from freight.tests.test_proofs import visitor

pytestmark = pytest.mark.django_db


def kept_files() -> int:
    folder = Path(configured.BUSYBEE_STORAGE, "chat")
    return sum(each.is_file() for each in folder.rglob("*")) if folder.exists() else 0


def send_file(client: Client, link: ChatLink, number: int) -> Any:
    form = {"cid": f"f{number}", "file": SimpleUploadedFile("a.txt", uuid4().bytes)}
    return client.post(
        reverse("chat:file", args=[link.request.public_id]),
        form,
        headers={"Authorization": f"Bearer {access.seal_link(link.pk)}"},
    )


def a_link() -> ChatLink:
    request = QuoteRequestFactory.create()
    links.issue(request, timezone.now())
    return ChatLink.objects.select_related("request").latest("pk")


def test_refused_files_leave_nothing_on_the_disk(client: Client) -> None:
    link = a_link()
    for number in range(uploads.FILES_A_DAY):
        assert send_file(client, link, number).status_code == 200
    before = kept_files()

    refused = [send_file(client, link, 100 + number).status_code for number in range(3)]

    assert refused == [429] * 3
    assert kept_files() == before


def test_an_address_sends_so_many_files_an_hour_into_all_its_conversations(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FILES", limits.Limit("files", 2, 3600))

    told = [send_file(client, a_link(), number) for number in range(3)]

    assert [each.status_code for each in told] == [200, 200, 429]
    assert told[2].json()["code"] == "too_many"
    assert Upload.objects.count() == 2


def test_a_disk_that_is_nearly_full_takes_no_files(settings: Any) -> None:
    settings.BUSYBEE_MIN_FREE_BYTES = 2**62
    session, before = SessionFactory.create(), kept_files()

    with pytest.raises(TooMany) as refused:
        uploads.receive(session.pk, cid="a", name="a.txt", data=b"1", now=timezone.now())

    assert not isinstance(refused.value, TooManyFiles)
    assert kept_files() == before
    assert not Message.objects.exists()


@pytest.mark.parametrize("same", ["m.i.n.a@customer.example", "mi.na+7@Customer.example"])
@pytest.mark.usefixtures("redis_url")
def test_dots_make_no_other_mailbox(same: str) -> None:
    for _ in range(2):
        assert proofs.ask(visitor(), "mina@customer.example", timezone.now()) == Asked.SENT

    assert proofs.ask(visitor(), same, timezone.now()) == Asked.TOO_OFTEN


@pytest.mark.usefixtures("redis_url")
def test_all_visitors_together_mail_so_many_proofs_a_day(settings: Any) -> None:
    settings.BUSYBEE_CHAT_STARTS_A_DAY = 3
    told = [proofs.ask(visitor(), f"kim@company{n}.example", timezone.now()) for n in range(4)]

    assert told == [Asked.SENT] * 3 + [Asked.ENOUGH]
    assert OutgoingMail.objects.count() == 3


@pytest.mark.parametrize(
    ("origin", "host", "is_own"),
    [
        ("https://chat.example", "chat.example", True),
        ("https://other.example", "other.example", True),
        ("http://chat.example", "chat.example", False),  # whoever sits on the wire can say so
        ("https://chat.example:8443", "chat.example", False),
        ("https://chat.example.", "chat.example", False),
        ("https://www.chat.example", "chat.example", False),
        ("https://user@chat.example", "chat.example", False),
        ("https://chat.example.evil.example", "chat.example", False),
        ("ftp://chat.example", "chat.example", False),
        ("//chat.example", "chat.example", False),
        ("https://", "", False),
        ("null", "null", False),
        ("https://[::1", "chat.example", False),
        ("https://[2001:db8::1]", "[2001:db8::1]", True),
        ("https://[2001:db8::1]", "[2001:db8::2]", False),
    ],
)
def test_origins_of_ours_and_of_others(settings: Any, origin: str, host: str, is_own: bool) -> None:
    settings.BUSYBEE_PUBLIC_URL = "https://chat.example"
    headers = {b"origin": origin.encode(), b"host": host.encode()}

    assert access.is_own_page(headers) is is_own


@pytest.mark.parametrize("other", ['a={"x": 1}', "a[b]=1", "a=b c", "lonely", "\u00e4=1"])
def test_a_cookie_of_somebody_else_hides_none_of_ours(other: str) -> None:
    conversation = uuid4()
    cookie = f"{other}; {access.cookie_name(conversation)}=sealed; {other}"

    found = consumers._cookie({b"cookie": cookie.encode("latin-1")}, str(conversation))

    assert found == "sealed"


@pytest.fixture
def with_model(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BUSYBEE_LLM = "openai:test"
    settings.BUSYBEE_LLM_TOKENS_A_DAY = 1000


@pytest.mark.usefixtures("with_model")
def test_the_chat_leaves_the_mails_half_of_the_models_day(monkeypatch: pytest.MonkeyPatch) -> None:
    from chat import second_reading
    from chat.tests.test_second_reading import asking
    from freight.fields import Source

    meters: list[Any] = []

    def ask(found: Any, *_: object, meter: Any, **__: object) -> Any:
        meters.append(meter)
        return second_reader.SecondReading(found)

    monkeypatch.setattr(second_reader, "read_again", ask)
    text = "We would like it gone around here: 12 December 2026"
    second_reading.read(Source("chat:7", text), asking())
    LanguageModelUse.objects.create(day=timezone.localdate(), tokens=450)

    assert not meters[0].take(100)
    assert llm_budget.today().take(100)


@pytest.mark.usefixtures("with_model")
def test_one_conversation_asks_the_model_so_often_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    session = SessionFactory.create()
    text = "We would like it gone around here somewhere else"

    def wants() -> bool:
        message = append(session, Message.Author.CUSTOMER, text)
        return answering._wants_model(Said((message,)), timezone.now())

    assert wants()
    Message.objects.bulk_create(
        Message(session=session, seq=1000 + n, author="customer", text=text)
        for n in range(answering.MODEL_MESSAGES)
    )
    session.last_seq = 5000
    session.save()
    assert not wants()


@pytest.mark.parametrize(
    ("path", "extra"),
    [
        ("/nothing/here/", {}),
        ("/chat/request/not-a-uuid/", {}),
        ("/chat/" + "x" * 43 + "/", {}),
        ("/chat/start/", {}),
        ("/", {"HTTP_HOST": "evil.example"}),
        ("/chat", {}),
    ],
)
def test_errors_carry_the_policy_too(client: Client, path: str, extra: dict[str, Any]) -> None:
    for response in (client.get(path, **extra), client.post(path, {}, **extra)):
        assert "frame-ancestors 'none'" in response.headers.get("Content-Security-Policy", "")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_forged_form_does_nothing_however_it_calls_itself(kind: str) -> None:
    link = a_link()
    browser = Client(enforce_csrf_checks=True)
    browser.cookies[access.cookie_name(link.request.public_id)] = access.seal_link(link.pk)
    body = json.dumps({"frames": [{"type": "message", "cid": "a", "text": "forged"}]})

    for origin in ("null", "https://evil.example", ""):
        headers = {"Origin": origin} if origin else {}
        response = browser.post(
            reverse("chat:frame", args=[link.request.public_id]),
            body,
            content_type=kind,
            headers=headers,
        )
        assert response.status_code == 403
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_redis")
async def test_a_socket_that_ends_with_an_error_gives_its_seats_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def hung_up(*_: object) -> None:
        raise RuntimeError("Attempt to send on a closed protocol")

    page = communicator(ORIGIN)
    page.scope["client"] = ("192.0.2.1", 5000)
    await page.connect(timeout=5)
    assert len(limits.seats) == 1
    monkeypatch.setattr(consumers.ChatConsumer, "_take", hung_up)
    await page.send_to(text_data="{}")

    with pytest.raises(RuntimeError, match="closed protocol"):
        await page.receive_output(timeout=5)
    assert len(limits.seats) == 0
