"""A proxy between us and an IMAP server: it loses packets, refuses commands, hides capabilities."""

import contextlib
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Refusal = Callable[[bytes], bool]


@dataclass
class Proxy:
    """What the proxy has seen, and how it behaves from now on."""

    port: int = 0
    silent: bool = False  # drops all packets of all connections, and tells nobody
    refuses: Refusal = lambda line: False  # lines that get a NO instead of the server's answer
    hidden: tuple[bytes, ...] = ()  # words taken out of what the server says
    seen: list[bytes] = field(default_factory=list)  # the clients' lines
    connections: int = 0
    closing: bool = False


@contextlib.contextmanager
def to(port: int) -> Iterator[Proxy]:
    """A proxy on a free loopback port, ended on leaving."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        proxy = Proxy(listener.getsockname()[1])
        acceptor = threading.Thread(target=_accept, args=(listener, port, proxy), daemon=True)
        acceptor.start()
        try:
            yield proxy
        finally:
            proxy.closing = True
            acceptor.join(5)


def _accept(listener: socket.socket, port: int, proxy: Proxy) -> None:
    threads = []
    while not proxy.closing:
        with contextlib.suppress(TimeoutError):
            client, _ = listener.accept()
            proxy.connections += 1
            threads.append(threading.Thread(target=_carry, args=(client, port, proxy), daemon=True))
            threads[-1].start()
    for thread in threads:
        thread.join(5)


def _carry(client: socket.socket, port: int, proxy: Proxy) -> None:
    """Pass data on until one side ends; a connection that was cut off once stays so."""
    cut = False
    server = socket.create_connection(("127.0.0.1", port))
    with client, server, selectors.DefaultSelector() as ready:
        ready.register(client, selectors.EVENT_READ)
        ready.register(server, selectors.EVENT_READ)
        while not proxy.closing:
            cut = cut or proxy.silent
            for key, _ in ready.select(0.05):
                data = _read(key.fileobj)
                if not data:
                    if not cut:
                        return  # else the end is a packet that is lost, too
                    ready.unregister(key.fileobj)
                elif cut:
                    continue
                elif key.fileobj is client:
                    _ask(data, client, server, proxy)
                else:
                    client.sendall(_without(data, proxy.hidden))


def _read(side: object) -> bytes:
    assert isinstance(side, socket.socket)
    try:
        return side.recv(65536)
    except OSError:
        return b""


def _ask(data: bytes, client: socket.socket, server: socket.socket, proxy: Proxy) -> None:
    for line in data.splitlines(keepends=True):
        proxy.seen.append(line)
        if proxy.refuses(line):
            client.sendall(line.split(b" ")[0] + b" NO [CANNOT] not here\r\n")
        else:
            server.sendall(line)


def _without(data: bytes, words: tuple[bytes, ...]) -> bytes:
    if b"CAPABILITY" in data:
        for word in words:
            data = data.replace(b" " + word, b"")
    return data
