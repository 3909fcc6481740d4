"""Everything that is said of a model's answers on labelled mails. Pure.

`evaluation` has the few figures that learning decides by; this is for people.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from classifier.corpus import Sample
from classifier.evaluation import calibration_error, rounded
from classifier.intervals import Difference, Estimate, Share, f1_estimates, paired, share

BINS = 10
THRESHOLDS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Answers:
    """What one contestant answers: probabilities float32 (mails, labels)."""

    name: str
    labels: tuple[str, ...]
    probabilities: npt.NDArray[np.float32]

    def right(self, samples: Sequence[Sample]) -> npt.NDArray[np.bool_]:
        """Which of `samples` are answered with their label."""
        return np.array(self.labels)[self.probabilities.argmax(axis=1)] == np.array(
            [sample.label for sample in samples]
        )


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """How well one label is found."""

    precision: Share
    recall: Share
    f1: Estimate


@dataclass(frozen=True, slots=True)
class Bin:
    """The mails whose likeliest label has a probability from `low` to `high`."""

    low: float
    high: float
    confidence: float
    right: Share


@dataclass(frozen=True, slots=True)
class Threshold:
    """What is left where answers less probable than `above` are not given."""

    above: float
    answered: Share
    right: Share


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Figures of the mails of one language, or of all."""

    mails: int
    accuracy: Share
    macro_f1: Estimate
    per_label: dict[str, ClassFigures]


@dataclass(frozen=True, slots=True)
class Report:
    """How good one contestant is on one set; rows of `confusion` are the truth."""

    name: str
    labels: tuple[str, ...]
    whole: GroupFigures
    per_language: dict[str, GroupFigures]
    confusion: tuple[tuple[int, ...], ...]
    calibration_error: float
    bins: tuple[Bin, ...]
    thresholds: tuple[Threshold, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as plain values, shares rounded to four places."""
        result: dict[str, Any] = rounded(asdict(self))
        return result


@dataclass(frozen=True, slots=True)
class Comparison:
    """By how much `one` is more often right than `other`: on all mails, and in each language."""

    one: str
    other: str
    whole: Difference
    per_language: dict[str, Difference]

    @property
    def beats(self) -> bool:
        """Whether `one` has more mails right, and is in no language worse beyond the interval."""
        worse = any(difference.worse for difference in self.per_language.values())
        return self.whole.value > 0 and not worse

    def as_json(self) -> dict[str, Any]:
        """The comparison as plain values."""
        result: dict[str, Any] = rounded({**asdict(self), "beats": self.beats})
        return result


def report(answers: Answers, samples: Sequence[Sample]) -> Report:
    """The figures of `answers` to `samples`, in their order; there must be some."""
    sure = answers.probabilities.max(axis=1)
    right = answers.right(samples)
    confusion = _confusion(answers, samples)
    return Report(
        name=answers.name,
        labels=answers.labels,
        whole=_group(answers.labels, confusion),
        per_language={
            language: _group(answers.labels, _confusion(answers, samples, places))
            for language, places in _languages(samples).items()
        },
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
        calibration_error=calibration_error(sure, right),
        bins=_bins(sure, right),
        thresholds=tuple(_threshold(above, sure, right) for above in THRESHOLDS),
    )


def compare(one: Answers, other: Answers, samples: Sequence[Sample]) -> Comparison:
    """`one` beside `other` on the same `samples`, mail by mail."""
    ours, theirs = one.right(samples), other.right(samples)
    return Comparison(
        one=one.name,
        other=other.name,
        whole=paired(ours, theirs),
        per_language={
            language: paired(ours[places], theirs[places])
            for language, places in _languages(samples).items()
        },
    )


def _languages(samples: Sequence[Sample]) -> dict[str, npt.NDArray[np.int64]]:
    """Places of the mails of each language, the one with most mails first."""
    languages = np.array([sample.language for sample in samples])
    names, counts = np.unique(languages, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return {str(names[i]): np.flatnonzero(languages == names[i]) for i in order}


def _confusion(
    answers: Answers, samples: Sequence[Sample], places: npt.NDArray[np.int64] | None = None
) -> npt.NDArray[np.int64]:
    truth = np.array([answers.labels.index(sample.label) for sample in samples])
    given = answers.probabilities.argmax(axis=1)
    if places is not None:
        truth, given = truth[places], given[places]
    confusion = np.zeros((len(answers.labels),) * 2, np.int64)
    np.add.at(confusion, (truth, given), 1)
    return confusion


def _group(labels: tuple[str, ...], confusion: npt.NDArray[np.int64]) -> GroupFigures:
    scores, macro = f1_estimates(confusion)
    hits = np.diagonal(confusion)
    per_label = {
        label: ClassFigures(
            precision=share(int(hits[i]), int(confusion[:, i].sum())),
            recall=share(int(hits[i]), int(confusion[i].sum())),
            f1=scores[i],
        )
        for i, label in enumerate(labels)
    }
    mails = int(confusion.sum())
    return GroupFigures(mails, share(int(hits.sum()), mails), macro, per_label)


def _bins(sure: npt.NDArray[np.float32], right: npt.NDArray[np.bool_]) -> tuple[Bin, ...]:
    places = np.minimum((sure * BINS).astype(int), BINS - 1)
    return tuple(
        Bin(
            low=number / BINS,
            high=(number + 1) / BINS,
            confidence=float(sure[places == number].mean()),
            right=share(int(right[places == number].sum()), int((places == number).sum())),
        )
        for number in np.unique(places).tolist()
    )


def _threshold(
    above: float, sure: npt.NDArray[np.float32], right: npt.NDArray[np.bool_]
) -> Threshold:
    given = sure >= above
    return Threshold(
        above=above,
        answered=share(int(given.sum()), len(sure)),
        right=share(int(right[given].sum()), int(given.sum())),
    )
