"""Kill the workers and empty Redis amid the mails: each quotation goes out once."""

import os
import signal
import time
from collections import Counter

import pytest
import redis

from busybee.tests.postgres import fresh_database
from busybee.tests.test_end_to_end import COMPLETE, mail
from busybee.throwaway import Installation, running

PROCESSES = (
    "redis", "sink", "mqtt", "migrate", "prepare", "mail", "desk", "training", "beat", "poller"
)  # fmt: skip


def finished(busybee: Installation) -> int:
    return int(busybee.value("SELECT count(*) FROM pipeline_email WHERE state = 'done'"))


def kill(busybee: Installation, worker: str) -> None:
    """SIGKILL the worker and its children at once, as the OOM killer or a power cut would."""
    pid = busybee.wait(lambda: busybee.pid_of(worker), why=f"{worker} is up")
    os.killpg(os.getpgid(pid), signal.SIGKILL)


@pytest.mark.parametrize(
    ("mails", "kills", "flushes_after"),
    [
        pytest.param(200, 10, (3, 7), marks=pytest.mark.timeout(600)),
        pytest.param(
            1000, 40, (5, 15, 25, 35), marks=[pytest.mark.soak, pytest.mark.timeout(3600)]
        ),
    ],
)
def test_mails_survive_kills_and_lost_redises(
    mails: int, kills: int, flushes_after: tuple[int, ...]
) -> None:
    with running(only=PROCESSES, database_url=fresh_database()) as busybee:
        for number in range(mails):
            sender = f"Shipper {number} <s{number}@shipper{number}.example>"
            busybee.drop(f"{number:04}", mail(sender, f"견적 요청 {number}", COMPLETE))
        with redis.Redis.from_url(busybee.runtime()["BUSYBEE_REDIS_URL"]) as broker:
            for number in range(kills):
                await_progress(busybee)
                kill(busybee, "mail")  # understands mails
                if number % 2:
                    kill(busybee, "desk")  # sends them
                if number in flushes_after:
                    broker.flushall()

        busybee.wait(lambda: finished(busybee) == mails, 240, why="all mails done")
        left = "SELECT count(*) FROM freight_outgoingmail WHERE state <> 'sent'"
        busybee.wait(lambda: busybee.value(left) == 0, 120, why="all quotations sent")
        recipients = Counter(str(m["To"]) for m in busybee.sent("quotation"))
        assert len(recipients) == mails
        assert set(recipients.values()) == {1}
        assert busybee.value("SELECT count(*) FROM freight_quotation") == mails


def await_progress(busybee: Installation) -> None:
    """Until some more mails are done: in the middle of the work, at a moment nobody chose."""
    start, begun = finished(busybee), time.monotonic()
    busybee.wait(
        lambda: finished(busybee) > start + 2 or time.monotonic() - begun > 8, why="progress"
    )
