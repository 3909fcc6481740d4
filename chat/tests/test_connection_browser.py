"""connection.js in a real browser: no sockets, a reload with words that were not sent."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chat.models import Message
from chat.tests.browser import Desk
from chat.tests.factories import QuoteRequestFactory
from freight.models import QuoteRequest

pytestmark = [pytest.mark.needs("/usr/bin/chromium"), pytest.mark.django_db(transaction=True)]

LINE = re.compile("online|fallback")


def without_sockets(desk: Desk, request: QuoteRequest) -> Page:
    """A page whose sockets all end before a word is said, as behind some companies' proxies."""
    page = desk.context().new_page()
    page.route_web_socket("**/ws/chat/", lambda socket: socket.close())
    page.goto(desk.door(request))
    page.click("button[type=submit]")
    return page


def say(page: Page, text: str) -> None:
    page.fill("#text", text)
    page.press("#text", "Enter")


def stored(desk: Desk) -> list[str]:
    said = Message.objects.filter(author="customer").order_by("seq")
    return desk.rows(lambda: list(said.values_list("text", flat=True)))


def test_where_sockets_are_blocked_the_conversation_goes_by_post(desk: Desk) -> None:
    page = without_sockets(desk, desk.rows(QuoteRequestFactory.create))
    expect(page.locator("body")).to_have_attribute("data-status", LINE)
    expect(page.locator(".message.bot").first).to_be_visible()
    greeted = page.locator(".message.bot").count()

    say(page, "18,500 kg")

    expect(page.locator("li.unsent")).to_have_count(0)
    expect(page.locator(".message.bot").nth(greeted)).to_be_visible()
    expect(page.locator(".message.customer")).to_have_count(1)
    assert stored(desk) == ["18,500 kg"]


def test_what_was_not_sent_survives_a_reload_and_is_sent_once(desk: Desk) -> None:
    page = without_sockets(desk, desk.rows(QuoteRequestFactory.create))
    expect(page.locator("body")).to_have_attribute("data-status", LINE)

    def lost(route: Any) -> None:
        route.abort()

    page.route("**/frame/", lost)
    say(page, "18,500 kg")
    expect(page.locator("li.unsent")).to_have_count(1)
    page.reload()
    expect(page.locator("li.unsent")).to_have_count(1)
    page.unroute("**/frame/", lost)

    expect(page.locator("li.unsent")).to_have_count(0)
    expect(page.locator(".message.customer")).to_have_count(1)
    assert stored(desk) == ["18,500 kg"]


def test_an_answer_that_is_lost_on_its_way_doubles_nothing(desk: Desk) -> None:
    page = without_sockets(desk, desk.rows(QuoteRequestFactory.create))
    expect(page.locator("body")).to_have_attribute("data-status", LINE)

    def heard_but_lost(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/frame/", heard_but_lost, times=1)
    say(page, "18,500 kg")

    expect(page.locator("li.unsent")).to_have_count(0)
    expect(page.locator(".message.customer")).to_have_count(1)
    assert stored(desk) == ["18,500 kg"]
