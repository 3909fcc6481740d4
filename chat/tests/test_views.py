import datetime as dt
import io
import logging
import sys
from collections.abc import Callable, Iterator

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
    assert not [name for name in response.cookies if "chat" in name]
    assert rows() == before


def test_post_trades_the_token_for_a_cookie(
    client: Client, token_for: Callable[[QuoteRequest], str]
) -> None:
    request = QuoteRequestFactory.create()
    token = token_for(request)

    response = client.post(reverse("chat:open", args=[token]))

    assert response.status_code == 302
    assert response.headers["Location"] == f"/chat/request/{request.public_id}/"
    cookie = response.cookies[access.cookie_name(request.public_id)]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert token not in cookie.value
    assert access.sealed_link(cookie.value) == ChatLink.objects.get().pk


def test_the_token_is_on_no_page_after_the_exchange(
    client: Client, token_for: Callable[[QuoteRequest], str]
) -> None:
    request = QuoteRequestFactory.create()
    token = token_for(request)

    response = client.post(reverse("chat:open", args=[token]), follow=True)

    assert response.status_code == 200
    assert f'data-conversation="{request.public_id}"' in response.content.decode()
    assert token not in response.content.decode()


@pytest.mark.parametrize("origin", [None, "null", "https://elsewhere.example", "http://["])
def test_the_door_opens_for_pages_of_ours_only(
    origin: str | None, token_for: Callable[[QuoteRequest], str]
) -> None:
    door = reverse("chat:open", args=[token_for(QuoteRequestFactory.create())])
    headers = {"origin": origin} if origin else {}

    response = Client().post(door, headers=headers)

    assert (response.status_code, len(response.cookies)) == (403, 0)


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
    page = client.post(reverse("chat:open", args=[token])).headers["Location"]
    assert client.get(page).status_code == 200

    ChatLink.objects.update(revoked_at=timezone.now())

    assert client.get(page).status_code == 404


def test_two_links_open_two_conversations_in_one_browser(
    client: Client, token_for: Callable[[QuoteRequest], str]
) -> None:
    requests = QuoteRequestFactory.create_batch(2)

    for request in requests:
        client.post(reverse("chat:open", args=[token_for(request)]))

    for request in requests:
        html = client.get(f"/chat/request/{request.public_id}/").content.decode()
        assert str(request) in html


def test_the_oldest_cookies_make_room(
    client: Client, token_for: Callable[[QuoteRequest], str]
) -> None:
    for request in QuoteRequestFactory.create_batch(25):
        client.post(reverse("chat:open", args=[token_for(request)]))

    ours = [cookie for name, cookie in client.cookies.items() if name.startswith("busybee_chat")]
    assert len([cookie for cookie in ours if cookie.value]) == 20
    assert client.get(f"/chat/request/{request.public_id}/").status_code == 200


def test_a_made_up_cookie_opens_nothing(client: Client) -> None:
    request = QuoteRequestFactory.create()
    client.cookies[access.cookie_name(request.public_id)] = "eyJsaW5rIjoxfQ:1abc:made-up"

    assert client.get(f"/chat/request/{request.public_id}/").status_code == 404


def test_a_cookie_under_the_name_of_another_opens_nothing(
    client: Client, token_for: Callable[[QuoteRequest], str]
) -> None:
    mine, other = QuoteRequestFactory.create_batch(2)
    token_for(mine)
    sealed = access.seal_link(ChatLink.objects.get().pk)
    client.cookies[access.cookie_name(other.public_id)] = sealed

    assert client.get(f"/chat/request/{other.public_id}/").status_code == 404


def test_the_doors_address_is_told_to_nobody(
    client: Client, token_for: Callable[[QuoteRequest], str]
) -> None:
    door = client.get(reverse("chat:open", args=[token_for(QuoteRequestFactory.create())]))

    assert door.headers["Referrer-Policy"] == "strict-origin"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the console's handler writes, as settings.LOGGING makes it."""
    root = logging.getLogger()
    console = next(handler for handler in root.handlers if handler.get_name() == "console")
    assert isinstance(console, logging.StreamHandler)
    written = io.StringIO()
    before = console.setStream(written)
    yield written
    console.setStream(before or sys.stderr)


@pytest.mark.parametrize("method", ["post", "put"])
def test_no_log_line_holds_the_token(
    log: io.StringIO, token_for: Callable[[QuoteRequest], str], method: str
) -> None:
    token = token_for(QuoteRequestFactory.create())

    response = getattr(Client(enforce_csrf_checks=True), method)(f"/chat/{token}/")

    assert response.status_code in (403, 405)
    assert "/chat/***/" in log.getvalue()
    assert token not in log.getvalue()


def test_no_traceback_holds_the_token(log: io.StringIO) -> None:
    token = "aB-_" * 10 + "xyz"
    try:
        raise ValueError(f"/chat/{token}/ broke")
    except ValueError:
        logging.getLogger("chat").exception("it failed")

    assert "ValueError: /chat/***/ broke" in log.getvalue()
    assert token not in log.getvalue()


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
