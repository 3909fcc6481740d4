"""The outbox against relays that are slow, chatty or odd: a server that says anything."""

import datetime as dt
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from freight import outbox
from freight.errors import NotAccepted, OutcomeUnknown
from freight.models import OutgoingMail, Sending
from freight.smtp import Relay, deliver
from freight.tests.factories import OutgoingMailFactory

Answer = Callable[[bytes], Iterator[bytes]]
RelayStarter = Callable[[Answer], Relay]


class RelayServer(socketserver.ThreadingTCPServer):
    answer: Answer


class Talk(socketserver.StreamRequestHandler):
    """One connection: everything is taken, and after the mail the server's `answer` speaks."""

    server: RelayServer

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go\r\n")
                self._take()
            elif line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")

    def _take(self) -> None:
        raw = b"".join(iter(self.rfile.readline, b".\r\n"))
        try:
            for words in self.server.answer(raw):
                self.wfile.write(words)
        except OSError:
            return  # the sender has gone; what was taken was taken


@pytest.fixture
def relay(settings: Any) -> Iterator[RelayStarter]:
    settings.BUSYBEE_SEND_LEASE_SECONDS = 4
    with ExitStack() as stack:

        def start(answer: Answer) -> Relay:
            server = stack.enter_context(RelayServer(("127.0.0.1", 0), Talk))
            server.answer = answer
            stack.callback(server.shutdown)
            threading.Thread(target=server.serve_forever, args=(0.05,)).start()
            settings.BUSYBEE_SMTP_URL = f"smtp://127.0.0.1:{server.server_address[1]}"
            return Relay.from_url(settings.BUSYBEE_SMTP_URL)

        yield start


def hand_over(relay: Relay, *, seconds: float = 4) -> None:
    raw = b"Subject: x\r\n\r\nx\r\n"
    deliver(relay, sender="a@busybee.example", recipient="kim@c.example", raw=raw, seconds=seconds)


@pytest.mark.django_db
def test_slow_relay_gets_the_mail_once(relay: RelayStarter, tmp_path: Path, settings: Any) -> None:
    settings.BUSYBEE_JOURNAL_DIR = str(tmp_path)

    def scan(raw: bytes) -> Iterator[bytes]:
        time.sleep(1.5)  # longer than an answer is awaited
        (tmp_path / f"{time.time_ns()}.eml").write_bytes(raw)
        yield b"250 ok\r\n"

    relay(scan)
    mail = OutgoingMailFactory.create()
    states = [outbox.send(mail.pk), outbox.send(mail.pk)]
    time.sleep(1)

    assert states == [Sending.UNCERTAIN, Sending.UNCERTAIN]
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_reply_without_a_code_is_no_answer(relay: RelayStarter) -> None:
    with pytest.raises(OutcomeUnknown):
        hand_over(relay(lambda raw: iter([b"OK queued\r\n"])))


def test_any_positive_reply_is_an_acceptance(relay: RelayStarter) -> None:
    hand_over(relay(lambda raw: iter([b"252 taken\r\n"])))


@pytest.mark.parametrize(("code", "permanent"), [(b"452", False), (b"554", True)])
def test_refusal_after_the_mail_means_nobody_has_it(
    relay: RelayStarter, code: bytes, permanent: bool
) -> None:
    with pytest.raises(NotAccepted) as refused:
        hand_over(relay(lambda raw: iter([code + b" no\r\n"])))
    assert refused.value.permanent is permanent


def test_endless_reply_does_not_outlast_the_lease(relay: RelayStarter) -> None:
    def drip(raw: bytes) -> Iterator[bytes]:
        for _ in range(30):
            yield b"250-still here\r\n"
            time.sleep(0.1)

    started = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        hand_over(relay(drip), seconds=1)
    assert time.monotonic() - started < 1


@pytest.mark.django_db
def test_each_lost_answer_doubles_the_wait(relay: RelayStarter) -> None:
    relay(lambda raw: iter([b"what?\r\n"]))
    mail = OutgoingMailFactory.create(attempt=2)
    outbox.send(mail.pk)

    now = timezone.now()
    assert outbox.due_ids(now + dt.timedelta(seconds=14)) == []
    assert outbox.due_ids(now + dt.timedelta(seconds=16)) == [mail.pk]


@pytest.mark.django_db
def test_mail_that_is_never_answered_ends_with_the_operator(
    relay: RelayStarter, tmp_path: Path, settings: Any
) -> None:
    settings.BUSYBEE_JOURNAL_DIR = str(tmp_path)
    relay(lambda raw: iter([b"what?\r\n"]))
    mail = OutgoingMailFactory.create()
    for _ in range(outbox.UNANSWERED + 3):
        outbox.send(mail.pk)
        OutgoingMail.objects.filter(pk=mail.pk, next_at__isnull=False).update(
            next_at=timezone.now()
        )

    mail.refresh_from_db()
    assert (mail.state, mail.attempt, mail.next_at) == (Sending.UNCERTAIN, outbox.UNANSWERED, None)
