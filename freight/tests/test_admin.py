"""The trade's side of the console, through its URLs."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from factory.django import DjangoModelFactory
from pytest_django import DjangoAssertNumQueries

from freight import quotes
from freight.models import Mode, OutgoingMail, Quotation, QuoteRequest, Sending, State, Tariff
from freight.remarks import remark
from freight.tests.factories import (
    OrderFactory,
    OutgoingMailFactory,
    QuotationFactory,
    QuoteRequestFactory,
    ShipmentFactory,
    TariffFactory,
    in_days,
    letter,
)

pytestmark = pytest.mark.django_db


def page(client: Client, url: str, language: str = "en") -> str:
    response = client.get(url, headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def change(row: QuoteRequest | Quotation | OutgoingMail) -> str:
    return reverse(f"admin:freight_{row._meta.model_name}_change", args=[row.pk])


def facts(**changes: object) -> dict[str, object]:
    fields = {"origin": "KRPUS", "destination": "CNSHA", "gross_weight_kg": "18500"}
    dates = {"etd": str(in_days(10)), "eta": str(in_days(15))}
    return {**fields, **dates, "container": "40ft", "containers": 1, **changes}


@pytest.mark.parametrize(
    ("name", "factory"),
    [
        ("quoterequest", QuoteRequestFactory),
        ("quotation", QuotationFactory),
        ("order", OrderFactory),
        ("shipment", ShipmentFactory),
        ("outgoingmail", OutgoingMailFactory),
        ("tariff", TariffFactory),
    ],
)
def test_lists_have_bounded_queries(
    admin_client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    name: str,
    factory: type[DjangoModelFactory[Any]],
) -> None:
    for _index in range(25):
        factory.create()
    with django_assert_max_num_queries(16):
        page(admin_client, f"/admin/freight/{name}/")


@pytest.mark.parametrize(
    ("language", "route"), [("ko", "부산 → 상하이"), ("en", "Busan → Shanghai")]
)
def test_request_list_shows_the_route_in_the_readers_language(
    admin_client: Client, language: str, route: str
) -> None:
    QuoteRequestFactory.create(complete=True)
    assert route in page(admin_client, "/admin/freight/quoterequest/", language)


def test_request_list_filters_what_is_left_to_the_operator(admin_client: Client) -> None:
    left = QuoteRequestFactory.create(review=["dangerous"])
    other = QuoteRequestFactory.create()
    for query in ("for=operator", "for=dangerous"):
        text = page(admin_client, f"/admin/freight/quoterequest/?{query}")
        assert f">{left.number}<" in text
        assert f">{other.number}<" not in text


def test_request_page_shows_facts_with_evidence_and_what_hangs_on_it(admin_client: Client) -> None:
    quotation = QuotationFactory.create()
    OutgoingMailFactory.create(request=quotation.request, subject="Please tell us the weight")
    text = page(admin_client, change(quotation.request))
    assert "총중량 18.5톤" in text
    assert "18,397,843" in text
    assert "Please tell us the weight" in text
    assert reverse("admin:freight_quotation_approve", args=[quotation.pk]) in text


def test_operator_corrects_a_fact_and_is_its_evidence(admin_client: Client) -> None:
    row = QuoteRequestFactory.create(complete=True)
    response = admin_client.post(change(row), facts(gross_weight_kg="19000", origin="인천"))
    assert response.status_code == 302
    row.refresh_from_db()
    assert (row.gross_weight_kg, row.origin) == (Decimal(19_000), "KRINC")
    assert row.evidence["gross_weight_kg"]["source"] == "operator:admin"
    assert row.evidence["gross_weight_kg"]["method"] == "operator"
    # what was not touched keeps the evidence it had
    assert row.evidence["destination"]["method"] == "rules"


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": "Atlantis"},
        {"gross_weight_kg": "0"},
        {"eta": str(in_days(3)), "etd": str(in_days(9))},
    ],
)
def test_facts_that_cannot_be_are_refused(admin_client: Client, changes: dict[str, str]) -> None:
    row = QuoteRequestFactory.create(complete=True)
    assert admin_client.post(change(row), facts(**changes)).status_code == 200
    row.refresh_from_db()
    assert (row.origin, row.gross_weight_kg) == ("KRPUS", Decimal(18_500))


def test_facts_of_a_quoted_request_stay(admin_client: Client) -> None:
    row = QuoteRequestFactory.create(complete=True, state=State.QUOTED)
    assert admin_client.post(change(row), facts(gross_weight_kg="1")).status_code == 403


def test_advance_prices_a_complete_request(admin_client: Client) -> None:
    row = QuoteRequestFactory.create(complete=True)
    url = reverse("admin:freight_quoterequest_advance", args=[row.pk])
    admin_client.get(url)
    assert not row.quotations.exists()
    admin_client.post(url, {"_form_submitted": "True"})
    assert row.quotations.get().state == Quotation.State.DRAFT


def test_advance_leaves_what_an_operator_has_not_cleared(admin_client: Client) -> None:
    row = QuoteRequestFactory.create(complete=True, review=["dangerous"])
    url = reverse("admin:freight_quoterequest_advance", args=[row.pk])
    admin_client.post(url, {"_form_submitted": "True"})
    assert not row.quotations.exists()
    admin_client.post(url, {"_form_submitted": "True", "cleared": "on"})
    assert row.quotations.exists()
    row.refresh_from_db()
    assert [(entry["by"], entry["reasons"]) for entry in row.review_cleared] == [
        ("admin", ["dangerous"])
    ]
    assert re.search("dangerous goods <span[^>]*>admin · ", page(admin_client, change(row)))


def priced_draft() -> Quotation:
    """A draft of the rates that are in force."""
    request = QuoteRequestFactory.create(complete=True, mode=Mode.DRAFT)
    quotes.advance(request, timezone.now())
    return request.quotations.get()


def test_approving_a_draft_issues_it_and_intends_its_mail(admin_client: Client) -> None:
    quotation = priced_draft()
    url = reverse("admin:freight_quotation_approve", args=[quotation.pk])
    admin_client.post(url, {"_form_submitted": "True"})
    quotation.refresh_from_db()
    assert (quotation.state, quotation.approved_by) == (Quotation.State.ISSUED, "admin")
    assert OutgoingMail.objects.get().state == Sending.QUEUED


def test_approving_twice_sends_once_and_says_so(admin_client: Client) -> None:
    quotation = priced_draft()
    data = {"action": "approve_selected", "_selected_action": [quotation.pk]}
    admin_client.post("/admin/freight/quotation/", data)
    response = admin_client.post("/admin/freight/quotation/", data, follow=True)
    assert OutgoingMail.objects.count() == 1
    assert "is not a move" in response.content.decode()


def test_refusing_a_draft_sends_nothing(admin_client: Client) -> None:
    quotation = QuotationFactory.create()
    url = reverse("admin:freight_quotation_refuse", args=[quotation.pk])
    admin_client.post(url, {"_form_submitted": "True"})
    quotation.refresh_from_db()
    assert quotation.state == Quotation.State.REFUSED
    assert not OutgoingMail.objects.exists()


def test_quotation_page_offers_its_actions_for_a_draft_only(admin_client: Client) -> None:
    draft, issued = QuotationFactory.create(), QuotationFactory.create(state=Quotation.State.ISSUED)
    assert reverse("admin:freight_quotation_refuse", args=[draft.pk]) in page(
        admin_client, change(draft)
    )
    assert "/refuse/" not in page(admin_client, change(issued))


def test_quotation_page_shows_the_facts_of_its_price_not_later_ones(admin_client: Client) -> None:
    quotation = QuotationFactory.create(state=Quotation.State.SUPERSEDED)
    QuoteRequest.objects.update(gross_weight_kg=Decimal(21_000), destination="JPTYO")
    text = page(admin_client, change(quotation))
    assert "18,500 kg" in text
    assert "Busan → Shanghai" in text
    assert "21,000 kg" not in text
    assert "Tokyo" not in text
    # where a fact stood is told only of the fact that stands
    assert "총중량 18.5톤" not in text
    assert "40피트 1대" in text
    assert "Busan → Shanghai" in page(admin_client, reverse("admin:freight_quotation_changelist"))


def test_outgoing_mail_shows_its_text_escaped(admin_client: Client) -> None:
    mail = OutgoingMailFactory.create(sealed=letter("Weight please <script>alert(1)</script>"))
    text = page(admin_client, change(mail))
    assert "Weight please &lt;script&gt;" in text


def test_outgoing_mail_of_another_key_says_so(admin_client: Client) -> None:
    mail = OutgoingMailFactory.create(sealed=b"not a token")
    assert "no longer kept" in page(admin_client, change(mail))


@pytest.mark.parametrize(
    ("before", "action", "after"),
    [
        (Sending.DRAFT, "release", Sending.QUEUED),
        (Sending.FAILED, "retry", Sending.QUEUED),
        (Sending.UNCERTAIN, "settle_sent", Sending.SENT),
        (Sending.UNCERTAIN, "settle_not_sent", Sending.FAILED),
        (Sending.SENT, "retry", Sending.SENT),
        (Sending.UNCERTAIN, "retry", Sending.UNCERTAIN),
    ],
)
def test_outbox_actions_act_on_the_states_they_are_for(
    admin_client: Client, before: str, action: str, after: str
) -> None:
    mail = OutgoingMailFactory.create(state=before)
    url = reverse(f"admin:freight_outgoingmail_{action}", args=[mail.pk])
    admin_client.get(url)
    mail.refresh_from_db()
    assert mail.state == before
    admin_client.post(url, {"_form_submitted": "True"})
    mail.refresh_from_db()
    assert mail.state == after


def test_tariff_can_be_changed(admin_client: Client) -> None:
    row = TariffFactory.create()
    names = [field.name for field in Tariff._meta.fields if field.name not in ("id", "created_at")]
    data = {name: getattr(row, name) for name in names} | {"per_kg": "120.50", "active": "on"}
    url = reverse("admin:freight_tariff_change", args=[row.pk])
    assert admin_client.post(url, data).status_code == 302
    row.refresh_from_db()
    assert row.per_kg == Decimal("120.50")


def test_remarks_are_translated_as_far_as_they_are_known() -> None:
    with override("ko"):
        assert remark("review: dangerous, lcl") == "담당자 확인: 위험물, 소량 화물(LCL)"
        assert remark("550 5.1.1 no such user") == "550 5.1.1 no such user"
