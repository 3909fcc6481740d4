"""How sure a value is that rules have read: as often as values read like it were right.

Measured, not guessed: `manage.py calibrate_facts` counts on mails with gold how often a value was
right, by fact, by where it stood, how plainly it was labelled and how many other values of its kind
the mail names. The product over the six facts is the certainty of a mail; from `threshold` on, all
six were right in at least 99 of 100 such mails (docs/quality.md).
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import prod
from pathlib import Path
from typing import Any

from freight import places
from freight.extraction.amounts import find_amounts
from freight.extraction.dates import Context, find_dates
from freight.extraction.day_order import day_first
from freight.extraction.text import language_of, prepare, without_codes
from freight.extraction.weights import close
from freight.fields import FACT_NAMES, Evidence, Extraction, Facts, Source

DATA = Path(__file__).resolve().parents[1] / "data" / "certainty.json"
# a kind of reading that was seen less often leans on its fact's own share by so many values
LEANS = 4
MOST_RIVALS = 2
MOST_CHARACTERS = 30_000
# the manner of a fact that its customer has seen and confirmed
CONFIRMED = "confirmed"
# methods by which a person enters a value
PERSONS = ("choice", "operator")


@dataclass(frozen=True, slots=True)
class Counts:
    """Values that were read in one way: how many were right of how many."""

    right: int = 0
    total: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.right + other.right, self.total + other.total)


@dataclass(frozen=True, slots=True)
class Table:
    """What was counted: by fact and kind of reading, and the least certainty of a mode auto."""

    counts: Mapping[str, Mapping[str, Counts]]
    threshold: float

    def share(self, fact: str, kind: str, *, without: Counts = Counts()) -> float:
        """How often such a value is right, between 0 and 1; `without` counts one mail out."""
        kinds = self.counts.get(fact, {})
        whole = _less(sum(kinds.values(), Counts()), without)
        own = _less(kinds.get(kind, Counts()), without)
        usual = (whole.right + 1) / (whole.total + 2)
        return (own.right + LEANS * usual) / (own.total + LEANS)


def _less(counts: Counts, other: Counts) -> Counts:
    return Counts(counts.right - other.right, counts.total - other.total)


@cache
def shipped() -> Table:
    """The table that comes with the code."""
    stored = json.loads(DATA.read_text(encoding="utf-8"))
    counts = {
        fact: {kind: Counts(*pair) for kind, pair in kinds.items()}
        for fact, kinds in stored["counts"].items()
    }
    return Table(counts, stored["threshold"])


def with_manner(
    found: Extraction, sources: Sequence[Source], *, today: dt.date, language: str, country: str
) -> Extraction:
    """`found`, whose evidence says how each fact was read: `letter 5 1` is in the letter, of rank
    5 on its reader's scale, beside one rival.
    """
    rivals = _rivals(found.facts, _named(sources, today, language, country))
    evidence = {
        name: replace(item, manner=_manner(item, rivals[name])) if name in rivals else item
        for name, item in found.evidence.items()
    }
    return replace(found, evidence=evidence)


def _manner(item: Evidence, rivals: int) -> str:
    return f"{_where(item.source)} {item.manner} {min(rivals, MOST_RIVALS)}"


def of_facts(evidence: Mapping[str, Evidence], table: Table | None = None) -> float:
    """How sure all six facts are together, between 0 and 1; what a person has said is certain."""
    table = table or shipped()
    return prod(_certainty(name, evidence.get(name), table) for name in FACT_NAMES)


def _certainty(name: str, item: Evidence | None, table: Table) -> float:
    """0 where nobody counted: no evidence, a model's, or a row from before the counting."""
    if item is None:
        return 0.0
    if item.method in PERSONS or item.manner == CONFIRMED:
        return 1.0
    return table.share(name, item.manner) if item.manner else 0.0


def counts_surely(evidence: Mapping[str, Evidence]) -> bool:
    """Whether the number of containers, if any, was said by a person or with the very words of
    the size: 2 x 40HC. No gold has the number, so it may come from nowhere else unseen.
    """
    size, number = evidence.get("container"), evidence.get("containers")
    if number is None or number.method in PERSONS or number.manner == CONFIRMED:
        return True
    if size is None or size.source != number.source:
        return False
    return number.start < size.end and size.start < number.end


def confirmed(evidence: Mapping[str, Evidence]) -> dict[str, Evidence]:
    """`evidence` of facts that their customer has seen and confirmed."""
    return {name: replace(item, manner=CONFIRMED) for name, item in evidence.items()}


def _where(source: str) -> str:
    kind = source.partition(":")[0]
    return "letter" if kind in ("body", "subject") else kind


@dataclass(frozen=True, slots=True)
class _Named:
    """Every value of its kind that the mail names."""

    days: frozenset[dt.date]
    weights: tuple[Any, ...]
    places: frozenset[tuple[str, ...]]


def _named(sources: Iterable[Source], today: dt.date, language: str, country: str) -> _Named:
    days: set[dt.date] = set()
    weights: list[Any] = []
    spots: set[tuple[str, ...]] = set()
    for source in sources:
        if source.name == "thread":
            continue
        prepared = prepare(source.text[:MOST_CHARACTERS])
        plain = without_codes(prepared.text)
        spoken = language or language_of(prepared.text)
        order = day_first(plain, spoken, country=country, today=today)
        context = Context(today, order, spoken in ("ko", "ja"))
        days |= {each.value for each in find_dates(plain, context) if each.value}
        weights += [amount.kg for amount in find_amounts(plain)[0]]
        spots |= {match.locodes for match in places.find(prepared.cased)}
    return _Named(frozenset(days), tuple(weights), frozenset(spots))


def _rivals(facts: Facts, named: _Named) -> dict[str, int]:
    """For each fact, how many values of its kind the mail names that are none of the facts."""
    days = len(named.days - {facts.etd, facts.eta})
    ends = {facts.origin, facts.destination}
    spots = sum(ends.isdisjoint(locodes) for locodes in named.places)
    return {
        "gross_weight_kg": sum(1 for _ in _other_weights(facts, named)),
        "container": 0,
        "etd": days,
        "eta": days,
        "origin": spots,
        "destination": spots,
    }


def _other_weights(facts: Facts, named: _Named) -> Iterator[Any]:
    known = facts.gross_weight_kg
    return (kg for kg in named.weights if known is None or not close(kg, known))
