"""A page shows its own message without a look at the rows, where it knows all that came before."""

from unittest import mock

import pytest
from asgiref.sync import sync_to_async

from chat import services
from chat.models import Message, Session
from chat.rows import append
from chat.tests.test_consumers import Token, answer, asked_by, say, tab, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_redis")]


async def test_only_the_other_tab_looks(token_for: Token) -> None:
    _, token = await asked_by(token_for)
    with mock.patch.object(services, "look", wraps=services.look) as look:
        async with tab(token) as socket, tab(token) as other:
            await until(socket, "welcome")
            await until(other, "welcome")
            await say(socket, "a", "18,500 kg")
            own = [await until(socket, kind) for kind in ("ack", "message", "state", "typing")]
            theirs = [await until(other, kind) for kind in ("message", "state", "typing")]
            # whatever its notice would have it do, it has done before this is answered
            await socket.send_json_to({"type": "earlier", "before": 2})
            await until(socket, "earlier")
            looks = look.call_count
            await answer()
            assert (await until(socket, "message"))["seq"] == 4
            done = await until(socket, "state")

    assert own[1:] == theirs
    assert (own[2]["waiting"], done["waiting"]) == (True, False)
    assert looks == 1


async def test_what_nobody_told_the_page_comes_before_its_own(token_for: Token) -> None:
    _, token = await asked_by(token_for)
    async with tab(token) as socket:
        await until(socket, "welcome")
        session = await Session.objects.aget()
        await sync_to_async(append)(session, Message.Author.BOT, "unheard of")
        await say(socket, "a", "18,500 kg")
        seen = [await until(socket, "message") for _ in range(2)]

    assert [(frame["seq"], frame["author"]) for frame in seen] == [(3, "bot"), (4, "customer")]


async def test_a_message_that_was_stored_before_is_only_acknowledged(token_for: Token) -> None:
    _, token = await asked_by(token_for)
    async with tab(token) as socket:
        await until(socket, "welcome")
        await say(socket, "a", "18,500 kg")
        await until(socket, "typing")
        await say(socket, "a", "18,500 kg")
        again = await until(socket, "ack")
        await answer()
        reply = await until(socket, "message")

    assert (again["seq"], reply["seq"]) == (3, 4)
