"""Two pollers on one mailbox, killed at random, with a server that changes under them: each mail is
recorded once.

Among the mails are some without a Message-ID, many that share one, and redeliveries of the same
bytes. Midway the folder gets another UIDVALIDITY, later it is deleted and made anew. The long
version and the one on PostgreSQL kill the database too.
"""

import contextlib
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from imapclient.exceptions import IMAPClientError

from busybee.supervisor import leash
from busybee.tests import postgres
from busybee.throwaway import CODE, Installation
from pipeline.tests import dovecot
from pipeline.tests.dovecot import Dovecot

FOLDER = "Quotes"
ON_POSTGRES = os.environ.get("BUSYBEE_TEST_DB") == "postgres"
PREPARE = f"""
import django; django.setup()
from django.core.management import call_command
from pipeline.models import Mailbox
call_command("migrate", verbosity=0)
box = Mailbox(name="imap", host="127.0.0.1", port={{port}}, tls=False, folder="{FOLDER}",
              username="{dovecot.USER}")
box.password = "{dovecot.PASSWORD}"
box.save()
"""
# mails of 2026 were taken in, those before are being fetched now, and all are moved away
BACKFILL = """
Mailbox.objects.update(since="2026-01-01", backfill_from="2025-01-01", after="move",
                       after_folder="Done")
"""


def mails(number: int, chance: random.Random) -> list[bytes]:
    """So many distinct mails, and about a tenth of them once more, byte by byte."""
    made = [mail(each) for each in range(number)]
    again = chance.sample(made, number // 10)
    for raw in again:
        made.insert(chance.randrange(len(made)), raw)
    return made


def mail(number: int) -> bytes:
    identity = {
        0: "",
        1: "Message-ID: <shared@shipper.example>\r\n",
        2: f"Message-ID: <{number // 8}@twice.example>\r\n",
    }.get(number % 4, f"Message-ID: <{number}@shipper.example>\r\n")
    body = f"mail {number}\r\n" * (1 + number % 50)
    return f"From: s{number}@shipper.example\r\n{identity}Subject: 견적\r\n\r\n{body}".encode()


class Database:
    """SQLite in the home, or a PostgreSQL of its own that can be killed and started again."""

    def __init__(self, home: Path, *, on_postgres: bool) -> None:
        self.server = postgres.start(home) if on_postgres else None
        self.url, self.kills = "", 0
        if self.server:
            self.url = f"{self.server.url.rpartition('/')[0]}/busybee"
            with psycopg.connect(self.server.url, autocommit=True) as connection:
                connection.execute("CREATE DATABASE busybee")
                # the helper's servers forget the last commits when they are killed
                connection.execute("ALTER DATABASE busybee SET synchronous_commit = on")

    def kill(self) -> None:
        """SIGKILL, as by the OOM killer, and a new start on the same files."""
        if self.server is None:
            return
        self.kills += 1
        dead = self.server.process
        dead.kill()
        dead.wait()
        (self.server.folder / ".s.PGSQL.5432").unlink(missing_ok=True)
        for _ in range(20):  # until the dead one's children have let go of its memory
            process = subprocess.Popen(
                dead.args,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                preexec_fn=leash(os.getpid()),
                **postgres.identity(postgres.server_account()),
            )
            self.server = postgres.Server(process, self.server.folder, self.server.url)
            with contextlib.suppress(postgres.NoPostgres):
                postgres.wait_for(
                    self.server.folder / ".s.PGSQL.5432", process, self.server.folder / "log"
                )
                return
            time.sleep(0.5)
        raise AssertionError("PostgreSQL does not start again")

    def stop(self) -> None:
        if self.server:
            self.server.stop()


@dataclass
class Pollers:
    """Two processes of `manage.py poll_mailboxes`, started again after each kill."""

    home: Path
    environment: dict[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    kills: int = 0

    def start(self) -> subprocess.Popen[bytes]:
        with (self.home / "pollers.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, str(CODE / "manage.py"), "poll_mailboxes"],
                env=self.environment,
                stdout=log,
                stderr=log,
                preexec_fn=leash(os.getpid()),
            )

    def kill(self, which: int) -> None:
        self.running[which].send_signal(signal.SIGKILL)
        self.running[which].wait()
        self.kills += 1
        self.running[which] = self.start()

    def stop(self) -> None:
        for process in self.running:
            process.terminate()
        for process in self.running:
            process.wait(40)
        self.running = []


@contextlib.contextmanager
def pollers(home: Path, environment: dict[str, str]) -> Iterator[Pollers]:
    both = Pollers(home, environment)
    both.running = [both.start(), both.start()]
    try:
        yield both
    finally:
        for process in both.running:
            process.kill()
            process.wait()


def environment_for(home: Path, redis_url: str, database: Database) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("BUSYBEE_")}
    return inherited | {
        "DJANGO_SETTINGS_MODULE": "busybee.settings",
        "PYTHONPATH": str(CODE),
        "BUSYBEE_HOME": str(home),
        "BUSYBEE_REDIS_URL": redis_url.replace("db=0", "db=7"),  # nobody takes its messages
        "BUSYBEE_DATABASE_URL": database.url or f"sqlite:///{home}/busybee.sqlite3",
        "BUSYBEE_POLL_SECONDS": "1",
        "BUSYBEE_MAX_OPEN_STEPS": "1000000",
    }


def until(what: Callable[[], Any], seconds: float, log: Path) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise AssertionError(f"not in {seconds} s\n{log.read_text()[-4000:]}")
        time.sleep(0.02)


def rows_only(home: Path, database_url: str = "") -> Installation:
    """An installation to ask for rows: the pollers are this test's own processes."""
    return Installation(home, None, database_url)  # type: ignore[arg-type]  # rows() asks no process


def more_than(busybee: Installation, count: int) -> bool:
    return len(recorded(busybee)) > count


def recorded(busybee: Installation) -> set[str]:
    try:
        return {row[0] for row in busybee.rows("SELECT raw_sha256 FROM pipeline_email")}
    except psycopg.OperationalError:
        return set()  # just killed


def await_progress(busybee: Installation) -> None:
    """Until some more mails are recorded, or none came for a while."""
    start, begun = len(recorded(busybee)), time.monotonic()
    while len(recorded(busybee)) <= start and time.monotonic() - begun < 5:
        time.sleep(0.05)


def deliver(server: Dovecot, raws: list[bytes], seconds: float) -> threading.Thread:
    """A thread that puts mails into the folder, spread over about this time."""

    def run() -> None:
        for raw in raws:
            while True:
                with contextlib.suppress(IMAPClientError):  # the folder was just deleted
                    server.append(raw, folder=FOLDER)
                    break
            time.sleep(seconds / len(raws))

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.needs("dovecot")
@pytest.mark.parametrize(
    ("number", "kills", "on_postgres"),
    [
        pytest.param(60, 3, ON_POSTGRES, marks=pytest.mark.timeout(300)),
        pytest.param(1000, 40, False, marks=[pytest.mark.soak, pytest.mark.timeout(1800)]),
        pytest.param(1000, 40, True, marks=[pytest.mark.soak, pytest.mark.timeout(1800)]),
    ],
)
def test_each_mail_is_recorded_once(
    redis_url: str, number: int, kills: int, on_postgres: bool
) -> None:
    began, chance = time.monotonic(), random.Random()
    home = Path(tempfile.mkdtemp(prefix="bb-chaos-"))
    raws = mails(number, chance)
    log = home / "pollers.log"
    database = Database(home, on_postgres=on_postgres)
    try:
        with dovecot.running() as server:
            environment = environment_for(home, redis_url, database)
            with server.client() as client:
                client.create_folder(FOLDER)
            prepare = [sys.executable, "-c", PREPARE.format(port=server.port)]
            subprocess.run(prepare, env=environment, check=True, cwd=home)
            busybee = rows_only(home, database.url)
            half, three_quarters = len(raws) // 2, len(raws) * 3 // 4
            with pollers(home, environment) as both:

                def amid_kills(part: list[bytes], share: int) -> None:
                    thread = deliver(server, part, share * 1.5)
                    for _ in range(share):
                        await_progress(busybee)
                        time.sleep(chance.uniform(0, 0.5))
                        both.kill(chance.randrange(2))
                        if chance.random() < 0.3:
                            database.kill()
                    thread.join()

                amid_kills(raws[:half], kills // 2)
                until(lambda: recorded(busybee), 60, log)  # else the next epoch has nothing to know
                both.stop()
                server.new_epoch(FOLDER)
                both.running = [both.start(), both.start()]
                amid_kills(raws[half:three_quarters], kills // 4)
                so_far = {hashlib.sha256(raw).hexdigest() for raw in raws[:three_quarters]}
                until(lambda: recorded(busybee) >= so_far, 120, log)
                with server.client() as client:  # a mail that nobody has read would be gone
                    client.delete_folder(FOLDER)
                    client.create_folder(FOLDER)
                amid_kills(raws[:5] + raws[three_quarters:], kills - kills // 2 - kills // 4)
                expected = {hashlib.sha256(raw).hexdigest() for raw in raws}
                until(lambda: recorded(busybee) >= expected, 120, log)
                time.sleep(2)  # and no more come
            check(busybee, home, expected)
            print(
                f"{len(raws)} deliveries, {len(expected)} distinct mails and as many rows, "
                f"{busybee.value('SELECT count(*) FROM pipeline_location')} places, "
                f"{both.kills} pollers and {database.kills} databases killed, "
                f"{time.monotonic() - began:.0f} s"
            )
    finally:
        database.stop()
        shutil.rmtree(home, ignore_errors=True)


def moved(server: Dovecot) -> int:
    with contextlib.suppress(IMAPClientError):  # killed before the folder was made
        return len(server.uids("Done"))
    return 0


def check(busybee: Installation, home: Path, expected: set[str]) -> None:
    rows = [row[0] for row in busybee.rows("SELECT raw_sha256 FROM pipeline_email")]
    assert len(rows) == len(set(rows)) == len(expected)
    assert set(rows) == expected
    steps = busybee.rows("SELECT email_id, name FROM pipeline_step")
    assert len(steps) == len({row[0] for row in steps}) == len(rows)
    for digest in expected:
        stored = (home / "storage" / digest[:2] / digest).read_bytes()
        assert hashlib.sha256(stored).hexdigest() == digest


@pytest.mark.needs("dovecot")
@pytest.mark.parametrize(
    ("number", "kills"),
    [
        pytest.param(600, 2, marks=pytest.mark.timeout(300)),
        pytest.param(5000, 12, marks=[pytest.mark.soak, pytest.mark.timeout(1800)]),
    ],
)
def test_backfill_that_is_killed_loses_and_doubles_nothing(
    redis_url: str, number: int, kills: int
) -> None:
    home = Path(tempfile.mkdtemp(prefix="bb-chaos-"))
    log, database = home / "pollers.log", Database(home, on_postgres=False)
    raws = [mail(each) for each in range(number)]
    try:
        with dovecot.running() as server:
            environment = environment_for(home, redis_url, database)
            with server.client() as client:
                client.create_folder(FOLDER)
                for each, raw in enumerate(raws):
                    client.append(FOLDER, raw, msg_time=datetime(2025 + each % 2, 6, 1))
            script = PREPARE.format(port=server.port) + BACKFILL
            subprocess.run([sys.executable, "-c", script], env=environment, check=True, cwd=home)
            busybee = rows_only(home)
            one, midst = Pollers(home, environment), 0
            one.running = [one.start()]
            try:
                for _ in range(kills):
                    least = min(len(recorded(busybee)), number - 1)
                    until(partial(more_than, busybee, least), 60, log)
                    one.kill(0)
                    midst += len(recorded(busybee)) < number
                until(lambda: moved(server) == number, 120, log)
            finally:
                one.running[0].kill()
                one.running[0].wait()
            print(f"{number} mails, {one.kills} pollers killed, {midst} of them amid the work")
            assert midst
            check(busybee, home, {hashlib.sha256(raw).hexdigest() for raw in raws})
            assert server.uids(FOLDER) == []
            assert busybee.value("SELECT count(*) FROM pipeline_location") == number
    finally:
        shutil.rmtree(home, ignore_errors=True)
