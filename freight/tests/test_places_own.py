"""An installation's own places: how they count, and how the console takes them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from freight import outbox, own_places, places, quotes
from freight.models import Mode, Place
from freight.tests.factories import QuotationFactory, QuoteRequestFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def shipped_places_alone() -> Iterator[None]:
    own_places.forget()
    yield
    own_places.forget()


def hosan(**changes: Any) -> Place:
    fields = {
        "locode": "KRHSN",
        "kind": "port",
        "ko": "호산",
        "en": "Hosan",
        "aliases": "호산항\nHosan LNG",
    }
    return Place.objects.create(**{**fields, "latitude": 37.17, "longitude": 129.34, **changes})


def found(text: str) -> list[str]:
    return ["/".join(m.locodes) for m in places.find(text)]


def test_own_place_counts_after_a_refresh() -> None:
    assert found("호산항에서 상하이까지") == ["CNSHA"]
    hosan()
    own_places.refresh()
    assert found("호산항에서 상하이까지") == ["KRHSN", "CNSHA"]
    assert places.display_name("KRHSN", "ko") == "호산"


def test_process_that_has_just_begun_prices_from_an_own_place(admin_client: Client) -> None:
    hosan()
    now = timezone.now()
    request = QuoteRequestFactory.create(complete=True, origin="KRHSN", mode=Mode.DRAFT)
    quotes.advance(request, now)
    quotation = request.quotations.get()
    own_places.forget()
    quotes.approve(quotation, by="kim", now=now)
    mail = request.outgoing.get()
    letter = outbox.letter_or_none(mail)
    assert letter
    assert "호산 (KRHSN)" in letter.text


@pytest.mark.parametrize(
    "url", ["/quotations/{}/", "/admin/freight/quotation/{}/change/", "/admin/freight/quotation/"]
)
def test_process_that_has_just_begun_shows_an_own_place(admin_client: Client, url: str) -> None:
    hosan()
    request = QuoteRequestFactory.create(complete=True, origin="KRHSN")
    quotation = QuotationFactory.create(request=request)
    own_places.forget()
    response = admin_client.get(url.format(quotation.pk), headers={"accept-language": "ko"})
    assert "호산" in response.content.decode()


def test_refresh_asks_the_database_every_ten_seconds_only(
    django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(own_places.time, "monotonic", lambda: now)
    with django_assert_num_queries(1):
        own_places.refresh()
        own_places.refresh()
    now += own_places.REFRESH_SECONDS
    with django_assert_num_queries(1):
        own_places.refresh()


def test_change_and_deletion_are_seen() -> None:
    row = hosan()
    own_places.refresh(at_once=True)
    row.aliases = "삼척 LNG기지"
    row.save()
    own_places.refresh(at_once=True)
    assert found("삼척 LNG기지") == ["KRHSN"]
    row.delete()
    own_places.refresh(at_once=True)
    assert places.get("KRHSN") is None


def test_name_added_to_a_shipped_place_counts_and_its_old_ones_stay_careful() -> None:
    row = own_places.as_row(own_places.shipped_places()["NAWVB"])
    row.own, row.aliases = True, row.aliases + "\nWalvisbaai Hafen\nBest"
    row.save()
    own_places.refresh(at_once=True)
    assert [(m.locodes, m.known) for m in places.find("walvisbaai hafen")] == [(("NAWVB",), True)]
    assert found("walvis bay; Best regards") == []
    assert places.lookup("Best")[0].locode == "NAWVB"


def test_bars_of_a_hand_written_place_stay() -> None:
    row = own_places.as_row(own_places.shipped_places()["PHCEB"])
    row.own = True
    row.save()
    own_places.refresh(at_once=True)
    assert found("세부 사항, 세부항") == ["PHCEB"]


def test_mirror_shows_what_ships_and_leaves_own_rows() -> None:
    hosan(locode="KRPUS", en="Busan here")
    assert own_places.mirror() >= 3900
    assert own_places.mirror() == 0
    assert Place.objects.get(locode="KRPUS").en == "Busan here"
    Place.objects.filter(locode="CNSHA").update(en="old")
    own_places.mirror()
    assert Place.objects.get(locode="CNSHA").en == "Shanghai"


def test_console_lists_and_searches_every_name(admin_client: Client) -> None:
    url = reverse("admin:freight_place_changelist")
    page = admin_client.get(url, {"q": "엘에이"}).content.decode()
    assert "USLAX" in page
    page = admin_client.get(url, {"country": "NA", "kind__exact": "port"}).content.decode()
    assert "NAWVB" in page
    assert "KRPUS" not in page


def form(**changes: Any) -> dict[str, Any]:
    fields = {"locode": "KRHSN", "kind": "port", "ko": "호산", "en": "Hosan", "ja": "", "th": ""}
    return {**fields, "aliases": "호산항", "latitude": "37.17", "longitude": "129.34", **changes}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"locode": "KR1"}, "two letters for the country"),
        ({"locode": "ZZABC"}, "no country"),
        ({"latitude": "97"}, "No place has this position"),
        ({"latitude": "0", "longitude": "0"}, "No place has this position"),
        ({"latitude": "-33", "longitude": "-70"}, "far away"),
        ({"aliases": "호산항\n부산신항"}, "already a name of Busan (KRPUS)"),
        ({"en": "Walvis Bay"}, "already a name of Walvis Bay (NAWVB)"),
    ],
)
def test_console_refuses(admin_client: Client, changes: dict[str, str], words: str) -> None:
    response = admin_client.post(
        reverse("admin:freight_place_add"), form(**changes), headers=ENGLISH
    )
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not Place.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_console_takes_a_place_and_warns_of_a_common_word(admin_client: Client) -> None:
    data = form(aliases="호산항\nBest")
    response = admin_client.post(
        reverse("admin:freight_place_add"), data, follow=True, headers=ENGLISH
    )
    assert "“Best” is a common word" in response.content.decode()
    assert found("호산항") == ["KRHSN"]


@pytest.mark.django_db(transaction=True)
def test_shipped_place_that_is_changed_can_be_given_back(admin_client: Client) -> None:
    own_places.mirror()
    row = Place.objects.get(locode="KRPUS")
    data = form(locode="KRPUS", ko="부산", en="Busan", aliases=row.aliases + "\n오륙도부두",
                latitude=row.latitude, longitude=row.longitude)  # fmt: skip
    admin_client.post(reverse("admin:freight_place_change", args=[row.pk]), data)
    assert Place.objects.get(locode="KRPUS").own
    assert found("오륙도부두") == ["KRPUS"]
    admin_client.post(reverse("admin:freight_place_delete", args=[row.pk]), {"post": "yes"})
    assert not Place.objects.get(locode="KRPUS").own
    assert found("오륙도부두") == []
    shipped = Place.objects.get(locode="KRPUS")
    url = reverse("admin:freight_place_delete", args=[shipped.pk])
    assert admin_client.post(url, {"post": "yes"}).status_code == 403
