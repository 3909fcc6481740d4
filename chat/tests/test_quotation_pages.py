"""The customer's quotation as a page and as a PDF: who sees which."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chat import access
from freight import links
from freight.models import ChatLink, Quotation, QuoteRequest, State
from freight.tests.factories import QuotationFactory

pytestmark = pytest.mark.django_db
KINDS = ["quotation/", "quotation.pdf"]


def quoted(**values: Any) -> Quotation:
    made: Quotation = QuotationFactory.create(
        state=Quotation.State.ISSUED, request__state=State.QUOTED, **values
    )
    return made


def sealed(request: QuoteRequest) -> str:
    links.issue(request, timezone.now())
    return access.seal_link(ChatLink.objects.filter(request=request).latest("pk").pk)


def address(quotation: Quotation, kind: str) -> str:
    return f"/chat/request/{quotation.request.public_id}/{kind}"


def with_cookie(request: QuoteRequest, value: str) -> Client:
    client = Client()
    client.cookies[access.cookie_name(request.public_id)] = value
    return client


def test_the_page_by_cookie() -> None:
    quotation = quoted()
    client = with_cookie(quotation.request, sealed(quotation.request))

    response = client.get(address(quotation, "quotation/"))

    assert response.status_code == 200
    html = response.content.decode()
    assert "18,397,843" in html
    assert f'href="{address(quotation, "quotation.pdf")}"' in html
    assert "no-store" in response.headers["Cache-Control"]


def test_the_pdf_by_bearer() -> None:
    quotation = quoted()
    bearer = {"Authorization": f"Bearer {sealed(quotation.request)}"}

    response = Client().get(address(quotation, "quotation.pdf"), headers=bearer)

    assert response.headers["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_newest_issued_one(kind: str) -> None:
    first = quoted()
    Quotation.objects.filter(pk=first.pk).update(state=Quotation.State.SUPERSEDED)
    second = quoted_again(first, 2, Quotation.State.ISSUED)
    quoted_again(first, 3, Quotation.State.DRAFT)

    client = with_cookie(first.request, sealed(first.request))
    response = client.get(address(second, kind))

    assert f"{second.request.number}-r2" in response.content.decode("latin-1") + str(
        response.headers
    )


def quoted_again(before: Quotation, revision: int, state: str) -> Quotation:
    made: Quotation = QuotationFactory.create(
        request=before.request, revision=revision, state=state
    )
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_not_while_a_changed_request_has_no_new_price(kind: str) -> None:
    quotation = quoted()
    QuoteRequest.objects.filter(pk=quotation.request_id).update(state=State.CONFIRMED)
    client = with_cookie(quotation.request, sealed(quotation.request))

    assert client.get(address(quotation, kind)).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", [Quotation.State.DRAFT, Quotation.State.REFUSED])
def test_what_was_not_issued_is_not_shown(kind: str, state: str) -> None:
    quotation = QuotationFactory.create(state=state)
    client = with_cookie(quotation.request, sealed(quotation.request))

    assert client.get(address(quotation, kind)).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_elses(kind: str) -> None:
    quotation, other = quoted(), quoted()
    foreign = sealed(other.request)

    answers = [
        Client().get(address(quotation, kind)),
        with_cookie(quotation.request, foreign).get(address(quotation, kind)),
        Client().get(address(quotation, kind), headers={"Authorization": f"Bearer {foreign}"}),
        Client().get(address(quotation, kind), headers={"Authorization": "Bearer x"}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_not_after_the_link_was_revoked(kind: str) -> None:
    quotation = quoted()
    client = with_cookie(quotation.request, sealed(quotation.request))
    ChatLink.objects.update(revoked_at=timezone.now())

    assert client.get(address(quotation, kind)).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
def test_not_to_foreign_pages(kind: str, origin: str) -> None:
    quotation = quoted()
    client = with_cookie(quotation.request, sealed(quotation.request))

    assert client.get(address(quotation, kind), headers={"origin": origin}).status_code == 403
