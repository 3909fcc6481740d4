import pytest
from django.utils import timezone

from pipeline import work
from pipeline.errors import StateConflict
from pipeline.models import Email, Step, StepName
from pipeline.replay import replay, replay_reason
from pipeline.tests.test_work import FUNCTIONS, always, failing

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
