"""The socket against the whole ASGI application, with a real Redis between the tabs."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.db import OperationalError
from django.utils import timezone

from chat import access, consumers, limits, rows, services, tasks
from chat.models import Message, Session
from chat.tests.factories import QuoteRequestFactory, SessionFactory
from freight.models import ChatLink, QuoteRequest, State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_redis")]
ORIGIN = (b"origin", b"http://localhost")
Token = Callable[[QuoteRequest], str]


def communicator(*headers: tuple[bytes, bytes]) -> WebsocketCommunicator:
    from channels.routing import get_default_application

    headers = (*headers, (b"host", b"localhost"))
    return WebsocketCommunicator(get_default_application(), "/ws/chat/", headers=list(headers))


@asynccontextmanager
async def tab(
    token: str = "", last_seq: int = 0, *headers: tuple[bytes, bytes], conversation: str = ""
) -> AsyncIterator[WebsocketCommunicator]:
    """A page that has said hello; its `welcome` is still to be read."""
    socket = communicator(ORIGIN, *headers)
    connected, _ = await socket.connect(timeout=5)
    assert connected
    hello = {"token": token, "conversation": conversation, "last_seq": last_seq}
    await socket.send_json_to({"type": "hello", **hello})
    try:
        yield socket
    finally:
        await socket.disconnect()


async def until(socket: WebsocketCommunicator, kind: str) -> dict[str, Any]:
    """The next frame of a kind."""
    while True:
        frame = await socket.receive_json_from(timeout=5)
        if frame["type"] == kind:
            return frame


async def refused(socket: WebsocketCommunicator) -> tuple[str, int]:
    """The error's code and the code that the socket is closed with."""
    error = await socket.receive_json_from(timeout=5)
    closing = await socket.receive_output(timeout=5)
    assert closing["type"] == "websocket.close"
    return error["code"], closing["code"]


async def say(socket: WebsocketCommunicator, cid: str, text: str) -> None:
    await socket.send_json_to({"type": "message", "cid": cid, "text": text})


async def answer() -> None:
    """What the worker on queue `chat` does."""
    for pk in [row.pk async for row in Message.objects.unanswered()]:
        await sync_to_async(tasks.answer)(pk)


async def cookie_of(request: QuoteRequest, *, name: QuoteRequest | None = None) -> str:
    """The cookie that opens the conversation about `request`, under that of `name`."""
    link = await ChatLink.objects.aget(request=request)
    return f"{access.cookie_name((name or request).public_id)}={access.seal_link(link.pk)}"


@sync_to_async
def asked_by(token_for: Token, **facts: Any) -> tuple[QuoteRequest, str]:
    request = QuoteRequestFactory.create(**facts)
    return request, token_for(request)


async def test_hello_is_answered_with_a_greeting_and_the_facts(token_for: Token) -> None:
    request, token = await asked_by(token_for)

    async with tab(token) as socket:
        welcome = await until(socket, "welcome")

    assert welcome["seq"] == len(welcome["history"]) == 2
    assert welcome["state"] == "in_progress"
    assert welcome["number"] == request.number
    assert [f["status"] for f in welcome["fields"]] == ["missing", *["filled"] * 5]
    assert welcome["fields"][4]["value"] == "Busan"


async def test_a_message_is_acknowledged_shown_and_answered(token_for: Token) -> None:
    _, token = await asked_by(token_for)

    async with tab(token) as socket:
        await until(socket, "welcome")
        await say(socket, "a", "18,500 kg")
        heard = await until(socket, "message")
        await until(socket, "typing")
        await answer()
        reply = await until(socket, "message")
        state = await until(socket, "state")

    assert (heard["seq"], heard["author"], heard["cid"]) == (3, "customer", "a")
    assert (reply["seq"], reply["author"]) == (4, "bot")
    assert state["fields"][0]["status"] == "pending"
    assert state["confirm"]


async def test_a_resent_message_is_acknowledged_again_and_answered_once(token_for: Token) -> None:
    _, token = await asked_by(token_for)

    async with tab(token) as socket:
        await until(socket, "welcome")
        await say(socket, "a", "18,500 kg")
        first = await until(socket, "ack")
        await answer()
        await say(socket, "a", "18,500 kg")
        second = await until(socket, "ack")
        await answer()

    assert first["seq"] == second["seq"] == 3
    authors = [row.author async for row in Message.objects.all()]
    assert authors.count("customer") == 1
    assert authors.count("bot") == 3


async def test_two_tabs_hear_the_same(token_for: Token) -> None:
    _, token = await asked_by(token_for)

    async with tab(token) as one, tab(token) as other:
        histories = [(await until(socket, "welcome"))["history"] for socket in (one, other)]
        await say(one, "a", "18,500 kg")
        await until(one, "message")
        await until(other, "message")
        await answer()
        replies = [await until(socket, "message") for socket in (one, other)]

    assert histories[0] == histories[1]
    assert replies[0] == replies[1]


async def test_a_page_that_comes_back_gets_what_it_missed(token_for: Token) -> None:
    _, token = await asked_by(token_for)
    async with tab(token) as socket:
        await until(socket, "welcome")
        await say(socket, "a", "18,500 kg")
        await until(socket, "ack")
    await answer()

    async with tab(token, 3) as socket:
        welcome = await until(socket, "welcome")

    assert [message["seq"] for message in welcome["history"]] == [4]
    assert welcome["note"] == ""


async def test_a_later_visit_says_what_is_still_open(token_for: Token) -> None:
    _, token = await asked_by(token_for)
    async with tab(token) as socket:
        await until(socket, "welcome")

    async with tab(token) as socket:
        welcome = await until(socket, "welcome")

    assert len(welcome["history"]) == 2
    assert "Still open since" in welcome["note"]
    assert "Gross weight" in welcome["note"]


async def test_the_sixth_fact_brings_the_quotation(token_for: Token) -> None:
    request, token = await asked_by(token_for)

    async with tab(token) as socket:
        await until(socket, "welcome")
        for cid, text in (("a", "18,500 kg"), ("b", "yes")):
            await say(socket, cid, text)
            await until(socket, "ack")
            await answer()
        while (await until(socket, "state"))["state"] != "completed":
            pass

    await sync_to_async(request.refresh_from_db)()
    assert request.state == State.QUOTED
    kinds = [row.kind async for row in request.outgoing.all()]
    assert kinds == ["quotation"]


async def test_a_wrong_token_is_denied() -> None:
    async with tab("x" * 43) as socket:
        assert await refused(socket) == ("denied", 4401)


async def test_without_token_and_cookie_nobody_is_let_in() -> None:
    async with tab() as socket:
        assert await refused(socket) == ("denied", 4401)


async def test_a_cookie_opens_its_own_conversation_only(token_for: Token) -> None:
    mine, _ = await asked_by(token_for)
    theirs, their_token = await asked_by(token_for)
    cookie = (b"cookie", (await cookie_of(mine)).encode())

    async with tab("", 0, cookie, conversation=str(mine.public_id)) as socket:
        welcome = await until(socket, "welcome")
        await say(socket, "a", "my own words")
        await until(socket, "ack")
    async with tab(their_token) as socket:
        other = await until(socket, "welcome")

    assert welcome["number"] == mine.number
    assert other["number"] == theirs.number
    assert "my own words" not in json.dumps(other)


async def test_of_two_cookies_each_tab_gets_its_own(token_for: Token) -> None:
    requests = [(await asked_by(token_for))[0] for _ in range(2)]
    cookies = "; ".join([await cookie_of(request) for request in requests])

    for request in requests:
        header = (b"cookie", cookies.encode())
        async with tab("", 7, header, conversation=str(request.public_id)) as socket:
            assert (await until(socket, "welcome"))["number"] == request.number


@pytest.mark.parametrize("named", ["", "x", "other"])
async def test_a_page_of_another_conversation_is_denied(token_for: Token, named: str) -> None:
    mine, token = await asked_by(token_for)
    other, _ = await asked_by(token_for)
    cookie = (b"cookie", (await cookie_of(mine, name=other)).encode())
    conversation = str(other.public_id) if named == "other" else named

    async with tab("", 0, cookie, conversation=conversation) as socket:
        assert await refused(socket) == ("denied", 4401)
    async with tab(token, conversation=str(other.public_id)) as socket:
        assert await refused(socket) == ("denied", 4401)


async def test_a_forged_cookie_is_denied(token_for: Token) -> None:
    request, _ = await asked_by(token_for)
    forged = (await cookie_of(request))[:-2] + "xx"

    async with tab(
        "", 0, (b"cookie", forged.encode()), conversation=str(request.public_id)
    ) as socket:
        assert await refused(socket) == ("denied", 4401)


async def test_an_open_page_reads_no_more_once_its_link_is_revoked(token_for: Token) -> None:
    request, token = await asked_by(token_for)
    async with tab(token) as socket, tab(token) as other:
        await until(socket, "welcome")
        await until(other, "welcome")
        await sync_to_async(services.revoke_links)(request, timezone.now())

        assert await refused(socket) == ("denied", 4401)
        assert await refused(other) == ("denied", 4401)


async def test_news_after_a_quiet_revocation_are_not_shown(token_for: Token) -> None:
    _, token = await asked_by(token_for)
    async with tab(token) as socket:
        await until(socket, "welcome")
        await ChatLink.objects.aupdate(revoked_at=timezone.now())
        session = await Session.objects.aget()
        await sync_to_async(services.speak)(session.pk, "ja")

        assert await refused(socket) == ("denied", 4401)


async def test_a_link_revoked_in_mid_conversation_ends_it(token_for: Token) -> None:
    _, token = await asked_by(token_for)

    async with tab(token) as socket:
        await until(socket, "welcome")
        await ChatLink.objects.aupdate(revoked_at=timezone.now())
        await say(socket, "a", "18,500 kg")

        assert await refused(socket) == ("denied", 4401)
    assert not await Message.objects.filter(author="customer").aexists()


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"origin", b"null")],
        [(b"origin", b"https://elsewhere.example")],
        [(b"origin", b"http://localhost:9999")],
        [(b"origin", b"file://")],
    ],
)
async def test_pages_of_others_are_refused(headers: list[tuple[bytes, bytes]]) -> None:
    socket = communicator(*headers)

    connected, _ = await socket.connect(timeout=5)

    assert not connected


@pytest.mark.parametrize(("text", "code"), [("x" * 2001, "too_long"), ("   ", "empty")])
async def test_a_text_that_cannot_be_taken(token_for: Token, text: str, code: str) -> None:
    _, token = await asked_by(token_for)

    async with tab(token) as socket:
        await until(socket, "welcome")
        await say(socket, "a", text)
        error = await until(socket, "error")

    assert (error["code"], error["cid"]) == (code, "a")
    assert not await Message.objects.filter(author="customer").aexists()


async def test_two_thousand_characters_of_thai_fit(token_for: Token) -> None:
    _, token = await asked_by(token_for)

    async with tab(token) as socket:
        await until(socket, "welcome")
        frame = {"type": "message", "cid": "a", "text": "ก" * 2000}
        await socket.send_to(text_data=json.dumps(frame, ensure_ascii=False))
        assert (await until(socket, "ack"))["cid"] == "a"


async def test_a_frame_over_16_kb_closes_the_socket(token_for: Token) -> None:
    _, token = await asked_by(token_for)

    async with tab(token) as socket:
        await until(socket, "welcome")
        await say(socket, "a", "x" * 17_000)
        closing = await socket.receive_output(timeout=5)

    assert (closing["type"], closing["code"]) == ("websocket.close", consumers.TOO_LARGE)


@pytest.mark.parametrize(
    "frame",
    ["{", "[]", "7", '{"type": "bye"}', '{"type": "message", "cid": 1, "text": "x"}', "[" * 9000],
)
async def test_nonsense_is_answered_with_an_error(token_for: Token, frame: str) -> None:
    _, token = await asked_by(token_for)

    async with tab(token) as socket:
        await until(socket, "welcome")
        await socket.send_to(text_data=frame)
        assert (await until(socket, "error"))["code"] == "invalid"


async def test_a_flood_of_frames_is_cut_off(token_for: Token) -> None:
    _, token = await asked_by(token_for)

    async with tab(token) as socket:
        await until(socket, "welcome")
        for _ in range(61):
            await socket.send_to(text_data="{}")
        codes = []
        while (output := await socket.receive_output(timeout=5))["type"] == "websocket.send":
            codes.append(json.loads(output["text"])["code"])

    assert codes[-1] == "too_many"
    assert output["code"] == consumers.CROWDED


async def test_a_message_before_hello_is_denied() -> None:
    socket = communicator(ORIGIN)
    await socket.connect(timeout=5)
    await say(socket, "a", "hi")

    assert await refused(socket) == ("denied", 4401)
    await socket.disconnect()


async def test_markup_and_bidi_marks_come_back_as_they_were(token_for: Token) -> None:
    _, token = await asked_by(token_for)
    text = "<img src=x onerror=alert(1)> \u202eabc"

    async with tab(token) as socket:
        await until(socket, "welcome")
        await say(socket, "a", text)
        assert (await until(socket, "message"))["text"] == text


async def test_two_tabs_that_open_at_once_are_greeted_once(token_for: Token) -> None:
    _, token = await asked_by(token_for)

    async with tab(token) as one, tab(token) as other:
        await asyncio.gather(until(one, "welcome"), until(other, "welcome"))

    session = await Session.objects.aget()
    assert session.last_seq == 2


async def test_a_bearer_opens_its_conversation_without_a_cookie(token_for: Token) -> None:
    request, _ = await asked_by(token_for)
    link = await ChatLink.objects.aget(request=request)

    async with tab(access.seal_link(link.pk), conversation=str(request.public_id)) as socket:
        assert (await until(socket, "welcome"))["number"] == request.number


async def test_a_bearer_of_another_conversation_is_denied(token_for: Token) -> None:
    mine, _ = await asked_by(token_for)
    other, _ = await asked_by(token_for)
    link = await ChatLink.objects.aget(request=mine)

    async with tab(access.seal_link(link.pk), conversation=str(other.public_id)) as socket:
        assert await refused(socket) == ("denied", 4401)


@sync_to_async
def talked_about(count: int) -> Session:
    """A conversation of so many messages, each of which says its number."""
    session = SessionFactory.create(last_seq=count)
    Message.objects.bulk_create(
        Message(session=session, seq=n, author="bot", text=str(n)) for n in range(1, count + 1)
    )
    return session


async def test_more_than_a_page_that_was_missed_comes_whole(token_for: Token) -> None:
    session = await talked_about(900)
    token = await sync_to_async(token_for)(session.request)

    async with tab(token, 7) as socket:
        welcome = await until(socket, "welcome")
        seqs = [message["seq"] for message in welcome["history"]]
        while seqs[-1] < 900:
            seqs.append((await until(socket, "message"))["seq"])

    assert seqs == list(range(8, 901))


async def test_earlier_pages_are_sent_when_asked_for(token_for: Token) -> None:
    session = await talked_about(450)
    token = await sync_to_async(token_for)(session.request)

    async with tab(token) as socket:
        welcome = await until(socket, "welcome")
        seqs = [message["seq"] for message in welcome["history"]]
        more = welcome["more"]
        while more:
            await socket.send_json_to({"type": "earlier", "before": seqs[0]})
            frame = await until(socket, "earlier")
            seqs, more = [m["seq"] for m in frame["history"]] + seqs, frame["more"]

    assert len(welcome["history"]) == 200
    assert seqs == list(range(1, 451))


async def test_earlier_is_for_who_has_said_hello(token_for: Token) -> None:
    await talked_about(3)
    socket = communicator(ORIGIN)
    await socket.connect(timeout=5)
    await socket.send_json_to({"type": "earlier", "before": 3})

    assert await refused(socket) == ("denied", 4401)
    await socket.disconnect()


async def test_a_conversation_has_so_many_pages(
    token_for: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SOCKETS_PER_CONVERSATION", 1)
    _, token = await asked_by(token_for)

    async with tab(token) as socket:
        await until(socket, "welcome")
        async with tab(token) as second:
            assert await refused(second) == ("too_many", 4429)
    async with tab(token) as third:
        await until(third, "welcome")


async def test_an_address_has_so_many_sockets(token_for: Token, settings: Any) -> None:
    settings.BUSYBEE_TRUSTED_PROXIES = 1
    settings.BUSYBEE_CHAT_ADDRESS_SOCKETS = 1
    _, token = await asked_by(token_for)
    here, there = ((b"x-forwarded-for", each) for each in (b"192.0.2.1", b"192.0.2.2"))

    async with tab(token, 0, here) as socket:
        await until(socket, "welcome")
        async with tab(token, 0, here) as second:
            assert await refused(second) == ("too_many", 4429)
        async with tab(token, 0, there) as third:
            await until(third, "welcome")


async def test_an_address_that_tries_tokens_is_refused_with_a_right_one_too(
    token_for: Token, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BUSYBEE_TRUSTED_PROXIES = 1
    monkeypatch.setattr(limits, "WRONG_TOKENS", limits.Limit("wrong", 2))
    _, token = await asked_by(token_for)
    here = (b"x-forwarded-for", b"192.0.2.1")

    for _ in range(2):
        async with tab("x" * 43, 0, here) as socket:
            assert await refused(socket) == ("denied", 4401)
    for each in (token, "x" * 43):
        async with tab(each, 0, here) as socket:
            assert await refused(socket) == ("too_many", 4429)


async def test_a_refusal_says_when_to_come_back(token_for: Token, settings: Any) -> None:
    settings.BUSYBEE_TRUSTED_PROXIES = 1
    settings.BUSYBEE_CHAT_ADDRESS_MESSAGES = 1
    _, token = await asked_by(token_for)

    async with tab(token, 0, (b"x-forwarded-for", b"192.0.2.1")) as socket:
        await until(socket, "welcome")
        await say(socket, "a", "one")
        await until(socket, "ack")
        await say(socket, "b", "two")
        error = await until(socket, "error")

    assert (error["code"], error["cid"]) == ("too_many", "b")
    assert 1 <= error["retry_after"] <= 60


async def test_news_whose_notice_was_lost_are_seen_all_the_same(
    token_for: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "IDLE_SECONDS", 0.1)
    _, token = await asked_by(token_for)

    async with tab(token) as socket:
        await until(socket, "welcome")
        session = await Session.objects.aget()
        await sync_to_async(rows.append)(session, Message.Author.OPERATOR, "a colleague")
        monkeypatch.setattr(consumers, "WATCH_SECONDS", 0.1)
        while (await until(socket, "message"))["text"] != "a colleague":
            pass


async def test_a_database_that_was_away_does_not_end_the_watching(
    token_for: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "IDLE_SECONDS", 0.1)
    monkeypatch.setattr(consumers, "WATCH_SECONDS", 0.1)
    _, token = await asked_by(token_for)
    look, away = services.look, asyncio.Event()

    def fail_once(*args: Any) -> Any:
        if not away.is_set():
            away.set()
            raise OperationalError("the connection is lost")
        return look(*args)

    async with tab(token) as socket:
        await until(socket, "welcome")
        monkeypatch.setattr(services, "look", fail_once)
        session = await Session.objects.aget()
        await sync_to_async(rows.append)(session, Message.Author.OPERATOR, "a colleague")
        while (await until(socket, "message"))["text"] != "a colleague":
            pass
    assert away.is_set()
