"""Mails per second through the steps, beside bare chains on the same Redis and the same worker."""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from celery import current_app
from django.db.models import Avg, F
from django.utils import timezone

from busybee.bench import noop
from busybee.demo.mails import build
from freight.models import Mode
from pipeline import storage
from pipeline.chain import publish
from pipeline.models import Email, Location, Mailbox, Step, StepName

LOOK_SECONDS = 0.02
LONGEST_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Rates:
    """Per second, medians over the rounds; `ratio` is mails to bare chains. `steps`: milliseconds
    a mail.
    """

    rounds: int
    each: int
    bare_chains: float
    mails: float
    steps: dict[str, float]

    @property
    def ratio(self) -> float:
        return self.mails / self.bare_chains


class Paused:
    """The worker's queue, stopped while work is laid out and let go when the clock starts."""

    def __init__(self, queue: str) -> None:
        self.queue = queue

    def __enter__(self) -> None:
        current_app.control.cancel_consumer(self.queue, reply=True, timeout=5)
        time.sleep(0.5)

    def __exit__(self, *_: object) -> None:
        current_app.control.add_consumer(self.queue, reply=False)


def left_out() -> str:
    """Why this part cannot run here, or ""."""
    return ""


def measure(*, rounds: int, each: int, say: Callable[[str], None]) -> Rates:
    """Both rates, the rounds interleaved so that a slow minute of the machine hits both."""
    chains, mails = [], []
    for number in range(rounds):
        chains.append(_bare_chains(each))
        mails.append(_mails(each, number))
        say(f"round {number + 1}: {chains[-1]:.0f} bare chains/s, {mails[-1]:.0f} mails/s")
    return Rates(rounds, each, statistics.median(chains), statistics.median(mails), _steps())


def _bare_chains(count: int) -> float:
    before = noop.finished()
    with Paused("mail"):
        for number in range(count):
            noop.seven_hops(number).apply_async()
        started = time.perf_counter()
    _until(lambda: noop.finished() - before >= count)
    return count / (time.perf_counter() - started)


def _mails(count: int, number: int) -> float:
    """Recorded as the poller records them, then published together."""
    with Paused("mail"):
        ids = _record(count, number)
        for email_id in ids:
            publish(email_id, StepName.EXTRACT)
        started = time.perf_counter()
    done = Email.objects.filter(pk__in=ids, state__in=[Email.State.DONE, Email.State.QUARANTINED])
    _until(lambda: done.count() >= count)
    rate = count / (time.perf_counter() - started)
    broken = Email.objects.filter(pk__in=ids, state=Email.State.QUARANTINED).count()
    if broken:
        raise RuntimeError(f"{broken} of {count} mails were quarantined: no figure")
    return rate


def _record(count: int, number: int) -> list[int]:
    box, _ = Mailbox.objects.get_or_create(
        name="bench", defaults={"kind": "directory", "directory": "(bench)", "mode": Mode.OBSERVE}
    )
    raws = [mail.raw for mail in build(timezone.localtime())]
    ids = []
    for index in range(count):
        # a header of its own makes each mail another one
        raw = f"X-Bench: {number}.{index}\r\n".encode() + raws[index % len(raws)]
        email = Email.objects.create(raw_sha256=storage.put(raw), size=len(raw), mailbox=box)
        Location.objects.create(mailbox=box, uid=f"{number}.{index}", email=email)
        Step.objects.create(email=email, name=StepName.EXTRACT)
        ids.append(email.pk)
    return ids


def _until(finished: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not finished():
        if time.monotonic() > deadline:
            raise RuntimeError(f"not finished within {LONGEST_SECONDS} s")
        time.sleep(LOOK_SECONDS)


def _steps() -> dict[str, float]:
    took = Step.objects.filter(finished_at__isnull=False).values("name")
    rows = took.annotate(mean=Avg(F("finished_at") - F("started_at")))
    means = {row["name"]: row["mean"].total_seconds() * 1000 for row in rows}
    return {name: means[name] for name in StepName.values if name in means}


def as_json(rates: Rates) -> dict[str, Any]:
    """The figures as JSON knows them."""
    return {**asdict(rates), "ratio": rates.ratio}


def report(rates: Rates) -> str:
    """The figures as lines of text."""
    lines = [
        f"{rates.rounds} rounds of {rates.each}, medians, one worker with two processes",
        f"  bare chain of {noop.HOPS} no-op tasks  {rates.bare_chains:8.1f} /s",
        f"  mails through the 7 steps      {rates.mails:8.1f} /s",
        f"  ratio                          {rates.ratio:8.2f}   (target: at least 0.5)",
        "  step, mean ms a mail (claim to commit):",
    ]
    lines += [f"    {name:16} {ms:8.2f}" for name, ms in rates.steps.items()]
    return "\n".join(lines)
