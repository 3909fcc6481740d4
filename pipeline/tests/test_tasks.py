"""The tasks and their chain on a real Redis."""

import datetime as dt

import pytest
from celery import current_app as app
from django.utils import timezone
from redis import Redis

from pipeline import chain, tasks
from pipeline.models import Email, Step, StepName


def test_chain_names_the_tasks_in_order() -> None:
    names = [signature.task for signature in chain.chain_from(1, StepName.EXTRACT).tasks]

    assert names == [f"pipeline.tasks.{name}" for name in StepName.values]
    assert all(name in app.tasks for name in names)


def test_what_is_left_of_a_chain() -> None:
    left = chain.from_step(StepName.SAVE)

    assert left == [StepName.SAVE, StepName.LLM_EXTRACT]
    assert chain.following(StepName.LLM_EXTRACT) is None


class Request:
    """A task's request, as far as `_step` looks at it."""

    def __init__(self, names: list[str]) -> None:
        self.chain: list[str] | None = names


class FakeTask:
    def __init__(self, names: list[str]) -> None:
        self.request = Request(names)


@pytest.mark.parametrize(
    ("done", "left"),
    [
        (["extract"], ["llm_extract", "save", "decode"]),
        (["extract", "decode"], ["llm_extract", "save"]),
        (["extract", "decode", "save", "llm_extract"], []),
        ([], None),
    ],
)
def test_steps_done_in_one_go_are_taken_off_the_chain(
    monkeypatch: pytest.MonkeyPatch, done: list[str], left: list[str] | None
) -> None:
    monkeypatch.setattr("pipeline.work.carry", lambda *_, **__: done)
    task = FakeTask(["llm_extract", "save", "decode"])
    tasks._step(task, 1, StepName.EXTRACT)

    assert task.request.chain == left


def test_a_broker_that_is_away_is_no_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError("planted")

    monkeypatch.setattr("celery.canvas._chain.apply_async", away)
    chain.publish(1, StepName.EXTRACT)

    assert "the sweeper will" in caplog.text


@pytest.mark.django_db
def test_lost_message_is_published_again(empty_redis: str) -> None:
    email = Email.objects.create(raw_sha256="0" * 64)
    step = Step.objects.create(email=email, name=StepName.EXTRACT)
    Step.objects.filter(pk=step.pk).update(next_at=timezone.now() - dt.timedelta(minutes=1))

    assert (tasks.sweep(), tasks.sweep()) == (1, 0)
    with Redis.from_url(empty_redis) as broker:
        assert broker.llen("mail") == 1


@pytest.mark.django_db
def test_nothing_is_published_onto_a_deep_queue(
    empty_redis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "DEEP_QUEUE", 2)
    for number in range(3):
        chain.publish(number, StepName.EXTRACT)
    email = Email.objects.create(raw_sha256="0" * 64)
    old = timezone.now() - dt.timedelta(minutes=1)
    Step.objects.create(email=email, name=StepName.EXTRACT, next_at=old)

    assert tasks.sweep() == 0


@pytest.mark.django_db
def test_a_broker_that_fails_is_asked_once_a_sweep(
    empty_redis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = timezone.now() - dt.timedelta(minutes=1)
    for number in range(3):
        email = Email.objects.create(raw_sha256=str(number) * 64)
        Step.objects.create(email=email, name=StepName.EXTRACT, next_at=old)
    asked: list[int] = []

    def away(email_id: int, name: StepName) -> bool:
        asked.append(email_id)
        return False

    monkeypatch.setattr(tasks, "publish", away)
    assert tasks.sweep() == 0
    assert len(asked) == 1
    assert Step.objects.filter(state=Step.State.DUE, next_at=old).count() == 2
    monkeypatch.undo()
    assert tasks.sweep() == 2
