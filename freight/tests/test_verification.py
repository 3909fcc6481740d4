"""Each reason that keeps facts from being priced."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from freight.fields import FACT_NAMES, Container, Facts
from freight.verification import Problem, problems

TODAY = dt.date(2031, 5, 10)
GOOD = Facts(
    gross_weight_kg=Decimal(18500),
    container=Container.FT40,
    etd=dt.date(2031, 5, 20),
    eta=dt.date(2031, 5, 25),
    origin="KRPUS",
    destination="CNSHA",
)


def test_problems_none() -> None:
    assert problems(GOOD, today=TODAY) == ()


def test_problems_on_the_day_itself_is_not_past() -> None:
    assert problems(replace(GOOD, etd=TODAY, eta=TODAY), today=TODAY) == ()


def test_problems_missing_in_the_order_of_the_form() -> None:
    assert problems(Facts(), today=TODAY) == tuple(Problem(name, "missing") for name in FACT_NAMES)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"gross_weight_kg": Decimal(0)}, ("gross_weight_kg", "not_positive")),
        ({"gross_weight_kg": Decimal(-3)}, ("gross_weight_kg", "not_positive")),
        ({"gross_weight_kg": Decimal("NaN")}, ("gross_weight_kg", "not_positive")),
        ({"gross_weight_kg": Decimal(28_801)}, ("gross_weight_kg", "too_heavy")),
        ({"gross_weight_kg": Decimal(57_601), "containers": 2}, ("gross_weight_kg", "too_heavy")),
        ({"containers": 0}, ("containers", "not_positive")),
        ({"etd": dt.date(2031, 5, 9)}, ("etd", "past")),
        ({"etd": None, "eta": dt.date(2031, 5, 9)}, ("eta", "past")),
        ({"eta": dt.date(2031, 5, 19)}, ("eta", "before_etd")),
        ({"origin": "XXXXX"}, ("origin", "unknown_place")),
        ({"destination": "KRPUS"}, ("destination", "same_as_origin")),
    ],
)
def test_problems_each(change: dict, problem: tuple[str, str]) -> None:
    assert Problem(*problem) in problems(replace(GOOD, **change), today=TODAY)


def test_problems_two_containers_carry_twice() -> None:
    assert problems(replace(GOOD, gross_weight_kg=Decimal(57_600), containers=2), today=TODAY) == ()
