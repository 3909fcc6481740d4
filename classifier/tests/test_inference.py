import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import OperationalError
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from classifier import corpus, inference, registry
from classifier.corpus import Sample
from classifier.errors import BrokenModel, NoSuchModel, StateConflict
from classifier.inference import Classifier, classify, predict, release_classifier, release_folder
from classifier.models import ModelVersion
from classifier.training import LinearModel

from .conftest import write
from .factories import ModelVersionFactory

MAIL = "견적 BB-2026-000123 진행 부탁드립니다."


@pytest.fixture
def two_models(
    db: None, trained: LinearModel, frozen: list[Sample], settings: Any
) -> tuple[ModelVersion, ModelVersion]:
    """Two candidates on the disk, with rows."""
    folders = [write(trained, settings.BUSYBEE_MODELS_DIR, name, frozen) for name in ("a", "b")]
    first, second = (ModelVersionFactory.create(version=folder.name) for folder in folders)
    return first, second


@pytest.fixture
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "CHECK_SECONDS", 0.0)


def test_release_answers_without_a_database() -> None:
    answer = classify(MAIL, registry="release")
    assert answer.label == "order"
    assert sum(answer.probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert answer.model == release_folder().name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0\x01\x1b" * 50,
        "\ud800",
        "가" * 10_000_000,
        "﷽" * 5000,
        "\n" * 5000,
        "\u202e\u200b",
        "፨ꙮ",
    ],
    ids=["empty", "control", "surrogate", "10M", "expanding", "newlines", "invisible", "unknown"],
)
def test_any_text_is_answered(text: str) -> None:
    assert predict([text], registry="release").sum() == pytest.approx(1, abs=1e-5)


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.lists(st.text(), max_size=5))
def test_prediction_is_total(texts: list[str]) -> None:
    answers = predict(texts, registry="release")
    assert answers.shape == (len(texts), 4)
    assert np.allclose(answers.sum(axis=1), 1, atol=1e-5)


def test_an_answer_does_not_lean_on_its_neighbours() -> None:
    texts = [mail.text for mail in corpus.frozen_mails()[100:200]]
    single = np.concatenate([predict([text], registry="release") for text in texts])
    assert np.allclose(predict(texts, registry="release"), single, atol=1e-6)


def test_batch_and_single_agree_exactly_where_nothing_is_int8(mixed_folder: Path) -> None:
    model = Classifier(mixed_folder)
    texts = [
        f"{n} BB-2026-000123 rate? thanks, which cost for another container?" for n in range(9)
    ]
    assert model.predict_wide(texts).max() < model.manifest.mixing.sure  # the encoder is asked
    single = np.concatenate([model.predict([text]) for text in texts])
    assert np.allclose(model.predict(texts), single, atol=1e-5)


@pytest.mark.parametrize("name", ["wide.npz", "MODEL_CARD.md"])
def test_changed_file_is_refused(tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(release_folder(), tmp_path / "copy")
    with (folder / name).open("ab") as file:
        file.write(b"x")
    with pytest.raises(BrokenModel, match=name):
        Classifier(folder).load()


@pytest.mark.parametrize("change", [-1, 1])
def test_a_model_with_more_or_fewer_answers_than_labels_is_refused(
    tmp_path: Path, change: int
) -> None:
    folder = shutil.copytree(release_folder(), tmp_path / "copy")
    manifest = json.loads((folder / "manifest.json").read_text())
    labels = manifest["labels"]
    manifest["labels"] = labels[:change] if change < 0 else [*labels, "one more"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BrokenModel, match="must be"):
        Classifier(folder).load()


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"files": {}}', '{"files": {"x": "y"}}'])
def test_bad_manifest_is_refused(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(BrokenModel):
        Classifier(tmp_path)


def test_release_serves_where_nothing_is_promoted(db: None) -> None:
    assert classify(MAIL).model == release_folder().name


@pytest.mark.usefixtures("_no_waiting")
def test_promotion_and_rollback_switch_a_running_process(
    two_models: tuple[ModelVersion, ModelVersion],
) -> None:
    first, second = two_models
    seen = [classify(MAIL).model]
    registry.promote(first.version, "kim")
    seen.append(classify(MAIL).model)
    registry.promote(second.version, "kim")
    seen.append(classify(MAIL).model)
    registry.rollback("kim")
    seen.append(classify(MAIL).model)
    registry.rollback("kim")
    seen.append(classify(MAIL).model)
    release = release_folder().name
    assert seen == [release, first.version, second.version, first.version, release]


def test_row_is_not_read_for_every_mail(
    db: None, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference, "CHECK_SECONDS", 60.0)
    classify(MAIL)
    with django_assert_num_queries(0):
        classify(MAIL)


def test_check_is_often_enough() -> None:
    assert inference.CHECK_SECONDS <= 10


@pytest.mark.usefixtures("_no_waiting")
def test_damaged_model_is_set_aside_and_the_last_good_one_stays(
    two_models: tuple[ModelVersion, ModelVersion],
) -> None:
    first, second = two_models
    registry.promote(first.version, "kim")
    classify(MAIL)
    registry.promote(second.version, "kim")
    (second.path / "wide.npz").write_bytes(b"not a model")
    assert classify(MAIL).model == first.version
    second.refresh_from_db()
    assert "wide.npz" in second.problem


@pytest.mark.usefixtures("_no_waiting")
def test_damaged_model_in_a_fresh_process_gives_the_release(
    two_models: tuple[ModelVersion, ModelVersion],
) -> None:
    first, _ = two_models
    registry.promote(first.version, "kim")
    shutil.rmtree(first.path)
    assert classify(MAIL).model == release_folder().name


@pytest.mark.usefixtures("_no_waiting")
def test_database_away_keeps_the_model(
    two_models: tuple[ModelVersion, ModelVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = two_models
    registry.promote(first.version, "kim")
    classify(MAIL)

    def away() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(registry, "active_key", away)
    assert classify(MAIL).model == first.version


def test_damaged_model_cannot_be_promoted(two_models: tuple[ModelVersion, ModelVersion]) -> None:
    first, _ = two_models
    (first.path / "wide.npz").write_bytes(b"")
    with pytest.raises(BrokenModel):
        registry.promote(first.version, "kim")
    assert registry.active() is None


def test_promotion_of_a_stale_row_changes_nothing(
    two_models: tuple[ModelVersion, ModelVersion],
) -> None:
    first, second = two_models
    registry.promote(first.version, "kim")
    stale = registry.find(second.version)
    registry.promote(second.version, "kim")
    with pytest.raises(StateConflict):
        stale.move(ModelVersion.State.ACTIVE)
    assert [row.version for row in ModelVersion.objects.filter(state="active")] == [second.version]


def test_promotion_of_the_active_model_is_refused(
    two_models: tuple[ModelVersion, ModelVersion],
) -> None:
    first, _ = two_models
    registry.promote(first.version, "kim")
    with pytest.raises(StateConflict):
        registry.promote(first.version, "kim")
    first.refresh_from_db()
    assert first.state == "active"


def test_rollback_of_the_release_is_refused(db: None) -> None:
    with pytest.raises(NoSuchModel):
        registry.rollback("kim")


def test_old_folders_are_deleted_but_not_what_serves(
    two_models: tuple[ModelVersion, ModelVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two_models
    monkeypatch.setattr(registry, "KEPT_FOLDERS", 0)
    registry.promote(first.version, "kim")
    assert registry.prune() == 1
    assert first.path.is_dir()
    assert not second.path.exists()


def test_threads_share_one_session() -> None:
    model, answers = release_classifier(), []
    threads = [
        threading.Thread(target=lambda: answers.append(model.predict([MAIL]))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert np.ptp(np.concatenate(answers), axis=0).max() < 1e-6


def test_nothing_heavy_is_imported_before_the_first_prediction() -> None:
    code = (
        "import sys, django; django.setup()\n"
        "import classifier.inference, classifier.learning, classifier.views, classifier.export\n"
        "print([m for m in ('onnx', 'onnxruntime', 'torch', 'transformers') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
