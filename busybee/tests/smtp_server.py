"""A real SMTP server in a thread of its own, for tests of the sending side."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aiosmtpd.smtp import SMTP


@contextmanager
def serving(
    protocol: Callable[[asyncio.AbstractEventLoop], SMTP], tls: ssl.SSLContext | None = None
) -> Iterator[int]:
    """The loopback port on which `protocol` answers, over TLS from the start with `tls`."""
    loop = asyncio.new_event_loop()
    making = loop.create_server(lambda: protocol(loop), "127.0.0.1", 0, ssl=tls)
    server = loop.run_until_complete(making)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(_end_all())
        loop.close()


async def _end_all() -> None:
    """What is left of conversations, cancelled and ended."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    await asyncio.sleep(0)  # transports close a turn later
