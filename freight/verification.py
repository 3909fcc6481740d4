"""What keeps facts from being priced. Pure; codes are stable words, not prose."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from freight import places
from freight.fields import Facts


@dataclass(frozen=True, slots=True)
class Problem:
    """A field of Facts that cannot stand, and why.

    Codes: `missing`, `not_positive`, `too_heavy`, `past`, `before_etd`, `unknown_place`,
    `same_as_origin`.
    """

    field: str
    code: str


def problems(facts: Facts, *, today: dt.date) -> tuple[Problem, ...]:
    """What is wrong with `facts` on the day `today`, in the form's order; empty: price them."""
    return (
        *(Problem(name, "missing") for name in facts.missing()),
        *_cargo(facts),
        *_dates(facts, today),
        *_route(facts),
    )


def _cargo(facts: Facts) -> Iterator[Problem]:
    if facts.boxes < 1:
        yield Problem("containers", "not_positive")
    weight = facts.gross_weight_kg
    if weight is None:
        return
    if not weight.is_finite() or weight <= 0:
        yield Problem("gross_weight_kg", "not_positive")
    elif facts.container is not None and weight > facts.container.payload_kg * max(facts.boxes, 1):
        yield Problem("gross_weight_kg", "too_heavy")


def _dates(facts: Facts, today: dt.date) -> Iterator[Problem]:
    for name, date in (("etd", facts.etd), ("eta", facts.eta)):
        if date is not None and date < today:
            yield Problem(name, "past")
    if facts.etd is not None and facts.eta is not None and facts.eta < facts.etd:
        yield Problem("eta", "before_etd")


def _route(facts: Facts) -> Iterator[Problem]:
    for name, locode in (("origin", facts.origin), ("destination", facts.destination)):
        if locode is not None and places.get(locode) is None:
            yield Problem(name, "unknown_place")
    if facts.origin is not None and facts.origin == facts.destination:
        yield Problem("destination", "same_as_origin")
