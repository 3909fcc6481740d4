"""The socket of a conversation: frames in, one call, frames out."""

import asyncio
import json
import logging
import random
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError
from django.http import parse_cookie
from django.utils import timezone

from chat import access, cards, catalogue, frames, limits, services
from chat.errors import BadFrame, ChatError, Denied, TooMany
from chat.frames import Earlier, Frame, Hello, Said, Speak
from chat.models import Message
from freight.models import ChatLink

logger = logging.getLogger(__name__)
T = TypeVar("T")
HELLO_SECONDS = 15
# a page sends a few frames a minute; this is for programs
FRAMES = 60
FRAMES_SECONDS = 20
# while an answer is awaited the rows are looked at now and then: the news may have been lost
WATCH_SECONDS = 2
WATCH_TIMES = 45
# and rarely afterwards: an operator's word may be lost as well, and links expire
IDLE_SECONDS = 30
# 1000 and 3000 to 4999 are an application's to send: at any other Daphne raises
DENIED, LATE, TOO_LARGE, NO_TEXT, CROWDED = 4401, 4408, 4413, 4415, 4429


class ChatConsumer(AsyncWebsocketConsumer):
    """One page's view of one conversation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session_id = self.link_id = 0
        self.group = self.address = ""
        self.seats: list[str] = []
        self.seq = 0
        self.card: dict[str, Any] = {}
        self.times: deque[float] = deque(maxlen=FRAMES)
        self.sending = asyncio.Lock()
        self.watcher: asyncio.Task[None] | None = None

    async def __call__(self, *args: Any) -> None:
        try:
            await super().__call__(*args)
        finally:  # an error, as at a page that hangs up while it is told something, ends it as well
            await self._leave()

    async def connect(self) -> None:
        headers = dict(self.scope["headers"])
        self.language = access.language_of(headers.get(b"accept-language", b"").decode("latin-1"))
        if not access.is_own_page(headers):
            await self.close()
            return
        await self.accept()
        peer = (self.scope.get("client") or ("",))[0]
        forwarded = ",".join(
            value.decode("latin-1")
            for name, value in self.scope["headers"]
            if name == b"x-forwarded-for"
        )
        self.address = limits.address_of(peer, forwarded)
        # said over the socket: a browser hides why a handshake was refused
        if self.address and not self._sit(self.address, settings.BUSYBEE_CHAT_ADDRESS_SOCKETS):
            await self._turn_away(TooMany(), CROWDED)
            return
        self.watcher = asyncio.create_task(self._close_unless_greeted())

    def _sit(self, key: str, most: int) -> bool:
        taken = limits.seats.take(key, most)
        if taken:
            self.seats.append(key)
        return taken

    async def _leave(self) -> None:
        while self.seats:
            limits.seats.leave(self.seats.pop())
        if self.watcher:
            self.watcher.cancel()
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if text_data is None or len(text_data.encode()) > frames.FRAME_LIMIT:
            await self.close(code=NO_TEXT if text_data is None else TOO_LARGE)
            return
        if self._too_fast():
            await self._turn_away(TooMany(FRAMES_SECONDS), CROWDED)
            return
        try:
            await self._take(text_data)
        except Denied as exc:
            await self._turn_away(exc, DENIED)

    async def _turn_away(self, error: ChatError, code: int) -> None:
        await self._refuse(error)
        await self.close(code=code)

    async def _take(self, text: str) -> None:
        frame: Frame | None = None
        try:
            frame = frames.parse(text)
            await self._act(frame)
        except Denied:
            raise
        except TooMany as exc:
            if isinstance(frame, Hello):
                await self._turn_away(exc, CROWDED)
            else:
                await self._refuse(exc, cid=frame.cid if isinstance(frame, Said) else "")
        except ChatError as exc:
            await self._refuse(exc, cid=frame.cid if isinstance(frame, Said) else "")

    async def _act(self, frame: Frame) -> None:
        match frame:
            case Hello():
                await self._greet(frame)
            case Said():
                await self._hear(frame)
            case Speak():
                await self._still_open()
                await _rows(services.speak, self.session_id, frame.lang)
            case Earlier():
                await self._still_open()
                await self._send(await _rows(cards.earlier_than, self.session_id, frame.before))

    async def _greet(self, hello: Hello) -> None:
        if self.session_id:
            raise BadFrame
        if hello.lang in catalogue.LANGUAGES:
            self.language = hello.lang
        link = await self._link(hello)
        session, fresh = await _rows(services.begin, link.request, hello.lang)
        self.language = session.language
        if not self._sit(session.group, limits.SOCKETS_PER_CONVERSATION):
            raise TooMany
        self.session_id, self.link_id, self.group = session.pk, link.pk, session.group
        # the group first, then the rows: what comes in between is then heard twice, not never
        await self.channel_layer.group_add(self.group, self.channel_name)
        async with self.sending:
            frame = await _rows(services.welcome, session, last_seq=hello.last_seq, fresh=fresh)
            self.seq, self.card, self.language = frame["seq"], _card_of(frame), frame["lang"]
            await self._send(frame)
        if len(frame["history"]) == cards.PAGE:
            await self._catch_up()
        self._watch()

    async def _link(self, hello: Hello) -> ChatLink:
        """The link of the bearer or token, or of the cookie of the page's conversation."""
        now = timezone.now()
        if hello.token:
            link = await _rows(services.link_of_credential, hello.token, self.address, now)
        else:
            link_id = access.sealed_link(_cookie(dict(self.scope["headers"]), hello.conversation))
            link = await _rows(services.link_by_id, link_id, now)
        # another conversation's link: what this page has not sent yet was not meant for it
        if hello.conversation and hello.conversation != str(link.request.public_id):
            raise Denied
        return link

    async def _hear(self, said: Said) -> None:
        now = timezone.now()
        message = await _rows(
            services.hear,
            self.session_id,
            self.link_id,
            cid=said.cid,
            text=said.text,
            address=self.address,
            now=now,
        )
        await self._send({"type": "ack", "cid": said.cid, "seq": message.seq})
        if message.created_at >= now:  # else it was stored before: it may be answered, or a file
            await self._show(message)
        self._watch()

    async def _show(self, message: Message) -> None:
        """Send the page the message that it has just sent as others see it: where it knows all
        that came before, the rows have nothing else for it.
        """
        async with self.sending:
            if message.seq != self.seq + 1:
                return  # it looks when it is told
            self.seq = message.seq
            await self._send(cards.frame_of_words(message))
            waiting = message.session.operator_id is None
            if waiting != self.card["waiting"]:
                self.card = {**self.card, "waiting": waiting}
                await self._send({"type": "state", **self.card})
            if waiting:
                await self._send({"type": "typing"})

    async def _still_open(self) -> None:
        """Raises Denied where nobody has said hello, or the link was revoked since."""
        await _rows(services.link_by_id, self.link_id, timezone.now())

    async def chat_news(self, event: dict[str, Any]) -> None:
        if not 0 < event.get("heard", 0) <= self.seq:
            await self._look()

    async def _look(self) -> bool:
        """Send what is new; whether an answer is still awaited. Closes where the link is closed."""
        try:
            return await self._catch_up()
        except Denied as exc:
            await self._turn_away(exc, DENIED)
            return False

    async def _catch_up(self) -> bool:
        """Send all that is new since the last look; whether an answer is still awaited."""
        async with self.sending:
            later = True
            while later:
                now = timezone.now()
                news = await _rows(services.look, self.session_id, self.link_id, self.seq, now)
                for message in news.messages:
                    await self._send(message)
                self.seq, later = news.seq, news.later
            self.language = news.card["lang"]
            if news.card != self.card:
                self.card = news.card
                await self._send({"type": "state", **news.card})
            if news.card["waiting"]:
                await self._send({"type": "typing"})
        return bool(news.card["waiting"])

    def _watch(self) -> None:
        """Look at the rows now and then, in case a notice was lost."""
        if self.watcher:
            self.watcher.cancel()
        self.watcher = asyncio.create_task(self._look_again())

    async def _look_again(self) -> None:
        waiting = WATCH_TIMES
        while self.seats:
            # not all pages at once
            pause = WATCH_SECONDS if waiting else IDLE_SECONDS * random.uniform(0.5, 1.5)
            await asyncio.sleep(pause)
            try:
                awaited = await self._look()
            except DatabaseError as exc:  # it comes back; a page that is not watched misses news
                logger.warning(
                    "conversation %s not looked at: %s", self.session_id, type(exc).__name__
                )
                continue
            waiting = waiting - 1 if awaited and waiting else 0

    async def _close_unless_greeted(self) -> None:
        await asyncio.sleep(HELLO_SECONDS)
        await self.close(code=LATE)

    def _too_fast(self) -> bool:
        now = time.monotonic()
        full = len(self.times) == FRAMES and now - self.times[0] < FRAMES_SECONDS
        self.times.append(now)
        return full

    async def _refuse(self, error: ChatError, cid: str = "") -> None:
        await self._send(cards.refusal(error, self.language, cid))

    async def _send(self, frame: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(frame, ensure_ascii=False))


NOT_CARD = ("type", "seq", "history", "more", "note")


async def _rows(work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """What `work` returns, which asks the database."""
    found: T = await database_sync_to_async(partial(work, *args, **kwargs))()
    return found


def _card_of(welcome: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in welcome.items() if k not in NOT_CARD}


def _cookie(headers: dict[bytes, bytes], conversation: str) -> str:
    """The value of the conversation's cookie; empty where there is none."""
    try:
        name = access.cookie_name(UUID(conversation))
    except ValueError:
        return ""
    # as Django reads it: SimpleCookie gives up at the first cookie of somebody else that is odd
    return parse_cookie(headers.get(b"cookie", b"").decode("latin-1")).get(name, "")
