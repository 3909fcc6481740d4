"""Each quotation is delivered once, whatever is killed, locked, refused, stalled or cut.

Three senders are killed at random, the database is locked (SQLite) or its connections are ended
(PostgreSQL), and the relay answers 451, cuts before or after the mail, falls silent or is slow.
What the relay kept is counted by Message-ID. Two naive protocols go through the same as a control:
one doubles mails, the other loses some.
"""

import asyncio
import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path

import psycopg
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection, transaction
from django.utils import timezone

from busybee.mail_sink import Sink
from busybee.supervisor import leash
from busybee.tests.senders import SENDERS
from busybee.tests.smtp_server import serving
from busybee.throwaway import CODE
from freight import outbox
from freight.letters import File, Letter
from freight.models import OutgoingMail, QuoteRequest, Sending
from freight.sealing import unseal

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("redis_url"),  # each intent wakes a sender
]
# what becomes of a try; a mail's first ones get one of these each, then all goes well
FATES = (
    *("well",) * 9,
    *("451 for the recipient", "451 after the mail", "cut before the mail"),
    *("lost", "kept and cut", "kept and silent", "kept late"),
)  # fmt: skip


class UnreliableRelay(Sink):
    """A sink that keeps mails, or not, and answers, or not, as chance has it."""

    def __init__(self, folder: Path, chance: random.Random, size: "Size") -> None:
        super().__init__(folder)
        self._chance, self._size = chance, size
        self._left: list[str] = []
        self._tries: Counter[str] = Counter()
        self._fates: dict[int, str] = {}
        self.met: Counter[str] = Counter()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._tries[address] += 1
        fate = self._fate() if self._tries[address] <= self._size.bad_tries else "well"
        self.met[fate] += 1
        self._fates[id(envelope)] = fate
        if fate == "451 for the recipient":
            return "451 4.3.0 try again later"
        if fate == "cut before the mail":
            return self._cut(server)
        return await super().handle_RCPT(server, session, envelope, address, options)

    def _fate(self) -> str:
        """Each in its turn, in an order that nobody knows: no run is without one of them."""
        self._left = self._left or self._chance.sample(FATES, len(FATES))
        return self._left.pop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        fate = self._fates.pop(id(envelope))
        if fate == "lost":
            return self._cut(server)
        if fate == "451 after the mail":
            return "451 4.3.0 try again later"
        if fate == "kept late":
            # longer than an answer is awaited, and whether the sender is still there or not
            await asyncio.shield(self._late(server, session, envelope))
        answer = await super().handle_DATA(server, session, envelope)
        if fate == "kept and silent":
            await asyncio.Event().wait()
        return self._cut(server) if fate == "kept and cut" else answer

    async def _late(self, server: SMTP, session: Session, envelope: Envelope) -> None:
        await asyncio.sleep(self._size.lease * 0.4)
        await super().handle_DATA(server, session, envelope)
        await asyncio.Event().wait()


@contextlib.contextmanager
def relay(
    folder: Path, chance: random.Random, size: "Size"
) -> Iterator[tuple[UnreliableRelay, int]]:
    """A relay in a thread of its own, and its port."""
    handler = UnreliableRelay(folder, chance, size)
    with serving(lambda loop: SMTP(handler, hostname="r.example", loop=loop)) as port:
        yield handler, port


Nursery = subprocess.Popen[str]


@dataclass
class Senders:
    """Processes that send by one protocol, replaced as they are killed."""

    nursery: Nursery
    protocol: str
    settings: dict[str, object]
    pids: dict[int, int] = field(default_factory=dict)
    kills: int = 0

    def start(self, number: int) -> None:
        assert self.nursery.stdin
        assert self.nursery.stdout
        told = {"number": number, "protocol": self.protocol, "settings": self.settings}
        print(json.dumps(told), file=self.nursery.stdin, flush=True)
        self.pids[number] = int(self.nursery.stdout.readline())

    def kill(self, number: int) -> None:
        self._end(number)
        self.kills += 1
        self.start(number)

    def _end(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pids[number], signal.SIGKILL)

    def __enter__(self) -> "Senders":
        for number in range(SENDERS):
            self.start(number)
        return self

    def __exit__(self, *_: object) -> None:
        for number in self.pids:
            self._end(number)


@pytest.fixture(scope="module")
def nursery(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """A process with Django loaded, that forks senders."""
    environment = os.environ | {
        "PYTHONPATH": str(CODE),
        "BUSYBEE_DATABASE_URL": database_url(),
    }
    with (tmp_path_factory.mktemp("nursery") / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "busybee.tests.senders"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            preexec_fn=leash(os.getpid()),
        )
    yield process
    assert process.stdin
    assert process.stdout
    process.stdin.close()
    process.stdout.close()
    process.wait(20)


def database_url() -> str:
    """The test database, as processes of their own reach it."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{connection.settings_dict['NAME']}"
    server = os.environ["BUSYBEE_DATABASE_URL"].rpartition("/")[0]
    return f"{server}/{connection.settings_dict['NAME']}"


class Trouble(threading.Thread):
    """Locks the database for moments, or ends its connections."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.strikes = 0
        self._chance, self._ended = chance, threading.Event()
        self._strike = self._lock if connection.vendor == "sqlite" else self._terminate
        self._name = str(connection.settings_dict["NAME"])
        self._spared = self._own_backend()

    def _own_backend(self) -> int:
        if connection.vendor == "sqlite":
            return 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    def run(self) -> None:
        while not self._ended.wait(self._chance.uniform(0.2, 1.2)):
            self._strike()

    def _lock(self) -> None:
        with contextlib.closing(sqlite3.connect(self._name, timeout=10)) as other:
            other.execute("BEGIN IMMEDIATE")
            self.strikes += 1
            time.sleep(self._chance.uniform(0.05, 0.6))

    def _terminate(self) -> None:
        with psycopg.connect(database_url(), autocommit=True) as other:
            ended = other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %s) "
                "AND random() < 0.5",
                [self._spared],
            )
            self.strikes += len(ended.fetchall())

    def end(self) -> None:
        self._ended.set()
        self.join()


@dataclass(frozen=True)
class Size:
    """How much of everything; of each mail the first `bad_tries` tries may fail. `lease` is in
    seconds: the longer, the busier this machine may be.
    """

    mails: int
    kills: int
    bad_tries: int
    lease: int

    def __str__(self) -> str:
        return f"{self.mails}-mails"


@dataclass(frozen=True)
class Result:
    """What the relay kept of the mails that were intended."""

    kept: Counter[str]
    intended: dict[str, bytes]
    changed: int  # kept with other bytes than intended

    @property
    def doubled(self) -> int:
        return sum(count > 1 for count in self.kept.values())

    @property
    def lost(self) -> int:
        return sum(not self.kept[each] for each in self.intended)

    @property
    def once(self) -> int:
        return sum(self.kept[each] == 1 for each in self.intended)


def intend(number: int) -> dict[str, bytes]:
    """So many quotations in the outbox: their Message-IDs and bytes."""
    made = {}
    with transaction.atomic():
        for each in range(number):
            request = QuoteRequest.objects.create(
                customer_address=f"c{each}@shipper{each}.example",
                customer_name="김하나",
                message_id=f"<q{each}@shipper{each}.example>",
            )
            letter = Letter(
                subject=f"[{request.number}] 견적서",
                text="안녕하세요.\n.\n견적을 보내 드립니다.\n",
                html="<p>견적을 보내 드립니다.</p>",
                files=(File("견적서.pdf", "application/pdf", random.randbytes(2000)),),
            )
            key = f"quotation:{request.number}:1"
            mail = outbox.intend(key=key, kind="quotation", request=request, letter=letter)
            made[mail.message_id] = unseal(bytes(mail.sealed))
    return made


def result(folder: Path, intended: dict[str, bytes]) -> Result:
    kept: Counter[str] = Counter()
    changed = 0
    for path in folder.glob("*.eml"):
        raw = path.read_bytes().partition(b"\r\n")[2].partition(b"\r\n")[2]  # without the envelope
        message_id = str(message_from_bytes(raw)["Message-ID"])
        kept[message_id] += 1
        changed += raw != intended.get(message_id)
    return Result(kept, intended, changed)


def unsent() -> int:
    return OutgoingMail.objects.exclude(state=Sending.SENT).count()


def ran(protocol: str, size: Size, nursery: Nursery, tmp_path: Path) -> Result:
    """What became of the mails sent by `protocol` amid kills and other trouble."""
    number = size.mails
    began, chance = time.monotonic(), random.Random()
    intended, folder, trouble = intend(number), tmp_path / "kept", Trouble(chance)
    with relay(folder, chance, size) as (server, port):
        settings = {
            "BUSYBEE_SMTP_URL": f"smtp://127.0.0.1:{port}",
            "BUSYBEE_JOURNAL_DIR": str(folder),
            "BUSYBEE_SEND_LEASE_SECONDS": size.lease,
        }
        with Senders(nursery, protocol, settings) as group:
            amid_trouble(group, trouble, size, chance)
        met = server.met
    seen = result(folder, intended)
    print(
        f"{protocol}: {number} quotations, {group.kills} senders killed, database struck "
        f"{trouble.strikes} times, tries {met.total()} ({dict(met)}): {seen.once} once, "
        f"{seen.doubled} doubled, {seen.lost} lost, {time.monotonic() - began:.0f} s"
    )
    return seen


def amid_trouble(group: Senders, trouble: Trouble, size: Size, chance: random.Random) -> None:
    """Until all is sent, and a moment longer."""
    trouble.start()
    try:
        deadline = time.monotonic() + 60 + size.mails
        while unsent():
            assert time.monotonic() < deadline
            time.sleep(chance.uniform(0.1, 0.5))
            if group.kills < size.kills:
                group.kill(chance.randrange(SENDERS))
            hurry()
    finally:
        trouble.end()
    time.sleep(size.lease / 2)  # a late copy would come now


def hurry() -> None:
    """Let refused mails go again at once; how long one is uncertain stays as it is."""
    now = timezone.now()
    OutgoingMail.objects.filter(state=Sending.QUEUED, next_at__gt=now).update(next_at=now)


SMALL, CONTROL, LARGE = Size(40, 4, 1, 3), Size(18, 1, 1, 3), Size(1000, 150, 3, 4)
SOAK = (pytest.mark.soak, pytest.mark.timeout(1800))


@pytest.mark.parametrize("size", [SMALL, pytest.param(LARGE, marks=SOAK)], ids=str)
def test_each_quotation_is_delivered_once(size: Size, nursery: Nursery, tmp_path: Path) -> None:
    seen = ran("exactly_once", size, nursery, tmp_path)

    assert (seen.once, seen.doubled, seen.lost) == (size.mails, 0, 0)
    assert seen.changed == 0


@pytest.mark.parametrize("size", [CONTROL, pytest.param(LARGE, marks=SOAK)], ids=str)
@pytest.mark.parametrize(
    ("protocol", "fault"), [("retry_on_any_error", "doubled"), ("mark_first", "lost")]
)
def test_naive_sender_doubles_or_loses(
    protocol: str, fault: str, size: Size, nursery: Nursery, tmp_path: Path
) -> None:
    """The control: what the test above would see without leases, journal and uncertainty."""
    assert getattr(ran(protocol, size, nursery, tmp_path), fault) > 0
