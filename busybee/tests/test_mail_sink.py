import asyncio
import smtplib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from busybee.mail_sink import Faults, serve

MAIL = b"From: a@shop.example\r\nTo: b@shop.example\r\nMessage-ID: <1@x>\r\n\r\nHi\r\n.dot\r\n"
Start = Callable[..., Any]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """A function that starts a sink over `tmp_path` and returns its port."""
    servers = []

    async def started(**faults: Any) -> int:
        server = await serve(tmp_path / "sink", 0, Faults(**faults))
        servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    yield started
    for server in servers:
        server.close()


async def send(port: int, *to: str, timeout: float = 5) -> None:
    def talk() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=timeout) as client:
            client.sendmail("a@shop.example", to or ("b@shop.example",), MAIL)

    await asyncio.to_thread(talk)


def kept(tmp_path: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((tmp_path / "sink").iterdir())]


async def test_sink_keeps_the_bytes_under_their_envelope(start: Start, tmp_path: Path) -> None:
    await send(await start(), "b@shop.example", "c@shop.example")
    envelope = (
        b"X-Envelope-From: a@shop.example\r\n"
        b"X-Envelope-To: b@shop.example\r\nX-Envelope-To: c@shop.example\r\n"
    )
    assert kept(tmp_path) == [envelope + MAIL]


async def test_sink_keeps_a_mail_before_it_answers(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*args: object) -> str:
        raise OSError("no space left")

    monkeypatch.setattr("busybee.mail_sink.store", full_disk)
    with pytest.raises(smtplib.SMTPDataError):
        await send(await start())
    assert kept(tmp_path) == []


async def test_sink_refuses_the_named_recipient_only(start: Start, tmp_path: Path) -> None:
    port = await start(fail_rcpt=("gone@shop.example",))
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await send(port, "Gone@shop.example")
    await send(port, "b@shop.example")
    assert len(kept(tmp_path)) == 1


async def test_sink_that_stalls_has_kept_the_mail(start: Start, tmp_path: Path) -> None:
    port = await start(stall_after_data=True)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        await send(port, timeout=0.5)
    assert len(kept(tmp_path)) == 1


@pytest.mark.parametrize(("fault", "files"), [("drop_after_data", 2), ("lose_after_data", 1)])
async def test_sink_cuts_the_first_connection(
    start: Start, tmp_path: Path, fault: str, files: int
) -> None:
    port = await start(**{fault: 1})
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        await send(port)
    await send(port)
    assert len(kept(tmp_path)) == files
