"""Figures of a model on labelled mails, and the gate that a new model has to pass. Pure."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from classifier.corpus import Sample

Predict = Callable[[Sequence[str]], npt.NDArray[np.float32]]

# a candidate may be this much worse, and no more than one standard error of the set
NOISE = 0.02
# no label may be recognised in less than half of its mails ...
RECALL_FLOOR = 0.5
# ... nor in this much fewer than the active model or the release recognises
RECALL_LOSS = 0.15


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """How well one label is found."""

    mails: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Figures:
    """How good a model is on one set; rows of `confusion` are the truth, columns the answer."""

    mails: int
    accuracy: float
    standard_error: float
    macro_f1: float
    calibration_error: float
    ms_per_mail: float
    labels: tuple[str, ...]
    per_label: dict[str, LabelFigures]
    per_language: dict[str, float]
    confusion: tuple[tuple[int, ...], ...]

    def as_json(self) -> dict[str, Any]:
        """The figures as plain values, shares rounded to four places."""
        result: dict[str, Any] = rounded(asdict(self))
        return result


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a candidate may serve, and why or why not."""

    promote: bool
    reason: str


def evaluate(predict: Predict, labels: tuple[str, ...], samples: Sequence[Sample]) -> Figures:
    """Figures of `predict` on `samples`; mails are classified one at a time, as they come in."""
    started = time.perf_counter()
    answers = np.concatenate([predict([sample.text]) for sample in samples])
    seconds = time.perf_counter() - started
    confusion = np.zeros((len(labels), len(labels)), np.int64)
    truth = np.array([labels.index(sample.label) for sample in samples])
    np.add.at(confusion, (truth, answers.argmax(axis=1)), 1)
    right = truth == answers.argmax(axis=1)
    per_label = {label: _label_figures(confusion, i) for i, label in enumerate(labels)}
    # a label that an operator added is not in the frozen set: it has no figure there
    present = [figures.f1 for figures in per_label.values() if figures.mails]
    accuracy = float(right.mean())
    return Figures(
        mails=len(samples),
        accuracy=accuracy,
        standard_error=float(np.sqrt(accuracy * (1 - accuracy) / len(samples))),
        macro_f1=float(np.mean(present)),
        calibration_error=calibration_error(answers.max(axis=1), right),
        ms_per_mail=1000 * seconds / len(samples),
        labels=labels,
        per_label=per_label,
        per_language=_per_language(samples, right),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
    )


def gate(candidate: Figures, active: Figures, *, release: Figures | None = None) -> Verdict:
    """Whether `candidate` may take the place of `active`, both measured on the same frozen set.

    It may when its macro F1 is not below the active model's by more than noise (NOISE, and no more
    than one standard error of the set), nor below the shipped model's by more than that, so that
    many small steps down don't add up; and when every label of the set is recalled in RECALL_FLOOR
    of its mails (or as often as by the other model, where that is less), and in no more than
    RECALL_LOSS fewer than by the other, again for the active and for the shipped model.
    """
    for name, other in (("active", active), ("shipped", release or active)):
        noise = min(NOISE, max(candidate.standard_error, other.standard_error))
        if candidate.macro_f1 < other.macro_f1 - noise:
            return Verdict(
                False,
                f"macro F1 {candidate.macro_f1:.3f} is below the {name} {other.macro_f1:.3f}",
            )
    for label, figures in candidate.per_label.items():
        if not figures.mails:
            continue
        floor = max(_least_recall(label, other) for other in (active, release or active))
        if figures.recall < floor:
            return Verdict(False, f"recall of {label} {figures.recall:.3f} is below {floor:.3f}")
    return Verdict(True, f"macro F1 {candidate.macro_f1:.3f} after {active.macro_f1:.3f}")


def _least_recall(label: str, other: Figures) -> float:
    """How often a candidate must recall `label` beside `other`; 0 where that does not know it."""
    before = other.per_label[label].recall if label in other.per_label else 0.0
    return max(min(RECALL_FLOOR, before), before - RECALL_LOSS)


def _label_figures(confusion: npt.NDArray[np.int64], label: int) -> LabelFigures:
    hits, mails, answers = (
        confusion[label, label],
        confusion[label].sum(),
        confusion[:, label].sum(),
    )
    precision = float(hits / answers) if answers else 0.0
    recall = float(hits / mails) if mails else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return LabelFigures(int(mails), precision, recall, f1)


def _per_language(samples: Sequence[Sample], right: npt.NDArray[np.bool_]) -> dict[str, float]:
    languages = np.array([sample.language for sample in samples])
    return {str(lang): float(right[languages == lang].mean()) for lang in np.unique(languages)}


def calibration_error(sure: npt.NDArray[np.float32], right: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error over ten equal bins of confidence."""
    bins = np.minimum((sure * 10).astype(int), 9)
    gaps = [
        (bins == b).mean() * abs(float(sure[bins == b].mean()) - float(right[bins == b].mean()))
        for b in np.unique(bins)
    ]
    return float(np.sum(gaps))


def rounded(value: Any) -> Any:
    """`value` with every float in it at four places, and tuples as lists."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [rounded(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value
