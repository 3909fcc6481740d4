"""What a reader of one fact hands over: candidates in their places, and how they settle."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A value read at `text[start:end]`; the higher the rank, the plainer it was labelled."""

    value: T
    start: int
    end: int
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """One text's answer for one fact: a value, or none and perhaps why it was left open."""

    found: Found[T] | None = None
    warning: str = ""


def settle(
    candidates: Sequence[Found[T]],
    *,
    warning: str,
    same: Callable[[T, T], bool] = lambda a, b: a == b,
) -> Reading[T]:
    """The candidate of the highest rank; none, with `warning`, where two of that rank differ."""
    if not candidates:
        return Reading()
    rank = max(candidate.rank for candidate in candidates)
    best = [candidate for candidate in candidates if candidate.rank == rank]
    if all(same(best[0].value, other.value) for other in best[1:]):
        return Reading(best[0])
    return Reading(warning=warning)
