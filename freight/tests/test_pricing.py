"""What prices a request, which rate wins, how long it stands, and why an operator must see it."""

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from freight import pricing, quotes
from freight.errors import StateConflict
from freight.fields import FACT_NAMES, Facts
from freight.models import (
    LaneRate,
    Mode,
    OutgoingMail,
    Quotation,
    QuoteRequest,
    State,
    Tariff,
)
from freight.pages import price_basis, quotation_page
from freight.remarks import remark
from freight.tariff import priced_again
from freight.tests.factories import LaneRateFactory, QuoteRequestFactory, TariffFactory, in_days

# what its bound asks of the readings has tests of its own (extraction.certainty)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("surely_read")]
NOW = timezone.now()
BY_FORMULA = Decimal(18_397_843)


@pytest.fixture
def english() -> Iterator[None]:
    with override("en"):
        yield


def asked(**changes: Any) -> QuoteRequest:
    """A complete request, Busan to Shanghai in ten days, that the machine may answer."""
    values = {"complete": True, "mode": Mode.AUTO, "needs_lane_rate": False}
    return QuoteRequestFactory.create(**{**values, **changes})


def quoted(request: QuoteRequest) -> Quotation:
    quotes.advance(request, NOW)
    return request.quotations.latest("revision")


def rate(first: int, last: int, amount: int, **changes: Any) -> LaneRate:
    """A rate for departures from so many days on."""
    days = {"valid_from": in_days(first), "valid_to": in_days(last)}
    return LaneRateFactory.create(amount=amount, **days, **changes)


def facts(**changes: Any) -> Facts:
    return QuoteRequestFactory.build(complete=True, **changes).facts


def test_lane_rate_comes_before_the_formula() -> None:
    assert pricing.priced(facts()).total == BY_FORMULA
    row = rate(0, 20, 1_500_000)
    price = pricing.priced(facts(containers=3))
    assert price.total == 4_500_000
    assert price.lane
    assert price.lane.pk == row.pk


@pytest.mark.parametrize(
    ("first", "last", "counts"),
    [(10, 10, True), (11, 30, False), (-30, 9, False), (-30, 10, True), (10, 30, True)],
)
def test_rate_is_for_departures_within_its_validity(first: int, last: int, counts: bool) -> None:
    """The departure is in ten days; that the rate begins after today does not matter."""
    rate(first, last, 1_500_000)
    assert (pricing.priced(facts()).lane is not None) is counts


@pytest.mark.parametrize(
    "other",
    [{"origin": "KRINC"}, {"destination": "CNTAO"}, {"container": "40ftHC"}],
)
def test_rate_of_another_lane_does_not_count(other: dict[str, str]) -> None:
    rate(0, 20, 1_500_000, **other)
    assert pricing.priced(facts()).lane is None


def test_newest_rate_wins() -> None:
    """Valid from the latest day, whenever it was entered; then entered last."""
    rate(5, 15, 1_300_000)
    rate(0, 20, 1_200_000)
    assert pricing.priced(facts()).total == 1_300_000
    rate(5, 30, 1_100_000)
    assert pricing.priced(facts()).total == 1_100_000


def test_rate_in_another_currency_cannot_be() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        rate(0, 20, 900, currency="USD")


@pytest.mark.parametrize("wrong", [{"express_factor": Decimal("0.9")}, {"base": Decimal(-1)}])
def test_tariff_that_pays_the_customer_cannot_be(wrong: dict[str, Decimal]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TariffFactory.create(**wrong)


def test_distance_is_by_sea_where_the_tariff_says_so() -> None:
    TariffFactory.create(distance=Tariff.Distance.SEA)
    price = pricing.priced(facts())
    assert price.distance
    assert (price.distance.method, price.distance.instead_of) == ("sea", "")
    assert round(price.distance.km) == 923
    assert price.total > BY_FORMULA


def test_distance_by_sea_avoids_what_the_setting_names(settings: Any) -> None:
    TariffFactory.create(distance=Tariff.Distance.SEA)
    to_hamburg = facts(destination="DEHAM", eta=in_days(60))
    short = pricing.priced(to_hamburg)
    settings.BUSYBEE_SEA_AVOIDS = ["suez", "babalmandab"]
    round_the_cape = pricing.priced(to_hamburg)
    assert round_the_cape.total > short.total
    assert round_the_cape.snapshot["distance"]["avoids"] == ["babalmandab", "suez"]


def test_no_way_by_sea_is_the_great_circle_and_an_operators() -> None:
    TariffFactory.create(distance=Tariff.Distance.SEA)
    quotation = quoted(asked(origin="KRSEL"))
    assert quotation.snapshot["distance"]["method"] == "great_circle"
    assert quotation.snapshot["distance"]["instead_of"] == "sea"
    assert (quotation.state, quotation.draft_reason) == ("draft", pricing.NO_SEA_WAY)


@pytest.mark.parametrize(("needs", "state"), [(True, "draft"), (False, "issued")])
def test_formulas_price_of_a_real_mailbox_is_a_draft(needs: bool, state: str) -> None:
    quotation = quoted(asked(needs_lane_rate=needs))
    assert quotation.state == state
    assert quotation.draft_reason == (pricing.NO_LANE_RATE if needs else "")


def test_lane_rate_of_a_real_mailbox_goes_out() -> None:
    rate(0, 20, 1_500_000)
    assert quoted(asked(needs_lane_rate=True)).state == Quotation.State.ISSUED


@pytest.mark.parametrize(("limit", "reason"), [(2_999_999, pricing.ABOVE_LIMIT), (3_000_000, "")])
def test_lane_rate_above_the_limit_is_a_draft(settings: Any, limit: int, reason: str) -> None:
    settings.BUSYBEE_APPROVAL_ABOVE_KRW = limit
    rate(0, 20, 1_500_000)
    assert quoted(asked(containers=2)).draft_reason == reason
    assert quoted(asked(containers=1)).state == Quotation.State.ISSUED


@pytest.mark.parametrize("name", [*FACT_NAMES, "containers"])
def test_fact_that_only_the_language_model_has_read_is_an_operators(name: str) -> None:
    request = asked()
    request.evidence[name] = {
        "quote": "x",
        "source": "body",
        "start": 0,
        "end": 1,
        "method": "llm",
    }
    request.save()
    assert quoted(request).draft_reason == pricing.MODEL_ALONE


def test_all_reasons_of_a_draft_are_told_in_the_operators_language(settings: Any) -> None:
    settings.BUSYBEE_APPROVAL_ABOVE_KRW = 1
    reason = quoted(asked(mode=Mode.DRAFT, needs_lane_rate=True)).draft_reason
    assert reason == "mode draft; no lane rate for this departure; approval limit"
    with override("ko"):
        assert remark(reason) != remark("mode draft") != "mode draft"
        assert remark(reason).startswith(remark("mode draft") + "; ")


@pytest.mark.parametrize(
    ("last_day_of_rate", "etd", "valid"), [(12, 10, 10), (30, 20, 14), (11, 11, 11), (10, 10, 10)]
)
def test_offer_is_not_valid_beyond_its_rate_or_departure(
    last_day_of_rate: int, etd: int, valid: int
) -> None:
    rate(0, last_day_of_rate, 1_500_000)
    quotation = quoted(asked(etd=in_days(etd), eta=in_days(etd + 5)))
    assert quotation.valid_until == in_days(valid)


def test_rate_that_ends_before_the_offer_would_ends_the_offer() -> None:
    snapshot = {
        "facts": {"etd": "2031-03-30"},
        "lane": {"valid_to": "2031-03-09"},
    }
    assert pricing.valid_until(snapshot, dt.date(2031, 3, 1)) == dt.date(2031, 3, 9)


def test_approval_keeps_within_the_rate() -> None:
    rate(0, 12, 1_500_000)
    quotation = quoted(asked(mode=Mode.DRAFT, etd=in_days(12), eta=in_days(20)))
    quotes.approve(quotation, by="lee", now=NOW + dt.timedelta(days=3))
    quotation.refresh_from_db()
    assert quotation.valid_until == in_days(12)


def again(quotation: Quotation) -> tuple[list[dict[str, Any]], Decimal]:
    price = priced_again(json.loads(json.dumps(quotation.snapshot)))
    lines = [
        {"code": line.code, "amount": str(line.amount), "data": line.data} for line in price.lines
    ]
    return lines, price.total


def test_revisions_keep_the_rates_they_were_made_of() -> None:
    """Formula, another formula, a lane rate, another amount: each is priced again as it was."""
    request = asked(mode=Mode.DRAFT)
    totals = [quoted(request).total]
    TariffFactory.create(base=Decimal(2_000_000), per_kg=Decimal("90.55"))
    totals.append(quoted(request).total)
    row = rate(0, 20, 1_500_000)
    totals.append(quoted(request).total)
    row.amount = Decimal(1_600_000)
    row.save()
    totals.append(quoted(request).total)
    LaneRate.objects.all().delete()
    Tariff.objects.all().delete()

    rows = list(request.quotations.order_by("revision"))
    assert [row.total for row in rows] == totals
    assert len(set(totals)) == 4
    for quotation in rows:
        quotation.refresh_from_db()
        assert again(quotation) == (quotation.lines, quotation.total)


def test_draft_stands_while_its_rate_does() -> None:
    rate(0, 20, 1_500_000)
    request = asked(mode=Mode.DRAFT)
    assert quoted(request).pk == quoted(request).pk


@pytest.mark.parametrize(("amount", "quoted"), [(500_000_000_000, True), (500_000_000_001, False)])
def test_price_that_no_transport_costs_is_an_operators(amount: int, quoted: bool) -> None:
    rate(0, 30, amount)
    request = asked(containers=2)
    quotes.advance(request, NOW)
    request.refresh_from_db()
    assert request.state == State.CONFIRMED
    assert request.quotations.exists() is quoted
    assert request.review == ([] if quoted else ["price"])


@pytest.mark.usefixtures("english")
def test_basis_is_told_to_the_operator() -> None:
    by_formula = quoted(asked())
    rate(0, 20, 1_500_000)
    by_lane = quoted(asked(containers=2))
    assert "great circle" in price_basis(by_formula.snapshot)
    assert "Busan → Shanghai 40ft" in price_basis(by_lane.snapshot)
    assert [line["data"] for line in quotation_page(by_lane)["lines"]] == [
        "Busan → Shanghai 40ft · 2 × 1,500,000 KRW"
    ]
    details = [line["data"] for line in quotation_page(by_formula)["lines"]]
    assert details[1].startswith("832.102 km, great circle · 40ft × 1.5")
    assert details[2:] == ["18,500 kg", "5 days on the way"]


def test_request_without_a_price_is_not_quoted() -> None:
    request = asked(origin="")
    quotes.advance(request, NOW)
    request.refresh_from_db()
    assert (request.state, request.quotations.count()) == (State.AWAITING_CUSTOMER, 0)


def test_draft_of_rates_that_have_changed_is_not_approved() -> None:
    request = QuoteRequestFactory.create(complete=True, mode=Mode.DRAFT, needs_lane_rate=False)
    quotes.advance(request, timezone.now())
    draft = request.quotations.get()
    Tariff.objects.create(name="dearer", base=2_000_000)

    with pytest.raises(StateConflict, match="rates have changed"):
        quotes.approve(draft, by="op", now=timezone.now())

    draft.refresh_from_db()
    assert draft.state == Quotation.State.DRAFT
    request.refresh_from_db()
    quotes.advance(request, timezone.now())
    quotes.approve(request.quotations.get(revision=2), by="op", now=timezone.now())
    assert OutgoingMail.objects.get().kind == "quotation"
