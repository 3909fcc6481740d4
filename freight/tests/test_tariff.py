"""The tariff: the default formula to the won, and lines that add up whatever the facts."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freight import places
from freight.fields import Container
from freight.tariff import DEFAULT_TARIFF, Price, great_circle_km, price

ETD = dt.date(2031, 3, 1)


def priced(
    *,
    containers: int = 1,
    days: int = 5,
    weight: str = "18500",
    container: Container = Container.FT40,
) -> Price:
    busan, shanghai = places.get("KRPUS"), places.get("CNSHA")
    assert busan
    assert shanghai
    return price(
        tariff=DEFAULT_TARIFF,
        origin=busan,
        destination=shanghai,
        container=container,
        containers=containers,
        gross_weight_kg=Decimal(weight),
        etd=ETD,
        eta=ETD + dt.timedelta(days=days),
    )


def test_price_worked_example() -> None:
    got = priced()
    assert (got.total, got.distance_km, got.currency) == (
        Decimal(18_397_843),
        Decimal("832.102"),
        "KRW",
    )


def test_price_express_is_a_line_of_its_own_up_to_seven_days() -> None:
    assert [line.code for line in priced(days=7).lines] == ["base", "distance", "weight", "express"]
    assert [line.code for line in priced(days=8).lines] == ["base", "distance", "weight"]


def test_price_containers_multiply_base_and_distance_but_not_weight() -> None:
    one = {line.code: line.amount for line in priced(days=10).lines}
    three = {line.code: line.amount for line in priced(days=10, containers=3).lines}
    assert three["base"] == 3 * one["base"]
    assert abs(three["distance"] - 3 * one["distance"]) <= 2
    assert three["weight"] == one["weight"] == Decimal(1_850_000)


@pytest.mark.parametrize(
    ("container", "factor"), [("20ft", "1.0"), ("40ft", "1.5"), ("40ftHC", "1.75"), ("45ft", "2.0")]
)
def test_price_distance_line_follows_the_container(container: str, factor: str) -> None:
    amounts = {
        line.code: line.amount for line in priced(container=Container(container), days=10).lines
    }
    assert abs(amounts["distance"] - Decimal("8321023.7") * Decimal(factor)) < 10


def test_price_rounds_half_up() -> None:
    tariff = replace(DEFAULT_TARIFF, base=Decimal("0.5"), per_100km=Decimal(0), per_kg=Decimal(0))
    busan = places.get("KRPUS")
    assert busan
    got = price(
        tariff=tariff,
        origin=busan,
        destination=busan,
        container=Container.FT20,
        containers=1,
        gross_weight_kg=Decimal(1),
        etd=ETD,
        eta=ETD + dt.timedelta(days=30),
    )
    assert got.total == 1


def test_price_snapshot_is_json_and_names_the_tariff() -> None:
    snapshot = json.loads(json.dumps(dict(priced().snapshot)))
    assert snapshot["tariff"]["version"] == DEFAULT_TARIFF.version
    assert snapshot["facts"]["gross_weight_kg"] == "18500"


@pytest.mark.parametrize("wrong", [{"containers": 0}, {"weight": "0"}, {"days": -1}])
def test_price_refuses_nonsense(wrong: dict) -> None:
    with pytest.raises(ValueError, match="positive"):
        priced(**wrong)


def test_great_circle_is_symmetric_and_bounded() -> None:
    every = places.all_places()[::17]
    for a in every:
        for b in every:
            assert great_circle_km(a, b) == pytest.approx(great_circle_km(b, a))
            assert 0 <= great_circle_km(a, b) <= 20_016


@given(
    origin=st.sampled_from(places.all_places()),
    destination=st.sampled_from(places.all_places()),
    container=st.sampled_from(Container),
    containers=st.integers(1, 40),
    weight=st.decimals("0.001", "900000", places=3),
    days=st.integers(0, 60),
)
def test_price_lines_add_up(
    origin: places.Place,
    destination: places.Place,
    container: Container,
    containers: int,
    weight: Decimal,
    days: int,
) -> None:
    got = price(
        tariff=DEFAULT_TARIFF,
        origin=origin,
        destination=destination,
        container=container,
        containers=containers,
        gross_weight_kg=weight,
        etd=ETD,
        eta=ETD + dt.timedelta(days=days),
    )
    assert sum(line.amount for line in got.lines) == got.total
    assert all(line.amount == line.amount.to_integral_value() for line in got.lines)
    assert all(line.amount >= 0 for line in got.lines)
