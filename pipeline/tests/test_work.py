import datetime as dt

import pytest
from django.db import DataError, OperationalError
from django.utils import timezone

from pipeline import work
from pipeline.errors import BadMail, OutsideFailure
from pipeline.models import Email, Step, StepName
from pipeline.work import Outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def email() -> Email:
    mail = Email.objects.create(raw_sha256="a" * 64)
    Step.objects.create(email=mail, name=StepName.EXTRACT)
    return mail


def always(_: StepName) -> bool:
    return True


def never(_: StepName) -> bool:
    return False


def noop(_: Email) -> Outcome:
    return Outcome()


FUNCTIONS: dict[StepName, work.StepFunction] = {StepName(name): noop for name in StepName.values}


def failing(exc: Exception) -> dict[StepName, work.StepFunction]:
    def fail(_: Email) -> Outcome:
        raise exc

    return {**FUNCTIONS, StepName.EXTRACT: fail}


def first_step(email: Email) -> Step:
    return Step.objects.get(email=email, name=StepName.EXTRACT)


def test_carry_does_every_step_in_one_go(email: Email) -> None:
    assert work.carry(email.pk, StepName.EXTRACT, FUNCTIONS, on=always) == list(StepName)

    email.refresh_from_db()
    assert email.state == Email.State.DONE
    assert set(email.steps.values_list("state", "attempt")) == {("done", 1)}


def test_carry_leaves_the_next_step_due(email: Email) -> None:
    assert work.carry(email.pk, StepName.EXTRACT, FUNCTIONS, on=never) == [StepName.EXTRACT]

    assert Step.objects.get(email=email, name=StepName.DECODE).state == Step.State.DUE


def test_doubled_message_finds_nothing_to_claim(email: Email) -> None:
    work.carry(email.pk, StepName.EXTRACT, FUNCTIONS, on=never)

    assert work.carry(email.pk, StepName.EXTRACT, FUNCTIONS, on=never) == []


def test_only_one_of_two_claims_wins(email: Email) -> None:
    first, second = first_step(email), first_step(email)
    now, lease = timezone.now(), dt.timedelta(seconds=60)

    assert [first.claim(now=now, lease=lease), second.claim(now=now, lease=lease)] == [True, False]


def test_overtaken_attempt_writes_nothing(email: Email) -> None:
    def overtaken(mail: Email) -> Outcome:
        Step.objects.filter(email=mail).update(attempt=7)
        return Outcome({"subject": "from the old attempt"})

    functions = {**FUNCTIONS, StepName.EXTRACT: overtaken}

    assert work.carry(email.pk, StepName.EXTRACT, functions, on=always) == []
    email.refresh_from_db()
    assert (email.subject, first_step(email).attempt) == ("", 7)


def test_writes_of_a_step_are_one_transaction(email: Email) -> None:
    def broken() -> dict[str, str]:
        Email.objects.filter(pk=email.pk).update(subject="half")
        raise ValueError("planted")

    functions = {**FUNCTIONS, StepName.EXTRACT: lambda _: Outcome(write=broken)}
    work.carry(email.pk, StepName.EXTRACT, functions, on=always)

    email.refresh_from_db()
    assert (email.subject, email.state) == ("", Email.State.QUARANTINED)


def test_bad_mail_is_quarantined_at_once(email: Email) -> None:
    work.carry(email.pk, StepName.EXTRACT, failing(BadMail("no headers")), on=always)

    email.refresh_from_db()
    assert (email.state, email.quarantine_reason) == (Email.State.QUARANTINED, "no headers")


def test_bug_is_quarantined_with_its_traceback(email: Email) -> None:
    work.carry(email.pk, StepName.EXTRACT, failing(KeyError("x")), on=always)

    assert "KeyError" in first_step(email).traceback


def test_value_that_the_database_cannot_hold_is_quarantined_at_once(email: Email) -> None:
    work.carry(email.pk, StepName.EXTRACT, failing(DataError("NUL")), on=always)

    assert first_step(email).state == Step.State.QUARANTINED


@pytest.mark.parametrize("error", [OutsideFailure("disk"), OSError("disk"), OperationalError("db")])
def test_failure_is_tried_again_then_quarantined(email: Email, error: Exception) -> None:
    states = []
    for _ in range(work.TRIES_OUTSIDE):
        work.carry(email.pk, StepName.EXTRACT, failing(error), on=always)
        states.append(first_step(email).state)
        Step.objects.filter(state=Step.State.FAILED).update(next_at=timezone.now())
        list(work.take_up(timezone.now()))

    assert states == [Step.State.FAILED] * (work.TRIES_OUTSIDE - 1) + [Step.State.QUARANTINED]


def test_step_of_a_dead_worker_is_taken_up_after_its_lease(email: Email) -> None:
    step = work.claim(email.pk, StepName.EXTRACT)
    assert step is not None
    now = timezone.now()

    assert list(work.take_up(now)) == []
    later = now + dt.timedelta(seconds=61)
    assert list(work.take_up(later)) == [(email.pk, StepName.EXTRACT)]
    assert work.claim(email.pk, StepName.EXTRACT) is not None


def test_step_that_keeps_killing_workers_is_quarantined(email: Email) -> None:
    for _ in range(work.DEATHS):
        assert work.claim(email.pk, StepName.EXTRACT) is not None
        list(work.take_up(timezone.now() + dt.timedelta(seconds=61)))

    assert first_step(email).state == Step.State.QUARANTINED


def test_fresh_due_step_is_not_swept(email: Email) -> None:
    assert list(work.take_up(timezone.now() + dt.timedelta(seconds=5))) == []
    assert len(list(work.take_up(timezone.now() + dt.timedelta(seconds=31)))) == 1


def test_swept_step_is_not_swept_again_at_once(email: Email) -> None:
    later = timezone.now() + dt.timedelta(seconds=31)
    list(work.take_up(later))

    assert list(work.take_up(later + dt.timedelta(seconds=10))) == []
