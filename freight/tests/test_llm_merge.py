"""Who prevails where rules and a language model read the same mail."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from freight.extraction.found import Found
from freight.extraction.merge import beside_known, merge
from freight.fields import Container, Evidence, Extraction, Facts, Source
from freight.tests.reading import TODAY

SOURCE = Source("body", "x" * 60)
ETD, ETA = dt.date(2026, 12, 12), dt.date(2027, 1, 20)


def read(*warnings: str, method: str = "rules", **facts: Any) -> Extraction:
    seen = {name: Evidence("x", "body", 0, 1, method) for name in facts}
    return Extraction(facts=Facts(**facts), evidence=seen, warnings=warnings)


def merged(rules: Extraction, **pointed: Any) -> Extraction:
    found = {name: (SOURCE, Found(value, 2, 5)) for name, value in pointed.items()}
    return merge(rules, found, today=TODAY).extraction


def test_model_alone_is_marked() -> None:
    answer = merged(read(), etd=ETD)

    assert answer.facts.etd == ETD
    assert answer.evidence["etd"] == Evidence("xxx", "body", 2, 5, "llm")


@pytest.mark.parametrize(
    "warning", ["etd:date_vague", "etd:conflict", "etd:date_ambiguous", "etd:readers_disagree"]
)
def test_what_rules_left_open_is_nobodys(warning: str) -> None:
    assert merged(read(warning), etd=ETD) == read(warning)


def test_warning_of_another_fact_closes_nothing() -> None:
    assert merged(read("eta:date_vague", "facts-cut"), etd=ETD).facts.etd == ETD


def test_weight_within_a_percent_is_the_same() -> None:
    answer = merge(
        read(gross_weight_kg=Decimal(18_500)),
        {"gross_weight_kg": (SOURCE, Found(Decimal(18_520), 2, 5))},
        today=TODAY,
    )

    assert answer.agreed == ("gross_weight_kg",)
    assert answer.extraction.facts.gross_weight_kg == 18_500


def test_two_values_are_none() -> None:
    answer = merged(read(origin="KRPUS"), origin="KRKAN")

    assert answer == Extraction(warnings=("origin:readers_disagree",))


@pytest.mark.parametrize(
    ("rules", "pointed"),
    [
        ({"container": Container.FT20}, {"gross_weight_kg": Decimal(90_000)}),
        ({"gross_weight_kg": Decimal(90_000)}, {"container": Container.FT20}),
        ({"etd": ETD}, {"eta": ETD - dt.timedelta(days=3)}),
        ({"eta": ETA}, {"etd": ETA + dt.timedelta(days=3)}),
        ({}, {"etd": ETA, "eta": ETD}),
        ({}, {"etd": TODAY - dt.timedelta(days=1)}),
        ({"origin": "KRPUS"}, {"destination": "KRPUS"}),
        ({}, {"destination": "XXXXX"}),
        ({}, {"gross_weight_kg": Decimal(0)}),
    ],
)
def test_implausible_values_do_not_count(rules: dict[str, Any], pointed: dict[str, Any]) -> None:
    assert merged(read(**rules), **pointed) == read(**rules)


def test_implausible_rules_stay_for_the_verification() -> None:
    rules = read(etd=ETA, eta=ETD)

    assert merged(rules, origin="KRPUS").facts == Facts(etd=ETA, eta=ETD, origin="KRPUS")


def test_number_of_containers_comes_only_with_their_size() -> None:
    assert merged(read(), container=Container.FT40, containers=3).facts.containers == 3
    assert merged(read(container=Container.FT40), containers=3).facts.containers is None
    assert merged(read(containers=2), container=Container.FT40, containers=3).facts.containers == 2


@pytest.mark.parametrize(
    ("known", "stays", "review"),
    [
        (Facts(), ETD, ()),
        (Facts(etd=ETD), None, ()),
        (Facts(etd=ETA), None, ("readers",)),
    ],
)
def test_model_changes_nothing_that_is_known(
    known: Facts, stays: dt.date | None, review: tuple[str, ...]
) -> None:
    answer = beside_known(read(method="llm", etd=ETD), known)

    assert (answer.facts.etd, answer.review) == (stays, review)
    assert ("etd" in answer.evidence) is (stays is not None)


def test_rules_may_change_what_is_known() -> None:
    assert beside_known(read(etd=ETD), Facts(etd=ETA)) == read(etd=ETD)


def test_doubt_about_a_known_fact_is_for_a_person() -> None:
    doubted = read("etd:readers_disagree")

    assert beside_known(doubted, Facts(etd=ETA)).review == ("readers",)
    assert beside_known(doubted, Facts()).review == ()
