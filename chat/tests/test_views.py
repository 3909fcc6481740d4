import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chat import access
from chat.models import Session
from chat.tests.factories import QuoteRequestFactory
from freight import links
from freight.models import ChatLink, QuoteRequest

pytestmark = pytest.mark.django_db


def rows() -> list[object]:
    return [*QuoteRequest.objects.values(), *ChatLink.objects.values(), *Session.objects.values()]


def test_get_of_a_link_changes_nothing_and_sets_no_conversation_cookie(
    client: Client, token_for: Callable[[QuoteRequest], str]
) -> None:
    token = token_for(QuoteRequestFactory.create())
    before = rows()

    response = client.get(reverse("chat:open", args=[token]))

    assert response.status_code == 200
    assert access.COOKIE not in response.cookies
    assert rows() == before


def test_post_trades_the_token_for_a_cookie(
    client: Client, token_for: Callable[[QuoteRequest], str]
) -> None:
    token = token_for(QuoteRequestFactory.create())

    response = client.post(reverse("chat:open", args=[token]))

    assert response.status_code == 302
    assert response.headers["Location"] == "/chat/"
    cookie = response.cookies[access.COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert token not in cookie.value
    assert access.sealed_link(cookie.value) == ChatLink.objects.get().pk


def test_the_token_is_on_no_page_after_the_exchange(
    client: Client, token_for: Callable[[QuoteRequest], str]
) -> None:
    token = token_for(QuoteRequestFactory.create())

    response = client.post(reverse("chat:open", args=[token]), follow=True)

    assert response.status_code == 200
    assert response.request["PATH_INFO"] == "/chat/"
    assert token not in response.content.decode()


def test_post_wants_the_csrf_token(token_for: Callable[[QuoteRequest], str]) -> None:
    token = token_for(QuoteRequestFactory.create())

    response = Client(enforce_csrf_checks=True).post(reverse("chat:open", args=[token]))

    assert response.status_code == 403


def test_wrong_expired_and_revoked_links_look_the_same(client: Client) -> None:
    request, now = QuoteRequestFactory.create(), timezone.now()
    expired = links.issue(request, now - dt.timedelta(days=99))
    revoked = links.issue(request, now)
    ChatLink.objects.order_by("-pk")[:1].get()
    ChatLink.objects.filter(expires_at__gt=now).update(revoked_at=now)

    answers = [client.get(reverse("chat:open", args=[t])) for t in ("x" * 43, expired, revoked)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({answer.content for answer in answers}) == 1
    for words in ("링크", "expired", "リンク", "ลิงก์"):
        assert words in answers[0].content.decode()


def test_the_page_closes_when_the_link_is_revoked(
    client: Client, token_for: Callable[[QuoteRequest], str]
) -> None:
    token = token_for(QuoteRequestFactory.create())
    client.post(reverse("chat:open", args=[token]))
    assert client.get("/chat/").status_code == 200

    ChatLink.objects.update(revoked_at=timezone.now())

    assert client.get("/chat/").status_code == 404


def test_a_made_up_cookie_opens_nothing(client: Client) -> None:
    QuoteRequestFactory.create()
    client.cookies[access.COOKIE] = "eyJsaW5rIjoxfQ:1abc:made-up"

    assert client.get("/chat/").status_code == 404


def test_the_pages_hold_no_inline_script_or_style(
    client: Client, token_for: Callable[[QuoteRequest], str]
) -> None:
    token = token_for(QuoteRequestFactory.create())
    door = client.get(reverse("chat:open", args=[token]))
    page = client.post(reverse("chat:open", args=[token]), follow=True)

    for response in (door, page):
        policy = response.headers["Content-Security-Policy"]
        html = response.content.decode()
        assert "unsafe" not in policy
        assert "<style" not in html
        assert "style=" not in html
        assert " onclick=" not in html
        assert "<script>" not in html
