"""The printable quotation: what it says, who may open it, and that page and mail agree."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from freight import outbox
from freight.letters import File, Letter
from freight.models import Language, Quotation
from freight.quotation_document import WORDS, QuotationDocument, document
from freight.quotation_letter import quotation_letter
from freight.sealing import seal
from freight.tests.factories import OutgoingMailFactory, QuotationFactory, in_days

pytestmark = pytest.mark.django_db
ISSUED = Quotation.State.ISSUED
LINES = [
    {"code": "base", "amount": "2000000", "data": {"containers": 2}},
    {
        "code": "distance",
        "amount": "14547843",
        "data": {"distance_km": "832.102", "container": "40ftHC", "containers": 2},
    },
    {"code": "weight", "amount": "1850000", "data": {"gross_weight_kg": "18500"}},
]


def quoted(language: str = "ko", **changes: Any) -> Quotation:
    values = {"lines": LINES, "state": ISSUED, "issued_on": in_days(0), "request__containers": 2}
    return QuotationFactory.create(**{**values, "request__language": language, **changes})


def values_of(told: QuotationDocument) -> list[str]:
    rows = [*told.heads, *told.facts]
    prices = [part for row in told.prices for part in (row.name, row.detail, row.amount)]
    return [each for row in rows for each in (row.name, row.value)] + prices + [told.total]


@pytest.mark.parametrize("language", Language.values)
def test_page_says_all_that_the_document_says(admin_client: Client, language: str) -> None:
    quotation = quoted(language)
    told = document(quotation)
    page = admin_client.get(reverse("freight:quotation", args=[quotation.pk])).content.decode()
    assert f'<html lang="{language}">' in page
    text = page.replace("<nobr>", "").replace("</nobr>", "")
    shown = [*values_of(told), told.customer, told.accept, *told.notes, told.company.name]
    assert [value for value in shown if value not in text] == []


@pytest.mark.parametrize("language", Language.values)
def test_mail_says_the_price_and_the_facts_of_the_document(language: str) -> None:
    quotation = quoted(language)
    told, letter = document(quotation), quotation_letter(quotation)
    shown = [value for value in values_of(told) if value not in {head.name for head in told.heads}]
    dated = {told.heads[1].value, told.heads[2].value}  # the first revision is not numbered
    assert [each for each in shown if each not in letter.text and each not in dated] == []
    assert [file.name for file in letter.files] == [f"{quotation.request.number}-r1.pdf"]
    assert letter.files[0].content_type == "application/pdf"


def test_every_language_has_every_word() -> None:
    assert {language: set(words) for language, words in WORDS.items()} == {
        language: set(WORDS["ko"]) for language in Language.values
    }


def test_facts_are_those_of_the_price_and_not_of_the_request() -> None:
    quotation = quoted("en")
    quotation.request.gross_weight_kg = 1
    assert "18,500 kg" in [row.value for row in document(quotation).facts]


@pytest.mark.parametrize(
    ("state", "word"), [("draft", "draft"), ("superseded", "superseded"), ("refused", "refused")]
)
def test_quotation_that_does_not_stand_says_so(state: str, word: str) -> None:
    told = document(quoted("en", state=state))
    assert (told.stamp, told.accept) == (WORDS["en"][word], "")


def test_quotation_that_has_expired_says_so_on_the_page(admin_client: Client) -> None:
    quotation = quoted("en", valid_until=in_days(-1))
    page = admin_client.get(reverse("freight:quotation", args=[quotation.pk])).content.decode()
    assert WORDS["en"]["expired"] in page
    assert document(quotation, today=quotation.valid_until).stamp == ""


def test_date_is_the_day_of_issue() -> None:
    issued = dt.date(2026, 11, 22)
    assert document(quoted("en", issued_on=issued)).heads[2].value == "22 November 2026"
    draft = quoted("en", state="draft", issued_on=None)
    assert document(draft).issued_on == timezone.localtime(draft.created_at).date()


def test_line_of_a_lane_rate_says_the_rate() -> None:
    data = {"rate": "8000000", "container": "40ft", "containers": 2, "origin": "KRPUS"}
    quotation = quoted("en", lines=[{"code": "lane", "amount": "16000000", "data": data}])
    assert document(quotation).prices[0].detail == "40ft · KRW 8,000,000 × 2"


def test_customers_words_stay_text(admin_client: Client) -> None:
    name = "<script>alert(1)</script>\u202e & Co"
    quotation = quoted("en", request__customer_name=name)
    page = admin_client.get(reverse("freight:quotation", args=[quotation.pk])).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co" in page
    assert "\u202e" not in page


@pytest.mark.parametrize("name", ["freight:quotation", "freight:quotation-pdf"])
def test_only_operators_who_may_see_quotations_open_it(client: Client, name: str) -> None:
    url = reverse(name, args=[quoted().pk])
    user = User.objects.create_user("hana", is_staff=True)
    assert client.get(url).headers["Location"].startswith(reverse("admin:login"))
    client.force_login(user)
    assert client.get(url).status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_quotation"))
    assert client.get(url).status_code == 200
    user.is_staff = False
    user.save()
    assert client.get(url).status_code == 302


@pytest.mark.parametrize("name", ["freight:quotation", "freight:quotation-pdf"])
def test_page_is_kept_by_no_cache_and_told_to_nobody(admin_client: Client, name: str) -> None:
    answer = admin_client.get(reverse(name, args=[quoted().pk]))
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "style-src 'self';" in answer.headers["Content-Security-Policy"]
    assert admin_client.get(reverse(name, args=[10**9])).status_code == 404


def test_pdf_has_the_name_that_it_has_in_the_mail(admin_client: Client) -> None:
    quotation = quoted()
    answer = admin_client.get(reverse("freight:quotation-pdf", args=[quotation.pk]))
    number = quotation.request.number
    assert answer.headers["Content-Disposition"] == f'inline; filename="{number}-r1.pdf"'
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content == quotation_letter(quotation).files[0].data


def test_console_offers_page_and_pdf(admin_client: Client) -> None:
    quotation = quoted()
    url = reverse("admin:freight_quotation_change", args=[quotation.pk])
    page = admin_client.get(url).content.decode()
    assert f'href="/quotations/{quotation.pk}/"' in page
    assert f'href="/quotations/{quotation.pk}/pdf/"' in page


def test_console_shows_the_mail_where_nothing_in_it_can_act(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = '<p>견적</p>"><script>alert(1)</script>'
    letter = Letter("견적", "견적", html=evil, files=(File("a.pdf", "application/pdf", b"x"),))
    monkeypatch.setattr(outbox, "letter_of", lambda _mail: letter)
    mail = OutgoingMailFactory.create(sealed=seal(b"x"))
    url = reverse("admin:freight_outgoingmail_change", args=[mail.pk])
    page = admin_client.get(url).content.decode()
    assert 'sandbox="" srcdoc="&lt;p&gt;견적&lt;/p&gt;&quot;&gt;&lt;script&gt;' in page
    assert "<script>alert(1)" not in page
    assert "a.pdf" in page
