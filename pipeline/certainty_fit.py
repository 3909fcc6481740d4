"""How often values are right, and from which certainty on a machine may price by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import prod
from typing import Any

from freight.extraction.certainty import Counts, Table
from freight.fields import FACT_NAMES
from pipeline import gold
from pipeline.triage import NAMES

# of the mails that a machine prices by itself, so many must have all six facts right
PRECISION = 0.99


@dataclass(frozen=True, slots=True)
class Read:
    """One mail: how each stated fact was read, and whether it was right."""

    manners: Mapping[str, str]
    right: Mapping[str, bool]
    review: bool

    @property
    def priced(self) -> bool:
        """Whether a machine would price it: all six facts, and nothing for an operator."""
        return len(self.manners) == len(FACT_NAMES) and not self.review


@dataclass(frozen=True, slots=True)
class Measured:
    """Mails that a machine would price: all, those sure enough, and how many of these are right."""

    priced: int
    sure: int
    right: int


def of_line(row: Mapping[str, Any], told: Mapping[str, Any], review: bool) -> Read:
    """The mail with gold `row`, of which `manage.py triage` says `told`."""
    read = {name: told["evidence"][NAMES[name]] for name in FACT_NAMES if _stated(told, name)}
    return Read(
        manners={name: item["manner"] for name, item in read.items()},
        right={name: _right(row, NAMES[name], told["fields"][NAMES[name]]) for name in read},
        review=review,
    )


def _stated(told: Mapping[str, Any], name: str) -> bool:
    return told["fields"][NAMES[name]] is not None


def _right(row: Mapping[str, Any], field: str, given: Any) -> bool:
    also = (row.get("accept") or {}).get(field, [])
    return any(gold.same(field, wanted, given) for wanted in (row["fields"].get(field), *also))


def count(reads: Sequence[Read]) -> dict[str, dict[str, Counts]]:
    """By fact and manner, how many values there were and how many were right."""
    counts: dict[str, dict[str, Counts]] = {name: {} for name in FACT_NAMES}
    for read in reads:
        for name, manner in read.manners.items():
            known = counts[name].get(manner, Counts())
            counts[name][manner] = known + Counts(int(read.right[name]), 1)
    return counts


def fit(reads: Sequence[Read]) -> Table:
    """The table of `reads`, with the least threshold that reaches PRECISION on them, where each
    mail is judged by the counts of the others. 1.0, which nothing reaches, where none does.
    """
    table = Table(count(reads), 1.0)
    judged = sorted(((_without(table, read), read) for read in reads if read.priced), key=_share)
    threshold, right = 1.0, 0
    number = 0
    for share, alike in groupby(reversed(judged), key=_share):
        # a bound lets in all that are as sure
        for _, read in alike:
            number += 1
            right += all(read.right.values())
        if right / number >= PRECISION:
            threshold = share
    return Table(table.counts, threshold)


def _share(judged: tuple[float, Read]) -> float:
    return judged[0]


def _without(table: Table, read: Read) -> float:
    """The certainty of `read` as if it had not been counted."""
    return prod(
        table.share(name, manner, without=Counts(int(read.right[name]), 1))
        for name, manner in read.manners.items()
    )


def measure(table: Table, reads: Sequence[Read]) -> Measured:
    """How a set that was not counted fares."""
    priced = [read for read in reads if read.priced]
    sure = [read for read in priced if _certainty(table, read) >= table.threshold]
    return Measured(len(priced), len(sure), sum(all(read.right.values()) for read in sure))


def _certainty(table: Table, read: Read) -> float:
    return prod(table.share(name, manner) for name, manner in read.manners.items())
