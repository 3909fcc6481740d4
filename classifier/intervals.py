"""How sure a share or a difference is: 95 % intervals. Pure."""

from dataclasses import dataclass
from math import comb, sqrt

import numpy as np
import numpy.typing as npt

Z = 1.959964
ROUNDS = 2000
SEED = 20


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `mails`, as a share, with its 95 % interval (Wilson); 0 to 1 where there are none.

    Where `mails` is 0, `value` is 0.
    """

    hits: int
    mails: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure that is no share, with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much one is more often right than the other on the same mails, with its 95 % interval.

    `only_one` and `only_other` count the mails that only one of them has right; `chance` is how
    likely so uneven a split is where both are as good (exact McNemar test, two-sided).
    """

    mails: int
    only_one: int
    only_other: int
    value: float
    low: float
    high: float
    chance: float

    @property
    def worse(self) -> bool:
        """Whether the one is worse beyond the interval."""
        return self.high < 0

    @property
    def better(self) -> bool:
        """Whether the one is better beyond the interval."""
        return self.low > 0


def share(hits: int, mails: int) -> Share:
    """`hits` of `mails` with Wilson's interval, which holds for few mails and near 0 and 1 too."""
    if not mails:
        return Share(hits, mails, 0.0, 0.0, 1.0)
    value = hits / mails
    middle = (value + Z * Z / (2 * mails)) / (1 + Z * Z / mails)
    half = sqrt(value * (1 - value) / mails + (Z / (2 * mails)) ** 2) * Z / (1 + Z * Z / mails)
    # at 0 and 1 the formula gives 0 and 1 but for the last digit
    low = 0.0 if hits == 0 else middle - half
    high = 1.0 if hits == mails else middle + half
    return Share(hits, mails, value, low, high)


def paired(one: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_]) -> Difference:
    """The difference of two on the same mails; each array says which mails are right.

    The interval is Bonett and Price's (2012): a bootstrap would give no width at all where few
    mails differ.
    """
    mails = len(one)
    if mails != len(other):
        raise ValueError(f"{mails} answers beside {len(other)}")
    only_one, only_other = int((one & ~other).sum()), int((other & ~one).sum())
    up, down = (only_one + 1) / (mails + 2), (only_other + 1) / (mails + 2)
    half = Z * sqrt((up + down - (up - down) ** 2) / (mails + 2))
    return Difference(
        mails=mails,
        only_one=only_one,
        only_other=only_other,
        value=(only_one - only_other) / mails if mails else 0.0,
        low=max(-1.0, up - down - half),
        high=min(1.0, up - down + half),
        chance=_mcnemar(only_one, only_other),
    )


def f1_scores(confusion: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """F1 of each label of confusions (..., labels, labels), truth in rows; 0 where none is hit."""
    hits = np.diagonal(confusion, axis1=-2, axis2=-1)
    both = confusion.sum(axis=-1) + confusion.sum(axis=-2)
    scores: npt.NDArray[np.float64] = 2 * hits / np.maximum(both, 1)
    return scores


def f1_estimates(confusion: npt.NDArray[np.int64]) -> tuple[list[Estimate], Estimate]:
    """F1 of each label, and their mean over the labels that have mails; by a seeded bootstrap.

    Drawing mails anew is drawing the cells of the confusion: one multinomial.
    """
    mails = int(confusion.sum())
    present = confusion.sum(axis=1) > 0
    if not mails:
        empty = Estimate(0.0, 0.0, 1.0)
        return [empty] * len(confusion), empty
    draws = np.random.default_rng(SEED).multinomial(mails, confusion.ravel() / mails, ROUNDS)
    scores = f1_scores(draws.reshape(ROUNDS, *confusion.shape))
    measured = f1_scores(confusion)
    each = [_estimate(value, column) for value, column in zip(measured, scores.T, strict=True)]
    return each, _estimate(measured[present].mean(), scores[:, present].mean(axis=1))


def _estimate(value: float, draws: npt.NDArray[np.float64]) -> Estimate:
    low, high = np.percentile(draws, (2.5, 97.5))
    return Estimate(float(value), float(low), float(high))


def _mcnemar(one: int, other: int) -> float:
    both = one + other
    tail = sum(comb(both, k) for k in range(min(one, other) + 1))
    return min(1.0, 2 * tail / (1 << both))
