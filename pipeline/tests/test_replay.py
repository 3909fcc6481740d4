import datetime as dt
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from pipeline import work
from pipeline.errors import StateConflict
from pipeline.models import Email, Step, StepName
from pipeline.replay import Replayed, replay, replay_reason
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

    assert replay_reason("another reason") == Replayed(0, header_only=0)
    assert replay_reason(reason) == Replayed(1, header_only=0)
    assert Email.objects.get(pk=email.pk).state == Email.State.PROCESSING


@pytest.fixture
def header_only() -> Email:
    """A mail that is larger than the limit, as it is recorded."""
    reason = "larger than 1024 bytes"
    mail = Email.objects.create(
        raw_sha256="c" * 64,
        header_only=True,
        size=5 * 1024 * 1024,
        subject="Scans",
        state=Email.State.QUARANTINED,
        quarantine_reason=reason,
    )
    quarantined = Step.State.QUARANTINED
    Step.objects.create(email=mail, name=StepName.EXTRACT, state=quarantined, reason=reason)
    return mail


def test_replay_of_a_header_would_make_an_empty_mail(header_only: Email) -> None:
    with pytest.raises(StateConflict, match="only the header"):
        replay(header_only, StepName.EXTRACT)
    header_only.refresh_from_db()
    assert header_only.state == Email.State.QUARANTINED
    assert header_only.steps.get().state == Step.State.QUARANTINED


def test_replay_of_a_reason_leaves_headers_out_and_counts_them(
    email: Email, header_only: Email
) -> None:
    reason = header_only.quarantine_reason
    Email.objects.filter(pk=email.pk).update(
        state=Email.State.QUARANTINED, quarantine_reason=reason
    )
    email.steps.update(state=Step.State.QUARANTINED)
    assert replay_reason(reason) == Replayed(1, header_only=1)
    header_only.refresh_from_db()
    assert header_only.quarantine_reason == reason


@pytest.mark.parametrize("action", ["replay_all", "replay_failed", "replay_reasons"])
def test_console_says_what_it_left_out(
    admin_client: Client, header_only: Email, action: str
) -> None:
    data = {"action": action, "_selected_action": [header_only.pk]}
    response = admin_client.post(
        "/admin/pipeline/email/", data, follow=True, headers={"accept-language": "en"}
    )
    words = " ".join(str(message) for message in response.context["messages"])
    assert "only" in words
    assert "header" in words
    header_only.refresh_from_db()
    assert header_only.state == Email.State.QUARANTINED


def test_page_of_a_header_says_so(admin_client: Client, header_only: Email) -> None:
    url = f"/admin/pipeline/email/{header_only.pk}/change/"
    page = admin_client.get(url, headers={"accept-language": "en"}).content.decode()
    assert "Only the header of this mail is kept: the whole mail has 5.0 MB" in page


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
