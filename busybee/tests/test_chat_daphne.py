"""What the web server itself holds off: large and slow bodies, frames that are none of ours."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterable
from types import SimpleNamespace

import pytest

from busybee import bodies
from busybee.socket_client import Closed, SocketClient, masked
from chat import consumers
from chat.tests.browser import serving

ANSWERS = [(b"403",), (b"413", b""), (b"413", b""), (b"403",)]
POST = "POST /chat/start/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"


def answer_to(port: int, head: str, pieces: Iterable[bytes]) -> bytes:
    """How the answer to a POST begins, whose body is sent on until nobody takes it any more."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(f"{POST}{head}\r\n\r\n".encode())
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                line.sendall(piece)
        with contextlib.suppress(ConnectionError):
            return line.recv(100)
        return b""


def posted(port: int, megabytes: int) -> bytes:
    """The status of a POST with a body of so many MiB."""
    head = f"Content-Length: {megabytes << 20}"
    return answer_to(port, head, [b"x" * 2**20] * megabytes)[9:12]


def chunked(port: int, megabytes: int) -> bytes:
    """The same for a body whose size nobody announces."""
    chunks = [b"100000\r\n" + b"x" * 2**20 + b"\r\n"] * megabytes
    return answer_to(port, "Transfer-Encoding: chunked", [*chunks, b"0\r\n\r\n"])[9:12]


async def ended_by(port: int, payload: bytes, opcode: int) -> int:
    client = await SocketClient.open(port, "/ws/chat/")
    client.writer.write(masked(opcode, payload))
    try:
        while True:
            await asyncio.wait_for(client.receive(), 10)
    except Closed as exc:
        return exc.code
    finally:
        client.cut()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_redis")
def test_daphne_holds_no_large_bodies_and_closes_with_codes_of_ours() -> None:
    with serving() as url:
        port = int(url.rpartition(":")[2])

        sizes = (1, 12, 100, 1)
        # a client that sends on without reading may lose the answer with the line
        whole = [posted(port, size) in known for size, known in zip(sizes, ANSWERS, strict=True)]
        assert whole == [True] * 4
        assert chunked(port, 1) == b"403"
        assert chunked(port, 30) in ANSWERS[2]
        assert asyncio.run(ended_by(port, b"\xff", 2)) == consumers.NO_TEXT
        assert asyncio.run(ended_by(port, b"x" * 20_000, 1)) == consumers.TOO_LARGE


def test_a_request_that_drips_in_is_cut_off() -> None:
    cut: list[bool] = []
    slow = bodies.BoundedRequest.__new__(bodies.BoundedRequest)
    slow.channel = SimpleNamespace(loseConnection=lambda: cut.append(True))
    slow.server = SimpleNamespace(http_timeout=60)

    for begun in (0, bodies.SECONDS + 1):
        slow.begun = time.monotonic() - begun
        slow.check_timeouts()

    assert cut == [True]
