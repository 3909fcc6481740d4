"""Mails taken in from a real IMAP server, beside a bare imapclient loop that only fetches them.

Ours stores each mail (synced to disk) and records it with its place, first step and cursor; the
bare loop fetches UID after UID and forgets the bytes. The thread that wakes the workers runs beside
as in the poller, and is not waited for: what it has not published at the end is no part of the
figure.
"""

import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from django.utils import timezone

from busybee.bench.chain import Paused
from busybee.demo.mails import build
from freight.models import Mode
from pipeline.mailbox.poller import poll_all
from pipeline.models import Mailbox
from pipeline.tests import dovecot


@dataclass(frozen=True, slots=True)
class Ingestion:
    """Mails a second, medians over the rounds; `ratio` is ours to the bare loop's."""

    each: int
    ours: float
    bare: float

    @property
    def ratio(self) -> float:
        return self.ours / self.bare


def left_out() -> str:
    """Why this part cannot run here, or ""."""
    path = shutil.which("dovecot", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    return "" if path else "it needs Dovecot (make test-deps)"


def measure(*, rounds: int, each: int, say: Callable[[str], None]) -> Ingestion:
    """Both rates on the same folders, one of new mails a round; the workers rest meanwhile."""
    ours, bare = [], []
    with dovecot.running() as server, Paused("mail"):
        for number in range(rounds):
            folder = _filled(server, number, each)
            bare.append(each / _timed(partial(_bare_loop, server, folder)))
            box = _mailbox(server, folder)
            ours.append(each / _timed(partial(poll_all, box)))
            _check(box, each)
            say(f"round {number + 1}: {bare[-1]:.0f} fetched/s, {ours[-1]:.0f} taken in/s")
    return Ingestion(each, statistics.median(ours), statistics.median(bare))


def _filled(server: dovecot.Dovecot, number: int, count: int) -> str:
    folder = f"bench{number}"
    raws = [mail.raw for mail in build(timezone.localtime())]
    with server.client() as client:
        client.create_folder(folder)
        for index in range(count):
            raw = f"X-Bench: {time.time_ns()}.{index}\r\n".encode() + raws[index % len(raws)]
            client.append(folder, raw)
    return folder


def _bare_loop(server: dovecot.Dovecot, folder: str) -> None:
    with server.client() as client:
        client.select_folder(folder, readonly=True)
        for uid in client.search(["ALL"]):
            client.fetch([uid], ["BODY.PEEK[]"])


def _mailbox(server: dovecot.Dovecot, folder: str) -> Mailbox:
    box = Mailbox(
        name=f"bench {folder} {time.time_ns()}",
        host="127.0.0.1",
        port=server.port,
        tls=False,
        username=dovecot.USER,
        folder=folder,
        mode=Mode.OBSERVE,
    )
    box.password = dovecot.PASSWORD
    box.save()
    return box


def _check(box: Mailbox, each: int) -> None:
    found = box.locations.count()
    if found != each:
        raise RuntimeError(f"{found} of {each} mails were taken in: no figure")


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def as_json(found: Ingestion) -> dict[str, Any]:
    """The figures as JSON knows them."""
    return {**asdict(found), "ratio": found.ratio}


def report(found: Ingestion) -> str:
    """The figures as lines of text."""
    return "\n".join(
        [
            f"mails taken in over IMAP, {found.each} a round, medians",
            f"  bare imapclient fetch loop     {found.bare:8.1f} /s",
            f"  stored (synced) and recorded   {found.ours:8.1f} /s",
            f"  ratio                          {found.ratio:8.2f}   (target: at least 0.5)",
            "  workers are woken beside it, and that is not waited for",
        ]
    )
