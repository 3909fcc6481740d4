"""Lines are cut, Daphne and the worker are killed, Redis loses all: the conversation is the same.

Some pages say the same twelve messages, each with its line cut at other points; what is stored and
what the page shows must be what an undisturbed conversation has, to the number.
"""

import asyncio
import datetime as dt
import json
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from celery import Celery

from busybee.socket_client import Closed, SocketClient
from busybee.tests.chat_page import Cut, Page
from busybee.tests.postgres import fresh_database
from busybee.throwaway import CODE, Installation, running

PROCESSES = ("redis", "migrate", "web", "desk", "beat")
SETTINGS = {"BUSYBEE_CHAT_ADDRESS_MESSAGES": "100000", "BUSYBEE_CHAT_ADDRESS_SOCKETS": "1000"}
MAKE = """
import json, sys, django
django.setup()
from django.utils import timezone
from chat.tests.factories import EmptyRequestFactory
from freight import links
made = [EmptyRequestFactory.create() for _ in range(int(sys.argv[1]))]
rows = [[r.pk, r.number, str(r.public_id), links.issue(r, timezone.now())] for r in made]
print(json.dumps(rows))
"""
Row = tuple[int, str, str]


def script() -> list[str]:
    """What the customer says, with dates that lie ahead."""
    departure, arrival = (dt.date.today() + dt.timedelta(days=days) for days in (14, 30))
    return [
        "Hello, I need a price",
        "From Busan to Shanghai",
        "The gross weight is 18,500 kg",
        "sorry, it is 17,200 kg",
        "40ft HC",
        "Which containers do you have?",
        f"Departure {departure:%Y-%m-%d}",
        f"Arrival {arrival:%Y-%m-%d}",
        "yes",
        "thank you",
        "What is the status of my quotation?",
        "bye",
    ]


# twenty points, from before the handshake to after the answer
CUTS = [
    Cut("handshake"), Cut("hello"), Cut("hello", 0, "half"), Cut("greeted"),
    Cut("greeted", 0, "half"), Cut("welcome"), Cut("send", 1), Cut("send", 2, "half"),
    Cut("sent", 3), Cut("sent", 4, "blind"), Cut("sent", 8, "half"), Cut("ack", 5),
    Cut("ack", 6, "half"), Cut("echo", 7), Cut("echo", 8, "half"), Cut("typing", -1, "half"),
    Cut("answer", 9), Cut("answer", 2, "half"), Cut("state", -1), Cut("sent", 11, "blind"),
]  # fmt: skip


CUT_PAGES = 7


@dataclass(frozen=True)
class Customer:
    request: int
    number: str
    conversation: str
    token: str


class Chat:
    """A running BusyBee with requests to talk about, and what was stored of each."""

    def __init__(self, busybee: Installation, customers: int) -> None:
        self.busybee = busybee
        url = busybee.runtime()["BUSYBEE_PUBLIC_URL"]
        self.port = urlsplit(url).port or 0
        env = {**os.environ, "BUSYBEE_HOME": str(busybee.home), **busybee.runtime()}
        env |= {"BUSYBEE_DATABASE_URL": busybee.database_url} if busybee.database_url else {}
        if not busybee.database_url:
            env.pop("BUSYBEE_DATABASE_URL", None)
        made = subprocess.run(
            [sys.executable, "-c", MAKE, str(customers)],
            env=env, cwd=CODE, check=True, capture_output=True, text=True,
        )  # fmt: skip
        self.customers = [Customer(*row) for row in json.loads(made.stdout.splitlines()[-1])]
        broker = busybee.runtime()["BUSYBEE_REDIS_URL"]
        broker = broker.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
        self.celery = Celery(broker=broker, set_as_current=False)

    def page(self, customer: Customer, *cuts: Cut) -> Page:
        return Page(self.port, customer.token, customer.conversation, list(cuts))

    def stored(self, customer: Customer) -> list[Row]:
        """(seq, author, text) of a conversation, without what is its own alone."""
        rows = self.busybee.rows(
            "SELECT m.seq, m.author, m.text FROM chat_message m JOIN chat_session s "
            f"ON s.id = m.session_id WHERE s.request_id = {customer.request} ORDER BY m.seq"
        )
        return [(seq, author, text.replace(customer.number, "#")) for seq, author, text in rows]

    def shown(self, customer: Customer, page: Page) -> list[Row]:
        rows = ((seq, *page.seen[seq]) for seq in sorted(page.seen))
        return [(seq, author, text.replace(customer.number, "#")) for seq, author, text in rows]

    def quotations(self, customer: Customer) -> int:
        sql = f"SELECT count(*) FROM freight_quotation WHERE request_id = {customer.request}"
        return int(self.busybee.value(sql))

    def kill(self, name: str) -> None:
        """SIGKILL a process with its children at once, as the OOM killer or a power cut would."""
        pid = self.busybee.wait(lambda: self.busybee.pid_of(name), why=f"{name} is up")
        os.killpg(os.getpgid(pid), signal.SIGKILL)

    def forget(self) -> None:
        """Redis loses everything: tasks, counters, acknowledgements."""
        with redis.Redis.from_url(self.busybee.runtime()["BUSYBEE_REDIS_URL"]) as client:
            client.flushall()

    def deliver_again(self, customer: Customer, times: int = 3) -> None:
        """The task of the newest message comes again and again, as a broker may."""
        sql = (
            "SELECT max(m.id) FROM chat_message m JOIN chat_session s ON s.id = m.session_id "
            f"WHERE m.author = 'customer' AND s.request_id = {customer.request}"
        )
        message = self.busybee.value(sql)
        for _ in range(times):
            self.celery.send_task("chat.tasks.answer", args=[message], queue="chat")


@contextmanager
def _up() -> Iterator[Installation]:
    """A BusyBee on a port that no other `up` wishes for: one would take it while Daphne is dead."""
    with socket.socket() as held:
        with suppress(OSError):  # somebody has it: as good
            held.bind(("127.0.0.1", 8000))
        with running(SETTINGS, only=PROCESSES, database_url=fresh_database()) as busybee:
            yield busybee


def _once(at: str, work: Callable[[], None]) -> Callable[[str], None]:
    """Do `work` at the first acknowledgement of message `at`."""
    left = [work]
    return lambda cid: left.pop()() if cid == at and left else None


def _always(work: Callable[[], None]) -> Callable[[str], None]:
    return lambda cid: work()


async def _all(pages: list[Page], said: list[str]) -> None:
    await asyncio.gather(*(page.talk(said) for page in pages))
    for page in pages:
        page.close()
    await asyncio.sleep(0.1)  # the loop lets go of what was cut


def _check(chat: Chat, undisturbed: list[Row], quoted: int, pages: dict[Any, Any]) -> None:
    for customer, page in pages.items():
        name = f"{customer.number} {page.lines} lines"
        assert (name, chat.stored(customer)) == (name, undisturbed)
        assert (name, chat.shown(customer, page)) == (name, undisturbed)
        assert (name, page.replayed) == (name, [])
        assert (name, chat.quotations(customer)) == (name, quoted)


def _undisturbed(chat: Chat, customer: Customer) -> tuple[list[Row], int]:
    page = chat.page(customer)
    asyncio.run(_all([page], script()))
    rows = chat.stored(customer)
    assert page.lines == 1
    assert [text for _, author, text in rows if author == "customer"] == script()
    assert chat.shown(customer, page) == rows
    return rows, chat.quotations(customer)


@pytest.mark.timeout(300)
def test_a_conversation_survives_cuts_kills_and_a_lost_redis() -> None:
    with _up() as busybee:
        chat = Chat(busybee, CUT_PAGES + 5)
        first, *others = chat.customers
        undisturbed, quoted = _undisturbed(chat, first)
        pages = {
            customer: chat.page(customer, *(CUTS[n::CUT_PAGES] if n < CUT_PAGES else []))
            for n, customer in enumerate(others)
        }
        for page in list(pages.values())[::2]:
            page.hasty = True
        web, worker, lost, doubled = others[-4:]
        pages[web].heard = _once("m5", lambda: chat.kill("web"))
        pages[worker].heard = _once("m3", lambda: chat.kill("desk"))
        pages[lost].heard = _once("m8", chat.forget)
        pages[doubled].heard = _always(partial(chat.deliver_again, doubled))

        asyncio.run(_all(list(pages.values()), script()))

        _check(chat, undisturbed, quoted, pages)
        # a killed Daphne may have cut a line just where its own cut was to come
        assert sum(len(page.cuts) for page in pages.values()) <= 2
        asyncio.run(_a_megabyte_harms_nobody(chat, first))


async def _a_megabyte_harms_nobody(chat: Chat, customer: Customer) -> None:
    """Frames of 1 MB end their own socket, unread; who else is there goes on."""
    other = chat.page(customer)
    other.prefix = "before"
    await other.talk(["still there?"])
    before = _memory_kb(chat.busybee.pid_of("web"))
    for _ in range(30):
        with pytest.raises(Closed):
            await _send_a_megabyte(chat.port)
    other.prefix = "after"
    await other.talk(["thanks"])
    other.close()
    await asyncio.sleep(0.1)
    assert other.lines == 1
    assert _memory_kb(chat.busybee.pid_of("web")) < before + 20_000


async def _send_a_megabyte(port: int) -> None:
    line = await SocketClient.open(port, "/ws/chat/")
    try:
        await line.send({"type": "message", "cid": "a", "text": "x" * 1_000_000})
        await line.receive()
    finally:
        line.cut()


def _memory_kb(pid: int | None) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_many_conversations_survive_many_kills() -> None:
    chance = random.Random()
    with _up() as busybee:
        chat = Chat(busybee, 121)
        first, *others = chat.customers
        undisturbed, quoted = _undisturbed(chat, first)
        pages = {each: chat.page(each, *chance.sample(CUTS, 6)) for each in others}
        blows: list[Callable[[], None]] = [
            partial(chat.kill, "web"),
            partial(chat.kill, "desk"),
            chat.forget,
        ]
        for customer, page in pages.items():
            if chance.random() < 0.25:
                page.heard = _once(f"m{chance.randrange(12)}", chance.choice(blows))
            elif chance.random() < 0.25:
                page.heard = _always(partial(chat.deliver_again, customer))

        for n in range(0, len(others), 30):
            asyncio.run(_all([pages[each] for each in others[n : n + 30]], script()))

        _check(chat, undisturbed, quoted, pages)
