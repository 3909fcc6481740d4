"""The embedded mail sink: an SMTP server that keeps every mail it accepts as a file."""

import asyncio
import logging
import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Faults:
    """How the sink misbehaves, for tests of the sending side."""

    fail_rcpt: tuple[str, ...] = ()  # these recipients are refused for good
    stall_after_data: bool = False  # the mail is stored, its answer never comes
    drop_after_data: int = 0  # the first so many mails are stored, then the connection is cut
    lose_after_data: int = 0  # the first so many mails are not stored, and the connection is cut


class Sink:
    """The handler of aiosmtpd's server; `folder` gets one .eml file a mail."""

    def __init__(self, folder: Path, faults: Faults | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._faults = folder, faults or Faults()
        self._seen = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.lower() in self._faults.fail_rcpt:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._seen += 1
        if self._seen <= self._faults.lose_after_data:
            return self._cut(server)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        name = await asyncio.to_thread(
            store, self._folder, content, envelope.mail_from or "", envelope.rcpt_tos
        )
        if self._seen <= self._faults.drop_after_data:
            return self._cut(server)
        if self._faults.stall_after_data:
            await asyncio.Event().wait()
        logger.info("kept %s, %s bytes", name, len(content))
        return f"250 2.0.0 kept as {name}"

    def _cut(self, server: SMTP) -> str:
        """Cut the connection without a word; what is returned goes nowhere."""
        if isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "421 4.3.2 gone"


def store(folder: Path, content: bytes, sender: str, recipients: Sequence[str]) -> str:
    """The name of the file in `folder` that now holds `content`, whole and on the disk.

    The envelope stands before the mail's own, unchanged bytes. Names sort by time.
    """
    name = f"{time.time_ns()}-{secrets.token_hex(4)}.eml"
    fresh = folder / f".{name}.new"
    with fresh.open("wb") as file:
        file.write(envelope_block(sender, recipients) + content)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(folder / name)
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)  # a rename is not on the disk before its folder is
    finally:
        os.close(directory)
    return name


def envelope_block(sender: str, recipients: Sequence[str]) -> bytes:
    """The envelope as header lines, one X-Envelope-To a recipient."""
    lines = [f"X-Envelope-From: {sender}", *(f"X-Envelope-To: {to}" for to in recipients)]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape")


async def serve(folder: Path, port: int, faults: Faults | None = None) -> asyncio.Server:
    """A listening server on 127.0.0.1:`port` (0: any free one) that keeps its mail in `folder`."""
    sink = Sink(folder, faults)
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: SMTP(sink, hostname="sink.busybee.example", enable_SMTPUTF8=True, loop=loop),
        "127.0.0.1",
        port,
    )
