"""Two BusyBees that write to each other stop: by their marks, by the thread, by the caps alone.

Two processes with homes and databases of their own; the mails go by SMTP.
"""

import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP
from django.utils import timezone

from busybee.mail_sink import Sink
from busybee.supervisor import leash
from busybee.tests.smtp_server import serving
from busybee.throwaway import CODE
from freight.tests.factories import OutgoingMailFactory
from pipeline import storage
from pipeline.steps import extract
from pipeline.tests.factories import EmailFactory

CAP = 5  # automatic mails a recipient and hour
PASSES = 60
FIRST = """From: quote@b.example
To: quote@a.example
Message-ID: <by-hand@b.example>
Subject: Quote request
Date: {date}

Please quote the ocean freight from Busan to Shanghai, 1 x 40ft.
"""


@dataclass
class Side:
    """One of the two."""

    home: Path
    process: "subprocess.Popen[str]"
    sent: int = 0

    def tell(self, word: str) -> int:
        """How many mails left in this pass."""
        assert self.process.stdin
        print(word, file=self.process.stdin, flush=True)
        number = int(self._line())
        self.sent += number
        return number

    def _line(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, (self.home / "log").read_text()[-3000:]
        return line

    def held_back(self) -> list[str]:
        """Why the mails that wait for an operator do."""
        with closing(sqlite3.connect(self.home / "busybee.sqlite3")) as connection:
            rows = connection.execute(
                "SELECT last_error FROM freight_outgoingmail WHERE state = 'draft'"
            )
            return [row[0] for row in rows]


@contextlib.contextmanager
def side(name: str, tmp_path: Path, smtp_port: int) -> Iterator[Side]:
    home = tmp_path / f"home-{name}"
    home.mkdir()
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("BUSYBEE_")}
    environment = inherited | {
        "DJANGO_SETTINGS_MODULE": "busybee.settings",
        "PYTHONPATH": str(CODE),
        "BUSYBEE_HOME": str(home),
        "BUSYBEE_REDIS_URL": f"unix://{home}/nobody.sock?db=0",
        "BUSYBEE_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "BUSYBEE_MAIL_FROM": f"BusyBee <quote@{name}.example>",
        "BUSYBEE_RECIPIENT_CAP": str(CAP),
    }
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "busybee.tests.lone_busybee", str(tmp_path / name)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            preexec_fn=leash(os.getpid()),
        )
    try:
        yield Side(home, process)
    finally:
        process.kill()
        process.wait()
        assert process.stdin
        assert process.stdout
        process.stdin.close()
        process.stdout.close()


def relay_into(folder: Path) -> contextlib.AbstractContextManager[int]:
    sink = Sink(folder)
    return serving(lambda loop: SMTP(sink, hostname="r.example", loop=loop))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Side, Side, Path]]:
    """Two, and the mailbox of the first: what the one sends lies in the other's."""
    folder = tmp_path_factory.mktemp("two")
    with ExitStack() as stack:
        to_a = stack.enter_context(relay_into(folder / "a"))
        to_b = stack.enter_context(relay_into(folder / "b"))
        a = stack.enter_context(side("a", folder, to_b))
        b = stack.enter_context(side("b", folder, to_a))
        yield a, b, folder / "a"


def talk(a: Side, b: Side, plant: str) -> None:
    """Let them write to each other until neither does any more."""
    silent = 0
    for _ in range(PASSES):
        silent = silent + 1 if a.tell(plant) + b.tell(plant) == 0 else 0
        if silent == 2:
            return
    raise AssertionError(f"they still write: {a.sent} and {b.sent} mails")


@pytest.mark.parametrize(
    ("lost", "sent", "held"),
    [
        ("nothing", (1, 0), []),
        ("marks", (1, 1), []),
        ("threads", (CAP, CAP), ["cap of automatic mails to one recipient and hour"]),
    ],
)
def test_two_busybees_stop(
    both: tuple[Side, Side, Path], lost: str, sent: tuple[int, int], held: list[str]
) -> None:
    """By their marks, else as each asks once a thread, else by the cap alone."""
    a, b, mailbox = both
    for each in (a, b):
        each.tell("reset")
        each.sent = 0
    (mailbox / f"{lost}.eml").write_text(FIRST.format(date=format_datetime(timezone.now())))
    talk(a, b, lost)

    assert (a.sent, b.sent) == sent
    assert a.held_back() + b.held_back() == held


@pytest.mark.django_db
@pytest.mark.parametrize(("message_id", "machine"), [("<ours@b.example>", "own-mail"), ("", "")])
def test_own_mail_that_comes_round_is_not_answered(message_id: str, machine: str) -> None:
    """A forward to ourselves, or a journal that somebody reads as a mailbox."""
    OutgoingMailFactory.create(message_id="<ours@b.example>")
    raw = f"From: kim@a.example\nMessage-ID: {message_id}\n\nPlease quote.\n".encode()
    email = EmailFactory.create(raw_sha256=storage.put(raw))

    assert extract.run(email).changes["machine"] == machine
