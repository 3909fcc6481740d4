import datetime as dt
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from pipeline import work
from pipeline.errors import StateConflict
from pipeline.models import Email, Step, StepName
from pipeline.replay import replay, replay_reason
from pipeline.tests.test_work import FUNCTIONS, always, failing, first_step, never
from pipeline.work import Outcome

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_url")]


@pytest.fixture
def email() -> Email:
    mail = Email.objects.create(raw_sha256="b" * 64)
    Step.objects.create(email=mail, name=StepName.EXTRACT)
    return mail


def test_replay_runs_again_from_the_step(email: Email) -> None:
    work.carry(email.pk, StepName.EXTRACT, FUNCTIONS, on=always)
    replay(email, StepName.CLASSIFY)

    names = list(email.steps.order_by("pk").values_list("name", "state"))
    assert names[-1] == ("classify", "due")
    assert work.carry(email.pk, StepName.CLASSIFY, FUNCTIONS, on=always) == [
        StepName.CLASSIFY,
        StepName.SAVE,
        StepName.LLM_EXTRACT,
    ]


def test_replay_fences_off_the_worker_at_it(email: Email) -> None:
    step = work.claim(email.pk, StepName.EXTRACT)
    assert step is not None
    replay(email, StepName.EXTRACT)

    assert step.owned().update(finished_at=timezone.now()) == 0


def test_replay_of_a_step_not_reached_is_refused(email: Email) -> None:
    with pytest.raises(StateConflict):
        replay(email, StepName.SAVE)


def test_replay_of_a_reason_takes_every_mail_of_it(email: Email) -> None:
    work.carry(email.pk, StepName.EXTRACT, failing(KeyError("planted")), on=always)
    reason = Email.objects.get(pk=email.pk).quarantine_reason

    assert replay_reason("another reason") == 0
    assert replay_reason(reason) == 1
    assert Email.objects.get(pk=email.pk).state == Email.State.PROCESSING


@contextmanager
def held_open(step: Step) -> Iterator[dict[str, Any]]:
    """Another worker is in the middle of the transaction that finishes `step`."""
    inside, result = threading.Event(), {}

    def write() -> Mapping[str, Any]:
        inside.set()
        time.sleep(0.5)
        return {}

    def finish() -> None:
        try:
            result["next"] = work._finish(step, Outcome(write=write), go_on=True)
        finally:
            connection.close()

    worker = threading.Thread(target=finish)
    worker.start()
    inside.wait(10)
    yield result
    worker.join()


@pytest.mark.django_db(transaction=True)
def test_replay_takes_the_step_that_a_worker_opens_meanwhile(email: Email) -> None:
    work.carry(email.pk, StepName.EXTRACT, FUNCTIONS, on=never)
    step = work.claim(email.pk, StepName.DECODE)
    assert step is not None
    with held_open(step) as worker:
        replay(email, StepName.EXTRACT)

    assert list(email.steps.values_list("name", "state")) == [("extract", "due")]
    assert worker["next"].owned().update(finished_at=timezone.now()) == 0
    assert work.carry(email.pk, StepName.EXTRACT, FUNCTIONS, on=always) == list(StepName)


@pytest.mark.django_db(transaction=True)
def test_replay_and_the_sweeper_that_quarantines_do_not_wait_for_each_other(email: Email) -> None:
    Step.objects.filter(email=email).update(deaths=work.DEATHS)
    for _ in range(10):
        assert work.claim(email.pk, StepName.EXTRACT) is not None
        sweeper = threading.Thread(target=sweep_a_minute_later)
        sweeper.start()
        replay(email, StepName.EXTRACT)
        sweeper.join()
        replay(email, StepName.EXTRACT)
    assert first_step(email).state == Step.State.DUE


def sweep_a_minute_later() -> None:
    try:
        list(work.take_up(timezone.now() + dt.timedelta(seconds=61)))
    finally:
        connection.close()
