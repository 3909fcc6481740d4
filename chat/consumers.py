"""The socket of a conversation: frames in, one call, frames out."""

import asyncio
import json
import logging
import time
from collections import deque
from http.cookies import CookieError, SimpleCookie
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils import timezone

from chat import access, cards, catalogue, frames, services
from chat.errors import BadFrame, ChatError, Denied, TooMany
from chat.frames import Hello, Said, Speak
from freight.models import ChatLink

logger = logging.getLogger(__name__)
HELLO_SECONDS = 15
# a page sends a few frames a minute; this is for programs
FRAMES = 60
FRAMES_SECONDS = 20
# while an answer is awaited the rows are looked at now and then: the news may have been lost
WATCH_SECONDS = 2
WATCH_TIMES = 45


class ChatConsumer(AsyncWebsocketConsumer):
    """One page's view of one conversation."""

    async def connect(self) -> None:
        self.session_id: int | None = None
        self.link_id: int | None = None
        self.group = ""
        self.language = "ko"
        self.seq = 0
        self.card: dict[str, Any] = {}
        self.times: deque[float] = deque(maxlen=FRAMES)
        self.sending = asyncio.Lock()
        self.watcher: asyncio.Task[None] | None = None
        if not access.is_own_page(dict(self.scope["headers"])):
            await self.close()
            return
        await self.accept()
        self.watcher = asyncio.create_task(self._close_unless_greeted())

    async def disconnect(self, code: int) -> None:
        if self.watcher:
            self.watcher.cancel()
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if text_data is None or len(text_data.encode()) > frames.FRAME_LIMIT:
            await self.close(code=1009 if text_data else 1003)
            return
        if self._too_fast():
            await self._refuse(TooMany())
            await self.close(code=1008)
            return
        try:
            await self._take(text_data)
        except Denied as exc:
            await self._deny(exc)

    async def _deny(self, error: Denied) -> None:
        await self._refuse(error)
        await self.close(code=4401)

    async def _take(self, text: str) -> None:
        frame: Hello | Said | Speak | None = None
        try:
            frame = frames.parse(text)
            await self._act(frame)
        except Denied:
            raise
        except ChatError as exc:
            await self._refuse(exc, cid=frame.cid if isinstance(frame, Said) else "")

    async def _act(self, frame: Hello | Said | Speak) -> None:
        match frame:
            case Hello():
                await self._greet(frame)
            case Said():
                await self._hear(frame)
            case Speak():
                await self._still_open()
                await database_sync_to_async(services.speak)(self.session_id, frame.lang)

    async def _greet(self, hello: Hello) -> None:
        if self.session_id is not None:
            raise BadFrame
        link = await self._link(hello)
        session, fresh = await database_sync_to_async(services.begin)(link.request, hello.lang)
        self.session_id, self.link_id, self.group = session.pk, link.pk, session.group
        # the group first, then the rows: what comes in between is then heard twice, not never
        await self.channel_layer.group_add(self.group, self.channel_name)
        async with self.sending:
            frame = await database_sync_to_async(services.welcome)(
                session, last_seq=hello.last_seq, fresh=fresh
            )
            self.seq, self.card, self.language = frame["seq"], _card_of(frame), frame["lang"]
            await self._send(frame)
        self._watch()

    async def _link(self, hello: Hello) -> ChatLink:
        """The link of the token, or of the cookie of the conversation that the page is about."""
        now = timezone.now()
        if hello.token:
            link = await database_sync_to_async(services.link_of_token)(hello.token, now)
        else:
            link_id = access.sealed_link(_cookie(dict(self.scope["headers"]), hello.conversation))
            link = await database_sync_to_async(services.link_by_id)(link_id, now)
        # another conversation's link: what this page has not sent yet was not meant for it
        if hello.conversation and hello.conversation != str(link.request.public_id):
            raise Denied
        return link

    async def _hear(self, said: Said) -> None:
        await self._still_open()
        message = await database_sync_to_async(services.post)(
            self.session_id, cid=said.cid, text=said.text, now=timezone.now()
        )
        await self._send({"type": "ack", "cid": said.cid, "seq": message.seq})
        self._watch()

    async def _still_open(self) -> None:
        """Raises Denied where nobody has said hello, or the link was revoked since."""
        await database_sync_to_async(services.link_by_id)(self.link_id, timezone.now())

    async def chat_news(self, event: dict[str, Any]) -> None:
        await self._look()

    async def _look(self) -> bool:
        """Send what is new, or close where the link is no longer open; whether to look again."""
        try:
            await self._still_open()
        except Denied as exc:
            await self._deny(exc)
            return False
        return await self._catch_up()

    async def _catch_up(self) -> bool:
        """Send what is new since the last look; whether an answer is still awaited."""
        async with self.sending:
            news = await database_sync_to_async(cards.news_after)(self.session_id, self.seq)
            for message in news.messages:
                await self._send(message)
            self.seq, self.language = news.seq, news.card["lang"]
            if news.card != self.card:
                self.card = news.card
                await self._send({"type": "state", **news.card})
            if news.card["waiting"]:
                await self._send({"type": "typing"})
        return bool(news.card["waiting"])

    def _watch(self) -> None:
        """Look at the rows now and then until nothing is awaited, in case a notice was lost."""
        if self.watcher:
            self.watcher.cancel()
        self.watcher = asyncio.create_task(self._look_again())

    async def _look_again(self) -> None:
        for _ in range(WATCH_TIMES):
            await asyncio.sleep(WATCH_SECONDS)
            if not await self._look():
                return

    async def _close_unless_greeted(self) -> None:
        await asyncio.sleep(HELLO_SECONDS)
        await self.close(code=4408)

    def _too_fast(self) -> bool:
        now = time.monotonic()
        full = len(self.times) == FRAMES and now - self.times[0] < FRAMES_SECONDS
        self.times.append(now)
        return full

    async def _refuse(self, error: ChatError, cid: str = "") -> None:
        text = catalogue.refusal(self.language, error.code)
        frame = {"type": "error", "code": error.code, "text": text}
        await self._send({**frame, "cid": cid} if cid else frame)

    async def _send(self, frame: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(frame, ensure_ascii=False))


def _card_of(welcome: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in welcome.items() if k not in ("type", "seq", "history", "note")}


def _cookie(headers: dict[bytes, bytes], conversation: str) -> str:
    """The value of the conversation's cookie; empty where there is none."""
    try:
        name = access.cookie_name(UUID(conversation))
        cookies = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    except (ValueError, CookieError):
        return ""
    return cookies[name].value if name in cookies else ""
