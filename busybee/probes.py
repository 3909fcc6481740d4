"""Readiness probes: coroutine functions that say whether a service answers yet."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

Probe = Callable[[], Awaitable[bool]]
PATIENCE_S = 2.0


def tcp(port: int, host: str = "127.0.0.1") -> Probe:
    """True once something accepts connections on `port`."""

    async def probe() -> bool:
        return await _exchange(asyncio.open_connection(host, port), b"", b"")

    return probe


def http(port: int, path: str, host: str = "127.0.0.1") -> Probe:
    """True once `path` is answered with any HTTP status line below 500."""
    request = f"GET {path} HTTP/1.0\r\nHost: {host}:{port}\r\n\r\n".encode()

    async def probe() -> bool:
        answer = await _ask(asyncio.open_connection(host, port), request)
        words = answer.split(b" ", 2)
        return len(words) > 1 and words[1].isdigit() and int(words[1]) < 500

    return probe


def redis_socket(path: Path, password: str) -> Probe:
    """True once the Redis on `path` answers PING: it accepts before its log is read."""
    request = f"AUTH {password}\r\nPING\r\n".encode()

    async def probe() -> bool:
        return await _exchange(asyncio.open_unix_connection(str(path)), request, b"+PONG")

    return probe


Connection = Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]


async def _exchange(connection: Connection, request: bytes, expected: bytes) -> bool:
    """Whether the connection stands and, when `expected` is given, the answer holds it."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await connection
            try:
                writer.write(request)
                answer = b""
                while expected and expected not in answer:
                    data = await reader.read(4096)
                    if not data:
                        return False
                    answer += data
                return True
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


async def _ask(connection: Connection, request: bytes) -> bytes:
    """The first bytes of the answer to `request`, empty where there is none."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await connection
            try:
                writer.write(request)
                return await reader.read(256)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return b""
