"""A customer's page without its looks: says a fixed text, comes back as connection.js does."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from busybee.socket_client import Closed, SocketClient

PATIENCE = 20.0
# seconds: a worker that was killed is back, and the sweeper has been round
ANSWERED_WITHIN = 90.0


@dataclass(frozen=True)
class Cut:
    """Where the line breaks: at an event of the n-th message (-1: of the next), and how.

    `now`; `half`, in the middle of the frame that is sent or received next; `blind`, after a while
    in which nothing is read.
    """

    event: str
    number: int = 0
    how: str = "now"

    def __str__(self) -> str:
        return f"{self.event}-{self.number}-{self.how}"


@dataclass
class Page:
    """One tab. `seen` is what it shows, by number; `replayed` what a welcome told that it had.

    hasty: it says again what is not acknowledged before it knows what has arrived, as a POST does.
    """

    port: int
    token: str
    conversation: str
    cuts: list[Cut] = field(default_factory=list)
    heard: Callable[[str], None] = lambda cid: None
    seen: dict[int, tuple[str, str]] = field(default_factory=dict)
    unsent: dict[str, str] = field(default_factory=dict)
    replayed: list[int] = field(default_factory=list)
    hasty: bool = False
    prefix: str = "m"  # of the messages' own names
    lines: int = 0
    number: int = 0
    socket: SocketClient | None = None

    async def talk(self, script: list[str]) -> None:
        """Say each line when the one before is answered."""
        for self.number, text in enumerate(script):
            cid = f"{self.prefix}{self.number}"
            self.unsent[cid] = text
            if self.socket:
                await self._try(self._say(cid))
            await self._until(partial(self._is_answered, cid))

    def close(self) -> None:
        if self.socket:
            self.socket.cut()

    def _is_answered(self, cid: str) -> bool:
        mine = self.own.get(cid, 0)
        return bool(mine) and any(
            seq > mine and who == "bot" for seq, (who, _) in self.seen.items()
        )

    def __post_init__(self) -> None:
        self.own: dict[str, int] = {}

    async def _until(self, done: Callable[[], bool]) -> None:
        given_up = time.monotonic() + ANSWERED_WITHIN
        while not done():
            assert time.monotonic() < given_up, f"message {self.number} is lost or not answered"
            await self._try(self._step() if self.socket else self._connect())

    async def _try(self, work: Any) -> None:
        try:
            await asyncio.wait_for(work, PATIENCE)
        except (Closed, TimeoutError):
            if self.socket:
                self.socket.cut()
            self.socket = None
            await asyncio.sleep(random.uniform(0, 0.5))

    async def _connect(self) -> None:
        socket = await SocketClient.open(self.port, "/ws/chat/", half=self._has("handshake") != "")
        self.lines += 1
        self.socket = socket
        self._at("hello")
        seen = max(self.seen, default=0)
        hello = {"token": self.token, "conversation": self.conversation, "last_seq": seen}
        await socket.send({"type": "hello", **hello}, half=self._has("hello") == "half")
        for cid in list(self.unsent) if self.hasty else ():
            await self._send(cid)
        await self._break_at("greeted")
        welcome = await socket.receive()
        assert welcome["type"] == "welcome", welcome
        self.replayed += [m["seq"] for m in welcome["history"] if m["seq"] <= seen]
        for message in welcome["history"]:
            self._see(message)
        await self._break_at("welcome")
        for cid in list(self.unsent):
            await self._say(cid)

    async def _say(self, cid: str) -> None:
        assert self.socket
        self._at("send")
        await self._send(cid, half=self._has("send") == "half")
        await self._break_at("sent")

    async def _send(self, cid: str, *, half: bool = False) -> None:
        assert self.socket
        frame = {"type": "message", "cid": cid, "text": self.unsent[cid]}
        await self.socket.send(frame, half=half)

    async def _step(self) -> None:
        assert self.socket
        frame = await self.socket.receive()
        kind = frame["type"]
        if kind == "ack":
            self.own[frame["cid"]] = frame["seq"]
            self.unsent.pop(frame["cid"], None)
            self.heard(frame["cid"])
        elif kind == "message":
            self._see(frame)
            kind = "echo" if frame["author"] == "customer" else "answer"
        elif kind == "error":
            raise AssertionError(frame)
        await self._break_at(kind)

    def _see(self, message: dict[str, Any]) -> None:
        self.seen[message["seq"]] = (message["author"], message["text"])
        if cid := message.get("cid"):
            self.own[cid] = message["seq"]
            self.unsent.pop(cid, None)

    def _has(self, event: str) -> str:
        """How the line breaks at this event, and that it has; "" where it does not."""
        for cut in self.cuts:
            if cut.event == event and cut.number in (self.number, -1):
                self.cuts.remove(cut)
                return cut.how
        return ""

    def _at(self, event: str) -> None:
        if self.socket and Cut(event, self.number) in self.cuts:
            self._has(event)
            self.socket.cut()
            raise Closed(1006)

    async def _break_at(self, event: str) -> None:
        assert self.socket
        match self._has(event):
            case "half":
                await self.socket.receive_half()
            case "blind":
                await asyncio.sleep(0.4)
            case "":
                return
        self.socket.cut()
        raise Closed(1006)
