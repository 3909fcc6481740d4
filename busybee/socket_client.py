"""A WebSocket client down to its bytes, for tests that cut lines and benchmarks that count them."""

import asyncio
import base64
import json
import os
import struct
from typing import Any

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Closed(Exception):
    """The server has closed the socket; `code` says why (1006: without a word)."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def masked(opcode: int, payload: bytes) -> bytes:
    """A client's frame (RFC 6455, 5.2)."""
    mask = os.urandom(4)
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
    elif size < 2**16:
        head = struct.pack("!BBH", 0x80 | opcode, 0xFE, size)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 0xFF, size)
    key = (mask * (size // 4 + 1))[:size]
    body = int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")
    return head + mask + body.to_bytes(size, "big")


class SocketClient:
    """An open socket; JSON both ways. Raises Closed when the server is gone."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port: int, path: str, *, half: bool = False) -> "SocketClient":
        """A socket of a page of ours to 127.0.0.1; raises Closed where none is to be had.

        half: the line is cut in mid-handshake.
        """
        origin = f"127.0.0.1:{port}"
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {path} HTTP/1.1", f"Host: {origin}", f"Origin: http://{origin}",
            "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}", "", "",
        ]  # fmt: skip
        request = "\r\n".join(lines).encode()
        try:
            self = cls(*await asyncio.open_connection("127.0.0.1", port))
        except OSError as exc:
            raise Closed(1006) from exc
        opened = False
        try:
            self.writer.write(request[: len(request) // 2] if half else request)
            await self.writer.drain()
            opened = not half and b" 101 " in await self.reader.readuntil(b"\r\n\r\n")
        except (OSError, asyncio.IncompleteReadError) as exc:
            raise Closed(1006) from exc
        finally:  # who waits may have lost patience as well
            if not opened:
                self.cut()
        if not opened:
            raise Closed(1006)
        return self

    async def send(self, frame: dict[str, Any], *, half: bool = False) -> None:
        """Send a frame; half: the line is cut in the middle of it."""
        raw = masked(TEXT, json.dumps(frame, ensure_ascii=False).encode())
        self.writer.write(raw[: len(raw) // 2] if half else raw)
        try:
            await self.writer.drain()
        except OSError as exc:
            raise Closed(1006) from exc
        if half:
            await asyncio.sleep(0.05)
            self.cut()
            raise Closed(1006)

    async def receive(self) -> Any:
        """The next frame."""
        while True:
            opcode, payload = await self._frame()
            if opcode == TEXT:
                return json.loads(payload)
            if opcode == PING:
                self.writer.write(masked(PONG, payload))
            elif opcode == CLOSE:
                self.cut()
                raise Closed(struct.unpack("!H", payload[:2])[0] if payload else 1005)

    async def receive_half(self) -> None:
        """Read into the next frame and cut the line there; raises Closed."""
        await self._exactly(5)
        self.cut()
        raise Closed(1006)

    async def _frame(self) -> tuple[int, bytes]:
        first, size = await self._exactly(2)
        if size == 126:
            (size,) = struct.unpack("!H", await self._exactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await self._exactly(8))
        return first & 0x0F, await self._exactly(size)

    async def _exactly(self, size: int) -> bytes:
        try:
            return await self.reader.readexactly(size)
        except (OSError, asyncio.IncompleteReadError) as exc:
            raise Closed(1006) from exc

    def cut(self) -> None:
        """End the connection at once, without a goodbye."""
        self.writer.transport.abort()
