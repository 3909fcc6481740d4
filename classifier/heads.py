"""Heads of the encoder: logistic regression on [embedding, flags], and how both parts are mixed.

NumPy only; the same result every time on one machine. What is chosen (shares, temperatures, when to
ask the encoder) is chosen on scores of mails that the scoring model was not fitted to.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classifier.errors import NotEnoughMails
from classifier.folders import Mixing
from classifier.parts import softmax
from classifier.training import Floats, best_temperature, lbfgs

FOLDS = 3
SEED = 21
STRENGTH = 1.0  # weight of the L2 penalty, as in 1 / C
FLAG_SCALE = 0.2  # size of a yes/no feature beside an embedding of length 1
EMBEDDING_SCALE = 4.0  # size of an embedding: of length 1 it would need weights as large
ITERATIONS = 80
SHARES = tuple(round(0.05 * step, 2) for step in range(21))  # of the deep part
# the encoder is not asked where the wide part is this sure, if that costs no more than TOLERANCE:
# about one mail in a hundred (of the hard kind that the corpus has many of), for three times the
# speed
SURE = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)
TOLERANCE = 0.011

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Heads:
    """Weights (dimensions + FLAGS, labels), bias (labels,) and the mixing that goes with them."""

    deep_weights: npt.NDArray[np.float32]
    deep_bias: npt.NDArray[np.float32]
    mixing: Mixing


def fit_heads(
    embeddings: npt.NDArray[np.float32],
    flags: npt.NDArray[np.float32],
    labels: Ints,
    weights: Floats,
    wide_scores_out_of_fold: Floats,
    groups: Sequence[str],
    unseen: npt.NDArray[np.bool_],
    *,
    progress: Callable[[], None] = lambda: None,
) -> Heads:
    """The heads for mails with these embeddings (n, d), flags (n, F), label indices (n,).

    `weights` is what each mail counts, `groups` keeps mails of one base in one fold, and
    `wide_scores_out_of_fold` is (n, labels). `unseen` marks the mails that the encoder was not
    fine-tuned on: of the others it knows more than it will of a customer's, so the mixing is found
    on these alone. Raises NotEnoughMails where there is none.
    """
    if not unseen.any():
        raise NotEnoughMails("the encoder has seen every mail: nothing is left to weigh it on")
    many = wide_scores_out_of_fold.shape[1]
    scale = np.concatenate(
        (np.full(embeddings.shape[1], EMBEDDING_SCALE), np.full(flags.shape[1], FLAG_SCALE))
    )
    rows = np.concatenate((embeddings, flags), axis=1).astype(np.float64) * scale
    folds = _folds(groups)
    deep = np.zeros((len(rows), many))
    for fold in range(FOLDS):
        inside, outside = folds != fold, folds == fold
        table, bias = _fit(rows[inside], labels[inside], weights[inside], many, progress)
        deep[outside] = rows[outside] @ table + bias
    table, bias = _fit(rows, labels, weights, many, progress)
    return Heads(
        (table * scale[:, None]).astype(np.float32),
        bias.astype(np.float32),
        choose_mixing(wide_scores_out_of_fold[unseen], deep[unseen], labels[unseen]),
    )


def choose_mixing(wide: Floats, deep: Floats, truth: Ints) -> Mixing:
    """The mixing with the least log-loss on held-out scores (n, labels) of both parts."""
    best: tuple[float, float, float] | None = None
    for share in SHARES:
        scores = (1 - share) * wide + share * deep
        temperature = best_temperature(scores, truth)
        loss = _loss(softmax(scores / temperature), truth)
        if best is None or loss < best[0]:
            best = (loss, share, temperature)
    assert best is not None
    _, share, temperature = best
    alone = best_temperature(wide, truth)
    if not share:
        return Mixing(wide_temperature=alone, temperature=alone)
    cool, both = softmax(wide / alone), softmax(((1 - share) * wide + share * deep) / temperature)
    return Mixing(round(1 - share, 4), share, alone, temperature, _sure(cool, both, truth))


def _sure(wide: Floats, both: Floats, truth: Ints) -> float:
    """The least confidence of the wide part from which asking the encoder gains next to nothing."""
    full = (both.argmax(1) == truth).mean()
    for sure in SURE:
        answers = np.where((wide.max(1) < sure)[:, None], both, wide)
        if (answers.argmax(1) == truth).mean() >= full - TOLERANCE:
            return sure
    return 1.0


def _folds(groups: Sequence[str]) -> Ints:
    names = sorted(set(groups))
    order = np.random.default_rng(SEED).permutation(len(names)) % FOLDS
    fold_of = dict(zip(names, order.tolist(), strict=True))
    return np.array([fold_of[group] for group in groups], np.int64)


def _loss(shares: Floats, truth: Ints) -> float:
    return float(-np.log(shares[np.arange(len(truth)), truth] + 1e-12).mean())


def _fit(
    rows: Floats, labels: Ints, weights: Floats, many: int, progress: Callable[[], None]
) -> tuple[Floats, Floats]:
    targets = np.eye(many)[labels]
    # a rare label's mails count more, by the square root
    importance = weights / np.sqrt(targets @ targets.mean(axis=0))
    importance = importance / importance.mean()
    cut = rows.shape[1] * many

    def loss(flat: Floats) -> tuple[float, Floats]:
        progress()
        table, bias = flat[:cut].reshape(-1, many), flat[cut:]
        probable = softmax(rows @ table + bias)
        errors = (probable - targets) * importance[:, None]
        entropy = -(importance * np.log((probable * targets).sum(axis=1) + 1e-12)).sum()
        penalty = STRENGTH / 2 * float((flat[:cut] ** 2).sum())
        slope = np.concatenate((rows.T @ errors + STRENGTH * table, errors.sum(axis=0)[None]))
        return float(entropy + penalty), slope.ravel()

    flat = lbfgs(loss, np.zeros(cut + many), ITERATIONS, 1e-4)
    return flat[:cut].reshape(-1, many), flat[cut:]
