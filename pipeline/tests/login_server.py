"""An IMAP server of a few lines that only logs in: what it was sent can be looked at."""

import base64
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class LoginServer:
    """`lines` are those that clients sent; `answer` makes the server's line of a command."""

    port: int
    able: str
    answer: Callable[[str], str]
    lines: list[str] = field(default_factory=list)


def takes(_command: str) -> str:
    """Any login is welcome."""
    return "OK in"


def repeats(command: str) -> str:
    """The command is refused and repeated, as some servers do."""
    return f"NO cannot parse: {command}"


@contextmanager
def running(answer: Callable[[str], str] = takes, able: str = "") -> Iterator[LoginServer]:
    """A server on a loopback port that can do IMAP4rev1 and what `able` names."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = LoginServer(listener.getsockname()[1], f"IMAP4rev1 {able}".strip(), answer)
        thread = threading.Thread(target=_serve, args=(listener, server), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def _serve(listener: socket.socket, server: LoginServer) -> None:
    while True:
        try:
            connection, _address = listener.accept()
        except OSError:
            return
        with connection:
            connection.settimeout(10)
            _talk(connection, server)


def _talk(connection: socket.socket, server: LoginServer) -> None:
    with connection.makefile("rwb", 0) as file:

        def say(line: str) -> None:
            file.write(f"{line}\r\n".encode())

        try:
            say(f"* OK [CAPABILITY {server.able}] hello")
            while line := file.readline().decode().rstrip("\r\n"):
                tag, _, command = line.partition(" ")
                if command.startswith("AUTHENTICATE"):
                    say("+ ")
                    command = file.readline().decode().strip()
                    server.lines.append(base64.b64decode(command).decode())
                    say(f"{tag} {server.answer(command)}")
                elif command == "CAPABILITY":
                    say(f"* CAPABILITY {server.able}")
                    say(f"{tag} OK done")
                else:
                    server.lines.append(command)
                    known = command.startswith("LOGIN ")
                    say(f"{tag} {server.answer(command) if known else 'OK done'}")
        except OSError:
            return
