"""The conversation by POST, a bearer for a token, and places by their letters."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat import access, api, cards, limits, services, tasks
from chat.models import Message, Session
from chat.tests.factories import QuoteRequestFactory, SessionFactory
from freight import links
from freight.models import ChatLink, QuoteRequest

pytestmark = pytest.mark.django_db
HELLO = {"type": "hello", "last_seq": 0}


def said(cid: str, text: str) -> dict[str, str]:
    return {"type": "message", "cid": cid, "text": text}


def bearer_for(request: QuoteRequest) -> str:
    links.issue(request, timezone.now())
    return access.seal_link(ChatLink.objects.filter(request=request).latest("pk").pk)


class Page:
    """A page of one conversation that has a bearer and no sockets."""

    def __init__(self, client: Client, request: QuoteRequest) -> None:
        self.client, self.request, self.bearer = client, request, bearer_for(request)
        self.seq = 0

    def post(self, *frames: object, **more: Any) -> Any:
        body = {"frames": frames, "last_seq": self.seq, **more}
        return self.client.post(
            reverse("chat:frame", args=[self.request.public_id]),
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.bearer}"},
        )

    def ask(self, *frames: object) -> list[dict[str, Any]]:
        response = self.post(*frames)
        assert response.status_code == 200
        answer: list[dict[str, Any]] = response.json()["frames"]
        for frame in answer:
            if frame["type"] in ("message", "welcome"):
                self.seq = frame["seq"]
        return answer


@pytest.fixture
def page(client: Client) -> Page:
    return Page(client, QuoteRequestFactory.create())


def kinds(answer: list[dict[str, Any]]) -> list[str]:
    return [frame["type"] for frame in answer]


def test_the_conversation_goes_by_post_as_by_socket(page: Page) -> None:
    first = page.ask(HELLO)
    heard = page.ask(said("a", "18,500 kg"))
    tasks.answer(Message.objects.get(cid="a").pk)
    answered = page.ask()

    assert kinds(first) == ["welcome", "state"]
    assert len(first[0]["history"]) == 2
    assert kinds(heard) == ["ack", "message", "state", "typing"]
    assert (heard[0]["cid"], heard[0]["seq"]) == ("a", 3)
    assert kinds(answered) == ["message", "state"]
    assert answered[0]["author"] == "bot"
    assert kinds(page.ask()) == ["state"]


def test_a_message_posted_twice_is_stored_once(page: Page) -> None:
    seqs = [page.ask(said("a", "18,500 kg"))[0]["seq"] for _ in range(2)]

    assert seqs[0] == seqs[1]
    assert Message.objects.filter(author="customer").count() == 1


def test_one_bad_frame_spoils_no_other(page: Page) -> None:
    answer = page.ask(said("a", "x" * 2001), {"type": "bye"}, said("b", "18,500 kg"), 7)

    assert [(f["code"], f.get("cid", "")) for f in answer if f["type"] == "error"] == [
        ("too_long", "a"),
        ("invalid", ""),
        ("invalid", ""),
    ]
    assert [f["cid"] for f in answer if f["type"] == "ack"] == ["b"]


def test_the_cookie_opens_it_as_well(client: Client, token_for: Callable[..., str]) -> None:
    request = QuoteRequestFactory.create()
    client.post(reverse("chat:open", args=[token_for(request)]))

    body = json.dumps({"frames": [HELLO]})
    address = reverse("chat:frame", args=[request.public_id])
    answer = client.post(address, body, content_type="application/json")

    assert answer.json()["frames"][0]["number"] == request.number


def test_the_language_and_what_is_earlier(page: Page) -> None:
    page.ask(HELLO)

    answer = page.ask({"type": "language", "lang": "ja"}, {"type": "earlier", "before": 2})

    assert answer[0] == {"type": "earlier", "history": [answer[0]["history"][0]], "more": False}
    assert next(f for f in answer if f["type"] == "state")["lang"] == "ja"


def test_more_than_a_look_is_read_in_several(client: Client) -> None:
    session = SessionFactory.create(last_seq=450)
    _fill(session, 450)
    page = Page(client, session.request)
    page.seq = 10

    seqs = []
    later = True
    while later:
        answer = page.post().json()
        later = answer["later"]
        seqs += [frame["seq"] for frame in answer["frames"] if frame["type"] == "message"]
        page.seq = seqs[-1]

    assert seqs == list(range(11, 451))


def _fill(session: Session, count: int) -> None:
    Message.objects.bulk_create(
        Message(session=session, seq=n, author="bot", text=str(n)) for n in range(1, count + 1)
    )


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"frames": 7}', b'{"last_seq": "x"}', b"{" * 1000, b"\xff"]
)
def test_a_body_that_is_none(page: Page, body: bytes) -> None:
    response = page.client.post(
        reverse("chat:frame", args=[page.request.public_id]),
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {page.bearer}"},
    )

    assert response.status_code == 400
    assert response.json()["frames"][0]["code"] == "invalid"


def test_a_megabyte_is_refused_and_the_conversation_goes_on(page: Page) -> None:
    assert page.post(said("a", "x" * 1_000_000)).status_code == 400
    assert page.post(said("b", "18,500 kg")).status_code == 200
    assert [m.cid for m in Message.objects.filter(author="customer")] == ["b"]


def test_the_thirty_first_message_must_wait(page: Page) -> None:
    page.ask(HELLO)
    for n in range(services.MESSAGES_A_MINUTE):
        page.ask(said(f"{n}", "hi"))

    (error,) = [f for f in page.ask(said("more", "hi")) if f["type"] == "error"]

    assert (error["code"], error["cid"]) == ("too_many", "more")
    assert 50 <= error["retry_after"] <= 60


def test_an_address_that_says_too_much_waits_too(page: Page, settings: Any) -> None:
    settings.BUSYBEE_CHAT_ADDRESS_MESSAGES = 2
    other = Page(page.client, QuoteRequestFactory.create())

    answers = [each.ask(said("a", "hi")) for each in (page, other)]
    third = page.ask(said("b", "hi"))

    assert ["error" in kinds(answer) for answer in (*answers, third)] == [False, False, True]


def test_who_polls_too_fast_is_told_when_to_come_back(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "POLLS", limits.Limit("polls", 1))

    page.ask()
    response = page.post()

    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 60


def test_a_token_is_exchanged_for_a_bearer(client: Client, token_for: Callable[..., str]) -> None:
    request = QuoteRequestFactory.create()
    token = token_for(request)

    response = client.post(
        reverse("chat:exchange"), json.dumps({"token": token}), content_type="application/json"
    )

    found = response.json()
    assert found["conversation"] == str(request.public_id)
    assert access.sealed_link(found["bearer"]) == ChatLink.objects.get().pk
    assert token not in response.content.decode()
    assert not response.cookies


def test_many_wrong_tokens_close_the_door_for_that_address_only(
    client: Client, token_for: Callable[..., str], settings: Any
) -> None:
    settings.BUSYBEE_TRUSTED_PROXIES = 1
    token = token_for(QuoteRequestFactory.create())
    here, there = ({"X-Forwarded-For": address} for address in ("192.0.2.1", "192.0.2.2"))
    for n in range(limits.WRONG_TOKENS.most):
        assert client.get(f"/chat/{n:043}/", headers=here).status_code == 404

    right, wrong = (
        client.get(reverse("chat:open", args=[t]), headers=here) for t in (token, "x" * 43)
    )

    assert (right.status_code, wrong.status_code) == (429, 429)
    assert right.content == wrong.content
    assert 1 <= int(right.headers["Retry-After"]) <= 60
    assert client.get(reverse("chat:open", args=[token]), headers=there).status_code == 200


def test_the_welcome_of_ten_thousand_messages_is_the_newest_page() -> None:
    session = SessionFactory.create(last_seq=10_000)
    _fill(session, 10_000)

    welcome = services.welcome(session, last_seq=0, fresh=False)
    seqs = [message["seq"] for message in welcome["history"]]
    pages, more = 1, welcome["more"]
    while more:
        frame = cards.earlier_than(session.pk, seqs[0])
        seqs, more, pages = [m["seq"] for m in frame["history"]] + seqs, frame["more"], pages + 1

    assert len(welcome["history"]) == cards.PAGE
    assert seqs == list(range(1, 10_001))
    assert pages == 10_000 / cards.PAGE


def test_reading_costs_as_many_queries_however_long_it_is(
    django_assert_num_queries: Any, client: Client
) -> None:
    short, long = SessionFactory.create(last_seq=10), SessionFactory.create(last_seq=3_000)
    _fill(short, 10)
    _fill(long, 3_000)
    counts = []
    for session in (short, long):
        now, link = (
            timezone.now(),
            services.link_of_token(links.issue(session.request, timezone.now()), timezone.now()),
        )
        with django_assert_num_queries(13, exact=False) as seen:
            services.welcome(session, last_seq=0, fresh=False)
            cards.earlier_than(session.pk, 9)
            services.look(session.pk, link.pk, 5, now)
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_what_a_page_has_seen_and_never_was_begins_anew() -> None:
    session = SessionFactory.create(last_seq=3)
    _fill(session, 3)

    assert [m["seq"] for m in cards.news_after(session.pk, 77).messages] == [1, 2, 3]


@pytest.mark.parametrize(
    ("typed", "language", "first", "name"),
    [
        ("bus", "en", "KRPUS", "Busan"),
        ("부산", "ko", "KRPUS", "부산"),
        ("上", "ja", "CNSHA", "上海"),
        ("BANGK", "th", "THBKK", "กรุงเทพ"),
        ("krpus", "en", "KRPUS", "Busan"),
    ],
)
def test_places_by_their_letters(
    client: Client, typed: str, language: str, first: str, name: str
) -> None:
    found = client.get(reverse("chat:places"), {"q": typed, "lang": language}).json()

    assert (found[0]["locode"], found[0]["name"]) == (first, name)
    assert first in found[0]["note"]
    assert len(found) <= 8


@pytest.mark.parametrize("typed", ["", " ", "zzzzqq", "<b>", "x" * 100_000, "\0"])
def test_letters_that_name_no_place(client: Client, typed: str) -> None:
    assert client.get(reverse("chat:places"), {"q": typed}).json() == []


def test_an_expired_bearer_opens_nothing(page: Page) -> None:
    ChatLink.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))

    response = page.post(HELLO)

    assert response.status_code == 403
    assert response.json()["frames"][0]["code"] == "denied"
    assert not Session.objects.exists()


def test_a_frame_of_sixteen_kilobytes_eight_times_is_read() -> None:
    assert api.BODY_LIMIT == 128 * 1024
