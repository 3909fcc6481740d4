"""Servers that have IDLE and refuse, break or misuse it, which Dovecot does not."""

import contextlib
import datetime as dt
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from pipeline.errors import MailboxError
from pipeline.mailbox import imap, watching
from pipeline.mailbox.imap import Session
from pipeline.mailbox.poller import Watch, poll_once
from pipeline.models import Mailbox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_url")]


@dataclass
class Server:
    """An empty folder of three mails that are older than all; `way` is how it takes an IDLE."""

    way: str
    port: int = 0
    commands: list[str] = field(default_factory=list)

    def count(self, command: str) -> int:
        return self.commands.count(command)

    def serve(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # closed at the end
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb", 0) as lines, contextlib.suppress(OSError):

            def say(*words: str) -> None:
                for each in words:
                    lines.write(each.encode() + b"\r\n")

            say("* OK [CAPABILITY IMAP4rev1 IDLE] here")
            while line := lines.readline():
                tag, command, *rest = line.decode().split()
                command = rest[0] if command == "UID" else command
                self.commands.append(command.upper())
                if command == "IDLE":
                    if not self._idle(say, tag):
                        return
                    if self.way != "refuses":
                        lines.readline()
                elif command == "CAPABILITY":
                    say("* CAPABILITY IMAP4rev1 IDLE")
                elif command in {"SELECT", "EXAMINE"}:
                    say("* 3 EXISTS", "* OK [UIDVALIDITY 7] it is")
                elif command == "SEARCH":
                    say("* SEARCH")
                if command != "IDLE" or self.way != "refuses":
                    say(f"{tag} OK done")

    def _idle(self, say: Any, tag: str) -> bool:
        match self.way:
            case "refuses":
                say(f"{tag} NO not now")
            case "breaks":
                say("+ go on", "* BYE too many connections")
                return False
            case "repeats":
                say("+ go on", "* 3 EXISTS", "* 3 EXISTS")
            case "talks first":
                say("* 3 EXISTS", "* OK still here", "+ go on")
            case "news first":
                say("* 4 EXISTS", "+ go on")
            case "removes":
                say("+ go on", "* 1 EXPUNGE", "* 1 EXPUNGE", "* 1 EXISTS", "* 2 EXISTS")
            case _:
                say("+ go on")
        return True


@contextlib.contextmanager
def serving(way: str) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(way, listener.getsockname()[1])
        threading.Thread(target=server.serve, args=(listener,), daemon=True).start()
        yield server
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def mailbox_on(server: Server) -> Mailbox:
    box = Mailbox(name=server.way, host="127.0.0.1", port=server.port, tls=False, username="quote")
    box.password = "secret"
    box.save()
    return box


@pytest.mark.parametrize("way", ["refuses", "breaks", "repeats", "talks first", "is well"])
def test_server_that_takes_no_idle_is_not_hammered(way: str, settings: Settings) -> None:
    settings.BUSYBEE_POLL_SECONDS = 60
    with serving(way) as server:
        watch = Watch(mailbox_on(server).pk, threading.Event())
        thread = threading.Thread(target=watch.run)
        thread.start()
        time.sleep(6)
        watch.stopping.set()
        thread.join(10)
    print(f"{way}: {server.count('LOGIN')} logins, {server.count('SEARCH')} searches")

    failing = way in {"refuses", "breaks"}
    assert server.count("LOGIN") == (3 if failing else 1)
    assert server.count("IDLE") == (2 if failing else 1)
    # a comparison at the start, and a look for new mail at each connection
    assert server.count("SEARCH") <= 4


@pytest.mark.parametrize("way", ["news first", "removes"])
def test_news_is_heard_whenever_it_comes(way: str) -> None:
    with serving(way) as server:
        mailbox, session = mailbox_on(server), Session()
        poll_once(mailbox, session)
        began = time.monotonic()
        session.wait(mailbox, 60, threading.Event())
        took = time.monotonic() - began
        session.close()

    assert 0.5 < took < 20  # not at once either: a second between two polls


def test_refusal_of_idle_is_told_and_an_hour_later_it_is_tried_again() -> None:
    with serving("refuses") as server:
        mailbox, session = mailbox_on(server), Session()
        for _ in range(2):
            poll_once(mailbox, session)
            with pytest.raises(MailboxError, match=r"IDLE is refused.*not now"):
                session.wait(mailbox, 60, threading.Event())
        poll_once(mailbox, session)
        session.wait(mailbox, 0.01, threading.Event())
        session._idle_again_at -= imap.WITHOUT_IDLE_SECONDS
        with pytest.raises(MailboxError, match="IDLE is refused"):
            session.wait(mailbox, 60, threading.Event())
    assert server.count("IDLE") == 3


def test_failed_waits_that_are_far_apart_leave_idle_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving("is well") as server:
        mailbox, session = mailbox_on(server), Session()
        for _ in range(3):
            poll_once(mailbox, session)
            session.wait(mailbox, 0.1, threading.Event())
            with monkeypatch.context() as patch:
                patch.setattr(watching, "idle", lambda *_: (_ for _ in ()).throw(OSError("cut")))
                with pytest.raises(MailboxError, match="cut"):
                    session.wait(mailbox, 60, threading.Event())
    assert session._idle_again_at < time.monotonic()


def test_comparison_is_done_again_at_a_new_connection_after_a_failure_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving("is well") as server:
        mailbox, session = mailbox_on(server), Session()
        poll_once(mailbox, session)
        compared = mailbox.reconciled_at
        session.close()
        poll_once(mailbox, session)
        assert compared is not None
        assert mailbox.reconciled_at == compared
        with monkeypatch.context() as patch:
            patch.setattr(Session, "_new", lambda *_: (_ for _ in ()).throw(OSError("cut")))
            with pytest.raises(MailboxError):
                poll_once(mailbox, session)
        poll_once(mailbox, session)
        session.close()
    assert isinstance(mailbox.reconciled_at, dt.datetime)
    assert mailbox.reconciled_at != compared


@pytest.mark.parametrize(
    ("lines", "grown", "exists"),
    [
        ([(4, b"EXISTS")], True, 4),
        ([(3, b"EXISTS"), (b"OK", b"EXISTS")], False, 3),
        ([(1, b"EXPUNGE"), (3, b"EXISTS")], True, 3),
        ([(4, b"EXISTS"), (1, b"EXPUNGE")], True, 3),
        ([(2, b"FETCH", (b"FLAGS", ()))], False, 3),
    ],
)
def test_only_a_number_that_grows_is_news(lines: list[Any], grown: bool, exists: int) -> None:
    folder = watching.Folder(3)

    assert (folder.has_grown(lines), folder.exists) == (grown, exists)
