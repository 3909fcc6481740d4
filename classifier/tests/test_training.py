from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifier import corpus
from classifier.corpus import Sample
from classifier.errors import ExportMismatch, NotEnoughMails
from classifier.evaluation import Figures, LabelFigures, evaluate, gate
from classifier.export import check_parity
from classifier.features import batch
from classifier.inference import Classifier, read_manifest, release_classifier
from classifier.labels import LABELS, code
from classifier.training import LinearModel, TrainingConfig, probabilities, train

from .conftest import QUICK, write


def test_labels_have_the_seeds_codes() -> None:
    assert [code(name) for name in ("spam", "order", "quote", "inquiry")] == [0, 1, 2, 3]


def test_training_is_deterministic(trained: LinearModel, training: list[Sample]) -> None:
    again = train(training, QUICK)
    assert again.weights.tobytes() == trained.weights.tobytes()
    assert again.bias.tobytes() == trained.bias.tobytes()


def test_training_learns_its_own_mails(trained: LinearModel, training: list[Sample]) -> None:
    answers = probabilities(trained, batch([mail.text for mail in training], trained.settings))
    right = [LABELS[i] == mail.label for i, mail in zip(answers.argmax(1), training, strict=True)]
    assert np.mean(right) > 0.97


def test_training_without_a_label_is_refused(training: list[Sample]) -> None:
    mails = [mail for mail in training if mail.label != "spam"]
    with pytest.raises(NotEnoughMails, match="spam"):
        train(mails, QUICK)


def test_weight_of_a_mail_counts() -> None:
    mails = [Sample("같은 글", label, "ko", label, 1.0) for label in LABELS]
    heavy = [*mails[:3], replace(mails[3], weight=50.0)]
    model = train(heavy, replace(QUICK, least_mails=1))
    assert probabilities(model, batch(["같은 글"], model.settings))[0].argmax() == 3


def test_temperature_is_fitted_on_held_out_mails(training: list[Sample]) -> None:
    assert train(training, TrainingConfig(folds=2, iterations=10)).temperature != 1.0


def test_corpus_shares_no_base_and_no_text_with_the_frozen_set() -> None:
    mails, frozen = corpus.training_mails(), corpus.frozen_mails()
    assert not {mail.base for mail in mails} & {mail.base for mail in frozen}
    assert not {mail.text for mail in mails} & {mail.text for mail in frozen}
    assert len(mails) + len(frozen) >= 1100
    assert {(mail.language, mail.label) for mail in frozen} == {
        (language, label) for language in ("ko", "en", "ja", "th") for label in LABELS
    }


def test_exported_file_answers_as_numpy_does(
    trained: LinearModel, frozen: list[Sample], tmp_path: Path
) -> None:
    folder = write(trained, tmp_path, "wide", frozen)
    texts = [mail.text for mail in frozen] + ["", "\0", "x" * 9000]
    assert check_parity(trained, Classifier(folder), texts) < 1e-4
    assert read_manifest(folder)["figures"]["mails"] == 12
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_exported_file_that_answers_otherwise_is_refused(
    trained: LinearModel, frozen: list[Sample], tmp_path: Path
) -> None:
    folder = write(trained, tmp_path, "wide", frozen)
    other = replace(trained, bias=trained.bias + np.array([0.01, 0, 0, 0], np.float32))
    with pytest.raises(ExportMismatch):
        check_parity(other, Classifier(folder), [mail.text for mail in frozen])


def test_exporting_the_same_again_keeps_the_folder(
    trained: LinearModel, frozen: list[Sample], tmp_path: Path
) -> None:
    first = write(trained, tmp_path, "wide", frozen)
    manifest = (first / "manifest.json").read_bytes()
    assert write(trained, tmp_path, "wide", frozen) == first
    assert (first / "manifest.json").read_bytes() == manifest


def test_exporting_over_a_damaged_folder_repairs_it(
    trained: LinearModel, frozen: list[Sample], tmp_path: Path
) -> None:
    first = write(trained, tmp_path, "wide", frozen)
    (first / "wide.npz").write_bytes(b"")
    assert write(trained, tmp_path, "wide", frozen) == first
    Classifier(first).predict(["quote"])


def test_release_is_better_than_chance_in_every_label() -> None:
    model = release_classifier()
    figures = evaluate(model.predict, model.labels, corpus.frozen_mails())
    assert figures.accuracy > 0.85
    assert min(part.recall for part in figures.per_label.values()) > 0.5


def test_release_is_what_the_corpus_gives() -> None:
    # a changed corpus needs `manage.py train --release NAME` in the same commit
    assert read_manifest(release_classifier().folder)["corpus"] == corpus.fingerprint()


def test_evaluation_counts() -> None:
    def always_quote(texts: object) -> np.ndarray:
        return np.array([[0.1, 0.1, 0.7, 0.1]], np.float32)

    mails = [Sample("a", "quote", "ko", "1"), Sample("b", "spam", "en", "2")]
    figures = evaluate(always_quote, LABELS, mails)
    assert figures.accuracy == 0.5
    assert figures.confusion[0] == (0, 0, 1, 0)
    assert figures.per_language == {"en": 0.0, "ko": 1.0}
    quote = figures.per_label["quote"]
    assert (quote.mails, quote.precision, quote.recall) == (1, 0.5, 1.0)
    assert quote.f1 == pytest.approx(2 / 3)
    assert figures.calibration_error == pytest.approx(0.2, abs=1e-6)


def figures_of(macro_f1: float, recalls: tuple[float, ...] = (0.9, 0.9, 0.9, 0.9)) -> Figures:
    parts = {
        label: LabelFigures(25, 0.9, recall, 0.9)
        for label, recall in zip(LABELS, recalls, strict=True)
    }
    return Figures(100, macro_f1, 0.03, macro_f1, 0.05, 1.0, LABELS, parts, {}, ())


@pytest.mark.parametrize(
    ("candidate", "promote"),
    [
        (figures_of(0.90), True),
        (figures_of(0.885), True),  # within noise
        (figures_of(0.87), False),
        (figures_of(0.95, (0.9, 0.9, 0.9, 0.4)), False),  # one label is hardly found any more
        (figures_of(0.95, (0.9, 0.9, 0.9, 0.7)), False),  # one label is found much less often
    ],
)
def test_gate(candidate: Figures, promote: bool) -> None:
    assert gate(candidate, figures_of(0.90)).promote is promote


def test_gate_stops_small_steps_down() -> None:
    assert not gate(figures_of(0.87), figures_of(0.88), release=figures_of(0.90)).promote


def test_gate_stops_small_steps_down_of_one_label() -> None:
    release = figures_of(0.90)
    stepped = figures_of(0.90, (0.9, 0.9, 0.9, 0.76))
    candidate = figures_of(0.90, (0.9, 0.9, 0.9, 0.7))
    assert gate(stepped, release, release=release).promote
    assert not gate(candidate, stepped, release=release).promote


def test_gate_refuses_a_planted_worse_model(
    trained: LinearModel, training: list[Sample], frozen: list[Sample]
) -> None:
    wrong = {"quote": "inquiry", "inquiry": "quote"}
    mails = [replace(mail, label=wrong.get(mail.label, mail.label)) for mail in training]
    model = train(mails, QUICK)

    def figures(of: LinearModel) -> Figures:
        return evaluate(
            lambda texts: probabilities(of, batch(texts, of.settings)), of.labels, frozen
        )

    verdict = gate(figures(model), figures(trained))
    assert not verdict.promote
    assert "macro F1" in verdict.reason
