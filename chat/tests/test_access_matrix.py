"""Who is let in: every address with every kind of stranger, and a GET that changes nothing."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chat import access
from chat.models import Session
from chat.tests.factories import QuoteRequestFactory
from chat.urls import urlpatterns
from freight import links
from freight.models import ChatLink, QuoteRequest

pytestmark = pytest.mark.django_db
FOREIGN = [None, "null", "https://elsewhere.example", "http://testserver.elsewhere.example", "x"]


def addresses(conversation: object, token: str) -> dict[str, str]:
    """Every address of the chat by its name, about one conversation."""
    values = {"conversation": str(conversation), "token": token}
    found: dict[str, str] = {}
    for pattern in urlpatterns:
        names = pattern.pattern.converters
        found[str(pattern.name)] = reverse(
            f"chat:{pattern.name}", kwargs={n: values[n] for n in names}
        )
    return found


def everything() -> list[object]:
    """All rows of the trade and the chat."""
    models = [
        *apps.get_app_config("freight").get_models(),
        *apps.get_app_config("chat").get_models(),
    ]
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def call(client: Client, address: str, body: object, **headers: str) -> Any:
    return client.post(address, json.dumps(body), content_type="application/json", headers=headers)


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("entitled", [True, False])
def test_reading_changes_nothing_at_any_address(
    client: Client, token_for: Callable[[QuoteRequest], str], method: str, entitled: bool
) -> None:
    request = QuoteRequestFactory.create()
    token = token_for(request)
    link = ChatLink.objects.get()
    if entitled:
        client.cookies[access.cookie_name(request.public_id)] = access.seal_link(link.pk)
    before = everything()

    for name, address in addresses(request.public_id, token).items():
        response = getattr(client, method)(address)
        set_now = [n for n, cookie in response.cookies.items() if cookie.value]
        assert (name, set_now) == (name, [])
        assert (name, everything() == before) == (name, True)


@pytest.mark.parametrize("origin", FOREIGN)
def test_writing_is_for_pages_of_ours(
    token_for: Callable[[QuoteRequest], str], origin: str | None
) -> None:
    request = QuoteRequestFactory.create()
    token = token_for(request)
    bearer = access.seal_link(ChatLink.objects.get().pk)
    headers = {"Authorization": f"Bearer {bearer}", **({"Origin": origin} if origin else {})}
    browser, before = Client(), everything()

    for name, address in addresses(request.public_id, token).items():
        response = call(browser, address, {"token": token, "frames": []}, **headers)
        assert (name, response.status_code) in ((name, 403), (name, 405))
        assert (name, everything() == before) == (name, True)


@pytest.mark.parametrize("origin", FOREIGN[1:])
def test_calls_are_not_answered_to_foreign_pages(client: Client, origin: str) -> None:
    assert client.get(reverse("chat:places"), headers={"Origin": origin}).status_code == 403


def strangers(request: QuoteRequest) -> dict[str, str]:
    """What somebody may show who may not talk about `request`: by kind, as a bearer or cookie."""
    now = timezone.now()
    other = QuoteRequestFactory.create()
    for owner, changes in (
        (request, {"expires_at": now - dt.timedelta(seconds=1)}),
        (request, {"revoked_at": now}),
        (other, {}),
    ):
        links.issue(owner, now)
        newest = ChatLink.objects.order_by("-pk")[:1].values("pk")
        ChatLink.objects.filter(pk__in=list(newest.values_list("pk", flat=True))).update(**changes)
    expired, revoked, foreign = ChatLink.objects.order_by("-pk")[:3][::-1]
    return {
        "none": "",
        "invented": "x" * 40,
        "forged": access.seal_link(foreign.pk)[:-3] + "xxx",
        "no such link": access.seal_link(10**6),
        "expired": access.seal_link(expired.pk),
        "revoked": access.seal_link(revoked.pk),
        "another conversation's": access.seal_link(foreign.pk),
    }


def test_all_strangers_look_the_same_to_the_calls(client: Client) -> None:
    request = QuoteRequestFactory.create()
    shown = strangers(request)
    before, seen = everything(), set()

    for sealed in shown.values():
        address = reverse("chat:frame", args=[request.public_id])
        by_bearer = call(client, address, {}, Authorization=f"Bearer {sealed}")
        client.cookies[access.cookie_name(request.public_id)] = sealed
        by_cookie = call(client, address, {})
        seen |= {(each.status_code, each.content) for each in (by_bearer, by_cookie)}

    assert len(seen) == 1
    assert seen.pop()[0] == 403
    assert everything() == before


def test_all_strangers_look_the_same_to_the_pages(client: Client) -> None:
    request = QuoteRequestFactory.create()
    shown, seen = strangers(request), set()

    for sealed in shown.values():
        client.cookies[access.cookie_name(request.public_id)] = sealed
        response = client.get(reverse("chat:page", args=[request.public_id]))
        seen.add((response.status_code, response.content))
    unknown = client.get(reverse("chat:page", args=[uuid4()]))

    assert seen == {(404, unknown.content)}


def tokens(request: QuoteRequest) -> list[str]:
    """A wrong, an expired, a revoked one."""
    now = timezone.now()
    expired, revoked = (links.issue(request, now) for _ in range(2))
    first, second = ChatLink.objects.order_by("pk")
    ChatLink.objects.filter(pk=first.pk).update(expires_at=now - dt.timedelta(seconds=1))
    ChatLink.objects.filter(pk=second.pk).update(revoked_at=now)
    return ["x" * 43, "", "ก" * 43, expired, revoked]


def test_all_wrong_tokens_look_the_same_and_take_the_same_work(client: Client) -> None:
    seen, work = set(), set()

    for token in tokens(QuoteRequestFactory.create()):
        with CaptureQueriesContext(connection) as queries:
            response = call(client, reverse("chat:exchange"), {"token": token})
        seen.add((response.status_code, response.content))
        if token:
            work.add(len(queries))

    assert len(seen) == 1
    assert seen.pop()[0] == 403
    assert work == {1}


def test_a_replayed_bearer_ends_with_its_link(client: Client) -> None:
    request = QuoteRequestFactory.create()
    links.issue(request, timezone.now())
    headers = {"Authorization": f"Bearer {access.seal_link(ChatLink.objects.get().pk)}"}
    address = reverse("chat:frame", args=[request.public_id])

    assert call(client, address, {}, **headers).status_code == 200
    ChatLink.objects.update(revoked_at=timezone.now())
    assert call(client, address, {}, **headers).status_code == 403


def test_a_bearer_of_one_conversation_writes_in_no_other(client: Client) -> None:
    mine, other = QuoteRequestFactory.create_batch(2)
    links.issue(mine, timezone.now())
    headers = {"Authorization": f"Bearer {access.seal_link(ChatLink.objects.get().pk)}"}
    frame = {"type": "message", "cid": "a", "text": "hi"}

    response = call(
        client, reverse("chat:frame", args=[other.public_id]), {"frames": [frame]}, **headers
    )

    assert response.status_code == 403
    assert not Session.objects.exists()
