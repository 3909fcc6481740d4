"""Multinomial logistic regression on hashed n-grams: numpy only, and the same result every time."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from classifier.corpus import Sample
from classifier.errors import NotEnoughMails
from classifier.features import FLAGS, Batch, Features, FeatureSettings, features, padded
from classifier.labels import LABELS
from classifier.parts import softmax

logger = logging.getLogger(__name__)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """What a training run can be told."""

    seed: int = 20  # deals the bases to the folds of the calibration
    strength: float = 0.1  # weight of the L2 penalty, as in 1 / C
    flag_scale: float = 0.2  # size of a yes/no feature beside a text of length 1
    least_mails: int = 2  # n-grams of fewer mails are left out
    iterations: int = 80  # of L-BFGS at most; it ends by itself at `tolerance`
    tolerance: float = 1e-4  # largest gradient that counts as flat
    folds: int = 3  # of the cross-validation that the temperature is fitted on; 0: temperature 1
    settings: FeatureSettings = field(default_factory=FeatureSettings)


@dataclass(frozen=True, slots=True)
class LinearModel:
    """A trained model; tables are float16 because that is how they are shipped."""

    labels: tuple[str, ...]
    settings: FeatureSettings
    idf: npt.NDArray[np.float16]  # (buckets,)
    weights: npt.NDArray[np.float16]  # (buckets, labels)
    flag_weights: npt.NDArray[np.float32]  # (FLAGS, labels)
    bias: npt.NDArray[np.float32]  # (labels,)
    temperature: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model, and what its like say of mails that they were not fitted to."""

    model: LinearModel
    flags: npt.NDArray[np.float32]  # (mails, FLAGS)
    # scores of each mail by the model of the folds that it is not in: (mails, labels)
    held_out: Floats | None


@dataclass(frozen=True, slots=True)
class _Sparse:
    """Rows of features as one flat list, columns renumbered to the ones in use."""

    columns: npt.NDArray[np.int64]
    values: Floats
    rows: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    flags: Floats
    used: npt.NDArray[np.int64]

    def scores(self, weights: Floats, flag_weights: Floats) -> Floats:
        terms = self.values[:, None] * weights[self.columns]
        sums: Floats = np.add.reduceat(terms, self.starts, axis=0)
        return sums + self.flags @ flag_weights

    def gradient(self, errors: Floats) -> tuple[Floats, Floats]:
        parts = [
            np.bincount(self.columns, self.values * column[self.rows], len(self.used))
            for column in errors.T
        ]
        return np.stack(parts, axis=1), self.flags.T @ errors


def train(
    samples: Sequence[Sample],
    config: TrainingConfig,
    *,
    labels: tuple[str, ...] = LABELS,
    progress: Callable[[], None] = lambda: None,
) -> LinearModel:
    """A model of `labels` fitted to `samples`; the same input gives the same bytes.

    `progress` is called every few seconds. Raises NotEnoughMails where a label has no mail.
    """
    return fit(samples, config, labels=labels, progress=progress).model


def fit(
    samples: Sequence[Sample],
    config: TrainingConfig,
    *,
    labels: tuple[str, ...] = LABELS,
    progress: Callable[[], None] = lambda: None,
) -> Fitted:
    """As `train`, with what the heads of the encoder are mixed by; no folds: no held-out scores."""
    missing = set(labels) - {sample.label for sample in samples}
    if missing:
        raise NotEnoughMails(f"no mail is labelled {', '.join(sorted(missing))}")
    rows = [features(sample.text, config.settings) for sample in samples]
    model = _fit(rows, samples, labels, config, progress)
    flags = np.stack([row.flags for row in rows])
    if config.folds < 2:
        return Fitted(model, flags, None)
    scores = _held_out(rows, samples, labels, config, progress)
    truth = np.array([labels.index(sample.label) for sample in samples])
    return Fitted(replace(model, temperature=best_temperature(scores, truth)), flags, scores)


def probabilities(model: LinearModel, batch: Batch) -> npt.NDArray[np.float32]:
    """What the model answers, in numpy: the yardstick for the exported file."""
    return softmax(logits(model, batch) / model.temperature).astype(np.float32)


def logits(model: LinearModel, batch: Batch) -> Floats:
    """Scores before temperature and softmax: (mails, labels)."""
    values = batch.counts * model.idf.astype(np.float32)[batch.indices]
    values /= np.maximum(np.sqrt((values**2).sum(axis=1, keepdims=True)), 1e-6)
    table = model.weights.astype(np.float32)[batch.indices]
    scores = np.einsum("nk,nkl->nl", values, table) + batch.flags @ model.flag_weights + model.bias
    result: Floats = scores.astype(np.float64)
    return result


def _fit(
    rows: Sequence[Features],
    samples: Sequence[Sample],
    labels: tuple[str, ...],
    config: TrainingConfig,
    progress: Callable[[], None],
) -> LinearModel:
    idf = _idf(rows, config)
    data = _sparse(rows, idf.astype(np.float64), config)
    targets = np.eye(len(labels))[[labels.index(sample.label) for sample in samples]]
    importance = _importance(samples, targets)
    weights, flag_weights, bias = _minimise(data, targets, importance, config, progress)
    table = np.zeros((config.settings.buckets, len(labels)), np.float16)
    table[data.used] = weights
    return LinearModel(
        labels=labels,
        settings=config.settings,
        idf=idf,
        weights=table,
        flag_weights=(flag_weights * config.flag_scale).astype(np.float32),
        bias=bias.astype(np.float32),
        temperature=1.0,
    )


def _idf(rows: Sequence[Features], config: TrainingConfig) -> npt.NDArray[np.float16]:
    """Weight of each bucket, 0 where too few mails have it."""
    mails = np.bincount(
        np.concatenate([row.indices for row in rows]), minlength=config.settings.buckets
    )
    idf = np.log((1 + len(rows)) / (1 + mails)) + 1
    return np.where(mails >= config.least_mails, idf, 0).astype(np.float16)


def _importance(samples: Sequence[Sample], targets: Floats) -> Floats:
    """Weight of each mail: its own, and a rare label's more (by the square root), mean 1."""
    shares = targets.mean(axis=0)
    weights = np.array([sample.weight for sample in samples]) / np.sqrt(targets @ shares)
    normed: Floats = weights / weights.mean()
    return normed


def _sparse(rows: Sequence[Features], idf: Floats, config: TrainingConfig) -> _Sparse:
    columns, values, numbers, starts, size = [], [], [], [], 0
    for number, row in enumerate(rows):
        weighted = row.counts * idf[row.indices]
        length = np.sqrt((weighted**2).sum())
        # the 0 keeps an empty mail in place: reduceat cannot sum nothing
        columns.append(np.append(row.indices, 0))
        values.append(np.append(weighted / max(length, 1e-6), 0.0))
        numbers.append(np.full(len(row.indices) + 1, number))
        starts.append(size)
        size += len(row.indices) + 1
    flat = np.concatenate(values)
    keep = flat != 0
    keep[starts] = True
    kept_before = np.concatenate(([0], np.cumsum(keep)))
    used, renumbered = np.unique(np.concatenate(columns)[keep], return_inverse=True)
    return _Sparse(
        columns=renumbered,
        values=flat[keep],
        rows=np.concatenate(numbers)[keep],
        starts=kept_before[starts],
        flags=np.stack([row.flags for row in rows]).astype(np.float64) * config.flag_scale,
        used=used,
    )


def _minimise(
    data: _Sparse,
    targets: Floats,
    importance: Floats,
    config: TrainingConfig,
    progress: Callable[[], None],
) -> tuple[Floats, Floats, Floats]:
    """Weights, weights of the flags, and bias with the least penalised cross-entropy."""
    size, many = len(data.used), targets.shape[1]
    cuts = (size * many, (size + len(FLAGS)) * many)

    def parts(flat: Floats) -> tuple[Floats, Floats, Floats]:
        weights, flag_weights, bias = np.split(flat, cuts)
        return weights.reshape(size, many), flag_weights.reshape(-1, many), bias

    def loss(flat: Floats) -> tuple[float, Floats]:
        progress()
        weights, flag_weights, bias = parts(flat)
        probable = softmax(data.scores(weights, flag_weights) + bias)
        entropy = -(importance * np.log((probable * targets).sum(axis=1) + 1e-12)).sum()
        errors = (probable - targets) * importance[:, None]
        to_weights, to_flags = data.gradient(errors)
        penalised = flat.copy()
        penalised[cuts[1] :] = 0
        slope = np.concatenate((to_weights.ravel(), to_flags.ravel(), errors.sum(axis=0)))
        value = entropy + config.strength / 2 * _dot(penalised, penalised)
        return float(value), slope + config.strength * penalised

    start = np.zeros(cuts[1] + many)
    return parts(lbfgs(loss, start, config.iterations, config.tolerance))


def lbfgs(
    loss: Callable[[Floats], tuple[float, Floats]], point: Floats, iterations: int, tolerance: float
) -> Floats:
    """The point of the least loss, by L-BFGS with ten remembered steps and halved step lengths."""
    value, slope = loss(point)
    memory: list[tuple[Floats, Floats]] = []
    for _ in range(iterations):
        if np.abs(slope).max() < tolerance:
            break
        direction = _direction(slope, memory)
        step = 1.0 if memory else 1.0 / max(1.0, float(np.abs(slope).sum()))
        for _ in range(30):
            trial, trial_slope = loss(point + step * direction)
            if trial <= value + 1e-4 * step * _dot(slope, direction):
                break
            step /= 2
        else:
            break
        moved, change = step * direction, trial_slope - slope
        if _dot(moved, change) > 1e-12:
            memory = [*memory[-9:], (moved, change)]
        point, value, slope = point + moved, trial, trial_slope
    return point


def _dot(one: Floats, other: Floats) -> float:
    """The inner product, in one thread and one order.

    BLAS would use every core, spin where other workers want it (24 times slower on a busy machine),
    and round by the number of threads.
    """
    return float(np.einsum("i,i->", one, other))


def _direction(slope: Floats, memory: Sequence[tuple[Floats, Floats]]) -> Floats:
    """Where to go: the two loops of L-BFGS (Nocedal 1980)."""
    direction = -slope
    steps = []
    for moved, change in reversed(memory):
        share = _dot(moved, direction) / _dot(moved, change)
        direction = direction - share * change
        steps.append(share)
    if memory:
        moved, change = memory[-1]
        direction = direction * (_dot(moved, change) / _dot(change, change))
    for (moved, change), share in zip(memory, reversed(steps), strict=True):
        direction = direction + (share - _dot(change, direction) / _dot(moved, change)) * moved
    return direction


def _held_out(
    rows: Sequence[Features],
    samples: Sequence[Sample],
    labels: tuple[str, ...],
    config: TrainingConfig,
    progress: Callable[[], None],
) -> Floats:
    """Scores of every sample by the model of the folds that it is not in."""
    bases = sorted({sample.base for sample in samples})
    order = np.random.default_rng(config.seed).permutation(len(bases))
    fold_of = {base: int(place) % config.folds for base, place in zip(bases, order, strict=True)}
    folds = np.array([fold_of[sample.base] for sample in samples])
    scores = np.zeros((len(samples), len(labels)))
    for fold in range(config.folds):
        inside = np.flatnonzero(folds != fold).tolist()
        outside = np.flatnonzero(folds == fold)
        if not len(outside):
            continue
        part = _fit(
            [rows[int(i)] for i in inside],
            [samples[int(i)] for i in inside],
            labels,
            config,
            progress,
        )
        # few at a time: one long mail would widen the rows of all
        for chunk in np.array_split(outside, len(outside) // 32 + 1):
            if len(chunk):
                scores[chunk] = logits(part, padded([rows[i] for i in chunk.tolist()]))
    return scores


def best_temperature(scores: Floats, truth: npt.NDArray[np.int64]) -> float:
    """The divisor of held-out scores that makes probabilities honest (least log-loss)."""
    lines = np.arange(len(truth))
    candidates = np.geomspace(0.2, 3.0, 60)
    losses = [-np.log(softmax(scores / t)[lines, truth] + 1e-12).mean() for t in candidates]
    return round(float(candidates[int(np.argmin(losses))]), 4)
