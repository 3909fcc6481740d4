"""Kill the workers in turn and empty Redis amid the mails: each quotation goes out once."""

import os
import signal
import time
from collections import Counter

import pytest
import redis

from busybee.tests.test_end_to_end import COMPLETE, mail
from busybee.throwaway import Installation, running

MAILS = 200
KILLS = 10
FLUSHES_AFTER = (3, 7)
WORKERS = ("mail", "desk")  # one understands mails, the other sends them
PROCESSES = (
    "redis", "sink", "mqtt", "migrate", "prepare", "mail", "desk", "training", "beat", "poller"
)  # fmt: skip


def finished(busybee: Installation) -> int:
    return int(busybee.value("SELECT count(*) FROM pipeline_email WHERE state = 'done'"))


def kill(busybee: Installation, worker: str) -> None:
    """SIGKILL the worker and its children at once, as the OOM killer or a power cut would."""
    pid = busybee.wait(lambda: busybee.pid_of(worker), why=f"{worker} is up")
    os.killpg(os.getpgid(pid), signal.SIGKILL)


@pytest.mark.timeout(600)
def test_two_hundred_mails_survive_ten_kills_and_two_lost_redises() -> None:
    with running(only=PROCESSES) as busybee:
        broker = redis.Redis.from_url(busybee.runtime()["BUSYBEE_REDIS_URL"])
        for number in range(MAILS):
            sender = f"Shipper {number} <s{number}@shipper{number}.example>"
            busybee.drop(f"{number:03}", mail(sender, f"견적 요청 {number}", COMPLETE))
        for number in range(KILLS):
            start, begun = finished(busybee), time.monotonic()
            # in the middle of the work: after some progress, at a moment nobody chose
            busybee.wait(
                lambda: finished(busybee) > start + 2 or time.monotonic() - begun > 8,  # noqa: B023  # called at once
                why="progress",
            )
            kill(busybee, WORKERS[number % 2])
            if number in FLUSHES_AFTER:
                broker.flushall()
        broker.close()

        busybee.wait(lambda: finished(busybee) == MAILS, 240, why="all mails done")
        left = "SELECT count(*) FROM freight_outgoingmail WHERE state <> 'sent'"
        busybee.wait(lambda: busybee.value(left) == 0, 120, why="all quotations sent")
        recipients = Counter(str(m["To"]) for m in busybee.sent("quotation"))
        assert len(recipients) == MAILS
        assert set(recipients.values()) == {1}
        assert busybee.value("SELECT count(*) FROM freight_quotation") == MAILS
