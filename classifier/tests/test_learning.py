import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone

from classifier import corpus, inference, learning, registry, tasks
from classifier.corpus import Sample
from classifier.errors import StateConflict, UnknownLabel
from classifier.evaluation import Figures, Verdict
from classifier.folders import ENCODER
from classifier.inference import Classifier, classify, read_manifest, release_classifier
from classifier.models import Evaluation, Example, ModelVersion, TrainingRun
from classifier.parts import Encoder
from classifier.training import LinearModel

from .factories import ExampleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small(request: pytest.FixtureRequest) -> None:
    """Small corpus and release for all but the tests that say `real_release`."""
    if "real_release" not in request.fixturenames:
        request.getfixturevalue("_small_release")


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch, trained: LinearModel) -> None:
    """Everything real but the fit itself, where a test is about what happens around it."""
    monkeypatch.setattr(learning, "fit_parts", lambda *_, **__: (trained, None))


@pytest.fixture
def _accepting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "gate", lambda *_, **__: Verdict(True, "as the test wants it"))


def record(label: str, text: str = "본문", source: str = "email:1") -> Example:
    return learning.record_label(
        text=text, label=label, language="ko", source_key=source, by="operator"
    )


def test_embeddings_of_other_encoders_are_forgotten(tmp_path: Path, settings: Any) -> None:
    settings.BUSYBEE_MODELS_DIR = tmp_path
    old = tmp_path / ".embeddings" / f"{'0' * 64}.npz"
    old.parent.mkdir()
    old.write_bytes(b"of an encoder that nobody has")
    learning.train_now(timezone.now())
    kept = release_classifier().manifest.files[ENCODER]
    assert [path.stem for path in old.parent.iterdir()] == [kept]


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


@pytest.mark.usefixtures("_accepting")
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
    assert Evaluation.objects.get(model=active).figures["mails"] == len(corpus.frozen_mails())
    assert learning.train_if_due(timezone.now()) is None


@pytest.mark.usefixtures("_at_once")
def test_one_example_that_waits_is_due() -> None:
    ExampleFactory()
    run = learning.train_if_due(timezone.now() + timedelta(seconds=301))
    assert run is not None
    assert run.trigger == "age"
    assert run.state in ("promoted", "rejected")
    assert run.reason


def test_examples_that_spoil_the_model_do_not_serve() -> None:
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


@pytest.fixture(
    params=[3, pytest.param(1, marks=pytest.mark.soak)], ids=["a third", "all of the corpus"]
)
def real_release(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Classifier:
    """The release as it ships; of the corpus a share that is read in seconds."""
    for name in ("training_mails", "frozen_mails"):
        some = getattr(corpus, name)()[:: request.param]
        monkeypatch.setattr(corpus, name, lambda some=some: list(some))
    return release_classifier()


# the slow one: 15 to 20 s on a quiet core; nothing in it is small but the number of mails
@pytest.mark.timeout(600)
def test_shipped_release_is_refitted(real_release: Classifier) -> None:
    ExampleFactory.create_batch(4)
    run = learning.train_now(timezone.now())
    assert run.state in ("promoted", "rejected"), run.reason
    assert run.model is not None
    assert run.mails == len(corpus.training_mails()) + 4
    refitted = Classifier(run.model.path)
    assert refitted.heads is not None
    assert refitted.manifest.encoder == real_release.manifest.encoder
    assert refitted.manifest.files[ENCODER] == real_release.manifest.files[ENCODER]
    assert 0 < refitted.manifest.mixing.deep < 1
    assert run.figures["candidate"]["accuracy"] > 0.75
    assert run.figures["active"]["accuracy"] > 0.8


@pytest.mark.usefixtures("_accepting")
def test_heads_are_refitted_on_the_releases_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    record("order", "We go ahead, many thanks.")
    first = learning.train_now(timezone.now())
    assert (first.state, first.reason) == ("promoted", "as the test wants it")
    active, release = inference.active_classifier(), release_classifier()
    assert active.heads is not None
    assert release.heads is not None
    assert active.folder.name.startswith("mixed-r")
    assert not np.array_equal(active.heads.weights, release.heads.weights)
    assert (active.folder / ENCODER).samefile(release.folder / ENCODER)

    asked: list[str] = []
    real = Encoder.embed

    def embed(encoder: Encoder, texts: list[str]) -> Any:
        asked.extend(texts)
        return real(encoder, texts)

    monkeypatch.setattr(Encoder, "embed", embed)
    monkeypatch.setattr(learning, "measure", lambda *_: active_figures())
    record("order", "Please book it today.", "email:2")
    second = learning.train_now(timezone.now())
    assert second.state == "promoted"
    # of the training mails only the new one; the comparison after the export asks for others
    training = {sample.text for sample in learning.training_samples()}
    assert training & set(asked) == {"Please book it today."}


@pytest.mark.usefixtures("_accepting")
def test_deleting_an_old_folder_leaves_the_encoder_of_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = learning.train_now(timezone.now()), learning.train_now(timezone.now())
    assert first.model
    assert second.model
    registry.rollback("kim")
    monkeypatch.setattr(registry, "KEPT_FOLDERS", 0)
    registry.prune()
    assert not second.model.path.exists() or second.model == registry.active()
    inference.forget_models()
    release_classifier().load()
    inference.active_classifier().load()


def active_figures() -> Figures:
    return learning.evaluate(
        lambda texts: np.eye(4, dtype=np.float32)[:1],
        learning.LABELS,
        corpus.frozen_mails(),
    )


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


@pytest.mark.usefixtures("_accepting")
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
