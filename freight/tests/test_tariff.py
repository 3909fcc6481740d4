"""The tariff: the formula to the won, lane rates, and lines that add up whatever they are."""

import datetime as dt
import json
import math
import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freight import places
from freight.fields import Container
from freight.tariff import (
    DEFAULT_TARIFF,
    Distance,
    Lane,
    Price,
    Tariff,
    Transport,
    by_formula,
    by_lane,
    great_circle,
    great_circle_km,
    priced_again,
)

ETD = dt.date(2031, 3, 1)
CENT = Decimal("0.01")


def transport(*, days: int = 5, **changes: Any) -> Transport:
    values: dict[str, Any] = {
        "origin": "KRPUS",
        "destination": "CNSHA",
        "container": Container.FT40,
        "containers": 1,
        "gross_weight_kg": Decimal(18_500),
        "etd": ETD,
        "eta": ETD + dt.timedelta(days=days),
    }
    return Transport(**{**values, **changes})


def busan_shanghai() -> Distance:
    busan, shanghai = places.get("KRPUS"), places.get("CNSHA")
    assert busan
    assert shanghai
    return great_circle(busan, shanghai)


def priced(**changes: Any) -> Price:
    return by_formula(DEFAULT_TARIFF, busan_shanghai(), transport(**changes))


def amounts(price: Price) -> dict[str, Decimal]:
    return {line.code: line.amount for line in price.lines}


def lane(**changes: Any) -> Lane:
    values: dict[str, Any] = {
        "pk": 7,
        "origin": "KRPUS",
        "destination": "CNSHA",
        "container": Container.FT40,
        "amount": Decimal(1_234_567),
        "valid_from": ETD - dt.timedelta(days=10),
        "valid_to": ETD + dt.timedelta(days=10),
    }
    return Lane(**{**values, **changes})


def test_formula_worked_example() -> None:
    got = priced()
    assert (got.total, got.currency) == (Decimal(18_397_843), "KRW")
    assert got.distance
    assert got.distance.km.quantize(Decimal("0.001")) == Decimal("832.102")


def test_formula_express_is_a_line_of_its_own_up_to_seven_days() -> None:
    assert list(amounts(priced(days=7))) == ["base", "distance", "weight", "express"]
    assert list(amounts(priced(days=8))) == ["base", "distance", "weight"]


def test_express_that_costs_nothing_is_no_line() -> None:
    tariff = replace(DEFAULT_TARIFF, express_factor=Decimal("1.000"))
    price = by_formula(tariff, busan_shanghai(), transport(days=1))
    assert list(amounts(price)) == ["base", "distance", "weight"]


def test_formula_containers_multiply_base_and_distance_but_not_weight() -> None:
    one, three = amounts(priced(days=10)), amounts(priced(days=10, containers=3))
    assert three["base"] == 3 * one["base"]
    assert abs(three["distance"] - 3 * one["distance"]) <= 2
    assert three["weight"] == one["weight"] == Decimal(1_850_000)


@pytest.mark.parametrize(
    ("container", "factor"), [("20ft", "1.0"), ("40ft", "1.5"), ("40ftHC", "1.75"), ("45ft", "2.0")]
)
def test_formula_distance_line_follows_the_container(container: str, factor: str) -> None:
    got = amounts(priced(container=Container(container), days=10))
    assert abs(got["distance"] - Decimal("8321023.7") * Decimal(factor)) < 10


def test_formula_rounds_half_up() -> None:
    tariff = replace(DEFAULT_TARIFF, base=Decimal("0.5"), per_100km=Decimal(0), per_kg=Decimal(0))
    assert by_formula(tariff, Distance(Decimal(0)), transport(days=30)).total == 1


def seed_formula(km: float, factor: float, kg: float, days: int, containers: int) -> int:
    """The seed's formula, computed on its own in floats."""
    amount = containers * (1_000_000 + km / 100 * factor * 1_000_000) + 100 * kg
    return math.floor(amount * (1.2 if days <= 7 else 1.0) + 0.5)


def test_formula_is_the_seeds() -> None:
    draw = random.Random(2024)
    every = places.all_places()
    for _number in range(500):
        a, b = draw.sample(every, 2)
        container = draw.choice([*Container])
        factor = {"20ft": 1.0, "40ft": 1.5, "40ftHC": 1.75, "45ft": 2.0}[container]
        kg, days, count = draw.randint(100, 25_000), draw.randint(0, 40), draw.randint(1, 9)
        asked = transport(
            days=days, container=container, containers=count, gross_weight_kg=Decimal(kg)
        )
        ours = by_formula(DEFAULT_TARIFF, great_circle(a, b), asked).total
        # a won, since floats have no halves of it
        assert abs(ours - seed_formula(great_circle_km(a, b), factor, kg, days, count)) <= 1


def test_lane_rate_is_paid_for_each_container_and_is_all() -> None:
    got = by_lane(lane(), transport(containers=3, days=1))
    assert amounts(got) == {"lane": Decimal(3_703_701)}
    assert (got.total, got.currency) == (Decimal(3_703_701), "KRW")


def test_weight_adds_nothing_to_a_lane_rate() -> None:
    light = by_lane(lane(), transport(gross_weight_kg=Decimal(1)))
    assert light.total == by_lane(lane(), transport()).total


@pytest.mark.parametrize("days", [-10, 10])
def test_lane_rate_covers_departures_on_its_first_and_last_day(days: int) -> None:
    etd = ETD + dt.timedelta(days=days)
    assert lane().covers(transport(etd=etd, eta=etd + dt.timedelta(days=60)))


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": "KRINC"},
        {"destination": "CNTAO"},
        {"container": Container.FT40HC},
        {"etd": ETD - dt.timedelta(days=11)},
        {"etd": ETD + dt.timedelta(days=11), "eta": ETD + dt.timedelta(days=20)},
    ],
)
def test_rate_of_another_lane_or_time_prices_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="another lane's, or not valid"):
        by_lane(lane(), transport(**changes))


@pytest.mark.parametrize(
    "wrong", [{"containers": 0}, {"gross_weight_kg": Decimal(0)}, {"days": -1}]
)
def test_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="positive"):
        transport(**wrong)


def stored(price: Price) -> dict[str, Any]:
    """The snapshot as a row gives it back."""
    told: dict[str, Any] = json.loads(json.dumps(price.snapshot))
    return told


@pytest.mark.parametrize(
    "distance",
    [
        busan_shanghai(),
        Distance(Decimal("923.223492"), "sea", avoids=("suez",)),
        replace(busan_shanghai(), instead_of="sea"),
    ],
)
def test_formula_is_priced_again_from_its_snapshot(distance: Distance) -> None:
    tariff = replace(DEFAULT_TARIFF, per_kg=Decimal("0.37"), version="tariff-9")
    price = by_formula(tariff, distance, transport(gross_weight_kg=Decimal("17999.99")))
    assert priced_again(stored(price)) == price
    assert stored(price)["tariff"]["version"] == "tariff-9"


def test_lane_rate_is_priced_again_from_its_snapshot() -> None:
    price = by_lane(lane(), transport(containers=2))
    assert priced_again(stored(price)) == price
    assert stored(price)["lane"]["id"] == 7


def test_great_circle_is_symmetric_and_bounded() -> None:
    every = places.all_places()[::17][:30]
    for a in every:
        for b in every:
            assert great_circle_km(a, b) == pytest.approx(great_circle_km(b, a))
            assert 0 <= great_circle_km(a, b) <= 20_016


def hundredths(least: int, most: int) -> st.SearchStrategy[Decimal]:
    return st.integers(least * 100, most * 100).map(lambda number: number * CENT)


TARIFFS = st.builds(
    Tariff,
    base=hundredths(0, 10**9),
    per_100km=hundredths(0, 10**9),
    factors=st.fixed_dictionaries({container: hundredths(0, 10) for container in Container}),
    per_kg=hundredths(0, 10**6),
    express_days=st.integers(0, 60),
    express_factor=hundredths(1, 5),
    currency=st.just("KRW"),
    version=st.just("random"),
    quantum=st.sampled_from([Decimal(1), CENT]),
)
DISTANCES = st.builds(Distance, st.integers(0, 40_000 * 10**6).map(lambda mm: Decimal(mm) / 10**6))
TRANSPORTS = st.builds(
    transport,
    days=st.integers(0, 60),
    container=st.sampled_from(Container),
    containers=st.integers(1, 40),
    gross_weight_kg=hundredths(1, 900_000),
)


def floats_in(value: Any) -> list[Any]:
    """The floats anywhere in a value of JSON."""
    if isinstance(value, dict):
        return [found for item in value.values() for found in floats_in(item)]
    if isinstance(value, list | tuple):
        return [found for item in value for found in floats_in(item)]
    return [value] if isinstance(value, float) else []


def check_adds_up(price: Price, quantum: Decimal) -> None:
    assert sum(line.amount for line in price.lines) == price.total
    assert all(line.amount >= 0 for line in price.lines)
    assert all(line.amount == line.amount.quantize(quantum) for line in price.lines)
    assert all(type(line.amount) is Decimal for line in price.lines)
    assert floats_in([price.snapshot, *(line.data for line in price.lines)]) == []


@settings(deadline=None)
@given(tariff=TARIFFS, distance=DISTANCES, asked=TRANSPORTS)
def test_lines_of_a_formula_add_up(tariff: Tariff, distance: Distance, asked: Transport) -> None:
    price = by_formula(tariff, distance, asked)
    check_adds_up(price, tariff.quantum)
    assert priced_again(stored(price)) == price


@settings(deadline=None)
@given(amount=st.integers(1, 10**12), asked=TRANSPORTS)
def test_lines_of_a_lane_rate_add_up(amount: int, asked: Transport) -> None:
    price = by_lane(lane(container=asked.container, amount=Decimal(amount)), asked)
    check_adds_up(price, Decimal(1))
    assert priced_again(stored(price)) == price


@settings(deadline=None)
@given(
    tariff=TARIFFS,
    distance=DISTANCES,
    asked=TRANSPORTS,
    more_km=hundredths(0, 1000),
    more_kg=hundredths(0, 1000),
)
def test_nothing_gets_cheaper_by_weight_or_distance(
    tariff: Tariff, distance: Distance, asked: Transport, more_km: Decimal, more_kg: Decimal
) -> None:
    before = by_formula(tariff, distance, asked).total
    farther = replace(distance, km=distance.km + more_km)
    heavier = replace(asked, gross_weight_kg=asked.gross_weight_kg + more_kg)
    assert by_formula(tariff, farther, asked).total >= before
    assert by_formula(tariff, distance, heavier).total >= before


def drawn(draw: random.Random) -> tuple[Tariff, Distance, Transport]:
    """A tariff, a distance and a transport, at random."""

    def cents(most: int) -> Decimal:
        return draw.randint(0, most * 100) * CENT

    tariff = Tariff(
        base=cents(draw.choice([1, 10**7])),
        per_100km=cents(draw.choice([1, 10**7])),
        factors={container: cents(9) for container in Container},
        per_kg=cents(draw.choice([1, 10**4])),
        express_days=draw.randint(0, 60),
        express_factor=1 + cents(2),
        currency="KRW",
        version="random",
    )
    asked = transport(
        days=draw.randint(0, 60),
        container=draw.choice([*Container]),
        containers=draw.randint(1, 40),
        gross_weight_kg=cents(900_000) + CENT,
    )
    return tariff, Distance(Decimal(draw.randint(0, 20_000 * 10**6)) / 10**6), asked


def exact_total(tariff: Tariff, distance: Distance, asked: Transport) -> int:
    """The formula in fractions, rounded half up to the won, once."""
    each = Fraction(tariff.base)
    each += (
        Fraction(distance.km)
        / 100
        * Fraction(tariff.factors[asked.container])
        * Fraction(tariff.per_100km)
    )
    total = each * asked.containers + Fraction(tariff.per_kg) * Fraction(asked.gross_weight_kg)
    express = Fraction(tariff.express_factor) if asked.days <= tariff.express_days else 1
    return math.floor(total * express + Fraction(1, 2))


def test_lines_of_ten_thousand_random_tariffs_and_lanes_add_up() -> None:
    draw = random.Random(5)
    for _number in range(10_000):
        tariff, distance, asked = drawn(draw)
        price = by_formula(tariff, distance, asked)
        check_adds_up(price, Decimal(1))
        assert price.total == exact_total(tariff, distance, asked)
        rate = lane(container=asked.container, amount=Decimal(draw.randint(1, 10**9)))
        check_adds_up(by_lane(rate, asked), Decimal(1))
