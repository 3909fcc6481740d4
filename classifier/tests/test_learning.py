import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone

from classifier import learning, registry, tasks
from classifier.corpus import Sample
from classifier.errors import StateConflict, UnknownLabel
from classifier.evaluation import Figures, Verdict
from classifier.inference import classify, read_manifest, release_classifier
from classifier.models import Evaluation, Example, ModelVersion, TrainingRun
from classifier.training import LinearModel

from .conftest import QUICK
from .factories import ExampleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real training, with fewer rounds."""
    monkeypatch.setattr(learning, "TrainingConfig", lambda: QUICK)


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch, trained: LinearModel) -> None:
    """Everything real but the fit itself, where a test is about what happens around it."""
    monkeypatch.setattr(learning, "train", lambda *_, **__: trained)


@pytest.fixture
def _accepting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "gate", lambda *_, **__: Verdict(True, "as the test wants it"))


def record(label: str, text: str = "본문", source: str = "email:1") -> Example:
    return learning.record_label(
        text=text, label=label, language="ko", source_key=source, by="operator"
    )


def test_newest_label_of_a_source_counts() -> None:
    record("quote")
    record("order")
    assert [row.label for row in Example.objects.newest_of_each_source()] == ["order"]
    assert Example.objects.count() == 2


def test_same_label_again_adds_nothing() -> None:
    assert record("quote") == record("quote")
    assert Example.objects.count() == 1


def test_examples_are_only_added() -> None:
    row = record("quote")
    row.label = "spam"
    with pytest.raises(StateConflict):
        row.save()


@pytest.mark.parametrize("label", ["", "Spam", "x y", "1st", "a" * 40, "주문"])
def test_word_that_is_no_label_is_refused(label: str) -> None:
    with pytest.raises(UnknownLabel):
        record(label)


def test_two_labels_in_one_moment_cannot_share_a_sequence() -> None:
    record("quote")
    with pytest.raises(IntegrityError):
        ExampleFactory(source_key="email:1", sequence=1)


def test_nothing_is_due_without_examples() -> None:
    assert learning.train_if_due(timezone.now()) is None
    assert not TrainingRun.objects.exists()


def test_few_young_examples_are_not_due() -> None:
    ExampleFactory.create_batch(31)
    assert learning.train_if_due(timezone.now()) is None


@pytest.mark.usefixtures("_quick", "_accepting")
def test_thirty_two_examples_train_export_and_promote() -> None:
    ExampleFactory.create_batch(32)
    run = learning.train_if_due(timezone.now())
    assert run is not None
    assert (run.state, run.trigger, run.examples_new) == ("promoted", "batch", 32)
    active = registry.active()
    assert active is not None
    assert run.model == active
    assert read_manifest(active.path)["examples"] == 32
    assert classify("화물 어디쯤 왔나요?").model == active.version
    assert Evaluation.objects.get(model=active).figures["mails"] > 50
    assert learning.train_if_due(timezone.now()) is None


@pytest.mark.usefixtures("_at_once")
def test_one_example_that_waits_is_due() -> None:
    ExampleFactory()
    run = learning.train_if_due(timezone.now() + timedelta(seconds=301))
    assert run is not None
    assert run.trigger == "age"
    assert run.state in ("promoted", "rejected")
    assert run.reason


@pytest.mark.usefixtures("_quick")
def test_examples_that_spoil_the_model_do_not_serve() -> None:
    from classifier import corpus

    wrong = {"quote": "spam", "order": "inquiry", "spam": "order", "inquiry": "quote"}
    for number, mail in enumerate(corpus.training_mails()):
        record(wrong[mail.label], mail.text, f"email:{number}")
    run = learning.train_if_due(timezone.now())
    assert run is not None
    assert run.state == "rejected"
    assert "macro F1" in run.reason
    assert registry.active() is None
    assert run.model is not None
    assert run.model.state == "rejected"


def test_operators_label_is_learned_once_it_has_enough_mails() -> None:
    for number in range(learning.LEAST_OF_NEW_LABEL - 1):
        record("claim", f"파손 {number}", f"email:{number}")
    assert "claim" not in learning.labels_of(learning.training_samples())
    record("claim", "파손 접수", "email:99")
    assert learning.labels_of(learning.training_samples())[-1] == "claim"


def test_frozen_mail_is_never_trained_on(frozen: list[Sample]) -> None:
    record("quote", frozen[0].text)
    assert frozen[0].text not in {sample.text for sample in learning.training_samples()}


def running(**fields: Any) -> TrainingRun:
    now = timezone.now()
    defaults: dict[str, Any] = {
        "trigger": "batch",
        "started": now,
        "lease_until": now + learning.LEASE,
    }
    return TrainingRun.objects.create(**{**defaults, **fields})


def test_two_workers_do_not_train_at_once() -> None:
    running()
    ExampleFactory.create_batch(32)
    assert learning.train_if_due(timezone.now()) is None
    assert TrainingRun.objects.count() == 1


@pytest.mark.usefixtures("_at_once", "_accepting")
def test_killed_run_is_taken_up_when_its_lease_ends() -> None:
    dead = running()
    run = learning.train_if_due(timezone.now() + learning.LEASE + timedelta(seconds=1))
    assert run is not None
    assert (run.pk, run.attempt, run.state) == (dead.pk, 2, "promoted")


def test_run_that_kills_its_workers_is_ended() -> None:
    dead = running(attempt=learning.ATTEMPTS)
    assert learning.train_if_due(timezone.now() + timedelta(hours=1)) is None
    dead.refresh_from_db()
    assert dead.state == "failed"


@pytest.mark.usefixtures("_at_once", "_accepting")
def test_worker_that_lost_the_run_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ExampleFactory.create_batch(32)
    real = learning.export

    def slow_export(*args: Any, **kwargs: Any) -> Any:
        TrainingRun.objects.update(attempt=2)  # another worker took it up meanwhile
        return real(*args, **kwargs)

    monkeypatch.setattr(learning, "export", slow_export)
    run = learning.train_if_due(timezone.now())
    assert run is not None
    assert run.state == "running"
    assert not ModelVersion.objects.exists()


@pytest.mark.usefixtures("_at_once", "_accepting")
def test_promotion_by_hand_during_the_training_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    ExampleFactory.create_batch(32)
    other = ModelVersion.objects.create(version="other", folder="other", sha256="0")

    def gate(candidate: Figures, active: Figures, **_: Any) -> Verdict:
        other.move(ModelVersion.State.ACTIVE)
        return Verdict(True, "better")

    monkeypatch.setattr(learning, "gate", gate)
    run = learning.train_if_due(timezone.now())
    assert run is not None
    assert run.state == "running"
    assert registry.active() == other


@pytest.mark.usefixtures("_at_once", "_accepting")
def test_unfinished_folders_of_killed_runs_are_removed(settings: Any) -> None:
    left = settings.BUSYBEE_MODELS_DIR / ".writing-dead"
    left.mkdir(parents=True)
    learning.train_now(timezone.now())
    assert not left.exists()


@pytest.mark.usefixtures("_at_once", "_accepting")
def test_task_returns_the_run() -> None:
    assert tasks.train_if_due() is None
    ExampleFactory.create_batch(32)
    assert tasks.train_if_due() == TrainingRun.objects.get().pk


@pytest.mark.usefixtures("_quick", "_accepting")
def test_commands_train_promote_evaluate_and_roll_back(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("train", "--json")
    trained = json.loads(capsys.readouterr().out)
    assert trained["state"] == "promoted"
    call_command("evaluate", "--json")
    assert json.loads(capsys.readouterr().out)["model"] == trained["model"]
    call_command("rollback", "--json")
    assert json.loads(capsys.readouterr().out) == {"active": "release"}
    call_command("promote", trained["model"], "--json")
    assert json.loads(capsys.readouterr().out)["active"] == trained["model"]
    call_command("evaluate", "--model", "release")
    assert release_classifier().version in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", [("promote", "nothing"), ("rollback",), ("evaluate", "--model", "nothing")]
)
def test_command_that_cannot_fails(command: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command(*command)
